"""Tick labels that stay short and apart."""

from __future__ import annotations

import math
from typing import Any, Literal

STEPS = (1, 2, 5, 10)  # no quarter steps: 1.02 reads better than 1.025
CLEAR = (2, 5)  # multiples of a power of ten that get a label when a log axis shows fewer than two powers
ENOUGH = 2  # numbers that an axis needs


def plain(axis: Any, most: int | Literal["auto"] = "auto") -> None:
    """Ticks of a linear axis at 1, 2, 5 times a power of ten, at most `most` intervals."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=list(STEPS)))


def plain_numbers(axis: Any) -> None:
    """Numbers of a linear axis as ordinary text, only a power of ten above the axis as a formula: the same glyphs as
    matplotlib's own labels, which are formulas one and all and take ten times as long to set.
    """
    from matplotlib.ticker import ScalarFormatter

    class Numbers(ScalarFormatter):
        """Ordinary text for the ticks, a formula for the power of ten."""

        def get_offset(self) -> str:
            self._useMathText = True
            try:
                return super().get_offset()
            finally:
                self._useMathText = False

    if type(axis.get_major_formatter()) is ScalarFormatter:
        axis.set_major_formatter(Numbers(useMathText=False))


def thin_log(axis: Any) -> None:
    """Labels between the powers of ten of a log axis: none if two powers are in view, else at 2 and 5 times
    them, or at every tick where these are fewer than two numbers.

    Matplotlib labels up to eight of them, which lie on each other in a small panel, and a NullFormatter can
    leave an axis without any number. A formatter of another kind stays.
    """
    from matplotlib.ticker import FuncFormatter, LogFormatterSciNotation, NullFormatter

    usual = (LogFormatterSciNotation, NullFormatter)
    if axis.get_scale() == "log" and type(axis.get_minor_formatter()) in usual:
        axis.set_minor_formatter(FuncFormatter(lambda value, _: _between(value, *axis.get_view_interval())))


def _between(value: float, one_end: float, other_end: float) -> str:
    low, high = sorted((one_end, other_end))
    if low <= 0 or value <= 0:
        return ""
    powers = _within(1, low, high)
    exponent = math.floor(math.log10(value) + 1e-9)
    multiple = value / 10.0**exponent
    if powers >= ENOUGH:
        return ""
    if powers + sum(_within(each, low, high) for each in CLEAR) < ENOUGH:
        return f"{value:g}" if -2 <= exponent <= 3 else rf"${multiple:g}\times10^{{{exponent}}}$"
    if not any(math.isclose(multiple, each) for each in CLEAR):
        return ""
    if powers == 0 and -2 <= exponent <= 3:
        return f"{value:g}"
    return rf"${multiple:g}\times10^{{{exponent}}}$"


def _within(multiple: int, low: float, high: float) -> int:
    """How many multiples of powers of ten lie in an interval."""
    return math.floor(math.log10(high / multiple) + 1e-9) - math.ceil(math.log10(low / multiple) - 1e-9) + 1
