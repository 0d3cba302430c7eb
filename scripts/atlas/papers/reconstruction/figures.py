"""The figures of reconstruction: one function per figure, from comparison tables to a canvas.

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
GAINS = {"R1": 0.8, "R2": 2.0, "R3": 0.8, "R4": 10.0}
TIME = r"time $t$ ($\tau$)"


def thinned(rows: pd.DataFrame, number: int) -> pd.DataFrame:
    """About so many rows at equal distances, the last one among them."""
    places = np.unique(np.linspace(0, len(rows) - 1, number).round().astype(int))
    return rows.iloc[places]


def activity(canvas: Canvas, ax: Any, table: pd.DataFrame, run: str) -> None:
    """Eight neurons of the teacher for t <= 10."""
    rows = pick(table, "activity", run=run)
    rows = rows[rows["t"] <= 10]
    for unit in values(rows, "unit"):
        one = rows[rows["unit"] == unit]
        canvas.trace(ax, one["t"], one["simulation"], key=f"unit {unit:g}")
    canvas.labels(ax, TIME, "current $x_i(t)$")


def course(canvas: Canvas, ax: Any, table: pd.DataFrame, run: str) -> None:
    """Training error and distance of the couplings by epoch."""
    second = canvas.twin(ax)
    for axes, quantity, label, hollow in (
        (ax, "error", "error (left)", False),
        (second, "weight_distance", "couplings (right)", True),
    ):
        axes.set_yscale("log")
        markers(canvas, axes, pick(table, quantity, run=run), "epoch", label, key=quantity, hollow=hollow)
    canvas.labels(ax, "epoch", "training error")
    canvas.labels(second, "epoch", r"$\langle(W_{ij} - J_{ij})^2\rangle$")
    canvas.legend(ax, loc="lower left")
    canvas.legend(second, loc="upper right")


def couplings(canvas: Canvas, ax: Any, table: pd.DataFrame, run: str, quantity: str, title: str) -> None:
    """Learned against true couplings with the diagonal."""
    rows = pick(table, quantity, run=run)
    canvas.scatter(ax, rows["true"], rows["simulation"], None, key="couplings", size=3.5)
    ends = [float(rows["true"].min()), float(rows["true"].max())]
    canvas.reference(ax, x=ends, y=ends)
    canvas.labels(ax, "true coupling $J_{ij}$", "learned coupling $W_{ij}$", title)


def prediction(canvas: Canvas, ax: Any, table: pd.DataFrame, run: str) -> None:
    """Three neurons: the network, and markers of the student's free run."""
    true, learned = pick(table, "activity", run=run), pick(table, "prediction", run=run)
    for unit in values(learned, "unit"):
        one, own = true[true["unit"] == unit], learned[learned["unit"] == unit]
        first = unit == values(learned, "unit")[0]
        key = f"unit {unit:g}"
        canvas.trace(ax, one["t"], one["simulation"], "network" if first else None, key=key)
        few = thinned(own, 41)
        name = "free run of the student" if first else None
        canvas.scatter(ax, few["t"], few["simulation"], name, key=key, size=7)
    low, high = ax.get_ylim()
    ax.set_ylim(low, high + 0.15 * (high - low))  # room for the legend
    canvas.labels(ax, TIME, "current $x_i(t)$")
    canvas.legend(ax, loc="upper right", ncols=2)


def published_student(tables: Tables, style: Any, run: str) -> Canvas:
    """Activity, training, couplings and prediction of the runs R1 and R2."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    table = tables["learning"]
    canvas.order(["couplings", "error", "weight_distance"], sequential=False)
    activity(canvas, canvas.panel(0, 0), table, run)
    course(canvas, canvas.panel(0, 1), table, run)
    couplings(canvas, canvas.panel(1, 0), table, run, "pairs", "couplings")
    prediction(canvas, canvas.panel(1, 1), table, run)
    return canvas


def f1_r1(tables: Tables, style: Any) -> Canvas:
    """A student of a non-chaotic network."""
    return published_student(tables, style, "R1")


def f1_r2(tables: Tables, style: Any) -> Canvas:
    """A student of a chaotic network."""
    return published_student(tables, style, "R2")


def f2(tables: Tables, style: Any) -> Canvas:
    """Distance of a network and its copy against time, by gain."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    ax.set_yscale("log")
    table = tables["growth"]
    gains = values(pick(table, "distance"), "g")
    canvas.order(gains)
    for g in gains:
        rows = pick(table, "distance", g=g)
        rows = rows[rows["t"] > 0]
        markers(canvas, ax, rows, "t", f"$g = {g:g}$", key=g)
        canvas.theory(ax, rows["t"], rows["theory"], None, key=g)
        flow = pick(table, "distance_flow", g=g)
        flow = flow[(flow["t"] >= 0.5) & (flow["t"] <= rows["t"].max())]
        canvas.theory(ax, flow["t"], flow["theory"], None, key=g, variant=1)
    canvas.labels(ax, TIME, r"distance $d(t)$")
    canvas.legend(ax, loc="lower left")
    return canvas


