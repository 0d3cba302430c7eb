"""The figures of fermi-bose: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
LOAD, NOISE, TARGET = r"load $\alpha$", r"noise $\Delta$", r"target distance $d_F$"
D2 = r"squared distance $D^2$"
GENERAL = r"generalization error $\epsilon_g$"
ACCURACY = "test accuracy"
STRENGTH = r"attack strength $\epsilon$"
AREA = r"area under accuracy, $\epsilon \leq 0.3$"
MLP = "backprop"
GREY = "#555555"
SCANS = (("load", "alpha", LOAD), ("noise", "delta", NOISE), ("distance", "d_f", TARGET))
MARKED = (0.09, 0.2, 0.375, 0.455, 0.56, 1.0)
SHOWN = (0.02, 0.1, 0.455, 1.0)


def markers(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Simulated numbers against a column, with their standard errors."""
    rows = rows[rows["simulation"].notna()].sort_values(x)
    if len(rows):
        canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], label, **look)


def thinned(rows: pd.DataFrame, count: int) -> pd.DataFrame:
    """Every n-th row of a curve, at most about `count` of them, the last one included."""
    step = max(1, len(rows) // count)
    return rows.iloc[::-step].iloc[::-1]


def of_tanh_unit(canvas: Canvas, ax: Any, table: pd.DataFrame, quantity: str, scan: str, axis: str) -> None:
    """A quantity along a scan: theory, cavity equations, Langevin sampling."""
    line = pick(table, f"{quantity}_line", scan=scan).sort_values(axis)
    canvas.theory(ax, line[axis], line["theory"], "replica theory", colour="black")
    rows = table[(table["quantity"] == quantity) & (table["scan"] == scan)]
    for method, hollow, label in (("cavity", False, "cavity, one sample each"), ("langevin", True, "Langevin")):
        markers(canvas, ax, rows[rows["method"] == method], axis, label, key=method, hollow=hollow)


def f1(tables: Tables, style: Any) -> Canvas:
    """Energies of a boson and of fermion pairs: an own sketch of the idea."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["pairs"]
    bosons, fermions = canvas.panel(0, 0), canvas.panel(0, 1)
    targets = values(table, "d_f")
    canvas.order(targets, sequential=False)
    line = pick(table, "boson", d_f=targets[0])
    canvas.theory(bosons, line["d2"], line["theory"], None, colour="black")
    canvas.note(bosons, 0.06, 0.9, "equal labels attract")
    canvas.note(bosons, 0.4, 0.22, r"$\longleftarrow$  pulled together")
    for d_f in targets:
        sharp, rounded = pick(table, "fermion_sharp", d_f=d_f), pick(table, "fermion", d_f=d_f)
        canvas.theory(fermions, sharp["d2"], sharp["theory"], f"$d_F = {d_f:g}$", key=d_f)
        canvas.theory(fermions, rounded["d2"], rounded["theory"], None, key=d_f, variant=1)
    canvas.note(fermions, 0.56, 0.6, "unequal labels repel\n" + r"$\longrightarrow$  pushed up to $d_F$")
    for ax in (bosons, fermions):
        canvas.labels(ax, D2, "energy of a pair, $H$")
        ax.set_ylim(-0.02, 0.56)
    canvas.legend(fermions, loc="upper right")
    return canvas


def f2(tables: Tables, style: Any) -> Canvas:
    """Generalization error of the tanh unit against load, noise and target distance."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    canvas.order(["cavity", "langevin"], sequential=False)
    for column, (scan, axis, label) in enumerate(SCANS):
        ax = canvas.panel(0, column)
        of_tanh_unit(canvas, ax, tables["state"], "eps_test", scan, axis)
        canvas.labels(ax, label, GENERAL)
        ax.set_ylim(bottom=0.0)
    canvas.legend()
    return canvas


def f2d(tables: Tables, style: Any) -> Canvas:
    """Accuracy of the tanh unit, plain and under a push along the weights, against the target distance."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["state"]
    canvas.order(["cavity", "langevin"], sequential=False)
    plain, pushed, area = (canvas.panel(0, column) for column in range(3))
    of_tanh_unit(canvas, plain, table, "accuracy", "distance", "d_f")
    printed = pick(table, "accuracy_printed_line", scan="distance").sort_values("d_f")
    canvas.theory(plain, printed["d_f"], printed["theory"], "as in the public code", colour=GREY, variant=1)
    canvas.labels(plain, TARGET, r"accuracy of sign$(yz)$")
    plain.set_ylim(0.66, 0.98)
    canvas.legend(plain, loc="lower right")
    rows = pick(table, "adversarial_accuracy", scan="distance")
    for strength in (0.2, 0.5, 1.0):
        line = pick(rows, "adversarial_accuracy", strength=strength).sort_values("d_f")
        canvas.theory(pushed, line["d_f"], line["theory"], rf"$\epsilon = {strength:g}$", key=strength)
    canvas.labels(pushed, TARGET, "adversarial accuracy")
    canvas.legend(pushed, loc="center right")
    line = pick(table, "adversarial_area_line", scan="distance").sort_values("d_f")
    canvas.theory(area, line["d_f"], line["theory"], None, colour="black")
    canvas.labels(area, TARGET, "adversarial area $S$")
    return canvas


def f3a(tables: Tables, style: Any) -> Canvas:
    """Training accuracy by epoch."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = pick(tables["courses"], "train_accuracy")
    contrast = pick(rows, "train_accuracy", model="contrast")
    first = values(contrast, "d_f")[-1]
    named = ((f"contrastive, $d_F = {first:g}$", contrast[contrast["d_f"] == first]),
             (MLP, pick(rows, "train_accuracy", model="mlp")))  # fmt: skip
    canvas.order([name for name, _ in named], sequential=False)
    for name, one in named:
        one = one.sort_values("epoch")
        canvas.band(ax, one["epoch"], one["smallest"], one["largest"], None, key=name)
        markers(canvas, ax, thinned(one, 18), "epoch", name, key=name)
    canvas.labels(ax, "epoch of the read-out, of backprop", "training accuracy")
    canvas.legend(ax, loc="lower right")
    return canvas


def f3b(tables: Tables, style: Any) -> Canvas:
    """Boson and fermion distances by batch while a layer is trained."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    table = tables["courses"]
    d_f = values(pick(table, "boson"), "d_f")[0]
    canvas.order(["boson", "fermion"], sequential=False)
    for name, label in (("fermion", r"$(1-Y) D^2$"), ("boson", r"$Y D^2$")):
        one = pick(table, name, d_f=d_f).sort_values("batch")
        canvas.band(ax, one["batch"], one["smallest"], one["largest"], None, key=name)
        canvas.trace(ax, one["batch"], one["simulation"], label, key=name)
    canvas.reference(ax, y=d_f)
    canvas.labels(ax, "batch", "mean over all pairs of a batch")
    ax.set_ylim(-0.02, 0.62)
    canvas.legend(ax, loc="upper right", ncols=2)
    return canvas


def f3cd(tables: Tables, style: Any) -> Canvas:
    """Hidden states of test images in the plane of their largest variance."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    rows = pick(tables["courses"], "plane")
    digits = values(rows, "class")
    canvas.order(digits, sequential=False)
    names = (("start", "first weights"), ("contrast", "contrastive layer"), ("mlp", "backprop"))
    for column, (model, title) in enumerate(names):
        ax = canvas.panel(0, column)
        for digit in digits:
            one = rows[(rows["model"] == model) & (rows["class"] == digit)]
            canvas.scatter(ax, one["x"], one["simulation"], f"{digit:g}", key=digit)
        canvas.labels(ax, "component 1", "component 2", title)
    canvas.legend(title="class")
    return canvas


def level(canvas: Canvas, ax: Any, rows: pd.DataFrame, label: str | None, variant: int = 0) -> None:
    """The level of backpropagation as a guide."""
    canvas.reference(ax, label, y=float(rows["simulation"].iloc[0]), variant=variant)


def f4(tables: Tables, style: Any) -> Canvas:
    """Test accuracy and realised distances against the target distance."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["scan"]
    whole, zoom, reached = (canvas.panel(0, column) for column in range(3))
    rows = pick(table, "accuracy", model="contrast")
    for ax, part in ((whole, rows), (zoom, rows[rows["d_f"] > 0.01])):
        markers(canvas, ax, part, "d_f", "contrastive layer", key="contrast")
        level(canvas, ax, pick(table, "accuracy", model="mlp"), MLP)
        canvas.labels(ax, TARGET, ACCURACY)
    for d_f in MARKED:
        canvas.reference(zoom, x=d_f, variant=2)
    whole.set_ylim(0.0, 1.0)
    canvas.legend(whole, loc="lower right")
    canvas.order(["d_fermion", "d_boson"], sequential=False)
    for name, label in (("d_fermion", "fermion pairs"), ("d_boson", "boson pairs")):
        markers(canvas, reached, pick(table, name), "d_f", label, key=name)
    canvas.reference(reached, x=[0.0, 1.2], y=[0.0, 1.2])
    canvas.labels(reached, TARGET, D2)
    canvas.legend(reached, loc="upper left")
    return canvas


def attacked(
    canvas: Canvas, ax: Any, table: pd.DataFrame, quantity: str, shown: tuple[float, ...], **place: Any
) -> None:
    """Accuracy against the strength of an attack: some d_F, and backpropagation."""
    for d_f in shown:
        rows = pick(table, quantity, model="contrast", d_f=d_f, **place)
        markers(canvas, ax, rows, "strength", f"$d_F = {d_f:g}$", key=d_f)
    rows = pick(table, quantity, model="mlp", **place)
    markers(canvas, ax, rows, "strength", MLP, colour="black", hollow=True)
    canvas.labels(ax, STRENGTH, ACCURACY)
    ax.set_ylim(-0.03, 1.0)


def f5(tables: Tables, style: Any) -> Canvas:
    """Accuracy under attack, and areas against the target distance."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["scan"]
    sign, white, areas = (canvas.panel(0, column) for column in range(3))
    canvas.order(SHOWN, sequential=False)
    attacked(canvas, sign, table, "fgsm", SHOWN)
    attacked(canvas, white, table, "white", SHOWN)
    sign.set_title("gradient sign", loc="center", fontsize=7.5)
    white.set_title("white noise", loc="center", fontsize=7.5)
    canvas.legend(sign, loc="upper right")
    for name, label, hollow, variant in (("fgsm", "gradient sign", False, 0), ("white", "white noise", True, 1)):
        rows = pick(table, f"{name}_area", model="contrast")
        markers(canvas, areas, rows, "d_f", label, colour=GREY, hollow=hollow)
        level(canvas, areas, pick(table, f"{name}_area", model="mlp"), f"{MLP}, {label}", variant)
    areas.set_ylim(0.0, 0.46)
    canvas.labels(areas, TARGET, AREA)
    canvas.legend(areas, loc="upper right")
    return canvas


def f6(tables: Tables, style: Any) -> Canvas:
    """Other images, less and more data, unequal classes."""
    canvas = Canvas(style.columns, style.height_mm, 2, 3)
    table = tables["settings"]
    shown = tuple(values(pick(table, "accuracy", setting="fashion", model="contrast"), "d_f"))
    canvas.order(shown, sequential=False)
    scans = (("amount", "per_class", "training images per class"), ("balance", "imbalance", "imbalance of the classes"))
    for column, (setting, axis, label) in enumerate(scans):
        for row, (quantity, name) in enumerate((("accuracy", ACCURACY), ("fgsm_area", AREA))):
            ax = canvas.panel(row, column)
            ax.set_xscale("log")
            for d_f in shown:
                rows = pick(table, quantity, setting=setting, model="contrast", d_f=d_f)
                markers(canvas, ax, rows, axis, f"$d_F = {d_f:g}$", key=d_f)
            rows = pick(table, quantity, setting=setting, model="mlp")
            markers(canvas, ax, rows, axis, MLP, colour="black", hollow=True)
            canvas.labels(ax, label, name)
    for row, quantity in enumerate(("fgsm", "white")):
        attacked(canvas, canvas.panel(row, 2), table, quantity, shown, setting="fashion")
    canvas.legend()
    return canvas
