"""Estimators of the claims of linear-equivalence: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

from atlas.claims.readings import COMMON, Tables, simulated, simulated_value
from atlas.estimation.estimate import Estimate
from atlas.estimation.finite_size import power_law
from atlas.tables import pick


def size_exponent(tables: Tables, quantity: str, largest: int, **place: Any) -> Estimate:
    """Exponent b of quantity ~ N^b over the sizes up to the largest, weighted least squares of the logarithms."""
    rows = pick(tables["covariance"], quantity, **place).sort_values("n_units")
    rows = rows[rows["n_units"] <= largest]
    values = [simulated(row) for _, row in rows.iterrows()]
    if len(values) < 3 or not all(value.mean > 0 and 0 < value.error < float("inf") for value in values):
        return Estimate(float("nan"), float("nan"), count=len(values))
    return power_law(rows["n_units"].to_numpy(), values).coefficients[1]


def approach_to_one(tables: Tables, quantity: str, small: int, large: int) -> Estimate:
    """|1 - value| at the small size minus |1 - value| at the large one: positive when it comes nearer to one."""
    distances = []
    for n_units in (small, large):
        value = simulated_value(tables, "wick", quantity, n_units=n_units)
        distances.append(Estimate(abs(1.0 - value.mean), value.error, count=value.count))
    return distances[0] - distances[1]


def worst_closure(tables: Tables, kind: str) -> Estimate:
    """Largest relative distance of an iterated closure to the linear equivalence, over networks and frequencies."""
    rows = pick(tables["covariance"], f"closure_{kind}")
    worst = rows.sort_values("theory").iloc[-1]
    return Estimate.exact(float(worst["theory"]), float(worst["theory_error"]))


ESTIMATORS = {
    **COMMON,
    "size_exponent": size_exponent,
    "approach_to_one": approach_to_one,
    "worst_closure": worst_closure,
}
