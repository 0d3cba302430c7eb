"""The figures of kinetic-energy: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.figures.rows import markers
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
RUNS = {"rnn": "network", "gradient": "gradient dynamics"}


def f1(tables: Tables, style: Any) -> Canvas:
    """Activities below, near and above the transition."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3, sharex=True)
    for ax, g in zip(canvas.axes[0], (0.5, 1.05, 2.0), strict=True):
        rows = pick(tables["activity"], "trace", g=g)
        canvas.order(values(rows, "unit"), sequential=False)
        for unit in values(rows, "unit"):
            one = rows[rows["unit"] == unit]
            canvas.trace(ax, one["t"], one["simulation"], key=unit)
        canvas.labels(ax, r"time $t$ ($\tau$)", r"current $x_i(t)$", f"$g = {g:g}$")
    return canvas


def f2(tables: Tables, style: Any, low: float, high: float, log: bool) -> Canvas:
    """Kinetic energy against the gain in a range of gains."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["gain"]
    if log:
        ax.set_yscale("log")
    sizes = values(table, "n_units")
    canvas.order(sizes)
    for protocol, variant, label in (("flow", 0, "theory"), ("euler", 1, "theory, Euler map")):
        rows = pick(table, "gamma0_curve", protocol=protocol)
        rows = rows[rows["g"].between(low, high) & (rows["theory"] > 0 if log else True)]
        canvas.theory(ax, rows["g"], rows["theory"], label, colour="black", variant=variant)
    for n_units in sizes:
        for protocol, hollow in (("flow", False), ("euler", True)):
            rows = table[(table["quantity"] == "gamma0") & (table["protocol"] == protocol)]
            rows = rows[(rows["n_units"] == n_units) & rows["g"].between(low, high)]
            if log:
                rows = rows[(rows["simulation"] > 1e-8) & (rows["simulation"] > rows["simulation_error"])]
            if len(rows):
                name = f"$N = {n_units:g}$" + (", Euler 0.1" if hollow else "")
                markers(canvas, ax, rows, "g", name, key=n_units, hollow=hollow)
    if log:
        ax.set_ylim(1e-7, None)
    canvas.reference(ax, x=1.0)
    canvas.labels(ax, "gain $g$", r"kinetic energy $\Gamma_0$ ($\tau^{-2}$)")
    canvas.legend(ax, loc="lower right" if log else "upper left")
    return canvas


def f2a(tables: Tables, style: Any) -> Canvas:
    """Kinetic energy against the gain."""
    return f2(tables, style, 0.0, 2.0, log=False)


def f2b(tables: Tables, style: Any) -> Canvas:
    """Kinetic energy close to the transition."""
    return f2(tables, style, 0.9, 1.2, log=True)


def f3(tables: Tables, style: Any) -> Canvas:
    """Order parameters close to the transition: delta0, gamma0 linear, gamma0 logarithmic."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["critical"]
    canvas.order(["exact", "leading", "next", "published"], sequential=False)
    lines = (
        ("gamma0", "exact", "exact", 0),
        ("gamma0_leading", r"$\epsilon^3/3$", "leading", 1),
        ("gamma0_next", r"$\epsilon^3/3 - \frac{5}{6}\epsilon^4$", "next", 2),
        ("gamma0_published", r"published, $+\frac{59}{18}\epsilon^4$", "published", 3),
    )
    first, linear, logarithmic = canvas.axes[0]
    for quantity, label, key, variant in (
        ("delta0", "exact", "exact", 0),
        ("delta0_series", r"$\epsilon + \frac{7}{6}\epsilon^2$", "published", 1),
    ):
        rows = pick(table, quantity, set="expansion")
        canvas.theory(first, rows["eps"], rows["theory"], label, key=key, variant=variant)
    logarithmic.set_xscale("log")
    logarithmic.set_yscale("log")
    for quantity, label, key, variant in lines:
        rows = pick(table, quantity, set="expansion")
        canvas.theory(linear, rows["eps"], rows["theory"] * 1e4, label, key=key, variant=variant)
        near = rows[rows["eps"] <= 0.0101]
        canvas.theory(logarithmic, near["eps"], near["theory"], None, key=key, variant=variant)
    sigma = r"$\sigma = g - 1$"
    canvas.labels(first, sigma, r"variance $\Delta_0$")
    canvas.labels(linear, sigma, r"$\Gamma_0$ ($10^{-4}\,\tau^{-2}$)")
    canvas.labels(logarithmic, sigma, r"$\Gamma_0$ ($\tau^{-2}$)")
    canvas.legend(first, loc="upper left")
    canvas.legend(linear, loc="upper left")
    return canvas


