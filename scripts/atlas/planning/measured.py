"""What was measured: one row per paper, task, scale and kind of job, from the records of runs.

config/costs.csv holds such rows for a machine that it names, so that a fresh clone can plan before any run; rows of
the runs in results/<scale> come before them. The cost of a task is fitted to the rows of one machine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from atlas.config import Atlas
from atlas.config.definition import SCALES
from atlas.planning.work import Signature, Work, signature
from atlas.provenance.record import read_record, record_files

FILE = Path("config/costs.csv")
COLUMNS = (
    "machine", "paper", "stage", "name", "protocol", "scale", "jobs", "seconds", "overhead", "memory_mb", "work",
)  # fmt: skip
SIMULATED = ("simulate", "theory")  # stages with work items; the others cost what they cost, whatever the sizes


class MeasuredError(ValueError):
    """A file of measured costs that cannot be used."""


@dataclass(frozen=True)
class Measured:
    """Jobs of one task that did the same work: how many, and per job the means of time in kernels and of the time
    around it (s) and the largest memory (MiB)."""

    machine: str
    paper: str
    stage: str
    name: str
    protocol: str
    scale: str
    jobs: int
    seconds: float
    overhead: float
    memory_mb: float
    work: Work

    @property
    def task(self) -> tuple[str, str, str]:
        """Which task: paper, stage, name."""
        return self.paper, self.stage, self.name


def machine_of(record: Mapping[str, Any]) -> str:
    """The class of the machine of a record: processor, instruction level, processors."""
    facts = record["environment"].get("processor", {})
    count = facts.get("count", "?")
    return f"{facts.get('model', 'unknown processor')}, {facts.get('class', '?')}, {count} processors"


def work_of(record: Mapping[str, Any], names: Iterable[str]) -> Work:
    """The work of the job of a record."""
    config = record["config"]
    if record["stage"] not in SIMULATED:
        return Work.of([()])
    chosen = tuple(names)

    def of(row: list[Any]) -> Signature:
        return signature(chosen, config["constants"] | dict(zip(config["axes"], row, strict=False)))

    return Work.of(of(row) for row in config["items"])


def protocol_of(atlas: Atlas, paper: str, stage: str, name: str) -> str | None:
    """The protocol or solver of a task of the configs; None for a task that is no longer there."""
    config = atlas.papers.get(paper)
    if config is None:
        return None
    if stage == "simulate":
        return config.experiments[name].protocol if name in config.experiments else None
    if stage == "theory":
        return config.theories[name].solver if name in config.theories else None
    known = {"compare": set(config.comparisons), "plot": set(config.figures), "judge": {""}}
    return "" if name in known.get(stage, set()) else None


def from_records(results: Path, atlas: Atlas, names: Mapping[tuple[str, str, str], tuple[str, ...]]) -> list[Measured]:
    """The rows of the runs below a folder of results; `names`: (paper, stage, protocol) → names of its sizes.

    Left out: jobs of tasks that the configs no longer have. Raises RecordError.
    """
    groups: dict[tuple[Any, ...], list[tuple[float, float, float]]] = {}
    for path in (path for scale in SCALES for path in record_files(results / scale)):
        record = read_record(path)
        task = (record["paper"], record["stage"], record["name"] or "")
        protocol = protocol_of(atlas, *task)
        if protocol is None or (task[1] in SIMULATED and record["config"]["protocol"] != protocol):
            continue
        work = work_of(record, names.get((task[0], task[1], protocol), ()))
        wall = (datetime.fromisoformat(record["ended"]) - datetime.fromisoformat(record["started"])).total_seconds()
        kernel = record["kernel_seconds"] if task[1] in SIMULATED else wall
        cost = (kernel, wall - kernel, record.get("peak_memory_mb") or 0.0)
        groups.setdefault((machine_of(record), *task, protocol, record["scale"], work), []).append(cost)
    return [_row(key, costs) for key, costs in sorted(groups.items(), key=lambda item: str(item[0]))]


def _row(key: tuple[Any, ...], costs: list[tuple[float, float, float]]) -> Measured:
    seconds, overhead, memory = zip(*costs, strict=True)
    machine, paper, stage, name, protocol, scale, work = key
    mean, around = max(sum(seconds) / len(costs), 1e-6), max(sum(overhead) / len(costs), 0.0)
    return Measured(machine, paper, stage, name, protocol, scale, len(costs), mean, around, max(memory), work)


def render(rows: Iterable[Measured]) -> str:
    """Rows as text of a CSV file; times to four digits."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        numbers = (f"{row.seconds:.4g}", f"{row.overhead:.3g}", f"{row.memory_mb:.4g}")
        head = (row.machine, row.paper, row.stage, row.name, row.protocol, row.scale, row.jobs)
        writer.writerow((*head, *numbers, str(row.work)))
    return out.getvalue()


def parse(text: str, source: str) -> list[Measured]:
    """The inverse of `render`; raises MeasuredError."""
    rows = csv.DictReader(io.StringIO(text))
    try:
        return [_parsed(row) for row in rows]
    except (KeyError, TypeError, ValueError):
        raise MeasuredError(f"{source}: not a file of measured costs; write it anew with `make costs`") from None


def _parsed(row: Mapping[str, str]) -> Measured:
    machine, paper, stage, name, protocol, scale = (row[column] for column in COLUMNS[:6])
    seconds, overhead, memory = (float(row[column]) for column in COLUMNS[7:10])
    work = Work.parse(row["work"])
    return Measured(machine, paper, stage, name, protocol, scale, int(row["jobs"]), seconds, overhead, memory, work)


def newest(committed: Iterable[Measured], own: Iterable[Measured]) -> list[Measured]:
    """All rows, own ones first; they take the place of committed ones of the same machine, task and scale."""
    measured = list(own)
    known = {(row.machine, *row.task, row.scale) for row in measured}
    return measured + [row for row in committed if (row.machine, *row.task, row.scale) not in known]


def of_one_machine(rows: Iterable[Measured]) -> list[Measured]:
    """The rows of the machine that measured most scales, the first of equals: times of two machines, or of two clocks,
    do not tell how a cost grows with the sizes."""
    groups: dict[str, list[Measured]] = {}
    for row in rows:
        groups.setdefault(row.machine, []).append(row)
    return max(groups.values(), key=lambda group: len({row.scale for row in group}), default=[])


def least_disturbed(runs: Iterable[Sequence[Measured]]) -> list[Measured]:
    """The rows of several runs of one machine: the last of each task and scale, each with the shortest time that the
    same work took in any of them, since neighbours on a machine only make a job longer."""
    found: list[Measured] = []
    best: dict[tuple[object, ...], float] = {}
    for rows in runs:
        found = newest(found, rows)
        for row in rows:
            best[_key(row)] = min(row.seconds, best.get(_key(row), row.seconds))
    return [replace(row, seconds=best[_key(row)]) for row in found]


def _key(row: Measured) -> tuple[object, ...]:
    return (row.machine, *row.task, row.protocol, row.scale, row.work)
