"""Learning couplings from time series by next-step prediction, gradient by hand.

The student predicts x(t+dt) = (1 - dt) x(t) + dt W phi(x(t)) from the true x(t), inside chunks of L consecutive points
of a trajectory. With the push y(t) = x(t+dt) - (1 - dt) x(t) of the data and M chunks in a batch:

    loss = (1/(M L N)) sum (dt W phi - y)^2         (the first point of a chunk contributes zero but counts)
    dloss/dW = (2 dt/(M L N)) sum (dt W phi - y) phi^T

Source: dossier reconstruction, Model and Numerics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from atlas.learning.adam import Adam

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


class ChunkRecorder:
    """Collects the data of trajectories: an observer called as recorder(step, x, phi, v) at EVERY step from 0 on.

    x, phi: (N, R). phi (R n_chunks, L - 1, N): activity before each step inside a chunk; push of the same shape.
    Steps after the last chunk are ignored. ValueError for n_chunks < 1 or a chunk length < 2.
    """

    def __init__(
        self, n_units: int, n_trajectories: int, n_chunks: int, length: int, dt: float, dtype: DTypeLike = np.float64
    ) -> None:
        if n_chunks < 1 or length < 2:
            raise ValueError(f"chunks: got {n_chunks} of {length} points; allowed: at least one of at least 2 points")
        shape = (n_trajectories, n_chunks, length - 1, n_units)
        self._phi, self._push = np.empty(shape, dtype), np.empty(shape, dtype)
        self._length, self._keep = length, 1.0 - dt
        self._before: tuple[Array, Array] | None = None

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        chunk, place = divmod(step, self._length)
        if chunk >= self._phi.shape[1]:
            return
        if place and self._before is not None:
            last_x, last_phi = self._before
            self._phi[:, chunk, place - 1] = last_phi.T
            self._push[:, chunk, place - 1] = (x - self._keep * last_x).T
        self._before = (x.copy(), phi.copy())

    @property
    def phi(self) -> Array:
        return self._phi.reshape(-1, *self._phi.shape[2:])

    @property
    def push(self) -> Array:
        return self._push.reshape(-1, *self._push.shape[2:])


def loss_and_gradient(W: Array, phi: Array, push: Array, dt: float, grad: Array) -> float:
    """The loss of a batch of chunks (M, L - 1, N); writes its gradient by W into grad (N, N). Two matrix products."""
    n_units = len(W)
    size = phi.shape[0] * (phi.shape[1] + 1) * n_units
    flat = phi.reshape(-1, n_units)
    error = flat @ W.T
    error *= dt
    error -= push.reshape(-1, n_units)
    np.matmul(error.T, flat, out=grad)
    grad *= 2.0 * dt / size
    return float(np.vdot(error, error)) / size


@dataclass(frozen=True)
class Training:
    """Per epoch: error (E,), the sum of the losses of its batches; weight_distance (E + 1,), from before the first."""

    error: Array64
    weight_distance: Array64


def train(
    W: Array,
    phi: Array,
    push: Array,
    dt: float,
    optimiser: Adam,
    rng: np.random.Generator,
    *,
    epochs: int,
    batch: int,
    target: Array,
) -> Training:
    """Train W (N, N) in place over shuffled batches of chunks; target: couplings that the distance is taken to.

    weight_distance = mean_ij (W_ij - target_ij)^2. ValueError for epochs or batch < 1.
    """
    if epochs < 1 or batch < 1:
        raise ValueError(f"epochs, batch: got {epochs}, {batch}; allowed: integers >= 1")
    grad = np.empty_like(W)
    errors, distances = [], [mean_square_distance(W, target)]
    for _ in range(epochs):
        order, total = rng.permutation(len(phi)), 0.0
        for first in range(0, len(order), batch):
            picked = order[first : first + batch]
            total += loss_and_gradient(W, phi[picked], push[picked], dt, grad)
            optimiser.step(W, grad)
        errors.append(total)
        distances.append(mean_square_distance(W, target))
    return Training(np.array(errors), np.array(distances))


def mean_square_distance(W: Array, target: Array) -> float:
    """mean_ij (W_ij - target_ij)^2, in float64."""
    return float(np.mean((W.astype(np.float64) - target) ** 2))


def effective_mismatch(W: Array, J: Array, g: float) -> float:
    """eta = sqrt(1 - c^2), c = 1 - sum_ij (W_ij - J_ij)^2/(2 (N - 1) g^2), of learned couplings; 1 where c < 0.

    Takes the error for independent noise that leaves the variance g^2/N. Source: dossier reconstruction, Model (3).
    """
    n_units = len(W)
    c = 1.0 - mean_square_distance(W, J) * n_units**2 / (2.0 * (n_units - 1) * g * g)
    return float(np.sqrt(1.0 - max(c, 0.0) ** 2))


def error_by_direction(error: Array, phi: Array) -> tuple[Array64, Array64]:
    """Where an error of couplings sits: eigenvalues (N,) of <phi phi^T> over the data, largest first, and |E u_k|^2/N.

    u_k: the eigenvectors. For independent noise of variance s^2 the second is s^2 in every direction.
    """
    n_units = error.shape[0]
    flat = phi.reshape(-1, n_units)
    values, vectors = np.linalg.eigh(np.asarray(flat.T @ flat, dtype=np.float64) / len(flat))
    per_direction = np.mean((error @ vectors) ** 2, axis=0)
    return np.asarray(values[::-1]), np.asarray(per_direction[::-1])