def f4a(tables: Tables, style: Any) -> Canvas:
    """One-time density of the activity."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = pick(tables["activity-density"], "density")
    canvas.order(values(rows, "g"))
    for g in values(rows, "g"):
        draw_density(canvas, ax, rows[rows["g"] == g], f"$g = {g:g}$", key=g)
    ax.set_xlim(-3.2, 3.2)
    canvas.labels(ax, "current $x$", "density $P(x)$")
    canvas.legend(ax, loc="upper right")
    return canvas


def draw_density(canvas: Canvas, ax: Any, rows: pd.DataFrame, label: str, variant: int = 0, **look: Any) -> None:
    """A counted density as markers, and the Gaussian's share of each bin as a line."""
    rows = rows[(rows["low"] > -3.3) & (rows["high"] < 3.3)]
    edges = np.append(rows["low"].to_numpy(), rows["high"].to_numpy()[-1])
    canvas.density(ax, edges, rows["simulation"], rows["simulation_error"], label, markers=True, **look)
    if rows["theory"].notna().all():
        canvas.theory(ax, (rows["low"] + rows["high"]) / 2, rows["theory"], None, variant=variant, **look)


def f4b(tables: Tables, style: Any) -> Canvas:
    """Energy of the gradient dynamics against temperature, in both readings."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    ax.set_xscale("log")
    ax.set_yscale("log")
    table = tables["energy-temperature"]
    steps = values(pick(table, "increment"), "dt")
    canvas.order([*map(str, steps), "energy"], sequential=False)
    for dt in steps:
        rows = pick(table, "increment", dt=dt)
        markers(canvas, ax, rows, "temperature", rf"increments, $\delta t = {dt:g}$", key=str(dt))
        curve = pick(table, "increment_curve", dt=dt).sort_values("temperature")
        canvas.theory(ax, curve["temperature"], curve["theory"], None, key=str(dt))
    rows = pick(table, "energy", dt=steps[0])
    markers(canvas, ax, rows, "temperature", "$E/N$", key="energy")
    curve = pick(table, "energy_curve", dt=steps[0]).sort_values("temperature")
    canvas.theory(ax, curve["temperature"], curve["theory"], None, key="energy")
    level = pick(table, "level", protocol="flow")["theory"].iloc[0]
    canvas.reference(ax, r"network, $\Gamma_0/2$", y=level)
    canvas.reference(ax, "energies meet", x=2 * level, variant=1)
    for dt in steps:
        canvas.reference(ax, x=pick(table, "t_eff", dt=dt)["simulation"].iloc[0], variant=1)
    canvas.labels(ax, "temperature $T$ ($2E/N$)", "energy per neuron")
    canvas.legend(ax, loc="upper left")
    return canvas


def f4c(tables: Tables, style: Any) -> Canvas:
    """Densities of the network and of its gradient dynamics at two temperatures."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = pick(tables["side-by-side"], "density")
    temperatures = values(rows, "temperature")
    keys = ["network", *(f"T = {T:.3g}" for T in temperatures)]
    canvas.order(keys, sequential=False)
    largest = rows[rows["temperature"] == temperatures[-1]]
    draw_density(canvas, ax, biggest(largest[largest["run"] == "rnn"]), "network", key="network")
    for T in temperatures:
        one = rows[(rows["temperature"] == T) & (rows["run"] == "gradient")]
        draw_density(canvas, ax, biggest(one), f"gradient, $T = {T:.3g}$", key=f"T = {T:.3g}", variant=1)
    ax.set_xlim(-3.2, 3.2)
    ax.set_ylim(0, 0.72)
    canvas.labels(ax, "current $x$", "density $P(x)$")
    canvas.legend(ax, loc="upper right")
    return canvas


