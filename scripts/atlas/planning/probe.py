"""Costs by running a few work items on the processor's own clock, on a machine that is not quiet.

Neighbours make a job longer on the clock on the wall but hardly on that of its own processor time, so that sizes which
were measured at different times can be compared. For every distinct size of an experiment one item from the middle of
the grid is run; one that takes less than SHORT seconds is repeated and the shortest time counts.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from atlas.config import PaperConfig
from atlas.config.grid import Item, Task
from atlas.config.seeds import Streams
from atlas.planning.measured import Measured
from atlas.planning.work import Signature, Work, signature

ITEMS = 4
SHORT = 2.0
CLOCK = "processor time"  # stands with the machine of a row
REPEATS = 3


def place(machine: str) -> str:
    """The machine of a row without its clock."""
    return machine.partition("; ")[0]


def chosen(task: Task, names: Iterable[str]) -> dict[Signature, list[Item]]:
    """Of each size a few items, at equal distances in the order of those that have it."""
    kept = tuple(names)
    groups: dict[Signature, list[Item]] = {}
    for item in task.items:
        groups.setdefault(signature(kept, item.setting.as_dict()), []).append(item)
    return {size: spread(items) for size, items in groups.items()}


def spread(items: list[Item]) -> list[Item]:
    """ITEMS of some items: the middles of as many equal parts."""
    parts = min(ITEMS, len(items))
    return [items[(2 * part + 1) * len(items) // (2 * parts)] for part in range(parts)]


def seconds(paper: PaperConfig, task: Task, item: Item, root_seed: int) -> float:
    """Processor time of one item in seconds."""
    room = importlib.import_module(f"atlas.papers.{paper.room}.simulation")
    protocol = getattr(room, task.protocol.replace("-", "_").lower())
    times: list[float] = []
    while len(times) < REPEATS and (not times or times[-1] < SHORT):
        start = time.process_time()
        protocol(item.setting, Streams(root_seed, item.seed_scope))
        times.append(time.process_time() - start)
    return min(times)


def probed(
    paper: PaperConfig, scale: str, names: dict[str, tuple[str, ...]], known: Sequence[Measured], root_seed: int
) -> Iterator[Measured]:
    """Rows of the experiments of a paper at a scale, in place of `known` ones: only the times are measured here.

    names: protocol → names of its sizes. An experiment without known rows of this scale is left out.
    """
    for name, experiment in paper.experiments.items():
        task = paper.experiment(name, scale)
        rows = [row for row in known if row.task == (paper.key, "simulate", name) and row.scale == scale]
        if not rows:
            continue
        first, memory = rows[0], max(row.memory_mb for row in rows)
        machine = f"{place(first.machine)}; {CLOCK}"
        for size, items in chosen(task, names[experiment.protocol]).items():
            spent = max(sum(seconds(paper, task, item, root_seed) for item in items) / len(items), 1e-6)
            yield replace(first, machine=machine, jobs=1, seconds=spent, memory_mb=memory, work=Work.of([size]))
