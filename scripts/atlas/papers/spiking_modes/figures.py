"""The figures of spiking-modes: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick

Tables = Mapping[str, pd.DataFrame]
BATCH, MODES, TIME = "training batch", r"number of modes $P$", "time (ms)"
ACCURACY, MSE, NEURON = "test accuracy", "mean squared error", "neuron"
CLASSES = ("context 1, $-$", "context 1, $+$", "context 2, $-$", "context 2, $+$")
NEURONS = ("neuron A", "neuron B", "neuron C")
EVERY = 10  # batches between the markers of a training curve
OUTPUT_STEP = 4.0  # ms between the markers of the mean output
SIGNALS = (10.0, 50.0)


def markers(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Simulated numbers against a column, with their standard errors; what is not finite is left out."""
    rows = rows[rows["simulation"].notna()].sort_values(x)
    if len(rows):
        canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], label, **look)


def by_modes(canvas: Canvas, ax: Any, rows: pd.DataFrame, label: str, free: str, **look: Any) -> None:
    """Markers against the number of modes, and a dashed level for free weights (modes = 0)."""
    markers(canvas, ax, rows[rows["modes"] > 0], "modes", label, key=label, **look)
    level = float(rows[rows["modes"] == 0]["simulation"].iloc[0])
    canvas.theory(ax, [1.0, 30.0], [level] * 2, free, key=label, variant=1)
    ax.set_xscale("log")


def training(canvas: Canvas, ax: Any, rows: pd.DataFrame, label: str) -> None:
    """Markers of every tenth batch."""
    markers(canvas, ax, rows[(rows["batch"] - 1) % EVERY == 0], "batch", label, key=label)


def learner(modes: float) -> str:
    """The label of a number of modes."""
    return "free" if modes == 0 else f"$P = {modes:g}$"


def f1(tables: Tables, style: Any) -> Canvas:
    """Input spikes, peaks, signals and output."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    image, trial = tables["digits"], tables["context"]
    spikes = pick(image, "input_spike")
    ax = canvas.panel(0, 0)
    canvas.scatter(ax, spikes["time"], spikes["simulation"], None, colour="black", size=1.5)
    canvas.labels(ax, TIME, "pixel")
    ax = canvas.panel(0, 1)
    peaks = pick(image, "peak")
    for k, name in enumerate(NEURONS):
        rows = pick(image, "train", neuron=k + 1)
        canvas.trace(ax, rows["time"], rows["simulation"], name, key=name)
        top = peaks.iloc[[k]]
        canvas.scatter(ax, top["time"], top["simulation"], None, key=name, size=22.0)
    canvas.labels(ax, TIME, r"filtered train $r$ (spikes per step)")
    canvas.legend(ax, loc="upper left")
    ax = canvas.panel(1, 0)
    for line in (1, 2):
        rows = pick(trial, "signal", line=line)
        canvas.trace(ax, rows["time"], rows["simulation"], f"signal {line}", key=f"signal {line}")
    canvas.labels(ax, TIME, "input")
    canvas.legend(ax, loc="upper right")
    ax = canvas.panel(1, 1)
    for quantity, name in (("shown_target", "target"), ("shown_output", "output")):
        rows = pick(trial, quantity)
        canvas.trace(ax, rows["time"], rows["simulation"], name, key=name)
    canvas.labels(ax, TIME, "output")
    canvas.legend(ax, loc="best")
    return canvas


def f2(tables: Tables, style: Any) -> Canvas:
    """Accuracy and loss on digits."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["digits"]
    left, middle, right = (canvas.panel(0, k) for k in range(3))
    by_modes(canvas, left, pick(table, "accuracy", source="digits"), "SMNN", "SNN")
    by_modes(canvas, left, pick(table, "accuracy", source="digits-wide"), "SMNN, $2N$", "SNN, $2N$", hollow=True)
    canvas.labels(left, MODES, ACCURACY)
    canvas.legend(left, loc="best")
    rows = pick(table, "loss", source="digits")
    for modes in sorted(rows["modes"].unique()):
        training(canvas, middle, rows[rows["modes"] == modes], learner(modes))
    for which in ("lowest", "uniform"):
        level = pick(table, "level", which=which)
        canvas.theory(middle, level["batch"], level["theory"], None, colour="black")
    canvas.labels(middle, BATCH, "cross-entropy (nats)")
    canvas.legend(middle, loc="best")
    by_modes(canvas, right, pick(table, "accuracy", source="digits"), "SMNN", "SNN")
    by_modes(canvas, right, pick(table, "accuracy", source="digits-rate"), "MDL", "RNN", hollow=True)
    canvas.labels(right, MODES, ACCURACY)
    canvas.legend(right, loc="best")
    return canvas


