"""Estimators of the claims of equilibrium-measure: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.claims.readings import COMMON, Tables, one_row, simulated
from atlas.estimation.estimate import Estimate
from atlas.estimation.finite_size import polynomial_limit
from atlas.tables import pick


def peak_gain(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """The gain of the grid at which a theoretical curve is largest."""
    rows = pick(tables[comparison], quantity, **place)
    return Estimate.exact(float(rows["g"].to_numpy()[int(np.argmax(rows["theory"].to_numpy()))]))


def peak_height(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """The largest value of a theoretical curve over the gains of the grid."""
    return Estimate.exact(float(pick(tables[comparison], quantity, **place)["theory"].max()))


def cooling_limit(tables: Tables, quantity: str, gamma: float, power: float) -> Estimate:
    """A value on the line extrapolated to beta = inf by a parabola in beta^(-power) through the three largest."""
    rows = pick(tables["limits"], quantity, gamma=gamma).sort_values("beta").tail(3)
    x, y = rows["beta"].to_numpy() ** -power, rows["theory"].to_numpy()
    return polynomial_limit(x, y, 2).limit


def loglog_slope(tables: Tables, quantity: str, g: float, low: float, high: float) -> Estimate:
    """Slope of ln value against ln beta, least squares over low <= beta <= high."""
    rows = pick(tables["limits"], quantity, g=g)
    rows = rows[rows["beta"].between(low * (1 - 1e-9), high * (1 + 1e-9))]
    return Estimate.exact(float(np.polyfit(np.log(rows["beta"]), np.log(rows["theory"]), 1)[0]))


def deviation(
    tables: Tables, comparison: str, quantity: str, theory_at: dict[str, Any] | None = None, **place: Any
) -> Estimate:
    """simulation/theory - 1; `theory_at` takes the theory from another place (a wrong theory, for controls)."""
    row = one_row(tables, comparison, quantity, place)
    other = row if theory_at is None else one_row(tables, comparison, quantity, theory_at)
    return simulated(row) / float(other["theory"]) - 1.0


def largest_below_line(tables: Tables, quantity: str, gamma: float, margin: float) -> Estimate:
    """Largest value of a static curve over gains below the line by more than `margin` (negative: also above it)."""
    rows = pick(tables["limits"], quantity, gamma=gamma)
    rows = rows[rows["g"] < 1.0 / (1.0 + gamma) - margin]
    return Estimate.exact(float(rows["theory"].max()))


ESTIMATORS = {
    **COMMON,
    "peak_gain": peak_gain,
    "peak_height": peak_height,
    "cooling_limit": cooling_limit,
    "loglog_slope": loglog_slope,
    "deviation": deviation,
    "largest_below_line": largest_below_line,
}
