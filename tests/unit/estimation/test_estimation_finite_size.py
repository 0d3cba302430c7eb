"""Extrapolation: planted laws, an independent twin, coverage of the limit and of the p-value; exact
limits.
"""

import math

import numpy as np
import pytest
from scipy.special import stdtrit
from scipy.stats import chi2, kstest

from atlas.estimation.estimate import Estimate
from atlas.estimation.finite_size import (
    TooFewPointsError,
    extrapolate,
    linear_fit,
    polynomial_limit,
    power_law,
)

SIZES = np.array([250.0, 500.0, 1000.0, 2000.0])
SIGMA = np.array([0.02, 0.015, 0.01, 0.012])


def estimates(values: np.ndarray, errors: np.ndarray, count: float = math.inf) -> list[Estimate]:
    return [Estimate(v, e, count=count) for v, e in zip(values, errors, strict=True)]


def test_law_without_noise_is_recovered() -> None:
    y = 0.128 + 3.0 / SIZES - 40.0 / SIZES**1.5
    fit = extrapolate(SIZES, estimates(y, SIGMA), powers=(1.0, 1.5))
    # rounding amplified by the condition number of the two powers (about 1e3)
    assert [c.mean for c in fit.coefficients] == pytest.approx([0.128, 3.0, -40.0], rel=1e-9)
    assert fit.limit is fit.coefficients[0]
    assert fit.chi2 < 1e-18
    assert fit.dof == 1


def test_fit_agrees_with_an_independent_twin() -> None:
    rng = np.random.default_rng(0)
    y = 1.0 + 100 / SIZES + SIGMA * rng.standard_normal(4)
    fit = extrapolate(SIZES, estimates(y, SIGMA))
    twin, covariance = np.polyfit(1 / SIZES, y, 1, w=1 / SIGMA, cov="unscaled")
    np.testing.assert_allclose([c.mean for c in fit.coefficients], twin[::-1], rtol=1e-9)
    np.testing.assert_allclose(fit.covariance, covariance[::-1, ::-1], rtol=1e-9)
    np.testing.assert_allclose([c.error**2 for c in fit.coefficients], np.diag(fit.covariance), rtol=1e-9)
    residual = (y - np.polyval(twin, 1 / SIZES)) / SIGMA
    assert fit.chi2 == pytest.approx((residual**2).sum(), rel=1e-9)
    assert fit.p_value == pytest.approx(chi2.sf(fit.chi2, 2), rel=1e-9)


def test_limit_covers_the_planted_value_and_p_values_are_uniform() -> None:
    rng = np.random.default_rng(1)
    trials = 800
    truth = 1.0 + 100 / SIZES
    fits = [extrapolate(SIZES, estimates(truth + SIGMA * rng.standard_normal(4), SIGMA)) for _ in range(trials)]
    covered = np.mean([abs(f.limit.mean - 1.0) <= 1.959964 * f.limit.error for f in fits])
    assert abs(covered - 0.95) < 0.031  # 4 binomial standard errors
    assert kstest([f.p_value for f in fits], "uniform").pvalue > 1e-4  # a false alarm in 10^4 seeds


@pytest.mark.parametrize("networks", [2, 8])
def test_limit_covers_with_pooled_errors_of_few_networks(networks: int) -> None:
    rng = np.random.default_rng(2)
    trials, covered, p_values = 800, 0, []
    spread = SIGMA * 7.0  # only the ratios matter
    for _ in range(trials):
        samples = 1.0 + 100 / SIZES + SIGMA * math.sqrt(networks) * rng.standard_normal((networks, 4))
        errors = samples.std(axis=0, ddof=1) / math.sqrt(networks)
        fit = extrapolate(SIZES, estimates(samples.mean(axis=0), errors, networks), spread=spread)
        assert fit.limit.dof == 4 * (networks - 1)
        covered += abs(fit.limit.mean - 1.0) <= stdtrit(fit.limit.dof, 0.975) * fit.limit.error
        p_values.append(fit.p_value)
    assert abs(covered / trials - 0.95) < 0.031  # exact law, 4 binomial standard errors
    assert kstest(p_values, "uniform").pvalue > 1e-4  # a false alarm in 10^4 seeds


def test_limit_with_own_errors_of_eight_networks_covers_as_documented() -> None:
    rng = np.random.default_rng(3)
    trials, n, covered = 600, 8, 0
    for _ in range(trials):
        samples = 1.0 + 100 / SIZES + SIGMA * math.sqrt(n) * rng.standard_normal((n, 4))
        values = estimates(samples.mean(axis=0), samples.std(axis=0, ddof=1) / math.sqrt(n), n)
        limit = extrapolate(SIZES, values).limit
        covered += abs(limit.mean - 1.0) <= stdtrit(limit.dof, 0.975) * limit.error
    assert abs(covered / trials - 0.92) < 0.044  # the documented 92 %, 4 binomial standard errors


def test_wrong_law_is_seen_in_the_p_value() -> None:
    y = 1.0 + 3.0 * SIZES**-0.5
    errors = np.full(4, 1e-4)
    assert extrapolate(SIZES, estimates(y, errors), powers=(1.0,)).p_value < 1e-10
    assert extrapolate(SIZES, estimates(y, errors), powers=(0.5,)).p_value > 0.999


