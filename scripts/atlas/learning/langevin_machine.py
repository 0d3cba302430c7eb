"""Learning of the neural Langevin machine: the gradient of the log-likelihood of exp(-E/T) by persistent chains.

    u = x - J phi(x),   S_ij = <u_i phi(x_j)>,   E = |u|²/2,   -dE/dJ_ij = u_i phi(x_j),
    J <- (1 - decay) J + (rate/T) (S_data - S_chains).

Local: u_i belongs to the neuron that receives, phi_j to the one that sends; asymmetric: S_ij is not S_ji. The chains
are never started anew: between two updates they take n_steps Langevin steps under the current couplings. Data stand
in rows (P, N), chains in columns (N, R). Source: dossier langevin-machine, Learning rule.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.gradient import Langevin

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


def statistic(x: Array, phi: Array, J: Array) -> Array:
    """S = <u phi^T> over the rows of x and phi = phi(x), (n, N) -> (N, N)."""
    u = x - phi @ J.T
    return np.asarray(u.T @ phi / np.asarray(len(x), dtype=x.dtype))


def energy_per_unit(x: Array, J: Array) -> Array64:
    """E/N = |x - J tanh(x)|²/(2 N) of states in rows (n, N) -> (n,), in float64."""
    wide, couplings = np.asarray(x, dtype=np.float64), np.asarray(J, dtype=np.float64)
    u = wide - np.tanh(wide) @ couplings.T
    return np.asarray(0.5 * np.mean(u * u, axis=1))


def asymmetry(J: Array) -> float:
    """|J - J^T|/|J + J^T| in Frobenius norms: 0 for a symmetric matrix, about 1 for independent entries."""
    wide = np.asarray(J, dtype=np.float64)
    return float(np.linalg.norm(wide - wide.T) / np.linalg.norm(wide + wide.T))


class Chains(Protocol):
    """What moves the states under the couplings that it was made with."""

    def run(self, n_steps: int) -> None:
        """Take n_steps steps."""


class Machine:
    """Couplings J (N, N), C-contiguous, and persistent chains x (N, R) of J's dtype, both changed in place.

    rate > 0, 0 <= decay < 1; ValueError otherwise. rng draws the chains' noise; `chains` moves x under J in the place
    of Langevin dynamics of `method`.
    """

    def __init__(
        self,
        J: Array,
        x: Array,
        temperature: float,
        dt: float,
        rng: np.random.Generator,
        *,
        rate: float,
        decay: float = 0.0,
        method: str = "euler-maruyama",
        chains: Chains | None = None,
    ) -> None:
        if not (rate > 0.0 and 0.0 <= decay < 1.0):
            raise ValueError(f"rate, decay: got {rate}, {decay}; allowed: > 0, in [0, 1)")
        self.J, self.x = J, x
        self._step, self._keep = J.dtype.type(rate / temperature), J.dtype.type(1.0 - decay)
        self._chains: Chains = chains or Langevin(x, J, temperature, dt, rng, method=method)

    def update(self, data: Array, phi: Array, n_steps: int) -> float:
        """One update with a batch (rows) and its activities; K = mean_ij (S_chains - S_data)² before it.

        FloatingPointError when the chains ran away.
        """
        self._chains.run(n_steps)
        rows = self.x.T
        gap = statistic(data, phi, self.J) - statistic(rows, np.tanh(rows), self.J)
        self.J *= self._keep
        gap_step = gap * self._step
        self.J += gap_step
        return float(np.mean(np.square(gap, dtype=np.float64)))


def train(
    machine: Machine,
    data: Array,
    rng: np.random.Generator,
    *,
    batch: int,
    updates: int,
    n_steps: int,
    replacement: bool,
) -> Array64:
    """K (updates,) of as many updates. Batches: drawn with replacement, or by epochs of a shuffled order without."""
    phi = np.tanh(data)
    size = min(batch, len(data)) if not replacement else batch
    course = np.empty(updates)
    order, place = rng.permutation(len(data)), 0
    for k in range(updates):
        if replacement:
            chosen = rng.integers(0, len(data), size)
        else:
            if place + size > len(data):
                order, place = rng.permutation(len(data)), 0
            chosen, place = order[place : place + size], place + size
        course[k] = machine.update(data[chosen], phi[chosen], n_steps)
    return course
