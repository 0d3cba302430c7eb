"""Estimators of the claims of kinetic-energy: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.claims.readings import COMMON, Tables, simulated
from atlas.estimation.estimate import Estimate
from atlas.estimation.finite_size import PolynomialLimit, polynomial_limit
from atlas.tables import pick

# Distances from which limits are taken: the dossier's three (C2) and half the smallest, so that the extrapolation's
# own error is far below the tolerances.
LIMIT_EPS = (0.0025, 0.005, 0.01, 0.02)


def scaled_curve(tables: Tables, quantity: str, power: int, factor: float, subtract: float) -> PolynomialLimit:
    """factor (quantity - subtract eps^(power - 1))/eps^power at four distances, extrapolated to eps = 0.

    With power 3, subtract 0: the cubic law's ratio. With a nonzero subtract the lower order is taken off first.
    """
    rows = pick(tables["critical"], quantity, set="expansion-limit")
    rows = rows[rows["eps"].isin(LIMIT_EPS)]
    eps, value = rows["eps"].to_numpy(), rows["theory"].to_numpy()
    return polynomial_limit(eps, factor * (value - subtract * eps ** (power - 1)) / eps**power, 2)


def limit_at_transition(tables: Tables, **shape: Any) -> Estimate:
    """The extrapolated value at the transition; the error is the difference between orders of extrapolation."""
    return scaled_curve(tables, **shape).limit


def slope_at_transition(tables: Tables, **shape: Any) -> Estimate:
    """The extrapolated slope at the transition."""
    return scaled_curve(tables, **shape).slope


def worst_theory_deviation(tables: Tables, quantity: str, temperature: str) -> Estimate:
    """max over g of |Delta_T/delta0 - 1| in theory, at the matched or the published temperature."""
    name = f"theory_{quantity}" + ("_published" if temperature == "published" else "")
    rows = pick(tables["side-by-side"], name)
    return Estimate.exact(float(np.abs(rows["theory"] - 1.0).max()))


def slope_in_temperature(tables: Tables, quantity: str, dt: float) -> Estimate:
    """Mean of quantity/T over the temperatures of the scan, each weighted alike; errors are independent."""
    rows = pick(tables["energy-temperature"], f"{quantity}_over_t", dt=dt)
    total = sum((simulated(row) for _, row in rows.iterrows()), start=Estimate.exact(0.0))
    return total.scaled(1.0 / len(rows))


def slope_ratio(tables: Tables, quantity: str, dt: float, other_dt: float) -> Estimate:
    """The slope at one time step over that at another; `step`: the ratio of the steps themselves (a control)."""
    if quantity == "step":
        return Estimate.exact(dt / other_dt)
    return slope_in_temperature(tables, quantity, dt) / slope_in_temperature(tables, quantity, other_dt)


ESTIMATORS = {
    **COMMON,
    "limit_at_transition": limit_at_transition,
    "slope_at_transition": slope_at_transition,
    "worst_theory_deviation": worst_theory_deviation,
    "slope_in_temperature": slope_in_temperature,
    "slope_ratio": slope_ratio,
}
