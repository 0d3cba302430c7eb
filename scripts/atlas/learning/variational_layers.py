"""A layered network of binary weights with factorised probabilities, learned in the space of its fields.

    mu = tanh(beta theta), sigma² = 1 - mu²,  z = mu a/sqrt(n) + eps v,  v² = sigma² a²/n,  eps ~ N(0, 1)

(local reparametrisation, eps per unit and input; n inputs of a layer, no bias), a = relu(z) between layers. With
delta = dL/dz

    dL/dtheta = beta sigma² [ delta a^T/sqrt(n) - mu (delta eps/v)(a²)^T/n ]
    dL/da     = mu^T delta/sqrt(n) + a (sigma²)^T (delta eps/v)/n

and, as the KL divergence from the weights before the last step, kl beta² sigma² (theta - theta_before). Adam (0.9,
0.99). Answers are given with the mean weights (eps = 0).

Source: dossier continual-learning, Multi-layer algorithm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.noise import normal
from atlas.learning.fused_adam import FusedAdam
from atlas.learning.layers import Labels, cross_entropy_slope

Array = NDArray[np.floating[Any]]
SATURATED = 1e-9  # smallest sigma²: single precision ends at 6e-8
TINY = 1e-12  # added to v²: a layer may be silent


@dataclass
class Layer:
    """What one layer keeps between its way forth and back."""

    a: Array
    a2: Array
    eps: Array
    v: Array


class VariationalNetwork:
    """Fields theta of each layer (outputs, inputs), drawn from N(0, scale²)."""

    def __init__(
        self, widths: list[int], rng: np.random.Generator, *, lr: float, kl: float = 1.0, scale: float = 0.1
    ) -> None:
        pairs = list(zip(widths[1:], widths, strict=False))
        self.theta: list[Array] = [
            np.float32(scale) * rng.standard_normal((out, inputs), dtype=np.float32) for out, inputs in pairs
        ]
        self.beta, self.kl = 1.0, kl
        self._rng = rng
        self._adam = [FusedAdam(theta, lr, 0.9, 0.99) for theta in self.theta]
        self._moved = [np.zeros_like(theta) for theta in self.theta]
        self._set()

    def anneal(self, beta: float) -> None:
        """Change beta; ValueError unless it is finite and > 0."""
        if not (math.isfinite(beta) and beta > 0):
            raise ValueError(f"beta: got {beta}; allowed: finite number > 0")
        self.beta = beta
        self._set()

    def _set(self) -> None:
        self.mu = [np.tanh(theta.dtype.type(self.beta) * theta) for theta in self.theta]
        self.rest = [np.maximum(1.0 - mu * mu, mu.dtype.type(SATURATED)) for mu in self.mu]

    def forward(self, x: Array, noise: list[Array]) -> tuple[Array, list[Layer]]:
        """Scores of a batch with given eps of each layer, and what the way back needs."""
        a, kept = x, []
        for index, (mu, rest) in enumerate(zip(self.mu, self.rest, strict=True)):
            n = a.dtype.type(mu.shape[1])
            a2 = a * a
            v = np.sqrt(a2 @ rest.T / n + a.dtype.type(TINY))
            z = a @ mu.T / np.sqrt(n) + noise[index] * v
            kept.append(Layer(a, a2, noise[index], v))
            a = np.maximum(z, 0.0) if index + 1 < len(self.mu) else z
        return a, kept

    def noise(self, count: int) -> list[Array]:
        """eps of each layer for a batch."""
        return [normal(self._rng, (count, mu.shape[0]), np.float32) for mu in self.mu]

    def gradients(self, slope: Array, kept: list[Layer]) -> list[Array]:
        """dL/dtheta of each layer from dL/dscores (without the KL term)."""
        grads: list[Array] = []
        for index in reversed(range(len(self.mu))):
            layer, mu, rest = kept[index], self.mu[index], self.rest[index]
            n = mu.dtype.type(mu.shape[1])
            noisy = slope * layer.eps / layer.v
            grad = slope.T @ layer.a
            grad /= np.sqrt(n)
            spread = noisy.T @ layer.a2
            spread *= mu
            spread /= n
            grad -= spread
            grad *= rest
            grad *= mu.dtype.type(self.beta)
            grads.append(grad)
            if index:
                slope = slope @ mu / np.sqrt(n) + layer.a * (noisy @ rest) / n
                slope *= layer.a > 0
        return grads[::-1]

    def step(self, x: Array, labels: Labels) -> None:
        """One update on a batch (mean cross-entropy)."""
        scores, kept = self.forward(x, self.noise(len(x)))
        grads = self.gradients(cross_entropy_slope(scores, labels), kept)
        for theta, grad, rest, moved, adam in zip(self.theta, grads, self.rest, self._moved, self._adam, strict=True):
            if self.kl:
                moved *= rest
                moved *= moved.dtype.type(self.kl * self.beta**2)
                grad += moved
            step = adam.move(grad)
            theta -= step
            np.negative(step, out=moved)
        self._set()

    def scores(self, x: Array) -> Array:
        """Scores with the mean weights."""
        return self.forward(x, [np.zeros((1, 1), np.float32)] * len(self.mu))[0]
