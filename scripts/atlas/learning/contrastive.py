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

from atlas.learning.adam import Adam
from atlas.learning.layers import Labels, batches, cross_entropy_slope

Array = NDArray[np.floating[Any]]


def hidden(x: Array, W: Array) -> Array:
    """r = (1 + tanh(x W))/2."""
    r = x @ W
    np.tanh(r, out=r)
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
    gram = r @ r.T
    norm = gram.diagonal()
    d2 = norm[:, None] + norm[None, :] - 2.0 * gram
    d2 /= r.shape[1]
    return np.asarray(np.maximum(d2, 0.0))


def contrastive_loss(W: Array, x: Array, labels: Labels, d_f: float, penalty: float) -> float:
    """L of a batch."""
    d2 = pair_distances(hidden(x, W))
    same = labels[:, None] == labels[None, :]
    upper = np.triu_indices(len(x), 1)
    terms = np.where(same, d2, np.maximum(d_f - d2, 0.0))[upper]
    return float(terms.mean() + penalty / (2 * W.shape[1]) * np.vdot(W, W))


def contrastive_gradient(W: Array, x: Array, labels: Labels, d_f: float, penalty: float) -> tuple[Array, Distances]:
    """dL/dW of a batch, and its distances."""
    size, n_hidden = len(x), W.shape[1]
    r = hidden(x, W)
    d2 = pair_distances(r)
    same = labels[:, None] == labels[None, :]
    contrast = np.where(same, 1.0, np.where(d2 < d_f, -1.0, 0.0)).astype(W.dtype)
    np.fill_diagonal(contrast, 0.0)
    delta = contrast.sum(axis=1)[:, None] * r - contrast @ r
    delta *= r
    delta *= 1.0 - r
    delta *= 8.0 / (n_hidden * size * (size - 1))  # 2 (of r') * 2/(N n_p), n_p = size (size - 1)/2
    grad = x.T @ delta
    grad += W.dtype.type(penalty / n_hidden) * W
    boson, total = float(d2[same].sum()) / 2, float(d2.sum()) / 2
    n_boson = (int(same.sum()) - size) // 2
    return grad, Distances(boson, total - boson, n_boson, size * (size - 1) // 2 - n_boson)


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
    for _ in range(epochs):
        for picked in batches(len(x), batch, rng):
            if len(picked) > 1:
                grad, distances = contrastive_gradient(model.W, x[picked], labels[picked], d_f, penalty)
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
