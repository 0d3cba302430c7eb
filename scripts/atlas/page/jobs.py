"""The jobs behind a figure or claim, chunks of one task taken together, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from atlas.provenance.chain import Chain
from atlas.provenance.ledger import job_name, job_of

STAGES = ("simulate", "theory", "compare", "plot", "judge")
Record = Mapping[str, Any]
Task = tuple[str, str, str]


@dataclass(frozen=True)
class Digests:
    """The first of some digests, shortened, and how many others there are."""

    first: str
    others: int

    @classmethod
    def of(cls, digests: Iterable[str]) -> Digests:
        """Distinct digests in order."""
        distinct = list(dict.fromkeys(digests))
        return cls(distinct[0][:10] if distinct else "none", max(len(distinct) - 1, 0))


@dataclass(frozen=True)
class JobGroup:
    """All jobs of one task: ``anchor`` in the page, ``title`` in words, and their account from the ledger."""

    anchor: str
    title: str
    stage: str
    chunks: int
    config: Digests
    code: Digests
    root_seeds: str
    streams: int
    outputs: Digests
    wall: float
    packages: str


@dataclass(frozen=True)
class Cost:
    """What some jobs took: wall and kernel seconds summed, the largest peak memory in MiB (None: unknown)."""

    jobs: int
    wall: float
    kernel: float
    peak: float | None


def cost_of(records: Sequence[Record]) -> Cost:
    """The cost of some jobs."""
    peaks = [record["peak_memory_mb"] for record in records if record.get("peak_memory_mb") is not None]
    return Cost(
        len(records),
        sum(wall_seconds(record) for record in records),
        sum(record.get("kernel_seconds", 0.0) for record in records),
        max(peaks) if peaks else None,
    )


def cost_by_stage(records: Sequence[Record]) -> list[tuple[str, Cost]]:
    """The cost of each stage that has jobs, in the order of the pipeline."""
    present = sorted({record["stage"] for record in records}, key=_stage_order)
    return [(stage, cost_of([each for each in records if each["stage"] == stage])) for stage in present]


def wall_seconds(record: Record) -> float:
    """Seconds from the start to the end of a job."""
    span = datetime.fromisoformat(record["ended"]) - datetime.fromisoformat(record["started"])
    return span.total_seconds()


def task_of(record: Record) -> Task:
    """(paper, stage, name): the task of which a job is one chunk."""
    return (record["paper"] or "", record["stage"], record["name"] or "")


class Provenance:
    """The records of a ledger as a graph, asked for the tasks behind figures and claims."""

    def __init__(self, records: Sequence[Record]) -> None:
        by_name = {job_name(job_of(record)): record for record in records}
        self.chain = Chain.of(by_name, Path())  # the chain is asked for jobs only, it reads no file here
        tasks: dict[Task, list[Record]] = {}
        for record in sorted(records, key=lambda each: (_order(task_of(each)), job_of(each))):
            tasks.setdefault(task_of(record), []).append(record)
        self.groups = {
            task: _group(f"j{index}", task, jobs) for index, (task, jobs) in enumerate(tasks.items(), start=1)
        }

    def of_paper(self, paper: str) -> list[JobGroup]:
        """All tasks of one paper, in the order of the pipeline."""
        return [group for task, group in self.groups.items() if task[0] == paper]

    def of_figure(self, paper: str, figure: str) -> list[JobGroup]:
        """The tasks behind one figure, its own plot job included; empty when the ledger does not know it."""
        return self._behind([job_name(("plot", paper, figure, -1))])

    def of_claim(self, paper: str, claim: Mapping[str, Any]) -> list[JobGroup]:
        """The judge job of a paper and the tasks behind the tables on which the claim rests."""
        judge = job_name(("judge", paper, "", -1))
        if judge not in self.chain.records:
            return []
        tables = {self.chain.maker(file) for file in self.chain.evidence(judge, claim)}
        return self._behind(sorted(table for table in tables if table), also=judge)

    def _behind(self, roots: Sequence[str], also: str = "") -> list[JobGroup]:
        known = [root for root in roots if root in self.chain.records]
        places = [*self.chain.upstream(known), *([also] if also else [])]
        tasks = {task_of(self.chain.records[place]) for place in places}
        return [group for task, group in self.groups.items() if task in tasks]


def _stage_order(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage) if stage in STAGES else len(STAGES), stage)


def _order(task: Task) -> tuple[str, tuple[int, str], str]:
    return (task[0], _stage_order(task[1]), task[2])


def _group(anchor: str, task: Task, jobs: Sequence[Record]) -> JobGroup:
    chunked = [job for job in jobs if job["chunk"] is not None]
    return JobGroup(
        anchor=anchor,
        title=f"{task[1]} {task[2]}".strip(),
        stage=task[1],
        chunks=len(chunked),
        config=Digests.of(job["config_digest"] for job in jobs),
        code=Digests.of(job["code"]["digest"] for job in jobs),
        root_seeds=", ".join(str(seed) for seed in sorted({job["root_seed"] for job in jobs})),
        streams=len({key for job in jobs for key in job["seed_keys"]}),
        outputs=Digests.of(digest for job in jobs for _, digest in sorted(job["outputs"].items())),
        wall=sum(wall_seconds(job) for job in jobs),
        packages=" and ".join(sorted({"{} ({})".format(*package_state(job)) for job in jobs})),
    )


def package_state(record: Record) -> tuple[str, str]:
    """(locked or drifted, venv or conda or system) of a job; "unknown" where the record does not say."""
    status = (record.get("packages") or {}).get("status", "unknown")
    return str(status), str((record.get("environment") or {}).get("manager", "unknown"))
