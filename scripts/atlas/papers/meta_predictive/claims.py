"""Estimators of the claims of meta-predictive: they read one number off a comparison table."""

from __future__ import annotations

from atlas.claims.readings import COMMON, Tables, simulated
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def at_longest(tables: Tables, quantity: str) -> Estimate:
    """A number of the generated strings at the largest length of the run."""
    rows = pick(tables["letters"], quantity)
    return simulated(rows.sort_values("length").iloc[-1])


ESTIMATORS = {**COMMON, "at_longest": at_longest}
