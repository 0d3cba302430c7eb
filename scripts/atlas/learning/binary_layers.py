"""A layered network of binary weights sign(h), with real hidden weights h: plain training and metaplasticity.

z = sign(h) a/sqrt(n), a = relu(z), no bias. The gradient with respect to sign(h) is taken for that of h (straight
through). Adam's step U (0.9, 0.99) is applied as

    h <- h - U f,   f = 1 - tanh²(meta h) where U would make |h| smaller, else 1

meta = 0 is plain training. Source: metaplasticity of binary networks as in Laborieux et al. 2021, from general
knowledge (the dossier continual-learning has no scripts of it); without batch normalisation, to share the architecture
of `variational_layers`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.fused_adam import FusedAdam
from atlas.learning.layers import Labels, cross_entropy_slope

Array = NDArray[np.floating[Any]]


class BinaryNetwork:
    """Hidden weights h of each layer (outputs, inputs), drawn from N(0, scale²)."""

    def __init__(
        self, widths: list[int], rng: np.random.Generator, *, lr: float, meta: float = 0.0, scale: float = 0.1
    ) -> None:
        if not (math.isfinite(meta) and meta >= 0):
            raise ValueError(f"meta: got {meta}; allowed: finite number >= 0")
        pairs = list(zip(widths[1:], widths, strict=False))
        self.h: list[Array] = [
            np.float32(scale) * rng.standard_normal((out, inputs), dtype=np.float32) for out, inputs in pairs
        ]
        self.meta = meta
        self._adam = [FusedAdam(h, lr, 0.9, 0.99) for h in self.h]
        self._set()

    def _set(self) -> None:
        self.w = [np.copysign(h.dtype.type(1.0), h) for h in self.h]

    def anneal(self, beta: float) -> None:
        """These networks have no temperature."""

    def forward(self, x: Array) -> tuple[Array, list[Array]]:
        """Scores of a batch, and the input of each layer."""
        a, kept = x, []
        for index, w in enumerate(self.w):
            kept.append(a)
            z = a @ w.T / np.sqrt(a.dtype.type(w.shape[1]))
            a = np.maximum(z, 0.0) if index + 1 < len(self.w) else z
        return a, kept

    def gradients(self, slope: Array, kept: list[Array]) -> list[Array]:
        """dL/dw of each layer from dL/dscores."""
        grads: list[Array] = []
        for index in reversed(range(len(self.w))):
            root = np.sqrt(slope.dtype.type(self.w[index].shape[1]))
            grads.append(slope.T @ kept[index] / root)
            if index:
                slope = (slope @ self.w[index] / root) * (kept[index] > 0)
        return grads[::-1]

    def step(self, x: Array, labels: Labels) -> None:
        """One update on a batch (mean cross-entropy)."""
        scores, kept = self.forward(x)
        grads = self.gradients(cross_entropy_slope(scores, labels), kept)
        for h, w, grad, adam in zip(self.h, self.w, grads, self._adam, strict=True):
            move = adam.move(grad)
            if self.meta:
                firm = np.tanh(h.dtype.type(self.meta) * h)
                move *= np.where(move * w > 0, 1.0 - firm * firm, h.dtype.type(1.0))
            h -= move
        self._set()

    def scores(self, x: Array) -> Array:
        """Scores with the binary weights."""
        return self.forward(x)[0]
