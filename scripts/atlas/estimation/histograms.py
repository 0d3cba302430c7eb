"""Densities with errors over networks, distances between distributions, and the kurtosis ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.estimation.networks import network_curve

Cdf = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Density:
    """A histogram density: edges (n_bins+1,), density and error (n_bins,), networks, fraction outside.

    The density is normalised by all samples: it integrates to 1 - outside.
    """

    edges: NDArray[np.float64]
    density: NDArray[np.float64]
    error: NDArray[np.float64]
    networks: int
    outside: float


def density_from_counts(counts: ArrayLike, edges: ArrayLike, totals: ArrayLike | None = None) -> Density:
    """Density p_b = n_b / (n width_b) per network, then mean and standard error over networks.

    counts: (n_networks, n_bins); edges: (n_bins+1,) increasing; totals: (n_networks,) numbers of all
    samples, also those outside the edges (default: the sums of the counts). Raises ValueError for
    inconsistent shapes, edges that do not increase, or a network without samples.
    """
    numbers, bounds = np.atleast_2d(np.asarray(counts, dtype=float)), _edges(edges)
    if numbers.shape[1] != bounds.size - 1:
        raise ValueError(f"counts: got {numbers.shape[1]} bins; allowed: {bounds.size - 1}, one per pair of edges")
    inside = numbers.sum(axis=1)
    total = inside if totals is None else np.asarray(totals, dtype=float)
    if total.shape != inside.shape or not (total > 0).all() or (total < inside).any():
        raise ValueError("totals: allowed: one positive number per network, not below the sum of its counts")
    density, error = network_curve(numbers / (total[:, None] * np.diff(bounds)))
    return Density(bounds, density, error, numbers.shape[0], float(1 - (inside / total).mean()))


def density_of_samples(samples: ArrayLike, edges: ArrayLike) -> Density:
    """Histogram density of samples (n_networks, ...) with errors over networks; see `density_from_counts`."""
    values = np.asarray(samples, dtype=float)
    values = values.reshape(values.shape[0], -1)
    counts = [np.histogram(row, _edges(edges))[0] for row in values]
    return density_from_counts(np.array(counts), edges, np.full(values.shape[0], values.shape[1]))


def ks_distance(samples: ArrayLike, cdf: Cdf) -> float:
    """Kolmogorov-Smirnov distance sup_x |F_n(x) - F(x)| of samples (any shape, taken flat) to a law.

    Its mean under the law itself is about 0.87/sqrt(n) for n independent samples: thin, and compare with
    that. Raises ValueError without samples or with nan.
    """
    x = _sorted(samples)
    expected = np.asarray(cdf(x), dtype=float)
    steps = np.arange(x.size + 1) / x.size
    return float(max((steps[1:] - expected).max(), (expected - steps[:-1]).max()))


def ks_distance_samples(a: ArrayLike, b: ArrayLike) -> float:
    """Two-sample Kolmogorov-Smirnov distance sup_x |F_a(x) - F_b(x)|; mean about 0.87 sqrt(1/n_a + 1/n_b)."""
    x, y = _sorted(a), _sorted(b)
    points = np.concatenate([x, y])
    return float(np.abs(_empirical(x, points) - _empirical(y, points)).max())


def ks_distance_counts(counts: ArrayLike, edges: ArrayLike, cdf: Cdf, below: float = 0.0, above: float = 0.0) -> float:
    """Maximum over the edges of |F_hist - F|, from counts (n_bins,).

    A lower bound of the distance of the samples.
    below, above: numbers of samples left and right of the edges. The bound is off by at most the largest
    share of a bin (in either distribution), so use bins with shares below the tolerance. Raises ValueError
    for bad shapes or no sample.
    """
    numbers, bounds = np.asarray(counts, dtype=float), _edges(edges)
    total = numbers.sum() + below + above
    if numbers.shape != (bounds.size - 1,) or not total > 0:
        raise ValueError(f"counts: got shape {numbers.shape}; allowed: ({bounds.size - 1},) with at least one sample")
    empirical = (below + np.concatenate([[0.0], np.cumsum(numbers)])) / total
    return float(np.abs(empirical - np.asarray(cdf(bounds), dtype=float)).max())


def overlap(p: ArrayLike, q: ArrayLike, edges: ArrayLike) -> float:
    """Common area sum_b min(p_b, q_b) width_b of two densities (n_bins,) on the same edges.

    1 = equal, 0 = disjoint.
    Raises ValueError for other shapes or negative densities.
    """
    first, second, bounds = np.asarray(p, dtype=float), np.asarray(q, dtype=float), _edges(edges)
    if first.shape != second.shape or first.shape != (bounds.size - 1,):
        raise ValueError(f"overlap: got shapes {first.shape}, {second.shape}; allowed: ({bounds.size - 1},) for both")
    if (first < 0).any() or (second < 0).any():
        raise ValueError("overlap: got a negative density; allowed: densities >= 0")
    return float((np.minimum(first, second) * np.diff(bounds)).sum())


def kurtosis_ratio(samples: ArrayLike) -> float:
    """<x^4> / (3 <x^2>^2), moments about zero over all samples: 1 for a centred Gaussian, nan for x = 0."""
    square = np.asarray(samples, dtype=float) ** 2
    return kurtosis_ratio_of_moments(float(square.mean()), float((square**2).mean()))


def kurtosis_ratio_of_moments(m2: float, m4: float) -> float:
    """m4 / (3 m2^2) from the moments <x^2>, <x^4>; nan if m2 = 0."""
    return m4 / (3 * m2**2) if m2 else float("nan")


def _edges(edges: ArrayLike) -> NDArray[np.float64]:
    bounds = np.asarray(edges, dtype=float)
    if bounds.ndim != 1 or bounds.size < 2 or not (np.diff(bounds) > 0).all():
        raise ValueError("edges: allowed: at least two increasing numbers")
    return bounds


def _sorted(samples: ArrayLike) -> NDArray[np.float64]:
    x = np.sort(np.asarray(samples, dtype=float), axis=None)
    if x.size == 0 or np.isnan(x[-1]):
        raise ValueError("samples: got none or nan; allowed: at least one number")
    return x


def _empirical(x: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.searchsorted(x, points, side="right") / x.size
