"""Stochastic neighbour embedding with Student kernels (t-SNE) in the plane, exact sums; van der Maaten and Hinton 2008.

    p_j|i ∝ exp(-|x_i - x_j|²/(2 s_i²)) with entropy log(perplexity),  p_ij = (p_j|i + p_i|j)/(2n),
    q_ij ∝ 1/(1 + |y_i - y_j|²),   dKL/dy_i = 4 Σ_j (p_ij - q_ij) (y_i - y_j)/(1 + |y_i - y_j|²).

Gradient descent with momentum and gains; p is exaggerated twelvefold in the first quarter of the steps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
EXAGGERATION, HALVINGS = 12.0, 60


def squared_distances(x: Array) -> Array:
    """|x_i - x_j|², (n, n), zero on the diagonal."""
    norms = (x * x).sum(axis=1)
    found = np.maximum(norms[:, None] + norms[None, :] - 2.0 * x @ x.T, 0.0)
    np.fill_diagonal(found, 0.0)
    return found


def affinities(distance: Array, perplexity: float) -> Array:
    """p_ij, symmetric, sum 1, every row's width found by halving to the entropy log(perplexity).

    ValueError unless 1 < perplexity < n - 1.
    """
    n = len(distance)
    if not 1.0 < perplexity < n - 1:
        raise ValueError(f"perplexity: got {perplexity}; allowed: between 1 and {n - 1}, points less one")
    others = distance[~np.eye(n, dtype=bool)].reshape(n, n - 1)
    scale = np.maximum(others.mean(axis=1), 1e-300)
    others = others - others.min(axis=1, keepdims=True)
    low, high = np.log(1e-6 / scale), np.log(1e6 / scale)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        p = np.exp(-others * np.exp(middle)[:, None])
        total = p.sum(axis=1)
        entropy = np.log(total) + np.exp(middle) * (p * others).sum(axis=1) / total
        wide = entropy > np.log(perplexity)
        low, high = np.where(wide, middle, low), np.where(wide, high, middle)
    conditional = np.zeros((n, n))
    conditional[~np.eye(n, dtype=bool)] = (p / total[:, None]).ravel()
    return (conditional + conditional.T) / (2 * n)


def gradient(p: Array, y: Array) -> Array:
    """dKL(p|q)/dy for positions y (n, 2)."""
    kernel = squared_distances(y)
    kernel += 1.0
    np.reciprocal(kernel, out=kernel)
    np.fill_diagonal(kernel, 0.0)
    pull = kernel * (-1.0 / kernel.sum())
    pull += p
    pull *= kernel
    return np.asarray(4.0 * (pull.sum(axis=1)[:, None] * y - pull @ y))


def embed(x: Array, rng: np.random.Generator, *, perplexity: float = 30.0, steps: int = 500) -> Array:
    """Positions (n, 2) of the points x (n, d), centred; the start is N(0, 1e-8). ValueError as `affinities`."""
    p = affinities(squared_distances(x), perplexity)
    y = 1e-4 * rng.standard_normal((len(x), 2))
    step, rate = np.zeros_like(y), max(len(x) / (4.0 * EXAGGERATION), 10.0)
    gains = np.ones_like(y)
    for k in range(steps):
        early = k < steps // 4
        slope = gradient(EXAGGERATION * p if early else p, y)
        gains = np.maximum(np.where(slope * step < 0, gains + 0.2, gains * 0.8), 0.01)
        step = (0.5 if early else 0.8) * step - rate * gains * slope
        y = y + step
    return np.asarray(y - y.mean(axis=0))
