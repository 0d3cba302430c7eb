"""A leaky rate network over time, and back-propagation through time in it.

    U_t = l U_{t-1} + (1 - l) (W_in x_t + W_rec r_{t-1}),   r_t = tanh U_t,   l = exp(-dt/tau_m),  U = 0 at first
    b_t = (1 - r_t^2) (dr_t + (1 - l) W_rec^T b_{t+1}) + l b_{t+1}
    dL/dW_in = (1 - l) sum_t b_t x_t^T,   dL/dW_rec = (1 - l) sum_t b_t r_{t-1}^T

dr_t: direct slopes of the loss by r_t. The rate network beside `spiking_network`. Source: dossier spiking-modes, M1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.elementary import tanh
from atlas.learning.recurrent_products import Recurrent, recurrent
from atlas.learning.shelf import Shelf

Array = NDArray[np.floating[Any]]


def run(W_in: Array, W_rec: Array | Recurrent, x: Array, leak: float) -> Array:
    """r (T + 1, B, N), r[0] at rest; W_in (N, n), W_rec (N, N), x (T, B, n) of one type."""
    T, B, _ = x.shape
    keep, gain, rec = x.dtype.type(leak), x.dtype.type(1.0 - leak), recurrent(W_rec)
    U = (gain * (x.reshape(T * B, -1) @ W_in.T)).reshape(T, B, -1)
    r = np.zeros((T + 1, B, len(rec)), x.dtype)
    field = np.empty_like(U[0])
    for t in range(T):
        rec.onto(r[t], field)
        field *= gain
        U[t] += field
        if t:
            np.multiply(U[t - 1], keep, out=field)
            U[t] += field
        tanh(U[t], r[t + 1])
    return r


def backward(
    W_rec: Array | Recurrent, x: Array, r: Array, direct: Array, leak: float
) -> tuple[Array, tuple[Array, ...]]:
    """Gradients (N, n) by W_in, and by W_rec as its kind gives them (whole: one (N, N)), summed over the samples;
    direct (T, B, N).
    """
    T, B, N = direct.shape
    keep, gain, rec = x.dtype.type(leak), x.dtype.type(1.0 - leak), recurrent(W_rec)
    b, field = np.empty_like(direct), np.empty_like(direct[0])
    for t in range(T - 1, -1, -1):
        if t < T - 1:
            rec.back(b[t + 1], field)
        slope = direct[t] + gain * field if t < T - 1 else direct[t]
        np.multiply(slope, 1.0 - r[t + 1] ** 2, out=b[t])
        if t < T - 1:
            b[t] += keep * b[t + 1]
    rows = b.reshape(T * B, N)
    by_rec = rec.slopes(Shelf())
    rec.add_slopes(rows, r[:-1].reshape(T * B, N), by_rec)
    return gain * (rows.T @ x.reshape(T * B, -1)), tuple(gain * each for each in by_rec)
