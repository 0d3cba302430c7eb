"""Fixed points of the rate network: roots of v(x) = -x + J tanh(x) by Levenberg-Marquardt with the exact Jacobian.

A step solves (A^T A + mu 1) s = -A^T v with A = dv/dx = -1 + J phi'(x) for many starts at once; mu follows the gain
ratio (Nielsen): accepted steps shrink it by max(1/3, 1 - (2 rho - 1)³), rejected ones enlarge it. A start ends as a
root, in a local minimum of |v|² that is no root, or at the limit of steps.

Source: dossier m-shape, Model (slow points) and Numerics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POLISHED = 1e-12  # rms velocity at which a root is left alone
STALLED = 1e-4  # relative decrease of |v|² in ten steps under which a start counts as caught
BATCH = 24


def velocity(x: Array, J: Array) -> Array:
    """v = -x + J tanh(x) of each row of x (R, N)."""
    return np.tanh(x) @ J.T - x


def levenberg_marquardt(x: Array, J: Array, max_steps: int = 300) -> tuple[Array, Array]:
    """Minimise |v|² from each row of x (R, N): final states (R, N) and their rms velocities (R,). x is not changed.

    J (N, N) float64. A caught start is given up when |v|² fell by less than 1e-4 of itself in ten steps.
    """
    x = np.array(x, dtype=float)
    n, size = x.shape
    v = velocity(x, J)
    cost = np.einsum("ij,ij->i", v, v)
    mu, nu, old = np.full(n, np.nan), np.full(n, 2.0), np.full(n, math.inf)
    active = np.arange(n)
    for step in range(max_steps):
        if active.size == 0:
            break
        A = J[None] * (1.0 - np.tanh(x[active]) ** 2)[:, None, :]
        A[:, np.arange(size), np.arange(size)] -= 1.0
        At = A.transpose(0, 2, 1)
        gram, gradient = At @ A, (At @ v[active][:, :, None])[:, :, 0]
        fresh = np.isnan(mu[active])
        mu[active[fresh]] = 1e-3 * gram[fresh].diagonal(axis1=1, axis2=2).max(axis=1)
        gram[:, np.arange(size), np.arange(size)] += mu[active][:, None]
        move = np.linalg.solve(gram, -gradient[:, :, None])[:, :, 0]
        trial = x[active] + move
        v_trial = velocity(trial, J)
        new = np.einsum("ij,ij->i", v_trial, v_trial)
        promised = np.einsum("ij,ij->i", move, mu[active][:, None] * move - gradient)
        gain = (cost[active] - new) / np.maximum(promised, 1e-300)
        good = gain > 0
        taken, refused = active[good], active[~good]
        x[taken], v[taken], cost[taken] = trial[good], v_trial[good], new[good]
        mu[taken] *= np.maximum(1 / 3, 1 - (2 * np.minimum(gain[good], 1.5) - 1) ** 3)
        nu[taken] = 2.0
        mu[refused] *= nu[refused]
        nu[refused] *= 2.0
        done = cost[active] <= size * POLISHED**2
        if step % 10 == 9:
            done |= cost[active] > (1 - STALLED) * old[active]
            old[active] = cost[active]
        active = active[~done & (mu[active] < 1e12)]
    return x, np.sqrt(cost / size)


@dataclass
class RootList:
    """Distinct roots (n, N), the origin first; after each start, how many converged and how many are distinct."""

    roots: Array
    converged: list[int] = field(default_factory=list)
    distinct: list[int] = field(default_factory=list)

    def add(self, state: Array, speed: float, accept: float, tolerance: float) -> None:
        """Count one start; a root is new when its rms distance to every stored one exceeds the tolerance."""
        count = self.converged[-1] if self.converged else 1
        if speed < accept:
            count += 1
            apart = np.sqrt(((self.roots - state) ** 2).mean(axis=1)).min()
            if apart > tolerance:
                self.roots = np.vstack([self.roots, state])
        self.converged.append(count)
        self.distinct.append(len(self.roots))

    @property
    def exhausted(self) -> float:
        """Distinct over converged: small when nearly every root was found many times."""
        return self.distinct[-1] / self.converged[-1] if self.converged else 1.0


def find_roots(
    J: Array,
    rng: np.random.Generator,
    *,
    max_starts: int,
    start_scale: float = 100.0,
    accept: float = 1e-6,
    tolerance: float = 1e-3,
    stop_share: float = 0.01,
    max_roots: int = 100_000,
) -> RootList:
    """Roots of one network from starts N(0, start_scale²) per unit (the published search).

    The list starts with the origin, counted as one found and one converged. Stops after max_starts, when the share of
    distinct among converged falls below stop_share, or with max_roots. J (N, N) float64.
    """
    size = len(J)
    found = RootList(np.zeros((1, size)))
    started = 0
    while started < max_starts:
        count = min(BATCH, max_starts - started)
        states, speeds = levenberg_marquardt(rng.normal(0.0, start_scale, (count, size)), J)
        for state, speed in zip(states, speeds, strict=True):
            found.add(state, float(speed), accept, tolerance)
            if found.exhausted < stop_share or len(found.roots) >= max_roots:
                return found
        started += count
    return found


def pair_distances(roots: Array) -> Array:
    """rms distances of all pairs of the given states (n, N): (n (n - 1)/2,)."""
    square = (roots**2).sum(axis=1)
    apart = square[:, None] + square[None] - 2 * roots @ roots.T
    rows, columns = np.triu_indices(len(roots), 1)
    distances: Array = np.sqrt(np.maximum(apart[rows, columns], 0.0) / roots.shape[1])
    return distances


def closed_under_sign(roots: Array) -> Array:
    """The roots but the origin, and their mirror images -x, each once (n, N): v is odd."""
    away = roots[np.sqrt((roots**2).mean(axis=1)) > 1e-3]
    both = np.vstack([away, -away])
    kept: list[Any] = []
    for state in both:
        if all(math.sqrt(float(((state - other) ** 2).mean())) > 1e-3 for other in kept):
            kept.append(state)
    return np.array(kept).reshape(-1, roots.shape[1])
