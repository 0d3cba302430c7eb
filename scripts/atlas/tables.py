"""Comparison tables: one tidy row per compared number, by two routes.

Columns: `quantity`, the parameters of the comparison (any names), then `simulation`, `simulation_error` (standard
error), `count` (independent samples behind it), `theory`, `theory_error` (solver's own bound), `z` =
(simulation - theory)/sqrt(errors²) and `relative_deviation` = simulation/theory - 1. What a route does not give is
empty. Figures and claims read these tables and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from atlas.estimation.estimate import Estimate

ROUTES = ["simulation", "simulation_error", "count", "theory", "theory_error", "z", "relative_deviation"]


class TableBuilder:
    """Collects compared numbers and curves; `frame()` gives the tidy table."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []

    def number(
        self,
        quantity: str,
        simulation: Estimate | float | None = None,
        theory: float | None = None,
        theory_error: float = 0.0,
        **parameters: Any,
    ) -> None:
        """One number: `simulation` is an Estimate (or a bare value without error), `theory` a value with its bound."""
        if simulation is None or isinstance(simulation, (int, float, np.number)):
            mean, error, count = (math.nan if simulation is None else float(simulation)), math.nan, math.nan
        else:
            mean, error, count = simulation.mean, simulation.error, simulation.count
        self.curve(
            quantity,
            {},
            simulation=np.array([mean]),
            simulation_error=np.array([error]),
            count=count,
            theory=np.array([math.nan if theory is None else theory]),
            theory_error=theory_error,
            **parameters,
        )

    def curve(
        self,
        quantity: str,
        coordinates: Mapping[str, Any],
        *,
        simulation: Any = None,
        simulation_error: Any = None,
        count: Any = math.nan,
        theory: Any = None,
        theory_error: Any = 0.0,
        **parameters: Any,
    ) -> None:
        """A curve over `coordinates` (name → array of length n); every array has length n, absent routes are NaN."""
        routes = {
            "simulation": simulation,
            "simulation_error": simulation_error,
            "count": count,
            "theory": theory,
            "theory_error": None if theory is None else theory_error,
        }
        arrays = {**{name: np.asarray(values) for name, values in coordinates.items()}}
        size = max([np.size(v) for v in (*arrays.values(), simulation, theory) if v is not None], default=1)
        columns: dict[str, Any] = {"quantity": quantity, **parameters, **arrays}
        for name, values in routes.items():
            columns[name] = (
                np.full(size, math.nan) if values is None else np.broadcast_to(np.asarray(values, float), size)
            )
        self._parts.append(pd.DataFrame(columns, index=range(size)))

    def frame(self) -> pd.DataFrame:
        """All rows, with z and relative deviation, routes as the last columns."""
        if not self._parts:
            raise ValueError("a comparison table: got no row; needed: at least one number or curve")
        table = pd.concat(self._parts, ignore_index=True)
        table["theory_error"] = table["theory_error"].where(table["theory"].notna())
        difference = table["simulation"] - table["theory"]
        spread = np.hypot(table["simulation_error"], table["theory_error"].fillna(0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            table["z"] = (difference / spread).where(spread > 0)
            table["relative_deviation"] = (difference / table["theory"]).where(table["theory"] != 0)
        return table[[name for name in table.columns if name not in ROUTES] + ROUTES]


def check_table(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table itself, when it has the columns of a comparison and at least one number; else ValueError."""
    missing = [column for column in ["quantity", *ROUTES] if column not in table.columns]
    if missing:
        raise ValueError(f"comparison {name}: the table lacks {', '.join(missing)}")
    if table[["simulation", "theory"]].notna().sum().sum() == 0:
        raise ValueError(f"comparison {name}: the table holds no number")
    return table


def read_tables(paths: Iterable[Path], names: Iterable[str]) -> dict[str, pd.DataFrame]:
    """The comparison tables by name, from the files that the workflow names."""
    by_name = {path.stem: path for path in paths}
    return {name: pd.read_csv(by_name[name]) for name in names}


def pick(table: pd.DataFrame, quantity: str, **parameters: Any) -> pd.DataFrame:
    """Rows of one quantity at given parameter values (floats compared to 1e-9 relative); KeyError when none."""
    mask = table["quantity"] == quantity
    for name, value in parameters.items():
        if name not in table.columns:
            raise KeyError(f"no column {name!r} beside {quantity!r}")
        column = table[name]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            mask &= np.isclose(pd.to_numeric(column, errors="coerce"), value, rtol=1e-9, atol=0.0)
        else:
            mask &= column == value
    if not mask.any():
        raise KeyError(f"no {quantity!r} at {parameters}")
    return table[mask]


def values(rows: pd.DataFrame, column: str) -> list[Any]:
    """Distinct values of a column, sorted."""
    return sorted(rows[column].dropna().unique().tolist())
