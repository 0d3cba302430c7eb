"""Probes: an item of every size, on the processor's own clock."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from atlas.config import load_atlas
from atlas.planning import probe
from atlas.planning.measured import Measured
from atlas.planning.work import Work, signatures

ROOT = Path(__file__).resolve().parents[3]
PAPER = load_atlas(ROOT / "config", {"papers": "kinetic-energy"}).papers["kinetic-energy"]
NAMES = {"arc-length": ("n_units", "n_states")}


def test_every_size_has_items_spread_over_its_grid() -> None:
    """Of the experiment with two sizes of networks: the points are not all of one gain."""
    task = PAPER.experiment("arc", "desk")
    found = probe.chosen(task, NAMES["arc-length"])
    assert set(found) == set(signatures(task, NAMES["arc-length"]))
    for size, items in found.items():
        same = [
            each for each in task.items if (each.setting.n_units, each.setting.n_states) == tuple(v for _, v in size)
        ]
        places = [same.index(item) for item in items]
        assert len(places) == probe.ITEMS
        steps = [after - before for before, after in itertools.pairwise(places)]
        assert max(steps) - min(steps) <= 1
        assert abs(places[0] - (len(same) - 1 - places[-1])) <= 1
        assert len({item.setting.g for item in items}) > 1


def test_few_items_are_all_taken() -> None:
    """Two networks at one point."""
    items = PAPER.experiment("pair", "smoke").items
    assert len(items) < probe.ITEMS
    assert probe.spread(list(items)) == list(items)


def test_probe_counts_processor_time_and_the_shortest_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    """A protocol that computes 0.02, 0.04, 0.06 s and sleeps 0.1 s each time."""
    calls: list[Any] = []

    def busy(setting: Any, streams: Any) -> None:
        calls.append((setting, streams))
        time.sleep(0.1)
        end = time.process_time() + 0.02 * len(calls)
        while time.process_time() < end:
            pass

    monkeypatch.setattr(probe.importlib, "import_module", lambda name: SimpleNamespace(arc_length=busy))
    task = PAPER.experiment("arc", "smoke")
    spent = probe.seconds(PAPER, task, task.items[0], 1)
    assert len(calls) == probe.REPEATS
    assert 0.02 <= spent < 0.1  # waiting is not counted


def test_rows_of_a_probe_take_over_what_it_does_not_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machine, memory, time around; an experiment that never ran at the scale is left out."""
    monkeypatch.setattr(probe, "seconds", lambda *words: 2.5)
    names = {experiment.protocol: ("n_units",) for experiment in PAPER.experiments.values()}
    known = [
        Measured("m", "kinetic-energy", "simulate", "arc", "arc-length", "desk", 3, 9.0, 0.5, memory, Work(()))
        for memory in (80.0, 90.0)
    ]
    rows = list(probe.probed(PAPER, "desk", names, known, 1))
    sizes = {item.setting.n_units for item in PAPER.experiment("arc", "desk").items}
    assert {dict(row.work.items[0][0])["n_units"] for row in rows} == sizes
    told = ("m; processor time", "arc", 1, 2.5, 0.5, 90.0)
    for row in rows:
        assert (row.machine, row.name, row.jobs, row.seconds, row.overhead, row.memory_mb) == told
    assert list(probe.probed(PAPER, "smoke", names, known, 1)) == []
