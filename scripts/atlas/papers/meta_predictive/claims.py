"""Estimators of the claims of meta-predictive: they read one number off a comparison table."""

from __future__ import annotations

from typing import Any

from atlas.claims.readings import COMMON, Tables, simulated, simulated_value
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def at_longest(tables: Tables, quantity: str) -> Estimate:
    """A number of the generated strings at the largest length of the run."""
    rows = pick(tables["letters"], quantity)
    return simulated(rows.sort_values("length").iloc[-1])


def at_shortest(tables: Tables, quantity: str) -> Estimate:
    """A number of the generated strings at the smallest length of the run, that of training."""
    rows = pick(tables["letters"], quantity)
    return simulated(rows.sort_values("length").iloc[0])


def above_level(tables: Tables, comparison: str, quantity: str, level: float, **place: Any) -> Estimate:
    """A number less a level; arguments of a check that say nothing about it are left out."""
    named = {name: value for name, value in place.items() if name != "other"}
    return simulated_value(tables, comparison, quantity, **named) - level


ESTIMATORS = {**COMMON, "at_longest": at_longest, "at_shortest": at_shortest, "above_level": above_level}
