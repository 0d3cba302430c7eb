"""Simulation beside theory for reconstruction: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average
from atlas.estimation.networks import jackknife, network_curve, paired_ratio
from atlas.outcomes import Outcomes
from atlas.papers.reconstruction.training import add_run
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
LOW, HIGH = 1e-4, 1e-2  # distances between which the growth rate is read off
SMALL = 0.0101  # mismatches up to here give the slope of the horizon


def on_grid(times: np.ndarray, curve: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """A curve on a fine grid of times, read at the wanted ones between (linear in its logarithm; zero stays zero)."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp(np.interp(wanted, times, np.log(curve))))


def crossing(times: np.ndarray, curve: np.ndarray, level: float) -> float:
    """First time at which a curve reaches a level from below, its logarithm taken as linear between; nan if never."""
    above = np.flatnonzero(curve >= level)
    if not above.size or above[0] == 0:
        return np.nan
    k = int(above[0])
    before, after = np.log(curve[k - 1 : k + 1])
    share = 1.0 if not np.isfinite(before) else (np.log(level) - before) / (after - before)
    return float(times[k - 1] + share * (times[k] - times[k - 1]))


def growth(data: Sources) -> pd.DataFrame:
    """Distance and variance against time, networks beside theory of the map; theory of the flow (F2, C4, C5, C7)."""
    table = TableBuilder()
    for point in data["copies"].points():
        rows = data["copies"].at(**point)
        theory = data["two-replica"].at(g=point["g"], eta=point["eta"]).one().values
        times = rows[0].values["times"]
        for name in ("distance", "variance"):
            mean, error = network_curve(rows.stack(name))
            expected = on_grid(theory["times"], theory[f"{name}_map"], times)
            table.curve(
                name, {"t": times}, simulation=mean, simulation_error=error, count=len(rows), theory=expected, **point
            )
    for row in data["two-replica"]:
        flow, error = row.values["distance"], row.values["residual"]
        table.curve("distance_flow", {"t": row.values["times"]}, theory=flow, theory_error=error * flow, **row.point)
        delta0 = float(data["exponents"].at(g=row.point["g"]).one().values["delta0"])
        if delta0 > 0:
            ratio = flow / (2.0 * delta0)
            times = row.values["times"]
            table.curve("saturation", {"t": times}, theory=ratio, theory_error=error * ratio, **row.point)
    return table.frame()


def horizon(data: Sources) -> pd.DataFrame:
    """How long a copy predicts: distances by the mismatch, growth rate, time until d = delta0 (F7, C3, C6, C11)."""
    table = TableBuilder()
    curves = {row.point["g"]: row.values for row in data["two-replica-small"]}
    for point in data["copies-long"].points():
        add_copies(table, data["copies-long"].at(**point), point, curves[point["g"]])
    states = {row.point["g"]: row.values for row in data["exponents"]}
    level = states[2.0]["delta0"]
    add_horizons(table, data["copies-long"].at(g=2.0), curves[2.0], level)
    for g in (2.0, 3.0):
        rate, slope = growth_rate(curves[g]), horizon_slope(curves[g], states[g]["delta0"])
        for of_g in (2.0, 3.0):
            exponent = states[of_g]["lyapunov_max"]
            error = curves[g]["residual"]
            table.number("growth_over_lyapunov", None, rate / (2 * exponent), error, g=g, of_g=of_g)
            table.number("slope_times_lyapunov", None, slope * exponent, error, g=g, of_g=of_g)
        table.number("growth_rate", None, rate, g=g)
        table.number("horizon_slope", None, slope, g=g)
        table.number("lyapunov_max", None, states[g]["lyapunov_max"], g=g)
    return table.frame()


def add_copies(table: TableBuilder, rows: Outcomes, point: dict[str, Any], theory: Mapping[str, Any]) -> None:
    """Distance against time of one mismatch, and its growth from t = 1 to 20, beside the theory of the map."""
    times, distance = rows[0].values["times"], rows.stack("distance")
    expected = between_etas(theory["eta"], theory["distance_map"], point["eta"])
    expected = on_grid(theory["times"], expected, times)
    mean, error = network_curve(distance)
    table.curve(
        "distance", {"t": times}, simulation=mean, simulation_error=error, count=len(rows), theory=expected, **point
    )
    early, late = (int(np.argmin(np.abs(times - t))) for t in (1.0, 20.0))
    ratio = paired_ratio(distance[:, late], distance[:, early])
    table.number("growth_1_to_20", ratio, float(expected[late] / expected[early]), **point)


