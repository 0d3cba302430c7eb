"""How generated samples compare with data when both signs of a sample are equally likely.

Samples and data are activities phi, rows of length N. E(-x) = E(x): the machine makes each picture and its negative,
so that only what is even in phi, or samples turned to the data's side first, can be compared.
Source: dossier langevin-machine, Exact properties a, Claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


def second_moments(phi: Array) -> Array64:
    """<phi phi^T> (N, N)."""
    wide = np.asarray(phi, dtype=np.float64)
    return np.asarray(wide.T @ wide / len(wide))


def moment_distance(phi: Array, data_moments: Array64) -> float:
    """|<phi phi^T> - M|/|M| in Frobenius norms; even in phi."""
    return float(np.linalg.norm(second_moments(phi) - data_moments) / np.linalg.norm(data_moments))


def covariance_match(phi: Array, data: Array) -> float:
    """Correlation, over pairs of places i < j, of the covariance of phi_i and phi_j (rows turned to the data's side)
    with that of the data: 1 where covariances are proportional, about 0 where they have nothing to do with each other.

    Blind to means and variances, and so to what a machine without couplings between places could learn.
    """
    turned = np.asarray(phi, dtype=np.float64) * side(phi, data.mean(axis=0))[:, None]
    pairs = np.triu_indices(data.shape[1], 1)
    found, wanted = (np.cov(rows.T)[pairs] for rows in (turned, np.asarray(data, dtype=np.float64)))
    return float(np.corrcoef(found, wanted)[0, 1])


def side(phi: Array, mean: Array) -> Array64:
    """+1 or -1 for each row: the sign of its product with the data's mean (+1 at 0)."""
    return np.where(np.asarray(phi, dtype=np.float64) @ np.asarray(mean, dtype=np.float64) < 0.0, -1.0, 1.0)


def square_distances(phi: Array, data: Array) -> Array64:
    """mean_i (phi_i - data_i)² of all pairs: (n, N), (P, N) -> (n, P); rounding below zero is cut off."""
    a, b = np.asarray(phi, dtype=np.float64), np.asarray(data, dtype=np.float64)
    square = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :] - 2.0 * (a @ b.T)
    return np.asarray(np.maximum(square, 0.0) / a.shape[1])


def aligned_nearest(phi: Array, data: Array) -> tuple[Array64, NDArray[np.int64]]:
    """Rms distance to the nearest row of the data after turning each sample to the data's mean, and its number."""
    square = square_distances(phi * side(phi, data.mean(axis=0))[:, None], data)
    nearest = square.argmin(axis=1)
    return np.sqrt(square[np.arange(len(square)), nearest]), nearest


def either_nearest(phi: Array, data: Array) -> tuple[Array64, NDArray[np.int64]]:
    """Rms distance to the nearest row of the data of the sample or its negative, whichever is nearer; its number."""
    square = np.minimum(square_distances(phi, data), square_distances(-phi, data))
    nearest = square.argmin(axis=1)
    return np.sqrt(square[np.arange(len(square)), nearest]), nearest


def self_nearest(data: Array) -> float:
    """Mean rms distance of each row to its nearest other row."""
    square = square_distances(data, data)
    np.fill_diagonal(square, np.inf)
    return float(np.sqrt(square.min(axis=1)).mean())


@dataclass(frozen=True)
class Components:
    """mean (N,), axes (k, N): orthonormal, largest variance first, the largest entry of each axis positive."""

    mean: Array64
    axes: Array64

    def of(self, phi: Array) -> Array64:
        """Coordinates (n, k) of rows."""
        return np.asarray((np.asarray(phi, dtype=np.float64) - self.mean) @ self.axes.T)


def components(data: Array, count: int) -> Components:
    """The first principal components of the rows."""
    wide = np.asarray(data, dtype=np.float64)
    mean = wide.mean(axis=0)
    _, vectors = np.linalg.eigh(np.cov(wide.T))
    axes = vectors.T[::-1][:count]
    largest = np.abs(axes).argmax(axis=1)
    return Components(mean, axes * np.sign(axes[np.arange(len(axes)), largest])[:, None])


def switches(labels: NDArray[Any]) -> int:
    """How often a series of labels changes."""
    return int(np.count_nonzero(labels[1:] != labels[:-1]))
