"""Stability of verdicts over root seeds: the counting, the seeds, and a run on the toy."""

from __future__ import annotations

import json
import sys

import pytest
from workflow_sandbox import Sandbox

from atlas.stability import seeds_from, tally


def claims(*verdicts: str) -> list[dict[str, str]]:
    return [{"id": f"toy.C{number}", "verdict": verdict} for number, verdict in enumerate(verdicts, start=1)]


def test_tally_counts_verdicts_and_reports_flips() -> None:
    found = tally(
        [
            (1, claims("reproduced", "reproduced", "refuted", "reproduced")),
            (2, claims("reproduced", "inconclusive", "reproduced", "reproduced")),
            (3, claims("reproduced", "reproduced", "refuted")),
        ]
    )
    assert [each.counts for each in found] == [
        {"reproduced": 3},
        {"inconclusive": 1, "reproduced": 2},
        {"refuted": 2, "reproduced": 1},
        {"missing": 1, "reproduced": 2},
    ]
    assert [each.flips for each in found] == [False, True, True, True]
    assert [each.contradicts for each in found] == [False, False, True, False]
    assert found[1].verdicts == {1: "reproduced", 2: "inconclusive", 3: "reproduced"}


def test_seeds_begin_with_the_config_s_and_more_seeds_begin_the_same() -> None:
    assert seeds_from(7, 2)[0] == 7
    assert seeds_from(7, 5) == seeds_from(7, 9)[:5]
    assert len(set(seeds_from(7, 50)) | set(seeds_from(8, 50))) == 100
    assert all(0 <= seed < 2**63 for seed in seeds_from(2**63 - 1, 50))


def test_stability_refuses_in_one_line(sandbox: Sandbox) -> None:
    done = sandbox.call(sys.executable, "scripts/stability.py", "--paper", "absent")
    assert done.returncode == 2
    assert done.stderr.startswith("stability: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_stability_of_the_toy_goes_on_and_reports_the_claim_that_flips(sandbox: Sandbox) -> None:
    # A bound inside the error bar of the energy: some seeds lie above it, some below (4 networks of 20 units).
    sandbox.edit("config/papers/toy.yaml", "tolerance: 0.15", "tolerance: 0.01")
    words = (sys.executable, "scripts/stability.py", "--paper", "toy", "--seeds")
    first = sandbox.call(*words, "2")
    assert first.returncode in (0, 1), first.stderr
    folder = sandbox.root / "results/stability/toy.smoke"
    before = {path: path.read_bytes() for path in folder.rglob("*.record.json")}
    assert len(before) == 22  # eleven jobs with a record, two seeds
    done = sandbox.call(*words, "4")
    answer = json.loads((sandbox.root / "results/stability.toy.smoke.json").read_text())
    assert {path: path.read_bytes() for path in before} == before  # nothing was made twice
    assert not sandbox.results().exists()  # nor was the usual run touched
    one, two = answer["claims"]
    assert one["counts"] == {"reproduced": 4}
    assert sum(two["counts"].values()) == 4
    assert done.returncode == int(two["flips"])
    assert answer["root_seeds"] == [int(seed) for seed in two["verdicts"]]
