"""A figure with every kind of series, for the tests of this room and (as a script) for fresh processes."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from atlas.figures import Canvas


def sample() -> Canvas:
    """Four panels, an inset and a second axis; numbers from a fixed stream."""
    rng = np.random.Generator(np.random.Philox(7))
    canvas = Canvas(columns=2, height_mm=110, rows=2, cols=2, projection={(1, 1): "polar"})
    x = np.linspace(0.1, 5, 60)
    ax = canvas.panel(0, 0)
    for g in (1.1, 1.5):
        canvas.theory(ax, x, np.exp(-x / g), f"$g = {g}$", key=g)
        canvas.simulation(ax, x[::8], np.exp(-x[::8] / g), 0.05, f"$g = {g}$", key=g)
    canvas.density(ax, np.linspace(0, 5, 11), rng.random(10), rng.random(10) / 10, "histogram")
    canvas.bars(ax, [1.0, 4.0], [0.2, 0.3], [0.1, 0.1], "bars")
    canvas.reference(ax, "limit", y=0.0)
    canvas.legend(ax, theory="theory", simulation="$N = 200$")
    canvas.labels(ax, r"lag $\tau$", r"$\Delta(\tau)$", "decay")
    ax = canvas.panel(0, 1)
    for unit in range(4):
        canvas.trace(ax, np.arange(2000.0), rng.standard_normal(2000).cumsum(), key=unit)
    canvas.band(ax, [0.0, 2000.0], [-20, -60], [20, 60], "spread")
    canvas.labels(ax, "time $t$", "$x_i(t)$")
    right = canvas.twin(ax)
    canvas.theory(right, [0.0, 2000.0], [0.0, 1e-4], "right", variant=1)
    right.set_ylabel("error")
    inner = canvas.inset(ax, (0.12, 0.72, 0.35, 0.25), zoom=True)
    canvas.theory(inner, x[:9], x[:9], key="theory")
    ax = canvas.panel(1, 0)
    canvas.map(ax, np.arange(8.0), np.arange(6.0), rng.standard_normal((6, 8)), r"$\lambda$", centre=0.0)
    canvas.labels(ax, "$g$", r"$\gamma$")
    canvas.scatter(canvas.panel(1, 1), rng.random(300), rng.random(300), "states")
    return canvas


if __name__ == "__main__":
    sample().save(Path(sys.argv[1]))
