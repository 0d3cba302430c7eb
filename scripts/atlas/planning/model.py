"""The cost of the tasks of a paper at a scale, from measured rows and declared terms."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.config import Atlas, PaperConfig
from atlas.config.definition import SCALES
from atlas.planning import fitting
from atlas.planning.fitting import NOTHING, Fit, Range
from atlas.planning.measured import Measured, of_one_machine
from atlas.planning.terms import by_names, value
from atlas.planning.work import Signature, Work, size_names

Array = NDArray[np.float64]
Terms = tuple[str, ...]

MEMORY = "n_units**2"  # of a protocol that declares none: couplings
CACHE_UNITS = 1024  # couplings of more neurons leave the cache of a core (4 MiB in single precision)
LEFT_CACHE = 3.0  # and their product with few states is then bound by memory: up to three times as long, as measured
FEW_STATES = 16
LEAST_MEMORY = 2.0  # MiB beyond what every job of a run needs: less cannot be told from it


@dataclass(frozen=True)
class Costs:
    """The declared terms of one protocol: of the time, and of the memory."""

    names: tuple[str, ...]
    time: Terms
    memory: Terms
    declared: bool


def costs_of(paper: PaperConfig) -> dict[tuple[str, str], Costs]:
    """(stage, protocol) → terms: those of the room's `cost.py` (TIME, MEMORY), else those that follow from names."""
    room = f"atlas.papers.{paper.room}"
    parameters = importlib.import_module(f"{room}.parameters")
    given = _declared(f"{room}.cost")
    found: dict[tuple[str, str], Costs] = {}
    for stage, group in (("simulate", parameters.PROTOCOLS), ("theory", parameters.SOLVERS)):
        for name, protocol in group.items():
            names = size_names(protocol)
            time, memory = (table.get((stage, name), table.get(name)) for table in given)
            own = (MEMORY,) if "n_units" in names else ()
            sizes = tuple(each for each in names if each in protocol.sizes.model_fields)
            found[stage, name] = Costs(names, time or by_names(sizes), memory or own, time is not None)
    return found


def _declared(module: str) -> tuple[Mapping[Any, Terms], Mapping[Any, Terms]]:
    try:
        cost = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        return {}, {}
    return cost.TIME, getattr(cost, "MEMORY", {})


def row_of(terms: Terms, work: Work) -> Array:
    """The sum of each term over the items of some work."""
    sizes = [(dict(signature), number) for signature, number in work.items]
    return np.array([sum(number * value(term, each) for each, number in sizes) for term in terms])


def peak_of(terms: Terms, work: Work) -> Array:
    """The largest value of each term over the items: memory is not summed over items."""
    return np.array([max(value(term, dict(signature)) for signature, _ in work.items) for term in terms])


