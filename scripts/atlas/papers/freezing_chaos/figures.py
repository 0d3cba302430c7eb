"""The figures of freezing-chaos: one function per figure, from comparison tables to a canvas.

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
NAMES = {0.0: r"rate network, $\gamma = 0$", 1.0: r"gradient flow, $\gamma = 1$"}
TIME = r"time $t$ ($\tau$)"


def regulation(gamma: float) -> str:
    """The name of a dynamics."""
    return NAMES.get(gamma, rf"$\gamma = {gamma:g}$")


def length_of(rows: pd.DataFrame) -> str:
    """The length of the runs of some rows, "30" or "20, 30"."""
    return ", ".join(f"{length:g}" for length in sorted({round(float(value), 6) for value in rows["simulation"]}))


def stage_borders(canvas: Canvas, ax: Any, end: float) -> None:
    """Vertical guides where the dynamics is switched."""
    for border in (end / 3, 2 * end / 3):
        canvas.reference(ax, x=border)


def traces(canvas: Canvas, ax: Any, rows: pd.DataFrame, groups: tuple[str, str] | None = None) -> None:
    """Activities of the shown neurons over the three stages; `groups`: names of the first and second half."""
    units = values(rows, "unit")
    for unit in units:
        one = rows[rows["unit"] == unit]
        second = groups is not None and unit >= len(units) / 2
        key = unit if groups is None else groups[second]
        label = groups[second] if groups is not None and unit in (units[0], units[len(units) // 2]) else None
        canvas.trace(ax, one["t"], one["simulation"], label, key=key)
    stage_borders(canvas, ax, rows["t"].max())


def f1(tables: Tables, style: Any) -> Canvas:
    """Activities and kinetic energy while the dynamics is switched to the gradient flow and back."""
    canvas = Canvas(style.columns, style.height_mm, 2, 1, sharex=True)
    table = tables["switching"]
    top, bottom = canvas.panel(0), canvas.panel(1)
    canvas.order(range(6), sequential=False)
    traces(canvas, top, pick(table, "trace"))
    bottom.set_yscale("log")
    rows = pick(table, "energy")
    canvas.trace(bottom, rows["t"], rows["simulation"], "this network", colour="0.35")
    rows = pick(table, "mean_energy")
    thin = rows.iloc[:: max(1, len(rows) // 40)]
    markers(canvas, bottom, thin, "t", "mean over networks", key="mean")
    level = pick(table, "level")["theory"].iloc[0]
    end = rows["t"].max()
    for low, high in ((0, end / 3), (2 * end / 3, end)):
        name = "mean-field theory" if low == 0 else None
        canvas.theory(bottom, [low, high], [level, level], name, colour="black")
    stage_borders(canvas, bottom, end)
    canvas.labels(top, TIME, "current $x_i(t)$", r"$\gamma = 0$, then 1, then 0")
    canvas.labels(bottom, TIME, "energy $E/N$ ($\\tau^{-2}$)")
    canvas.legend(bottom, loc="lower right")
    return canvas


def f2a(tables: Tables, style: Any) -> Canvas:
    """Largest Lyapunov exponent against the gain, for both dynamics."""
    canvas = Canvas(style.columns, style.height_mm)
    ax, table = canvas.panel(), tables["exponents"]
    canvas.order([0.0, 1.0], sequential=False)
    canvas.reference(ax, y=0.0)
    canvas.reference(ax, x=1.0, variant=1)
    for gamma, source in ((0.0, "scan-vanilla"), (1.0, "scan-gradient")):
        curve = pick(table, "curve", gamma=gamma).sort_values("g")
        canvas.theory(ax, curve["g"], curve["theory"], None, key=gamma)
        markers(canvas, ax, pick(table, "exponent", set=source), "g", regulation(gamma), key=gamma)
    lengths = [length_of(pick(table, "length", set=source)) for source in ("scan-vanilla", "scan-gradient")]
    title = rf"$T = {' / '.join(dict.fromkeys(lengths))}\,\tau$"
    canvas.labels(ax, "gain $g$", r"Lyapunov exponent ($\tau^{-1}$)", title)
    canvas.legend(ax, loc="lower right")
    return canvas


def f2b(tables: Tables, style: Any) -> Canvas:
    """Exponent and activity over gain and regulation."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    table = tables["phases"]
    for ax, quantity, label, centre in (
        (canvas.panel(0, 0), "exponent", r"exponent ($\tau^{-1}$)", 0.0),
        (canvas.panel(0, 1), "q", r"activity $q = \langle\phi^2\rangle$", None),
    ):
        rows = pick(table, quantity, set="map")
        grid = rows.pivot_table(index="gamma", columns="g", values="simulation")
        limits = (-0.3, 0.3) if centre is not None else None
        canvas.map(ax, grid.columns.to_numpy(float), grid.index.to_numpy(float), grid.to_numpy(), label, limits=limits,
                   centre=centre)  # fmt: skip
        title = rf"$T = {length_of(pick(table, 'length', set='map'))}\,\tau$"
        canvas.labels(ax, "gain $g$", r"regulation $\gamma$", title)
    return canvas


