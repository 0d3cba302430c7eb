"""The figures of linear-equivalence: one function per figure, from comparison tables to a canvas.

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
LAG_SHOWN = 14.0
KINDS = {"linear": "linear equivalence", "naive": "naive closure"}


def against(canvas: Canvas, ax: Any, rows: pd.DataFrame, key: Any) -> None:
    """Simulated entries against predicted ones, with the diagonal on which they agree and the error of one entry."""
    canvas.scatter(ax, rows["theory"], rows["simulation"], None, key=key, size=2.5)
    both = rows[["simulation", "theory"]]
    reach = np.array([both.min().min(), both.max().max()])
    canvas.theory(ax, reach, reach, None, colour="black")
    canvas.note(ax, 0.98, 0.05, rf"error of one entry $\pm${rows['simulation_error'].iloc[0]:.1g}", ha="right")


def say(canvas: Canvas, ax: Any, row: float, name: str, number: pd.Series) -> None:
    """A number of the table with its error, written into a panel."""
    canvas.note(ax, 0.04, row, rf"{name} ${number['simulation']:.4f} \pm {number['simulation_error']:.4f}$")


def f1a(tables: Tables, style: Any) -> Canvas:
    """Autocovariances of x and phi of the chaotic network."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    for ax, name, label in zip(
        canvas.axes[0],
        ("delta", "c_phi"),
        (r"$C^x(\tau) = \langle x\,x(\tau)\rangle$", r"$C^\phi(\tau) = \langle\phi\,\phi(\tau)\rangle$"),
        strict=True,
    ):
        curve, rows = pick(tables["lags"], f"{name}_curve"), pick(tables["lags"], name)
        curve, rows = curve[curve["tau"] <= LAG_SHOWN], rows[rows["tau"] <= LAG_SHOWN]
        canvas.reference(ax, y=0.0)
        canvas.theory(ax, curve["tau"], curve["theory"], "mean-field theory", colour="black")
        markers(canvas, ax, rows, "tau", "simulation", key="simulation")
        canvas.labels(ax, r"lag $\tau$ (membrane times)", label)
    canvas.legend(canvas.panel(0, 0), loc="upper right")
    return canvas


def f1b(tables: Tables, style: Any) -> Canvas:
    """Covariances of pairs of units against the prediction and against the naive closure."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    canvas.order(list(KINDS))
    for ax, (kind, name) in zip(canvas.axes[0], KINDS.items(), strict=True):
        rows = pick(tables["covariance"], "pair" if kind == "linear" else "pair_naive")
        against(canvas, ax, rows, kind)
        place = {"field": "phi", "kind": kind, "n_units": rows["n_units"].iloc[0]}
        say(canvas, ax, 0.95, "correlation", pick(tables["covariance"], "correlation", **place).iloc[0])
        say(canvas, ax, 0.87, "slope", pick(tables["covariance"], "slope", **place).iloc[0])
        canvas.labels(ax, rf"predicted $C_{{ij}}$ ({name})", r"simulated $C_{ij} = \langle\phi_i\phi_j\rangle$")
    return canvas


def f1c(tables: Tables, style: Any) -> Canvas:
    """A corner of the covariance matrix: simulation, linear equivalence, naive closure."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3, sharey=True)
    rows = pick(tables["covariance"], "entry", kind="linear")
    naive = pick(tables["covariance"], "entry", kind="naive")
    reach = float(rows["simulation"].abs().max())
    maps = (
        ("simulation", rows, "simulation"),
        ("linear equivalence", rows, "theory"),
        ("naive closure", naive, "theory"),
    )
    for column, (ax, (title, table, route)) in enumerate(zip(canvas.axes[0], maps, strict=True)):
        grid = table.pivot_table(index="i", columns="j", values=route, dropna=False)
        canvas.map(
            ax, grid.columns, grid.index, grid.to_numpy(), r"covariance $C_{ij}$",
            limits=(-reach, reach), centre=0.0, bar=column == 2,
        )  # fmt: skip
        canvas.labels(ax, "unit $j$", "unit $i$", title)
    return canvas


