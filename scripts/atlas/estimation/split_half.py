"""Squares and correlations of noisy averages without the bias of the noise.

The mean of the square of a noisy average a = mu + noise is mu^2 + variance. Two halves with independent
noise have <a b> = mu^2: every square is replaced by the product of the two halves. The halves are contiguous
(first and second half of axis 0), so that a time series needs to be long only against its correlation time.
Results are plain numbers for one network; their error is the scatter over networks
(`networks.network_average`).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Halves = tuple[NDArray[np.generic], NDArray[np.generic]]


def halves(samples: ArrayLike) -> Halves:
    """Averages over the first and the second half of axis 0, of the shape of one sample.

    The middle one of an odd number of samples is dropped.
    samples: (n_samples, ...), real or complex. Raises ValueError for fewer than two samples.
    """
    values = np.asarray(samples)
    if values.ndim == 0 or values.shape[0] < 2:
        raise ValueError(f"split half: got shape {values.shape}; allowed: (n_samples, ...) with at least 2 samples")
    middle = values.shape[0] // 2
    return values[:middle].mean(axis=0), values[-middle:].mean(axis=0)


def product(a: ArrayLike, b: ArrayLike) -> float:
    """Mean over the entries of Re a b^*, for arrays of one shape."""
    first, second = np.asarray(a), np.asarray(b)
    if first.shape != second.shape:
        raise ValueError(f"split half: got shapes {first.shape} and {second.shape}; allowed: equal shapes")
    return float(np.mean((first * second.conj()).real))


def mean_square(a: ArrayLike, b: ArrayLike) -> float:
    """Unbiased estimate <Re a b^*> of the mean of |mu|^2 over the entries, from its halves; may be < 0."""
    return product(a, b)


def correlation(x: Halves, y: Halves) -> float:
    """Correlation coefficient (about zero) of the noise-free entries of x and y, given as their halves.

        [ <x_1 y_2> + <x_2 y_1> ] / 2 sqrt( <x_1 x_2> <y_1 y_2> )

    Noise that x and y share within a half does not enter. Not bounded by 1 in a finite sample; nan where the
    halves of x or y agree on nothing (product <= 0).
    """
    norm = product(*x) * product(*y)
    if product(*x) <= 0 or product(*y) <= 0:
        return math.nan
    return (product(x[0], y[1]) + product(x[1], y[0])) / (2 * math.sqrt(norm))


def slope(x: Halves, prediction: ArrayLike) -> float:
    """Regression (through zero) <x p> / <p p> of x on an exact prediction; noise of x does not bias it."""
    return (product(x[0], prediction) + product(x[1], prediction)) / (2 * product(prediction, prediction))


def explained_fraction(x: Halves, prediction: ArrayLike) -> float:
    """Noise-free explained fraction 1 - <(x_1 - p)(x_2 - p)^*> / <x_1 x_2^*> of an exact prediction p.

    1 for the exact mean, 0 for p = 0, negative for a prediction worse than nothing; nan if <x_1 x_2> <= 0.
    Source: dossier linear-equivalence, claim C2.
    """
    p = np.asarray(prediction)
    power = product(*x)
    if power <= 0:
        return math.nan
    return 1 - product(np.asarray(x[0]) - p, np.asarray(x[1]) - p) / power


def relative_deviation(x: Halves, prediction: ArrayLike) -> float:
    """Noise-free relative r.m.s. deviation sqrt(1 - explained fraction); 0 where it is below the noise.

    The floor at 0 biases the average of small values upward: average the explained fraction instead when
    comparing with zero.
    """
    rest = 1 - explained_fraction(x, prediction)
    return math.nan if math.isnan(rest) else math.sqrt(max(rest, 0.0))
