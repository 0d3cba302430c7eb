"""What a user is told when something is wrong: one line, where and why; nothing that was made is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from workflow_sandbox import Sandbox

CONFIG = "config/papers/toy.yaml"
PROTOCOL = "scripts/atlas/papers/toy/simulation.py"
START = "    run = gradient.Langevin("


def made(sandbox: Sandbox) -> dict[Path, bytes]:
    """Everything that jobs wrote."""
    found = (path for path in sandbox.results().rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if not path.name.endswith(".log")}


def one_line(done: subprocess.CompletedProcess[str], name: str = "run") -> str:
    """The one line on standard error, without the name of the program; there must be no other and no traceback."""
    assert done.returncode == 1, done.stdout
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith(f"{name}: ")
    return lines[0].removeprefix(f"{name}: ")


@pytest.fixture
def wrong(finished: Sandbox) -> Sandbox:
    """A finished sandbox whose config then got a gain out of range."""
    finished.edit(CONFIG, "scan: {g: [0.3, 2.0]}", "scan: {g: [0.3, -2.0]}")
    return finished


def test_wrong_config_is_refused_in_one_line_and_nothing_is_lost(wrong: Sandbox) -> None:
    before = made(wrong)
    line = one_line(wrong.run())
    assert (
        line
        == "config/papers/toy.yaml:72: physics.scan.g: got -2.0; allowed: number ≥ 0 and ≤ 20, list or {start, stop}"
    )
    assert made(wrong) == before
    done = wrong.snakemake()
    assert done.returncode == 1
    assert line in done.stderr.splitlines()  # a line of its own among Snakemake's
    assert "Traceback" not in done.stderr
    assert made(wrong) == before


def test_config_that_is_not_yaml_is_refused_with_its_line(finished: Sandbox) -> None:
    finished.edit(CONFIG, "numerics:\n", "numerics: [\n")
    assert one_line(finished.run()).startswith("config/papers/toy.yaml:")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--scale", "big"), 'command line: scale: got "big"; allowed: one of smoke, desk or paper'),
        (("--papers", "tow"), 'config/papers: unknown paper "tow"; did you mean toy? allowed: toy'),
        (("--papers", "toy,"), None),
        (("--cores", "many"), "--cores: got 'many'; allowed: all, or a whole number > 0"),
        (("--cores", "0"), "--cores: got '0'; allowed: all, or a whole number > 0"),
        (("--config", "scale=desk"), "--config: is made by this script; use --scale, --papers and --root-seed"),
        (("--root-seed", "-1"), "command line: root_seed: got -1; allowed: number ≥ 0"),
    ],
)
def test_wrong_word_is_refused_in_one_line(sandbox: Sandbox, words: tuple[str, str], line: str | None) -> None:
    if line is None:  # a comma too many is no error
        assert sandbox.run(*words, "--dry-run").returncode == 0
    else:
        assert one_line(sandbox.run(*words)).startswith(line)
        assert not sandbox.results().joinpath("toy").exists()


def test_unknown_profile_is_refused_with_those_that_exist(sandbox: Sandbox) -> None:
    line = one_line(sandbox.run("--profile", "moon"))
    assert line.startswith("--profile: got 'moon'; allowed: ")
    assert "default" in line


def test_unknown_target_is_refused_in_one_line(sandbox: Sandbox) -> None:
    line = one_line(sandbox.run("results/smoke/toy/figures/F9.svg"))
    assert "figures/F9.svg" in line


def test_failing_protocol_is_told_with_its_last_words_and_its_log(finished: Sandbox) -> None:
    finished.edit(PROTOCOL, START, f'    raise ArithmeticError("the toy broke")\n{START}')
    before = {path: text for path, text in made(finished).items() if "theory" in path.parts}
    line = one_line(finished.run("results/smoke/toy/simulation/descent/0.npz"))
    assert line == "ArithmeticError: the toy broke (log: results/smoke/logs/simulate/toy/descent.0.log)"
    assert "the toy broke" in (finished.results() / "logs" / "simulate" / "toy" / "descent.0.log").read_text()
    after = made(finished)
    assert {path: after[path] for path in before} == before


@pytest.mark.slow
def test_mended_protocol_continues_to_the_undisturbed_result(finished: Sandbox, finished_once: Sandbox) -> None:
    broken = f'    raise ArithmeticError("the toy broke")\n{START}'
    finished.edit(PROTOCOL, START, broken)
    assert finished.run().returncode == 1
    finished.edit(PROTOCOL, broken, START)
    done = finished.run()
    assert done.returncode == 0, done.stderr
    assert finished.planned() == set()
    assert finished.lasting() == finished_once.lasting()


def test_job_that_is_killed_is_told_as_such(sandbox: Sandbox) -> None:
    """As when memory runs out: the job says nothing."""
    killed = "    import os\n\n    os.kill(os.getpid(), 9)\n"
    sandbox.edit(PROTOCOL, START, f"{killed}{START}")
    line = one_line(sandbox.run("results/smoke/toy/simulation/descent/0.npz"))
    assert line == "simulate ended without a word, killed? (log: results/smoke/logs/simulate/toy/descent.0.log)"


def test_job_planned_for_another_config_refuses(sandbox: Sandbox) -> None:
    """The config was edited between planning and running: no output may belong to another config."""
    out = ("--outputs", "x.npz", "--record", "x.record.json")
    words = ("--scale", "smoke", "--paper", "toy", "--name", "line", "--root-seed", "1", "--digest", "0" * 64)
    done = sandbox.call(sys.executable, "scripts/theory.py", *words, *out)
    assert one_line(done, "theory") == "config/papers/toy.yaml was edited while the run was on: start the run again"
    assert not (sandbox.root / "x.npz").exists()


def test_protocol_without_function_is_told(sandbox: Sandbox) -> None:
    sandbox.edit(PROTOCOL, "def langevin(", "def lanjevin(")
    out = ("--outputs", "x.npz", "--record", "x.record.json")
    words = ("--scale", "smoke", "--paper", "toy", "--name", "descent", "--chunk", "0", "--root-seed", "1")
    line = one_line(sandbox.call(sys.executable, "scripts/simulate.py", *words, *out), "simulate")
    assert "has no function 'langevin' that config/papers/toy.yaml asks for" in line


def test_a_paper_without_a_room_is_told(sandbox: Sandbox) -> None:
    config = sandbox.root / "config" / "papers"
    text = (config / "toy.yaml").read_text(encoding="utf-8")
    (config / "lone.yaml").write_text(text.replace("key: toy", "key: lone").replace("id: toy.", "id: lone."))
    assert "the paper has no room; needed: module atlas.papers.lone.parameters" in one_line(sandbox.run())
