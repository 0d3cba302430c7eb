"""The figures of icl-spin-glass: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.figures.rows import markers
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
LOSS, EPOCH = "test loss", "epoch"
NAMES = {"h_A": "$h$, A", "h_B": "$h$, B", "J_C": "$J$, C", "J_D": "$J$, D", "J_E": "$J$, E"}
ABOUT = {
    "h_A": "fields of $W_{11}$",
    "h_B": "fields of $W_{21}$",
    "J_C": "$W_{11}$-$W_{11}$",
    "J_D": "$W_{11}$-$W_{21}$",
    "J_E": "$W_{21}$-$W_{21}$",
}


def line(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Theory of some rows against a column, in its order."""
    rows = rows.sort_values(x)
    canvas.theory(ax, rows[x], rows["theory"], label, **look)


def grid_of(rows: pd.DataFrame, x: str, y: str, side: str) -> tuple[list[float], list[float], Any]:
    """Columns, rows and values (rows, columns) of a complete grid."""
    columns, lines = values(rows, x), values(rows, y)
    ordered = rows.sort_values([y, x])[side].to_numpy()
    return columns, lines, ordered.reshape(len(lines), len(columns))


def matrix(canvas: Canvas, ax: Any, rows: pd.DataFrame, side: str, label: str, title: str, **look: Any) -> None:
    """The entries of a matrix as a map, first row on top."""
    canvas.map(ax, *grid_of(rows, "column", "row", side), label, **look)
    ax.invert_yaxis()
    canvas.labels(ax, "column $n$", "row $m$", title)


def f1(tables: Tables, style: Any) -> Canvas:
    """Fields and couplings as matrices, and their histograms by block."""
    canvas = Canvas(style.columns, style.height_mm, 2, 4)
    table = tables["spins"]
    matrix(canvas, canvas.panel(0, 0), pick(table, "h"), "simulation", "$h$", "fields", centre=0.0)
    matrix(canvas, canvas.panel(0, 1), pick(table, "J"), "simulation", "$J$", "couplings", centre=0.0)
    canvas.labels(canvas.panel(0, 1), "spin $j$", "spin $i$", "couplings")
    panels = [canvas.panel(*place) for place in ((0, 2), (0, 3), (1, 0), (1, 1), (1, 2))]
    canvas.drop(canvas.panel(1, 3))
    canvas.order(["h_A", "h_A_diagonal"], sequential=False)
    for ax, (block, name) in zip(panels, NAMES.items(), strict=True):
        for shown in (block, "h_A_diagonal") if block == "h_A" else (block,):
            histogram(canvas, ax, table, shown)
        canvas.labels(ax, name, "density", ABOUT[block])
        if block == "J_C":  # five labels of five characters do not fit
            ax.set_xticks([-0.04, 0.0, 0.04])
    top = panels[0]
    top.set_ylim(0.0, 1.3 * top.get_ylim()[1])
    canvas.legend(top, loc="upper right")
    return canvas


def histogram(canvas: Canvas, ax: Any, table: pd.DataFrame, name: str) -> None:
    """Density of a block beside its law."""
    rows = pick(table, "density", block=name).sort_values("x")
    label = {"h_A": "off diagonal", "h_A_diagonal": "diagonal"}.get(name)
    look = name if label else "h_A"
    edges = [*rows["low"], rows["high"].iloc[-1]]
    canvas.density(ax, edges, rows["simulation"], rows["simulation_error"], label, key=look, markers=True)
    line(canvas, ax, pick(table, "law", block=name), "x", None, key=look)


