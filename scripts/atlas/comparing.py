"""What comparisons do with outcomes: averages over networks, and the theory's value at a simulated point."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import network_average
from atlas.outcomes import Outcome, Outcomes


def average(rows: Outcomes, name: str) -> Estimate:
    """A named value averaged over networks, with its standard error."""
    return network_average(rows.stack(name))


def value(theory: Iterable[Outcome], name: str, **axes: Any) -> float | None:
    """One value of the theory at a point of its grid (numbers to 1e-9), None where the grid has no such point."""
    for row in theory:
        if all(alike(row.point.get(axis), wanted) for axis, wanted in axes.items()):
            return float(row.values[name])
    return None


def alike(own: Any, wanted: Any) -> bool:
    """Whether two values of an axis are the same: words exactly, numbers to 1e-9 relative."""
    if own is None or isinstance(own, str) or isinstance(wanted, str):
        return bool(own == wanted)
    return bool(np.isclose(own, wanted, rtol=1e-9))
