"""Drawing the rows of a comparison's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from atlas.figures.canvas import Canvas


def markers(canvas: Canvas, ax: Any, rows: pd.DataFrame, x: str, label: str | None, **look: Any) -> None:
    """Simulated numbers of some rows against the column ``x``, with their standard errors."""
    canvas.simulation(ax, rows[x], rows["simulation"], rows["simulation_error"], label, **look)
