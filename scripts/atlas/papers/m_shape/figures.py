"""The figures of m-shape: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation (for the
published iteration: its seeded emulation). A line has a gap where a point did not converge; a cross marks the place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
EQUATIONS = {
    "published": "published equations",
    "no-overlap-conjugate": r"right, $\hat o = 0$",
    "right": "right equations",
}
RATIO = r"distance $d/R$, $R = \sqrt{2D}$"
RATIO2 = r"squared distance $d^2/(2D)$"


def curve(
    canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, unit: float = 1.0, **look: Any
) -> None:
    """A theory curve in a unit; crosses at the top where it did not converge."""
    rows = rows.sort_values(x)
    canvas.theory(ax, rows[x], rows["theory"] / unit, label, **look)
    if "converged" in rows.columns:
        lost = rows[rows["converged"] == 0]
        if len(lost):
            canvas.scatter(
                ax, lost[x], np.zeros(len(lost)), "not converged", key="not converged", colour="0.3", size=10
            )


def markers(
    canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, unit: float = 1.0, **look: Any
) -> None:
    """Simulated numbers against a column in units of it, with standard errors."""
    canvas.simulation(ax, rows[x] / unit, rows["simulation"], rows["simulation_error"], label, **look)


def histogram(canvas: Canvas, ax: Any, rows: pd.DataFrame, label: str, **look: Any) -> None:
    """A density over bins with errors over networks (none where there is one network)."""
    edges = np.append(rows["low"].to_numpy(), rows["high"].to_numpy()[-1])
    errors = rows["simulation_error"] if rows["simulation_error"].notna().all() else None
    canvas.density(ax, edges, rows["simulation"], errors, label, **look)


def p1(tables: Tables, style: Any) -> Canvas:
    """The published M, by its own equations and by the right ones, and the right theory on the whole range."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["published"]
    canvas.order(list(EQUATIONS), sequential=False)
    for ax, name in zip(canvas.axes[0][:2], ("entropy", "derivative"), strict=True):
        line = table[(table["quantity"] == name) & (table["equations"] == "quadrature")].sort_values("offset")
        canvas.theory(ax, line["offset"] / 1e-3, line["theory"], "right theory, quadrature", colour="black")
        for equations, label in EQUATIONS.items():
            rows = table[(table["quantity"] == name) & (table["equations"] == equations)]
            if len(rows):
                markers(canvas, ax, rows.sort_values("delta"), "delta", label, 1e-3, key=equations)
    offset = r"$d - \mathrm{rms}(x^*)$ ($10^{-3}$)"
    canvas.panel(0, 0).set_ylim(-6.07, -5.91)
    canvas.panel(0, 1).set_ylim(-300, 420)
    canvas.labels(canvas.panel(0, 0), offset, "local entropy $s$", "published window")
    canvas.labels(canvas.panel(0, 1), offset, r"$\mathrm{d}s/\mathrm{d}d$", "published window")
    ax = canvas.panel(0, 2)
    rows = pick(tables["entropy"], "omega", set="entropy")
    for g, variant in ((1.1, 0), (1.2, 1)):
        curve(canvas, ax, rows[rows["g"] == g], "d", f"$g = {g:g}$", 1e-4, colour="black", variant=variant)
    ax.set_ylim(-3.4, 0.2)
    canvas.labels(ax, "distance $d$", r"$\Omega = s - s_0$ ($10^{-4}$)", "right theory, whole range")
    canvas.legend(canvas.panel(0, 1), loc="upper right")
    canvas.legend(ax, loc=(0.13, 0.04))
    return canvas


