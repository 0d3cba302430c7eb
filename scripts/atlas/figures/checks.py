"""What a figure must not have: panels without data or axis labels, series of which nothing can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from atlas.figures.record import Series


@dataclass
class Panel:
    """A pair of axes with data: its name in table and messages, and which labels it must carry."""

    axes: Any
    name: str = ""
    title: str | None = None
    parent: Any = None  # of an inset or of a second y axis
    suffix: str = ""
    needs: tuple[str, ...] = ("x", "y")


def faults(panels: Sequence[Panel], series: Sequence[Series]) -> list[str]:
    """One line per empty or unlabelled panel and per invisible series."""
    found = []
    for panel in panels:
        where = f"panel ({panel.name})"
        own = [one for one in series if one.axes is panel.axes]
        if not any(one.kind != "reference" for one in own):
            found.append(f"{where} is empty: no series was drawn in it")
        bare = [side for side in panel.needs if not _is_labelled(panel.axes, side)]
        found += [f"{where} has no {side} label" for side in bare]
        for one in own:
            which = f'{where}: series "{one.label}" ({one.kind})'
            if one.is_blank():
                found.append(f"{which} has no finite point")
            elif _is_lost_on_log(one):
                found.append(f"{which} has no positive value for a log axis")
    return found


def _is_labelled(ax: Any, side: str) -> bool:
    """An axis is labelled by itself, by a panel that shares it, or for the whole figure."""
    group = [ax]
    if side in ("x", "y"):
        group += getattr(ax, f"get_shared_{side}_axes")().get_siblings(ax)
        if getattr(ax.figure, f"get_sup{side}label")().strip():
            return True
    return any(getattr(one, f"get_{side}label")().strip() for one in group)


def _is_lost_on_log(one: Series) -> bool:
    """No positive coordinate on an axis that shows only positive ones."""
    for side in ("x", "y"):
        values = one.numbers.get(side)
        if values is not None and getattr(one.axes, f"get_{side}scale")() == "log":
            finite = values[np.isfinite(values)]
            if len(finite) and not np.any(finite > 0):
                return True
    return False
