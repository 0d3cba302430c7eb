"""The figures of toy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.figures.canvas import Canvas
from atlas.tables import pick


def draw(rows: pd.DataFrame, x: str, xlabel: str, ylabel: str, style: Any) -> Canvas:
    """Markers and a line against one column."""
    canvas = Canvas(style.columns, style.height_mm)
    ax = canvas.panel()
    rows = rows.sort_values(x)
    canvas.theory(ax, rows[x], rows["theory"], "theory")
    canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], "simulation")
    canvas.labels(ax, xlabel, ylabel)
    canvas.legend(ax)
    return canvas


def f1(tables: Mapping[str, pd.DataFrame], style: Any) -> Canvas:
    """Kinetic energy against the gain."""
    rows = pick(tables["energy"], "gamma0", integrator="rk4", n_units=20)
    return draw(rows, "g", "gain $g$", r"kinetic energy $\Gamma_0$ ($\tau^{-2}$)", style)


def f2(tables: Mapping[str, pd.DataFrame], style: Any) -> Canvas:
    """Energy of the gradient dynamics against the temperature."""
    return draw(pick(tables["heat"], "energy"), "temperature", "temperature $T$", "energy $E/N$", style)
