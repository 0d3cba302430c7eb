"""The jobs behind figures and claims, against the toy corpus' known graph."""

from __future__ import annotations

import json

import pytest
from page_corpus import ToyCorpus

from atlas.page.jobs import Digests, Provenance, cost_by_stage, cost_of, package_state


@pytest.fixture
def provenance(toy: ToyCorpus) -> Provenance:
    return Provenance(json.loads((toy.results / "ledger.json").read_text())["records"])


def test_figure_stands_on_its_own_tasks_only(provenance: Provenance) -> None:
    (plot,) = provenance.of_figure("toy-a", "F1")
    (compare,) = provenance.behind(plot)
    assert (plot.title, compare.title) == ("plot F1", "compare gain")
    assert [group.title for group in provenance.behind(compare)] == ["simulate scan", "theory curve"]
    (flat,) = provenance.behind(provenance.of_figure("toy-a", "F2")[0])
    assert [group.title for group in provenance.behind(flat)] == ["theory curve"]


def test_claim_stands_on_its_evidence(provenance: Provenance) -> None:
    claim = {"id": "toy-a.C2", "evidence": ["flat"]}
    assert [group.title for group in provenance.of_claim("toy-a", claim)] == ["judge", "compare flat"]


def test_jobs_that_the_ledger_does_not_know(provenance: Provenance) -> None:
    assert provenance.of_figure("toy-a", "F9") == []
    assert provenance.of_claim("toy-z", {"id": "toy-z.C1", "evidence": ["gain"]}) == []


def test_chunks_are_taken_together(provenance: Provenance) -> None:
    scan = provenance.of_paper("toy-a")[0]
    assert (scan.title, scan.chunks, scan.streams, scan.root_seeds) == ("simulate scan", 2, 2, "7")
    assert (scan.config.others, scan.code.others, scan.outputs.others) == (1, 0, 1)
    assert scan.wall == pytest.approx(4.0, abs=1e-6)  # two jobs of two seconds; times are kept in ms
    assert Digests.of([]) == Digests("none", 0)


def test_cost_is_summed_and_memory_is_the_largest() -> None:
    record = {
        "stage": "plot",
        "started": "2026-01-01T00:00:00.000+00:00",
        "ended": "2026-01-01T00:00:01.500+00:00",
        "kernel_seconds": 0.25,
    }
    records = [
        {**record, "peak_memory_mb": 80.0},
        {**record, "peak_memory_mb": 120.0},
        {**record, "stage": "theory"},
    ]
    total = cost_of(records)
    assert (total.jobs, total.wall, total.kernel, total.peak) == (3, 4.5, 0.75, 120.0)
    assert [(stage, cost.jobs, cost.peak) for stage, cost in cost_by_stage(records)] == [
        ("theory", 1, None),
        ("plot", 2, 120.0),
    ]


def test_state_of_the_packages() -> None:
    record = {"packages": {"status": "drifted"}, "environment": {"manager": "conda"}}
    assert package_state(record) == ("drifted", "conda")
    assert package_state({}) == ("unknown", "unknown")