def biggest(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the largest networks."""
    return rows[rows["n_units"] == rows["n_units"].max()]


def f5(tables: Tables, style: Any) -> Canvas:
    """Polar plot of states, angle between the means, densities of angle and radius."""
    canvas = Canvas(style.columns, style.height_mm, mosaic=[["a", "b"], ["c", "d"]], projection={"a": "polar"})
    table = tables["side-by-side"]
    T = max(values(pick(table, "state"), "temperature"))
    table = biggest(table[np.isclose(table["temperature"].astype(float), T)])
    canvas.order(list(RUNS.values()), sequential=False)
    polar(canvas, canvas.panel("a"), pick(table, "state"))
    angle_between_means(canvas, canvas.panel("b"), pick(table, "theta_m"))
    for panel, quantity, label in (
        ("c", "psi_density", r"angle $\psi$ to the own mean (degrees)"),
        ("d", "radius_density", r"radius $|\phi|$"),
    ):
        ax = canvas.panel(panel)
        for run, name in RUNS.items():
            rows = pick(table, quantity, run=run)
            rows = rows[rows["simulation"] > 0]
            edges = np.append(rows["low"].to_numpy(), rows["high"].to_numpy()[-1])
            if len(edges) != len(rows) + 1 or np.any(np.diff(edges) <= 0):
                continue
            canvas.density(ax, edges, rows["simulation"], rows["simulation_error"], name, key=name)
        canvas.labels(ax, label, "density")
    for run, name in RUNS.items():
        radius = pick(table, "radius", run=run)["theory"].iloc[0]
        canvas.theory(canvas.panel("d"), [radius, radius], [0.0, 0.2], None, key=name)
    canvas.legend(canvas.panel("c"), loc="upper right")
    return canvas


def polar(canvas: Canvas, ax: Any, rows: pd.DataFrame) -> None:
    """States of one network's two runs: the angle to the own mean on either side of it, the means theta apart."""
    theta = np.radians(rows["theta"].iloc[0])
    for run, name in RUNS.items():
        one = rows[rows["run"] == run]
        side = np.where(np.arange(len(one)) % 2, 1.0, -1.0)
        centre = 0.0 if run == "rnn" else theta
        canvas.scatter(ax, centre + side * np.radians(one["psi"]), one["radius"], name, key=name, size=3)
        canvas.theory(ax, [centre, centre], [0.0, float(one["radius"].mean())], None, key=name)
    ax.set_rlabel_position(250)
    ax.set_thetagrids(np.arange(0, 360, 45))


def angle_between_means(canvas: Canvas, ax: Any, rows: pd.DataFrame) -> None:
    """theta against the number of snapshots, one line per network."""
    canvas.order(values(rows, "network"), sequential=False)
    for network in values(rows, "network"):
        one = rows[rows["network"] == network]
        canvas.trace(ax, one["m"], one["simulation"], None, colour="0.35")
    ax.set_xscale("log")
    canvas.reference(ax, y=90.0)
    canvas.labels(ax, "snapshots $M$", r"angle $\theta$ between the means (degrees)")


def f6(tables: Tables, style: Any) -> Canvas:
    """Neurons of a network beside sample paths of the mean-field process."""
    gains = (1.1, 1.3, 1.5)
    canvas = Canvas(style.columns, style.height_mm, 3, 2, sharex=True, sharey="row")
    for row, g in enumerate(gains):
        for column, (quantity, route, title) in enumerate(
            (("trace", "simulation", "network"), ("path", "theory", "mean-field process"))
        ):
            ax = canvas.panel(row, column)
            rows = pick(tables["activity"], quantity, g=g)
            for unit in values(rows, "unit"):
                one = rows[rows["unit"] == unit]
                canvas.trace(ax, one["t"], one[route], None, key=unit)
            canvas.labels(ax, r"time $t$ ($\tau$)", "$x(t)$", f"{title}, $g = {g:g}$")
    return canvas


def f7(tables: Tables, style: Any) -> Canvas:
    """Arc length against time, its last part, and its rate against 1/N."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["arc-rate"]
    whole, last, rates = canvas.axes[0]
    rows = biggest(pick(table, "arc"))
    canvas.order(values(rows, "g"))
    for g in values(rows, "g"):
        one = rows[rows["g"] == g]
        thin = one.iloc[:: max(1, len(one) // 14)]
        markers(canvas, whole, thin, "t", f"$g = {g:g}$", key=g)
        canvas.theory(whole, one["t"], one["theory"], None, key=g)
        late = pick(table, "arc_late", g=g)
        late = biggest(late)
        markers(canvas, last, late.iloc[:: max(1, len(late) // 10)], "t", None, key=g)
        canvas.theory(last, late["t"], late["theory"], None, key=g)
        rate = pick(table, "rate", g=g)
        markers(canvas, rates, rate.assign(inverse=1000.0 / rate["n_units"]), "inverse", None, key=g)
        canvas.theory(rates, [0.0, 1000.0 / rate["n_units"].min()], [rate["theory"].iloc[0]] * 2, None, key=g)
    canvas.labels(whole, r"time $t$ ($\tau$)", "arc length $s(t)$")
    canvas.labels(last, r"time since the last part began ($\tau$)", r"$s(t) - s(t_0)$")
    canvas.labels(rates, "$1000/N$", r"late rate $\mathrm{d}s/\mathrm{d}t$ ($\tau^{-1}$)")
    canvas.legend(whole, loc="upper left")
    return canvas


def f8(tables: Tables, style: Any) -> Canvas:
    """Kinetic energy in time of single runs, by size."""
    table = tables["arc-rate"]
    rows = pick(table, "v2")
    sizes = values(rows, "n_units")
    canvas = Canvas(style.columns, style.height_mm, 1, len(sizes), sharey=True)
    for ax, n_units in zip(canvas.axes[0], sizes, strict=True):
        one = rows[rows["n_units"] == n_units]
        for network in values(one, "network"):
            run = one[one["network"] == network]
            canvas.trace(ax, run["t"], run["simulation"], None, key=network)
        for protocol, variant in (("flow", 0), ("euler", 1)):
            level = pick(table, "v2_level", protocol=protocol)["theory"].iloc[0]
            span = [one["t"].min(), one["t"].max()]
            name = "theory" if protocol == "flow" else "theory, Euler map"
            canvas.theory(ax, span, [level, level], name, colour="black", variant=variant)
        y_label = r"mean $v^2$ ($\tau^{-2}$)" if n_units == sizes[0] else " "
        canvas.labels(ax, r"time $t$ ($\tau$)", y_label, f"$N = {n_units:g}$")
    canvas.legend()
    return canvas


def a1(tables: Tables, style: Any) -> Canvas:
    """Potential of the mean-field motion at and off the root."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = pick(tables["landscape"], "potential")
    canvas.order(values(rows, "g"))
    canvas.reference(ax, y=0.0)
    for g in values(rows, "g"):
        for detune in values(rows, "detune"):
            one = rows[(rows["g"] == g) & (rows["detune"] == detune)]
            label = f"$g = {g:g}$" if detune == 0 else None
            variant = 0 if detune == 0 else 3
            canvas.theory(ax, one["ratio"], one["theory"], label, key=g, variant=variant)
    canvas.labels(ax, r"$\Delta/\Delta_0$", r"potential $V(\Delta;\Delta_0)/\Delta_0^2$")
    canvas.legend(ax, loc="lower left")
    return canvas


def a2(tables: Tables, style: Any) -> Canvas:
    """Autocovariances of current and velocity."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["correlations"]
    gains = values(pick(table, "delta_curve"), "g")
    canvas.order(gains)
    for ax, name, symbol in zip(canvas.axes[0], ("delta", "gamma"), (r"\Delta", r"\Gamma"), strict=True):
        canvas.reference(ax, y=0.0)
        for g in gains:
            curve = pick(table, f"{name}_curve", g=g)
            canvas.theory(ax, curve["tau"], curve["theory"], None, key=g)
            rows = pick(table, f"{name}_normalised", g=g)
            markers(canvas, ax, rows.iloc[:: max(1, len(rows) // 25)], "tau", f"$g = {g:g}$", key=g)
        canvas.labels(ax, r"lag ($\tau$)", rf"${symbol}(\mathrm{{lag}})/{symbol}(0)$")
    canvas.legend(canvas.panel(0, 0), loc="upper right")
    return canvas


def a3(tables: Tables, style: Any) -> Canvas:
    """Bias of the integrators, and the published effective temperature, against the time step."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["time-step"]
    bias, temperature = canvas.axes[0]
    rows = pick(table, "gamma0")
    canvas.order(values(rows, "g"))
    for g in values(rows, "g"):
        curve = pick(table, "gamma0_curve", g=g, integrator="euler")
        canvas.theory(bias, curve["dt"], curve["theory"], None, key=g)
        level = pick(table, "gamma0_curve", g=g, integrator="rk4")["theory"].iloc[0]
        canvas.theory(bias, [0.0, curve["dt"].max()], [level, level], None, key=g, variant=1)
        for integrator, hollow, name in (("euler", False, "Euler"), ("rk4", True, "Runge–Kutta")):
            one = rows[(rows["g"] == g) & (rows["integrator"] == integrator)]
            markers(canvas, bias, one, "dt", f"{name}, $g = {g:g}$", key=g, hollow=hollow)
    bias.set_yscale("log")
    curve = pick(table, "t_eff_curve")
    canvas.theory(temperature, curve["dt"], curve["theory"], "increments matched (theory)", colour="black")
    markers(canvas, temperature, pick(table, "t_eff"), "dt", "increments matched")
    matched = pick(table, "t_matched")["theory"].iloc[0]
    canvas.theory(
        temperature, [0.0, curve["dt"].max()], [matched, matched], r"energies matched, $T = \Gamma_0$",
        colour="black", variant=1,
    )  # fmt: skip
    temperature.set_ylim(0, None)
    canvas.labels(bias, r"time step $\delta t$ ($\tau$)", r"kinetic energy $\Gamma_0$ ($\tau^{-2}$)")
    canvas.labels(temperature, r"time step $\delta t$ ($\tau$)", r"effective temperature ($2E/N$)")
    bias.set_ylim(0.01, 0.3)
    canvas.legend(bias, loc="upper left", ncols=2)
    canvas.legend(temperature, loc="upper right")
    return canvas


def a4(tables: Tables, style: Any) -> Canvas:
    """Equilibrium of the gradient dynamics: variance and energy against temperature."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["equilibrium"]
    variance, energy = canvas.axes[0]
    gains = values(pick(table, "delta"), "g")
    canvas.order(gains)
    for g in gains:
        curve = pick(table, "delta_curve", g=g)
        canvas.theory(variance, curve["temperature"], curve["theory"], None, key=g)
        markers(canvas, variance, pick(table, "delta", g=g), "temperature", f"$g = {g:g}$", key=g)
        markers(canvas, energy, pick(table, "energy_over_half_t", g=g), "temperature", None, key=g)
    reach = pick(table, "delta_curve")["temperature"]
    canvas.theory(energy, [reach.min(), reach.max()], [1.0, 1.0], "$E/N = T/2$", colour="black")
    energy.set_ylim(0.95, 1.05)
    canvas.labels(variance, "temperature $T$ ($2E/N$)", r"variance $\langle x^2\rangle$")
    canvas.labels(energy, "temperature $T$ ($2E/N$)", r"energy $2E/(NT)$")
    canvas.legend(variance, loc="lower right")
    canvas.legend(energy, loc="upper right")
    return canvas


def a5(tables: Tables, style: Any) -> Canvas:
    """Variance of the gradient dynamics against its age, from N(0, 1), by temperature."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = pick(tables["relaxation"], "delta")
    canvas.order(values(rows, "temperature"))
    for T in values(rows, "temperature"):
        one = rows[rows["temperature"] == T]
        markers(canvas, ax, one, "age", f"$T = {T:.3g}$", key=T)
        canvas.theory(ax, one["age"], one["theory"], None, key=T)
    network = pick(tables["relaxation"], "network_delta0")["theory"].iloc[0]
    canvas.reference(ax, r"network, $\Delta_0$", y=network)
    ax.set_ylim(0, None)
    canvas.labels(ax, r"age $t$ ($\tau$)", r"variance $\langle x^2\rangle$")
    canvas.legend(ax, loc="lower right", ncols=2)
    return canvas
