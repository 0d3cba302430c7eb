"""Estimators of the claims of fermi-bose: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.claims.readings import COMMON, Tables, simulated_value, theory_value
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def largest_step(tables: Tables, quantity: str, axis: str, direction: float, **place: Any) -> Estimate:
    """Largest step of a theoretical line from one grid point to the next, counted in a direction (+1: upwards)."""
    rows = pick(tables["state"], quantity, **place).sort_values(axis)
    steps = direction * np.diff(rows["theory"])
    return Estimate.exact(float(steps.max()), float(rows["theory_error"].max()))


def theory_ratio(tables: Tables, quantity: str, axis: str, a: float, b: float, **place: Any) -> Estimate:
    """A theoretical number at axis = b over the same at axis = a."""
    last, first = (theory_value(tables, "state", quantity, **{**place, axis: at}) for at in (b, a))
    return last / first


def theory_change(tables: Tables, quantity: str, axis: str, a: float, b: float, **place: Any) -> Estimate:
    """A theoretical number at axis = b minus the same at axis = a."""
    last, first = (theory_value(tables, "state", quantity, **{**place, axis: at}) for at in (b, a))
    return last - first


def simulated_change(tables: Tables, quantity: str, axis: str, a: float, b: float, **place: Any) -> Estimate:
    """A mean over samples at axis = b minus the same at axis = a, of other samples."""
    last, first = (simulated_value(tables, "state", quantity, **{**place, axis: at}) for at in (b, a))
    return last - first


def relative_change(tables: Tables, quantity: str, axis: str, a: float, b: float, **place: Any) -> Estimate:
    """|number at axis = b over that at axis = a, minus 1|."""
    ratio = theory_ratio(tables, quantity, axis, a, b, **place)
    return Estimate.exact(abs(ratio.mean - 1.0), ratio.error)


ESTIMATORS = {
    **COMMON,
    "largest_step": largest_step,
    "theory_ratio": theory_ratio,
    "theory_change": theory_change,
    "simulated_change": simulated_change,
    "relative_change": relative_change,
}
