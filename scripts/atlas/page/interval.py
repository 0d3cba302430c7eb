"""The picture of one check: the allowed interval as a band, the value expected in it, the observed value with its
error bar, the control.

Everything is drawn on one linear axis that holds the ends of the allowed interval and the observed value
with its half-width. The control is drawn there too when that leaves the rest readable, else as an arrow at the
edge where it lies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH, HEIGHT, INSET = 240.0, 30.0, 10.0
PADDING = 0.18  # of the span, on either side
STRETCH = 6.0  # the control may stretch the axis by this factor
THINNEST = 2.0  # pixels of an allowed interval that is too narrow to see


@dataclass(frozen=True)
class Picture:
    """Positions in pixels: ``band`` (start, width), ``bar`` (start, end), ``dot``, ``cross`` of the control or
    ``arrow`` (-1 left, 1 right) where it is off the axis, ``mark`` of the expected value; None for what cannot be
    drawn."""

    band: tuple[float, float]
    bar: tuple[float, float] | None
    dot: float | None
    cross: float | None
    arrow: int
    mark: float | None = None

    @property
    def style(self) -> str:
        """The same as custom properties of CSS, in whole pixels, which the stylesheet draws; what is missing is not said.

        ``n``, ``w``: start and width of the band; ``h``, ``b``: of the bar; ``e``: the mark; ``d``: the dot; ``k``: the
        cross; ``a``: its letters where they are an arrow.
        """
        cross = self.cross if self.cross is not None else {-1: INSET + 4, 0: None, 1: WIDTH - INSET}[self.arrow]
        places = {"n": self.band[0], "w": self.band[1], "e": self.mark, "d": self.dot, "k": cross}
        if self.bar:
            places |= {"h": self.bar[0], "b": self.bar[1] - self.bar[0]}
        words = [f"--{name}:{place:.0f}" for name, place in places.items() if place is not None]
        return ";".join([*words, *({-1: ["--a:'‹'"], 1: ["--a:'\\a0 ›'"]}.get(self.arrow, []))])


def picture(
    allowed: tuple[float, float],
    observed: float,
    half_width: float,
    control: float = math.nan,
    expected: float = math.nan,
) -> Picture:
    """Lay out one check: ``allowed`` interval (infinite ends are open), ``observed`` ± ``half_width``, the
    ``control``'s value and the one ``expected``, all in the unit of the quantity; nan for what is not known.
    """
    half_width = half_width if math.isfinite(half_width) else 0.0
    ends = [end for end in allowed if math.isfinite(end)]
    points = [*ends, *([observed - half_width, observed + half_width] if math.isfinite(observed) else [])]
    low, high = min(points), max(points)
    if high == low:
        low, high = low - (abs(low) or 1.0), high + (abs(high) or 1.0)
    cross, arrow = math.isfinite(control), 0
    if cross and max(high, control) - min(low, control) <= STRETCH * (high - low):
        low, high = min(low, control), max(high, control)
    elif cross:
        cross, arrow = False, 1 if control > high else -1
    pad = PADDING * (high - low)
    low, high = low - pad, high + pad

    def place(value: float) -> float:
        inside = min(max(value, low), high)
        return round(INSET + (WIDTH - 2 * INSET) * ((inside - low) / (high - low)), 1)

    start, end = (0.0 if allowed[0] == -math.inf else place(allowed[0])), place(allowed[1])
    end = WIDTH if allowed[1] == math.inf else end
    if end - start < THINNEST:
        start, end = (start + end - THINNEST) / 2, (start + end + THINNEST) / 2
    seen = math.isfinite(observed)
    return Picture(
        band=(round(start, 1), round(end - start, 1)),
        bar=(place(observed - half_width), place(observed + half_width)) if seen and half_width else None,
        dot=place(observed) if seen else None,
        cross=place(control) if cross else None,
        arrow=arrow,
        mark=place(expected) if low <= expected <= high else None,
    )
