"""Every plotted number as a tidy row: what a figure shows can be read back from the CSV beside it.

Columns: panel ("a", "b", "a.inset", "a.right"), series (label), kind (theory, simulation, band, density,
trace, scatter, bars, map, image, reference), x, y, z (on 3d axes), value (shown as colour), x_error, y_error
(symmetric half-widths), x_low, x_high (bin edges, ends of asymmetric bars), y_low, y_high (edges of a band,
ends of asymmetric bars). What a kind does not have stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.figures.errors import FigureError

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
NUMBERS = ("x", "y", "z", "value", "x_error", "y_error", "x_low", "x_high", "y_low", "y_high")
COLUMNS = ("panel", "series", "kind", *NUMBERS)


@dataclass
class Series:
    """One drawn series: where, what it is called, its numbers, and the artists that show it."""

    axes: Any
    label: str
    kind: str
    numbers: dict[str, Floats]
    artists: list[Any] = field(default_factory=list)
    handle: Any = None  # what the legend shows

    @property
    def size(self) -> int:
        return max(len(values) for values in self.numbers.values())

    def is_blank(self) -> bool:
        """True if no row has all of its coordinates finite: nothing is visible."""
        shown = np.ones(self.size, dtype=bool)
        for name in ("x", "y", "z", "value", "y_low", "y_high"):
            if name in self.numbers and self.kind != "reference":
                shown &= np.isfinite(self.numbers[name])
        return not bool(shown.any())


def vector(name: str, values: ArrayLike, size: int | None = None) -> Floats:
    """`values` as a one-dimensional float array; a single number is repeated when `size` is known.

    Raises FigureError for more than one axis or a length other than `size`.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 and size is not None:
        return np.full(size, float(array))
    if array.ndim != 1:
        raise FigureError(f"{name}: got an array of shape {array.shape}; allowed: one dimension")
    if size is not None and len(array) != size:
        raise FigureError(f"{name}: got {len(array)} values; allowed: {size}, as many as x has")
    return array


def error_bars(name: str, values: ArrayLike | None, centre: Floats) -> tuple[Any, dict[str, Floats]]:
    """Error bars as matplotlib wants them and as table columns.

    `values` is None, a number, one half-width per point, or a pair (below, above) of half-widths. `name` is x
    or y. Raises FigureError for a negative half-width or a wrong length.
    """
    if values is None:
        return None, {}
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 2 and array.shape == (2, len(centre)):
        low, high = array[0], array[1]
        columns = {f"{name}_low": centre - low, f"{name}_high": centre + high}
    else:
        array = vector(f"{name}err", values, len(centre))
        columns = {f"{name}_error": array}
    if np.any(array < 0):
        raise FigureError(f"{name}err: got a negative half-width {array[array < 0].min():g}; allowed: >= 0")
    return array, columns


def build_table(rows: list[tuple[str, Series]]) -> pd.DataFrame:
    """Tidy table of (panel name, series), in the order drawn; one row per plotted point."""
    import pandas as pd

    pieces = []
    for panel, series in rows:
        blank = np.full(series.size, np.nan)
        columns: dict[str, Any] = {"panel": panel, "series": series.label, "kind": series.kind}
        columns.update({name: series.numbers.get(name, blank) for name in NUMBERS})
        pieces.append(pd.DataFrame(columns, columns=list(COLUMNS)))
    if not pieces:
        return pd.DataFrame(columns=list(COLUMNS))
    filled = {name: np.concatenate([piece[name].to_numpy() for piece in pieces]) for name in COLUMNS}
    return pd.DataFrame(filled)
