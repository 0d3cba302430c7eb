"""Numbers in words, against what a reader would write by hand."""

from __future__ import annotations

import math

import pytest

from atlas.claims.wording import allowed, allowed_interval
from atlas.page.numbers import as_float, number, seconds, with_error


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.127913, 0.00214, "0.1279 ± 0.0021"),
        (-2.5, 0.15, "−2.50 ± 0.15"),
        (12.0, 3.0, "12.0 ± 3.0"),
        (12345.0, 130.0, "12345 ± 130"),
        (0.0, 0.02, "0.000 ± 0.020"),
        (4.5e-11, 1e-11, "(4.5 ± 1.0)·10⁻¹¹"),
        (3.25e7, 2e5, "(3.250 ± 0.020)·10⁷"),
        (3.32503540812e-10, 3.3e-18, "3.32503541·10⁻¹⁰ ± 3.3·10⁻¹⁸"),
        (2.0, 1e-12, "2 ± 10⁻¹²"),
        (0.5, 0.0, "0.5"),
        (1 / 3, math.nan, "0.333333"),
        (math.nan, 0.1, "not a number"),
        (0.5, math.inf, "0.5"),
    ],
)
def test_value_has_the_digits_of_its_error(value: float, error: float, text: str) -> None:
    assert with_error(value, error) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-10, "10⁻¹⁰"),
        (-1e-10, "−10⁻¹⁰"),
        (2.5e-7, "2.5·10⁻⁷"),
        (-0.0, "0"),
        (1 / 3, "0.333333"),
        (math.inf, "infinite"),
        (-math.inf, "−infinite"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert number(value) == text


def test_numbers_of_verdicts_that_json_cannot_hold() -> None:
    assert math.isnan(as_float("nan"))
    assert math.isnan(as_float(None))
    assert as_float("-inf") == -math.inf


@pytest.mark.parametrize(
    ("check", "text", "interval"),
    [
        ({"kind": "within", "expected": 1.0, "tolerance": 0.25}, "1 ± 0.25", (0.75, 1.25)),
        ({"kind": "between", "low": -1, "high": 2}, "−1 … 2", (-1, 2)),
        ({"kind": "below", "bound": 0.1}, "≤ 0.1", (-math.inf, 0.1)),
        ({"kind": "above", "bound": 0.0}, "≥ 0", (0.0, math.inf)),
    ],
)
def test_what_a_criterion_allows(check: dict[str, float], text: str, interval: tuple[float, float]) -> None:
    assert allowed(check, number) == text
    assert allowed_interval(check) == interval


@pytest.mark.parametrize(("duration", "text"), [(0.04, "0.0 s"), (37.2, "37 s"), (600, "10 min"), (12240, "3.4 h")])
def test_durations(duration: float, text: str) -> None:
    assert seconds(duration) == text
