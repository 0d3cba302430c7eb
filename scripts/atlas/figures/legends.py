"""Legends with one entry per parameter value: the line and the marker of the same label share it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from atlas.figures.style import INK, tint

if TYPE_CHECKING:
    from atlas.figures.record import Series


def entries(series: Iterable[Series], theory: str | None, simulation: str | None) -> tuple[list[Any], list[str]]:
    """Handles and labels in the order drawn; `theory` and `simulation` add what lines and markers mean."""
    from matplotlib.lines import Line2D

    groups: dict[str, list[Any]] = {}
    for one in series:
        if one.label and not one.label.startswith("_") and one.handle is not None:
            groups.setdefault(one.label, []).append(one.handle)
    handles: list[Any] = [group[0] if len(group) == 1 else tuple(group) for group in groups.values()]
    labels = list(groups)
    if theory:
        handles.append(Line2D([], [], color=INK, linewidth=1.3))
        labels.append(theory)
    if simulation:
        face = tint(INK)
        handles.append(Line2D([], [], color=INK, marker="o", linestyle="none", markerfacecolor=face))
        labels.append(simulation)
    return handles, labels


def freeze(legend: Any) -> None:
    """Keep a legend where the layout put it: "best" could choose differently in another format."""
    box = legend.get_window_extent()
    corner = legend.axes.transAxes.inverted().transform((box.x0, box.y0))
    legend.set_loc((float(corner[0]), float(corner[1])))
