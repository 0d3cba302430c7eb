"""What a figure must not have: empty or unlabelled panels, invisible series, text cut off, fonts too small to
read.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from atlas.figures.style import LAYOUT, MIN_FONT_PT, MIN_PANEL_MM, MM_PER_INCH

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import BboxBase

    from atlas.figures.record import Series

SLACK_PX = 1.0  # rounding of text extents at 300 dpi: 0.08 mm
LEGEND_SHARE = 0.5  # of the panel's area; a larger legend hides the data
LAYOUT_WARNINGS = ("Glyph", "constrained_layout", "collapsed")


@dataclass
class Panel:
    """A pair of axes with data: its name in table and messages, and which labels it must carry."""

    axes: Any
    name: str = ""
    title: str | None = None
    parent: Any = None  # of an inset or of a second y axis
    suffix: str = ""
    needs: tuple[str, ...] = ("x", "y")


def settle(figure: Figure) -> list[str]:
    """Lay the figure out and hold the result; return what the layout complained about."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.set_layout_engine("constrained", **LAYOUT)
        for _ in range(2):  # tick labels may change with the first layout
            figure.draw_without_rendering()
        figure.set_layout_engine("none")
    messages = [str(one.message) for one in caught]
    complaints = [text for text in messages if any(word in text for word in LAYOUT_WARNINGS)]
    return [f"layout: {text}" for text in dict.fromkeys(complaints)]


def content(panels: Sequence[Panel], series: Sequence[Series]) -> list[str]:
    """Panels without series or axis labels, series of which nothing can be seen."""
    found = []
    for panel in panels:
        own = [one for one in series if one.axes is panel.axes]
        if not any(one.kind != "reference" for one in own):
            found.append(f"panel ({panel.name}) is empty: no series was drawn in it")
        found += [
            f"panel ({panel.name}) has no {side} label"
            for side in panel.needs
            if not _labelled(panel.axes, side)
        ]
        for one in own:
            which = f'panel ({panel.name}): series "{one.label}" ({one.kind})'
            if one.is_blank():
                found.append(f"{which} has no finite point")
            elif _lost_on_log(one):
                found.append(f"{which} has no positive value for a log axis")
    return found


def _labelled(ax: Any, side: str) -> bool:
    """An axis counts as labelled through itself, through a panel that shares it, or through the whole figure."""
    if side in ("x", "y"):
        group = ax.get_shared_x_axes() if side == "x" else ax.get_shared_y_axes()
        if getattr(ax.figure, f"get_sup{side}label")().strip():
            return True
        return any(getattr(one, f"get_{side}label")().strip() for one in group.get_siblings(ax))
    return bool(getattr(ax, f"get_{side}label")().strip())


def _lost_on_log(one: Series) -> bool:
    for side in ("x", "y"):
        values = one.numbers.get(side)
        if values is not None and getattr(one.axes, f"get_{side}scale")() == "log":
            finite = values[np.isfinite(values)]
            if len(finite) and not np.any(finite > 0):
                return True
    return False


def clipped(figure: Figure, panels: Sequence[Panel]) -> list[str]:
    """Texts that leave the figure, legends that leave or fill their panel, fonts too small, panels too small.

    The layout must be settled and the style in force.
    """
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    names = {id(panel.axes): f"panel ({panel.name})" for panel in panels}
    found = []
    insets = [child for ax in figure.axes for child in ax.child_axes]
    for ax in [*figure.axes, *insets]:
        where = names.get(id(ax), "colour bar")
        if not ax.get_visible():
            continue
        for what, artist in _outer_artists(ax):
            found += _outside(f"{where}: {what}", artist.get_tightbbox(renderer), figure.bbox)
        found += _legend(where, ax, renderer)
    for text in _loose_texts(figure):
        found += _outside(f'"{text.get_text()}"', text.get_window_extent(renderer), figure.bbox)
    for legend in figure.legends:
        found += _outside("legend of the figure", legend.get_window_extent(renderer), figure.bbox)
    return found + _small_fonts(figure) + _small_panels(figure, panels)


def _outer_artists(ax: Any) -> list[tuple[str, Any]]:
    """Axes parts with text, by name."""
    parts = []
    if ax.axison:
        for side in ("x", "y", "z"):
            if hasattr(ax, f"{side}axis"):
                parts.append((f"{side} ticks or label", getattr(ax, f"{side}axis")))
    for location in ("left", "center", "right"):
        parts.append(
            ("title", {"left": ax._left_title, "center": ax.title, "right": ax._right_title}[location])
        )
    parts += [(f'text "{text.get_text()}"', text) for text in ax.texts]
    return [(what, part) for what, part in parts if part.get_visible() and _has_ink(part)]


def _has_ink(part: Any) -> bool:
    return bool(part.get_text().strip()) if hasattr(part, "get_text") else True


def _loose_texts(figure: Figure) -> list[Any]:
    own = [*figure.texts, getattr(figure, "_suptitle", None), getattr(figure, "_supxlabel", None)]
    own.append(getattr(figure, "_supylabel", None))
    return [text for text in dict.fromkeys(own) if text is not None and text.get_text().strip()]


def _outside(what: str, box: BboxBase | None, frame: BboxBase) -> list[str]:
    """A message if `box` sticks out of `frame`."""
    if box is None or not np.all(np.isfinite(box.extents)):
        return []
    over = {
        "left": frame.x0 - box.x0,
        "right": box.x1 - frame.x1,
        "bottom": frame.y0 - box.y0,
        "top": box.y1 - frame.y1,
    }
    side, amount = max(over.items(), key=lambda item: item[1])
    return [f"{what} is cut off at the {side} ({amount:.0f} px)"] if amount > SLACK_PX else []


def _legend(where: str, ax: Any, renderer: Any) -> list[str]:
    legend = ax.get_legend()
    if legend is None:
        return []
    box, frame = legend.get_window_extent(renderer), ax.get_window_extent(renderer)
    found = _outside(f"legend of {where}", box, ax.figure.bbox)
    share = box.width * box.height / (frame.width * frame.height)
    if share > LEGEND_SHARE or box.width > frame.width or box.height > frame.height:
        size = f"{100 * box.width / frame.width:.0f} % x {100 * box.height / frame.height:.0f} %"
        found.append(f"legend of {where} is overfull: {size} of the panel; put it outside or shorten it")
    return found


def _small_fonts(figure: Figure) -> list[str]:
    from matplotlib.text import Text

    texts = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    sizes = {one.get_text(): float(one.get_fontsize()) for one in texts}
    small = {text: size for text, size in sizes.items() if size < MIN_FONT_PT}
    return [
        f'"{text}" is set in {size:g} pt; allowed: >= {MIN_FONT_PT:g} pt'
        for text, size in sorted(small.items())
    ]


def _small_panels(figure: Figure, panels: Sequence[Panel]) -> list[str]:
    found = []
    for panel in panels:
        if panel.parent is None and panel.needs:
            box = panel.axes.get_window_extent()
            side = min(box.width, box.height) / figure.dpi * MM_PER_INCH
            if side < MIN_PANEL_MM:
                allowed = f"allowed: >= {MIN_PANEL_MM:g} mm"
                found.append(f"panel ({panel.name}) is only {side:.1f} mm wide or high; {allowed}")
    return found
