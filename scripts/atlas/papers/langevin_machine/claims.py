"""Estimators of the claims of langevin-machine: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

from atlas.claims.readings import COMMON, Tables, one_row, simulated
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def extreme_step(tables: Tables, quantity: str, sign: float = 1.0) -> Estimate:
    """The smallest step of a quantity from one P to the next, counted in a direction (-1: downwards), with its error.

    Steps are paired differences over the same networks.
    """
    rows = pick(tables["memory"], quantity)
    found = [simulated(row).scaled(sign) for _, row in rows.iterrows()]
    return min(found, key=lambda each: each.mean)


def bare_value(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """A number that is exact but for rounding: an error of the rule beside the likelihood."""
    return Estimate.exact(float(one_row(tables, comparison, quantity, place)["simulation"]))


ESTIMATORS = {**COMMON, "extreme_step": extreme_step, "bare_value": bare_value}
