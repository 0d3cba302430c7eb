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
from numba import njit
from numpy.typing import NDArray

from atlas.dynamics.gradient import Langevin
from atlas.learning.shelf import Shelf

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


@njit(cache=True)
def _residual(x, u):  # type: ignore[no-untyped-def]
    """u <- x - u; where the orders of the two differ numpy would buffer."""
    for row in range(u.shape[0]):
        for i in range(u.shape[1]):
            u[row, i] = x[row, i] - u[row, i]


def statistic(x: Array, phi: Array, J: Array, u: Array | None = None, out: Array | None = None) -> Array:
    """S = <u phi^T> over the rows of x and phi = phi(x), (n, N) -> (N, N), into ``out`` if given; u (n, N): work."""
    u = np.matmul(phi, J.T, out=u)
    _residual(x, u)
    out = np.matmul(u.T, phi, out=out)
    return np.divide(out, x.dtype.type(len(x)), out=out)


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
    of Langevin dynamics of `method`. An update of a batch of the same size as the last allocates nothing.
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
        self._shelf = Shelf()
        self._chains: Chains = chains or Langevin(x, J, temperature, dt, rng, method=method)

    def update(self, data: Array, phi: Array, n_steps: int) -> float:
        """One update with a batch (rows) and its activities; K = mean_ij (S_chains - S_data)² before it.

        FloatingPointError when the chains ran away.
        """
        self._chains.run(n_steps)
        shelf, J, rows = self._shelf, self.J, self.x.T
        activity = np.tanh(self.x, out=shelf.array("phi", self.x.shape, J.dtype)).T
        of_data, of_chains = (shelf.array(name, J.shape, J.dtype) for name in ("data", "chains"))
        statistic(data, phi, J, shelf.array("u of data", data.shape, J.dtype), of_data)
        statistic(rows, activity, J, shelf.array("u", rows.shape, J.dtype), of_chains)
        gap = np.subtract(of_data, of_chains, out=of_data)
        J *= self._keep
        J += np.multiply(gap, self._step, out=of_chains)
        wide = shelf.array("gap", J.shape, np.float64)
        np.copyto(wide, gap)
        return float(np.mean(np.multiply(wide, wide, out=wide)))


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
    phi, shelf = np.tanh(data), Shelf()
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
        shape = (size, data.shape[1])
        batch_data = _picked(data, chosen, shelf.array("data", shape, data.dtype))
        batch_phi = _picked(phi, chosen, shelf.array("phi", shape, data.dtype))
        course[k] = machine.update(batch_data, batch_phi, n_steps)
    return course


def _picked(rows: Array, chosen: NDArray[np.int64], out: Array) -> Array:
    """Some rows, in an array that is there; with the mode that checks their numbers numpy would make one of its own."""
    return np.take(rows, chosen, axis=0, out=out, mode="clip")
