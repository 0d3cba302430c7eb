"""Simulation beside theory for neuron-synapse: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average, value
from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import network_average, network_curve
from atlas.outcomes import Outcome, Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
JOINT = ("q", "q_late", "gamma0", "lyapunov")


def add_joint(table: TableBuilder, rows: Outcomes, chaos: Outcomes, source: str) -> None:
    """Activity, kinetic energy and exponent of every point; where k = 0 beside the theory of plain networks."""
    for point in rows.points():
        here = rows.at(**point)
        for name in JOINT:
            known = name in ("q", "gamma0", "lyapunov") and point["k"] == 0.0
            theory = value(chaos, name, g=point["g"]) if known else None
            table.number(name, average(here, name), theory, source=source, **point)


def add_branches(table: TableBuilder, branches: Iterable[Outcome]) -> None:
    """Both branches of every rule: gain against q, and whether frozen synapses make the fixed point stable."""
    for row in branches:
        named = row.values
        table.curve("branch", {"g": named["g"], "g2M": named["g2M"]}, theory=named["q"], **row.point)


def add_roots(table: TableBuilder, roots: Outcomes) -> None:
    """Number of fixed points, smallest and largest q, and largest q over that without plasticity."""
    for row in roots:
        for name in ("count", "q_low", "q_high", "g2M_low", "g2M_high"):
            if np.isfinite(row.values[name]):
                table.number(f"static_{name}", None, row.values[name], row.values["residual"], **row.point)
        base = value(roots, "q_high", g=row.point["g"], k=0.0)
        if base is not None and np.isfinite(base) and np.isfinite(row.values["q_high"]):
            table.number("static_ratio", None, row.values["q_high"] / base, **row.point)


def order(data: Sources) -> pd.DataFrame:
    """Activity, kinetic energy and joint exponent against the gain by rule, with the static branches and roots."""
    table = TableBuilder()
    for source in ("scan", "strong-points", "rules"):
        add_joint(table, data[source], data["chaos"], source)
    reference = data["strong-points"]
    for point in data["rules"].points():
        without = average(reference.at(g=point["g"], k=0.0, n_units=point["n_units"]), "q")
        table.number("q_difference", average(data["rules"].at(**point), "q") - without, None, **point)
    add_branches(table, [*data["branches"], *data["rule-branches"]])
    add_roots(table, data["roots"])
    for row in data["chaos"]:
        for name in ("q", "gamma0", "lyapunov"):
            table.number(f"{name}_curve", None, row.values[name], row.values["residual"], g=row.point["g"])
    return table.frame()


def phase(data: Sources) -> pd.DataFrame:
    """Theory over the plane of gain and strength: fold and onset of strong starts (N2), response of the silent state
    (N3), annealed potential (N12).
    """
    table = TableBuilder()
    for row in data["folds"]:
        for name in ("g_fold", "q_fold"):
            table.number(name, None, row.values[name], **row.point)
    for point in data["onset"].points():
        rows = data["onset"].at(**point)
        table.number("g_onset", average(rows, "g_onset"), value(data["folds"], "g_fold", k=point["k"]), **point)
    for point in data["response"].points():
        rows = data["response"].at(**point)
        table.number("chi", average(rows, "chi"), value(data["silent"], "chi", g=point["g"]), **point)
    for row in data["silent"]:
        table.number("chi_curve", None, row.values["chi"], **row.point)
    for row in data["annealed"]:
        table.curve("sigma", {"q": row.values["q"]}, theory=row.values["sigma"], **row.point)
        for name in ("sigma_max", "q_at_max"):
            table.number(name, None, row.values[name], **row.point)
    return table.frame()


def runs(data: Sources) -> pd.DataFrame:
    """Single runs: traces of neurons (N5), slow sweeps of the gain (N7), stopped synapses (N10)."""
    table = TableBuilder()
    for row in data["traces"]:
        for unit, trace in enumerate(row.values["x"].T):
            table.curve("trace", {"t": row.values["times"]}, simulation=trace, k=row.point["k"], unit=unit)
    for point in data["sweep"].points():
        add_sweep(table, data["sweep"].at(**point), point)
    add_branches(table, data["branches"])
    for point in data["freezing"].points():
        rows = data["freezing"].at(**point)
        place = {"k": point["k"], "gain": point["g"]}
        for network, row in enumerate(rows):
            table.curve("speed", {"t": row.values["times"]}, simulation=row.values["speed"], network=network, **place)
        for name in ("before_speed", "final_speed", "q"):
            table.number(f"frozen_{name}", average(rows, name), None, **place)
        stopped = (rows.stack("final_speed") < 1e-3 * rows.stack("before_speed")).astype(float)
        table.number("share_stopped", network_average(stopped), None, **place)
    return table.frame()


def add_sweep(table: TableBuilder, rows: Outcomes, point: Mapping[str, Any]) -> None:
    """q on raised and lowered gains, and the area of the loop."""
    gains = rows[0].values["gains"]
    for direction in ("up", "down"):
        mean, error = network_curve(rows.stack(f"q_{direction}"))
        table.curve(
            "q", {"g": gains}, simulation=mean, simulation_error=error, count=len(rows), direction=direction, **point
        )
    area = (rows.stack("q_down") - rows.stack("q_up")).sum(axis=1) * float(np.diff(gains).mean())
    table.number("loop_area", network_average(area), None, **point)


def correlation(data: Sources) -> pd.DataFrame:
    """Autocorrelation of phi beside sampled dynamical mean-field theory (N8; C10)."""
    table = TableBuilder()
    for point in data["lags"].points():
        rows = data["lags"].at(**point)
        theory = data["dmft"].at(k=point["k"]).one().values
        lags, place = rows[0].values["lags"], {"k": point["k"], "n_units": point["n_units"]}
        mean, error = network_curve(rows.stack("c_phi"))
        table.curve(
            "c_phi", {"tau": lags}, simulation=mean, simulation_error=error, count=len(rows),
            theory=np.interp(lags, theory["tau"], theory["c_phi"]),
            theory_error=np.interp(lags, theory["tau"], theory["c_phi_error"]), **place,
        )  # fmt: skip
        for other in data["dmft"]:
            for lag in (0.0, 5.0, 10.0):
                add_distance(table, rows, other, lag, place)
    for row in data["dmft"]:
        named = row.values
        curve = {"theory": named["c_phi"], "theory_error": named["c_phi_error"]}
        table.curve("c_phi_curve", {"tau": named["tau"]}, k=row.point["k"], **curve)
    return table.frame()


def add_distance(table: TableBuilder, rows: Outcomes, theory: Outcome, lag: float, place: dict[str, Any]) -> None:
    """C_phi of networks minus that of a theory at one lag; `theory_k`: the strength that the theory is for."""
    lags = rows[0].values["lags"]
    samples = rows.stack("c_phi")[:, int(np.argmin(np.abs(lags - lag)))]
    named = theory.values
    expected = Estimate.exact(
        float(np.interp(lag, named["tau"], named["c_phi"])), float(np.interp(lag, named["tau"], named["c_phi_error"]))
    )
    difference = network_average(samples) - expected
    table.number("c_phi_difference", difference, None, tau=lag, theory_k=theory.point["k"], **place)


def heated(data: Sources) -> pd.DataFrame:
    """The measure of the joint quasi-potential: Langevin dynamics beside replica theory (N11; C11)."""
    table = TableBuilder()
    for point in data["langevin"].points():
        rows = data["langevin"].at(**point)
        place = {name: point[name] for name in ("g", "k", "beta")}
        for name in ("q", "energy"):
            table.number(name, average(rows, name), value(data["measure"], name, **place), **place)
        table.number("overlap", average(rows, "overlap"), 0.0, **place)
        for other in data["measure"]:
            if np.isclose(other.point["g"], point["g"]):
                for name in ("q", "energy"):
                    difference = average(rows, name) - float(other.values[name])
                    table.number(f"{name}_difference", difference, None, theory_k=other.point["k"], **place)
    for row in data["measure"]:
        for name in ("q", "energy", "stability"):
            table.number(f"{name}_curve", None, row.values[name], row.values["residual"], **row.point)
    return table.frame()