def spikes(table: pd.DataFrame, style: Any) -> Canvas:
    """Membranes, raster and population rate."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    left, middle, right = (canvas.panel(0, k) for k in range(3))
    for k, name in enumerate(NEURONS):
        rows = pick(table, "membrane", neuron=k + 1)
        canvas.trace(left, rows["time"], rows["simulation"], name, key=name)
    canvas.reference(left, y=1.0)
    canvas.labels(left, TIME, "membrane potential (thresholds)")
    rows = pick(table, "spike")
    canvas.scatter(middle, rows["time"], rows["simulation"], None, colour="black", size=3.0)
    canvas.labels(middle, TIME, NEURON)
    markers(canvas, right, pick(table, "population"), "time", None)
    right.set_ylim(0.0, None)
    canvas.labels(right, TIME, "rate (spikes per second)")
    canvas.legend()
    return canvas


def f2d(tables: Tables, style: Any) -> Canvas:
    """Spikes of one image."""
    return spikes(tables["digits"], style)


def f3(tables: Tables, style: Any) -> Canvas:
    """Errors and outputs of contextual integration."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["context"]
    left, middle, right = (canvas.panel(0, k) for k in range(3))
    by_modes(canvas, left, pick(table, "mse", source="context"), "SMNN", "SNN")
    by_modes(canvas, left, pick(table, "mse", source="context-wide"), "SMNN, $2N$", "SNN, $2N$", hollow=True)
    canvas.labels(left, MODES, MSE)
    canvas.legend(left, loc="best")
    rows = pick(table, "loss", source="context")
    for modes in sorted(rows["modes"].unique()):
        training(canvas, middle, rows[rows["modes"] == modes], learner(modes))
    level = pick(table, "level")
    canvas.theory(middle, level["batch"], level["theory"], None, colour="black")
    canvas.labels(middle, BATCH, MSE)
    canvas.legend(middle, loc="best")
    for sign, name in ((-1, "cued $-$"), (1, "cued $+$")):
        low, high = (pick(table, f"output_{end}", sign=sign) for end in ("low", "high"))
        canvas.band(right, low["time"], low["simulation"], high["simulation"], None, key=name)
        rows = pick(table, "output", sign=sign)
        markers(canvas, right, rows[rows["time"] % OUTPUT_STEP == 0], "time", name, key=name)
    for time in SIGNALS:
        canvas.reference(right, x=time, variant=1)
    canvas.labels(right, TIME, "output")
    canvas.legend(right, loc="upper left")
    return canvas


def f3d(tables: Tables, style: Any) -> Canvas:
    """Spikes of one trial."""
    return spikes(tables["context"], style)


def f4(tables: Tables, style: Any) -> Canvas:
    """Strengths and importances by rank."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    for col, (name, source) in enumerate((("digits", "digits"), ("context", "context-compared"))):
        table = tables[name]
        largest = table["modes"].max()
        for row, (quantity, label) in enumerate((("strength", r"$|\lambda|$"), ("importance", r"importance $\tau$"))):
            ax = canvas.panel(row, col)
            ax.set_xscale("log")
            ax.set_yscale("log")
            markers(canvas, ax, pick(table, quantity, source=source, modes=largest), "rank", None)
            if quantity == "importance":
                for segment in (1, 2):
                    fit = pick(table, "importance_fit", source=source, modes=largest, segment=segment)
                    canvas.theory(ax, fit["rank"], fit["theory"], None, colour="black", variant=segment - 1)
            canvas.labels(ax, "rank of the mode", label, name)
    return canvas


def paths(canvas: Canvas, ax: Any, table: pd.DataFrame, quantity: str, named: bool) -> None:
    """Mean paths of the classes with their ends."""
    for kind, name in enumerate(CLASSES):
        rows = table[(table["quantity"] == quantity) & (table["kind"] == kind)].sort_values("time")
        if len(rows):
            canvas.trace(ax, rows["simulation"], rows["second"], name if named else None, z=rows["third"], key=name)
            end = rows.iloc[[-1]]
            canvas.scatter(ax, end["simulation"], end["second"], None, z=end["third"], key=name, size=26.0)


def f5(tables: Tables, style: Any) -> Canvas:
    """Paths in the space of three modes."""
    three = {(0, 0): "3d", (1, 0): "3d", (1, 1): "3d"}
    canvas = Canvas(style.columns, style.height_mm, 2, 2, projection=three)
    table = tables["context"]
    canvas.order(list(CLASSES), sequential=False)
    for place, quantity in (((0, 0), "path"), ((1, 0), "switch_path"), ((1, 1), "straight_path")):
        ax = canvas.panel(*place)
        paths(canvas, ax, table, quantity, named=place == (0, 0))
        axis = "frame" if quantity == "straight_path" else "mode"
        canvas.labels(ax, f"{axis} 1", f"{axis} 2", None, f"{axis} 3")
    ax = canvas.panel(0, 1)
    for line, name, colour in ((1, "signal 1", "tab:gray"), (2, "signal 2", "silver")):
        rows = pick(table, "switch_input", line=line)
        canvas.trace(ax, rows["time"], rows["simulation"], name, colour=colour)
    for quantity, name, colour in (("switch_target", "target", "black"), ("switch_output", "output", "tab:red")):
        rows = pick(table, quantity)
        canvas.trace(ax, rows["time"], rows["simulation"], name, colour=colour)
    canvas.reference(ax, x=60.0, variant=1)
    canvas.labels(ax, TIME, "signals, target, output")
    canvas.legend()
    return canvas


def f6(tables: Tables, style: Any) -> Canvas:
    """Digits in the space of three modes."""
    canvas = Canvas(style.columns, style.height_mm, 1, 1, projection="3d")
    ax = canvas.panel()
    for digit in (1, 8, 9):
        rows = pick(tables["digits"], "place", digit=digit)
        canvas.scatter(ax, rows["simulation"], rows["second"], f"digit {digit}", z=rows["third"], size=9.0)
    canvas.labels(ax, "mode 1", "mode 2", None, "mode 3")
    canvas.legend()
    return canvas


def f7(tables: Tables, style: Any) -> Canvas:
    """Histograms of Fano factors."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    for col, name in enumerate(("digits", "context")):
        ax = canvas.panel(0, col)
        table = tables[name]
        rows = pick(table, "fano_density", source=name, modes=table["modes"].max()).sort_values("low")
        edges = [*rows["low"], rows["high"].iloc[-1]]
        canvas.density(ax, edges, rows["simulation"], rows["simulation_error"], None)
        canvas.reference(ax, x=1.0, variant=1)
        ax.set_ylim(0.0, None)
        canvas.labels(ax, "Fano factor of the spike count", "density", name)
    return canvas


