"""A tanh unit on pairs of noisy inputs: the pairs, their energies, and Langevin sampling of the weights.

x = y m/N + (Delta/sqrt(N)) xi with xi ~ N(0, 1), y = +-1; z = w.x; D² = (tanh z_L - tanh z_R)²;

    H = lambda_B D²/2 for equal labels,   H = (s + sqrt(s² + a))/4, s = d_F - D², for unequal ones
    E(w) = sum over pairs H + lambda_w |w|²/2,   measure exp(-beta E)

Sampled by Langevin dynamics with inertia, dw = v dt, dv = -grad E dt - friction v dt + sqrt(2 friction/beta) dB, in
the splitting BAOAB of Leimkuhler and Matthews (2013): averages of the measure over w with an error O(dt²), none for a
Gaussian. A weight of stiffness k is forgotten in some 1/sqrt(k), and steps are bounded by 2/sqrt(k): the softest
weights and the stiffest pairs lie a square root closer than without inertia. Single precision; R chains of the same
pairs run side by side.

Source: dossier fermi-bose, M3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.elementary import tanh
from atlas.dynamics.noise import normal

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Energies:
    """Parameters of H."""

    d_f: float
    lambda_b: float = 1.0
    a: float = 0.01

    def of(self, phi_left: Array, phi_right: Array, same: NDArray[np.bool_]) -> Array:
        """H of pairs; `same` is broadcast against them."""
        d2 = (phi_left - phi_right) ** 2
        s = self.d_f - d2
        return np.where(same, 0.5 * self.lambda_b * d2, 0.25 * (s + np.sqrt(s * s + self.a)))

    def slope(self, phi_left: Array, phi_right: Array, same: NDArray[np.bool_]) -> Array:
        """dH/dphi_L = -dH/dphi_R."""
        apart = phi_left - phi_right
        s = self.d_f - apart * apart
        pull = np.where(same, self.lambda_b, -0.5 * (1.0 + s / np.sqrt(s * s + self.a)))
        return np.asarray(pull.astype(apart.dtype) * apart)


@dataclass(frozen=True)
class Pairs:
    """Inputs (2 P, N): the left ones, then the right ones; labels (2 P,); same (P,): whether those of a pair agree."""

    x: Array
    labels: Array
    same: NDArray[np.bool_]

    @property
    def count(self) -> int:
        return len(self.same)


def draw_pairs(rng: np.random.Generator, count: int, n_units: int, *, rho_b: float, m: float, delta: float) -> Pairs:
    """`count` pairs of which rho_b (rounded) have equal labels; in single precision."""
    same = np.arange(count) < round(rho_b * count)
    left = rng.choice(np.array([-1.0, 1.0], np.float32), count)
    labels = np.concatenate([left, np.where(same, left, -left)])
    x = rng.standard_normal((2 * count, n_units), dtype=np.float32)
    x *= np.float32(delta / math.sqrt(n_units))
    x += (labels * np.float32(m / n_units))[:, None]
    return Pairs(x, labels, same)


def fields(pairs: Pairs, w: Array) -> tuple[Array, Array]:
    """tanh z of the left and of the right inputs, (P, R) for w (N, R)."""
    phi = np.tanh(pairs.x @ w)
    return phi[: pairs.count], phi[pairs.count :]


def mean_energy(pairs: Pairs, energies: Energies, w: Array) -> Array:
    """Mean H over the pairs, by chain: (R,)."""
    left, right = fields(pairs, w)
    return energies.of(left, right, pairs.same[:, None]).mean(axis=0)


def gradient(pairs: Pairs, energies: Energies, lambda_w: float, w: Array) -> Array:
    """dE/dw (N, R): two products with the inputs."""
    left, right = fields(pairs, w)
    force = energies.slope(left, right, pairs.same[:, None])
    both = np.concatenate([force * (1.0 - left * left), -force * (1.0 - right * right)])
    return np.asarray(pairs.x.T @ both + w.dtype.type(lambda_w) * w)


class RowGradient:
    """dE/dw of chains in rows, (R, N) -> (R, N): the products with few rows are two thirds of those with few columns.

    Keeps the inputs transposed as well, another 8 N P bytes.
    """

    def __init__(self, pairs: Pairs, energies: Energies, lambda_w: float) -> None:
        self._x, self._xt = pairs.x, np.ascontiguousarray(pairs.x.T)
        self._same, self._energies, self._lambda = pairs.same[None, :], energies, pairs.x.dtype.type(lambda_w)

    def __call__(self, rows: Array) -> Array:
        phi = rows @ self._xt
        tanh(phi, phi)
        left, right = np.split(phi, 2, axis=1)
        force = self._energies.slope(left, right, self._same)
        np.subtract(1.0, np.square(phi, out=phi), out=phi)
        left *= force
        right *= -force
        return np.asarray(phi @ self._x + self._lambda * rows)


def langevin(
    pairs: Pairs,
    energies: Energies,
    w: Array,
    rng: np.random.Generator,
    *,
    beta: float,
    lambda_w: float,
    friction: float,
    dt: float,
    n_steps: int,
    observe: Callable[[int, Array], None],
) -> None:
    """n_steps steps of w (N, R) in place, from velocities in equilibrium; observe(step, w) after each."""
    kept = math.exp(-friction * dt)
    half, keep, kick, width = (
        w.dtype.type(value) for value in (0.5 * dt, kept, math.sqrt((1.0 - kept * kept) / beta), 1.0 / math.sqrt(beta))
    )
    rows, gradient_of = np.ascontiguousarray(w.T), RowGradient(pairs, energies, lambda_w)
    v = width * normal(rng, rows.shape, np.float32)
    v -= half * gradient_of(rows)
    for step in range(n_steps):
        rows += half * v
        v *= keep
        v += kick * normal(rng, rows.shape, np.float32)
        rows += half * v
        push = half * gradient_of(rows)
        v -= push  # the end of this step's half kick, and the first of the next
        observe(step, rows.T)
        v -= push
    w[...] = rows.T
