"""Langevin dynamics of the joint quasi-potential with the synapses integrated out.

    E(x) = |F|^2/2,    F = -x + J phi + k q(x) phi,    q(x) = |phi|^2/N,    phi = tanh(x),
    dx = -grad E dt + sqrt(2 T dt) xi,
    (grad E)_j = -F_j + phi'_j (J^T F)_j + k q phi'_j F_j + (2 k/N) phi_j phi'_j (phi . F),

R chains of one network as columns. Noise of half a step before and after is shared between neighbouring steps
(Leimkuhler and Matthews 2013): stationary averages are of order 2 in dt.

Source: dossier neuron-synapse, Theory T2 (check).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.elementary import tanh
from atlas.dynamics.noise import normal
from atlas.dynamics.products import Couplings

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


class PlasticEnergy:
    """E and its gradient for R states x (N, R) of one network J (N, N), both C-contiguous and of one dtype."""

    def __init__(self, J: Array, x: Array, k: float) -> None:
        self._couplings = Couplings(J)
        self._couplings.check_state(x)
        self.k = k
        self.phi, self.force, self.gradient = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        self.q = np.zeros(x.shape[1])
        self._source = np.zeros_like(x)
        self._forward = self._couplings.bound(self.phi, self.force)
        self._backward = self._couplings.bound(self._source, self.gradient, transposed=True)

    def evaluate(self, x: Array) -> None:
        """Fill phi, q (R,), force = F and gradient = grad E at x."""
        phi, F, n = self.phi, self.force, len(x)
        tanh(x, phi)
        self.q = np.einsum("ij,ij->j", phi, phi) / n
        self._forward(0.0)
        F -= x
        F += self.k * self.q * phi
        np.copyto(self._source, F)
        self._backward(0.0)
        projection = np.einsum("ij,ij->j", phi, F)
        self.gradient += self.k * (self.q * F + (2.0 / n) * projection * phi)
        self.gradient *= 1.0 - phi * phi
        self.gradient -= F

    def energy(self) -> Array64:
        """E/N of every state at the last evaluation, (R,)."""
        return np.asarray(np.einsum("ij,ij->j", self.force, self.force) / (2.0 * len(self.force)), np.float64)


@dataclass(frozen=True)
class PlasticSamples:
    """Time means: q (R,), energy E/N (R,), overlap of different chains (1/N) sum <phi>_a <phi>_b."""

    q: Array64
    energy: Array64
    overlap: float


def sample(
    x: Array, J: Array, k: float, temperature: float, dt: float, rng: np.random.Generator, n_burn: int, n_steps: int
) -> PlasticSamples:
    """Advance x (N, R) in place by n_burn + n_steps steps and average over the last n_steps.

    ValueError for temperature or dt not > 0, or fewer than one step; FloatingPointError for a non-finite state.
    """
    if not (temperature > 0 and dt > 0 and n_steps >= 1):
        raise ValueError(f"temperature, dt, n_steps: got {temperature}, {dt}, {n_steps}; allowed: > 0, > 0, >= 1")
    energy = PlasticEnergy(J, x, k)
    scale = x.dtype.type(math.sqrt(temperature * dt / 2.0))
    noise = normal(rng, x.shape, x.dtype)
    mean_phi = np.zeros(x.shape)
    q, e = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for step in range(n_burn + n_steps):
        energy.evaluate(x)
        if step >= n_burn:
            mean_phi += energy.phi
            q += energy.q
            e += energy.energy()
        fresh = normal(rng, x.shape, x.dtype)
        x -= x.dtype.type(dt) * energy.gradient
        x += scale * (noise + fresh)
        noise = fresh
    if not np.isfinite(x).all():
        raise FloatingPointError("state not finite: the time step is too large")
    mean_phi /= n_steps
    n, chains = x.shape
    together = float(np.sum(mean_phi.sum(axis=1) ** 2) - np.sum(mean_phi**2))
    return PlasticSamples(q / n_steps, e / n_steps, together / (n * max(1, chains * (chains - 1))))
