"""What the criterion of a check allows, from the plain fields of a verdict: in signs, and as an interval.

The page and the summary in the terminal read verdicts.json; each gives its own way of writing a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any


def allowed(check: Mapping[str, Any], number: Callable[[float], str]) -> str:
    """What the criterion of a check allows, in signs: ``0.5 ± 0.1``, ``1 … 2``, ``≤ 3`` or ``≥ 3``.

    ``check``: `kind` and the fields of that kind; ``number``: how to write one number.
    """
    if check["kind"] == "within":
        return f"{number(check['expected'])} ± {number(check['tolerance'])}"
    if check["kind"] == "between":
        return f"{number(check['low'])} … {number(check['high'])}"
    return f"{'≤' if check['kind'] == 'below' else '≥'} {number(check['bound'])}"


def allowed_interval(check: Mapping[str, Any]) -> tuple[float, float]:
    """The interval that the criterion of a check allows, with infinite ends where it is one-sided."""
    if check["kind"] == "within":
        expected, tolerance = check["expected"], check["tolerance"]
        return expected - tolerance, expected + tolerance
    if check["kind"] == "between":
        return check["low"], check["high"]
    return (-math.inf, check["bound"]) if check["kind"] == "below" else (check["bound"], math.inf)
