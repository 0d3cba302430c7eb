"""Every paper of the corpus keeps the house's promises: its config names what its room has, its claims can fail."""

from __future__ import annotations

import csv
import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from atlas.claims.judge import criterion_of_check
from atlas.claims.mutation import claim_faults
from atlas.claims.power import flips
from atlas.config import load_atlas
from atlas.questions import Question

ROOT = Path(__file__).resolve().parents[2]
PAPERS = load_atlas(ROOT / "config", {"papers": "all"}).papers


def room(key: str, module: str) -> object:
    return importlib.import_module(f"atlas.papers.{PAPERS[key].room}.{module}")


@pytest.mark.parametrize("key", PAPERS)
def test_the_room_has_a_function_for_everything_the_config_names(key: str) -> None:
    paper = PAPERS[key]
    wanted = {
        "simulation": {experiment.protocol for experiment in paper.experiments.values()},
        "theory": {theory.solver for theory in paper.theories.values()},
        "comparison": set(paper.comparisons),
        "figures": set(paper.figures),
    }
    for module, names in wanted.items():
        for name in names:
            assert callable(getattr(room(key, module), name.replace("-", "_").lower(), None)), f"{module}.{name}"


@pytest.mark.parametrize("key", PAPERS)
def test_every_estimator_of_a_claim_exists(key: str) -> None:
    estimators = room(key, "claims").ESTIMATORS
    for claim in PAPERS[key].claims:
        for check in claim.checks:
            assert check.estimator in estimators, f"{claim.id} {check.name}"


@pytest.mark.parametrize("key", PAPERS)
def test_every_question_of_the_room_is_answered_for_its_defaults_only_in_range(key: str) -> None:
    questions = room(key, "theory").ASK
    assert questions, "a paper answers at least one question"
    assert all(isinstance(question, Question) and question.solve.__doc__ for question in questions.values())


@pytest.mark.parametrize("claim", [claim for paper in PAPERS.values() for claim in paper.claims], ids=lambda c: c.id)
def test_every_claim_can_fail(claim: SimpleNamespace) -> None:
    """Planted values just inside are reproduced, just outside refuted; the control reaches every check."""
    assert claim_faults(claim) == []
    assert all(flips(criterion_of_check(check)) for check in claim.checks)
    assert {check.name for check in claim.checks} == set(claim.control.overrides), "a check without a control"


def run_here(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, text=True, capture_output=True, env=environment, check=False
    )


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole corpus at smoke scale, in a copy of the repository."""
    folder = tmp_path_factory.mktemp("smoke") / "atlas"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout.splitlines()
    for name in listed:
        source = ROOT / name
        if source.is_symlink() or source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name, follow_symlinks=False)
    done = run_here(folder, "scripts/run.py", "--scale", "smoke", "--cores", "2")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


def test_a_smoke_run_makes_every_figure_and_verdict(smoke_run: Path) -> None:
    results = smoke_run / "results" / "smoke"
    for key, paper in PAPERS.items():
        for figure in paper.figures:
            for suffix in ("svg", "pdf", "png", "csv", "caption.txt"):
                assert (results / key / "figures" / f"{figure}.{suffix}").stat().st_size > 0
        claims = json.loads((results / key / "verdicts.json").read_text())["claims"]
        assert [claim["id"] for claim in claims] == [claim.id for claim in paper.claims]
    assert (results / "index.html").exists()
    assert (results / "ledger.json").exists()


def test_claims_of_theory_alone_are_decided_at_smoke_scale(smoke_run: Path) -> None:
    """Theory has no size: what needs no simulation must come out as it does at every scale."""
    expected = expected_verdicts("desk")
    for key, paper in PAPERS.items():
        claims = json.loads((smoke_run / "results" / "smoke" / key / "verdicts.json").read_text())["claims"]
        for claim, spec in zip(claims, paper.claims, strict=True):
            if all(check.estimator in THEORY_ESTIMATORS for check in spec.checks):
                assert claim["verdict"] == expected[claim["id"]], claim["id"]


THEORY_ESTIMATORS = {"theory_value", "limit_at_transition", "slope_at_transition", "worst_theory_deviation"}


def test_the_audit_finds_a_smoke_run_sound(smoke_run: Path) -> None:
    done = run_here(smoke_run, "scripts/audit.py", "verify", "--scale", "smoke")
    assert done.returncode == 0, done.stdout + done.stderr


def expected_verdicts(scale: str) -> dict[str, str]:
    with (ROOT / "config" / f"verdicts.{scale}.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["claim"]: row["verdict"] for row in rows}


def desk_claims() -> list[dict]:
    """The verdicts of the desk run that `make figures` leaves behind."""
    found = []
    for key in PAPERS:
        path = ROOT / "results" / "desk" / key / "verdicts.json"
        assert path.exists(), "run `make figures SCALE=desk` first"
        found += json.loads(path.read_text())["claims"]
    return found


@pytest.mark.slow
def test_every_negative_control_is_refuted_at_desk_scale() -> None:
    for claim in desk_claims():
        assert claim["control"]["verdict"] == "refuted", claim["id"]
        for check in claim["control"]["checks"]:
            if check["overridden"]:
                assert check["verdict"] == "refuted", f"{claim['id']} {check['name']}: {check['reason']}"


@pytest.mark.slow
def test_desk_verdicts_are_the_committed_ones() -> None:
    assert {claim["id"]: claim["verdict"] for claim in desk_claims()} == expected_verdicts("desk")
