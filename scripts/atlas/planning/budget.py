"""The largest sizes that fit a time on some cores.

Each task climbs a ladder of rungs: the sizes of a scale with a number of networks, from those of `smoke` over `desk`
to `paper`. The cheapest next rung of all is taken as long as the whole fits, so that no experiment starves another:

    total/cores + longest item * (1 - 1/cores) <= budget

bounds the time of any order of jobs that leaves no core idle (Graham 1969).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from atlas.config import PaperConfig
from atlas.config.definition import SCALES
from atlas.planning.fitting import NOTHING, Range
from atlas.planning.model import CostModel, TaskModel
from atlas.planning.work import Work, replicas, signatures, tasks_of

Key = tuple[str, str, str]  # paper, stage, name
UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
LEAST_NETWORKS = 2  # below there is no error bar


class BudgetError(ValueError):
    """A budget that cannot be read, or in which nothing fits."""


@dataclass(frozen=True)
class Rung:
    """The sizes of a scale with so many networks: time in kernels, longest item (s)."""

    scale: str
    networks: int
    seconds: Range
    longest: float


def parse_budget(text: str) -> float:
    """Seconds of "2h", "90m", "1.5d", "45s"; raises BudgetError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d)", text.strip())
    if not found or float(found[1]) <= 0:
        raise BudgetError(f"BUDGET: got {text!r}; allowed: a time > 0 such as 45m, 2h or 1.5d")
    return float(found[1]) * UNITS[found[2]]


def networks_between(least: int, most: int) -> list[int]:
    """Numbers of networks of the rungs of one scale: doubled from the least, ending with the most."""
    numbers = [least]
    while numbers[-1] * 2 < most:
        numbers.append(numbers[-1] * 2)
    return [*numbers, most] if numbers[-1] < most else numbers


def ladder(paper: PaperConfig, stage: str, name: str, model: TaskModel) -> list[Rung]:
    """The rungs of one task, each dearer than the one before.

    Those of a scale begin with the networks of the scale before, so that no rung has fewer.
    """
    rungs: list[Rung] = []
    before = 1
    for scale in SCALES:
        task = tasks_of(paper, scale)[stage, name]
        own = replicas(task)
        work = Work.of(signatures(task, model.costs.names))
        longest = float(model.item_seconds([each for each, _ in work.items]).max())
        least = min(own, max(before, LEAST_NETWORKS)) if rungs else own
        for networks in networks_between(least, own) if task.networks else [own]:
            seconds = model.seconds(work.times(networks / own))
            last = rungs[-1].seconds.middle if rungs else 0.0
            if rungs and math.isclose(seconds.middle, last, rel_tol=1e-9):
                rungs[-1] = Rung(scale, networks, seconds, longest)  # the same work under the name of a larger scale
            elif seconds.middle > last:
                rungs.append(Rung(scale, networks, seconds, longest))
        before = own
    return rungs


@dataclass(frozen=True)
class Choice:
    """The rung of every task, and what all of them cost together with the jobs around them."""

    rungs: dict[Key, Rung]
    seconds: Range
    longest: float

    def wall(self, cores: int) -> float:
        """A bound of the time on some cores, by the middle of the estimate."""
        return self.seconds.middle / cores + self.longest * (1 - 1 / cores)


def choose(ladders: dict[Key, Sequence[Rung]], fixed: float, budget: float, cores: int) -> Choice:
    """Climb as long as it fits; `fixed`: seconds of what does not depend on sizes. Raises BudgetError."""
    at = dict.fromkeys(ladders, 0)
    chosen = _choice(ladders, at, fixed)
    if chosen.wall(cores) > budget:
        least = f"about {chosen.wall(cores) / 3600:.2g} h on {cores} cores"
        raise BudgetError(f"BUDGET: got {budget / 3600:.3g} h; the smallest sizes (smoke) need {least}")
    open_tasks = set(ladders)
    while open_tasks:
        steps = {key: _step(ladders[key], at[key]) for key in open_tasks}
        open_tasks = {key for key, step in steps.items() if step is not None}
        if not open_tasks:
            break
        key = min(open_tasks, key=lambda each: (steps[each], each))
        tried = _choice(ladders, {**at, key: at[key] + 1}, fixed)
        if tried.wall(cores) <= budget:
            at[key], chosen = at[key] + 1, tried
        else:
            open_tasks.discard(key)
    return chosen


def _step(rungs: Sequence[Rung], at: int) -> float | None:
    """What the next rung costs more; None at the top."""
    if at + 1 >= len(rungs):
        return None
    return rungs[at + 1].seconds.middle - rungs[at].seconds.middle


def _choice(ladders: dict[Key, Sequence[Rung]], at: dict[Key, int], fixed: float) -> Choice:
    rungs = {key: each[at[key]] for key, each in ladders.items()}
    total = sum((rung.seconds for rung in rungs.values()), NOTHING) + Range(fixed, fixed, fixed)
    return Choice(rungs, total, max((rung.longest for rung in rungs.values()), default=0.0))


def ladders_of(papers: Iterable[PaperConfig], model: CostModel) -> tuple[dict[Key, Sequence[Rung]], list[Key]]:
    """The ladders of all measured tasks, and the tasks that were never measured."""
    found: dict[Key, Sequence[Rung]] = {}
    missing: list[Key] = []
    for paper in papers:
        for (stage, name), task in tasks_of(paper, SCALES[0]).items():
            known = model.of(paper.key, stage, name, task.protocol)
            if known is None:
                missing.append((paper.key, stage, name))
            else:
                found[paper.key, stage, name] = ladder(paper, stage, name, known)
    return found, missing