def test_unit_of_size_does_not_matter() -> None:
    y = estimates(1 + 50 / SIZES, SIGMA)
    small, large = extrapolate(SIZES, y), extrapolate(SIZES * 1e6, y)
    assert large.limit.mean == pytest.approx(small.limit.mean, rel=1e-12)
    assert large.limit.error == pytest.approx(small.limit.error, rel=1e-12)
    assert large.coefficients[1].mean == pytest.approx(1e6 * small.coefficients[1].mean, rel=1e-9)


def test_degrees_of_freedom_of_the_limit_are_bounded_by_those_of_the_data() -> None:
    limit = extrapolate(SIZES, estimates(1 + 50 / SIZES, SIGMA, count=8)).limit
    assert 7 <= limit.dof <= 28  # Welch-Satterthwaite lies between the smallest and the sum


def test_power_law_slope() -> None:
    x = np.array([0.01, 0.02, 0.05, 0.1])
    fit = power_law(x, estimates(0.3 * x**2.9, 0.01 * x**2.9))
    assert fit.coefficients[1].mean == pytest.approx(2.9, rel=1e-10)
    assert fit.coefficients[0].mean == pytest.approx(math.log(0.3), rel=1e-10)
    # equal errors s = 0.01/0.3 of ln y: error of the slope s / sqrt(sum (u - <u>)^2)
    u = np.log(x)
    expected = 0.01 / 0.3 / math.sqrt(((u - u.mean()) ** 2).sum())
    assert fit.coefficients[1].error == pytest.approx(expected, rel=1e-9)
    with pytest.raises(ValueError, match="positive x and y"):
        power_law(x, estimates(x - 0.05, x))


def test_too_few_points_and_bad_input_are_refused() -> None:
    y = estimates(np.ones(3), np.full(3, 0.1))
    with pytest.raises(TooFewPointsError, match="at least 3"):
        extrapolate([100, 200], y[:2])
    with pytest.raises(TooFewPointsError, match="got 2 different"):
        extrapolate([100, 200, 200], y)
    with pytest.raises(ValueError, match="sizes: got -1"):
        extrapolate([100, 200, -1], y)
    for powers in ((), (0.0,), (1.0, 1.0)):
        with pytest.raises(ValueError, match="powers"):
            extrapolate([100, 200, 400], y, powers)
    for bad in (Estimate(1.0, 0.0), Estimate(1.0, math.nan), Estimate(math.inf, 0.1)):
        with pytest.raises(ValueError, match="finite errors > 0"):
            extrapolate([100, 200, 400], [*y[:2], bad])
    for spread in ([1.0, 1.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]):  # the last: exact values cannot be pooled
        with pytest.raises(ValueError, match="spread"):
            extrapolate([100, 200, 400], y, spread=spread)
    with pytest.raises(ValueError, match="one value per point"):
        extrapolate([100, 200, 400], y[:2])
    with pytest.raises(ValueError, match="not independent"):
        linear_fit(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]), y)


def test_polynomial_limit_is_exact_for_its_order() -> None:
    x = np.array([0.02, 0.005, 0.01])
    result = polynomial_limit(x, 1 - 2.5 * x + 8.0 * x**2, order=2)
    assert result.limit.mean == pytest.approx(1.0, abs=1e-14)
    assert result.slope.mean == pytest.approx(-2.5, abs=1e-11)  # rounding / spacing
    # error = what the line through the two smallest misses: 8 x1 x2 and 8 (x1 + x2)
    assert result.limit.error == pytest.approx(8 * 0.005 * 0.01, rel=1e-9)
    assert result.slope.error == pytest.approx(8 * 0.015, rel=1e-9)
    assert result.limit.count == math.inf


@pytest.mark.parametrize("order", [1, 2, 3])
def test_polynomial_limit_bounds_its_own_error(order: int) -> None:
    x = np.array([0.1, 0.05, 0.2, 0.15])
    for function, value, slope in (
        (np.exp, 1.0, 1.0),
        (lambda u: 1 / (1 + u), 1.0, -1.0),
        (np.cos, 1.0, 0.0),
    ):
        result = polynomial_limit(x, function(x), order)
        assert 0 < abs(result.limit.mean - value) <= result.limit.error
        assert 0 < abs(result.slope.mean - slope) <= result.slope.error


def test_polynomial_limit_uses_the_nearest_points_and_agrees_with_a_twin() -> None:
    x = np.array([0.3, -0.1, 0.2, 5.0, 0.4])
    y = np.tan(x)
    near = np.array([-0.1, 0.2, 0.3])
    twin = np.polynomial.Polynomial.fit(near, np.tan(near), 2).convert().coef
    result = polynomial_limit(x, y, 2)
    assert result.limit.mean == pytest.approx(twin[0], abs=1e-13)
    assert result.slope.mean == pytest.approx(twin[1], abs=1e-12)


def test_polynomial_limit_refuses_bad_input() -> None:
    with pytest.raises(TooFewPointsError, match="got 2 points; allowed: at least 3"):
        polynomial_limit([0.1, 0.2], [1, 2], 2)
    with pytest.raises(ValueError, match="order"):
        polynomial_limit([0.1, 0.2], [1, 2], 0)
    with pytest.raises(ValueError, match="distinct x"):
        polynomial_limit([0.1, 0.1], [1, 2], 1)
    with pytest.raises(ValueError, match="shapes"):
        polynomial_limit([0.1, 0.2, 0.3], [1, 2], 1)
