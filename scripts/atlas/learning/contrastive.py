"""A layer trained by contrasting pairs inside a batch, with a linear read-out; and the same network by backpropagation.

Inputs x in [0, 1]^n, hidden r = (1 + tanh(x W))/2 in (0, 1)^N, scores r V. With D_ij² = |r_i - r_j|²/N over the n_p
pairs of a batch, Y_ij = 1 for equal labels ("bosons") and 0 for unequal ones ("fermions"):

    L = (1/n_p) sum_{i<j} [Y D² + (1 - Y) relu(d_F - D²)] + (penalty/(2 N)) |W|²
    C_ij = 1 (equal), -1 (unequal and D² < d_F), 0 otherwise, C_ii = 0
    dL/dR = (2/(N n_p)) (diag(C 1) R - C R),   dL/dW = x^T [dL/dR 2 R (1 - R)] + (penalty/N) W

Backpropagation of the cross-entropy of softmax(r V): with S its slope by the scores,

    dCE/dV = R^T S,   dCE/dW = x^T [S V^T 2 R (1 - R)],   dCE/dx = [S V^T 2 R (1 - R)] W^T

Source: dossier fermi-bose, M1 and T1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.elementary import tanh
from atlas.learning.adam import Adam
from atlas.learning.layers import Labels, batches, cross_entropy_slope

Array = NDArray[np.floating[Any]]


def hidden(x: Array, W: Array) -> Array:
    """r = (1 + tanh(x W))/2."""
    return _hidden(x, W, np.empty((len(x), W.shape[1]), np.result_type(x, W)))


def _hidden(x: Array, W: Array, r: Array) -> Array:
    """The same into r."""
    np.matmul(x, W, out=r)
    tanh(r, r)
    r += 1.0
    r *= 0.5
    return r


@dataclass
class TwoLayers:
    """Weights W (n, N) and V (N, classes)."""

    W: Array
    V: Array

    @classmethod
    def drawn(cls, rng: np.random.Generator, n_inputs: int, n_hidden: int, n_classes: int) -> TwoLayers:
        """W ~ N(0, 1/n), V ~ N(0, 1/N), single precision."""
        W = rng.standard_normal((n_inputs, n_hidden), dtype=np.float32) / np.float32(math.sqrt(n_inputs))
        V = rng.standard_normal((n_hidden, n_classes), dtype=np.float32) / np.float32(math.sqrt(n_hidden))
        return cls(W, V)

    def copy(self) -> TwoLayers:
        return TwoLayers(self.W.copy(), self.V.copy())

    def scores(self, x: Array) -> Array:
        return np.asarray(hidden(x, self.W) @ self.V)

    def right(self, x: Array, labels: Labels) -> NDArray[np.bool_]:
        """Which inputs get their label."""
        return np.asarray(self.scores(x).argmax(axis=1) == labels)

    def accuracy(self, x: Array, labels: Labels) -> float:
        """Share of right answers."""
        return float(self.right(x, labels).mean())


def back_to_fields(model: TwoLayers, r: Array, slope: Array) -> Array:
    """dCE/d(x W) (B, N) of the slope by the scores."""
    delta = slope @ model.V.T
    delta *= r
    delta *= 1.0 - r
    delta *= 2.0
    return np.asarray(delta)


def backprop_gradients(model: TwoLayers, x: Array, labels: Labels) -> tuple[Array, Array]:
    """dCE/dW and dCE/dV of the mean cross-entropy of a batch."""
    r = hidden(x, model.W)
    slope = cross_entropy_slope(r @ model.V, labels)
    return x.T @ back_to_fields(model, r, slope), r.T @ slope


def input_gradient(model: TwoLayers, x: Array, labels: Labels) -> Array:
    """dCE/dx of the mean cross-entropy (B, n)."""
    r = hidden(x, model.W)
    slope = cross_entropy_slope(r @ model.V, labels)
    return np.asarray(back_to_fields(model, r, slope) @ model.W.T)


@dataclass(frozen=True)
class Distances:
    """Of a batch: sums of D² over boson and over fermion pairs, and how many there are of each."""

    boson: float
    fermion: float
    n_boson: int
    n_fermion: int


def pair_distances(r: Array) -> Array:
    """D_ij² (B, B) from the Gram matrix, not below 0."""
    gram, d2 = (np.empty((len(r), len(r)), r.dtype) for _ in range(2))
    _pair_distances(r, gram, d2)
    return d2


def contrastive_loss(W: Array, x: Array, labels: Labels, d_f: float, penalty: float) -> float:
    """L of a batch."""
    d2 = pair_distances(hidden(x, W))
    same = labels[:, None] == labels[None, :]
    upper = np.triu_indices(len(x), 1)
    terms = np.where(same, d2, np.maximum(d_f - d2, 0.0))[upper]
    return float(terms.mean() + penalty / (2 * W.shape[1]) * np.vdot(W, W))


class Workspace:
    """Arrays of a gradient, made once: at most `batch` inputs, weights like W (comparing labels buffers 130 kB)."""

    def __init__(self, W: Array, batch: int) -> None:
        self._batch, n_hidden = batch, W.shape[1]
        self._hidden = [np.empty(batch * n_hidden, W.dtype) for _ in range(3)]
        self._pairs = [np.empty(batch * batch, W.dtype) for _ in range(3)]
        self._marks = [np.empty(batch * batch, np.bool_) for _ in range(2)]
        self.grad, self.shrunk = np.empty_like(W), np.empty_like(W)

    def hidden(self, size: int) -> list[Array]:
        """Three arrays (size, N)."""
        if size > self._batch:
            raise ValueError(f"batch: got {size}; allowed: at most {self._batch}")
        n_hidden = self.grad.shape[1]
        return [flat[: size * n_hidden].reshape(size, n_hidden) for flat in self._hidden]

    def pairs(self, size: int) -> tuple[list[Array], list[NDArray[np.bool_]]]:
        """Three arrays of numbers and two of marks (size, size)."""
        numbers = [flat[: size * size].reshape(size, size) for flat in self._pairs]
        return numbers, [flat[: size * size].reshape(size, size) for flat in self._marks]


def contrastive_gradient(
    W: Array, x: Array, labels: Labels, d_f: float, penalty: float, work: Workspace | None = None
) -> tuple[Array, Distances]:
    """dL/dW of a batch, and its distances; the gradient stands in `work` until the next call that uses it."""
    size, n_hidden = len(x), W.shape[1]
    work = Workspace(W, size) if work is None else work
    r, delta, buffer = work.hidden(size)
    (d2, contrast, chosen), (same, near) = work.pairs(size)
    _hidden(x, W, r)
    _pair_distances(r, contrast, d2)
    np.equal(labels[:, None], labels[None, :], out=same)
    np.less(d2, d_f, out=near)
    contrast.fill(0.0)
    np.copyto(contrast, -1.0, where=near)
    np.copyto(contrast, 1.0, where=same)
    np.fill_diagonal(contrast, 0.0)
    np.matmul(contrast, r, out=buffer)
    np.multiply(contrast.sum(axis=1)[:, None], r, out=delta)
    delta -= buffer
    delta *= r
    delta *= np.subtract(1.0, r, out=buffer)
    delta *= 8.0 / (n_hidden * size * (size - 1))  # 2 (of r') * 2/(N n_p), n_p = size (size - 1)/2
    np.matmul(x.T, delta, out=work.grad)
    work.grad += np.multiply(W, W.dtype.type(penalty / n_hidden), out=work.shrunk)
    return work.grad, _distances(d2, same, chosen)


def _pair_distances(r: Array, gram: Array, d2: Array) -> None:
    """D_ij² (B, B) into d2, not below 0; gram is a buffer."""
    np.matmul(r, r.T, out=gram)
    norm = gram.diagonal()
    np.add(norm[:, None], norm[None, :], out=d2)
    gram *= 2.0
    d2 -= gram
    d2 /= r.shape[1]
    np.maximum(d2, 0.0, out=d2)


def _distances(d2: Array, same: NDArray[np.bool_], chosen: Array) -> Distances:
    """Sums and numbers of boson and fermion pairs; chosen is a buffer."""
    size, count = len(d2), int(np.count_nonzero(same))
    bosons = np.compress(same.reshape(-1), d2.reshape(-1), out=chosen.reshape(-1)[:count])
    boson, total = float(bosons.sum()) / 2, float(d2.sum()) / 2
    n_boson = (count - size) // 2
    return Distances(boson, total - boson, n_boson, size * (size - 1) // 2 - n_boson)


def train_contrastive(
    model: TwoLayers,
    x: Array,
    labels: Labels,
    rng: np.random.Generator,
    *,
    d_f: float,
    penalty: float,
    lr: float,
    epochs: int,
    batch: int,
) -> list[Distances]:
    """Train W in place by Adam; the distances of every batch, in order."""
    optimiser, course = Adam(model.W, lr), []
    work = Workspace(model.W, min(batch, len(x)))
    for _ in range(epochs):
        for picked in batches(len(x), batch, rng):
            if len(picked) > 1:
                grad, distances = contrastive_gradient(model.W, x[picked], labels[picked], d_f, penalty, work)
                optimiser.step(model.W, grad)
                course.append(distances)
    return course


def train_readout(
    model: TwoLayers,
    x: Array,
    labels: Labels,
    rng: np.random.Generator,
    *,
    lr: float,
    epochs: int,
    batch: int,
    after_epoch: Callable[[], None] | None = None,
) -> None:
    """Train V in place by Adam on the cross-entropy; W stays."""
    r, optimiser = hidden(x, model.W), Adam(model.V, lr)
    for _ in range(epochs):
        for picked in batches(len(x), batch, rng):
            part = r[picked]
            optimiser.step(model.V, part.T @ cross_entropy_slope(part @ model.V, labels[picked]))
        if after_epoch:
            after_epoch()


def train_backprop(
    model: TwoLayers,
    x: Array,
    labels: Labels,
    rng: np.random.Generator,
    *,
    lr: float,
    epochs: int,
    batch: int,
    after_epoch: Callable[[], None] | None = None,
) -> None:
    """Train W and V in place by Adam on the cross-entropy."""
    first, second = Adam(model.W, lr), Adam(model.V, lr)
    for _ in range(epochs):
        for picked in batches(len(x), batch, rng):
            by_w, by_v = backprop_gradients(model, x[picked], labels[picked])
            first.step(model.W, by_w)
            second.step(model.V, by_v)
        if after_epoch:
            after_epoch()
