"""From records of jobs to rows of measured costs and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from atlas.config import Atlas, load_atlas
from atlas.planning import measured
from atlas.planning.measured import Measured, MeasuredError
from atlas.planning.work import Work, replicas, signatures, size_names

ROOT = Path(__file__).resolve().parents[3]
PAPER = "kinetic-energy"
NAMES = {(PAPER, "simulate", "stationary"): ("dt", "n_units", "n_states", "t_transient", "t_measure")}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    """One real paper."""
    return load_atlas(ROOT / "config", {"papers": PAPER})


def record(atlas: Atlas, scale: str, name: str, chunk: int, seconds: float, **more: Any) -> dict[str, Any]:
    """The record of one simulate job, with the parts that cost something; it took 2 s besides."""
    task = atlas.papers[PAPER].experiment(name, scale)
    return {
        "stage": "simulate", "scale": scale, "paper": PAPER, "name": name, "chunk": chunk,
        "config": task.chunk_slice(chunk, 1), "code": {}, "inputs": {}, "outputs": {}, "record_digest": "",
        "environment": {"processor": {"model": "Some processor", "class": "x86-64-v3", "count": 2}},
        "started": "2025-01-01T00:00:00+00:00", "ended": f"2025-01-01T00:00:{seconds + 2:06.3f}+00:00",
        "kernel_seconds": seconds, "peak_memory_mb": 70.0 + chunk, **more,
    }  # fmt: skip


def write(results: Path, found: Mapping[str, Any]) -> None:
    """Where the workflow puts it."""
    path = results / found["scale"] / PAPER / "simulation" / found["name"] / f"{found['chunk']}.record.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found))


def test_jobs_of_the_same_work_become_one_row(atlas: Atlas, tmp_path: Path) -> None:
    """Means of the times, the largest memory; work counted by sizes."""
    task = atlas.papers[PAPER].experiment("langevin-scan", "desk")
    names = {(PAPER, "simulate", "langevin"): ("n_units", "t_window")}
    assert task.chunks >= 2
    for chunk, seconds in ((0, 3.0), (1, 5.0)):
        write(tmp_path, record(atlas, "desk", "langevin-scan", chunk, seconds))
    (row,) = measured.from_records(tmp_path, atlas, names)
    assert (row.task, row.protocol, row.scale) == ((PAPER, "simulate", "langevin-scan"), "langevin", "desk")
    assert (row.jobs, row.seconds, row.memory_mb) == (2, 4.0, 71.0)
    assert row.overhead == pytest.approx(2.0, abs=1e-6)  # times of a record are whole milliseconds
    assert row.work == Work((((("n_units", 1000.0), ("t_window", 75.0)), float(task.chunk_size or 0)),))
    assert row.machine == "Some processor, x86-64-v3, 2 processors"


def test_jobs_of_unlike_sizes_are_kept_apart(atlas: Atlas, tmp_path: Path) -> None:
    """Chunks whose networks have other sizes tell how the cost grows."""
    task = atlas.papers[PAPER].experiment("fluctuation", "desk")
    names = {(PAPER, "simulate", "arc-length"): ("n_units",)}
    for chunk in range(task.chunks):
        write(tmp_path, record(atlas, "desk", "fluctuation", chunk, 1.0 + chunk))
    rows = measured.from_records(tmp_path, atlas, names)
    items = signatures(task, ("n_units",))
    assert len({row.work for row in rows}) == len(rows) > 1
    assert sum(row.work.count * row.jobs for row in rows) == len(items)


def test_records_of_tasks_that_are_gone_are_left_out(atlas: Atlas, tmp_path: Path) -> None:
    """Of an experiment without a config, and of one that uses another protocol now."""
    gone = record(atlas, "desk", "arc", 0, 1.0)
    other = record(atlas, "desk", "density", 0, 1.0)
    write(tmp_path, {**gone, "name": "no-longer"})
    write(tmp_path, {**other, "config": {**other["config"], "protocol": "another"}})
    assert measured.from_records(tmp_path, atlas, NAMES) == []


def test_rows_are_read_as_they_were_written(atlas: Atlas, tmp_path: Path) -> None:
    """Through the text of the file."""
    write(tmp_path, record(atlas, "smoke", "density", 0, 3.25))
    rows = measured.from_records(tmp_path, atlas, NAMES)
    text = measured.render(rows)
    assert measured.parse(text, "x") == [
        Measured(**{**rows[0].__dict__, "seconds": 3.25, "overhead": 2.0, "memory_mb": 70.0})
    ]
    assert measured.render(measured.parse(text, "x")) == text


@pytest.mark.parametrize("text", ["machine,paper\na,b\n", "x\ny\n"])
def test_file_that_is_none_is_refused_in_one_line(text: str) -> None:
    """With what to do."""
    with pytest.raises(MeasuredError, match=r"config/costs.csv: not a file of measured costs; .* `make costs`"):
        measured.parse(text, "config/costs.csv")


def rows_at(machine: str, *scales: str) -> list[Measured]:
    """Rows of one task."""
    return [
        Measured(machine, PAPER, "simulate", "arc", "arc-length", each, 1, 1.0, 0.0, 1.0, Work(())) for each in scales
    ]


def test_own_runs_take_the_place_of_committed_ones() -> None:
    """Of the same machine, task and scale only; they come first."""
    found = measured.newest(rows_at("a", "smoke", "desk") + rows_at("b", "desk"), rows_at("a", "desk"))
    assert [(row.machine, row.scale) for row in found] == [("a", "desk"), ("a", "smoke"), ("b", "desk")]


@pytest.mark.parametrize(
    ("own", "committed", "machine"),
    [(["smoke"], ["smoke", "desk"], "there"), (["smoke", "desk"], ["smoke", "desk"], "here"), ([], ["desk"], "there")],
)
def test_cost_of_a_task_is_fitted_to_one_machine(own: list[str], committed: list[str], machine: str) -> None:
    """The one with most scales; this one of equals."""
    found = measured.of_one_machine(rows_at("here", *own) + rows_at("there", *committed))
    assert {row.machine for row in found} == {machine}


def test_nothing_measured_stays_nothing() -> None:
    """No machine."""
    assert measured.of_one_machine([]) == []


def test_neighbours_only_make_a_job_longer() -> None:
    """The same work in two runs: the shorter time; other work of a later run takes the place of the earlier one's."""

    def row(seconds: float, size: float) -> Measured:
        work = Work.of([(("n_units", size),)])
        return Measured("m", PAPER, "simulate", "arc", "arc-length", "desk", 1, seconds, 0.0, 1.0, work)

    first, second = [row(3.0, 10.0), row(5.0, 20.0)], [row(9.0, 10.0), row(4.0, 30.0)]
    found = measured.least_disturbed([first, second])
    assert [(each.seconds, dict(each.work.items[0][0])["n_units"]) for each in found] == [(3.0, 10.0), (4.0, 30.0)]


def test_work_is_read_as_it_was_written() -> None:
    """Items with and without sizes."""
    for work in (Work.of([(("dt", 0.1), ("n_units", 300.0))] * 3 + [(("dt", 0.05), ("n_units", 10.0))]), Work.of([()])):
        assert Work.parse(str(work)) == work


def test_networks_are_counted_by_replicas_or_by_an_axis_that_numbers_them() -> None:
    """linear-equivalence numbers its networks along an axis, so that theory and simulation share them."""
    paper = load_atlas(ROOT / "config", {"papers": "linear-equivalence"}).papers["linear-equivalence"]
    task = paper.experiment("covariance", "desk")
    (numbered,) = [axis for axis in task.axes if axis.name == "network"]
    assert replicas(task) == len(numbered.values) > 1
    from atlas.papers.linear_equivalence.parameters import PROTOCOLS

    assert "network" not in size_names(PROTOCOLS["covariance"])
