"""Simulation beside theory for freezing-chaos: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average, value
from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import network_average, network_curve, paired_ratio
from atlas.outcomes import Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
STAGES = ("first", "second", "third")


def worst(rows: Outcomes, name: str) -> Estimate:
    """The largest value over networks, for statements that must hold in every one."""
    return Estimate.exact(float(rows.stack(name).max()))


def curve_over_networks(
    table: TableBuilder, quantity: str, coordinate: str, rows: Outcomes, source: str, name: str, **place: Any
) -> None:
    """A curve averaged over networks against one coordinate, which is the same for all."""
    mean, error = network_curve(rows.stack(name))
    table.curve(
        quantity, {coordinate: rows[0].values[source]}, simulation=mean, simulation_error=error,
        count=len(rows), **place,
    )  # fmt: skip


def add_stages(table: TableBuilder, rows: Outcomes, **place: Any) -> None:
    """Energies and spreads of the three stages and their ratios, networks paired."""
    for name in ("late_energy", "end_energy", "spread", "phi2"):
        values = rows.stack(name)
        for k, stage in enumerate(STAGES):
            table.number(name, network_average(values[:, k]), None, stage=stage, **place)
    for name in ("late_energy", "spread"):
        values = rows.stack(name)
        for top, bottom in ((1, 0), (2, 0), (2, 1)):
            ratio = paired_ratio(values[:, top], values[:, bottom])
            table.number(f"{name}_{STAGES[top]}_over_{STAGES[bottom]}", ratio, None, **place)


def add_traces(table: TableBuilder, row: Any, **place: Any) -> None:
    """Activities and energy in time of one network."""
    for unit, trace in enumerate(row.values["x"].T):
        table.curve("trace", {"t": row.values["times"]}, simulation=trace, unit=unit, **place)
    table.curve("energy", {"t": row.values["times"]}, simulation=row.values["energy"], **place)


def switching(data: Sources) -> pd.DataFrame:
    """The three stages of Gaussian networks (F1, C7)."""
    table = TableBuilder()
    for row in data["traces"][:1]:
        add_traces(table, row, g=row.point["g"])
    for point in data["freeze"].points():
        rows, g = data["freeze"].at(**point), point["g"]
        add_stages(table, rows, g=g)
        curve_over_networks(table, "mean_energy", "t", rows, "times", "energy", g=g)
        table.number("level", None, value(data["mean-field"], "energy", g=g), g=g)
    return table.frame()


def dale_switching(data: Sources) -> pd.DataFrame:
    """The three stages of excitatory-inhibitory networks (F4, C8)."""
    table = TableBuilder()
    for source in ("dale", "dale-public"):
        for point in data[source].points():
            rows = data[source].at(**point)
            place = {"mu_i": point["mu_i"], "sigma": point["sigma"]}
            add_traces(table, rows[0], **place)
            add_stages(table, rows, **place)
    return table.frame()


def dale_spectra(data: Sources) -> pd.DataFrame:
    """Eigenvalues of excitatory-inhibitory couplings against radius and outlier; s_min² of I - J (A1)."""
    table = TableBuilder()
    for point in data["dale-matrices"].points():
        rows = data["dale-matrices"].at(**point)
        place = {"mu_i": point["mu_i"], "sigma": point["sigma"], "n_units": point["n_units"]}
        for name in ("radius", "outlier"):
            table.number(name, average(rows, name), value(data["dale-theory"], name, **place), **place)
        first = rows[0].values
        table.curve("eigenvalues", {"re": first["re"]}, simulation=first["im"], **place)
    for point in data["silence-matrices"].points():
        rows, g = data["silence-matrices"].at(**point), point["g"]
        table.number("s_min2", average(rows, "s_min2"), value(data["silence"], "s_min2", g=g), **point)
    for row in data["silence"]:
        table.number("s_min2_curve", None, row.values["s_min2"], row.values["residual"], g=row.point["g"])
    return table.frame()


def theory_exponent(data: Sources, g: float, gamma: float) -> float | None:
    """The exponent that theory gives: linear stability for g < 1, mean-field theory of the rate network above."""
    if g < 1:
        return value(data["silence"], "gradient" if gamma else "vanilla", g=g) if gamma in (0.0, 1.0) else None
    return value(data["mean-field"], "lyapunov_max", g=g) if gamma == 0 else None


def exponents(data: Sources) -> pd.DataFrame:
    """Largest Lyapunov exponents against gain, regulation and length of the run (F2a, C2, C3, C5, C11)."""
    table = TableBuilder()
    for source in ("scan-vanilla", "scan-gradient", "regulated", "silent", "chaos-long", "descent-long", "step-check"):
        for point in data[source].points():
            rows, g, gamma = data[source].at(**point), point["g"], point["gamma"]
            place = {"set": source, "g": g, "gamma": gamma, "dt": point["dt"]}
            table.number("exponent", average(rows, "exponent"), theory_exponent(data, g, gamma), **place)
            level = value(data["mean-field"], "energy", g=g)
            table.number("energy", average(rows, "energy"), None if gamma else level, **place)
            if level:
                ratio = average(rows, "energy").scaled(1 / level)
                table.number("energy_ratio", ratio, None if gamma else 1.0, **place)
            for name in ("phi2", "end_energy", "end_phi2", "length"):
                table.number(name, average(rows, name), None, **place)
    add_margins(table, data["regulated"])
    for row in data["silence"]:
        for gamma, name in ((0.0, "vanilla"), (1.0, "gradient")):
            error = row.values["residual"]
            table.number("curve", None, row.values[name], error, g=row.point["g"], gamma=gamma)
    for row in data["mean-field"]:
        error = row.values["residual"]
        table.number("curve", None, row.values["lyapunov_max"], error, g=row.point["g"], gamma=0.0)
    return table.frame()


def add_margins(table: TableBuilder, rows: Outcomes) -> None:
    """Exponent minus a quarter of that of the rate network with the same couplings and starts."""
    for point in rows.points():
        own = rows.at(**point)
        vanilla = rows.at(**{**point, "gamma": 0.0})
        margin = network_average(own.stack("exponent") - 0.25 * vanilla.stack("exponent"))
        table.number("margin", margin, None, set="regulated", g=point["g"], gamma=point["gamma"], dt=point["dt"])


def phases(data: Sources) -> pd.DataFrame:
    """Exponent and q over (g, gamma) (F2b, C6)."""
    table = TableBuilder()
    for source in ("map", "regulated", "silent"):
        for point in data[source].points():
            rows = data[source].at(**point)
            place = {"set": source, "g": point["g"], "gamma": point["gamma"]}
            table.number("exponent", average(rows, "exponent"), None, **place)
            table.number("q", average(rows, "end_phi2"), None, **place)
            table.number("length", average(rows, "length"), None, **place)
    return table.frame()


def relaxation(data: Sources) -> pd.DataFrame:
    """Energy, q and finite-time exponent of the gradient flow against time (A2)."""
    table = TableBuilder()
    for point in data["descent-long"].points():
        rows, g = data["descent-long"].at(**point), point["g"]
        for quantity, name in (("energy", "energy_t"), ("q", "phi2_t")):
            curve_over_networks(table, quantity, "t", rows, "times", name, g=g)
        times, local = rows[0].values["times"], rows.stack("local")
        tails = np.cumsum(local[:, ::-1], axis=1)[:, ::-1]
        ends = np.unique(np.geomspace(10, len(times), 10).astype(int))
        late = np.stack([(tails[:, int(0.3 * k)] - (tails[:, k] if k < len(times) else 0)) / (k - int(0.3 * k))
                         for k in ends], axis=1)  # fmt: skip
        mean, error = network_curve(late)
        length = ends * (times[1] - times[0])
        table.curve("exponent", {"t": length}, simulation=mean, simulation_error=error, count=len(rows), g=g)
    return table.frame()


def spectra(data: Sources) -> pd.DataFrame:
    """Jacobians of both dynamics at the same frozen state (F3, C9)."""
    table = TableBuilder()
    rows = data["frozen-states"]
    first = rows[0].values
    table.curve("vanilla", {"re": first["vanilla_re"]}, simulation=first["vanilla_im"], network=0)
    table.curve("gradient", {"re": first["gradient"]}, simulation=np.zeros(len(first["gradient"])), network=0)
    for name in ("asymmetry", "asymmetry_vanilla", "difference", "difference_published"):
        table.number(name, worst(rows, name), None)
    for name in ("largest_vanilla", "largest_gradient", "smallest_gradient", "phi2", "energy", "length"):
        table.number(name, average(rows, name), None)
    g = rows[0].point["g"]
    expected = g * np.sqrt(rows.stack("dphi2"))
    table.number("radius", average(rows, "radius"), float(expected.mean()))
    table.number("radius_of_first", None, float(expected[0]))
    return table.frame()


def force(data: Sources) -> pd.DataFrame:
    """The force against differences of the energy; rises of the energy along explicit Euler (C1, A3)."""
    table = TableBuilder()
    for point in data["random-states"].points():
        for name in ("correct", "untransposed", "without_slope"):
            table.number(f"force_{name}", worst(data["random-states"].at(**point), name), None, g=point["g"])
    for source in ("descents", "descents-stiff"):
        for point in data[source].points():
            rows = data[source].at(**point)
            place = {"set": source, "g": point["g"], "gamma": point["gamma"], "dt": point["dt"]}
            table.number("largest_rise", worst(rows, "largest_rise"), None, **place)
            table.number("share_rising", average(rows, "share_rising"), None, **place)
            curve_over_networks(table, "energy", "t", rows, "times", "energy", **place)
    return table.frame()


def memory(data: Sources) -> pd.DataFrame:
    """Scores of the sine's recall and prediction against shift, gain and regulation (F5, F6, C10)."""
    table = TableBuilder()
    for source in ("memory-scan", "memory-shift", "memory-step"):
        for point in data[source].points():
            rows = data[source].at(**point)
            place = {"set": source, "g": point["g"], "gamma": point["gamma"], "substeps": point["substeps"]}
            add_scores(table, rows, data["perfect"], place)
    return table.frame()