def f2(tables: Tables, style: Any) -> Canvas:
    """Training with few and many tasks: loss, weights; message passing beside the exact mean."""
    canvas = Canvas(style.columns, style.height_mm, 2, 3)
    table = tables["learning"]
    curves(canvas, canvas.panel(0, 0), table, ("curves",))
    for ax, P in ((canvas.panel(0, 1), 10), (canvas.panel(0, 2), 1000)):
        matrix(
            canvas, ax, pick(table, "W", set="curves", P=P), "simulation", "$W_{mn}$", f"Adam, $P = {P}$", centre=0.0
        )
    shown = (
        ("message_mean", "$m_i$", "messages, mean", {"centre": 0.0}),
        ("message_exact", "$m_i$", "exact mean", {"centre": 0.0}),
    )
    for ax, (name, label, title, look) in zip((canvas.panel(1, 0), canvas.panel(1, 1)), shown, strict=True):
        matrix(canvas, ax, pick(table, name), "theory", label, title, **look)
    width = pick(table, "message_variance")
    matrix(canvas, canvas.panel(1, 2), width, "theory", "$v_i$", "messages, variance", limits=(0.0, 0.12))
    return canvas


def curves(canvas: Canvas, ax: Any, table: pd.DataFrame, sets: tuple[str, ...]) -> None:
    """Test loss against epochs by number of tasks."""
    shown = [(name, P) for name in sets for P in values(pick(table, "loss", set=name), "P")]
    canvas.order([P for _, P in shown], sequential=False)
    ax.set_yscale("log")
    for name, P in shown:
        rows = pick(table, "loss", set=name, P=P)
        markers(canvas, ax, rows.iloc[:: max(1, len(rows) // 20)], "epoch", f"$P = {P:g}$", key=P)
    canvas.labels(ax, EPOCH, LOSS)
    canvas.reference(ax, y=1.0)
    canvas.legend(ax, loc="best")


def f3(tables: Tables, style: Any) -> Canvas:
    """Energy surfaces over embedded random weights."""
    table = pick(tables["landscape"], "surface")
    numbers = values(table, "P")
    canvas = Canvas(style.columns, style.height_mm, 1, len(numbers))
    for ax, P in zip(canvas.axes[0], numbers, strict=True):
        canvas.map(ax, *grid_of(table[table["P"] == P], "x", "y", "simulation"), "energy $H$ + const")
        canvas.labels(ax, "embedding 1", "embedding 2", f"$P = {P:g}$")
    return canvas


def f4(tables: Tables, style: Any) -> Canvas:
    """Contrast ratio over tasks and tokens; test loss against the tokens of a prompt."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    ax = canvas.panel(0, 0)
    canvas.map(ax, *grid_of(pick(tables["contrast"], "plane_contrast"), "P", "N", "theory"), "contrast ratio")
    canvas.labels(ax, "tasks $P$", "tokens $N$", "message passing")
    ax = canvas.panel(0, 1)
    table = tables["prompts"]
    losses(canvas, ax, table)
    line(canvas, ax, pick(table, "loss_scaled"), "N", r"$P \to \infty$, times $P/(P-p)$", colour="#7f7f7f", variant=3)
    canvas.legend(ax, loc="upper right")
    return canvas


def losses(canvas: Canvas, ax: Any, table: pd.DataFrame) -> None:
    """Adam as markers beside its own ridge, the message passing beside the ridge of its lambda_0."""
    canvas.order(["adam", "messages"], sequential=False)
    line(canvas, ax, pick(table, "loss"), "N", r"exact ridge, $\lambda_0 = 0.005$", key="adam")
    line(canvas, ax, pick(table, "loss_mp"), "N", r"messages, $\lambda_0 = 0.01$", key="messages", variant=1)
    line(
        canvas, ax, pick(table, "loss_large_ridge"), "N", r"exact ridge, $\lambda_0 = 0.01$", key="messages", variant=2
    )
    markers(canvas, ax, pick(table, "loss"), "N", "Adam, weight decay 0.01", key="adam")
    ax.set_ylim(bottom=0.0)
    canvas.labels(ax, "tokens of a prompt $N$", LOSS)


def s1(tables: Tables, style: Any) -> Canvas:
    """Test loss against alpha; loss curves and weights below and above the interpolation peak."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    ax = canvas.panel(0, 0)
    table = tables["tasks"]
    canvas.order(["merged", "separate"], sequential=False)
    ax.set_yscale("log")
    line(canvas, ax, pick(table, "smallest_norm"), "alpha", "smallest norm", colour="#1a1a1a")
    for weights, name in (("merged", "Adam, $W$"), ("separate", "Adam, $W_q^T W_k$")):
        rows = pick(table, "loss", weights=weights)
        markers(canvas, ax, rows, "alpha", name, key=weights, hollow=weights == "separate")
    canvas.reference(ax, x=1.05)
    canvas.labels(ax, r"$\alpha = P/D^2$", "median test loss")
    canvas.legend(ax, loc="upper right")
    learned = tables["learning"]
    curves(canvas, canvas.panel(0, 1), learned, ("overfit", "generalise"))
    for ax, name in ((canvas.panel(1, 0), "overfit"), (canvas.panel(1, 1), "generalise")):
        rows = pick(learned, "W", set=name)
        P = values(rows, "P")[0]
        matrix(canvas, ax, rows, "simulation", "$W_{mn}$", f"Adam, $P = {P:g}$", centre=0.0)
    return canvas


def s2(tables: Tables, style: Any) -> Canvas:
    """Distance of the laws of couplings and fields from those at 20 tokens."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["lengths"]
    canvas.order(list(NAMES), sequential=False)
    for block, name in NAMES.items():
        rows = pick(table, "bits", block=block)
        line(canvas, ax, rows, "N", None, key=block)
        markers(canvas, ax, rows, "N", name, key=block)
    canvas.labels(ax, "tokens $N$", "KL from $N = 20$ (bits)")
    canvas.legend(ax, loc="best", ncols=2)
    return canvas


def s3(tables: Tables, style: Any) -> Canvas:
    """Message passing on couplings drawn entry by entry."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    for ax, (name, title) in zip(canvas.axes[0], (("mean", "messages, mean"), ("exact", "exact mean")), strict=True):
        matrix(canvas, ax, pick(tables["drawn"], name), "theory", "$m_i$", title, centre=0.0)
    return canvas


def s4(tables: Tables, style: Any) -> Canvas:
    """Test loss against the correlation of the tokens, as published and with equal correlations."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, sharey=True)
    canvas.order(["adam", "messages"], sequential=False)
    titles = (("published", "$X \\to XL$ (published)"), ("equal", "$X \\to XL^T$ (equal correlations)"))
    for ax, (mixing, title) in zip(canvas.axes[0], titles, strict=True):
        rows = pick(tables["correlated"], "loss", mixing=mixing)
        line(canvas, ax, rows, "correlation", r"exact ridge, $\lambda_0 = 0.005$", key="adam")
        messages = pick(tables["correlated"], "loss_mp", mixing=mixing)
        line(canvas, ax, messages, "correlation", r"messages, $\lambda_0 = 0.01$", key="messages", variant=1)
        some = pick(tables["correlated"], "loss_mp_some", mixing=mixing)
        if some["theory"].notna().any():
            line(canvas, ax, some, "correlation", "where some data sets diverge", key="messages", variant=3)
        if rows["simulation"].notna().any():
            markers(canvas, ax, rows, "correlation", "Adam, weight decay 0.01", key="adam")
        ax.set_xlim(0.0, 1.0)
        ax.set_ylim(0.0, 0.8)
        canvas.labels(ax, "correlation $c$", LOSS, title)
    canvas.legend(canvas.panel(0, 0), loc="upper right")
    return canvas


def s5(tables: Tables, style: Any) -> Canvas:
    """Eigenvalues of the tokens' covariance beside the law of Marchenko and Pastur."""
    table = tables["spectra"]
    ratios = values(pick(table, "eigenvalues"), "n_over_d")
    canvas = Canvas(style.columns, style.height_mm, 2, (len(ratios) + 1) // 2)
    for ax, ratio in zip(canvas.axes.ravel(), ratios, strict=True):
        rows = pick(table, "eigenvalues", n_over_d=ratio).sort_values("x")
        edges = [*rows["low"], rows["high"].iloc[-1]]
        canvas.density(ax, edges, rows["simulation"], rows["simulation_error"], None, key="eigenvalues")
        law = pick(table, "eigenvalue_law", n_over_d=ratio)
        line(canvas, ax, law, "x", None, colour="#1a1a1a")
        ax.set_ylim(0.0, 1.25 * float(rows["simulation"].max()))
        canvas.labels(ax, r"eigenvalue of $XX^T/N$", "density", f"$N/D = {ratio:g}$")
    return canvas


def s6(tables: Tables, style: Any) -> Canvas:
    """Training on one context: distance to the ideal weights by epoch, and where it ends."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["spectra"]
    ax = canvas.panel(0, 0)
    ax.set_yscale("log")
    runs = pick(table, "distance_run")
    for run in values(runs, "run"):
        one = runs[runs["run"] == run]
        canvas.trace(ax, one["epoch"], one["simulation"], "single runs" if run == 0 else None, colour="#9ecae1")
    mean = pick(table, "distance")
    markers(canvas, ax, mean.iloc[:: max(1, len(mean) // 20)], "epoch", "mean of the runs", key="mean")
    end = float(pick(table, "distance_end")["theory"].iloc[0])
    canvas.theory(ax, mean["epoch"], [end] * len(mean), "$W_{11} = C^{-1}$, mean", colour="#1a1a1a")
    canvas.labels(ax, EPOCH, "distance to $(I, 0)$")
    canvas.legend(ax, loc="upper right")
    ax = canvas.panel(0, 1)
    rows = pick(table, "distance_ends")
    canvas.scatter(ax, rows["simulation"], rows["rank"], "end of training", key="mean", size=12.0)
    exact = pick(table, "inverse_ends")
    canvas.theory(ax, exact["theory"], exact["rank"], "$W_{11} = C^{-1}$", key="theory")
    canvas.labels(ax, "distance to $(I, 0)$", "share of runs below")
    canvas.legend(ax, loc="lower right")
    return canvas


def s7(tables: Tables, style: Any) -> Canvas:
    """Spectra of the Hessian and the fraction of zero modes."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["spectra"]
    ax = canvas.panel(0, 0)
    numbers = values(pick(table, "log_density"), "P")
    dimensions = values(pick(table, "zero_fraction"), "D")
    canvas.order([f"$P = {P:g}$" for P in numbers], sequential=False)
    for P in numbers:
        rows = pick(table, "log_density", P=P).sort_values("x")
        edges = [*rows["low"], rows["high"].iloc[-1]]
        canvas.density(ax, edges, rows["simulation"], None, f"$P = {P:g}$")
    canvas.labels(ax, r"$\log_{10}$ of the eigenvalue", "density (all weights)")
    canvas.legend(ax, loc="upper left")
    ax = canvas.panel(0, 1)
    ax.set_xscale("log")
    canvas.order([f"$D = {D:g}$" for D in dimensions], sequential=False)
    for D in dimensions:
        line(canvas, ax, pick(table, "fraction_line", D=D), "P", None, key=f"$D = {D:g}$")
        markers(canvas, ax, pick(table, "zero_fraction", D=D), "P", f"$D = {D:g}$")
    canvas.labels(ax, "tasks $P$", "fraction of zero modes")
    canvas.legend(ax, loc="lower left")
    return canvas


def s8(tables: Tables, style: Any) -> Canvas:
    """Message passing and linear attention against the tokens of a prompt."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["prompts"]
    canvas.order(["adam", "messages"], sequential=False)
    line(canvas, ax, pick(table, "loss_mp"), "N", "message passing", key="messages", variant=1)
    markers(canvas, ax, pick(table, "loss"), "N", "linear attention, Adam", key="adam")
    ax.set_ylim(bottom=0.0)
    canvas.labels(ax, "tokens of a prompt $N$", LOSS)
    canvas.legend(ax, loc="upper right")
    return canvas
