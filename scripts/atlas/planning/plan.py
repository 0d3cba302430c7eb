"""The plan of a scale: for each paper its tasks with jobs, hours and memory, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from atlas.config import PaperConfig
from atlas.planning.chunks import LONG, SHORT, Cut, cut, proposal
from atlas.planning.fitting import NOTHING, Range
from atlas.planning.model import CostModel
from atlas.planning.work import Work, signatures, tasks_of

CUT_SCALE = "paper"  # the scale whose jobs should be of the length that batch systems like


@dataclass(frozen=True)
class TaskPlan:
    """One experiment or theory: its jobs, its time in kernels with the time around, the memory of its largest job."""

    stage: str
    name: str
    seconds: Range
    memory_mb: Range
    cut: Cut
    best: Cut
    scales: list[str]


@dataclass(frozen=True)
class PaperPlan:
    """One paper at one scale; `missing`: tasks that were never measured."""

    paper: PaperConfig
    scale: str
    tasks: list[TaskPlan]
    jobs_around: int
    seconds_around: float
    missing: list[str]

    @property
    def jobs(self) -> int:
        """All jobs of the measured tasks, comparisons, figures and verdicts included."""
        return sum(len(each.cut.jobs) for each in self.tasks) + self.jobs_around

    @property
    def seconds(self) -> Range:
        """Core seconds of all of them."""
        around = Range(*[self.seconds_around] * 3)
        return sum((each.seconds for each in self.tasks), NOTHING) + around

    @property
    def longest(self) -> float:
        """The longest job, s."""
        return max((float(each.cut.jobs.max()) for each in self.tasks), default=0.0)

    @property
    def memory_mb(self) -> Range:
        """The memory of the largest job."""
        return max((each.memory_mb for each in self.tasks), key=lambda each: each.middle, default=NOTHING)


def plan_paper(paper: PaperConfig, scale: str, model: CostModel) -> PaperPlan:
    """The plan of one paper."""
    tasks, missing = [], []
    for (stage, name), task in tasks_of(paper, scale).items():
        known = model.of(paper.key, stage, name, task.protocol)
        if known is None:
            missing.append(name)
            continue
        items = signatures(task, known.costs.names)
        work, each = Work.of(items), known.item_seconds(items)
        own = cut(each, task.chunk_size or len(items))
        around = model.overhead(stage) * len(own.jobs)
        seconds = known.seconds(work) + Range(around, around, around)
        best = proposal(each) if stage == "simulate" else own
        tasks.append(TaskPlan(stage, name, seconds, known.memory_mb(work), own, best, known.scales))
    fixed = model.fixed(paper.key)
    return PaperPlan(paper, scale, tasks, len(fixed), sum(row.seconds for row in fixed), missing)


def duration(seconds: float) -> str:
    """Seconds in words: 12 s, 3.4 min, 5.6 h."""
    if seconds < 100:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.2g} min" if seconds < 100 * 60 else f"{seconds / 3600:.3g} h"


def jobs_in_words(jobs: Cut) -> str:
    """3 jobs of 12 to 15 min."""
    low, high = duration(float(jobs.full.min())), duration(float(jobs.jobs.max()))
    number = f"{len(jobs.jobs)} job{'s' if len(jobs.jobs) > 1 else ''}"
    return f"{number} of {low}" if low == high else f"{number} of {low} to {high}"


def warnings(plan: PaperPlan) -> list[str]:
    """One line per task whose jobs have another length than a batch system likes, or need more than the config asks."""
    found = []
    for task in plan.tasks:
        name = f"{plan.paper.key}: {task.name}"
        if plan.scale == CUT_SCALE and not task.cut.fits:
            found += [f"{name}: {_length(task)}"] if task.stage == "simulate" or task.cut.jobs.max() > LONG else []
        asked = plan.paper.resources.of(task.stage)
        longest = float(task.cut.jobs.max())
        if longest > 60 * asked.runtime:
            limit = f"resources.{task.stage}.runtime is {asked.runtime} min"
            found.append(f"{name}: a job takes {duration(longest)}, {limit}")
        if task.memory_mb.middle > asked.mem_mb:
            needed = f"about {task.memory_mb.middle:.0f} MB"
            found.append(f"{name}: a job needs {needed}, resources.{task.stage}.mem_mb is {asked.mem_mb}")
    return found


def _length(task: TaskPlan) -> str:
    limits = f"{SHORT / 60:.0f} to {LONG / 60:.0f} min"
    now = jobs_in_words(task.cut)
    if task.stage == "theory":
        return f"{now}, and a theory is one job: only smaller sizes make it shorter"
    if task.best.chunk == task.cut.chunk:
        reason = "one item takes longer" if task.cut.chunk == 1 else "its items differ too much"
        return f"{now}, outside of {limits}: {reason}, no other chunk is better"
    better = f"chunk {task.best.chunk} (now {task.cut.chunk}) gives {jobs_in_words(task.best)}"
    return f"{now}, outside of {limits}: {better}"


def total(plans: Iterable[PaperPlan]) -> Range:
    """Core seconds of several papers."""
    return sum((plan.seconds for plan in plans), NOTHING)
