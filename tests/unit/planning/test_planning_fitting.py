"""Ranges of predicted costs on synthetic measurements whose coefficients are known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from atlas.planning.fitting import MEMORY, Fit

# Terms of three scales: steps * states * (N², N), and steps, with sizes as in the configs.
SIZES = {"smoke": (200, 2, 100), "desk": (2000, 4, 500), "paper": (6000, 4, 2000)}
TERMS = {scale: np.array([s * k * n**2, s * k * n, s], dtype=float) for scale, (s, k, n) in SIZES.items()}
# Seconds per product, per value and per step: as measured of a rate network, and the extremes of either kind.
COEFFICIENTS = [(1e-9, 1e-8, 1e-5), (1e-9, 0.0, 0.0), (0.0, 2e-8, 0.0), (5e-10, 1e-8, 1e-4)]


def cost(scale: str, coefficients: tuple[float, ...]) -> float:
    """The known cost of one item, at a thousand items."""
    return 1000 * float(TERMS[scale] @ np.array(coefficients))


@pytest.mark.parametrize(("left_out", "coefficients"), list(itertools.product(SIZES, COEFFICIENTS)))
def test_cost_of_a_scale_that_was_left_out_lies_in_the_range(left_out: str, coefficients: tuple[float, ...]) -> None:
    """Fitted to two scales that were measured within 10 %, the third lies in the range, whichever it is."""
    rng = np.random.default_rng(11)
    known = [scale for scale in SIZES if scale != left_out]
    terms = 1000 * np.array([TERMS[scale] for scale in known])
    noise = rng.uniform(0.9, 1.1, 2)
    found = Fit.of(terms, np.array([cost(scale, coefficients) for scale in known]) * noise).range(
        1000 * TERMS[left_out]
    )
    assert found.low <= cost(left_out, coefficients) <= found.high


@pytest.mark.parametrize("coefficients", COEFFICIENTS)
def test_middle_is_within_a_factor_of_three_from_smoke_and_desk(coefficients: tuple[float, ...]) -> None:
    """Between two scales 5 in N and 2000/500 = 4 beyond: products and elementwise work differ by 4 at most,
    so that the middle is off by the square root of that and the 20 % of a repeat, 2.4; 3 with room."""
    terms = 1000 * np.array([TERMS["smoke"], TERMS["desk"]])
    found = Fit.of(terms, np.array([cost("smoke", coefficients), cost("desk", coefficients)])).range(
        1000 * TERMS["paper"]
    )
    assert 1 / 3 < found.middle / cost("paper", coefficients) < 3
    assert found.factor < 3


def test_one_term_is_a_proportion() -> None:
    """Twice the work, twice the cost; the range is that of a repeat, 20 %."""
    found = Fit.of(np.array([[10.0]]), np.array([5.0])).range(np.array([20.0]))
    assert (found.low, found.middle, found.high) == pytest.approx((10 / 1.2, 10, 10 * 1.2), rel=1e-9)


def test_what_the_terms_do_not_explain_widens_the_range() -> None:
    """Costs 1 and 4 for the same work: the middle is 2, and a factor 2 of misfit joins the 20 % of a repeat."""
    found = Fit.of(np.array([[1.0], [1.0]]), np.array([10.0, 40.0]), MEMORY).range(np.array([1.0]))
    assert found.middle == pytest.approx(20.0, rel=1e-9)
    assert found.factor == pytest.approx(2 * MEMORY.slack, rel=1e-9)


def test_short_job_does_not_outweigh_a_long_one() -> None:
    """0.2 s for a thousandth of the work of 100 s says nothing: the first call of a job takes as long."""
    found = Fit.of(np.array([[0.001], [1.0]]), np.array([0.2, 100.0])).range(np.array([10.0]))
    assert found.middle == pytest.approx(1000.0, rel=1e-9)
    assert found.factor == pytest.approx(1.2, rel=1e-9)


def test_term_that_was_never_seen_is_not_invented() -> None:
    """A term of value 0 in all measurements cannot raise a prediction."""
    found = Fit.of(np.array([[1.0, 0.0]]), np.array([3.0])).range(np.array([1.0, 1e9]))
    assert found.high == pytest.approx(3.6, rel=1e-9)


def test_coefficients_give_the_middle() -> None:
    """The split over the items sums to the middle of the whole."""
    terms = 1000 * np.array([TERMS["smoke"], TERMS["desk"]])
    fit = Fit.of(terms, np.array([cost("smoke", COEFFICIENTS[0]), cost("desk", COEFFICIENTS[0])]))
    row = TERMS["paper"]
    assert row @ fit.coefficients(row) == pytest.approx(fit.range(row).middle, rel=1e-9)
    assert (fit.coefficients(row) >= 0).all()


@pytest.mark.parametrize(("terms", "measured"), [([[1.0]], [0.0]), ([[0.0]], [1.0])])
def test_nothing_measured_is_refused(terms: list[list[float]], measured: list[float]) -> None:
    """A cost of 0 and a row without work are no measurements."""
    with pytest.raises(ValueError, match="measured costs > 0"):
        Fit.of(np.array(terms), np.array(measured))
