"""How each kind of series looks. Plain drawing functions: arrays in, artists out; nothing is computed or
recorded.

Each returns (artists, handle): what was drawn, and what the legend shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from atlas.figures.style import DIVERGING, GUIDE, INK, LINES, NO_VALUE, SEQUENTIAL, tint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atlas.figures.record import Floats

Drawn = tuple[list[Any], Any]

# back to front
GUIDES, MAPS, BARS, BANDS, CLOUDS, TRACES, POINTS, CURVES = 0.5, 0.6, 1.0, 1.2, 1.6, 1.8, 3.0, 4.0
FRONT = 2.0  # what lies behind may be drawn as one picture


def curve(ax: Axes, x: Floats, y: Floats, colour: str, variant: int) -> Drawn:
    """A line over the markers."""
    style = LINES[variant % len(LINES)]
    (line,) = ax.plot(x, y, color=colour, linestyle=style, linewidth=1.3, zorder=CURVES)
    return [line], line


def points(ax: Axes, x: Floats, y: Floats, bars: tuple[Any, Any], colour: str, marker: str, hollow: bool) -> Drawn:
    """Markers with error bars; the face is paler than the edge, so that a line of the same colour stays
    visible.
    """
    xerr, yerr = bars
    container = ax.errorbar(
        x,
        y,
        xerr=xerr,
        yerr=yerr,
        linestyle="none",
        marker=marker,
        color=colour,
        markerfacecolor="white" if hollow else tint(colour),
        markeredgecolor=colour,
        elinewidth=0.8,
        capthick=0.7,
        zorder=POINTS,
    )
    return list(container.get_children()), container


def area(ax: Axes, x: Floats, low: Floats, high: Floats, colour: str) -> Drawn:
    """A pale band between two lines."""
    patch = ax.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0, zorder=BANDS)
    return [patch], patch


def steps(ax: Axes, edges: Floats, values: Floats, error: Any, colour: str) -> Drawn:
    """A histogram as a filled outline, with error bars at the bin centres."""
    artists: list[Any] = [
        ax.stairs(values, edges, fill=True, color=colour, alpha=0.16, linewidth=0, zorder=BARS),
    ]
    outline = ax.stairs(values, edges, color=colour, linewidth=0.8, baseline=None, zorder=BARS + 0.1)
    artists.append(outline)
    if error is not None:
        centres = 0.5 * (edges[:-1] + edges[1:])
        container = ax.errorbar(
            centres,
            values,
            yerr=error,
            linestyle="none",
            color=colour,
            elinewidth=0.8,
            capsize=1.0,
            zorder=POINTS,
        )
        artists += list(container.get_children())
    return artists, outline


def thin_line(ax: Axes, coordinates: list[Floats], colour: str) -> Drawn:
    """One simulated trajectory (two or three coordinates)."""
    (line,) = ax.plot(*coordinates, color=colour, linewidth=0.7, zorder=TRACES, solid_joinstyle="round")
    return [line], line


def cloud(ax: Axes, coordinates: list[Floats], colour: Any, marker: str, size: float) -> Drawn:
    """Unconnected points without error bars; `colour` is a colour or one number per point."""
    from matplotlib.lines import Line2D

    colours = {"color": colour} if isinstance(colour, str) else {"c": colour, "cmap": SEQUENTIAL}
    look: dict[str, Any] = {"s": size, "marker": marker, "linewidths": 0, "zorder": CLOUDS, **colours}
    spots = ax.scatter(*coordinates, **look)
    sample = Line2D([], [], color=colour if isinstance(colour, str) else INK, marker=marker, linestyle="none")
    return [spots], sample  # the legend shows a marker of readable size


def columns(ax: Axes, x: Floats, y: Floats, error: Any, colour: str, width: float) -> Drawn:
    """Vertical bars with error bars."""
    style = {"elinewidth": 0.8, "capthick": 0.7, "ecolor": colour, "zorder": POINTS}
    container = ax.bar(
        x,
        y,
        width=width,
        yerr=error,
        color=tint(colour),
        edgecolor=colour,
        linewidth=0.8,
        zorder=BARS,
        error_kw=style,
    )
    artists = list(container.get_children())
    if container.errorbar is not None:
        artists += list(container.errorbar.get_children())
    return artists, container


def cells(ax: Axes, x: Floats, y: Floats, values: Floats, limits: tuple[float, float], diverging: bool) -> Drawn:
    """A map of coloured cells centred on (x, y); cells without a number are grey. Pixels in every format."""
    from matplotlib import colormaps

    scheme = colormaps[DIVERGING if diverging else SEQUENTIAL].with_extremes(bad=NO_VALUE)
    masked = np.ma.masked_invalid(values)
    mesh = ax.pcolormesh(x, y, masked, shading="nearest", cmap=scheme, vmin=limits[0], vmax=limits[1], zorder=MAPS)
    mesh.set_rasterized(True)  # vector cells show hairlines between them in many viewers
    ax.set_facecolor(NO_VALUE)
    return [mesh], mesh


def guide(ax: Axes, x: Floats, y: Floats, variant: int) -> Drawn:
    """A grey line behind everything: a level (x not finite), a vertical (y not finite) or a segment."""
    look: dict[str, Any] = {
        "color": GUIDE,
        "linewidth": 0.8,
        "zorder": GUIDES,
        "linestyle": LINES[1 + variant % 3],
    }
    if not np.isfinite(x).any():
        line = ax.axhline(float(y[0]), **look)
    elif not np.isfinite(y).any():
        line = ax.axvline(float(x[0]), **look)
    else:
        (line,) = ax.plot(x, y, **look)
    return [line], line
