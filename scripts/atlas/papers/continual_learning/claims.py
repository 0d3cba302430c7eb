"""Estimators of the claims of continual-learning: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.claims.readings import COMMON, Tables, one_row, theory_value
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def learning_exponent(tables: Tables, quantity: str, low: float, high: float, **place: Any) -> Estimate:
    """Slope of ln epsilon against ln alpha between two loads, a line through all points of the grid in between."""
    rows = pick(tables["single"], quantity, **place).sort_values("alpha")
    rows = rows[rows["alpha"].between(low * (1 - 1e-9), high * (1 + 1e-9))]
    return Estimate.exact(float(np.polyfit(np.log(rows["alpha"]), np.log(rows["theory"]), 1)[0]))


def theory_step(tables: Tables, comparison: str, quantity: str, axis: str, a: Any, b: Any, **place: Any) -> Estimate:
    """A theoretical number at axis = b minus the same at axis = a."""
    last = theory_value(tables, comparison, quantity, **{**place, axis: b})
    return last - theory_value(tables, comparison, quantity, **{**place, axis: a})


def steepest(tables: Tables, quantity: str, direction: float, largest: float, **place: Any) -> Estimate:
    """Smallest step of a theoretical curve over alpha2 (up to `largest`), counted in a direction (+1: upwards)."""
    rows = pick(tables["tasks"], quantity, **place).sort_values("alpha2")
    rows = rows[rows["alpha2"] <= largest * (1 + 1e-9)]
    steps = direction * np.diff(rows["theory"])
    return Estimate.exact(float(steps.min()), float(rows["theory_error"].max()))


def theory_gap(tables: Tables, quantity: str, **place: Any) -> Estimate:
    """The theory's side of a paired difference."""
    return Estimate.exact(float(one_row(tables, "tasks", quantity, place)["theory"]))


ESTIMATORS = {
    **COMMON,
    "learning_exponent": learning_exponent,
    "theory_step": theory_step,
    "steepest": steepest,
    "theory_gap": theory_gap,
}
