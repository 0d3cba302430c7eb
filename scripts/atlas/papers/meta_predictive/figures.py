"""The figures of meta-predictive: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick

Tables = Mapping[str, pd.DataFrame]
EPOCH, LOAD = "epoch", r"load $\alpha = M/N$"
CLR, LOG_F = "correct-letter ratio", r"$\ln F$ per sample"
LAWS = (("mean", r"$|\mu|$"), ("pi", r"$\pi$"), ("xi", r"$\Xi$"))
LAYERS = ("in", "rec", "out")
GROUPS = (("in", "in"), ("rec-up", "rec, up"), ("rec-down", "rec, down"), ("out", "out"))
LEARNERS = (("mpl", "MPL"), ("pc", "PC"), ("sas", "SaS"), ("rnn", "RNN"))
FLOOR = {"pi": 1e-2, "xi": 1e-2, "m": 1e-4}  # of densities that are shown: one weight in the group is more
ORDERS = ((0, "no letter before"), (1, "one letter"), (2, "two letters"))


def markers(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Simulated numbers against a column, with their standard errors; what is not finite is left out."""
    rows = rows[rows["simulation"].notna()].sort_values(x)
    if len(rows):
        canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], label, **look)


def f1(tables: Tables, style: Any) -> Canvas:
    """Accuracy, free energy and laws of the weights on images by rows."""
    canvas = Canvas(style.columns, style.height_mm, mosaic=[list("aaabbb"), list("ccddee")])
    table = tables["digits"]
    left, right = canvas.panel("a"), canvas.panel("b")
    for source, learner, name in (
        ("digits", "mpl", "MPL, MNIST"), ("digits", "pc", "PC, MNIST"), ("fashion", "mpl", "MPL, Fashion-MNIST"),
    ):  # fmt: skip
        for ax, quantity in ((left, "accuracy"), (right, "log_energy")):
            label = name if ax is left else None
            markers(canvas, ax, pick(table, quantity, source=source, learner=learner), "epoch", label, key=name)
    canvas.reference(left, y=0.92, variant=1)
    left.set_ylim(0.0, 1.0)
    canvas.labels(left, EPOCH, "test accuracy")
    canvas.labels(right, EPOCH, LOG_F)
    for panel, (law, sign) in zip("cde", LAWS, strict=True):
        ax = canvas.panel(panel)
        ax.set_yscale("log")
        for layer in LAYERS:
            rows = pick(table, f"law_{law}", source="digits", learner="mpl", layer=layer)
            label = f"layer {layer}" if panel == "c" else None
            markers(canvas, ax, rows[rows["simulation"] > 0], "epoch", label, key=f"layer {layer}")
        canvas.labels(ax, EPOCH, f"mean of {sign}")
    canvas.legend()
    return canvas


def f2a(tables: Tables, style: Any) -> Canvas:
    """Strings of drawn networks before and after training."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    canvas.order(["a", "m"], sequential=False)
    for k, (when, name) in enumerate((("before", "before training"), ("after", "after training"))):
        ax = canvas.panel(0, k)
        for letter in ("a", "m"):
            rows = pick(tables["letters"], "string", when=when, letter=letter).sort_values("step")
            canvas.trace(ax, rows["step"], rows["simulation"], None, key=letter)
            canvas.scatter(ax, rows["step"], rows["simulation"], f"starts with {letter}", key=letter, size=9.0)
            if when == "after":
                start = float(rows["simulation"].iloc[0])
                for slope in (2.0, 4.0):
                    canvas.reference(ax, slope=slope, through=(0.0, start), span=(0.0, 10.0), variant=1)
        canvas.labels(ax, "generated letter", "place on the ring, unwrapped", name)
        canvas.legend(ax, loc="upper left")
    return canvas


def f2b(tables: Tables, style: Any) -> Canvas:
    """Correct-letter ratio against the load."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["letters"]
    left, right = canvas.panel(0, 0), canvas.panel(0, 1)
    chance = pick(table, "chance")
    for source in ("load", "long"):
        name = "trained" if source == "load" else None
        markers(canvas, left, pick(table, "clr", source=source), "alpha", name, key="trained")
    canvas.theory(left, chance["alpha"], chance["theory"], "chance", colour="black")
    markers(canvas, right, pick(table, "clr", source="onset"), "alpha", None, key="trained")
    markers(canvas, right, pick(table, "clr_before", source="onset"), "alpha", "untrained", key="before", hollow=True)
    canvas.theory(right, [0.0, 0.11], chance["theory"], None, colour="black")
    left.set_ylim(0.0, 1.05)
    right.set_ylim(0.0, None)
    for ax in (left, right):
        canvas.labels(ax, LOAD, CLR)
    canvas.legend()
    return canvas


