"""Estimators of the claims of m-shape: from comparison tables to one number with its error."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from atlas.claims.readings import COMMON, Tables, one_row, simulated
from atlas.estimation.estimate import Estimate
from atlas.tables import pick


def largest_dip(tables: Tables, comparison: str, **place: Any) -> Estimate:
    """Depth of the deepest interior minimum among the curves at a place, by theory: 0 for curves with one maximum."""
    rows = pick(tables[comparison], "dip", **place)
    worst = rows.iloc[int(rows["theory"].to_numpy().argmax())]
    return Estimate.exact(float(worst["theory"]), float(worst["theory_error"]))


def emulated_dip(tables: Tables, equations: str, **ignored: Any) -> Estimate:
    """Depth of the minimum of the integral of the emulated ds/dd over the published window, over seeds."""
    return simulated(one_row(tables, "published", "dip_of_slopes", {"equations": equations}))


def total_wrong_signs(tables: Tables) -> Estimate:
    """Points of all curves of the local entropy at which the slope has the wrong sign."""
    return Estimate.exact(float(pick(tables["entropy"], "wrong_signs")["theory"].sum()))


def emulated_wrong_signs(tables: Tables, equations: str) -> Estimate:
    """Distances of the emulation whose slope is not that of a curve with one maximum at rms(x*), by > 4 errors."""
    rows = pick(tables["published"], "derivative", equations=equations)
    rows = rows[rows["delta"].abs() > 1e-9]
    score = rows["simulation"] / rows["simulation_error"]
    return Estimate.exact(float((np.sign(rows["delta"]) * score > 4).sum()))


def theory_ratio(tables: Tables, comparison: str, quantity: str, g: float, over_g: float, **place: Any) -> Estimate:
    """A theoretical number at one gain over the same at another."""
    top = float(one_row(tables, comparison, quantity, {**place, "g": g})["theory"])
    return Estimate.exact(top / float(one_row(tables, comparison, quantity, {**place, "g": over_g})["theory"]))


def emulated_end_ratio(tables: Tables, g: float, over_g: float, **ignored: Any) -> Estimate:
    """The published sampling's left end at one gain over that at another."""
    top, bottom = (
        simulated(one_row(tables, "boundary", "d_left", {"g": x, "set": "range-gains"})) for x in (g, over_g)
    )
    return top / bottom


def omega_difference(tables: Tables, g: float, beta: float, near: float, far: float) -> Estimate:
    """Omega at one squared distance (in 2 D) minus that at another."""
    rows = pick(tables["finite"], "omega", g=g, beta=beta)
    at = [float(pick(rows, "omega", ratio=x)["theory"].iloc[0]) for x in (near, far)]
    return Estimate.exact(at[0] - at[1], 1e-8)


def theory_at(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """The size |value| of a point of a curve."""
    return Estimate.exact(abs(float(one_row(tables, comparison, quantity, place)["theory"])), 1e-9)


def simulated_difference(
    tables: Tables, comparison: str, quantity: str, g: float, minus_g: float, **place: Any
) -> Estimate:
    """A simulated number at one gain minus that at another (independent networks)."""
    one, other = (simulated(one_row(tables, comparison, quantity, {**place, "g": x})) for x in (g, minus_g))
    return one - other


def height_over_volume(tables: Tables, g: float, of_g: float) -> Estimate:
    """Height of the arch, -Omega(0.1 R), at one gain over l at another."""
    height = float(one_row(tables, "entropy", "height", {"g": g})["theory"])
    return Estimate.exact(height / float(one_row(tables, "entropy", "l", {"g": of_g})["theory"]))


def theory_derivative_gap(tables: Tables, g: float, flipped: bool = False, **ignored: Any) -> Estimate:
    """Largest relative difference of -2 d p and the difference quotient of Omega; `flipped`: the field's sign wrong."""
    rows = [
        pick(tables["entropy"], name, g=g, set="entropy-check")["theory"].to_numpy()
        for name in ("difference", "derivative")
    ]
    return Estimate.exact(float(np.abs(rows[0] / (-rows[1] if flipped else rows[1]) - 1).max()))


def score(tables: Tables, delta: float, equations: str) -> Estimate:
    """ds/dd of the emulation in units of its standard error over seeds."""
    row = one_row(tables, "published", "derivative", {"delta": delta, "equations": equations})
    error = float(row["simulation_error"])
    return Estimate.exact(float(row["simulation"]) / error if error > 0 else math.nan)


ESTIMATORS = {
    **COMMON,
    "largest_dip": largest_dip,
    "emulated_dip": emulated_dip,
    "total_wrong_signs": total_wrong_signs,
    "emulated_wrong_signs": emulated_wrong_signs,
    "theory_ratio": theory_ratio,
    "emulated_end_ratio": emulated_end_ratio,
    "omega_difference": omega_difference,
    "theory_at": theory_at,
    "simulated_difference": simulated_difference,
    "height_over_volume": height_over_volume,
    "theory_derivative_gap": theory_derivative_gap,
    "score": score,
}
