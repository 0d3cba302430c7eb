"""Does everything fit: text inside the figure, nothing on top of each other, fonts and panels large enough to
read.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from atlas.figures.style import LAYOUT, MIN_FONT_PT, MIN_PANEL_MM, MM_PER_INCH

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import BboxBase

    from atlas.figures.checks import Panel

SLACK_PX = 1.0  # rounding of text extents at 300 dpi: 0.08 mm
LEGEND_SHARE = 0.5  # of the panel's area; a larger legend hides the data
LAYOUT_WARNINGS = ("Glyph", "constrained_layout", "collapsed")


class Piece(NamedTuple):
    """Something with text, and the box around it in pixels."""

    owner: Any  # its axes
    where: str  # name of the panel
    what: str
    box: BboxBase

    def __str__(self) -> str:
        return f"{self.what} of {self.where}"


def settle(figure: Figure, starts: dict[Any, Any]) -> list[str]:
    """Lay the figure out and hold the result; return what the layout complained about.

    The layout approaches its fixed point by a factor of about 40 per pass but depends, in the last digits,
    on where it starts. `starts` keeps the first place of each axes: a second call then gives the same bytes.
    """
    for ax in figure.axes:
        start = starts.setdefault(ax, ax.get_position(original=True).frozen())
        ax._set_position(start)  # type: ignore[attr-defined]
    complaints: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.align_labels([ax for ax in figure.axes if ax.name == "rectilinear"])
        figure.set_layout_engine("constrained", **LAYOUT)
        figure.get_layout_engine().execute(figure)  # type: ignore[union-attr]
        figure.draw_without_rendering()  # lays out again: tick labels may have changed with the first pass
        figure.set_layout_engine(None)  # holds the result; "none" would draw every format twice
    for one in caught:
        if any(word in str(one.message) for word in LAYOUT_WARNINGS):
            complaints.append(f"layout: {one.message}")
        else:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    return list(dict.fromkeys(complaints))


def faults(figure: Figure, panels: Sequence[Panel]) -> list[str]:
    """One line per text or legend that leaves the figure or lies on another one, per font or panel too small.

    The layout must be settled and the style in force.
    """
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    names = {id(panel.axes): f"panel ({panel.name})" for panel in panels}
    insets = [child for ax in figure.axes for child in ax.child_axes]
    pieces, found = [], []
    for ax in [*figure.axes, *insets]:
        if ax.get_visible():
            where = names.get(id(ax), "a colour bar")
            own = _pieces(where, ax, renderer)
            pieces += own
            found += _overfull(where, ax, renderer) + _crowded(where, ax, renderer)
    pieces += _loose(figure, renderer)
    for piece in pieces:
        found += _outside(piece, figure.bbox)
    return found + _collisions(pieces, panels) + _small_fonts(figure) + _small_panels(figure, panels)


def _pieces(where: str, ax: Any, renderer: Any) -> list[Piece]:
    """Axis labels with their ticks, titles, texts and legend of one pair of axes."""
    parts: list[tuple[str, Any]] = []
    if ax.axison:
        sides = [side for side in ("x", "y", "z") if hasattr(ax, f"{side}axis")]
        parts += [(f"{side} ticks or label", getattr(ax, f"{side}axis")) for side in sides]
    titles = (ax._left_title, ax.title, ax._right_title)
    parts += [("title", text) for text in titles if text.get_text().strip()]
    parts += [(f'text "{text.get_text()}"', text) for text in ax.texts if text.get_text().strip()]
    if ax.get_legend() is not None:
        parts.append(("legend", ax.get_legend()))
    boxes = [(what, part.get_tightbbox(renderer)) for what, part in parts if part.get_visible()]
    return [Piece(ax, where, what, box) for what, box in boxes if _is_box(box)]


def _loose(figure: Figure, renderer: Any) -> list[Piece]:
    """Texts and legends of the whole figure."""
    own = [figure._suptitle, figure._supxlabel, figure._supylabel, *figure.texts]  # type: ignore[attr-defined]
    texts = [text for text in dict.fromkeys(own) if text is not None and text.get_text().strip()]
    parts = [(f'text "{text.get_text()}"', text) for text in texts]
    parts += [("legend", legend) for legend in figure.legends]
    return [Piece(part, "the figure", what, part.get_window_extent(renderer)) for what, part in parts]


def _is_box(box: BboxBase | None) -> bool:
    return box is not None and bool(np.all(np.isfinite(box.extents))) and box.width > 0 and box.height > 0


def _outside(piece: Piece, frame: BboxBase) -> list[str]:
    """A message if the piece sticks out of the figure."""
    over = {
        "left": frame.x0 - piece.box.x0,
        "right": piece.box.x1 - frame.x1,
        "bottom": frame.y0 - piece.box.y0,
        "top": piece.box.y1 - frame.y1,
    }
    side, amount = max(over.items(), key=lambda item: item[1])
    return [f"{piece} cut off at the {side} ({amount:.0f} px)"] if amount > SLACK_PX else []


def _collisions(pieces: Sequence[Piece], panels: Sequence[Panel]) -> list[str]:
    """Pieces of different axes that lie on each other, insets under a legend of their panel."""
    found = [f"{a} lies on {b}" for a, b in combinations(pieces, 2) if a.owner is not b.owner and _meet(a.box, b.box)]
    for panel in panels:
        if panel.suffix == "inset":
            frame = panel.axes.get_window_extent()
            legends = [one for one in pieces if one.owner is panel.parent and one.what == "legend"]
            found += [f"{one} lies on panel ({panel.name})" for one in legends if _meet(one.box, frame)]
    return found


def _meet(one: BboxBase, other: BboxBase) -> bool:
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return width > SLACK_PX and height > SLACK_PX


def _overfull(where: str, ax: Any, renderer: Any) -> list[str]:
    """A legend wider, higher or larger than its panel can bear."""
    legend = ax.get_legend()
    if legend is None:
        return []
    box, frame = legend.get_window_extent(renderer), ax.get_window_extent(renderer)
    share = box.width * box.height / (frame.width * frame.height)
    if share <= LEGEND_SHARE and box.width <= frame.width and box.height <= frame.height:
        return []
    size = f"{100 * box.width / frame.width:.0f} % x {100 * box.height / frame.height:.0f} %"
    return [f"legend of {where} is overfull: {size} of the panel; put it outside or shorten it"]


def _crowded(where: str, ax: Any, renderer: Any) -> list[str]:
    """Neighbouring tick labels on each other (upright labels of straight axes)."""
    if ax.name != "rectilinear" or not ax.axison:
        return []
    found = []
    for side, start, end in (("x", "x0", "x1"), ("y", "y0", "y1")):
        axis = getattr(ax, f"{side}axis")
        low, high = sorted(axis.get_view_interval())
        every = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        labels = [
            tick.label1
            for tick in every
            if low <= tick.get_loc() <= high and tick.label1.get_visible() and tick.label1.get_text()
        ]
        boxes = [text.get_window_extent(renderer) for text in labels if text.get_rotation() in (0, 90)]
        boxes.sort(key=lambda box: float(getattr(box, start)))
        if any(getattr(a, end) > getattr(b, start) for a, b in pairwise(boxes)):
            found.append(f"{side} tick labels of {where} lie on each other")
    return found


def _small_fonts(figure: Figure) -> list[str]:
    from matplotlib.text import Text

    texts = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    sizes = {one.get_text(): float(one.get_fontsize()) for one in texts}
    small = {text: size for text, size in sizes.items() if size < MIN_FONT_PT}
    return [f'"{text}" is set in {size:g} pt; allowed: >= {MIN_FONT_PT:g} pt' for text, size in sorted(small.items())]


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
