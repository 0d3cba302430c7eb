"""The figures of spiking-modes: one function per figure, from comparison tables to a canvas.

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


def f2(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f2 is not written: draw it on a Canvas")


def f2d(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f2d is not written: draw it on a Canvas")


def f3(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f3 is not written: draw it on a Canvas")


def f3d(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f3d is not written: draw it on a Canvas")


def f4(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f4 is not written: draw it on a Canvas")


def f5(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f5 is not written: draw it on a Canvas")


def f6(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f6 is not written: draw it on a Canvas")


def f7(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f7 is not written: draw it on a Canvas")


def f8(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f8 is not written: draw it on a Canvas")


def f9(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.f9 is not written: draw it on a Canvas")


def s1(tables: Tables, style: Any) -> Canvas:
    """TODO: what it shows."""
    raise NotImplementedError("figures.s1 is not written: draw it on a Canvas")
