"""Estimators that every paper can use: they read one number off a comparison table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.estimation.estimate import Estimate
from atlas.tables import pick

Tables = Mapping[str, pd.DataFrame]


def one_row(tables: Tables, comparison: str, quantity: str, place: Mapping[str, Any]) -> pd.Series:
    """The only row of a quantity at a place; where sizes differ and none is named, the one of the largest network.

    KeyError when there is none, ValueError when more than one is left.
    """
    rows = pick(tables[comparison], quantity, **place)
    if len(rows) > 1 and "n_units" in rows.columns and "n_units" not in place:
        rows = rows[rows["n_units"] == rows["n_units"].max()]
    if len(rows) != 1:
        raise ValueError(f"{quantity!r} at {dict(place)}: {len(rows)} rows, expected one")
    return rows.iloc[0]


def simulated(row: pd.Series) -> Estimate:
    """The simulated number of a row with its standard error."""
    count = float(row["count"])
    return Estimate(float(row["simulation"]), float(row["simulation_error"]), count=count)


def simulated_value(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """A simulated number: mean over networks with its standard error."""
    return simulated(one_row(tables, comparison, quantity, place))


def theory_value(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """A theoretical number with the solver's own error bound."""
    row = one_row(tables, comparison, quantity, place)
    return Estimate.exact(float(row["theory"]), float(row["theory_error"]))


def relative_deviation(
    tables: Tables, comparison: str, quantity: str, theory_g: float | None = None, **place: Any
) -> Estimate:
    """simulation/theory - 1 of a number; `theory_g` takes the theory from another gain (a wrong one, for controls)."""
    row = one_row(tables, comparison, quantity, place)
    other = row if theory_g is None else one_row(tables, comparison, quantity, {**place, "g": theory_g})
    return simulated(row) / float(other["theory"]) - 1.0


COMMON = {
    "simulated_value": simulated_value,
    "theory_value": theory_value,
    "relative_deviation": relative_deviation,
}