def add_scores(table: TableBuilder, rows: Outcomes, perfect: Outcomes, place: dict[str, Any]) -> None:
    """Scores against shift (clipped: a read-out worse than none counts 0), and the capacity, their sum over tau > 0."""
    tau = rows[0].values["tau"]
    held_out, public = rows.stack("held_out"), rows.stack("public")
    clipped = np.maximum(held_out, 0.0)
    theory = perfect.one().values["public"]
    named = {"held_out": held_out, "clipped": clipped, "in_sample": rows.stack("in_sample"), "public": public}
    for name, scores in named.items():
        mean, error = network_curve(scores)
        expected = theory if name == "public" else None
        table.curve(
            name, {"tau": tau}, simulation=mean, simulation_error=error, count=len(rows), theory=expected, **place
        )
    spread = clipped.std(axis=0, ddof=1) if len(rows) > 1 else np.full(len(tau), np.nan)
    table.curve("spread", {"tau": tau}, simulation=spread, count=len(rows), **place)
    table.number("capacity", network_average(clipped[:, tau > 0].sum(axis=1)), None, **place)
    table.number("share_failing", network_average((held_out.min(axis=1) < 0.5).astype(float)), None, **place)
    table.number("phi2", average(rows, "phi2"), None, **place)


def latencies(data: Sources) -> pd.DataFrame:
    """Latency against stimulus frequency for both dynamics (F7)."""
    table = TableBuilder()
    for point in data["latency"].points():
        rows, gamma = data["latency"].at(**point), point["gamma"]
        for name in ("median", "mean", "skewness", "kurtosis", "rate"):
            curve_over_networks(table, name, "frequency", rows, "frequency", name, gamma=gamma)
    return table.frame()


def neighbours(data: Sources) -> pd.DataFrame:
    """Distance and overlap of two nearby states in time for both dynamics (F8)."""
    table = TableBuilder()
    for point in data["pairs"].points():
        rows, gamma = data["pairs"].at(**point), point["gamma"]
        mean, error = network_curve(np.log10(rows.stack("distance")))
        table.curve(
            "log_distance", {"t": rows[0].values["times"]}, simulation=mean, simulation_error=error, count=len(rows),
            gamma=gamma,
        )  # fmt: skip
        curve_over_networks(table, "overlap", "t", rows, "times", "overlap", gamma=gamma)
    g = data["pairs"][0].point["g"]
    table.number("rate", None, value(data["mean-field"], "lyapunov_max", g=g), g=g)
    return table.frame()
