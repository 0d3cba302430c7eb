"""Distances between distribution functions with an error bar over networks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import network_curve


def distribution_function(counts: ArrayLike) -> NDArray[np.float64]:
    """Distribution function at the edges of the bins, from counts (..., n_bins): shape (..., n_bins + 1)."""
    values = np.asarray(counts, dtype=float)
    total = values.sum(axis=-1, keepdims=True)
    first = np.zeros((*values.shape[:-1], 1))
    return np.concatenate([first, np.cumsum(values, axis=-1) / total], axis=-1)


def largest_distance(differences: ArrayLike) -> Estimate:
    """Kolmogorov-Smirnov distance of network means, sup_x |<F_a(x)> - <F_b(x)>|, from (n_networks, n_points).

    The error is the standard error over networks of the difference at the point where it is largest. (The supremum is
    not smooth in the data, so that a jackknife of it would not be consistent; its value at a fixed point is.) The
    supremum over points biases the distance upwards by about one error.
    """
    values = np.atleast_2d(np.asarray(differences, dtype=float))
    mean, error = network_curve(values)
    place = int(np.argmax(np.abs(mean)))
    n = len(values)
    return Estimate(
        abs(float(mean[place])), float(error[place]), float(error[place]) ** 2 * n if n > 1 else math.nan, n
    )
