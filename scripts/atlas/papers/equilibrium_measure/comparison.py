"""Simulation beside theory for equilibrium-measure: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average, value
from atlas.estimation.networks import network_average, network_curve, paired_ratio
from atlas.outcomes import Outcome, Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]


def add_points(table: TableBuilder, theory: Iterable[Outcome], names: Mapping[str, str], **place: Any) -> None:
    """Values of a theory at all points of its grid: outcome name -> quantity; nan is left out."""
    for row in theory:
        for name, quantity in names.items():
            if np.isfinite(row.values[name]):
                error = float(row.values.get("residual", 0.0)) * abs(float(row.values[name]))
                table.number(quantity, None, float(row.values[name]), error, **row.point, **place)


def curves(*names: str) -> dict[str, str]:
    """Outcome name -> quantity name_curve."""
    return {name: f"{name}_curve" for name in names}


def dynamics(data: Sources) -> pd.DataFrame:
    """Activities, the transition line, three-neuron orbits (F1), and the late activity on both sides of the line."""
    table = TableBuilder()
    for source in ("traces-null", "traces-chaos"):
        for row in data[source]:
            for unit, trace in enumerate(row.values["x"].T):
                table.curve("trace", {"t": row.values["times"]}, simulation=trace, case=source, unit=unit)
    for row in data["orbits"]:
        for state in range(row.values["x"].shape[2]):
            x = row.values["x"][:, :, state]
            place = {"x1": x[:, 0], "x2": x[:, 1], "x3": x[:, 2], "t": row.values["times"]}
            energy = row.values["energy"][:, state]
            table.curve("orbit", place, simulation=energy, leading=row.point["leading"], unit=state)
    for source in ("activity-null", "activity-chaos"):
        point = data[source][0].point
        table.number("x2_late", average(data[source], "x2"), None, case=source, **point)
    gain = np.linspace(0.5, 2.0, 151)
    table.curve("line", {"g": gain}, theory=1.0 / gain - 1.0)
    return table.frame()


SCALED = (("x2", "x2"), ("q", "q"), ("rho", "rho"))


def measure(data: Sources) -> pd.DataFrame:
    """Energy, l2 norm, q and response of the measure against beta: Monte Carlo and replica theory (F2, F8; C6, C10)."""
    table = TableBuilder()
    for source in ("chains-heat", "chains-cold", "chains-fluctuation", "chains-response"):
        for point in data[source].points():
            rows, beta = data[source].at(**point), point["beta"]
            axes = {name: point[name] for name in ("g", "gamma", "beta")}
            place = {**axes, "n_units": point["n_units"], "source": source}
            for quantity, name in SCALED:
                table.number(quantity, average(rows, name), value(data["rs-points"], name, **axes), **place)
            energy = average(rows, "energy")
            expected = value(data["rs-points"], "energy", **axes)
            table.number("energy", energy, expected, **place)
            scaled = None if expected is None else 2.0 * beta * expected
            table.number("energy_over_half_t", energy.scaled(2.0 * beta), scaled, **place)
            table.number("energy_over_t", energy.scaled(beta), None, **place)
            table.number("acceptance", average(rows, "acceptance"), None, **place)
    add_overlaps(table, data["chains-overlap"], data["rs-points"])
    add_points(table, data["rs-beta"], curves("energy", "x2", "q"))
    add_points(table, data["rs-gains"], {"energy_over_half_t": "energy_over_half_t_curve", "x2": "x2_curve"})
    return table.frame()


def add_overlaps(table: TableBuilder, chains: Outcomes, theory: Outcomes) -> None:
    """Overlap of independent chains above the line, and l2 norm against size (C7; finite size of F2)."""
    for point in chains.points():
        rows = chains.at(**point)
        axes = {name: point[name] for name in ("g", "gamma", "beta")}
        place = {**axes, "n_units": point["n_units"], "source": "chains-overlap"}
        table.number("x2", average(rows, "x2"), value(theory, "x2", **axes), **place)
        table.number("q", average(rows, "q"), value(theory, "q", **axes), **place)
        table.number("overlap", average(rows, "overlap"), value(theory, "Q", **axes), **place)
        table.number("overlap_ratio", paired_ratio(rows.stack("overlap"), rows.stack("q")), 0.0, **place)
        table.number("self_ratio", paired_ratio(rows.stack("q"), rows.stack("q")), None, **place)
        table.number("cross_ratio", paired_ratio(rows.stack("cross"), rows.stack("rho")), 0.0, **place)


def order_map(data: Sources) -> pd.DataFrame:
    """q, Q, r, R on the plane (g, gamma) from a start with overlap, and the stability of Q = R = 0 (F3)."""
    table = TableBuilder()
    names = {name: name for name in ("q", "Q", "r", "R", "stability", "residual")}
    add_points(table, data["rs-map"], names)
    gain = np.linspace(0.5, 1.2, 71)
    table.curve("line", {"g": gain}, theory=1.0 / gain - 1.0)
    return table.frame()


def gain_lines(data: Sources) -> pd.DataFrame:
    """Order parameters against g at beta = 1e4, converged and by the published iteration (F5, F7; C7)."""
    table = TableBuilder()
    add_points(table, data["rs-gains"], curves("q", "Q", "r", "R", "sigma_xphi"))
    for row in data["rs-overlap-starts"]:
        place = {**row.point, "source": "converged"}
        for name in ("q", "Q", "r", "R"):
            table.number(f"{name}_from_overlap", None, row.values[name], **place)
        ratio = {"Q_over_q": row.values["Q"] / row.values["q"], "R_over_r": row.values["R"] / row.values["r"]}
        bound = max(1e-9, float(row.values["residual"]))
        for name, number in ratio.items():
            table.number(name, None, float(abs(number)), bound, **place)
        table.number("stability", None, row.values["stability"], **place)
    for row in data["published-lines"]:
        add_published(table, row)
    return table.frame()


def add_published(table: TableBuilder, row: Outcome) -> None:
    """Means over the last third of the published iteration, with the spread over independent runs."""
    late = slice(2 * row.values["q"].shape[1] // 3, None)
    for name in ("q", "Q", "r", "R"):
        table.number(f"{name}_published", network_average(row.values[name][:, late]), None, **row.point)
    share = paired_ratio(row.values["Q"][:, late].mean(axis=1), row.values["q"][:, late].mean(axis=1))
    table.number("Q_over_q_published", share, None, **row.point)
    table.number("stop_published", network_average(row.values["stop"]), None, **row.point)


def add_cold(table: TableBuilder, single: Outcomes, replica: Outcomes) -> None:
    """Zero temperature: the single-state solution below the line, the replica solution at beta = 1e6 (F6)."""
    add_points(table, single, curves("q", "chi", "rtilde", "minus_xi"))
    add_points(table, replica, {"q": "q_cold", "beta_q": "chi_cold", "rho": "minus_xi_cold"})
    for row in replica:
        table.number("rtilde_cold", None, float(row.values["R"]) / row.point["beta"] ** 0.5, **row.point)


def iterations(data: Sources) -> pd.DataFrame:
    """q and Q against the iteration: by quadrature and by the published sampling (F9)."""
    table = TableBuilder()
    for row in data["iteration-quadrature"]:
        for name in ("q", "Q"):
            table.curve(f"{name}_steps", {"step": row.values["steps"]}, theory=row.values[name], **row.point)
    for row in data["iteration-published"]:
        for name in ("q", "Q"):
            mean, error = network_curve(row.values[name])
            steps = {"step": row.values["steps"]}
            count = len(row.values[name])
            quantity = f"{name}_sampled"
            table.curve(quantity, steps, simulation=mean, simulation_error=error, count=count, **row.point)
        add_published(table, row)
    for row in data["rs-points"]:
        if row.point["gamma"] == 0.0 and row.point["beta"] == data["iteration-quadrature"][0].point["beta"]:
            table.number("q_converged", None, row.values["q"], **row.point)
    return table.frame()


def two_times(data: Sources) -> pd.DataFrame:
    """Mean activity, C(t, t) and responses of noisy networks beside the two-time theory (F10)."""
    table = TableBuilder()
    theory, rows = data["dmft-noisy"].one().values, data["noisy"]
    times = rows[0].values["times"]
    for name in ("mean", "equal"):
        mean, error = network_curve(rows.stack(name))
        table.curve(
            name, {"t": times}, simulation=mean, simulation_error=error, count=len(rows),
            theory=theory[name], theory_error=theory[f"{name}_error"],
        )  # fmt: skip
    mean, error = network_curve(rows.stack("response"))
    for push in range(mean.shape[0]):
        table.curve(
            "response", {"t": times}, simulation=mean[push], simulation_error=error[push], count=len(rows),
            theory=theory["response"][push], theory_error=theory["response_error"][push], push=push,
        )  # fmt: skip
    return table.frame()


def limits(data: Sources) -> pd.DataFrame:
    """Theory alone: near the transition (C1 - C5, C8, C12), static mean-field solution (F4, C9), T = 0 (F6)."""
    table = TableBuilder()
    add_points(table, data["rs-peak"], {"rho": "rho_peak", "q": "q_peak"})
    add_points(table, data["rs-line"], {"rho": "rho_line"})
    add_points(table, data["cavity"], {"C": "C", "R": "R", "stability": "stability"})
    add_cold(table, data["zero-t"], data["rs-cold-gains"])
    independent = [row for row in data["rs-points"] if row.point["gamma"] == 0.0]
    add_points(table, independent, {"q": "q_cooling", "x2": "x2_cooling", "beta_x2": "beta_x2_cooling"})
    add_points(table, data["static"], {name: name for name in ("q", "q_over_eps", "q_over_eps_detuned")})
    add_points(table, data["approach"], {name: name for name in ("chi", "chi_eps", "rho_eps")})
    for row in data["approach"]:
        table.number("chi_numeric", None, row.values["beta_q"], 0.0, **row.point)
    for row in data["rs-points"]:
        if row.point["g"] * (1.0 + row.point["gamma"]) < 1.0:
            table.number("beta_q", None, row.values["beta_q"], **row.point)
    return table.frame()