def f2(tables: Tables, style: Any) -> Canvas:
    """Explained fraction of the off-diagonal power of the cross-spectra against the frequency."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["spectra"]
    sizes = values(table, "n_units")
    canvas.order(sizes)
    span = [0.0, float(table["omega"].max())]
    canvas.theory(ax, span, [1.0, 1.0], "exact equivalence", colour="black")
    for kind, name in KINDS.items():
        for n_units in sizes:
            rows = pick(table, "explained", kind=kind, n_units=n_units).sort_values("omega")
            label = f"{name}, $N = {n_units:g}$"
            markers(canvas, ax, rows, "omega", label, key=n_units, hollow=kind == "naive")
            if kind == "naive":
                canvas.theory(ax, rows["omega"], rows["theory"], None, key=n_units)
    ax.set_ylim(0.0, 1.15)
    canvas.labels(ax, r"frequency $\omega$ (1/membrane time)", "explained fraction of $|C_{ij}|^2$")
    canvas.legend(ax, loc="center right")
    return canvas


RMS = {
    "phi": r"activity $\langle\phi_i\phi_j\rangle$",
    "error": "prediction error",
    "residual": r"residual $\langle r_i r_j\rangle$",
}


def f3(tables: Tables, style: Any) -> Canvas:
    """Root mean squares of off-diagonal covariances against the size."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    ax.set_xscale("log")
    ax.set_yscale("log")
    canvas.order(list(RMS))
    powers = {"phi": -0.5, "error": -1.0, "residual": -1.5}
    for variant, (name, label) in enumerate(RMS.items()):
        rows = pick(tables["covariance"], "rms", field=name).sort_values("n_units")
        rows = rows[rows["simulation"].notna()]
        markers(canvas, ax, rows, "n_units", label, key=name)
        first = rows.iloc[0]
        span = (float(rows["n_units"].min()), float(rows["n_units"].max()))
        through = (float(first["n_units"]), float(first["simulation"]))
        guide = rf"$N^{{{powers[name]:g}}}$"
        canvas.reference(ax, guide, slope=powers[name], through=through, span=span, variant=variant)
    sizes = values(pick(tables["covariance"], "rms"), "n_units")
    with canvas.styled():
        ax.set_xticks(sizes, [f"{n:g}" for n in sizes])
        ax.minorticks_off()
    canvas.labels(ax, "size $N$", "r.m.s. over pairs of units")
    canvas.legend(ncols=3)
    return canvas


def f4(tables: Tables, style: Any) -> Canvas:
    """Fourth moments of quadruples against Wick sums of pair covariances."""
    table = tables["wick"]
    sizes = values(pick(table, "quadruple"), "n_units")
    canvas = Canvas(style.columns, style.height_mm, 1, len(sizes), sharey=True)
    canvas.order(sizes)
    for ax, n_units in zip(canvas.axes[0], sizes, strict=True):
        against(canvas, ax, pick(table, "quadruple", n_units=n_units), n_units)
        with canvas.styled():
            ax.locator_params(axis="x", nbins=5)
        say(canvas, ax, 0.95, "correlation", pick(table, "wick_correlation", n_units=n_units).iloc[0])
        say(canvas, ax, 0.87, "slope", pick(table, "wick_slope", n_units=n_units).iloc[0])
        canvas.labels(
            ax, r"Wick sum $C_{ij}C_{kl} + C_{ik}C_{jl} + C_{il}C_{jk}$",
            r"moment $\langle\phi_i\phi_j\phi_k\phi_l\rangle$", f"$N = {n_units:g}$",
        )  # fmt: skip
    return canvas


def f5(tables: Tables, style: Any) -> Canvas:
    """Participation ratios against the gain, autonomous and driven."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["dimension"]
    canvas.order(["phi", "x"])
    for ax, case, title in zip(
        canvas.axes[0], ("autonomous", "driven"), ("tanh, autonomous", "erf, driven"), strict=True
    ):
        for name, symbol in (("phi", r"\phi"), ("x", "x")):
            curve = pick(table, f"pr_{name}_curve", case=case).sort_values("g")
            canvas.theory(ax, curve["g"], curve["theory"], None, key=name)
            rows = pick(table, f"pr_{name}", case=case)
            sizes = values(rows, "n_units")
            for n_units in sizes:
                one = rows[rows["n_units"] == n_units]
                label = f"${symbol}$, $N = {n_units:g}$"
                markers(canvas, ax, one, "g", label, key=name, hollow=n_units != sizes[-1])
            add_given(canvas, ax, table, name, case, sizes[-1])
        ax.set_ylim(0.0, None)
        canvas.labels(ax, "gain $g$", r"participation ratio $\mathrm{PR}/N$", title)
        canvas.legend(ax, loc="upper left" if case == "autonomous" else "upper right")
    return canvas


def add_given(canvas: Canvas, ax: Any, table: pd.DataFrame, name: str, case: str, n_units: int) -> None:
    """The prediction for the given couplings, where the linear network is stable, as a dashed line."""
    rows = table[(table["quantity"] == f"pr_{name}_given") & (table["case"] == case) & (table["n_units"] == n_units)]
    if len(rows) > 1:
        rows = rows.sort_values("g")
        canvas.theory(ax, rows["g"], rows["simulation"], None, key=name, variant=1)


def f6(tables: Tables, style: Any) -> Canvas:
    """Covariances of the preactivations of pairs of units against the prediction."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = pick(tables["covariance"], "pair_x")
    against(canvas, ax, rows, "x")
    place = {"field": "x", "kind": "linear", "n_units": rows["n_units"].iloc[0]}
    say(canvas, ax, 0.95, "correlation", pick(tables["covariance"], "correlation", **place).iloc[0])
    say(canvas, ax, 0.87, "slope", pick(tables["covariance"], "slope", **place).iloc[0])
    canvas.labels(ax, r"predicted $C^x_{ij}$", r"simulated $C^x_{ij} = \langle x_i x_j\rangle$")
    return canvas