def between_etas(eta: np.ndarray, curves: np.ndarray, wanted: float) -> np.ndarray:
    """Distances (T,) at an eta from those of curves (K, T) over a grid; zero stays zero.

    Cubic in ln d against ln(1 - c), c = √(1 - eta²): a power law at small eta, and regular up to eta = 1. Below the
    grid d is proportional to 1 - c, its leading order.
    """
    from scipy.interpolate import CubicSpline

    def deficit(value: Any) -> Any:
        return value**2 / (1.0 + np.sqrt(1.0 - value**2))

    if wanted < eta[0]:
        return np.asarray(curves[0] * deficit(wanted) / deficit(eta[0]))
    found = np.zeros(curves.shape[1])
    moved = np.all(curves > 0, axis=0)
    spline = CubicSpline(np.log(deficit(eta)), np.log(curves[:, moved]))
    found[moved] = np.exp(spline(np.log(deficit(wanted))))
    return found


def add_horizons(table: TableBuilder, rows: Outcomes, theory: Mapping[str, Any], level: float) -> None:
    """Time until the mean distance reaches a level, against ln(1/eta): theory of the flow, networks beside the map."""
    horizons = [crossing(theory["times"], curve, level) for curve in theory["distance"]]
    table.curve("horizon_curve", {"log_inverse_eta": -np.log(theory["eta"])}, theory=horizons, g=2.0)
    times = rows[0].values["times"]
    for point in rows.points():
        distance = rows.at(**point).stack("distance")
        found = jackknife(distance, lambda some: crossing(times, some.mean(axis=0), level))
        expected = between_etas(theory["eta"], theory["distance_map"], point["eta"])
        place = {**point, "log_inverse_eta": -float(np.log(point["eta"]))}
        table.number("horizon", found, crossing(theory["times"], expected, level), **place)


def growth_rate(theory: Mapping[str, Any], eta: float = 1e-3) -> float:
    """Slope of ln d between two small distances, at a small mismatch."""
    curve = theory["distance"][int(np.argmin(np.abs(np.log(theory["eta"] / eta))))]
    first, last = (crossing(theory["times"], curve, level) for level in (LOW, HIGH))
    return float(np.log(HIGH / LOW) / (last - first))


def horizon_slope(theory: Mapping[str, Any], level: float) -> float:
    """Slope of the horizon in ln(1/eta), by least squares over the small mismatches."""
    small = theory["eta"] <= SMALL
    horizons = [crossing(theory["times"], curve, level) for curve in theory["distance"][small]]
    return float(np.polyfit(-np.log(theory["eta"][small]), horizons, 1)[0])


def learning(data: Sources) -> pd.DataFrame:
    """Students: training, recovered couplings, free runs beside theory at their own mismatch (F1, F3, F4, C1-3, C8)."""
    table = TableBuilder()
    for run, source, theory in (
        ("R1", "r1-students", "two-replica-learned"),
        ("R2", "r2-students", "two-replica-learned"),
        ("R3", "r3-students", "two-replica-learned"),
        ("R4", "r4-students", "two-replica-strong"),
    ):
        rows = data[source]
        g = rows[0].point["g"]
        curves = data[theory].at(g=g).one().values
        state = data["exponents"].at(g=g).one().values
        expected = [between_etas(curves["eta"], curves["distance"], row.values["eta"]) for row in rows]
        times = rows[0].values["times"]
        theories = np.array([on_grid(curves["times"], one, times) for one in expected])
        add_run(table, rows, run, g, theories, 2.0 * float(state["delta0"]))
    return table.frame()


def amplification(data: Sources) -> pd.DataFrame:
    """Classical and mismatch exponents against the gain (F5, F6, C5, C9, C10)."""
    table = TableBuilder()
    states = {row.point["g"]: row.values for row in data["exponents"]}
    for source, name, quantity in (
        ("classical", "lyapunov_max", "classical"),
        ("mismatch", "lambda_mismatch", "mismatch"),
    ):
        for point in data[source].points():
            rows, theory = data[source].at(**point), states[point["g"]]
            table.number(quantity, average(rows, "exponent"), theory[name], theory["residual"], **point)
            if quantity == "mismatch":
                table.number("mismatch_per_step", average(rows, "per_step"), theory["mismatch_per_step"], **point)
        for g, theory in states.items():
            table.number(f"{quantity}_curve", None, theory[name], theory["residual"], g=g)
    return table.frame()