def f2c(tables: Tables, style: Any) -> Canvas:
    """Free energy against the epoch, and long strings."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["letters"]
    left, right = canvas.panel(0, 0), canvas.panel(0, 1)
    last = 0.0
    for source, alpha, name in (
        ("load", 1.0, r"$\alpha = 1$"), ("load", 4.0, r"$\alpha = 4$"), ("long", 10.0, r"$\alpha = 10$"),
        ("slow", 1.0, r"$\alpha = 1$, rate / 3"),
    ):  # fmt: skip
        rows = pick(table, "log_energy", source=source, alpha=alpha)
        last = max(last, float(rows["epoch"].max()))
        markers(canvas, left, rows, "epoch", name, key=name, hollow=source == "slow")
    cost = pick(table, "least_cost")["theory"]
    canvas.theory(left, [1.0, last], cost, r"$\ln(10 \ln 2)$", colour="black")
    markers(canvas, right, pick(table, "clr_by_length"), "length", "right transitions", key="clr")
    markers(canvas, right, pick(table, "lost_by_length"), "length", "overflowed strings", key="lost", hollow=True)
    right.set_xscale("log")
    right.set_ylim(-0.05, 1.05)
    canvas.labels(left, EPOCH, LOG_F)
    canvas.labels(right, "length of the strings", "share of transitions, or of strings")
    canvas.legend(left)
    canvas.legend(right, loc="center right")
    return canvas


def f3(tables: Tables, style: Any) -> Canvas:
    """Answers to single letters by load."""
    loads = (0.05, 0.5, 2.0, 4.0)
    canvas = Canvas(style.columns, style.height_mm, 2, len(loads), sharex=True, sharey=True)
    canvas.order(["a", "m"], sequential=False)
    for row, (letter, place) in enumerate((("a", 0), ("m", 12))):
        for col, alpha in enumerate(loads):
            ax = canvas.panel(row, col)
            rows = pick(tables["letters"], "answer", source="load", alpha=alpha, letter=letter).sort_values("position")
            canvas.bars(ax, rows["position"], rows["simulation"], rows["simulation_error"], None, key=letter)
            for step in (2, 4):
                canvas.reference(ax, x=float(place + step), variant=1)
            ax.set_ylim(0.0, 1.0)
            title = rf"{letter}, $\alpha = {alpha:g}$"
            canvas.labels(ax, "letter (a = 0)", "probability", title)
    return canvas


def histogram(tables: Tables, style: Any, comparison: str, **place: Any) -> Canvas:
    """Histograms of pi, Xi and m by group of weights."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    canvas.order([name for _, name in GROUPS], sequential=False)
    labels = (("pi", r"$\pi$"), ("xi", r"$\Xi$"), ("m", r"$m$ / standard deviation"))
    for k, (law, label) in enumerate(labels):
        ax = canvas.panel(0, k)
        ax.set_yscale("log")
        for group, name in GROUPS:
            rows = pick(tables[comparison], f"density_{law}", group=group, **place).sort_values("low")
            rows = rows[rows["simulation"] > 0]
            centre = 0.5 * (rows["low"] + rows["high"])
            shown = name if law == "pi" else None
            canvas.simulation(ax, centre, rows["simulation"], rows["simulation_error"], shown, key=name)
        ax.set_ylim(FLOOR[law], None)
        canvas.labels(ax, label, "density")
    canvas.legend()
    return canvas


def f4(tables: Tables, style: Any) -> Canvas:
    """Laws of the weights after the toy language."""
    return histogram(tables, style, "letters", source="long")


def f5(tables: Tables, style: Any) -> Canvas:
    """Perplexity and accuracy on a real text."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["reading"]
    canvas.order([name for _, name in LEARNERS], sequential=False)
    left, right = canvas.panel(0, 0), canvas.panel(0, 1)
    for learner, name in LEARNERS:
        rows = pick(table, "perplexity", learner=learner)
        markers(canvas, left, rows, "epoch", name, key=name)
        markers(canvas, right, pick(table, "text_accuracy", learner=learner), "epoch", name, key=name)
        last = float(rows["epoch"].max())
    for order, name in ORDERS:
        level = float(pick(table, "chain", order=order)["theory"].iloc[0])
        canvas.theory(left, [0.0, last], [level] * 2, name, colour="black", variant=order)
    canvas.labels(left, EPOCH, "test perplexity per letter")
    canvas.labels(right, EPOCH, "share of right guesses")
    left.set_ylim(0.0, None)
    right.set_ylim(0.0, None)
    canvas.legend()
    return canvas


def f6(tables: Tables, style: Any) -> Canvas:
    """Laws of the weights after the text."""
    return histogram(tables, style, "reading", learner="mpl")


def s1(tables: Tables, style: Any) -> Canvas:
    """Fields of drawn weights beside the exact moments."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["ensemble"]
    left, right = canvas.panel(0, 0), canvas.panel(0, 1)
    for ax, names in (
        (left, (("field_mean", "mean"), ("field_variance", "variance"))), (right, (("field_excess", None),)),
    ):  # fmt: skip
        for quantity, name in names:
            rows = pick(table, quantity).sort_values("fan_in")
            canvas.theory(ax, rows["fan_in"], rows["theory"], name, key=quantity)
            markers(canvas, ax, rows, "fan_in", name, key=quantity)
        ax.set_xscale("log")
    canvas.labels(left, "fan-in", "moment of the field")
    canvas.labels(right, "fan-in", "excess kurtosis of the field")
    canvas.legend(left, loc="center right")
    return canvas
