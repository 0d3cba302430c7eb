"""Losses of trials of a recurrent network and their slopes by its outputs r_t.

Classes: a_i = max_t r_i(t), p = softmax(W_out a), and the cross-entropy takes p for scores once more,

    L = -mean ln softmax(p)_label,   ln(e + K - 1) - 1 <= L <= ln(e + K - 1)   for K classes

(dossier spiking-modes, M2: the published figure has this second softmax). Courses: o_t = W_out r_t,
L = sqrt(sum (o - z)^2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.learning.layers import cross_entropy, cross_entropy_slope, softmax

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]
Steps = NDArray[np.int32]


@njit(cache=True)
def _peaks(r, a, when):  # type: ignore[no-untyped-def]
    """Largest value along the first axis and where it is first reached; flat states."""
    T, size = r.shape
    for i in range(size):
        a[i] = r[0, i]
        when[i] = 0
    for t in range(1, T):
        step = np.int32(t)
        for i in range(size):
            more = r[t, i] > a[i]
            when[i] = step if more else when[i]
            a[i] = r[t, i] if more else a[i]


def peaks(r: Array) -> tuple[Array, Steps]:
    """a = max_t r (B, N) and its first step (B, N), from r (T, B, N)."""
    a, when = np.empty(r.shape[1:], r.dtype), np.empty(r.shape[1:], np.int32)
    _peaks(r.reshape(len(r), -1), a.reshape(-1), when.reshape(-1))
    return a, when


def class_loss(W_out: Array, r: Array, labels: Labels) -> tuple[float, float, Array, Array]:
    """(L, L with one softmax only, dL/dW_out (K, N), dL/dr (T, B, N)) from r (T, B, N)."""
    a, when = peaks(r)
    scores = a @ W_out.T
    p = softmax(scores)
    d = cross_entropy_slope(p, labels)
    by_score = p * (d - (p * d).sum(axis=1, keepdims=True))
    direct = np.zeros_like(r)
    np.put_along_axis(direct, when[None].astype(np.intp), (by_score @ W_out)[None], axis=0)
    return cross_entropy(p, labels), cross_entropy(scores, labels), by_score.T @ a, direct


def course_loss(W_out: Array, r: Array, z: Array) -> tuple[float, Array, Array]:
    """(mean of (o - z)^2, dL/dW_out (1, N), dL/dr (T, B, N)) of the root of the summed squares; z (T, B)."""
    T, B, N = r.shape
    gap = (r.reshape(T * B, N) @ W_out[0]).reshape(T, B) - z
    total = float(np.sum(np.square(gap, dtype=np.float64)))
    slope = gap / r.dtype.type(max(np.sqrt(total), 1e-30))
    return total / gap.size, slope.reshape(1, -1) @ r.reshape(T * B, N), slope[:, :, None] * W_out[0]
