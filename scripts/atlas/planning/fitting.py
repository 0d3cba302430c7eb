"""Coefficients that are not negative, from measured costs; and how far a prediction may lie from its middle.

Given rows a_i of terms and measured y_i >= y_0, let u be the least spread of (a_i c)/y_i over all c >= 0. All c with

    (y_i - start)/s <= a_i c <= s y_i for every i,      s = slack sqrt(u),

agree with the measurements: start, since the first call of a job loads libraries (not subtracted from the longest row);
slack, since a job repeats only so well. A prediction for a new row a is the range of a c over them (two linear
programs), wider by the factor sqrt(u) that the terms do not explain; its middle is the geometric mean of the ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Range:
    """A predicted cost: least, middle, most."""

    low: float
    middle: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.middle + other.middle, self.high + other.high)

    @property
    def factor(self) -> float:
        """The uncertainty as a factor on the middle."""
        return self.high / self.middle if self.middle > 0 else 1.0


NOTHING = Range(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Repeat:
    """How well a job repeats: a factor on its cost, and a part of it that may have nothing to do with the sizes."""

    slack: float
    start: float


TIME = Repeat(1.2, 0.3)  # on a quiet machine within about 20 %; seconds
MEMORY = Repeat(1.5, 2.0)  # what an allocator keeps; MiB


@dataclass(frozen=True)
class Fit:
    """All coefficients that agree with measured rows: rows (n, K) and least values (n,), in units of the measured cost;
    units (K,) of the terms; misfit = sqrt(u); slack."""

    rows: Array
    least: Array
    units: Array
    misfit: float
    slack: float

    @classmethod
    def of(cls, terms: Array, measured: Array, repeat: Repeat = TIME) -> Fit:
        """Fit to terms (n, K) >= 0 and measured (n,) > 0; raises ValueError where a row has no term above 0."""
        if len(terms) == 0 or not (measured > 0).all() or not (terms.max(axis=1) > 0).all():
            raise ValueError("a fit needs measured costs > 0 and in every row a term > 0")
        units = np.where(terms.max(axis=0) > 0, terms.max(axis=0), 1.0)
        rows = terms / units / measured[:, None]
        least = np.maximum(1 - repeat.start / measured, 0.0)
        least[np.argmax(measured)] = 1.0
        return cls(rows, least, units, math.sqrt(max(_spread(rows, least), 1.0)), repeat.slack)

    def range(self, terms: Array) -> Range:
        """The least and the most that the coefficients say for terms (K,) of a new row."""
        low, high = (float(terms @ each) for each in self._ends(terms))
        return Range(low / self.misfit, math.sqrt(max(low, 0.0) * high), high * self.misfit)

    def coefficients(self, terms: Array) -> Array:
        """The coefficients (K,) between the two ends that give the middle of the range for a new row."""
        low, high = self._ends(terms)
        ends, middle = (terms @ low, terms @ high), self.range(terms).middle
        share = 0.5 if ends[1] <= ends[0] else (middle - ends[0]) / (ends[1] - ends[0])
        return np.asarray((1 - share) * low + share * high)

    def _ends(self, terms: Array) -> tuple[Array, Array]:
        from scipy.optimize import linprog

        slack = self.slack * self.misfit
        limits = np.concatenate([self.rows, -self.rows])
        bounds = np.concatenate([np.full(len(self.rows), slack), -self.least / slack])
        seen = [(0.0, None if each else 0.0) for each in self.rows.max(axis=0) > 0]  # the others cannot be known
        goal = terms / self.units
        goal /= goal.max() or 1.0
        low, high = (linprog(sign * goal, limits, bounds, bounds=seen, method="highs") for sign in (1, -1))
        if not (low.success and high.success):
            raise ValueError("no coefficients agree with the measured costs")
        return np.maximum(low.x, 0) / self.units, np.maximum(high.x, 0) / self.units


def _spread(rows: Array, least: Array) -> float:
    """The smallest u with least <= rows c <= u for some c >= 0."""
    from scipy.optimize import linprog

    count, terms = rows.shape
    goal = np.append(np.zeros(terms), 1.0)
    upper = np.hstack([rows, -np.ones((count, 1))])
    lower = np.hstack([-rows, np.zeros((count, 1))])
    found = linprog(goal, np.vstack([upper, lower]), np.append(np.zeros(count), -least), method="highs")
    if not found.success:
        raise ValueError("no coefficients agree with the measured costs")
    return float(found.fun)