def f3(tables: Tables, style: Any) -> Canvas:
    """Eigenvalues of the two Jacobians at one frozen state."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    disk, line = canvas.axes[0]
    table = tables["spectra"]
    canvas.order([0.0, 1.0], sequential=False)
    rows = pick(table, "vanilla")
    canvas.scatter(disk, rows["re"], rows["simulation"], None, key=0.0, size=3)
    radius = pick(table, "radius_of_first")["theory"].iloc[0]
    angle = np.linspace(0, 2 * np.pi, 181)
    canvas.theory(disk, -1 + radius * np.cos(angle), radius * np.sin(angle), None, key=0.0)
    disk.set_aspect("equal", adjustable="datalim")
    rows = pick(table, "gradient")
    canvas.scatter(line, rows["re"], rows["simulation"], None, key=1.0, size=3)
    line.set_ylim(-1, 1)
    for ax, gamma in ((disk, 0.0), (line, 1.0)):
        canvas.reference(ax, x=0.0)
        after = rf", $T = {length_of(pick(table, 'length'))}\,\tau$" if gamma else ""
        canvas.labels(ax, r"$\mathrm{Re}\,\lambda$ ($\tau^{-1}$)", r"$\mathrm{Im}\,\lambda$ ($\tau^{-1}$)",
                      regulation(gamma) + after)  # fmt: skip
    return canvas


def f4(tables: Tables, style: Any) -> Canvas:
    """Freezing and release in excitatory-inhibitory networks."""
    table = tables["dale-switching"]
    rows = pick(table, "trace")
    places = rows[["sigma", "mu_i"]].drop_duplicates().sort_values(["sigma", "mu_i"], ascending=False).to_numpy(float)
    canvas = Canvas(style.columns, style.height_mm, len(places), 1, sharex=True)
    groups = ("excitatory", "inhibitory")
    canvas.order(groups, sequential=False)
    for k, (sigma, mu_i) in enumerate(places):
        ax = canvas.panel(k)
        traces(canvas, ax, rows[(rows["sigma"] == sigma) & (rows["mu_i"] == mu_i)], groups)
        canvas.labels(ax, TIME, "$x_i(t)$", rf"$\sigma = {sigma:g}$, $\mu_i = {mu_i:g}$")
    canvas.legend(canvas.panel(len(places) - 1), loc="upper right", ncols=2)  # the silent network leaves room
    return canvas


def f5(tables: Tables, style: Any) -> Canvas:
    """Score of recall and prediction against the shift."""
    canvas = Canvas(style.columns, style.height_mm)
    ax, table = canvas.panel(), tables["memory"]
    canvas.order([0.0, 1.0, 2.0], sequential=False)
    for gamma in (0.0, 1.0):
        rows = pick(table, "clipped", set="memory-shift", gamma=gamma)
        spread = pick(table, "spread", set="memory-shift", gamma=gamma)
        mean, width = rows["simulation"].to_numpy(), spread["simulation"].to_numpy()
        canvas.band(ax, rows["tau"], mean - width, mean + width, None, key=gamma)
        markers(canvas, ax, rows, "tau", f"held out, {regulation(gamma)}", key=gamma)
    rows = pick(table, "public", set="memory-shift", gamma=0.0)
    canvas.theory(ax, rows["tau"], rows["theory"], None, key=2.0)
    markers(canvas, ax, rows, "tau", r"public variant, $\gamma = 0$", key=2.0, hollow=True)
    ax.set_ylim(-0.25, 1.75)
    canvas.labels(ax, r"shift of the target (0.01 $\tau$)", r"score $m$")
    canvas.legend(ax, loc="upper center")
    return canvas


def f6(tables: Tables, style: Any) -> Canvas:
    """Capacity against the gain."""
    canvas = Canvas(style.columns, style.height_mm)
    ax, table = canvas.panel(), tables["memory"]
    canvas.order([0.0, 1.0], sequential=False)
    for gamma in (0.0, 1.0):
        markers(canvas, ax, pick(table, "capacity", set="memory-scan", gamma=gamma), "g", regulation(gamma), key=gamma)
    canvas.reference(ax, y=10.0)
    ax.set_ylim(-0.5, 11)
    canvas.labels(ax, "gain $g$", "capacity, sum of $m$ over 10 shifts")
    canvas.legend(ax, loc="center right")
    return canvas


def f7(tables: Tables, style: Any) -> Canvas:
    """Median latency, mean latency and firing probability against the stimulus frequency."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["latencies"]
    canvas.order([0.0, 1.0], sequential=False)
    panels = (
        ("median", "median latency (steps)"),
        ("mean", "mean latency (steps)"),
        ("rate", r"firing probability $\langle\phi\rangle$"),
    )
    for ax, (quantity, label) in zip(canvas.axes[0], panels, strict=True):
        for gamma in (0.0, 1.0):
            rows = pick(table, quantity, gamma=gamma)
            markers(canvas, ax, rows, "frequency", regulation(gamma), key=gamma, hollow=gamma == 1.0)
        canvas.labels(ax, "stimulated bins $f$ of 100", label)
    canvas.panel(0, 2).margins(y=0.35)
    canvas.legend(canvas.panel(0, 2), loc="upper left")
    return canvas


