"""The tamper drill: everything a person may change behind the pipeline's back is named, with what it taints."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from audit_drill import answer, attempt, audit, flip, job, kinds, only, verify
from workflow_sandbox import Sandbox

ALL_FIGURES = {"toy/F1", "toy/F2"}
ALL_CLAIMS = {"toy.C1", "toy.C2"}
TOY = "results/smoke/toy"


def test_untouched_run_is_sound_and_one_flipped_byte_of_a_figure_is_not(finished: Sandbox) -> None:
    report = verify(finished)
    assert report["broken"] == []
    assert report["records"] == 11  # all jobs of the toy but crate and page, which have no record
    flip(finished.results() / "toy/figures/F1.png")
    report = verify(finished)
    what, figures, claims = only(report, "output-changed")
    assert what.startswith(f"{TOY}/figures/F1.png: changed")
    assert (figures, claims) == ({"toy/F1"}, set())
    said = audit(finished, "verify", "--scale", "smoke")
    assert said.returncode == 1
    assert "figures/F1.png" in said.stdout
    assert "taints figures: toy/F1" in said.stdout
    assert "Traceback" not in said.stderr


def test_edited_table_taints_what_stands_on_it_and_nothing_else(finished: Sandbox) -> None:
    path = finished.results() / "toy/comparison/energy.csv"
    text = path.read_text()
    path.write_text(re.sub(r"(\d)(\r?\n)$", lambda m: f"{(int(m[1]) + 1) % 10}{m[2]}", text))
    assert path.read_text() != text
    what, figures, claims = only(verify(finished), "output-changed")
    assert f"{TOY}/comparison/energy.csv" in what
    assert (figures, claims) == ({"toy/F1"}, {"toy.C1"})


def test_changed_kernel_constant_names_its_module(finished: Sandbox) -> None:
    schemes = finished.root / "scripts/atlas/dynamics/gradient.py"
    schemes.write_text(schemes.read_text() + "\nEXTRA = 3\n")
    report = verify(finished)
    assert kinds(report) == {"code-changed"}
    what, figures, claims = only(report, "code-changed")
    assert what == "atlas.dynamics.gradient: changed since the job ran"
    assert (figures, claims) == (ALL_FIGURES, ALL_CLAIMS)
    assert all(name.startswith("simulate ") for name in report["broken"][0]["jobs"])
    schemes.write_text(schemes.read_text().replace("EXTRA = 3", "# EXTRA = 3"))
    assert verify(finished)["sound"]  # a comment changes nothing


def test_swapped_parameters_and_a_widened_tolerance_are_named_by_key(finished: Sandbox) -> None:
    old = "chunk: 6, n_units: [10, 20], t_transient: 20, t_measure: 10"
    finished.edit("config/papers/toy.yaml", old, old.replace("20, t_measure: 10", "10, t_measure: 20"))
    broken = {each["what"].partition(":")[0]: each for each in verify(finished)["broken"]}
    # The figure's caption names both times, so that its own slice changed too.
    assert set(broken) == {"config of toy/scan", "config of toy/F1"}
    scan = broken["config of toy/scan"]
    assert scan["what"] == "config of toy/scan: constants.t_measure: 10.0 → 20.0 (and 1 more)"
    assert scan["taint"] == {"figures": ["toy/F1"], "claims": ["toy.C1"]}
    finished.edit("config/papers/toy.yaml", old.replace("20, t_measure: 10", "10, t_measure: 20"), old)
    finished.edit("config/papers/toy.yaml", "tolerance: 0.15", "tolerance: 0.3")
    report = verify(finished)
    what, figures, claims = only(report, "config-changed")
    assert "config of toy/claims:" in what
    assert "tolerance: 0.15 → 0.3" in what
    assert report["broken"][0]["jobs"] == ["judge toy"]
    assert figures == set()
    assert "toy.C2" in claims


def test_edited_lock_is_named(finished: Sandbox) -> None:
    lock = finished.root / "requirements/runtime.lock"
    text = lock.read_text()
    lock.write_text(re.sub(r"^numpy==\S+", "numpy==1.0.0", text, flags=re.MULTILINE))
    assert lock.read_text() != text
    report = verify(finished)
    what, figures, claims = only(report, "lock-changed")
    assert "requirements/runtime.lock" in what
    assert (figures, claims) == (ALL_FIGURES, ALL_CLAIMS)
    assert len(report["broken"][0]["jobs"]) == 11
    live = answer(finished, "environment")["packages"]
    assert live["status"] == "drifted"
    assert [item["package"] for item in live["differences"]] == ["numpy"]


def test_replaced_package_is_named(finished: Sandbox, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "numpy-0.0.1.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.0.1\n")
    env = {"PYTHONPATH": str(folder.parent)}
    assert audit(finished, "environment").returncode == 0
    said = audit(finished, "environment", env=env)
    assert said.returncode == 1
    assert re.search(r"numpy: locked \S+, live 0\.0\.1", said.stdout)
    # A job that ran so says it in its record, and verify tells.
    job(finished, "theory/line", env=env)
    notes = verify(finished)["notes"]
    assert any(re.search(r"1 jobs ran with numpy 0\.0\.1 instead of", note) for note in notes), notes


def test_deleted_record_is_named(finished: Sandbox) -> None:
    (finished.results() / "toy/theory/bath.record.json").unlink()
    what, figures, claims = only(verify(finished), "no-record")
    assert f"{TOY}/theory/bath.npz" in what
    assert (figures, claims) == ({"toy/F2"}, {"toy.C2"})


def test_output_of_another_seed_is_named_with_and_without_its_record(finished: Sandbox) -> None:
    record = finished.results() / "toy/simulation/descent/0.record.json"
    honest = record.read_bytes()
    job(finished, "simulation/descent/0", "--root-seed", "1")
    report = verify(finished)
    assert {"seed-changed", "link-broken"} <= kinds(report)
    what, figures, claims = only(report, "seed-changed")
    assert what.startswith("root_seed: run with 1, the config says")
    assert (figures, claims) == ({"toy/F2"}, {"toy.C2"})
    assert f"{TOY}/simulation/descent/0.npz" in only(report, "link-broken")[0]
    record.write_bytes(honest)
    what, figures, claims = only(verify(finished), "output-changed")
    assert f"{TOY}/simulation/descent/0.npz" in what
    assert (figures, claims) == ({"toy/F2"}, {"toy.C2"})


def test_run_makes_again_what_was_tampered_with_and_says_why(finished: Sandbox) -> None:
    before = finished.lasting()
    flip(finished.results() / "toy/figures/F2.svg")
    record = finished.results() / "toy/theory/bath.record.json"
    record.write_text(record.read_text()[:-200])  # truncated: no JSON any more
    shutil.rmtree(finished.root / ".snakemake/metadata")  # what Snakemake knew of parameters is gone too
    finished.edit("config/papers/toy.yaml", "tolerance: 0.15", "tolerance: 0.16")
    # Snakemake alone sees the changed record, which the ledger reads, and takes all else for up to date.
    assert {rule for rule, _ in finished.planned()} <= {"crate", "page"}
    outcome = finished.results() / "toy/simulation/descent/0.npz"
    outcome.write_bytes(outcome.read_bytes()[:-100])
    (finished.results() / "toy/theory/line.record.json").unlink()
    done = finished.run()
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line for line in done.stdout.splitlines() if line.startswith("make again: ")]
    assert len(told) == 5
    for words in (
        "theory/line.record.json: is gone",
        "figures/F2.svg: changed",
        "theory/bath.record.json: cannot be read",
        "0.15 → 0.16",
    ):
        assert any(words in line for line in told), told
    assert verify(finished)["sound"]
    after = finished.lasting()
    assert {name for name in before if before[name] != after[name]} == {"judge toy"}
    assert "make again" not in finished.run().stdout


def test_run_leaves_what_another_root_seed_made_when_asked_for_that_seed(finished: Sandbox) -> None:
    # The plan of `--root-seed 5` holds every job that draws numbers; nothing is run here.
    done = finished.run("--root-seed", "5", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "root_seed: run with 20250807, the config says 5" in done.stdout
    assert re.search(r"simulate\s+4", (finished.root / "results/run.smoke.log").read_text())


def test_job_whose_code_is_edited_while_it_runs_leaves_no_record_of_it(finished: Sandbox) -> None:
    record = finished.results() / "toy/theory/bath.record.json"
    before = record.read_bytes()
    state = "    state = gradient_equilibrium(p.g, p.temperature)\n"
    edit = "    with open(__file__, 'a') as own:\n        own.write('EDITED = 1\\n')\n"
    finished.edit("scripts/atlas/papers/toy/theory.py", state, edit + state)
    done = attempt(finished, "theory/bath")
    assert done.returncode == 1
    assert done.stderr == "theory: its code was edited while the job ran: start the run again\n"
    assert record.read_bytes() == before


def test_explain_tells_seeds_modules_and_config_lines_of_a_figure(finished: Sandbox) -> None:
    said = audit(finished, "explain", "toy/F1", "--scale", "smoke", "--full")
    assert said.returncode == 0, said.stderr
    lines = (finished.root / "config/papers/toy.yaml").read_text().splitlines()
    first = next(number for number, line in enumerate(lines, start=1) if line.startswith("  scan: {g:"))
    for words in (
        "plot toy/F1",
        "compare toy/energy",
        "simulate toy/scan chunk 2",
        "theory toy/line",
        "scripts/atlas/papers/toy/simulation.py:",  # the function, with its line
        "toy/scan/",  # seed keys
        "/couplings",
        "/states",
        "atlas.dynamics.rate",
        "atlas.meanfield.stationary",
        f"config/papers/toy.yaml:{first}",
        "every link holds",
    ):
        assert words in said.stdout, f"{words!r} not in\n{said.stdout}"
    assert "toy/descent" not in said.stdout  # the other experiment is no part of this figure


def test_explain_tells_verdict_criterion_and_chain_of_a_claim(finished: Sandbox) -> None:
    found = answer(finished, "explain", "toy.C2", "--scale", "smoke")
    assert found["claim"]["verdict"] == finished.verdicts()["toy.C2"]
    assert "tolerance: 0.15" in found["claim"]["config"][0]["text"]
    assert "judge toy" in found["roots"]
    stages = {each["stage"] for each in found["jobs"].values()}
    assert stages == {"judge", "compare", "simulate", "theory"}
    keys = found["jobs"]["simulate toy/descent chunk 0"]["seed_keys"]
    # two temperatures x four networks x three streams
    assert len(keys) == 24
    assert found["verify"]["sound"]
    flip(finished.results() / "toy/comparison/heat.csv")
    assert not answer(finished, "explain", "toy.C2", "--scale", "smoke")["verify"]["sound"]


def test_explain_and_verify_refuse_what_is_not_there_in_one_line(finished: Sandbox) -> None:
    for words in (("explain", "toy/F9"), ("explain", "toy.C9"), ("verify", "--scale", "paper"), ("diff", "a", "b")):
        done = audit(finished, *words)
        assert done.returncode == 2
        assert done.stderr.startswith("audit: ")
        assert done.stderr.count("\n") == 1


@pytest.fixture
def other(finished: Sandbox, tmp_path: Path) -> Sandbox:
    """A second copy of the same finished run."""
    return finished.copy(tmp_path / "other")


def test_diff_same_then_other_drawing_then_other_data(finished: Sandbox, other: Sandbox) -> None:
    runs = (str(finished.results()), str(other.results()))
    assert audit(finished, "diff", *runs).returncode == 0
    other.edit("config/papers/toy.yaml", "height_mm: 60", "height_mm: 70")
    job(other, "figures/F2")
    found = answer(finished, "diff", *runs)
    assert found["verdict"] == "same data, other drawing"
    assert [each["name"] for each in found["differences"]] == ["plot toy/F2"]
    figures = [f"{run}/toy/figures/F2.svg" for run in runs]
    assert answer(finished, "diff", *figures)["verdict"] == "same data, other drawing"
    job(other, "simulation/descent/0", "--root-seed", "1")
    job(other, "comparison/heat")
    job(other, "figures/F2")
    found = answer(finished, "diff", *runs)
    assert found["verdict"] == "other data"
    by_name = {each["name"]: each for each in found["differences"]}
    assert set(by_name) == {"simulate toy/descent chunk 0", "compare toy/heat", "plot toy/F2"}
    assert any("root seed" in cause for cause in by_name["simulate toy/descent chunk 0"]["causes"])
    # Another seed: the simulated energy differs, by a few standard errors of eight networks at most (seven: p < 1e-9
    # for a normal, generous for four networks), and not by nothing.
    errors = by_name["compare toy/heat"]["table"]["in_errors"]
    assert 0 < errors["size"] < 7
    assert answer(finished, "diff", *figures)["verdict"] == "other data"
