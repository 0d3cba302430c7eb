"""Estimators of the claims of freezing-chaos: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

from atlas.claims.readings import COMMON, Tables, one_row, simulated
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def largest(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """The largest simulated number of a quantity at a place, without error: for what must hold everywhere."""
    return Estimate.exact(float(pick(tables[comparison], quantity, **place)["simulation"].max()))


def deviation(
    tables: Tables,
    quantity: str,
    theory_g: float | None = None,
    theory_gamma: float | None = None,
    theory_set: str | None = None,
    **place: Any,
) -> Estimate:
    """Simulated minus theoretical exponent; `theory_…` takes the theory from elsewhere (a wrong one, for controls)."""
    row = one_row(tables, "exponents", quantity, place)
    other = {"g": theory_g, "gamma": theory_gamma, "set": theory_set}
    elsewhere = {**place, **{name: given for name, given in other.items() if given is not None}}
    return simulated(row) - float(one_row(tables, "exponents", quantity, elsewhere)["theory"])


def score_at(tables: Tables, quantity: str, extreme: str, taus: list[float], **place: Any) -> Estimate:
    """The smallest or largest mean score over some shifts of the target."""
    found = [simulated(one_row(tables, "memory", quantity, {**place, "tau": tau})) for tau in taus]
    best = min if extreme == "smallest" else max
    return best(found, key=lambda estimate: estimate.mean)


ESTIMATORS = {**COMMON, "largest": largest, "deviation": deviation, "score_at": score_at}
