"""Estimators of the claims of diffusion-physics: from comparison tables to one number with its error."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.claims.readings import COMMON, Tables, one_row, simulated, simulated_value
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def difference(tables: Tables, comparison: str, quantity: str, theory: str | None = None, **place: Any) -> Estimate:
    """Simulation minus theory of a number; `theory`: that of another quantity (a wrong one, for controls)."""
    row = one_row(tables, comparison, quantity, place)
    other = row if theory is None else one_row(tables, comparison, theory, place)
    return simulated(row) - Estimate.exact(float(other["theory"]), float(other["theory_error"]))


def bare_value(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """A number of a table that carries its uncertainty otherwise (a ratio to its error, the end of an interval)."""
    return Estimate.exact(float(one_row(tables, comparison, quantity, place)["simulation"]))


def significance(tables: Tables, setting: str, of: str) -> Estimate:
    """Mean over its standard error."""
    return bare_value(tables, "fluctuations", "significance", setting=setting, of=of)


def largest_gap(
    tables: Tables, lattice: str, formula: str, direction: str, sign: float = 1.0, less: str | None = None
) -> Estimate:
    """Largest |lattice/formula - 1| over the times of the lattice; sign: of the formula; less: lattice of the other
    direction to be taken off and the gap measured in units of the largest |formula|.
    """
    table = tables["rates"]
    rows = pick(table, f"{lattice}_lattice", direction=direction).sort_values("t")
    expected = sign * at_times(tables, formula, rows["t"].to_numpy())
    found = rows["simulation"].to_numpy()
    if less is not None:
        other = pick(table, f"{lattice}_lattice", direction=less).sort_values("t")["simulation"].to_numpy()
        return Estimate.exact(float(np.max(np.abs(found - other)) / np.max(np.abs(expected))))
    return Estimate.exact(float(np.max(np.abs(found / expected - 1.0))))


def at_times(tables: Tables, formula: str, times: np.ndarray) -> np.ndarray:
    """A formula's curve at some of its own times."""
    rows = pick(tables["rates"], f"{formula}_curve").sort_values("t")
    places = np.searchsorted(rows["t"].to_numpy(), times - 1e-9)
    if not np.allclose(rows["t"].to_numpy()[places], times):
        raise ValueError(f"{formula}: not all of {times} are times of the curve")
    return np.asarray(rows["theory"].to_numpy()[places])


def largest_rise(tables: Tables, formula: str) -> Estimate:
    """Largest increase from one time of a curve to the next."""
    rows = pick(tables["rates"], f"{formula}_curve").sort_values("t")
    return Estimate.exact(float(np.diff(rows["theory"].to_numpy()).max()))


def smallest(tables: Tables, formula: str) -> Estimate:
    """Smallest value of a curve."""
    return Estimate.exact(float(pick(tables["rates"], f"{formula}_curve")["theory"].min()))


def window(tables: Tables, quantity: str, direction: str, t: float) -> Estimate:
    """A rate along paths over the window that holds the time t."""
    rows = pick(tables["rates"], f"{quantity}_window", direction=direction)
    row = rows.iloc[int(np.argmin(np.abs(rows["t"].to_numpy() - t)))]
    return simulated(row)


def sampled_difference(tables: Tables, quantity: str, q: float, at: float, of: float) -> Estimate:
    """Sampled minus integrated Franz-Parisi potential (or derivative) at q; of: the time that the theory is for."""
    return difference(tables, "glass", quantity, q=q, at=at, of=of)


def shortfall(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """A mean minus 1 (for controls: what a capped mean lacks of the theorem)."""
    return simulated_value(tables, comparison, quantity, **place) - 1.0


ESTIMATORS = {
    **COMMON,
    "difference": difference,
    "bare_value": bare_value,
    "significance": significance,
    "largest_gap": largest_gap,
    "largest_rise": largest_rise,
    "smallest": smallest,
    "window": window,
    "shortfall": shortfall,
    "sampled_difference": sampled_difference,
}
