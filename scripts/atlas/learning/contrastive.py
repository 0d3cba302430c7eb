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
from numba import njit
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
    """Arrays of a gradient, made once: at most `batch` inputs, weights like W."""

    def __init__(self, W: Array, batch: int) -> None:
        self._batch, n_hidden = batch, W.shape[1]
        self._hidden = [np.empty(batch * n_hidden, W.dtype) for _ in range(3)]
        self._pairs = [np.empty(batch * batch, W.dtype) for _ in range(3)]
        self._same = np.empty(batch * batch, np.bool_)
        self.grad, self.shrunk = np.empty_like(W), np.empty_like(W)

    def hidden(self, size: int) -> list[Array]:
        """Three arrays (size, N)."""
        if size > self._batch:
            raise ValueError(f"batch: got {size}; allowed: at most {self._batch}")
        n_hidden = self.grad.shape[1]
        return [flat[: size * n_hidden].reshape(size, n_hidden) for flat in self._hidden]

    def pairs(self, size: int) -> tuple[list[Array], NDArray[np.bool_]]:
        """Three arrays of numbers and one of marks (size, size)."""
        numbers = [flat[: size * size].reshape(size, size) for flat in self._pairs]
        return numbers, self._same[: size * size].reshape(size, size)


@njit(cache=True, error_model="numpy")
def _squared_distances(gram, n_hidden, d2):  # type: ignore[no-untyped-def]
    """d2_ij = (G_ii + G_jj - 2 G_ij)/N, not below 0."""
    zero = d2.dtype.type(0.0)
    for i in range(len(d2)):
        for j in range(len(d2)):
            value = ((gram[i, i] + gram[j, j]) - (gram[i, j] + gram[i, j])) / n_hidden
            d2[i, j] = zero if value < zero else value


@njit(cache=True)
def _slopes(sums, r, mixed, scale, delta):  # type: ignore[no-untyped-def]
    """delta = (sum_j C_ij r_i - (C r)_i) r (1 - r) scale, mixed = C r."""
    one = r.dtype.type(1.0)
    for i in range(r.shape[0]):
        for k in range(r.shape[1]):
            delta[i, k] = (sums[i] * r[i, k] - mixed[i, k]) * r[i, k] * (one - r[i, k]) * scale


@njit(cache=True)
def _gather(same, d2, chosen):  # type: ignore[no-untyped-def]
    """The marked distances one after the other into `chosen`; how many there are."""
    count = 0
    for i in range(d2.shape[0]):
        for j in range(d2.shape[1]):
            if same[i, j]:
                chosen[count] = d2[i, j]
                count += 1
    return count


@njit(cache=True)
def _contrast(labels, d2, d_f, same, contrast):  # type: ignore[no-untyped-def]
    """Marks of pairs with one label, and their signs in the gradient: 1, or -1 within d_f of another label, else 0."""
    one, zero = d2.dtype.type(1.0), d2.dtype.type(0.0)
    for i in range(len(labels)):
        for j in range(len(labels)):
            alike = labels[i] == labels[j]
            same[i, j] = alike
            contrast[i, j] = one if alike else (-one if d2[i, j] < d_f else zero)
        contrast[i, i] = zero


def contrastive_gradient(
    W: Array, x: Array, labels: Labels, d_f: float, penalty: float, work: Workspace | None = None
) -> tuple[Array, Distances]:
    """dL/dW of a batch, and its distances; the gradient stands in `work` until the next call that uses it."""
    size, n_hidden = len(x), W.shape[1]
    work = Workspace(W, size) if work is None else work
    r, delta, buffer = work.hidden(size)
    (d2, contrast, chosen), same = work.pairs(size)
    _hidden(x, W, r)
    _pair_distances(r, contrast, d2)
    _contrast(labels, d2, W.dtype.type(d_f), same, contrast)
    np.matmul(contrast, r, out=buffer)
    scale = 8.0 / (n_hidden * size * (size - 1))  # 2 (of r') * 2/(N n_p), n_p = size (size - 1)/2
    _slopes(contrast.sum(axis=1), r, buffer, W.dtype.type(scale), delta)
    np.matmul(x.T, delta, out=work.grad)
    work.grad += np.multiply(W, W.dtype.type(penalty / n_hidden), out=work.shrunk)
    return work.grad, _distances(d2, same, chosen)


def _pair_distances(r: Array, gram: Array, d2: Array) -> None:
    """D_ij² (B, B) into d2, not below 0; gram is a buffer."""
    np.matmul(r, r.T, out=gram)
    _squared_distances(gram, gram.dtype.type(r.shape[1]), d2)


def _distances(d2: Array, same: NDArray[np.bool_], chosen: Array) -> Distances:
    """Sums and numbers of boson and fermion pairs; chosen is a buffer."""
    size, count = len(d2), _gather(same, d2, chosen.reshape(-1))
    boson, total = float(chosen.reshape(-1)[:count].sum()) / 2, float(d2.sum()) / 2
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
