"""Numbers as a reader expects them: a value with as many digits as its error allows."""

from __future__ import annotations

import math
from typing import Any

MINUS = "\u2212"


def number(value: float, digits: int = 6) -> str:
    """``digits`` significant digits at most, with a true minus sign; words for what is not finite."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite" if value > 0 else f"{MINUS}infinite"
    return _typeset(f"{value + 0.0:.{digits}g}")


def with_error(value: float, error: float) -> str:
    """``value ± error``: the error with two significant digits, the value to the same place.

    Without a finite error > 0 the value alone, with six digits. Outside 1e-4 … 1e6 as (a ± b)·10ⁿ. An error
    below a millionth of the value (of a solver) stands by itself: nine digits of the value, then the error.
    """
    if not (math.isfinite(value) and math.isfinite(error) and error > 0):
        return number(value)
    if error < 1e-6 * abs(value):
        return f"{number(value, 9)} ± {number(error, 2)}"
    size = max(abs(value), error)
    power = 0 if 1e-4 <= size < 1e6 else math.floor(math.log10(size))
    value, error = value / 10.0**power, error / 10.0**power
    places = min(max(0, 1 - math.floor(math.log10(error))), 12)
    text = f"{value:.{places}f} ± {error:.{places}f}".replace("-", MINUS)
    return f"({text})·10{_superscript(power)}" if power else text


def _typeset(text: str) -> str:
    mantissa, _, power = text.partition("e")
    mantissa = mantissa.replace("-", MINUS)
    if not power:
        return mantissa
    factor = {"1": "", f"{MINUS}1": MINUS}.get(mantissa, f"{mantissa}·")
    return f"{factor}10{_superscript(int(power))}"


def _superscript(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def as_float(value: Any) -> float:
    """A number of a verdict: JSON has no nan and infinity, they come as texts; nan for what is not there."""
    return math.nan if value is None else float(value)


def seconds(value: float) -> str:
    """A duration: 0.42 s, 37 s, 12 min, 3.4 h."""
    for limit, unit, form in ((10, 1, "{:.1f} s"), (120, 1, "{:.0f} s"), (7200, 60, "{:.0f} min")):
        if value < limit:
            return form.format(value / unit)
    return f"{value / 3600:.1f} h"
