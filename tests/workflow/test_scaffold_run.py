"""A new paper in a copy of the checkout: planned at once, its tests say what to do, the others are left alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from workflow_sandbox import CHECKOUT, Sandbox

PAPER = ("--key=new-paper", "--title=A new paper", "--figures=F1,F2a", "--claims=C1,C2")
ROOM = "scripts/atlas/papers/new_paper"


def files(root: Path) -> dict[str, bytes]:
    """Every file of a checkout but what running Python leaves."""
    found = (path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def make(sandbox: Sandbox, *words: str) -> subprocess.CompletedProcess[str]:
    return sandbox.call(sys.executable, "scripts/paper.py", *words)


@pytest.fixture(scope="module")
def scaffolded(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """The toy, and a new paper beside it with the tests of the corpus. READ ONLY."""
    sandbox = Sandbox.fresh(tmp_path_factory.mktemp("scaffold") / "sandbox")
    before = files(sandbox.root)
    done = make(sandbox, *PAPER)
    assert done.returncode == 0, done.stderr
    after = files(sandbox.root)
    assert {name: after[name] for name in before} == before  # nothing lost, nothing touched
    assert len(after) == len(before) + 9  # config, seven modules, test
    shutil.copy2(CHECKOUT / "tests" / "papers" / "test_conformance.py", sandbox.root / "tests" / "papers")
    return sandbox


def test_jobs_of_the_new_paper_are_planned(scaffolded: Sandbox) -> None:
    planned = scaffolded.planned("--config", "scale=smoke", "papers=new-paper")
    assert {output for rule, output in planned if rule == "judge"} >= {"new-paper/verdicts.json"}
    drawn = {output for rule, output in planned if rule == "plot" and output.endswith(".svg")}
    assert drawn == {"new-paper/figures/F1.svg", "new-paper/figures/F2a.svg"}
    assert {rule for rule, _ in planned} >= {"simulate", "theory", "compare", "plot", "judge"}


def test_a_run_says_what_is_not_written_and_makes_no_number(scaffolded: Sandbox, tmp_path: Path) -> None:
    sandbox = scaffolded.copy(tmp_path / "sandbox")
    done = sandbox.run("--papers", "new-paper", "results/smoke/new-paper/theory/line.npz")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("run: NotImplementedError: theory.solve is not written")
    assert not list(sandbox.results().rglob("*.npz"))


def told(sandbox: Sandbox, *words: str) -> tuple[dict[str, str], str]:
    """Failing test → the words under its title, of the conformance tests and the room's own; and the last line."""
    tests = ("tests/papers/test_conformance.py", "tests/papers/test_new_paper_room.py")
    environment = {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    words = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", "addopts=-q", *tests, *words)
    done = sandbox.call(*words, env=environment)
    parts = re.split(r"^_+ (test_.*?) _+$", done.stdout.split("= short test summary")[0], flags=re.MULTILINE)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True)), done.stdout.splitlines()[-1]


def test_every_failing_test_says_in_one_line_what_to_do(scaffolded: Sandbox) -> None:
    lines, last = told(scaffolded, "-k", "new-paper or new_paper")
    assert "error" not in last
    for test, line in lines.items():
        assert line.split("\n=")[0].count("\n") == 0, f"{test}: {line}"
    failing = set(lines)
    assert {
        "test_file_is_there_and_leaves_nothing_unsaid[config/papers/new-paper.yaml]",
        "test_function_that_the_config_names_is_written[new-paper-simulation.measure]",
        "test_function_that_the_config_names_is_written[new-paper-theory.solve]",
        "test_function_that_the_config_names_is_written[new-paper-comparison.both]",
        "test_function_that_the_config_names_is_written[new-paper-figures.f1]",
        "test_function_that_the_config_names_is_written[new-paper-figures.f2a]",
        "test_point_solver_can_be_asked_or_says_why_not[new-paper]",
        "test_questions_are_answered[new-paper]",
        "test_claim_gives_a_reason_for_its_tolerance[new-paper.C1]",
        "test_control_of_claim_feeds_a_wrong_input_to_every_check[new-paper.C1]",
        "test_claim_has_an_expected_verdict[new-paper.C2]",
        "test_protocol_against_a_plain_loop",
    } <= failing
    # What holds from the start: the config is valid, the workflow reaches everything, the claims' wiring can fail.
    for sound in ("test_config_is_sound", "test_workflow_makes", "test_claim_can_fail", "test_nothing_is_computed"):
        assert not any(test.startswith(sound) for test in failing)


PLANTED = {
    "import": (f"{ROOM}/theory.py", "ASK: dict", "1/0\nASK: dict"),
    "unasked": (f"{ROOM}/theory.py", "UNASKED: dict[str, str] = {}", 'UNASKED: dict[str, str] = {"guess": "why"}'),
    "config": ("config/papers/new-paper.yaml", "theories:\n", "theories:\n  idle: {solver: solver}\n"),
    "name": (f"{ROOM}/figures.py", "def f1(", "def f9("),
}
NAMED = {
    "import": ("test_questions_are_answered[new-paper]", "theory.py cannot be imported: ZeroDivisionError"),
    "unasked": ("test_point_solver_can_be_asked_or_says_why_not[new-paper]", "solver solve has no entry in ASK"),
    "config": ("test_config_is_sound[new-paper]", 'theories.idle.solver: unknown solver "solver"'),
    "name": (
        "test_function_that_the_config_names_is_written[new-paper-figures.f1]",
        "has no function f1; figures.F1 of config/papers/new-paper.yaml asks for it",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", PLANTED)
def test_planted_fault_is_named(scaffolded: Sandbox, tmp_path: Path, fault: str) -> None:
    sandbox = scaffolded.copy(tmp_path / "sandbox")
    sandbox.edit(*PLANTED[fault])
    lines, _ = told(sandbox, "-k", "new-paper and not workflow")
    test, line = NAMED[fault]
    assert line in lines[test]


def test_a_second_call_is_refused_and_changes_nothing(scaffolded: Sandbox) -> None:
    before = files(scaffolded.root)
    done = make(scaffolded, *PAPER)
    assert done.returncode == 2
    line = "paper: KEY: config/papers/new-paper.yaml exists already; allowed: a key that no paper has"
    assert done.stderr == f"{line}; nothing was written\n"
    assert files(scaffolded.root) == before


def test_the_door_passes_every_character_on(sandbox: Sandbox) -> None:
    """make paper KEY=… TITLE="…": quotes and signs of the shell reach the config as they are."""
    (sandbox.root / ".venv").symlink_to(Path(sys.executable).parents[1])
    old = [word for stamp in ("installer", "runtime", "dev") for word in ("--old-file", f".venv/{stamp}.stamp")]
    title = 'It\'s "quoted"; `echo no` & more'
    done = sandbox.call("make", *old, "paper", "KEY=new-paper", f"TITLE={title}", "FIGURES=F3", "CLAIMS=C7")
    assert done.returncode == 0, done.stderr
    text = (sandbox.root / "config" / "papers" / "new-paper.yaml").read_text(encoding="utf-8")
    assert 'title: "It\'s \\"quoted\\"; `echo no` & more"' in text
    assert (sandbox.root / "workflow" / "schemas" / "new-paper.schema.json").is_file()
    refused = sandbox.call("make", *old, "paper")
    assert refused.returncode == 2
    assert refused.stderr.startswith("paper: KEY is missing; needed: make paper KEY=some-key")
