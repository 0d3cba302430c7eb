"""Simulation beside theory for kinetic-energy: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr

from atlas.comparing import average, value
from atlas.estimation.distances import distribution_function, largest_distance
from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import jackknife, network_average, network_curve, paired_ratio
from atlas.outcomes import Outcomes
from atlas.papers.kinetic_energy.densities import add_density
from atlas.papers.kinetic_energy.pairs import side_by_side as side_by_side
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]


def gaussian_distance(rows: Outcomes, variance: float) -> Estimate:
    """Distance of the counted activities to the Gaussian of this variance."""
    counts, edges = rows.stack("counts"), rows[0].values["edges"]
    return largest_distance(distribution_function(counts) - ndtr(edges / np.sqrt(variance)))


def activity(data: Sources) -> pd.DataFrame:
    """Traces of neurons (F1, F6) and sample paths of the mean-field process (F6)."""
    table = TableBuilder()
    for row in data["traces"]:
        for unit, trace in enumerate(row.values["x"].T):
            table.curve("trace", {"t": row.values["times"]}, simulation=trace, g=row.point["g"], unit=unit)
    for row in data["sample-paths"]:
        for unit, path in enumerate(row.values["x"]):
            table.curve("path", {"t": row.values["times"]}, theory=path, g=row.point["g"], unit=unit)
    return table.frame()


def gain(data: Sources) -> pd.DataFrame:
    """gamma0 against g: networks by size and protocol, the theory of the flow and that of the Euler map (F2)."""
    table = TableBuilder()
    for name, protocol, theory in (
        ("gain-scan", "flow", data["dmft-gains"]),
        ("gain-large", "flow", data["dmft-gains"]),
        ("gain-published", "euler", data["euler-gains"]),
    ):
        for point in data[name].points():
            rows, g = data[name].at(**point), point["g"]
            place = {"g": g, "n_units": point["n_units"], "protocol": protocol}
            table.number("gamma0", average(rows, "gamma0"), value(theory, "gamma0", g=g), **place)
            table.number("delta0", average(rows, "delta0"), value(theory, "delta0", g=g), **place)
    for protocol, theory in (("flow", data["dmft-gains"]), ("euler", data["euler-gains"])):
        for row in theory:
            error = row.values["residual"]
            table.number("gamma0_curve", None, row.values["gamma0"], error, g=row.point["g"], protocol=protocol)
    return table.frame()


def critical(data: Sources) -> pd.DataFrame:
    """Order parameters against eps = g - 1 with their expansions (F3), and the decay below the transition."""
    table = TableBuilder()
    names = [
        "delta0", "gamma0", "energy", "delta_static", "delta0_series", "gamma0_leading", "gamma0_next",
        "gamma0_published", "static_ratio", "gradient_ratio",
    ]  # fmt: skip
    for source in ("expansion", "expansion-limit"):
        for row in data[source]:
            for name in names:
                place = {"eps": row.point["eps"], "set": source}
                table.number(name, None, row.values[name], row.values[f"{name}_error"], **place)
    for point in data["decay"].points():
        rows = data["decay"].at(**point)
        table.number("decay", average(rows, "gamma0"), None, g=point["g"], n_units=point["n_units"])
    return table.frame()


def chaos(data: Sources) -> pd.DataFrame:
    """Energy, variance, density and arc length in the chaotic phase, by integrator (C4, C5, C6)."""
    table = TableBuilder()
    for name in ("agreement", "agreement-euler"):
        for point in data[name].points():
            rows, g = data[name].at(**point), point["g"]
            theory = data["dmft-chaos"].at(g=g).one().values
            place = {
                "g": g,
                "integrator": point["integrator"],
                "dt": point["dt"],
                "n_units": point["n_units"],
            }
            for quantity in ("gamma0", "delta0", "phi2"):
                table.number(quantity, average(rows, quantity), theory[quantity], theory["residual"], **place)
            table.number("speed", average(rows, "speed"), np.sqrt(theory["gamma0"]), **place)
            root = np.sqrt(rows.stack("gamma0"))
            table.number("speed_ratio", paired_ratio(rows.stack("speed"), root), 1.0, **place)
            table.number("speed_ratio_energy", paired_ratio(rows.stack("speed"), root / np.sqrt(2)), None, **place)
            table.number("kurtosis_ratio", kurtosis(rows.stack("x4"), rows.stack("delta0")), 1.0, **place)
            table.number("kurtosis_ratio_phi", kurtosis_of_phi(rows), None, **place)
            table.number("ks_distance", gaussian_distance(rows, theory["delta0"]), 0.0, **place)
            table.number("ks_distance_phi2", gaussian_distance(rows, theory["phi2"]), None, **place)
    return table.frame()


def kurtosis(fourth: np.ndarray, second: np.ndarray) -> Estimate:
    """<x⁴>/(3 <x²>²) of the moments averaged over networks."""
    return jackknife(np.stack([fourth, second], axis=1), lambda m: float(m[:, 0].mean() / (3 * m[:, 1].mean() ** 2)))


def kurtosis_of_phi(rows: Outcomes) -> Estimate:
    """The same ratio of phi(x), from the counted activities."""
    counts, edges = rows.stack("counts").astype(float), rows[0].values["edges"]
    phi = np.tanh((edges[1:] + edges[:-1]) / 2)
    share = counts / counts.sum(axis=1, keepdims=True)
    return kurtosis(share @ phi**4, share @ phi**2)


def activity_density(data: Sources) -> pd.DataFrame:
    """Density of the activity by gain against the Gaussian of variance delta0 (F4a)."""
    table = TableBuilder()
    for point in data["density"].points():
        rows, g = data["density"].at(**point), point["g"]
        delta0 = float(data["dmft-chaos"].at(g=g).one().values["delta0"])
        add_density(
            table,
            "density",
            rows.stack("counts"),
            rows[0].values["edges"],
            delta0,
            g=g,
            n_units=point["n_units"],
        )
        table.number("ks_distance", gaussian_distance(rows, delta0), 0.0, g=g, n_units=point["n_units"])
        table.number("delta0", average(rows, "delta0"), delta0, g=g, n_units=point["n_units"])
    return table.frame()


def energy_temperature(data: Sources) -> pd.DataFrame:
    """Energy of the gradient dynamics against T, as E/N and as increments, and where it meets the network (F4b)."""
    table = TableBuilder()
    scan = data["langevin-scan"]
    for point in scan.points():
        rows, T, dt = scan.at(**point), point["temperature"], point["dt"]
        theory = data["gradient-increment"]
        for quantity in ("energy", "increment"):
            late = late_half(rows, quantity)
            place = {"temperature": T, "dt": dt}
            table.number(quantity, network_average(late), value(theory, quantity, **place), **place)
            table.number(f"{quantity}_over_t", network_average(late / T), None, **place)
    for row in data["gradient-increment"]:
        for quantity in ("energy", "increment"):
            place = {"temperature": row.point["temperature"], "dt": row.point["dt"]}
            table.number(f"{quantity}_curve", None, row.values[quantity], **place)
    add_levels(table, data)
    return table.frame()


def late_half(rows: Outcomes, quantity: str) -> np.ndarray:
    """A value of the gradient dynamics averaged over the later half of its windows, one number per network."""
    windows = rows.stack(quantity)
    return windows[:, windows.shape[1] // 2 :].mean(axis=1)


def add_levels(table: TableBuilder, data: Sources) -> None:
    """The network's energy (flow in theory, published protocol in simulation) and the temperatures it matches."""
    flow = float(data["dmft-chaos"].at(g=1.5).one().values["gamma0"]) / 2
    table.number("level", None, flow, protocol="flow")
    published = data["gain-published"].at(g=1.5)
    level = average(published, "gamma0").scaled(0.5)
    table.number("level", level, None, protocol="euler")
    scan = data["langevin-scan"]
    for dt in sorted({row.point["dt"] for row in scan}):
        slope = slope_per_network(scan.at(dt=dt), "increment")
        table.number("t_eff", level / slope, None, dt=dt)
    table.number("t_eff", None, 2 * flow, dt=0.0)