def theory_of_students(tables: Tables, style: Any, run: str) -> Canvas:
    """Activity, training, worst couplings, and distance with theory of the runs R3 and R4."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    table = tables["learning"]
    canvas.order(["couplings", "error", "weight_distance"], sequential=False)
    activity(canvas, canvas.panel(0, 0), table, run)
    course(canvas, canvas.panel(0, 1), table, run)
    couplings(canvas, canvas.panel(1, 0), table, run, "worst", "couplings of largest error")
    ax = canvas.panel(1, 1)
    ax.set_yscale("log")
    for kind, label, hollow in (("learned", "student", False), ("shuffled", "error rearranged", True)):
        rows = pick(table, "distance", run=run, kind=kind)
        rows = rows[rows["t"] > 0.05]
        markers(canvas, ax, thinned(rows, 26), "t", label, key="couplings", hollow=hollow)
    canvas.theory(ax, rows["t"], rows["theory"], "two-replica theory", colour="black")
    saturation = pick(table, "saturation", run=run)["theory"].iloc[0]
    if saturation > 0:
        canvas.reference(ax, r"$2\Delta_0$", y=saturation)
    canvas.labels(ax, TIME, r"distance $d(t)$")
    canvas.legend(ax, loc="lower right" if saturation > 0 else "lower center")
    return canvas


def f3(tables: Tables, style: Any) -> Canvas:
    """Students of non-chaotic networks with theory."""
    return theory_of_students(tables, style, "R3")


def f4(tables: Tables, style: Any) -> Canvas:
    """Students of strongly chaotic networks with theory."""
    return theory_of_students(tables, style, "R4")


def against_gain(tables: Tables, style: Any, quantity: str, label: str) -> Canvas:
    """One exponent against the gain with theory."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["amplification"]
    rows = pick(table, quantity)
    curve = pick(table, f"{quantity}_curve").sort_values("g")
    curve = curve[curve["g"] <= rows["g"].max() + 1e-9]
    canvas.reference(ax, x=1.0)
    canvas.reference(ax, y=0.0, variant=1)
    canvas.theory(ax, curve["g"], curve["theory"], "theory", colour="black")
    markers(canvas, ax, rows, "g", "networks", key="networks")
    canvas.labels(ax, "gain $g$", label)
    canvas.legend(ax, loc="center right")
    return canvas


def f5(tables: Tables, style: Any) -> Canvas:
    """Classical Lyapunov exponent against the gain."""
    return against_gain(tables, style, "classical", r"Lyapunov exponent $\lambda$ ($\tau^{-1}$)")


def f6(tables: Tables, style: Any) -> Canvas:
    """Mismatch exponent against the gain."""
    return against_gain(tables, style, "mismatch", r"mismatch exponent ($\tau^{-1}$)")


def f7(tables: Tables, style: Any) -> Canvas:
    """Predictability horizon against ln(1/eta)."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["horizon"]
    curve = pick(table, "horizon_curve", g=2.0).sort_values("log_inverse_eta")
    curve = curve[curve["theory"].notna()]
    exponent = pick(table, "lyapunov_max", g=2.0)["theory"].iloc[0]
    last = curve.iloc[-1]
    span = (float(curve["log_inverse_eta"].iloc[0]), float(last["log_inverse_eta"]))
    through = (float(last["log_inverse_eta"]), float(last["theory"]))
    canvas.reference(ax, r"slope $1/\lambda$", slope=1.0 / exponent, through=through, span=span)
    canvas.theory(ax, curve["log_inverse_eta"], curve["theory"], "theory", colour="black")
    rows = pick(table, "horizon", g=2.0)
    rows = rows[rows["simulation"].notna()]
    if len(rows):
        markers(canvas, ax, rows, "log_inverse_eta", "networks", key="networks")
    ax.set_ylim(0, None)
    canvas.labels(ax, r"$\ln(1/\eta)$", r"horizon $t^*$, $d(t^*) = \Delta_0$ ($\tau$)")
    canvas.legend(ax, loc="upper left")
    return canvas


def a1(tables: Tables, style: Any) -> Canvas:
    """Ratio of the students' distance to theory against time; where the learned error sits."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["learning"]
    ratio, direction = canvas.axes[0]
    for ax in (ratio, direction):
        ax.set_yscale("log")
        canvas.reference(ax, y=1.0)
    direction.set_xscale("log")
    names = {run: f"{run}, $g = {g:g}$" for run, g in GAINS.items()}
    canvas.order(list(names), sequential=False)
    for run, name in names.items():
        for kind, hollow in (("learned", False), ("shuffled", True)):
            rows = pick(table, "ratio", run=run, kind=kind)
            rows = rows[(rows["t"] >= 0.5) & (rows["t"] <= 10.01)]
            markers(canvas, ratio, thinned(rows, 12), "t", None if hollow else name, key=run, hollow=hollow)
        rows = pick(table, "direction", run=run)
        markers(canvas, direction, rows, "excitation", name, key=run)
    low, high = ratio.get_ylim()
    ratio.set_ylim(low / 2.0, high)  # room for the note
    canvas.note(ratio, 0.03, 0.05, "filled: learned; open: the same error rearranged")
    canvas.labels(ratio, TIME, r"$d(t)$ over theory")
    canvas.labels(direction, r"eigenvalue of $\langle\phi\,\phi^{\top}\rangle$", "mean squared error over its mean")
    canvas.legend(direction, loc="upper right")
    return canvas
