"""The figures of langevin-machine: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation; pictures
are black where the activity is +1 and white where it is -1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick, values

Tables = Mapping[str, pd.DataFrame]
SETTINGS = (
    ("slow", "$T = 1$, $k = 5\\times10^{-4}$"),
    ("fast", "$T = 1$, $k = 2\\times10^{-3}$"),
    ("cold", "$T = 0.1$, $k = 5\\times10^{-4}$"),
)
STEP = "generation step"
NEAREST = "distance to nearest datum"


def markers(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Simulated numbers against a column, with their standard errors."""
    rows = rows.sort_values(x)
    canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], label, **look)


def thinned(rows: pd.DataFrame, x: str, count: int) -> pd.DataFrame:
    """Every n-th row of a curve, at most about `count` of them, the last one included."""
    rows = rows.sort_values(x)
    step = max(1, len(rows) // count)
    return rows.iloc[::-step].iloc[::-1]


def grid_of(rows: pd.DataFrame) -> np.ndarray:
    """Grey values (rows, columns) of a mosaic."""
    rows = rows.sort_values(["row", "column"])
    return rows["simulation"].to_numpy().reshape(int(rows["row"].max()) + 1, -1)


def stacked(rows: pd.DataFrame, kinds: tuple[str, ...]) -> np.ndarray:
    """Mosaics of several kinds, one below the other."""
    parts = [grid_of(rows[rows["kind"] == kind]) for kind in kinds]
    white = np.full((2, parts[0].shape[1]), -1.0)
    return np.vstack([piece for part in parts for piece in (part, white)][:-1])


def mosaic(canvas: Canvas, ax: Any, table: pd.DataFrame, title: str, **place: Any) -> None:
    """Pictures side by side."""
    rows = pick(table, "mosaic", **place)
    canvas.image(ax, grid_of(rows))
    canvas.labels(ax, "", "", title)


def a(tables: Tables, style: Any) -> Canvas:
    """K against the update, three settings."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    canvas.order([name for name, _ in SETTINGS], sequential=False)
    ax.set_xscale("log")
    ax.set_yscale("log")
    for name, label in SETTINGS:
        markers(canvas, ax, pick(tables["machines"], "K", setting=name), "update", label, key=name)
    canvas.labels(ax, "update", r"$K = N^{-2}\,\|S_{data} - S_{chains}\|^2$")
    canvas.legend(ax, loc="lower left")
    return canvas


def paintings(tables: Tables, style: Any, name: str) -> Canvas:
    """Data, generated pictures by step, and the training pictures nearest to the last ones."""
    table = tables["gallery"]
    table = table[table["set"] == name]
    steps = [int(step) for step in values(pick(table, "mosaic", kind="generated"), "step")]
    count = len(steps) + 2
    canvas = Canvas(style.columns, style.height_mm, 2, (count + 1) // 2)
    panels = list(canvas.axes.ravel())
    mosaic(canvas, panels[0], table, "training data", kind="data")
    for ax, step in zip(panels[1:], steps, strict=False):
        mosaic(canvas, ax, table, f"step {step}", kind="generated", step=step)
    mosaic(canvas, panels[count - 1], table, "nearest data", kind="nearest")
    for ax in panels[count:]:
        canvas.drop(ax)
    return canvas


def b(tables: Tables, style: Any) -> Canvas:
    """Generated digits."""
    return paintings(tables, style, "digits")


def s2(tables: Tables, style: Any) -> Canvas:
    """Generated articles of clothing."""
    return paintings(tables, style, "garments")


def c(tables: Tables, style: Any) -> Canvas:
    """The way of one chain through the first three components of the data."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2, projection={(0, 0): "3d"})
    table = tables["gallery"]
    space, plane = canvas.panel(0, 0), canvas.panel(0, 1)
    cloud, way = pick(table, "cloud", set="digits"), pick(table, "way", set="digits").sort_values("step")
    labels = values(cloud, "label")
    canvas.order([f"class {label:g}" for label in labels], sequential=False)
    for label in labels:
        some, name = cloud[cloud["label"] == label], f"class {label:g}"
        canvas.scatter(space, some["simulation"], some["pc2"], None, z=some["pc3"], key=name, size=2.0)
        canvas.scatter(plane, some["simulation"], some["pc2"], f"data, {label:g}", key=name, size=4.0)
    canvas.trace(space, way["simulation"], way["pc2"], None, z=way["pc3"], colour="#222222")
    canvas.trace(plane, way["simulation"], way["pc2"], "one chain", colour="#222222")
    marked = way.iloc[np.linspace(0, len(way) - 1, 4).astype(int)]
    canvas.scatter(plane, marked["simulation"], marked["pc2"], "four times", colour="#cc0000", size=26.0)
    canvas.labels(space, "PC 1", "PC 2", None, "PC 3")
    space.yaxis.labelpad = -2.0  # its numbers stand where the label would
    canvas.labels(plane, "PC 1", "PC 2")
    canvas.legend()
    return canvas


def d(tables: Tables, style: Any) -> Canvas:
    """One neuron over time, and the classes that one chain visits."""
    canvas = Canvas(style.columns, style.height_mm, 1, 2)
    trace, classes = canvas.panel(0, 0), canvas.panel(0, 1)
    rows = pick(tables["gallery"], "trace", set="digits").sort_values("t")
    canvas.trace(trace, rows["t"], rows["simulation"], None)
    canvas.labels(trace, "time (units of the leak)", "state $x_i$ of one neuron", "one neuron, $N = 196$")
    rows = pick(tables["machines"], "visited", setting="fast", noise=True).sort_values("frame")
    canvas.scatter(classes, rows["frame"], rows["simulation"], None, size=2.0)
    classes.set_yticks([float(label) for label in values(rows, "simulation")])
    canvas.labels(classes, "frame (100 steps apart)", "class of nearest datum", "one chain, $N = 64$")
    return canvas


def e(tables: Tables, style: Any) -> Canvas:
    """Energy, second moments and nearest distances against the step of generation."""
    canvas = Canvas(style.columns, style.height_mm, 1, 3)
    table = tables["machines"]
    canvas.order([name for name, _ in SETTINGS], sequential=False)
    quantities = (("energy", "energy per neuron $E/N$"), ("m2", "distance of second moments $m_2$"), ("nn", NEAREST))
    for column, (quantity, label) in enumerate(quantities):
        ax = canvas.panel(0, column)
        ax.set_xscale("log")
        if quantity == "energy":
            ax.set_yscale("log")
        for name, words in SETTINGS:
            rows = pick(table, quantity, setting=name, learning="after")
            markers(canvas, ax, thinned(rows, "step", 26), "step", words, key=name)
        canvas.labels(ax, STEP, label)
    rows = pick(table, "m2", setting="slow", learning="before")
    markers(
        canvas, canvas.panel(0, 1), thinned(rows, "step", 12), "step", "before learning", colour="#777777", hollow=True
    )
    level = float(pick(table, "self_nn", setting="slow")["simulation"].iloc[0])
    canvas.reference(canvas.panel(0, 2), "data to data", y=[level])
    canvas.legend(ncols=3)
    return canvas


def f(tables: Tables, style: Any) -> Canvas:
    """From memory to generalisation: distances, energies and pictures by the number of training pictures."""
    table = tables["memory"]
    counts = values(pick(table, "rho"), "P")
    shown = [counts[0], counts[len(counts) // 2], counts[-1]]
    canvas = Canvas(style.columns, style.height_mm, mosaic=[list("abc"), list("def")], height_ratios=[1.5, 1.0])
    left, middle, right = (canvas.panel(letter) for letter in "abc")
    for ax in (left, middle, right):
        ax.set_xscale("log")
        ax.set_xticks(counts, [f"{P:g}" for P in counts])
        ax.minorticks_off()
    markers(canvas, left, pick(table, "rho"), "P", None, key="train")
    canvas.reference(left, y=[1.0])
    canvas.labels(left, "training pictures $P$", r"ratio of distances $\rho$")
    for name, label in (("nn_train", "to training"), ("nn_held", "to held-out")):
        markers(canvas, middle, pick(table, name), "P", label, key=label)
    canvas.labels(middle, "training pictures $P$", NEAREST)
    canvas.legend(middle, loc="best")
    right.set_yscale("log")
    for name, label in (("energy_train", "to training"), ("energy_held", "to held-out")):
        markers(canvas, right, pick(table, name), "P", label.removeprefix("to "), key=label)
    canvas.labels(right, "training pictures $P$", "energy per neuron $E/N$")
    canvas.legend(right, loc="best")
    for letter, P in zip("def", shown, strict=True):
        rows = pick(table, "mosaic", P=P)
        canvas.image(canvas.panel(letter), stacked(rows, ("generated", "nearest")))
        canvas.labels(canvas.panel(letter), "", "", f"$P = {P:g}$: generated, nearest")
    return canvas


def g(tables: Tables, style: Any) -> Canvas:
    """Denoising: error against the step, and pictures."""
    table = tables["memory"]
    counts = values(pick(table, "falling"), "P")
    canvas = Canvas(style.columns, style.height_mm, mosaic=[list("ab"), list("ac")], width_ratios=[1.1, 1.0])
    ax = canvas.panel("a")
    canvas.order(counts)
    for P in counts:
        markers(canvas, ax, pick(table, "falling", P=P), "step", f"$P = {P:g}$", key=P)
    rows = pick(table, "before_falling", P=counts[-1])
    markers(canvas, ax, rows, "step", "before learning", colour="#777777", hollow=True)
    canvas.reference(ax, x=[60.0])
    canvas.labels(ax, "Langevin step", "rms error of the activity")
    canvas.legend(ax, loc="center right", ncols=2)
    for letter, P in (("b", counts[0]), ("c", counts[-1])):
        rows = pick(table, "mosaic", P=P)
        canvas.image(canvas.panel(letter), stacked(rows, ("clean", "noisy", "denoised")))
        canvas.labels(canvas.panel(letter), "", "", f"$P = {P:g}$: clean, noisy, denoised")
    return canvas


def s1(tables: Tables, style: Any) -> Canvas:
    """One and two neurons: densities, bias by the time step, learning, beside quadrature."""
    canvas = Canvas(style.columns, style.height_mm, 2, 2)
    table = tables["few"]
    for column, (system, title) in enumerate((("one", "one neuron"), ("pair", "two neurons"))):
        ax = canvas.panel(0, column)
        line = pick(table, "law", system=system).sort_values("x")
        canvas.theory(ax, line["x"], line["theory"], "quadrature", colour="black")
        place = {"system": system, "dt": 0.01, "method": "euler-maruyama"}
        for feedback, label in ((True, "Langevin"), (False, "without feedback")):
            rows = pick(table, "density", feedback=feedback, **place)
            rows = rows[rows["x"].abs() < 6.0]
            markers(canvas, ax, rows, "x", label, key=label, hollow=not feedback)
        canvas.labels(ax, "state $x_1$", "density", title)
        canvas.legend(ax, loc="upper right" if system == "pair" else "lower center")
    bias, learning = canvas.panel(1, 0), canvas.panel(1, 1)
    bias.set_xscale("log")
    for method, label in (("euler-maruyama", "Euler"), ("leimkuhler-matthews", "Leimkuhler-Matthews")):
        rows = pick(table, "energy_ratio", system="pair", feedback=True, method=method)
        markers(canvas, bias, rows, "dt", label, key=label)
    canvas.reference(bias, y=[1.0])
    canvas.labels(bias, r"time step $\Delta t$", "energy over quadrature")
    canvas.legend(bias, loc="upper left")
    for entry in (11, 12, 21, 22):
        rows = pick(table, "coupling", entry=entry).sort_values("update")
        name = f"$J_{{{entry}}}$"
        canvas.theory(learning, rows["update"], rows["theory"], None, key=name)
        markers(canvas, learning, thinned(rows, "update", 16), "update", name, key=name)
    canvas.labels(learning, "update", "coupling $J_{ij}$")
    canvas.legend(learning, loc="upper right", ncols=2, theory="exact ascent")
    return canvas
