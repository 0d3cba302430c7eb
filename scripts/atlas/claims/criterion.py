"""Criteria with a tolerance, and their decision with an error bar.

A criterion allows an interval. With m the signed distance of the observed value o to the nearest end
(positive inside), and h = t_{0.95, dof} * error the half-width at one-sided confidence of 95 % (Student with
dof = count - 1; normal for an infinite count; h = 0 for error 0):

    reproduced    the whole of [o - h, o + h] is inside          m >= h
    refuted       the whole of [o - h, o + h] is outside         m < -h
    inconclusive  otherwise, or without a usable error bar (nan, infinite, fewer than two samples)

Hence a value exactly at an end is wrongly decided in either direction with a chance of at most 5 %. A larger
error bar can only turn a decision into `inconclusive`. The numerical error bound of a deterministic value is
treated like a standard error with infinite count.

The margin is m in units of the tolerance: the tolerance itself (within), half the width (between), or the
given scale, by default |bound| (below, above).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from scipy.special import ndtri, stdtrit

from atlas.claims.verdict import Verdict
from atlas.estimation.estimate import Estimate

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Outcome:
    """What a criterion says of an estimate: verdict, margin in tolerances, half-width h, and why."""

    verdict: Verdict
    margin: float
    half_width: float
    observed: Estimate
    reason: str


class Criterion(ABC):
    """An allowed interval with a unit for the margin. `kind` is its name in configs."""

    kind: ClassVar[str]

    @abstractmethod
    def distance(self, value: float) -> float:
        """Signed distance m of a value to the nearest end of the allowed interval, positive inside."""

    @property
    @abstractmethod
    def scale(self) -> float:
        """The unit of the margin, > 0, in the unit of the observed quantity."""

    @abstractmethod
    def fields(self) -> dict[str, float]:
        """The numbers of the criterion by their names in configs."""

    @abstractmethod
    def __str__(self) -> str: ...

    def judge(self, estimate: Estimate) -> Outcome:
        """Decide with the error bar of the estimate (rule in the module's docstring)."""
        margin = self.distance(estimate.mean) / self.scale
        half_width = confidence_half_width(estimate)
        problem = _unusable(estimate)
        if problem:
            return Outcome("inconclusive", margin, half_width, estimate, problem)
        verdict = self._decide(self.distance(estimate.mean), half_width)
        return Outcome(verdict, margin, half_width, estimate, self._why(verdict, estimate, half_width))

    @staticmethod
    def _decide(distance: float, half_width: float) -> Verdict:
        if distance >= half_width:
            return "reproduced"
        return "refuted" if distance < -half_width else "inconclusive"

    def _why(self, verdict: Verdict, estimate: Estimate, half_width: float) -> str:
        relation = {"reproduced": "is", "refuted": "is not", "inconclusive": "may or may not be"}[verdict]
        confidence = f" (95 % half-width {half_width:.2g})" if half_width else ""
        return f"{estimate}{confidence} {relation} {self}"


@dataclass(frozen=True)
class Within(Criterion):
    """|o - expected| <= tolerance. Raises ValueError unless the tolerance is finite and > 0."""

    expected: float
    tolerance: float
    kind: ClassVar[str] = "within"

    def __post_init__(self) -> None:
        _finite("within", expected=self.expected)
        _positive("within", tolerance=self.tolerance)

    def distance(self, value: float) -> float:
        return self.tolerance - abs(value - self.expected)

    @property
    def scale(self) -> float:
        return self.tolerance

    def fields(self) -> dict[str, float]:
        return {"expected": self.expected, "tolerance": self.tolerance}

    def __str__(self) -> str:
        return f"within {self.tolerance:g} of {self.expected:g}"


@dataclass(frozen=True)
class Between(Criterion):
    """low <= o <= high. Raises ValueError unless low < high, both finite."""

    low: float
    high: float
    kind: ClassVar[str] = "between"

    def __post_init__(self) -> None:
        _finite("between", low=self.low, high=self.high)
        _positive("between", **{"high - low": self.high - self.low})

    def distance(self, value: float) -> float:
        return min(value - self.low, self.high - value)

    @property
    def scale(self) -> float:
        return (self.high - self.low) / 2

    def fields(self) -> dict[str, float]:
        return {"low": self.low, "high": self.high}

    def __str__(self) -> str:
        return f"between {self.low:g} and {self.high:g}"


@dataclass(frozen=True)
class _OneSided(Criterion):
    """A bound, with the unit of the margin: `unit_of_margin`, by default |bound|."""

    bound: float
    unit_of_margin: float | None = None

    def __post_init__(self) -> None:
        _finite(self.kind, bound=self.bound)
        _positive(self.kind, scale=self.scale)

    @property
    def scale(self) -> float:
        return abs(self.bound) if self.unit_of_margin is None else self.unit_of_margin

    def fields(self) -> dict[str, float]:
        return {"bound": self.bound, "scale": self.scale}

    def __str__(self) -> str:
        return f"{self.kind} {self.bound:g}"


@dataclass(frozen=True)
class Below(_OneSided):
    """o <= bound. Raises ValueError for a bound of 0 without a scale, or a scale that is not > 0."""

    kind: ClassVar[str] = "below"

    def distance(self, value: float) -> float:
        return self.bound - value


@dataclass(frozen=True)
class Above(_OneSided):
    """o >= bound. Raises ValueError for a bound of 0 without a scale, or a scale that is not > 0."""

    kind: ClassVar[str] = "above"

    def distance(self, value: float) -> float:
        return value - self.bound


_KINDS: dict[str, tuple[Callable[..., Criterion], tuple[str, ...], tuple[str, ...]]] = {
    "within": (Within, ("expected", "tolerance"), ()),
    "between": (Between, ("low", "high"), ()),
    "below": (Below, ("bound",), ("scale",)),
    "above": (Above, ("bound",), ("scale",)),
}


def criterion_of(kind: str, fields: Mapping[str, Any]) -> Criterion:
    """The criterion of a kind from the fields of a check.

    within(expected, tolerance), between(low, high), below(bound[, scale]), above(bound[, scale]). Fields that
    are absent or None count as not given; others are ignored.

    Raises ValueError for an unknown kind, a missing field, or values the criterion refuses.
    """
    if kind not in _KINDS:
        raise ValueError(f"criterion kind: got {kind!r}; allowed: {', '.join(_KINDS)}")
    make, needed, optional = _KINDS[kind]
    given: dict[str, Any] = {name: fields.get(name) for name in (*needed, *optional)}
    missing = [name for name in needed if given[name] is None]
    if missing:
        raise ValueError(f"criterion {kind}: {', '.join(missing)} not given; needed: {', '.join(needed)}")
    numbers = [None if value is None else float(value) for value in given.values()]
    return make(*numbers)


def confidence_half_width(estimate: Estimate) -> float:
    """h = t_{0.95, dof} * error, one-sided; 0 for error 0, nan where dof < 1 or something is not known."""
    if estimate.error == 0:
        return 0.0
    if math.isinf(estimate.dof):
        return float(ndtri(CONFIDENCE)) * estimate.error
    return float(stdtrit(estimate.dof, CONFIDENCE)) * estimate.error if estimate.dof >= 1 else math.nan


def _unusable(estimate: Estimate) -> str:
    """Why an estimate cannot decide anything; empty if it can."""
    if not math.isfinite(estimate.mean):
        return f"observed value is {estimate.mean}"
    if not estimate.count >= 2:
        return f"no error bar: {estimate.count:g} independent samples, at least 2 needed"
    if not math.isfinite(estimate.error):
        return f"error bar is {estimate.error}"
    return ""


def _finite(kind: str, **values: float) -> None:
    for name, value in values.items():
        if not math.isfinite(value):
            raise ValueError(f"criterion {kind}: {name}: got {value}; allowed: a finite number")


def _positive(kind: str, **values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"criterion {kind}: {name}: got {value}; allowed: a finite number > 0")
