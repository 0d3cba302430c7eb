"""What one writes first, in plain numpy, for the kernels of learning: their results agree to rounding (tests)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.predictive_coding import GUARD, Noise, PredictiveNetwork
from atlas.learning.spiking_network import Course, Neuron

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


def plain_spikes(W_in: Array, W: Array, x: Array, neuron: Neuron) -> tuple[Array, Array]:
    """Spikes and filtered trains (T, B, N) of hard spiking neurons, with times in whole arrays, a step at a time."""
    T, batch, _ = x.shape
    s, r = np.zeros((2, T, batch, len(W)), x.dtype)
    l_m, gain, l_r, kick, l_d, dt, _ = neuron.leaks(x.dtype)
    U, h, train, fired = np.zeros((4, batch, len(W)), x.dtype)
    wait = np.full(U.shape, neuron.silent_first)
    for t in range(T):
        V = np.where(wait == 0, l_m * U + gain * (x[t] @ W_in.T + train @ W.T), 0)
        U = (V * (1 - fired)).astype(x.dtype)
        h = l_r * h + kick * fired
        train = l_d * train + dt * h
        fired = (U >= 1).astype(x.dtype)
        wait = np.where(U >= 1, neuron.silent_after, np.maximum(wait - 1, 0))
        s[t], r[t] = fired, train
    return s, r


def plain_spikes_back(W: Array, x: Array, course: Course, direct: Array, neuron: Neuron) -> tuple[Array, Array]:
    """Gradients by W_in and W of hard spiking neurons, a step at a time."""
    by_input, by_matrix = np.zeros((len(W), x.shape[2]), x.dtype), np.zeros_like(W)
    l_m, gain, l_r, kick, l_d, dt, _ = neuron.leaks(x.dtype)
    a_u, a_r, a_h, a_s = np.zeros((4, *direct.shape[1:]), x.dtype)
    for t in reversed(range(len(x))):
        V, before = course.V[t], course.s[t]
        A_u = a_u + a_s / (1 + 25 * np.abs(V * (1 - before) - 1)) ** 2
        A_r = a_r + direct[t]
        A_h = a_h * l_r + dt * A_r
        b = A_u * course.m[t] * (1 - before)
        by_input += gain * b.T @ x[t]
        by_matrix += gain * b.T @ course.r[t]
        a_s = -A_u * V + kick * A_h
        a_u, a_h, a_r = l_m * b, A_h, l_d * A_r + gain * b @ W
    return by_input, by_matrix
