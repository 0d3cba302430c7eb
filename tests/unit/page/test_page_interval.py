"""The picture of a check says the same as its numbers."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from atlas.page.interval import THINNEST, WIDTH, picture

NUMBERS = st.floats(-1e6, 1e6)
WIDTHS = st.floats(1e-3, 1e3)
ROUND = 0.1  # positions are rounded to a tenth of a pixel


def test_positions_of_a_simple_check() -> None:
    drawn = picture((0.0, 1.0), observed=0.5, half_width=0.25)
    start, width = drawn.band
    assert drawn.dot is not None
    assert drawn.bar is not None
    assert abs(drawn.dot - (start + width / 2)) <= ROUND  # the middle of the allowed interval
    assert abs((drawn.bar[1] - drawn.bar[0]) - width / 2) <= 2 * ROUND  # half as wide as it
    assert (drawn.cross, drawn.arrow) == (None, 0)


@given(low=NUMBERS, size=WIDTHS, observed=NUMBERS, half_width=WIDTHS, control=NUMBERS)
def test_order_on_the_page_is_order_of_values(
    low: float, size: float, observed: float, half_width: float, control: float
) -> None:
    drawn = picture((low, low + size), observed, half_width, control)
    start, width = drawn.band
    dot, bar = drawn.dot, drawn.bar
    assert dot is not None
    assert bar is not None
    assert width >= THINNEST - ROUND
    assert -ROUND <= start <= start + width <= WIDTH + ROUND
    assert bar[0] <= dot <= bar[1]
    # An interval that is too thin to see is widened by half the thinnest width to either side.
    slack = THINNEST / 2 + ROUND
    if observed <= low:
        assert dot <= start + slack
    if observed >= low + size:
        assert dot >= start + width - slack
    if drawn.cross is None:
        everything = [low, low + size, observed - half_width, observed + half_width]
        assert drawn.arrow == (1 if control > max(everything) else -1)
    elif control >= observed:
        assert drawn.cross >= dot
    else:
        assert drawn.cross <= dot


def test_one_sided_bands_reach_the_edge() -> None:
    start, width = picture((-math.inf, 1.0), 0.2, 0.1).band
    assert start == 0
    assert width < WIDTH
    start, width = picture((1.0, math.inf), 2.0, 0.1).band
    assert start > 0
    assert abs(start + width - WIDTH) <= ROUND


def test_a_far_control_is_an_arrow_and_leaves_the_rest_readable() -> None:
    near, far = picture((0, 1), 0.5, 0.1, 3.0), picture((0, 1), 0.5, 0.1, 1e9)
    assert near.cross is not None
    assert near.dot is not None
    # on one linear axis: 2.5 allowed widths from the observed value; three positions are rounded
    assert abs((near.cross - near.dot) - 2.5 * near.band[1]) <= 5 * ROUND
    assert (far.cross, far.arrow) == (None, 1)
    assert far.band == picture((0, 1), 0.5, 0.1).band
    assert picture((0, 1), 0.5, 0.1, -1e9).arrow == -1


def test_nothing_is_drawn_for_values_that_are_not_numbers() -> None:
    drawn = picture((0, 1), math.nan, math.nan, math.nan)
    assert (drawn.dot, drawn.bar, drawn.cross, drawn.arrow) == (None, None, None, 0)
    exact = picture((-math.inf, 1.0), 1.0, 0.0)  # the observed value on the bound, no width at all
    assert exact.bar is None
    assert exact.dot is not None
    assert abs(exact.dot - sum(exact.band)) <= ROUND


@given(low=NUMBERS, size=WIDTHS, observed=NUMBERS, half_width=WIDTHS, control=NUMBERS)
def test_style_says_what_the_picture_is(
    low: float, size: float, observed: float, half_width: float, control: float
) -> None:
    drawn = picture((low, low + size), observed, half_width, control, low + size / 2)
    said = dict(word.split(":") for word in drawn.style.split(";"))
    assert drawn.bar is not None
    expected = {"--n": drawn.band[0], "--w": drawn.band[1], "--d": drawn.dot, "--h": drawn.bar[0]}
    expected |= {"--b": drawn.bar[1] - drawn.bar[0], "--e": drawn.mark, "--k": drawn.cross}
    for name, place in expected.items():
        if place is not None:
            assert abs(float(said[name]) - place) <= 0.5  # whole pixels
    assert ("--a" in said) == bool(drawn.arrow)
    if drawn.arrow:
        assert (float(said["--k"]) > WIDTH / 2) == (drawn.arrow > 0)


def test_what_is_missing_is_not_said() -> None:
    assert picture((-math.inf, 1.0), math.nan, math.nan).style.count("--") == 2  # the band alone