def slope_per_network(rows: Outcomes, quantity: str) -> Estimate:
    """Mean of value/T over networks and temperatures (each network has its own couplings)."""
    ratios = [late_half(Outcomes([row]), quantity)[0] / row.point["temperature"] for row in rows]
    return network_average(np.array(ratios))


def relaxation(data: Sources) -> pd.DataFrame:
    """Variance of the gradient dynamics by window of age, its last density, against the network's delta0 (C13)."""
    table = TableBuilder()
    chaos_state = data["dmft-chaos"].at(g=1.5).one().values
    for point in data["langevin-growing"].points():
        rows, T = data["langevin-growing"].at(**point), point["temperature"]
        equilibrium = value(data["gradient-scan"], "delta_t", temperature=T)
        mean, error = network_curve(rows.stack("delta"))
        ends = rows[0].values["window_ends"]
        table.curve(
            "delta", {"age": ends}, simulation=mean, simulation_error=error, count=len(rows),
            theory=np.full(len(ends), equilibrium), temperature=T,
        )  # fmt: skip
        last = rows.stack("delta")[:, -1] / chaos_state["delta0"]
        table.number("final_variance_ratio", network_average(last), equilibrium / chaos_state["delta0"], temperature=T)
        table.number("final_ks_distance", gaussian_distance(rows, chaos_state["delta0"]), None, temperature=T)
    table.number("network_delta0", None, chaos_state["delta0"])
    matched = value(data["gradient-scan"], "delta_t", temperature=chaos_state["gamma0"]) or np.nan
    ratio = matched / chaos_state["delta0"]
    table.number("matched_variance_ratio", None, ratio, temperature=chaos_state["gamma0"])
    x = np.linspace(0, 6, 2001)
    apart = np.abs(ndtr(x) - ndtr(x / np.sqrt(ratio))).max()
    table.number("matched_ks_distance", None, float(apart), temperature=chaos_state["gamma0"])
    return table.frame()


