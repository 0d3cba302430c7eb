"""Canvas: a figure that remembers what it shows.

Every drawing method takes the axes first, draws in the corpus' style, and records the numbers; `table()`
gives them back and `save()` writes them beside the pictures. Nothing is computed from the data, nothing
decimated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from atlas.figures import checks, fit, legends, saving, ticks
from atlas.figures.checks import Panel
from atlas.figures.drawing import Drawing
from atlas.figures.errors import FigureError
from atlas.figures.record import Series, build_table
from atlas.figures.style import DPI, INK, LAYOUT, Palette, figure_size, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Mosaic = str | Sequence[Sequence[str]]


class Canvas(Drawing):
    """A figure of one (86 mm) or two (178 mm) columns with `rows` x `cols` panels.

    `projection` is one name ("polar", "3d") for all panels or a mapping from panel to name; `mosaic` (as
    matplotlib's subplot_mosaic) makes panels that span rows or columns, addressed by their letter. Further
    keywords go to Figure.subplots or subplot_mosaic (sharex, sharey, width_ratios, height_ratios).

    A `key` (a parameter's value, by default the label) decides colour and marker: theory and simulation of
    one key look alike. Panels get the letters (a), (b), ... by themselves when there is more than one. Raises
    FigureError for a width or height outside of what the journals take.
    """

    def __init__(
        self,
        columns: int = 1,
        height_mm: float = 60.0,
        rows: int = 1,
        cols: int = 1,
        *,
        mosaic: Mosaic | None = None,
        projection: str | Mapping[Any, str] | None = None,
        letters: bool = True,
        **subplots: Any,
    ) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.palette = Palette()
        self._series: list[Series] = []
        self._legends: list[tuple[Any, Any]] = []  # legend, wanted place
        self._starts: dict[Any, Any] = {}  # places of the axes before any layout
        self._letters = letters
        size = figure_size(columns, height_mm)
        with styled():
            self.figure = Figure(figsize=size, dpi=DPI, layout="constrained")
            self.figure.get_layout_engine().set(**LAYOUT)  # type: ignore[union-attr]
            FigureCanvasAgg(self.figure)
            self._named = _make_panels(self.figure, (rows, cols), mosaic, projection, subplots)
            for ax in self._named.values():
                if ax.name == "rectilinear":
                    ticks.plain(ax.xaxis)
                    ticks.plain(ax.yaxis)
                if ax.name == "3d":  # matplotlib's distances are made for larger fonts
                    ax.tick_params(pad=-2.0)
                    for axis in (ax.xaxis, ax.yaxis, ax.zaxis):
                        ticks.plain(axis, 4)
                    ax.xaxis.labelpad = ax.yaxis.labelpad = ax.zaxis.labelpad = -7.0
        shape = (1, len(self._named)) if mosaic is not None else (rows, cols)
        self.axes = np.array(list(self._named.values()), dtype=object).reshape(shape)
        needs = {"polar": (), "3d": ("x", "y", "z")}
        self._panels = [Panel(ax, needs=needs.get(ax.name, ("x", "y"))) for ax in self._named.values()]

    # -- panels ------------------------------------------------------------

    def panel(self, row: int | str = 0, col: int = 0) -> Axes:
        """Axes of a panel, by row and column or by its letter in the mosaic."""
        key = row if isinstance(row, str) else (row, col)
        if key not in self._named:
            raise FigureError(f"panel: got {key!r}; allowed: {', '.join(str(name) for name in self._named)}")
        return self._named[key]

    def drop(self, ax: Axes) -> None:
        """Remove an unused panel; its place stays free (for a legend, say)."""
        ax.remove()
        self._panels = [panel for panel in self._panels if panel.axes is not ax]
        self._named = {name: one for name, one in self._named.items() if one is not ax}

    def inset(self, ax: Axes, bounds: tuple[float, float, float, float], *, zoom: bool = False) -> Axes:
        """Axes inside a panel; `bounds` = (left, bottom, width, height) in units of the panel.

        `zoom`: shows the parent's quantities enlarged, so that it needs no labels of its own.
        """
        with styled():
            inner = ax.inset_axes(bounds)
            for axis in (inner.xaxis, inner.yaxis):
                ticks.plain(axis, 3)
            inner.tick_params(labelsize=6.5, pad=1.5, length=2.0)
            inner.set_zorder(8)
            inner.xaxis.label.set_fontsize(7.0)
            inner.yaxis.label.set_fontsize(7.0)
        self._panels.append(Panel(inner, parent=ax, suffix="inset", needs=() if zoom else ("x", "y")))
        return inner

    def twin(self, ax: Axes) -> Axes:
        """A second y axis on the right of a panel."""
        with styled():
            second = ax.twinx()
            second.spines["right"].set_visible(True)
            ticks.plain(second.yaxis)
        self._panels.append(Panel(second, parent=ax, suffix="right", needs=("y",)))
        return second

    def labels(self, ax: Axes, xlabel: str, ylabel: str, title: str | None = None, zlabel: str | None = None) -> None:
        """Name the axes (with units) and, if wanted, the panel.

        A panel inside a grid with shared axes has no tick labels and gets no label either: its neighbour's
        counts.
        """
        with styled():
            ax.set_xlabel(xlabel if _shows_numbers(ax.xaxis, "bottom", "top") else "")
            ax.set_ylabel(ylabel if _shows_numbers(ax.yaxis, "left", "right") else "")
            if zlabel is not None:
                ax.set_zlabel(zlabel)  # type: ignore[attr-defined]
        self._panel_of(ax).title = title

    @contextmanager
    def styled(self) -> Iterator[None]:
        """The corpus' style, for calls that go to matplotlib directly (they are drawn but not recorded)."""
        with styled():
            yield

    def _name_panels(self) -> None:
        """Letters in reading order; insets and second axes are named after their panel."""
        names: dict[int, str] = {}
        outer = [panel for panel in self._panels if panel.parent is None]
        for index, panel in enumerate(outer):
            panel.name = names[id(panel.axes)] = _letter(index)
        counts: dict[str, int] = {}
        for panel in self._panels:
            if panel.parent is not None:
                stem = f"{names.get(id(panel.parent), '?')}.{panel.suffix}"
                counts[stem] = counts.get(stem, 0) + 1
                panel.name = names[id(panel.axes)] = stem + (str(counts[stem]) if counts[stem] > 1 else "")
        for panel in self._panels:
            letter = (
                rf"$\mathbf{{({panel.name})}}$" if self._letters and len(outer) > 1 and panel.parent is None else ""
            )
            text = "  ".join(part for part in (letter, panel.title or "") if part)
            if text:
                panel.axes.set_title(text, loc="left")

    # -- words ------------------------------------------------------------

    def note(self, ax: Axes, x: float, y: float, text: str, *, colour: str = INK, **place: Any) -> None:
        """A short text in a panel at (x, y) in units of the panel, (0, 0) bottom left."""
        with styled():
            place = {"ha": "left", "va": "center", "fontsize": 7.0, **place}
            ax.text(x, y, text, transform=ax.transAxes, color=colour, zorder=9, **place)

    def legend(
        self,
        ax: Axes | None = None,
        *,
        theory: str | None = None,
        simulation: str | None = None,
        loc: str | tuple[float, float] | None = None,
        ncols: int | None = None,
        title: str | None = None,
    ) -> None:
        """One entry per label, line and marker together. `theory` and `simulation` add entries that say what
        a black line and a grey marker mean. Without `ax` one legend stands above all panels, outside of them.
        """
        own = [one for one in self._series if ax is None or one.axes is ax]
        with styled():
            handles, names = legends.entries(own, theory, simulation)
        if not handles:
            raise FigureError("legend: got no labelled series; allowed: after series with labels were drawn")
        with styled():
            if ax is None:
                wanted: Any = loc or "outside upper center"
                legend = self.figure.legend(handles, names, loc=wanted, ncols=ncols or len(names), title=title)
            else:
                wanted = loc or "best"
                legend = ax.legend(handles, names, loc=wanted, ncols=ncols or 1, title=title)
                self._legends.append((legend, wanted))
            legend.set_zorder(9)

    # -- output ------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """Exactly the plotted numbers, tidy; columns as in `atlas.figures.record`."""
        self._name_panels()
        names = {id(panel.axes): panel.name for panel in self._panels}
        return build_table([(names[id(one.axes)], one) for one in self._series if id(one.axes) in names])

    def has_error_bars(self) -> bool:
        """True if any drawn number has an error bar (what the caption must then explain)."""
        names = ("x_error", "y_error")
        bars = [one.numbers[name] for one in self._series for name in names if name in one.numbers]
        asymmetric = [one for one in self._series if one.kind != "band" and "y_high" in one.numbers]
        return bool(asymmetric) or any(bool(np.isfinite(half).any()) for half in bars)

    def clipped(self) -> list[str]:
        """What would be cut off or unreadable: one line per fault, empty when all is well."""
        with styled():
            return self._settle() + fit.faults(self.figure, self._panels)

    def _settle(self) -> list[str]:
        self._name_panels()
        for panel in self._panels:
            ticks.thin_log(panel.axes.xaxis)
            ticks.thin_log(panel.axes.yaxis)
            ticks.plain_numbers(panel.axes.xaxis)
            ticks.plain_numbers(panel.axes.yaxis)
        for legend, wanted in self._legends:
            legend.set_loc(wanted)
        complaints = fit.settle(self.figure, self._starts)
        for legend, wanted in self._legends:
            if wanted == "best":
                legends.freeze(legend)
        return complaints

    def save(self, stem: Path) -> list[Path]:
        """Write stem.svg, stem.pdf, stem.png (300 dpi) and stem.csv (the plotted numbers); return the four
        paths.

        All four appear together or none does; the bytes are the same in every run on the same packages.
        Raises FigureError, before anything is written, for an empty panel, a panel without axis labels, a
        series without a finite point, and whatever `clipped()` finds.
        """
        stem = Path(stem)
        self._name_panels()
        faults = checks.faults(self._panels, self._series)
        if not faults:
            faults = self.clipped()
        if faults:
            raise FigureError(f"figure {stem.name}: {'; '.join(faults)}")
        with styled():
            pictures = saving.render(self.figure, self._series, stem.name)
        csv = self.table().to_csv(index=False, lineterminator="\n")
        contents = {**pictures, "csv": csv.encode()}
        paths = {stem.with_name(f"{stem.name}.{ending}"): content for ending, content in contents.items()}
        saving.write_together(paths)
        return list(paths)


def _letter(index: int) -> str:
    """a ... z, then aa, ab, ..."""
    first, second = divmod(index, 26)
    return (chr(96 + first) if first else "") + chr(97 + second)


def _shows_numbers(axis: Any, *sides: str) -> bool:
    """False only for the inner axes of a grid that shares them."""
    shown = axis.get_tick_params()
    return any(shown.get(f"label{side}", True) for side in sides)


def _make_panels(
    figure: Any, shape: tuple[int, int], mosaic: Mosaic | None, projection: Any, subplots: dict[str, Any]
) -> dict[Any, Any]:
    """Axes by (row, column) or by letter."""
    if isinstance(projection, str):
        subplots = {**subplots, "subplot_kw": {**subplots.get("subplot_kw", {}), "projection": projection}}
        projection = None
    if mosaic is None and not projection:
        grid = figure.subplots(*shape, squeeze=False, **subplots)
        return {(i, j): grid[i, j] for i in range(shape[0]) for j in range(shape[1])}
    kinds = {_word(key): {"projection": name} for key, name in (projection or {}).items()}
    if mosaic is not None:
        return dict(figure.subplot_mosaic(mosaic, per_subplot_kw=kinds, **subplots))
    places = [[(i, j) for j in range(shape[1])] for i in range(shape[0])]
    words = [[_word(place) for place in row] for row in places]
    found = figure.subplot_mosaic(words, per_subplot_kw=kinds, **subplots)
    return {place: found[_word(place)] for row in places for place in row}


def _word(key: Any) -> str:
    """subplot_mosaic takes a tuple for several keys, so a place must be a word."""
    return key if isinstance(key, str) else f"{key[0]},{key[1]}"