def f8(tables: Tables, style: Any) -> Canvas:
    """Distance and overlap of two nearby states in time."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["neighbours"]
    canvas.order([0.0, 1.0], sequential=False)
    for ax, quantity, label in (
        (canvas.panel(0, 0), "log_distance", r"$\log_{10}$ distance $|x - y|/\sqrt{N}$"),
        (canvas.panel(0, 1), "overlap", r"overlap $x\cdot y/(|x||y|)$"),
    ):
        for gamma in (0.0, 1.0):
            rows = pick(table, quantity, gamma=gamma)
            markers(canvas, ax, rows.iloc[:: max(1, len(rows) // 25)], "t", regulation(gamma), key=gamma)
        canvas.labels(ax, TIME, label)
    canvas.panel(0, 0).set_ylim(bottom=-5.6)  # room for the legend
    canvas.panel(0, 1).set_ylim(-0.2, 1.1)
    rate = pick(table, "rate")["theory"].iloc[0]
    start = pick(table, "log_distance", gamma=0.0)["simulation"].iloc[0]
    span = (0.0, min(60.0, float(pick(table, "log_distance")["t"].max())))
    ends = [start + rate * t / np.log(10) for t in span]
    canvas.theory(canvas.panel(0, 0), span, ends, "mean-field exponent", colour="black")
    canvas.legend(canvas.panel(0, 0), loc="lower right")
    return canvas


def a1(tables: Tables, style: Any) -> Canvas:
    """Spectra of couplings: excitatory-inhibitory eigenvalues, and the slowest rate at silence."""
    table = tables["dale-spectra"]
    rows = pick(table, "eigenvalues")
    sigmas = values(rows, "sigma")
    canvas = Canvas(style.columns, style.height_mm, 1, len(sigmas) + 1)
    for ax, sigma in zip(canvas.axes[0], sigmas, strict=False):
        one = rows[rows["sigma"] == sigma]
        one = one[one["n_units"] == one["n_units"].max()]
        canvas.scatter(ax, one["re"], one["simulation"], None, key=0.0, size=3)
        place = {"sigma": sigma, "n_units": one["n_units"].iloc[0]}
        radius = pick(table, "radius", **place)["theory"].iloc[0]
        outlier = pick(table, "outlier", **place)["theory"].iloc[0]
        angle = np.linspace(0, 2 * np.pi, 181)
        canvas.theory(ax, radius * np.cos(angle), radius * np.sin(angle), None, colour="black")
        canvas.reference(ax, x=outlier)
        canvas.reference(ax, x=1.0, variant=1)
        ax.set_aspect("equal", adjustable="datalim")
        canvas.labels(ax, r"$\mathrm{Re}\,\lambda$", r"$\mathrm{Im}\,\lambda$", rf"$\sigma = {sigma:g}$")
    ax = canvas.panel(0, len(sigmas))
    curve = pick(table, "s_min2_curve").sort_values("g")
    curve = curve[curve["theory"] > 1e-5]
    ax.set_yscale("log")
    canvas.theory(ax, curve["g"], curve["theory"], None, colour="black")
    rows = pick(table, "s_min2")
    canvas.order(values(rows, "n_units"), sequential=False)
    for n_units in values(rows, "n_units"):
        markers(canvas, ax, rows[rows["n_units"] == n_units], "g", f"$N = {n_units:g}$", key=n_units)
    canvas.labels(ax, "gain $g$", r"$s_\mathrm{min}^2$ of $I - J$ ($\tau^{-1}$)")
    canvas.legend(ax, loc="lower left")
    return canvas


def a2(tables: Tables, style: Any) -> Canvas:
    """Slow relaxation of the gradient flow: energy, activity, finite-time exponent."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["relaxation"]
    gains = values(pick(table, "energy"), "g")
    canvas.order(gains)
    energy, activity, exponent = canvas.axes[0]
    for ax in canvas.axes[0]:
        ax.set_xscale("log")
    energy.set_yscale("log")
    activity.set_yscale("log")
    canvas.reference(exponent, y=0.0)
    for g in gains:
        for ax, quantity in ((energy, "energy"), (activity, "q")):
            rows = pick(table, quantity, g=g)
            rows = rows[rows["t"] > 0]
            kept = np.unique(np.geomspace(1, len(rows), 14).astype(int)) - 1
            markers(canvas, ax, rows.iloc[kept], "t", f"$g = {g:g}$", key=g)
        markers(canvas, exponent, pick(table, "exponent", g=g), "t", None, key=g)
    canvas.labels(energy, TIME, "energy $E/N$ ($\\tau^{-2}$)")
    canvas.labels(activity, TIME, r"activity $q = \langle\phi^2\rangle$")
    canvas.labels(exponent, r"length of the run ($\tau$)", r"exponent ($\tau^{-1}$)")
    canvas.legend(energy, loc="lower left")
    return canvas


