"""Blocking: white noise and AR(1), whose variance of the mean and correlation time are known exactly."""

import math

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.special import stdtrit

from atlas.estimation.blocking import (
    MIN_BLOCKS,
    blocked_error,
    blocking_levels,
    integrated_correlation_time,
    series_average,
)


def autoregression(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    """Stationary x_t = rho x_{t-1} + noise of variance 1."""
    noise = rng.standard_normal(n)
    noise[0] /= math.sqrt(1 - rho**2)
    return np.asarray(lfilter([1.0], [1.0, -rho], noise))


def variance_of_mean(n: int, rho: float) -> float:
    """Exact: sigma^2/n [1 + 2 sum_k (1 - k/n) rho^k], sigma^2 = 1/(1 - rho^2)."""
    k = np.arange(1, n)
    return float((1 + 2 * ((1 - k / n) * rho**k).sum()) / (n * (1 - rho**2)))


def test_levels_are_the_plain_block_averages() -> None:
    x = np.random.default_rng(0).normal(size=64)
    squares, blocks = blocking_levels(x)
    twin = [x.reshape(-1, 2**k).mean(axis=1) for k in range(6)]
    np.testing.assert_array_equal(blocks, [len(b) for b in twin])
    np.testing.assert_allclose(squares, [b.var(ddof=1) / len(b) for b in twin], rtol=1e-12)


def test_odd_levels_drop_the_oldest_sample() -> None:
    x = np.arange(17.0) ** 2
    squares, blocks = blocking_levels(x)
    assert list(blocks) == [17, 8, 4, 2]
    assert squares[1] == pytest.approx(x[1:].reshape(-1, 2).mean(axis=1).var(ddof=1) / 8)


@pytest.mark.parametrize(("rho", "n"), [(0.0, 1024), (0.5, 4096), (0.9, 5000), (-0.5, 4096)])
def test_error_bars_cover_the_exact_mean(rho: float, n: int) -> None:
    rng = np.random.default_rng(1)
    trials = 400
    estimates = [series_average(autoregression(rng, n, rho)) for _ in range(trials)]
    covered = np.mean([abs(e.mean) <= stdtrit(e.dof, 0.975) * e.error for e in estimates])
    # 95 % +- 4 binomial standard errors (4.4 %); the naive error would cover 35 % at rho = 0.9
    assert abs(covered - 0.95) < 0.044
    ratio = np.mean([e.error**2 for e in estimates]) / variance_of_mean(n, rho)
    # stop rule: bias -2 tau/B of a few %, scatter of one error^2 about sqrt(2/16) over sqrt(400): 1.8 %,
    # 4 sigma
    assert 0.88 < ratio < 1.08


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_correlation_time_of_autoregression(rho: float) -> None:
    rng = np.random.default_rng(2)
    n, dt = 8192, 0.1
    times = [integrated_correlation_time(autoregression(rng, n, rho), dt) for _ in range(100)]
    exact = dt * (1 + rho) / (1 - rho) / 2
    # 4 standard errors of the 100 runs, and the subtracted mean's relative bias 2 tau/n with the
    # window's exp(-6)
    tolerance = 4 * np.std(times) / 10 + exact * (2 * exact / (n * dt) + 0.0025)
    assert abs(np.mean(times) - exact) < tolerance


def test_correlation_time_and_blocking_agree_on_the_error() -> None:
    x = autoregression(np.random.default_rng(3), 2**17, 0.8)
    estimate = series_average(x, dt=0.5)
    by_time = math.sqrt(estimate.variance * 2 * estimate.correlation_time / (x.size * 0.5))
    # two routes: blocking error known to 1/sqrt(2 n_blocks) (256 blocks or more: 4.4 %), 4 sigma
    assert estimate.count >= 256
    assert estimate.error == pytest.approx(by_time, rel=0.18)


def test_series_too_short_for_its_correlations_has_no_error_bar() -> None:
    walk = np.cumsum(np.random.default_rng(4).normal(size=512))  # its correlations are as long as itself
    error, blocks = blocked_error(walk)
    assert math.isnan(error)
    assert blocks < MIN_BLOCKS
    assert math.isnan(series_average(walk).error)


def test_constant_series_is_exact() -> None:
    estimate = series_average(np.full(100, 0.1))
    assert estimate.error == 0.0
    assert math.isnan(estimate.correlation_time)


@pytest.mark.parametrize("bad", [np.zeros(15), np.zeros((20, 2)), np.full(20, np.nan)])
def test_bad_series_are_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="series: got"):
        series_average(bad)
