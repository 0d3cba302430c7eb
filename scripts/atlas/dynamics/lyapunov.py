"""Lyapunov exponents of the rate network by tangent vectors.

State and tangent vectors are advanced together by the same scheme,

    dx/dt = -x + J phi(x),    dD/dt = -D + J (phi'(x) * D),

as one flow on (N, R + R k) columns, so that a stage is one matrix product for all. Every ``block`` steps the
k vectors of each state are orthonormalised (QR) and the logarithms of the diagonal of R are collected.
Because the tangent map is the exact derivative of the discrete map, the exponents are those of the
discretised dynamics (order of the scheme in dt); for "euler" they are the exponents of the Euler map per unit
time. Sources: dossier kinetic-energy, Model; dossier neuron-synapse, N4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.activation import TANH, Activation
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import Couplings
from atlas.dynamics.schemes import evolve

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


@dataclass(frozen=True)
class LyapunovResult:
    """exponents (R, k): time means, largest first up to fluctuations. local (n_blocks, R, k): one per block.

    The error of an exponent follows from the correlated series ``local`` (blocking) or from several networks.
    """

    exponents: Array64
    local: Array64


class TangentFlow:
    """The joint flow of R states and k tangent vectors each; columns: the R states, then (r, k) tangents."""

    def __init__(self, J: Array, z: Array, n_states: int, activation: Activation = TANH) -> None:
        couplings = Couplings(J)
        couplings.check_state(z)
        self._activation = activation
        self._n_states = n_states
        self._source = np.zeros_like(z)
        self.q = np.zeros_like(z)
        self._product = couplings.bound(self._source, self.q)
        self._slope = np.zeros((len(z), n_states), z.dtype)

    @property
    def phi(self) -> Array:
        """phi(x), (N, R)."""
        return self._source[:, : self._n_states]

    @property
    def velocity(self) -> Array:
        """v = -x + J phi(x), (N, R), valid after add(z, 0)."""
        return self.q[:, : self._n_states]

    def add(self, z: Array, a: float) -> None:
        """q <- a q - z + J [phi(x), phi'(x) * D]: one product."""
        x, phi = z[:, : self._n_states], self.phi
        self._activation.phi(x, phi)
        self._activation.dphi(x, phi, self._slope)
        tangents = (len(z), self._n_states, -1)
        np.multiply(
            z[:, self._n_states :].reshape(tangents),
            self._slope[:, :, None],
            out=self._source[:, self._n_states :].reshape(tangents),
        )
        self._product(a)
        np.subtract(self.q, z, out=self.q)


def lyapunov(
    x: Array,
    J: Array,
    dt: float,
    n_blocks: int,
    rng: np.random.Generator,
    *,
    n_vectors: int = 1,
    block: int = 10,
    n_align: int = 10,
    method: str = "rk4",
    activation: Activation = TANH,
) -> LyapunovResult:
    """The n_vectors largest Lyapunov exponents along the trajectories from x, in inverse membrane time
    constants.

    x (N, R): states on the attractor (run the transient before), advanced in place by (n_align + n_blocks) *
    block steps of length dt; J (N, N), same dtype. The tangent vectors start at random (rng) and align during
    n_align blocks that are not counted. One block should not exceed a few Lyapunov times (overflow, loss of
    orthogonality). Accuracy: scheme order in dt; statistical error ~ sqrt(correlation time / duration);
    float32 rounding acts as noise of relative size 1e-7 per step on the trajectory and does not bias the
    exponents visibly.

    ValueError for a bad argument (1 <= n_vectors <= N, n_blocks, block >= 1, n_align >= 0);
    FloatingPointError if the state became non-finite.
    """
    n_units, n_states = x.shape
    if not 1 <= n_vectors <= n_units:
        raise ValueError(f"n_vectors: got {n_vectors}; allowed: 1 .. {n_units}, the number of units")
    for name, value, least in (("n_blocks", n_blocks, 1), ("block", block, 1), ("n_align", n_align, 0)):
        if value < least:
            raise ValueError(f"{name}: got {value}; allowed: integer >= {least}")
    z = np.empty((n_units, n_states * (1 + n_vectors)), x.dtype)
    fill_normal(rng, z)
    z[:, :n_states] = x
    flow = TangentFlow(J, z, n_states, activation)
    orthonormalise(z, n_states)
    local = np.empty((n_blocks, n_states, n_vectors))
    for k in range(-n_align, n_blocks):
        evolve(flow, z, dt, block, method=method)
        growth = orthonormalise(z, n_states)
        if k >= 0:
            local[k] = growth / (block * dt)
    np.copyto(x, z[:, :n_states])
    return LyapunovResult(local.mean(axis=0), local)


def orthonormalise(z: Array, n_states: int) -> Array64:
    """Orthonormalise the tangents of each state in place; returns log|diag R| (n_states, k)."""
    tangents = z[:, n_states:].reshape(len(z), n_states, -1)
    growth = np.empty(tangents.shape[1:])
    for r in range(n_states):
        vectors, triangle = np.linalg.qr(tangents[:, r])
        tangents[:, r] = vectors
        growth[r] = np.log(np.abs(np.diag(triangle)))
    return growth
