"""The figures of continual-learning: one function per figure, from comparison tables to a canvas.

Nothing is computed here: every plotted number stands in a table. Lines are theory, markers are simulation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.figures.canvas import Canvas

Tables = Mapping[str, pd.DataFrame]


def f1(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f1 is not written: draw it on a Canvas")


def f2a(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f2a is not written: draw it on a Canvas")


def f2b(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f2b is not written: draw it on a Canvas")


def f2c(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f2c is not written: draw it on a Canvas")


def f2d(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f2d is not written: draw it on a Canvas")


def f3ab(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f3ab is not written: draw it on a Canvas")


def f3cd(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f3cd is not written: draw it on a Canvas")


def a1(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.a1 is not written: draw it on a Canvas")


def deep(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.deep is not written: draw it on a Canvas")
