"""The figures of continual-learning: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
LOAD, LOAD2 = r"load $\alpha$", r"load of task 2, $\alpha_2$"
ERROR, ERROR1, ERROR2 = r"error $\epsilon$", r"error of task 1, $\epsilon_1$", r"error of task 2, $\epsilon_2$"
LENGTH = r"length $q_* = |m|^2/N$"
EPOCH = "epoch"
ACCURACY = "test accuracy"
OVERLAPS = (("q", "$q$"), ("r", "$r$"), ("q_star", "$q_*$"))
LEARNERS = (
    ("variational", "variational"),
    ("without-kl", "variational, no KL"),
    ("metaplastic", "metaplastic"),
    ("plain", "plain binary"),
)


def markers(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Simulated numbers against a column, with their standard errors."""
    rows = rows.sort_values(x)
    canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], label, **look)


def sampled(table: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """A quantity of the sampled measure at all loads."""
    rows = pick(table, quantity)
    return rows[rows["source"].isin(["sampled", "sampled-loaded"])]


def thinned(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Every n-th row of a curve, at most about `count` of them, the last one included."""
    step = max(1, len(rows) // count)
    return rows.iloc[::-step].iloc[::-1]


def saddles(canvas: Canvas, ax: Any, tables: Tables, quantity: str, kl: bool, label: str | None, key: str) -> None:
    """A curve of saddle points: solid where stable, dashed in between."""
    rows = pick(tables["single"], f"{quantity}_saddle", kl=kl).sort_values("step")
    stable = rows["stable"].to_numpy() > 0.5
    cuts = np.flatnonzero(np.diff(stable.astype(int))) + 1
    for part in np.split(np.arange(len(rows)), cuts):
        reach = rows.iloc[part[0] : part[-1] + 2]  # up to the next part, so that no gap is left
        canvas.theory(ax, reach["alpha"], reach["theory"], label, key=key, variant=0 if stable[part[0]] else 1)
        label = None


def courses(canvas: Canvas, ax: Any, rows: pd.DataFrame, axis: str, name: str) -> None:
    """Errors against the epoch by a column, a band from the smallest to the largest perceptron."""
    canvas.order(values(rows, axis), sequential=False)
    for level in values(rows, axis):
        one = rows[rows[axis] == level].sort_values("epoch")
        canvas.band(ax, one["epoch"], one["smallest"], one["largest"], None, key=level)
        markers(canvas, ax, thinned(one, 14), "epoch", f"{name} = {level:g}$", key=level)


def f1(tables: Tables, style: Any) -> Canvas:
    """Errors in training: one task, and both errors over two tasks."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    ax = canvas.panel(0, 0)
    courses(canvas, ax, pick(tables["single"], "epsilon_course", source="curves"), "alpha", r"$\alpha")
    ax.set_ylim(-0.02, 0.62)
    canvas.labels(ax, EPOCH, ERROR)
    canvas.legend(ax, loc="upper right", ncols=2)
    table = tables["tasks"]
    for panel, task, label in ((canvas.panel(0, 1), 1, ERROR1), (canvas.panel(0, 2), 2, ERROR2)):
        rows = pick(table, f"epsilon{task}_course")
        loads = values(rows, "alpha2")
        for load in loads:
            key = f"second {load}"
            one = rows[rows["alpha2"] == load]
            last = float(one["epoch"].max())
            expected = pick(table, f"epsilon{task}_line", source="forgetting", alpha2=load, r0=0.0, gamma=1.0)["theory"]
            canvas.theory(panel, [0.0, last], [expected.iloc[0]] * 2, None, key=key, variant=1)
            late = one[one["phase"] == "second"].sort_values("epoch")
            markers(canvas, panel, thinned(late, 14), "epoch", rf"$\alpha_2 = {load:g}$", key=key)
        early = rows[(rows["phase"] == "first") & (rows["alpha2"] == loads[0])]
        if len(early):
            markers(canvas, panel, thinned(early.sort_values("epoch"), 10), "epoch", None, colour="#555555")
        canvas.reference(panel, x=0.0)
        panel.set_ylim(-0.02, 0.62)
        canvas.labels(panel, "epochs since the switch", label)
        canvas.legend(panel, loc="upper left" if task == 1 else "lower left")
    return canvas


def f2a(tables: Tables, style: Any) -> Canvas:
    """Order parameters of one task against the load."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    canvas.order([name for name, _ in OVERLAPS], sequential=False)
    for name, label in OVERLAPS:
        saddles(canvas, ax, tables, name, False, label, name)
        if name != "q":
            markers(canvas, ax, sampled(tables["single"], name), "alpha", None, key=name)
    ax.set_xlim(0.0, 2.05)
    canvas.labels(ax, LOAD, "overlap")
    canvas.legend(ax, loc="lower right")
    return canvas


def f2b(tables: Tables, style: Any) -> Canvas:
    """Learning curve of one task, theory, training and sampling."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["single"]
    left, right = canvas.panel(0, 0), canvas.panel(0, 1)
    canvas.order(["adam", "sampled"], sequential=False)
    for branch, variant in (("low", 0), ("high", 2)):
        rows = pick(table, "p1_branch", branch=branch, beta=20.0).sort_values("alpha")
        name = "from small overlaps" if branch == "low" else "from large overlaps"
        canvas.theory(left, rows["alpha"], rows["theory"], name, colour="black", variant=variant)
    right.set_xscale("log")
    right.set_yscale("log")
    rows = pick(table, "epsilon_saddle", kl=False).sort_values("step")
    stable = rows["stable"].to_numpy() > 0.5
    cuts = np.flatnonzero(np.diff(stable.astype(int))) + 1
    for part in np.split(np.arange(len(rows)), cuts):
        reach = rows.iloc[part[0] : part[-1] + 2]
        variant = 0 if stable[part[0]] else 1
        canvas.theory(right, reach["alpha"], reach["theory"], None, colour="black", variant=variant)
    for source, hollow, name in (("adam", False, "Adam"), ("sampled", True, "Langevin, $\\beta = 20$")):
        p1, some = (
            sampled(table, each) if source == "sampled" else pick(table, each, source=source)
            for each in ("p1", "epsilon")
        )
        markers(canvas, left, p1, "alpha", name, key=source, hollow=hollow)
        some = some[some["simulation"] > 2.0 * some["simulation_error"]]
        markers(canvas, right, some, "alpha", name, key=source, hollow=hollow)
    canvas.reference(right, r"$\alpha^{-13.1}$", slope=-13.1, through=(1.5, 0.1), span=(1.4, 1.85), variant=1)
    left.set_xlim(0.0, 2.05)
    right.set_xlim(0.09, 2.4)
    right.set_ylim(1e-3, 0.7)
    canvas.labels(left, LOAD, "overlap of the signs $p_1$")
    canvas.labels(right, LOAD, ERROR)
    canvas.legend(left, loc="lower right")
    canvas.legend(right, loc="lower left")
    return canvas


def f2c(tables: Tables, style: Any) -> Canvas:
    """Convergence time against the load."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    markers(canvas, ax, pick(tables["slowing"], "t_c"), "alpha", None)
    canvas.labels(ax, LOAD, "convergence time $T_c$ (steps)")
    return canvas


def f2d(tables: Tables, style: Any) -> Canvas:
    """Error against the length of the magnetisations."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["lengths"]
    line = pick(table, "epsilon_imposed").sort_values("q_star")
    canvas.theory(ax, line["q_star"], line["theory"], "theory, $q_*$ imposed", colour="black")
    markers(canvas, ax, pick(table, "epsilon_held"), "q_star", "training, $q_*$ held", key="held")
    free = thinned(pick(table, "epsilon_free"), 25)
    canvas.simulation(
        ax, free["q_star"], free["simulation"], free["simulation_error"], "training, free", key="free", hollow=True
    )
    ax.set_xlim(0.0, 1.02)
    canvas.labels(ax, LENGTH, ERROR)
    canvas.legend(ncols=1)
    return canvas


def second_errors(tables: Tables, style: Any, gamma: float) -> Canvas:
    """Errors of both tasks against the load of the second by correlation of the teachers."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["tasks"]
    correlations = values(pick(table, "epsilon1", source="forgetting", gamma=gamma), "r0")
    canvas.order(correlations, sequential=False)
    for ax, task, label in ((canvas.panel(0, 0), 2, ERROR2), (canvas.panel(0, 1), 1, ERROR1)):
        for r0 in correlations:
            place = {"source": "forgetting", "gamma": gamma, "r0": r0}
            line = pick(table, f"epsilon{task}_line", **place).sort_values("alpha2")
            canvas.theory(ax, line["alpha2"], line["theory"], None, key=r0)
            markers(canvas, ax, pick(table, f"epsilon{task}", **place), "alpha2", f"$r_0 = {r0:g}$", key=r0)
        canvas.labels(ax, LOAD2, label)
    canvas.legend(theory="Franz-Parisi", simulation="trained")
    return canvas


def f3ab(tables: Tables, style: Any) -> Canvas:
    """A second task, divergence of weight 1."""
    return second_errors(tables, style, 1.0)


def f3cd(tables: Tables, style: Any) -> Canvas:
    """A second task, divergence of weight 0.1."""
    return second_errors(tables, style, 0.1)


def a1(tables: Tables, style: Any) -> Canvas:
    """First task with prior, second task after it, second task after a first one below the transition."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    table = tables["single"]
    overlaps, errors = canvas.panel(0, 0), canvas.panel(0, 1)
    for name, label in OVERLAPS:
        saddles(canvas, overlaps, tables, name, True, label, name)
        if name != "q":
            markers(canvas, overlaps, pick(table, name, source="kl"), "alpha", None, key=name)
    saddles(canvas, errors, tables, "epsilon", True, "theory", "error")
    markers(canvas, errors, pick(table, "epsilon", source="kl"), "alpha", "Adam", key="error")
    for ax, label in ((overlaps, "overlap"), (errors, ERROR)):
        ax.set_xlim(0.0, 2.45)
        canvas.labels(ax, LOAD, label)
    canvas.legend(overlaps, loc="upper left")
    canvas.legend(errors, loc="upper right")
    for ax, source in ((canvas.panel(1, 0), "after-kl"), (canvas.panel(1, 1), "after-low")):
        for task, label in ((1, r"$\epsilon_1$"), (2, r"$\epsilon_2$")):
            key = f"task {task}"
            line = pick(tables["tasks"], f"epsilon{task}_line", source=source).sort_values("alpha2")
            canvas.theory(ax, line["alpha2"], line["theory"], None, key=key)
            markers(canvas, ax, pick(tables["tasks"], f"epsilon{task}", source=source), "alpha2", label, key=key)
        canvas.labels(ax, LOAD2, "error")
        canvas.legend(ax, loc="center right")
    return canvas


def deep(tables: Tables, style: Any) -> Canvas:
    """Accuracies of layered networks over the epochs."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["pictures"]
    canvas.order([name for _, name in LEARNERS], sequential=False)
    left, right = canvas.panel(0, 0), canvas.panel(0, 1)
    for learner, name in LEARNERS:
        for task, hollow in ((1, False), (2, True)):
            rows = pick(table, "accuracy", scenario="sequential", learner=learner, task=task)
            markers(canvas, left, rows, "epoch", None if hollow else name, key=name, hollow=hollow)
        rows = pick(table, "mean_accuracy", scenario="permuted", learner=learner)
        markers(canvas, right, rows, "epoch", name, key=name)
    for ax in (left, right):
        ax.set_ylim(0.0, 1.0)
        canvas.labels(ax, EPOCH, ACCURACY if ax is left else f"{ACCURACY}, mean over tasks")
    canvas.legend()
    return canvas


def s1(tables: Tables, style: Any) -> Canvas:
    """The learning curve in theory with the inner Gaussian whole and cut."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    canvas.order(["whole", "cut", "sampled"], sequential=False)
    saddles(canvas, ax, tables, "epsilon", False, "whole", "whole")
    for branch, variant, label in (("low", 2, "cut, from small $q, r$"), ("high", 3, "cut, from large $q, r$")):
        rows = pick(tables["single"], "epsilon_windowed", branch=branch).sort_values("alpha")
        canvas.theory(ax, rows["alpha"], rows["theory"], label, key="cut", variant=variant)
    markers(canvas, ax, sampled(tables["single"], "epsilon"), "alpha", "Langevin", key="sampled")
    ax.set_xlim(0.2, 2.05)
    ax.set_ylim(0.0, 0.45)
    canvas.labels(ax, LOAD, ERROR)
    canvas.legend(ax, loc="lower left")
    return canvas