@dataclass(frozen=True)
class TaskModel:
    """The cost of one task: its terms, the rows that were measured of it, and the memory of any job of a row's run."""

    costs: Costs
    rows: Sequence[Measured]
    base: Callable[[Measured], float]

    @cached_property
    def time(self) -> Fit:
        """The coefficients of the time."""
        terms = np.array([row_of(self.costs.time, row.work) for row in self.rows])
        return Fit.of(terms, np.array([row.seconds for row in self.rows]))

    @cached_property
    def memory(self) -> Fit:
        """The coefficients of the memory beyond that of any job, from the largest scale: below it is lost in that."""
        rows = self._largest
        terms = np.array([peak_of(self.costs.memory, row.work) for row in rows])
        return Fit.of(terms, np.array([self._own(row) for row in rows]), fitting.MEMORY)

    @property
    def _largest(self) -> list[Measured]:
        top = max(SCALES.index(row.scale) for row in self.rows)
        return [row for row in self.rows if row.scale == SCALES[top]]

    def _own(self, row: Measured) -> float:
        return max(row.memory_mb - self.base(row), LEAST_MEMORY)

    @property
    def scales(self) -> list[str]:
        """The scales that were measured."""
        return sorted({row.scale for row in self.rows})

    def seconds(self, work: Work) -> Range:
        """Time in kernels of some work; work in couplings beyond the cache may take longer than the terms say."""
        total = NOTHING
        for left, part in self._parts(work.items):
            found = self.time.range(row_of(self.costs.time, Work(part)))
            factor = LEFT_CACHE if left else 1.0
            total += Range(found.low, found.middle * math.sqrt(factor), found.high * factor)
        return total

    def _parts(
        self, items: Iterable[tuple[Signature, float]]
    ) -> list[tuple[bool, tuple[tuple[Signature, float], ...]]]:
        """The items whose couplings leave the cache, unlike all that were measured; and the others."""
        parts: dict[bool, list[tuple[Signature, float]]] = {}
        for signature, number in items:
            parts.setdefault(self.leaves_cache(signature), []).append((signature, number))
        return [(left, tuple(part)) for left, part in sorted(parts.items())]

    def leaves_cache(self, signature: Signature) -> bool:
        """Whether the couplings of an item leave the cache, which those of every measured item did not."""
        sizes = dict(signature)
        few = max(sizes.get("n_states", 1), sizes.get("n_chains", 1)) < FEW_STATES
        products = self.rows[0].stage == "simulate" and any("n_units**2" in term for term in self.costs.time)
        return products and few and self._units_measured <= CACHE_UNITS < sizes.get("n_units", 0)

    @cached_property
    def _units_measured(self) -> float:
        return max(dict(each).get("n_units", 0) for row in self.rows for each, _ in row.work.items)

    def memory_mb(self, work: Work) -> Range:
        """Peak memory of a job with these items: that of any job, and what grows with the sizes."""
        if not self.costs.memory:
            largest = max(row.memory_mb for row in self._largest)
            return Range(largest, largest, largest)
        base = max(self.base(row) for row in self._largest)
        return Range(base, base, base) + self.memory.range(peak_of(self.costs.memory, work))

    def item_seconds(self, items: Iterable[Signature]) -> Array:
        """Time in kernels of each item, in their order; they sum to the middle of the range of all."""
        listed = list(items)
        each: dict[Signature, float] = {}
        for left, part in self._parts(Work.of(listed).items):
            coefficients = self.time.coefficients(row_of(self.costs.time, Work(part)))
            factor = math.sqrt(LEFT_CACHE) if left else 1.0
            each |= {one: factor * float(row_of(self.costs.time, Work.of([one])) @ coefficients) for one, _ in part}
        return np.array([each[one] for one in listed])


@dataclass
class CostModel:
    """The cost of every task that was measured."""

    atlas: Atlas
    rows: Sequence[Measured]
    _models: dict[tuple[str, str, str], TaskModel | None] = field(default_factory=dict)
    _costs: dict[str, dict[tuple[str, str], Costs]] = field(default_factory=dict)

    def costs(self, paper: str) -> dict[tuple[str, str], Costs]:
        """The declared terms of a paper's protocols."""
        if paper not in self._costs:
            self._costs[paper] = costs_of(self.atlas.papers[paper])
        return self._costs[paper]

    def of(self, paper: str, stage: str, name: str, protocol: str) -> TaskModel | None:
        """The model of one task; None where nothing was measured."""
        key = (paper, stage, name)
        if key not in self._models:
            rows = of_one_machine(row for row in self.rows if row.task == key and row.protocol == protocol)
            self._models[key] = TaskModel(self.costs(paper)[stage, protocol], rows, self.base) if rows else None
        return self._models[key]

    @cached_property
    def _bases(self) -> dict[tuple[str, str, str, str], float]:
        found: dict[tuple[str, str, str, str], float] = {}
        for row in self.rows:
            key = (row.machine, row.paper, row.stage, row.scale)
            found[key] = min(row.memory_mb, found.get(key, row.memory_mb))
        return found

    def base(self, row: Measured) -> float:
        """The least memory of the jobs that ran with those of a row: Python, its libraries, what the run shares."""
        return self._bases[row.machine, row.paper, row.stage, row.scale]

    def overhead(self, stage: str) -> float:
        """Mean time of a job of a stage outside of kernels, s; of the whole of it for a stage without kernels."""
        rows = [row for row in self.rows if row.stage == stage]
        return sum(row.overhead * row.jobs for row in rows) / max(sum(row.jobs for row in rows), 1)

    def fixed(self, paper: str) -> list[Measured]:
        """The jobs of a paper whose cost does not follow from sizes (compare, plot, judge), at the largest scale."""
        rows: dict[tuple[str, str, str], Measured] = {}
        for row in self.rows:
            if row.paper == paper and row.stage in ("compare", "plot", "judge"):
                rows[row.task] = max(row, rows.get(row.task, row), key=lambda each: each.seconds)
        return list(rows.values())
