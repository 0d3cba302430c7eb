"""Averages over networks: the quenched disorder is the only source of independent samples.

Order of averaging: first over time and initial states of one network, then the standard error over networks.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.estimation.estimate import Estimate

Statistic = Callable[[NDArray[np.float64]], float]


def network_average(samples: ArrayLike) -> Estimate:
    """Mean over networks, error = sd / sqrt(n), count = n, for samples of shape (n_networks, ...).

    The trailing axes (time, initial states, neurons) are averaged first, within each network. One network
    has no error bar (nan). nan samples give a nan estimate. Raises ValueError without samples.
    """
    values = _per_network(samples)
    n = values.size
    variance = float(np.var(values, ddof=1)) if n > 1 else math.nan
    return Estimate(float(values.mean()), math.sqrt(variance / n), variance, n)


def network_curve(samples: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard error over networks (axis 0) of every entry, for curves and histograms.

    samples: (n_networks, ...); both results have the shape of one network's entry. The error is nan for one
    network.
    """
    values = _array(samples)
    n = values.shape[0]
    if n < 2:
        return values.mean(axis=0), np.full(values.shape[1:], np.nan)
    return values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(n)


def paired_difference(a: ArrayLike, b: ArrayLike) -> Estimate:
    """<a> - <b> over the same networks, (n_networks, ...): the common fluctuation of a network cancels."""
    return network_average(_paired(a, b)[0] - _paired(a, b)[1])


def paired_ratio(a: ArrayLike, b: ArrayLike) -> Estimate:
    """<a> / <b> over the same networks, to first order: error of the residuals (a_i - ratio b_i) / <b>.

    The neglected bias is O(1/n). Shapes (n_networks, ...). Raises ZeroDivisionError if <b> = 0.
    """
    top, bottom = _paired(a, b)
    ratio = float(top.mean()) / float(bottom.mean())
    residual = network_average((top - ratio * bottom) / bottom.mean())
    return Estimate(ratio, residual.error, residual.variance, residual.count)


def jackknife(samples: ArrayLike, statistic: Statistic) -> Estimate:
    """A smooth statistic of the networks, bias-corrected to O(1/n), without random numbers.

    With T the statistic of all and T_i the one without network i:
        mean = n T - (n-1) <T_i>,   error^2 = (n-1)/n sum_i (T_i - <T_i>)^2.
    samples: (n_networks, ...); the statistic gets arrays of that shape with fewer networks. It must be
    smooth in the averages (ratios, kurtosis, logarithms): for quantiles and extrema use `bootstrap`.
    Raises ValueError for fewer than two networks.
    """
    values = _array(samples)
    n = _at_least_two(values, "jackknife")
    left_out = np.array([statistic(np.delete(values, i, axis=0)) for i in range(n)], dtype=float)
    centre = float(left_out.mean())
    error = math.sqrt((n - 1) / n * float(((left_out - centre) ** 2).sum()))
    return Estimate(n * float(statistic(values)) - (n - 1) * centre, error, n * error**2, n)


def bootstrap_replicates(
    samples: ArrayLike, statistic: Statistic, rng: np.random.Generator, n_resamples: int = 1000
) -> NDArray[np.float64]:
    """The statistic of `n_resamples` resamplings of the networks with replacement; shape (n_resamples,).

    For bounds by quantiles. Raises ValueError for fewer than two networks or resamples.
    """
    values = _array(samples)
    n = _at_least_two(values, "bootstrap")
    if n_resamples < 2:
        raise ValueError(f"bootstrap n_resamples: got {n_resamples}; allowed: an integer >= 2")
    picks = rng.integers(0, n, size=(n_resamples, n))
    return np.array([statistic(values[pick]) for pick in picks], dtype=float)


def bootstrap(samples: ArrayLike, statistic: Statistic, rng: np.random.Generator, n_resamples: int = 1000) -> Estimate:
    """A statistic of the networks with its error by resampling the networks; samples (n_networks, ...).

    mean: the statistic of all networks, NOT bias-corrected (`jackknife` is). error: the standard deviation
    of the replicates times sqrt(n/(n-1)), which makes it unbiased for the mean. Its relative Monte Carlo
    error is 1/sqrt(2 n_resamples). count = n. Raises ValueError for fewer than two networks.
    """
    values = _array(samples)
    replicates = bootstrap_replicates(values, statistic, rng, n_resamples)
    n = values.shape[0]
    error = float(replicates.std(ddof=1)) * math.sqrt(n / (n - 1))
    return Estimate(float(statistic(values)), error, n * error**2, n)


def _array(samples: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(samples, dtype=float)
    if values.ndim == 0 or values.size == 0:
        raise ValueError(f"samples: got shape {values.shape}; allowed: (n_networks, ...) with at least one sample")
    return values


def _per_network(samples: ArrayLike) -> NDArray[np.float64]:
    values = _array(samples)
    return values.reshape(values.shape[0], -1).mean(axis=1)


def _paired(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = _per_network(a), _per_network(b)
    if first.size != second.size:
        raise ValueError(f"paired samples: got {first.size} and {second.size} networks; allowed: the same networks")
    return first, second


def _at_least_two(values: NDArray[np.float64], what: str) -> int:
    if values.shape[0] < 2:
        raise ValueError(f"{what}: got {values.shape[0]} network; allowed: at least 2")
    return values.shape[0]