def arc_rate(data: Sources) -> pd.DataFrame:
    """Arc length against time and its late rate (F7), kinetic energy in time of single runs (F8)."""
    table = TableBuilder()
    for point in data["arc"].points():
        rows, g = data["arc"].at(**point), point["g"]
        root = float(np.sqrt(data["dmft-chaos"].at(g=g).one().values["gamma0"]))
        mean, error = network_curve(rows.stack("arc"))
        times, place = rows[0].values["times"], {"g": g, "n_units": point["n_units"]}
        table.curve(
            "arc",
            {"t": times},
            simulation=mean,
            simulation_error=error,
            count=len(rows),
            theory=root * times,
            **place,
        )
        late = times >= rows[0].values["late_times"][0]
        mean, error = network_curve(rows.stack("arc")[:, late] - rows.stack("arc")[:, late][:, :1])
        since = times[late] - times[late][0]
        table.curve(
            "arc_late",
            {"t": since},
            simulation=mean,
            simulation_error=error,
            count=len(rows),
            theory=root * since,
            **place,
        )
        table.number("rate", average(rows, "rate"), root, **place)
        ratio = paired_ratio(rows.stack("rate"), np.sqrt(rows.stack("gamma0")))
        table.number("rate_ratio", ratio, 1.0, **place)
    for row in data["fluctuation"]:
        place = {"g": row.point["g"], "n_units": row.point["n_units"], "network": row.replica}
        every = max(1, len(row.values["late_times"]) // 200)
        times, v2 = row.values["late_times"][::every], row.values["late_v2"][::every]
        table.curve("v2", {"t": times}, simulation=v2, **place)
    level = data["dmft-chaos"].at(g=1.5).one().values["gamma0"]
    table.number("v2_level", None, level, g=1.5, protocol="flow")
    table.number("v2_level", None, value(data["euler-gains"], "gamma0", g=1.5), g=1.5, protocol="euler")
    return table.frame()


def landscape(data: Sources) -> pd.DataFrame:
    """Potential V(Delta; delta0)/delta0² at and off the root (A1)."""
    table = TableBuilder()
    for row in data["potential"]:
        place = {"g": row.point["g"], "detune": row.point["detune"]}
        table.curve("potential", {"ratio": row.values["ratio"]}, theory=row.values["potential"], **place)
    return table.frame()


def lag_sweep(data: Sources) -> pd.DataFrame:
    """Delta(tau) and Gamma(tau) of theory over many gains, for the page to move through."""
    table = TableBuilder()
    for row in data["lag-sweep"]:
        for name in ("delta", "gamma"):
            table.curve(name, {"tau": row.values["tau"]}, theory=row.values[name], g=row.point["g"])
    return table.frame()


def correlations(data: Sources) -> pd.DataFrame:
    """Autocovariances of current and velocity over the lag (A2), absolute and over their value at lag 0."""
    table = TableBuilder()
    for point in data["lags"].points():
        rows = data["lags"].at(**point)
        theory = data["lag-curves"].at(g=point["g"]).one().values
        lags, place = rows[0].values["lags"], {"g": point["g"], "n_units": point["n_units"]}
        for name in ("delta", "gamma"):
            samples = rows.stack(name)
            own = np.interp(lags, theory["tau"], theory[name])
            for quantity, values, curve in (
                (name, samples, own),
                (f"{name}_normalised", samples / samples[:, :1], own / theory[name][0]),
            ):
                mean, error = network_curve(values)
                table.curve(
                    quantity,
                    {"tau": lags},
                    simulation=mean,
                    simulation_error=error,
                    count=len(rows),
                    theory=curve,
                    **place,
                )
    for row in data["lag-curves"]:
        for name in ("delta", "gamma"):
            scaled = row.values[name] / row.values[name][0]
            table.curve(f"{name}_curve", {"tau": row.values["tau"]}, theory=scaled, g=row.point["g"])
    return table.frame()


def time_step(data: Sources) -> pd.DataFrame:
    """gamma0 against the step of each integrator, and the published effective temperature against its step (A3)."""
    table = TableBuilder()
    for point in data["step-scan"].points():
        rows, g, dt = data["step-scan"].at(**point), point["g"], point["dt"]
        euler = point["integrator"] == "euler"
        theory = value(data["euler-steps"], "gamma0", g=g, dt=dt) if euler else value(data["dmft-chaos"], "gamma0", g=g)
        place = {"g": g, "dt": dt, "integrator": point["integrator"], "n_units": point["n_units"]}
        table.number("gamma0", average(rows, "gamma0"), theory, **place)
    for row in data["euler-steps"]:
        place = {"g": row.point["g"], "dt": row.point["dt"], "integrator": "euler"}
        table.number("gamma0_curve", None, row.values["gamma0"], row.values["residual"], **place)
    for g in sorted({row.point["g"] for row in data["step-scan"]}):
        table.number("gamma0_curve", None, value(data["dmft-chaos"], "gamma0", g=g), g=g, dt=0.0, integrator="rk4")
    add_effective_temperatures(table, data)
    return table.frame()


def add_effective_temperatures(table: TableBuilder, data: Sources) -> None:
    """T at which the increments show the Euler network's energy: by simulation at two steps, by theory against dt."""
    scan = data["langevin-scan"]
    for dt in sorted({row.point["dt"] for row in scan}):
        slope = slope_per_network(scan.at(dt=dt), "increment")
        level = value(data["euler-steps"], "gamma0", g=1.5, dt=dt)
        if level is not None:
            theory = value(data["euler-steps"], "t_eff", g=1.5, dt=dt)
            table.number("t_eff", Estimate.exact(level / 2) / slope, theory, dt=dt)
    for row in data["euler-steps"]:
        if row.point["g"] == 1.5:
            table.number("t_eff_curve", None, row.values["t_eff"], dt=row.point["dt"])
    matched = value(data["dmft-chaos"], "gamma0", g=1.5)
    table.number("t_matched", None, matched, dt=0.0)


def equilibrium(data: Sources) -> pd.DataFrame:
    """Variance and energy of exp(-E/T) by hybrid Monte Carlo against Delta_T and T/2 (A4, C9)."""
    table = TableBuilder()
    for point in data["monte-carlo"].points():
        rows, T = data["monte-carlo"].at(**point), point["temperature"]
        place = {"g": point["g"], "temperature": T}
        delta_t = value(data["gradient-heat"], "delta_t", g=point["g"], temperature=T)
        energy = average(rows, "energy")
        table.number("delta", average(rows, "delta"), delta_t, **place)
        table.number("energy", energy, T / 2, **place)
        table.number("energy_over_half_t", energy.scaled(2 / T), 1.0, **place)
        table.number("energy_over_t", energy.scaled(1 / T), None, **place)
        table.number("acceptance", average(rows, "acceptance"), None, **place)
    for row in data["gradient-heat"]:
        place = {"g": row.point["g"], "temperature": row.point["temperature"]}
        table.number("delta_curve", None, row.values["delta_t"], **place)
    return table.frame()
