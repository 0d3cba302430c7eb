"""Averages over networks: closed forms of the estimators, coverage of their error bars."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import stdtrit

from atlas.estimation.networks import (
    bootstrap,
    bootstrap_replicates,
    jackknife,
    network_average,
    network_curve,
    paired_difference,
    paired_ratio,
)


def test_average_of_known_numbers() -> None:
    estimate = network_average([1.0, 2.0, 3.0, 4.0])
    # mean 5/2, variance 5/3, error sqrt(5/12)
    assert (estimate.mean, estimate.count) == (2.5, 4)
    assert estimate.variance == pytest.approx(5 / 3, rel=1e-15)
    assert estimate.error == pytest.approx(math.sqrt(5 / 12), rel=1e-15)


def test_time_and_starts_are_averaged_before_the_error() -> None:
    rng = np.random.default_rng(1)
    samples = rng.normal(size=(5, 3, 40)) + rng.normal(size=(5, 1, 1))
    expected = network_average([np.mean(network) for network in samples])
    got = network_average(samples)
    assert got.count == 5
    assert got.error == pytest.approx(expected.error, rel=1e-12)  # rounding of another summation order


def test_one_network_has_no_error_bar() -> None:
    estimate = network_average([[1.0, 3.0]])
    assert (estimate.mean, estimate.count) == (2.0, 1)
    assert math.isnan(estimate.error)
    assert np.isnan(network_curve([[1.0, 3.0]])[1]).all()


def test_nan_of_one_network_is_not_hidden() -> None:
    assert math.isnan(network_average([1.0, math.nan, 2.0]).mean)


@pytest.mark.parametrize("empty", [[], 3.0, np.empty((4, 0))])
def test_no_samples_are_refused(empty: object) -> None:
    with pytest.raises(ValueError, match="samples: got shape"):
        network_average(empty)  # type: ignore[arg-type]


def test_curve_is_the_average_of_every_entry() -> None:
    samples = np.random.default_rng(2).normal(size=(6, 4))
    mean, error = network_curve(samples)
    columns = [network_average(samples[:, k]) for k in range(4)]
    np.testing.assert_allclose(mean, [c.mean for c in columns], rtol=1e-13)
    np.testing.assert_allclose(error, [c.error for c in columns], rtol=1e-13)


def test_pairing_removes_the_common_fluctuation() -> None:
    network = np.array([1.0, 5.0, 9.0])
    assert paired_difference(network + 2.0, network).error == 0.0
    ratio = paired_ratio(3.0 * network, network)
    assert (ratio.mean, ratio.error) == (3.0, 0.0)
    with pytest.raises(ValueError, match="3 and 2 networks"):
        paired_difference(network, network[:2])


def test_jackknife_is_exact_where_it_is_known() -> None:
    samples = np.array([0.3, 1.9, 2.2, 4.0, 4.1])
    mean = network_average(samples)
    of_mean = jackknife(samples, lambda x: float(x.mean()))
    assert of_mean.mean == pytest.approx(mean.mean, rel=1e-12)
    assert of_mean.error == pytest.approx(mean.error, rel=1e-12)
    # the square of the mean has bias variance/n; the jackknife removes it entirely
    of_square = jackknife(samples, lambda x: float(x.mean()) ** 2)
    assert of_square.mean == pytest.approx(mean.mean**2 - mean.error**2, rel=1e-12)


def test_bootstrap_of_the_mean_has_the_standard_error() -> None:
    samples = np.random.default_rng(3).normal(size=12)
    estimate = bootstrap(samples, lambda x: float(x.mean()), np.random.default_rng(4), 4000)
    # Monte Carlo error 1/sqrt(8000) = 1.1 %, 4 sigma; without sqrt(n/(n-1)) it would be 4.3 % low
    assert estimate.error == pytest.approx(network_average(samples).error, rel=0.045)
    assert (estimate.mean, estimate.count) == (samples.mean(), 12)


def test_bootstrap_resamples_whole_networks() -> None:
    samples = np.repeat(np.arange(4.0)[:, None], 3, axis=1)  # rows are constant

    def spread_within(x: np.ndarray) -> float:
        return float(np.ptp(x, axis=1).max())

    assert (bootstrap_replicates(samples, spread_within, np.random.default_rng(0), 50) == 0).all()


def test_bootstrap_is_determined_by_its_generator() -> None:
    samples = np.arange(8.0)
    replicas = [
        bootstrap_replicates(samples, np.median, np.random.default_rng(seed), 20)
        for seed in (5, 5, 6)  # type: ignore[arg-type]
    ]
    assert np.array_equal(replicas[0], replicas[1])
    assert not np.array_equal(replicas[0], replicas[2])


@pytest.mark.parametrize("function", [jackknife, lambda s, f: bootstrap(s, f, np.random.default_rng(0))])
def test_resampling_one_network_is_refused(function: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        function([1.0], np.mean)
    with pytest.raises(ValueError, match="n_resamples"):
        bootstrap([1.0, 2.0], np.mean, np.random.default_rng(0), 1)  # type: ignore[arg-type]


def _ratio(x: np.ndarray) -> float:
    return float(x[:, 0].mean() / x[:, 1].mean())


@pytest.mark.parametrize("method", ["jackknife", "bootstrap", "paired"])
def test_error_bars_of_a_ratio_cover_the_planted_value(method: str) -> None:
    rng = np.random.default_rng(20)
    trials, n, covered = 500, 16, 0
    for _ in range(trials):
        bottom = rng.normal(5.0, 1.0, n)
        samples = np.stack([0.6 * bottom + rng.normal(0.0, 0.5, n), bottom], axis=1)
        if method == "jackknife":
            estimate = jackknife(samples, _ratio)
        elif method == "bootstrap":
            estimate = bootstrap(samples, _ratio, rng, 100)
        else:
            estimate = paired_ratio(samples[:, 0], samples[:, 1])
        covered += abs(estimate.mean - 0.6) <= stdtrit(estimate.dof, 0.975) * estimate.error
    # 95 % +- 4 binomial standard errors (3.9 %); 100 resamples widen the scatter of the error by 7 %,
    # well inside
    assert abs(covered / trials - 0.95) < 0.039


def test_error_bars_of_independent_ratio_would_not_cover_paired_data() -> None:
    # the reason for pairing: the common fluctuation enters the unpaired error 3 times over
    bottom = np.random.default_rng(21).normal(5.0, 1.0, 400)
    top = 0.6 * bottom + np.random.default_rng(22).normal(0.0, 0.2, 400)
    unpaired = network_average(top) / network_average(bottom)
    # errors: sqrt(0.36 + 0.04 + 0.36)/5 against 0.2/5 per sqrt(n): ratio 4.36, 4 sigma of two sds over
    # 400 networks
    assert unpaired.error / paired_ratio(top, bottom).error == pytest.approx(4.36, rel=0.2)
