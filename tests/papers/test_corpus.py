"""Papers, run: every figure and verdict is made, the audit finds it sound, verdicts are as expected.

One paper is run here at smoke scale; the slow tests read what `make figures` left: the whole corpus at smoke scale, and
whatever was run at desk scale.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from atlas.config import load_atlas

ROOT = Path(__file__).resolve().parents[2]
PAPERS = load_atlas(ROOT / "config", {"papers": "all"}).papers
FIRST = "kinetic-energy"


def run_here(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, *words], cwd=folder, text=True, capture_output=True, env=environment, check=False
    )


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One paper at smoke scale, in a copy of the repository."""
    folder = tmp_path_factory.mktemp("smoke") / "atlas"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout.splitlines()
    for name in listed:
        source = ROOT / name
        if source.is_symlink() or source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name, follow_symlinks=False)
    done = run_here(folder, "scripts/run.py", "--scale", "smoke", "--cores", "2", "--papers", FIRST)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder


def test_a_smoke_run_makes_every_figure_and_verdict(smoke_run: Path) -> None:
    results = smoke_run / "results" / "smoke"
    assert_complete(results, FIRST)
    assert (results / "index.html").exists()
    assert (results / "ledger.json").exists()


def test_the_audit_finds_a_smoke_run_sound(smoke_run: Path) -> None:
    done = run_here(smoke_run, "scripts/audit.py", "verify", "--scale", "smoke")
    assert done.returncode == 0, done.stdout + done.stderr


def assert_complete(results: Path, key: str) -> None:
    """Every figure in every format, and a verdict for every claim."""
    paper = PAPERS[key]
    for figure in paper.figures:
        for suffix in ("svg", "pdf", "png", "csv", "caption.txt"):
            assert (results / key / "figures" / f"{figure}.{suffix}").stat().st_size > 0
    claims = json.loads((results / key / "verdicts.json").read_text())["claims"]
    assert [claim["id"] for claim in claims] == [claim.id for claim in paper.claims]


def smoke_results(key: str) -> Path:
    """Where `make figures SCALE=smoke` leaves the whole corpus."""
    results = ROOT / "results" / "smoke"
    assert (results / key / "verdicts.json").exists(), "run `make figures SCALE=smoke` first"
    return results


@pytest.mark.slow
@pytest.mark.parametrize("key", PAPERS)
def test_the_smoke_corpus_is_complete(key: str) -> None:
    assert_complete(smoke_results(key), key)


@pytest.mark.slow
@pytest.mark.parametrize("key", PAPERS)
def test_claims_of_theory_alone_are_decided_at_smoke_scale(key: str) -> None:
    """Theory has no size: what needs no simulation must come out as it does at every scale."""
    expected = expected_verdicts("desk")
    claims = json.loads((smoke_results(key) / key / "verdicts.json").read_text())["claims"]
    for claim, spec in zip(claims, PAPERS[key].claims, strict=True):
        if all(check.estimator in THEORY_ESTIMATORS for check in spec.checks):
            assert claim["verdict"] == expected[claim["id"]], claim["id"]


THEORY_ESTIMATORS = {"theory_value", "limit_at_transition", "slope_at_transition", "worst_theory_deviation"}


def expected_verdicts(scale: str) -> dict[str, str]:
    with (ROOT / "config" / f"verdicts.{scale}.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {row["claim"]: row["verdict"] for row in rows}


def desk_claims(key: str) -> list[dict]:
    """The verdicts of the desk run that `make figures` leaves behind; one paper must always be there."""
    path = ROOT / "results" / "desk" / key / "verdicts.json"
    if not path.exists():
        assert key != FIRST, f"run `make figures SCALE=desk PAPERS={FIRST}` first"
        pytest.skip("was not run at desk scale")
    found: list[dict] = json.loads(path.read_text())["claims"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("key", PAPERS)
def test_every_negative_control_is_refuted_at_desk_scale(key: str) -> None:
    """As a whole, and check by check; but a check that is open may leave its control open: a sign that is not told is
    not told with its sides exchanged either."""
    for claim in desk_claims(key):
        assert claim["control"]["verdict"] == "refuted", claim["id"]
        still_open = {check["name"] for check in claim["checks"] if check["verdict"] == "inconclusive"}
        for check in claim["control"]["checks"]:
            if check["overridden"]:
                allowed = {"refuted", "inconclusive"} if check["name"] in still_open else {"refuted"}
                assert check["verdict"] in allowed, f"{claim['id']} {check['name']}: {check['reason']}"


@pytest.mark.slow
@pytest.mark.parametrize("key", PAPERS)
def test_desk_verdicts_are_the_committed_ones(key: str) -> None:
    expected = {claim: verdict for claim, verdict in expected_verdicts("desk").items() if claim.startswith(f"{key}.")}
    assert {claim["id"]: claim["verdict"] for claim in desk_claims(key)} == expected
