"""The kinds of series a canvas can draw, each recorded with every plotted number.

Theory is a line, simulation markers with error bars, a single trajectory a thin line, a limit a grey guide.
Nothing is computed from the data, nothing decimated.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from atlas.figures import panels
from atlas.figures.checks import Panel
from atlas.figures.errors import FigureError
from atlas.figures.record import Floats, Series, error_bars, vector
from atlas.figures.style import BLUE, INK, Palette, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Drawing:
    """Drawing methods over a figure and its panels; `Canvas` adds layout, table and files."""

    figure: Figure
    palette: Palette
    _panels: list[Panel]
    _series: list[Series]

    def _panel_of(self, ax: Axes) -> Panel:
        for panel in self._panels:
            if panel.axes is ax:
                return panel
        raise FigureError("panel: got axes that are not of this canvas; allowed: canvas.panel(i, j), inset, twin")

    def colour(self, key: Hashable) -> str:
        """Colour of a parameter value, the same for theory and simulation and in every panel."""
        return self.palette.colour(key)

    def order(self, keys: Iterable[Any], sequential: bool | None = None) -> None:
        """Fix the colours of these parameter values in sorted order, so that they do not depend on what is
        drawn first.

        More than seven values (or `sequential=True`) get a scale from dark to light.
        """
        self.palette.order(list(keys), sequential)

    def _look(self, label: str | None, key: Hashable | None, colour: str | None, default: str) -> tuple[str, str]:
        """Colour and marker."""
        name = key if key is not None else label
        if name is None:
            return colour or default, "o"
        return colour or self.palette.colour(name), self.palette.marker(name)

    def _draw(
        self,
        ax: Axes,
        label: str | None,
        kind: str,
        numbers: dict[str, Floats],
        draw: Callable[[], panels.Drawn],
    ) -> Series:
        self._panel_of(ax)
        with styled():
            artists, handle = draw()
        series = Series(ax, label or "", kind, numbers, artists, handle)
        self._series.append(series)
        return series

    def theory(
        self,
        ax: Axes,
        x: ArrayLike,
        y: ArrayLike,
        label: str | None = None,
        *,
        key: Hashable | None = None,
        colour: str | None = None,
        variant: int = 0,
    ) -> None:
        """A line. `variant` 1 to 3: dashed, dash-dotted, dotted, for a second theory of the same key."""
        xs = vector("x", x)
        ys = vector("y", y, len(xs))
        look, _ = self._look(label, key, colour, INK)
        self._draw(ax, label, "theory", {"x": xs, "y": ys}, lambda: panels.curve(ax, xs, ys, look, variant))

    def simulation(
        self,
        ax: Axes,
        x: ArrayLike,
        y: ArrayLike,
        yerr: ArrayLike | None,
        label: str | None = None,
        *,
        xerr: ArrayLike | None = None,
        key: Hashable | None = None,
        colour: str | None = None,
        hollow: bool = False,
    ) -> None:
        """Markers with error bars. `yerr`: half-widths (a number, one per point, or a pair below/above); None
        only for numbers without error. `hollow`: white faces, for a second protocol of the same key.
        """
        xs = vector("x", x)
        ys = vector("y", y, len(xs))
        x_bars, x_columns = error_bars("x", xerr, xs)
        y_bars, y_columns = error_bars("y", yerr, ys)
        look, marker = self._look(label, key, colour, BLUE)
        numbers = {"x": xs, "y": ys, **x_columns, **y_columns}
        self._draw(
            ax,
            label,
            "simulation",
            numbers,
            lambda: panels.points(ax, xs, ys, (x_bars, y_bars), look, marker, hollow),
        )

    def band(
        self,
        ax: Axes,
        x: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
        label: str | None = None,
        *,
        key: Hashable | None = None,
        colour: str | None = None,
    ) -> None:
        """A pale area between two curves: spread, uncertainty, a region of a phase diagram."""
        xs = vector("x", x)
        lows, highs = vector("low", low, len(xs)), vector("high", high, len(xs))
        look, _ = self._look(label, key, colour, BLUE)
        numbers = {"x": xs, "y_low": lows, "y_high": highs}
        self._draw(ax, label, "band", numbers, lambda: panels.area(ax, xs, lows, highs, look))

    def density(
        self,
        ax: Axes,
        edges: ArrayLike,
        values: ArrayLike,
        errors: ArrayLike | None = None,
        label: str | None = None,
        *,
        key: Hashable | None = None,
        colour: str | None = None,
        markers: bool = False,
    ) -> None:
        """A simulated histogram: `edges` (n + 1), `values` and `errors` (n), already normalised.

        Drawn as a filled outline with error bars, or (`markers`) as markers at the bin centres; the second is
        easier to read when theory lines cross it.
        """
        bounds = vector("edges", edges)
        heights = vector("values", values, len(bounds) - 1)
        if np.any(np.diff(bounds) <= 0):
            raise FigureError("edges: got values that do not increase; allowed: strictly increasing bin edges")
        centres = 0.5 * (bounds[:-1] + bounds[1:])
        bars, columns = error_bars("y", errors, heights)
        look, marker = self._look(label, key, colour, BLUE)
        numbers = {"x": centres, "y": heights, "x_low": bounds[:-1], "x_high": bounds[1:], **columns}

        def draw() -> panels.Drawn:
            if markers:
                return panels.points(ax, centres, heights, (None, bars), look, marker, False)
            return panels.steps(ax, bounds, heights, bars, look)

        self._draw(ax, label, "density", numbers, draw)

    def trace(
        self,
        ax: Axes,
        t: ArrayLike,
        x: ArrayLike,
        label: str | None = None,
        *,
        z: ArrayLike | None = None,
        key: Hashable | None = None,
        colour: str | None = None,
    ) -> None:
        """One simulated trajectory as a thin line (`z`: third coordinate on 3d axes)."""
        numbers = _coordinates(t, x, z)
        look, _ = self._look(label, key, colour, BLUE)
        self._draw(ax, label, "trace", numbers, lambda: panels.thin_line(ax, list(numbers.values()), look))

    def scatter(
        self,
        ax: Axes,
        x: ArrayLike,
        y: ArrayLike,
        label: str | None = None,
        *,
        z: ArrayLike | None = None,
        values: ArrayLike | None = None,
        values_label: str = "",
        key: Hashable | None = None,
        colour: str | None = None,
        size: float = 5.0,
    ) -> None:
        """Unconnected points without error bars (clouds, eigenvalues, couplings); `size` in points squared.

        On polar axes x is the angle in radians and y the radius; on 3d axes `z` is the third coordinate.
        `values` colour the points by number, with a colour bar named `values_label`.
        """
        numbers = _coordinates(x, y, z)
        place = list(numbers.values())
        look, marker = self._look(label, key, colour, BLUE)
        paint: Any = look
        if values is not None:
            paint = numbers["value"] = vector("values", values, len(place[0]))
            marker = "o"
        series = self._draw(ax, label, "scatter", numbers, lambda: panels.cloud(ax, place, paint, marker, size))
        if values is not None:
            self._colour_bar(ax, series, values_label)

    def bars(
        self,
        ax: Axes,
        x: ArrayLike,
        y: ArrayLike,
        yerr: ArrayLike | None = None,
        label: str | None = None,
        *,
        names: Sequence[str] | None = None,
        width: float = 0.7,
        key: Hashable | None = None,
        colour: str | None = None,
    ) -> None:
        """Vertical bars with error bars; `names` replace the numbers at the ticks."""
        xs = vector("x", x)
        ys = vector("y", y, len(xs))
        half, columns = error_bars("y", yerr, ys)
        look, _ = self._look(label, key, colour, BLUE)
        self._draw(
            ax,
            label,
            "bars",
            {"x": xs, "y": ys, **columns},
            lambda: panels.columns(ax, xs, ys, half, look, width),
        )
        if names is not None:
            if len(names) != len(xs):
                raise FigureError(f"names: got {len(names)}; allowed: {len(xs)}, as many as x has")
            with styled():
                ax.set_xticks(xs, list(names))

    def map(
        self,
        ax: Axes,
        x: ArrayLike,
        y: ArrayLike,
        values: ArrayLike,
        label: str,
        *,
        limits: tuple[float, float] | None = None,
        centre: float | None = None,
        bar: bool = True,
    ) -> None:
        """A heat map of `values` (len(y), len(x)) on cell centres, with a colour bar named `label`.

        `centre`: a value that gets the neutral colour of a diverging scale, with symmetric limits. Cells that
        are not finite are grey. `bar=False` when a neighbour with the same limits carries the colour bar.
        """
        xs, ys = vector("x", x), vector("y", y)
        grid = np.asarray(values, dtype=np.float64)
        if grid.shape != (len(ys), len(xs)):
            raise FigureError(f"values: got shape {grid.shape}; allowed: {(len(ys), len(xs))}, (len(y), len(x))")
        span = limits or _limits(grid, centre)
        mesh_x, mesh_y = np.meshgrid(xs, ys)
        numbers = {"x": mesh_x.ravel(), "y": mesh_y.ravel(), "value": grid.ravel()}
        series = self._draw(ax, label, "map", numbers, lambda: panels.cells(ax, xs, ys, grid, span, centre is not None))
        if bar:
            self._colour_bar(ax, series, label)

    def _colour_bar(self, ax: Axes, series: Series, label: str) -> None:
        if not label.strip():
            raise FigureError("label: got no name for a colour bar; allowed: the quantity with its unit")
        series.handle = None  # the bar explains it, not the legend
        with styled():
            scale = self.figure.colorbar(series.artists[0], ax=ax, label=label, pad=0.02, aspect=18)
            scale.outline.set_linewidth(0.6)

    def image(self, ax: Axes, values: ArrayLike, label: str | None = None) -> None:
        """A picture (rows, columns) of grey values without axes, first row on top; equal pixels."""
        grid = np.asarray(values, dtype=np.float64)
        if grid.ndim != 2:
            raise FigureError(f"values: got shape {grid.shape}; allowed: two dimensions")
        rows, cols = grid.shape
        mesh_x, mesh_y = np.meshgrid(np.arange(float(cols)), np.arange(float(rows)))
        numbers = {"x": mesh_x.ravel(), "y": mesh_y.ravel(), "value": grid.ravel()}

        def draw() -> panels.Drawn:
            picture = ax.imshow(grid, cmap="gray_r", interpolation="none", rasterized=True)
            ax.set_axis_off()
            return [picture], None

        self._draw(ax, label, "image", numbers, draw)
        self._panel_of(ax).needs = ()

    def reference(
        self,
        ax: Axes,
        label: str | None = None,
        *,
        x: ArrayLike | None = None,
        y: ArrayLike | None = None,
        slope: float | None = None,
        through: tuple[float, float] | None = None,
        span: tuple[float, float] | None = None,
        variant: int = 0,
    ) -> None:
        """A grey guide: y=level, x=position, x and y of a curve, or `slope` `through` a point over the x
        range `span`.

        A slope is a straight line on linear axes and the power law on log-log axes: set the scales first.
        Raises FigureError for a combination that is none of these.
        """
        xs, ys = _guide(ax, x, y, slope, through, span)
        self._draw(ax, label, "reference", {"x": xs, "y": ys}, lambda: panels.guide(ax, xs, ys, variant))


def _coordinates(x: ArrayLike, y: ArrayLike, z: ArrayLike | None) -> dict[str, Floats]:
    """Two or three coordinates of equal length."""
    numbers = {"x": vector("x", x)}
    numbers["y"] = vector("y", y, len(numbers["x"]))
    if z is not None:
        numbers["z"] = vector("z", z, len(numbers["x"]))
    return numbers


def _limits(grid: Floats, centre: float | None) -> tuple[float, float]:
    """Range of the finite cells, made symmetric about `centre` if there is one."""
    finite = grid[np.isfinite(grid)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if centre is None:
        return low, high
    reach = max(high - centre, centre - low)
    return centre - reach, centre + reach


def _guide(
    ax: Any, x: ArrayLike | None, y: ArrayLike | None, slope: float | None, through: Any, span: Any
) -> tuple[Floats, Floats]:
    """End points of a guide; a not-finite coordinate means "all along this axis"."""
    if slope is None:
        if x is None and y is None:
            raise FigureError("reference: got neither x, y nor slope; allowed: one of x, y, (x and y), slope")
        xs = None if x is None else vector("x", np.atleast_1d(np.asarray(x, dtype=np.float64)))
        ys = None if y is None else vector("y", np.atleast_1d(np.asarray(y, dtype=np.float64)))
        if xs is not None and ys is not None:
            return xs, vector("y", ys, len(xs))
        whole = np.array([np.nan])
        return (whole, ys[:1]) if ys is not None else (xs[:1], whole)  # type: ignore[index]
    if through is None or span is None or x is not None or y is not None:
        raise FigureError("reference: got an incomplete slope; allowed: slope with through=(x0, y0) and span=(x1, x2)")
    ends = np.array([float(span[0]), float(span[1])])
    scales = (ax.get_xscale(), ax.get_yscale())
    if scales == ("log", "log"):
        return ends, through[1] * (ends / through[0]) ** slope
    if scales != ("linear", "linear"):
        raise FigureError(f"reference: got a slope on {scales[0]}-{scales[1]} axes; allowed: linear or log-log")
    return ends, through[1] + slope * (ends - through[0])