def p2(tables: Tables, style: Any) -> Canvas:
    """The published iterations: q and delta_Q of the reference against the step, the distance of the range."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["reference"]
    canvas.order(values(table, "g"))
    for ax, name in zip(canvas.axes[0][:2], ("q", "delta_Q"), strict=True):
        ax.set_xscale("log")
        for g in values(pick(table, name), "g"):
            for variant, start in enumerate(("first", "second")):
                rows = pick(table, name, g=g, start=start)
                rows = rows[rows["step"] > 0]
                label = f"$g = {g:g}$" if variant == 0 else None
                canvas.theory(ax, rows["step"], rows["theory"], label, key=g, variant=variant)
            if name == "q" and g > 1:
                canvas.reference(ax, y=pick(table, "static_q", g=g, start="first")["theory"].iloc[0])
    canvas.panel(0, 1).set_yscale("log")
    ax = canvas.panel(0, 2)
    rows = pick(table, "range")
    for g in values(rows, "g"):
        for field, hollow in ((-1e6, False), (1e6, True)):
            one = rows[(rows["g"] == g) & (rows["field"] == field)].iloc[::4]
            name = f"$g = {g:g}$, $p {'<' if field < 0 else '>'} 0$"
            offset, error = one["simulation"] * 1e3, one["simulation_error"] * 1e3
            canvas.simulation(ax, one["step"], offset, error, name, key=g, hollow=hollow)
    ax.set_ylim(-6, 6)
    canvas.labels(canvas.panel(0, 0), "step", "overlap $q$")
    canvas.labels(canvas.panel(0, 1), "step", r"$\delta Q$")
    canvas.labels(ax, "iteration", r"$d - \mathrm{rms}(x^*)$ ($10^{-3}$)")
    canvas.legend(canvas.panel(0, 1), loc="upper left")
    canvas.legend(ax, loc="center")
    return canvas


def p3(tables: Tables, style: Any) -> Canvas:
    """Distances between the slow points of a network, and how exhausted the search is."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["roots"]
    left, right = canvas.axes[0]
    largest = pick(table, "root_density")
    size, g = largest["n_units"].max(), largest[largest["n_units"] == largest["n_units"].max()]["g"].max()
    histogram(
        canvas, left, pick(table, "root_density", n_units=float(size), g=float(g)), f"$N = {size:g}$, $g = {g:g}$"
    )
    canvas.reference(left, x=float(np.sqrt(2)))
    rows = pick(table, "unique_share", n_units=float(size), g=float(g)).dropna(subset=["simulation"])
    canvas.trace(right, rows["start"], rows["simulation"], None)
    right.set_ylim(0, 1.05)
    canvas.labels(left, "distance over rms of the roots", "density")
    canvas.labels(right, "starts", "distinct / converged")
    canvas.legend(left, loc="upper left")
    return canvas


def p4(tables: Tables, style: Any) -> Canvas:
    """Activity from a slow point in the network and in Langevin dynamics; displacement from the points."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["trajectories"]
    left, right = canvas.axes[0]
    activity = pick(table, "activity")
    network = values(activity, "network")[0]
    canvas.order(["network", "Langevin"], sequential=False)
    for run, label in (("langevin", "Langevin"), ("rnn", "network")):
        rows = activity[(activity["run"] == run) & (activity["network"] == network)]
        for unit in values(rows, "unit"):
            one = rows[rows["unit"] == unit]
            canvas.trace(left, one["t"], one["simulation"], label if unit == 0 else None, key=label)
    rows = pick(table, "displacement", network=network)
    for root in values(rows, "root"):
        one = rows[rows["root"] == root]
        first = root == values(rows, "root")[0]
        canvas.trace(right, one["t"], one["simulation"] * 1e3, "Langevin" if first else None, key="Langevin")
        canvas.theory(right, one["t"], one["theory"] * 1e3, "harmonic" if first else None, colour="0.3", variant=1)
    canvas.labels(left, r"time $t$ ($\tau$)", "current $x_i(t)$")
    canvas.labels(right, r"time $t$ ($\tau$)", r"rms displacement ($10^{-3}$)")
    right.set_yscale("log")
    canvas.legend()
    return canvas


def p5(tables: Tables, style: Any) -> Canvas:
    """Order parameters and conjugates against the distance."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["entropy"]
    names = ({"q_tilde": r"$\tilde q$", "Q_tilde": r"$\tilde Q$", "o": "$o$"},
             {"q_hat": r"$\hat q$", "Q_hat": r"$\hat Q$", "o_hat": r"$\hat o$"})  # fmt: skip
    canvas.order([0, 1, 2], sequential=False)
    for ax, group in zip(canvas.axes[0], names, strict=True):
        for key, (name, label) in enumerate(group.items()):
            curve(canvas, ax, pick(table, name, g=1.1, set="entropy"), "ratio", label, key=key, variant=key)
        canvas.reference(ax, y=0.0)
        canvas.legend(ax, loc="lower left" if group is names[0] else "upper right")
    canvas.labels(canvas.panel(0, 0), RATIO, "order parameter")
    canvas.labels(canvas.panel(0, 1), RATIO, "conjugate")
    canvas.panel(0, 1).set_ylim(-0.4, 0.6)
    canvas.panel(0, 1).set_xlim(0.15, 1.4)
    return canvas


