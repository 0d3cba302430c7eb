"""Estimates that stay honest where a sample mean does not: heavy-tailed samples of infinite variance.

A tail P(y > Y) ~ Y^{-alpha} with alpha <= 2 has no variance: the standard error of the sample mean estimates nothing,
and the mean of n samples approaches E y only as n^{1/alpha - 1}, mostly from below.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.estimation.networks import network_curve


def hill_index(samples: ArrayLike, k: int) -> float:
    """Hill's estimate of alpha from the k largest of n samples: 1/alpha = <ln y_(i)>_{i<=k} - ln y_(k+1).

    Standard deviation alpha/sqrt(k) for a pure power law; biased by slower factors. ValueError unless 1 <= k < n and
    the k + 1 largest samples are > 0.
    """
    values = np.sort(np.asarray(samples, dtype=float), axis=None)[::-1]
    if not 1 <= k < values.size:
        raise ValueError(f"hill_index k: got {k}; allowed: 1 to {values.size - 1}")
    if not values[k] > 0:
        raise ValueError(f"hill_index: the {k + 1} largest samples must be > 0, the smallest of them is {values[k]}")
    gap = float(np.log(values[:k] / values[k]).mean())
    return 1.0 / gap if gap > 0 else math.inf


def block_means(samples: ArrayLike, blocks: int) -> NDArray[np.float64]:
    """Means of `blocks` consecutive blocks of equal length, (blocks,); the rest beyond the last full block is left out.

    ValueError unless 1 <= blocks <= number of samples.
    """
    values = np.asarray(samples, dtype=float).ravel()
    if not 1 <= blocks <= values.size:
        raise ValueError(f"block_means blocks: got {blocks}; allowed: 1 to {values.size}")
    length = values.size // blocks
    return np.asarray(values[: blocks * length].reshape(blocks, length).mean(axis=1))


def median_of_means(means: ArrayLike) -> tuple[float, float, float]:
    """Median of K block means with a distribution-free interval: (median, low, high).

    The interval lies between two order statistics and covers the median of the block means with at least 95 % whatever
    their law, tails included: P(low <= median <= high) = 1 - 2 P(Binomial(K, 1/2) < j). For fewer than 6 blocks no such
    interval exists: nan. ValueError without blocks.
    """
    values = np.sort(np.asarray(means, dtype=float), axis=None)
    if not values.size:
        raise ValueError("median_of_means: got no block; allowed: at least one")
    j = _rank(values.size)
    if j == 0:
        return float(np.median(values)), math.nan, math.nan
    return float(np.median(values)), float(values[j - 1]), float(values[-j])


def _rank(n: int) -> int:
    """Largest j with 2 P(Binomial(n, 1/2) < j) <= 0.05; 0 if there is none."""
    below, j = 0.0, 0
    term = 0.5**n if n < 1000 else 0.0
    if term == 0.0:  # normal approximation, for many blocks
        return math.floor(0.5 * n - 0.98 * math.sqrt(n))
    while 2.0 * (below + term) <= 0.05:
        below += term
        j += 1
        term *= (n - j + 1) / j
    return j


def running_means(samples: ArrayLike, every: int) -> NDArray[np.float64]:
    """Means of the first every, 2 every, ... samples of one network."""
    values = np.cumsum(np.asarray(samples, dtype=float).ravel())[every - 1 :: every]
    return np.asarray(values / (every * np.arange(1, values.size + 1)))


def curve_of_running_means(rows: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean, standard error and standard deviation over networks (axis 0) of running means (n_networks, n_points)."""
    mean, error = network_curve(rows)
    return mean, error, error * math.sqrt(np.asarray(rows).shape[0])