def a3(tables: Tables, style: Any) -> Canvas:
    """Explicit Euler: what the step does to the energy, to the read-out and to the exponent."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    descent, scores, exponent = canvas.axes[0]
    descent.set_yscale("log")
    rows = pick(tables["force"], "energy", set="descents-stiff")
    canvas.order(values(rows, "dt"), sequential=False)
    g = rows["g"].max()
    for dt in values(rows, "dt"):
        one = rows[(rows["dt"] == dt) & (rows["g"] == g)]
        markers(canvas, descent, one, "t", rf"$\delta t = {dt:g}$", key=dt)
    canvas.labels(descent, TIME, "energy $E/N$ ($\\tau^{-2}$)", f"$g = {g:g}$")
    rows = pick(tables["memory"], "held_out", set="memory-step")
    for substeps in values(rows, "substeps"):
        one = rows[rows["substeps"] == substeps]
        markers(canvas, scores, one, "tau", None, key=0.01 / substeps)
    canvas.labels(scores, r"shift of the target (0.01 $\tau$)", "score $m$, held out", f"$g = {one['g'].iloc[0]:g}$")
    canvas.legend(descent, loc="upper right")
    rows = pick(tables["exponents"], "exponent", set="step-check")
    canvas.reference(exponent, y=0.0)
    markers(canvas, exponent, rows, "dt", None, colour="0.2")
    length = length_of(pick(tables["exponents"], "length", set="step-check"))
    title = rf"$g = {rows['g'].iloc[0]:g}$, $T = {length}\,\tau$"
    canvas.labels(exponent, r"time step $\delta t$ ($\tau$)", r"exponent ($\tau^{-1}$)", title)
    return canvas