def o1(tables: Tables, style: Any) -> Canvas:
    """The local entropy of fixed points by the right theory: one arch between two walls."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["entropy"]
    gains = values(pick(table, "omega_over_l"), "g")
    canvas.order(gains)
    for ax, name, unit in ((canvas.panel(0, 0), "omega", 1e-2), (canvas.panel(0, 1), "omega_over_l", 1.0)):
        for g in gains:
            curve(canvas, ax, pick(table, name, g=g, set="entropy"), "ratio", f"$g = {g:g}$", unit, key=g)
        canvas.reference(ax, x=float(np.sqrt(2)))
        canvas.reference(ax, x=1.0, variant=1)
    canvas.panel(0, 0).set_ylim(-3.2, 0.2)
    canvas.panel(0, 1).set_ylim(-1.6, 0.1)
    canvas.labels(canvas.panel(0, 0), RATIO, r"local entropy $\Omega$ ($10^{-2}$)")
    canvas.labels(canvas.panel(0, 1), RATIO, r"$\Omega/l(g)$")
    canvas.legend(canvas.panel(0, 0), loc="lower center")
    return canvas


def o2(tables: Tables, style: Any) -> Canvas:
    """The left boundary: exact, and as the published sampling returns it."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    ax.set_yscale("log")
    table = tables["boundary"]
    rows = pick(table, "root_v").sort_values("g")
    canvas.theory(ax, rows["g"], rows["theory"] * 1e-3, r"exact, $\sqrt{v}\,\tilde\beta^{-1/2}$", colour="black")
    rms = pick(table, "rms_curve").sort_values("g")
    rms = rms[rms["theory"] > 0]
    canvas.theory(ax, rms["g"], rms["theory"], r"$\mathrm{rms}(x^*) = \sqrt{D}$", colour="0.4", variant=1)
    markers(canvas, ax, pick(table, "d_left", set="range-gains"), "g", "published sampling")
    networks = pick(table, "v")
    canvas.simulation(
        ax, networks["g"], np.sqrt(networks["simulation"]) * 1e-3,
        networks["simulation_error"] / np.sqrt(networks["simulation"]) * 0.5e-3,
        f"determinants, $N = {networks['n_units'].max():g}$", hollow=True, key="N",
    )  # fmt: skip
    ax.set_ylim(2e-4, 10)
    canvas.labels(ax, "gain $g$", "left end of the range $d$")
    canvas.legend(ax, loc="center right")
    return canvas


def o3(tables: Tables, style: Any) -> Canvas:
    """The local entropy against the probe's temperature."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = pick(tables["entropy"], "omega", set="entropy-heat")
    levels = values(rows, "beta_tilde")
    canvas.order(levels, sequential=True)
    for k, beta in enumerate(levels):
        name = r"$\tilde\beta = \infty$" if np.isinf(beta) else rf"$\tilde\beta = 10^{{{np.log10(beta):.0f}}}$"
        curve(
            canvas,
            ax,
            rows[rows["beta_tilde"] == beta],
            "ratio",
            name,
            1e-4,
            key=beta,
            variant=3 if np.isinf(beta) else k % 2,
        )
    ax.set_ylim(-18, 0.5)
    canvas.labels(ax, RATIO, r"local entropy $\Omega$ ($10^{-4}$)")
    canvas.legend(ax, loc="lower center")
    return canvas


def o4(tables: Tables, style: Any) -> Canvas:
    """Distances between fixed points of small and of larger networks."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    rows = pick(tables["roots"], "root_density")
    canvas.order(values(rows, "g"))
    for ax, size in zip(canvas.axes[0], values(rows, "n_units")[:2], strict=False):
        some = rows[rows["n_units"] == size]
        for g in values(some, "g"):
            histogram(canvas, ax, some[some["g"] == g], f"$g = {g:g}$", key=g)
        canvas.reference(ax, x=float(np.sqrt(2)))
        canvas.labels(ax, "distance over rms of the roots", "density", f"$N = {size:g}$")
        canvas.legend(ax, loc="upper left")
    return canvas


