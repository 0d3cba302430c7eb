"""Estimators of the claims of neuron-synapse: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.claims.readings import COMMON, Tables, simulated_value
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def onset_exponent(tables: Tables, k: float, low: float, high: float) -> Estimate:
    """Slope of ln q against ln(g - 1) between the static q at two gains."""
    rows = pick(tables["order"], "static_q_high", k=k, rule="hebbian").sort_values("g")
    rows = rows[rows["g"].between(low * (1 - 1e-9), high * (1 + 1e-9))]
    return Estimate.exact(float(np.polyfit(np.log(rows["g"] - 1.0), np.log(rows["theory"]), 1)[0]))


def strong(tables: Tables, k: float, g: float) -> Estimate:
    """q of strong starts with Hebbian plasticity."""
    return simulated_value(tables, "order", "q", source="strong-points", k=k, g=g)


def jump(tables: Tables, k: float, low: float, high: float) -> Estimate:
    """q at one gain minus q at a lower one, strong starts, independent networks."""
    return strong(tables, k, high) - strong(tables, k, low)


def simulated_deviation(tables: Tables, comparison: str, quantity: str, theory_g: float, **place: Any) -> Estimate:
    """simulation/theory - 1 with the theory of the gain theory_g (a wrong one, for controls)."""
    theory = pick(tables[comparison], quantity, **{**place, "g": theory_g})["theory"].iloc[0]
    return simulated_value(tables, comparison, quantity, **place) / float(theory) - 1.0


ESTIMATORS = {
    **COMMON,
    "onset_exponent": onset_exponent,
    "jump": jump,
    "simulated_deviation": simulated_deviation,
}
