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
MOST_FILES = 3  # outputs of one task that are named one by one
PLUMBING: tuple[list[str], ...] = (
    [],
    ["config"],
    ["provenance"],
    ["warm"],
    ["files"],
    ["jobs"],
    ["threads"],
    ["outcomes"],
    ["tables"],
)
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
class Code:
    """What the jobs of some stages ran: ``modules``: the science in it; ``plumbing``: how many modules besides."""

    digest: str
    stages: tuple[str, ...]
    modules: tuple[str, ...]
    plumbing: int


@dataclass(frozen=True)
class JobGroup:
    """All jobs of one task: ``anchor`` in the page, ``title`` in words, and their account from the ledger.

    ``modules``: the science among the code that it reached; ``plumbing``: how many modules besides; ``seeds``: the
    first and the last stream; ``files``: outputs (or the first ones) with their digests; ``command``: what makes
    exactly this again; ``sources``: the tasks on whose outputs it stands.
    """

    anchor: str
    title: str
    stage: str
    chunks: int
    config: Digests
    code: Digests
    modules: tuple[str, ...]
    plumbing: int
    root_seeds: str
    streams: int
    seeds: str
    outputs: Digests
    files: tuple[tuple[str, str], ...]
    started: str
    wall: float
    peak: float | None
    packages: str
    machine: str
    command: str
    sources: tuple[Task, ...]


@dataclass(frozen=True)
class Cost:
    """What some jobs took: wall and kernel seconds summed, the largest peak memory in MiB (None: unknown)."""

    jobs: int
    wall: float
    kernel: float
    peak: float | None


def codes_of(groups: Sequence[JobGroup]) -> list[Code]:
    """The distinct code of some tasks, in their order, with the stages that ran it."""
    found: dict[str, list[JobGroup]] = {}
    for group in groups:
        found.setdefault(group.code.first, []).append(group)
    return [
        Code(digest, tuple(dict.fromkeys(each.stage for each in own)), own[0].modules, own[0].plumbing)
        for digest, own in found.items()
    ]


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
            task: _group(f"j{index}", task, jobs, self._sources(jobs))
            for index, (task, jobs) in enumerate(tasks.items(), start=1)
        }

    def _sources(self, jobs: Sequence[Record]) -> tuple[Task, ...]:
        makers = {self.chain.maker(file) for job in jobs for file in job["inputs"]}
        tasks = {task_of(self.chain.records[maker]) for maker in makers if maker}
        return tuple(sorted(tasks, key=_order))

    def of_paper(self, paper: str) -> list[JobGroup]:
        """All tasks of one paper, in the order of the pipeline."""
        return [group for task, group in self.groups.items() if task[0] == paper]

    def of_figure(self, paper: str, figure: str) -> list[JobGroup]:
        """The task that drew a figure, from which the chain goes on; empty when the ledger does not know it."""
        task = (paper, "plot", figure)
        return [self.groups[task]] if task in self.groups else []

    def of_claim(self, paper: str, claim: Mapping[str, Any]) -> list[JobGroup]:
        """The judge job of a paper, then the tasks that made the tables on which the claim rests."""
        judge = job_name(("judge", paper, "", -1))
        if judge not in self.chain.records:
            return []
        makers = {self.chain.maker(file) for file in self.chain.evidence(judge, claim)}
        tasks = {task_of(self.chain.records[maker]) for maker in makers if maker}
        return [
            self.groups[task_of(self.chain.records[judge])],
            *(self.groups[task] for task in sorted(tasks, key=_order)),
        ]

    def behind(self, group: JobGroup) -> list[JobGroup]:
        """The tasks on whose outputs a task stands."""
        return [self.groups[task] for task in group.sources]


def _stage_order(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage) if stage in STAGES else len(STAGES), stage)


def _order(task: Task) -> tuple[str, tuple[int, str], str]:
    return (task[0], _stage_order(task[1]), task[2])


def _group(anchor: str, task: Task, jobs: Sequence[Record], sources: tuple[Task, ...]) -> JobGroup:
    chunked = [job for job in jobs if job["chunk"] is not None]
    keys = list(dict.fromkeys(key for job in jobs for key in job["seed_keys"]))
    files = [pair for job in jobs for pair in sorted(job["outputs"].items())]
    modules = sorted(jobs[0]["code"].get("modules", ()))
    science = tuple(module.removeprefix("atlas.") for module in modules if is_science(module, modules))
    return JobGroup(
        anchor=anchor,
        title=f"{task[1]} {task[2]}".strip(),
        stage=task[1],
        chunks=len(chunked),
        config=Digests.of(job["config_digest"] for job in jobs),
        code=Digests.of(job["code"]["digest"] for job in jobs),
        modules=science,
        plumbing=len(modules) - len(science),
        root_seeds=", ".join(str(seed) for seed in sorted({job["root_seed"] for job in jobs})),
        streams=len(keys),
        seeds=" … ".join(dict.fromkeys([keys[0], keys[-1]])) if keys else "",
        outputs=Digests.of(digest for _, digest in files),
        files=tuple((Path(file).name, digest[:12]) for file, digest in files[:MOST_FILES]),
        started=min(job["started"] for job in jobs)[:16].replace("T", " "),
        wall=sum(wall_seconds(job) for job in jobs),
        peak=cost_of(jobs).peak,
        packages=" and ".join(sorted({"{} ({})".format(*package_state(job)) for job in jobs})),
        machine=" and ".join(sorted({machine_of(job) for job in jobs})),
        command=regenerate(jobs),
        sources=sources,
    )


def is_science(module: str, modules: Sequence[str]) -> bool:
    """Whether a module of a closure does science: no plumbing, no job script, not a package named for its modules."""
    plumbing = module.split(".")[1:2] in PLUMBING or not module.startswith("atlas")
    return not plumbing and not any(other.startswith(f"{module}.") for other in modules)


def regenerate(jobs: Sequence[Record]) -> str:
    """The command that makes the outputs of these jobs of one task again, and nothing else."""
    first = [min(job["outputs"], default="") for job in jobs]
    if len(first) > MOST_FILES:
        numbers = sorted(int(job["chunk"]) for job in jobs)
        folder, suffix = Path(first[0]).parent.as_posix(), Path(first[0]).suffix
        first = [f"{folder}/{{{numbers[0]}..{numbers[-1]}}}{suffix}"]
    return snakemake(jobs[0]["scale"], " ".join(sorted(first)))


def snakemake(scale: str, targets: str) -> str:
    """The command that makes some files again, whether or not they are up to date."""
    return f"snakemake --cores all --force {targets} --config scale={scale}"


def machine_of(record: Record) -> str:
    """Python, processor and BLAS of a job in words; empty where the record does not say."""
    environment = record.get("environment") or {}
    processor = environment.get("processor") or {}
    blas = [pool for pool in environment.get("threadpools", ()) if pool.get("user_api") == "blas"]
    words = [
        "Python " + environment["python"]["version"] if "python" in environment else "",
        f"{processor.get('model', '')} {processor.get('class', '')}".strip(),
        " ".join(f"{pool.get('internal_api')} {pool.get('version')} {pool.get('architecture')}" for pool in blas[:1]),
    ]
    return ", ".join(word for word in words if word)


def package_state(record: Record) -> tuple[str, str]:
    """(locked or drifted, venv or conda or system) of a job; "unknown" where the record does not say."""
    status = (record.get("packages") or {}).get("status", "unknown")
    return str(status), str((record.get("environment") or {}).get("manager", "unknown"))