def f1(tables: Tables, style: Any) -> Canvas:
    """The finite-temperature Franz-Parisi potential."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    rows = pick(tables["finite"], "omega")
    canvas.order(values(rows, "g"))
    for ax, beta in zip(canvas.axes[0], (100.0, 1000.0), strict=True):
        for g in values(rows, "g"):
            curve(canvas, ax, rows[(rows["g"] == g) & (rows["beta"] == beta)], "ratio", f"$g = {g:g}$", 1e-3, key=g)
        ax.set_ylim(-12, 0.6)
        canvas.reference(ax, x=2.0)
        canvas.labels(ax, RATIO2, r"potential $\Omega$ ($10^{-3}$)", rf"$\beta = {beta:g}$")
    canvas.legend(canvas.panel(0, 1), loc="lower center")
    return canvas


def f2(tables: Tables, style: Any) -> Canvas:
    """Distances between independent chains of finite networks."""
    rows = pick(tables["finite"], "cross_density")
    sizes = values(rows, "n_units")
    canvas = Canvas(style.columns, style.height_mm, 1, len(sizes))
    gains = [g for g in values(rows, "g") if g in (0.8, 1.5, 3.0)]
    canvas.order(gains)
    for ax, size in zip(canvas.axes[0], sizes, strict=True):
        for g in gains:
            one = rows[(rows["n_units"] == size) & (rows["g"] == g)]
            histogram(canvas, ax, one, f"$g = {g:g}$", key=g)
        canvas.labels(ax, r"squared distance over $2\langle x^2\rangle$", "density", f"$N = {size:g}$")
        canvas.legend(ax, loc="upper right")
    return canvas


def f3(tables: Tables, style: Any) -> Canvas:
    """The left boundary in finite networks and in theory, as a squared distance."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    ax.set_yscale("log")
    table = tables["finite"]
    line = pick(table, "left_boundary").sort_values("g")
    canvas.theory(ax, line["g"], line["theory"], r"theory, $\Omega(d_L) = -0.01$ below the plateau", colour="black")
    rows = pick(table, "left_quantile")
    canvas.order(values(rows, "n_units"))
    for size in values(rows, "n_units"):
        markers(
            canvas,
            ax,
            rows[(rows["n_units"] == size) & (rows["g"] > 1)],
            "g",
            f"1 % quantile, $N = {size:g}$",
            key=size,
        )
    ax.set_ylim(0.015, 90)
    canvas.labels(ax, "gain $g$", "left boundary $d_L^2$")
    canvas.legend(ax, loc="upper left")
    return canvas


def f4(tables: Tables, style: Any) -> Canvas:
    """M-index against the gain and against N l(g)."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    table = tables["finite"]
    rows = pick(table, "m_index")
    canvas.order(values(rows, "n_units"))
    for ax, x in zip(canvas.axes[0], ("g", "volume"), strict=True):
        ax.set_yscale("log")
        canvas.reference(ax, y=1.0)
        for size in values(rows, "n_units"):
            one = pick(table, "m_index", n_units=size) if x == "g" else pick(table, "m_index_by_volume", n_units=size)
            one = one[(one["g"] > 1) & (one["simulation"] > 0.01)]
            markers(canvas, ax, one, x, f"$N = {size:g}$", key=size)
    canvas.panel(0, 1).set_xscale("log")
    canvas.labels(canvas.panel(0, 0), "gain $g$", "M-index (outer over central bins)")
    canvas.labels(canvas.panel(0, 1), r"$N\,l(g)$", "M-index (outer over central bins)")
    canvas.legend(canvas.panel(0, 0), loc="lower left")
    return canvas


def f5(tables: Tables, style: Any) -> Canvas:
    """Order parameters of the finite-temperature theory against the squared distance."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    canvas.order([0, 1, 2], sequential=False)
    for key, (name, label) in enumerate({"q_tilde": "$q$", "Q_tilde": "$Q$", "o": "$P$"}.items()):
        curve(canvas, ax, pick(tables["finite"], name, g=1.2, beta=1000.0), "ratio", label, key=key, variant=key)
    canvas.reference(ax, y=0.0)
    canvas.labels(ax, RATIO2, "order parameter")
    canvas.legend(ax, loc="lower left")
    return canvas


def a1(tables: Tables, style: Any) -> Canvas:
    """Langevin dynamics from independent starts: activity and squared pair distance."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["relaxation"]
    left, right = canvas.axes[0]
    gains = values(pick(table, "distance"), "g")
    canvas.order(gains)
    for g in gains:
        rows = pick(table, "activity", g=g)
        for unit in values(rows, "unit"):
            one = rows[rows["unit"] == unit]
            canvas.trace(left, one["t"], one["simulation"], f"$g = {g:g}$" if unit == 0 else None, key=g)
        rows = pick(table, "distance", g=g)
        markers(canvas, right, rows.iloc[:: max(1, len(rows) // 20)], "t", f"$g = {g:g}$", key=g)
        canvas.theory(right, rows["t"], rows["theory"], None, key=g)
    right.set_yscale("log")
    canvas.labels(left, r"time $t$ ($\tau$)", "current $x_i(t)$")
    right.set_ylim(0.02, 400)
    canvas.labels(right, r"time $t$ ($\tau$)", "squared pair distance")
    canvas.legend(right, loc="upper right")
    return canvas
