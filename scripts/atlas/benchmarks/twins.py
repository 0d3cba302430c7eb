"""What one writes first, in plain numpy, for the kernels of learning: their results agree to rounding (tests)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.predictive_coding import GUARD, Noise, PredictiveNetwork

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]


def plain_contrastive(W: Array, x: Array, labels: Labels, d_f: float, penalty: float) -> Array:
    """dL/dW of a batch, picture by picture: dL/dr_i = (2/(N n_p)) sum_j C_ij (r_i - r_j)."""
    size, n_hidden = len(x), W.shape[1]
    r = (1 + np.tanh(x @ W)) / 2
    delta = np.zeros_like(r)
    for i in range(size):
        apart = r[i] - r
        d2 = np.mean(apart**2, axis=1)
        contrast = np.where(labels == labels[i], 1, np.where(d2 < d_f, -1, 0)).astype(W.dtype)
        delta[i] = contrast @ apart
    pairs = size * (size - 1) / 2
    by_field = delta * (2 / (n_hidden * pairs)) * 2 * r * (1 - r)
    return np.asarray(x.T @ by_field + penalty / n_hidden * W)


def plain_inference(
    net: PredictiveNetwork, r: Array, x: Array, labels: Labels, noise: Noise | None, eta: float
) -> Array:
    """One step of inference on beliefs r (T, B, N), time by time; labels (B,): of the whole series, at its last time.

    Relu. Twice as many products as needed: each time's errors are formed anew for its neighbour.
    """
    n, T = net.n, len(r)

    def error(t: int) -> tuple[Array, Array]:
        """E and E eps/D of a time."""
        h, square = x[t] @ net.mu_in.T, (x[t] ** 2) @ net.v_in.T if net.noisy else None
        f = np.maximum(r[t - 1], 0)
        if t:
            h = h + f @ net.mu[:n].T
        if square is None or noise is None:
            return r[t] - h, np.zeros_like(h)
        if t:
            square = square + (f**2) @ net.v[:n].T
        D, eps = np.sqrt(square) + GUARD, noise.hidden.reshape(T, -1, n)[t]
        found = r[t] - h - eps * D
        return found, found * eps / D

    moved = np.empty_like(r)
    for t in range(T):
        f = np.maximum(r[t], 0)
        after, tilted = error(t + 1) if t + 1 < T else _output_error(net, f, labels, noise)
        rows = slice(0, n) if t + 1 < T else slice(n, None)
        drive = after @ net.mu[rows]
        if net.noisy:
            drive = drive + f * (tilted @ net.v[rows])
        moved[t] = r[t] - eta * (error(t)[0] - (r[t] > 0) * drive)
    return moved


def _output_error(net: PredictiveNetwork, f: Array, labels: Labels, noise: Noise | None) -> tuple[Array, Array]:
    """target - softmax(o) and the same times eps/D."""
    o, D = f @ net.mu[net.n :].T, np.ones((len(f), 1), f.dtype)
    if noise is not None:
        D = np.sqrt((f**2) @ net.v[net.n :].T) + GUARD
        o = o + noise.output * D
    shares = np.exp(o - o.max(axis=1, keepdims=True))
    found = np.eye(net.outputs, dtype=f.dtype)[labels] - shares / shares.sum(axis=1, keepdims=True)
    return found, found * noise.output / D if noise is not None else np.zeros_like(found)


def plain_statistic(x: Array, J: Array) -> Array:
    """<u phi^T> over the rows of x, u = x - J tanh(x)."""
    phi = np.tanh(x)
    return np.asarray((x - phi @ J.T).T @ phi / len(x))