def f8(tables: Tables, style: Any) -> Canvas:
    """Variants of the neuron."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    for col, (name, quantity, label) in enumerate((("digits", "accuracy", ACCURACY), ("context", "mse", MSE))):
        ax = canvas.panel(0, col)
        table = tables[name]
        for spike, own, sharpness in (
            ("hard", quantity, 0.0), ("smooth", quantity, 20.0), ("hard, tested smooth", f"smooth_{quantity}", 0.0),
        ):  # fmt: skip
            rows = pick(table, own, source=f"{name}-variants")
            rows = rows[rows["sharpness"] == sharpness]
            shown = spike if col == 0 else None
            markers(canvas, ax, rows, "t_ref", shown, key=spike, hollow=own != quantity)
        ax.set_xlim(-0.5, 2.5)
        if name == "digits":
            ax.set_ylim(0.0, 1.0)
        canvas.labels(ax, r"refractory time $t_{ref}$ (ms)", label, name)
    canvas.legend()
    return canvas


def f9(tables: Tables, style: Any) -> Canvas:
    """Pruned networks."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    for col, (name, quantity, label) in enumerate(
        (("digits", "pruned_accuracy", ACCURACY), ("context", "pruned_mse", MSE))
    ):
        ax = canvas.panel(0, col)
        for modes in (3, 0):
            shown = learner(modes) if col == 0 else None
            rows = pick(tables[name], quantity, source=name, modes=modes)
            markers(canvas, ax, rows, "share", shown, key=learner(modes), hollow=modes == 0)
        canvas.labels(ax, "share of recurrent weights set to 0", label, name)
    canvas.legend()
    return canvas


def s1(tables: Tables, style: Any) -> Canvas:
    """A driven neuron and the numbers of weights."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    table = tables["neuron"]
    left, right = canvas.panel(0, 0), canvas.panel(0, 1)
    for dt in (0.2, 1.0):
        rows, name = pick(table, "rate", dt=dt).sort_values("current"), rf"$\Delta t = {dt:g}$ ms"
        canvas.theory(left, rows["current"], rows["theory"], name, key=name)
        markers(canvas, left, rows, "current", name, key=name)
    canvas.labels(left, "current (thresholds)", "rate (spikes per second)")
    canvas.legend(left, loc="upper left")
    for n_units in (100, 200):
        name = f"$N = {n_units}$"
        for quantity, variant in (("recurrent", 0), ("full", 1)):
            rows = pick(table, quantity, n_units=n_units).sort_values("modes")
            label = name if quantity == "recurrent" else None
            canvas.theory(right, rows["modes"], rows["theory"], label, key=name, variant=variant)
    right.set_xscale("log")
    right.set_yscale("log")
    canvas.labels(right, MODES, "recurrent weights to be learned")
    canvas.legend(right, loc="lower right")
    return canvas
