"""A network and imperfect copies of it, run side by side from the same start.

Imperfect copy of couplings J of gain g:  J2 = sqrt(1 - eta^2) J + eta J',  J' an independent network of the same gain
without self-coupling. Distance of two states: d = (1/N) sum_i (x_i - y_i)^2. All networks follow the Euler map
x <- (1 - dt) x + dt J tanh(x). Source: dossier reconstruction, Model (1), (2), (4), T4.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics import couplings, rate
from atlas.dynamics.elementary import tanh
from atlas.dynamics.observers import mean_square
from atlas.dynamics.products import Couplings
from atlas.dynamics.schemes import check_steps

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


def imperfect_copy(rng: np.random.Generator, J: Array, g: float, eta: float) -> Array:
    """J2 = sqrt(1 - eta^2) J + eta J' of J's shape and dtype; ValueError unless 0 <= eta <= 1."""
    if not 0.0 <= eta <= 1.0:
        raise ValueError(f"eta: got {eta}; allowed: 0 <= eta <= 1")
    other = couplings.gaussian_couplings(rng, len(J), g, self_coupling=False, dtype=J.dtype)
    other *= eta
    other += math.sqrt(1.0 - eta * eta) * J
    return other


@dataclass(frozen=True)
class SideBySide:
    """times (T,); distance (K, T, R) of each copy to the first network; variance (T, R) of the first network.

    shown (K + 1, T, n_shown): first units of state 0 of the first network and of the copies.
    """

    times: Array64
    distance: Array64
    variance: Array64
    shown: Array64


def side_by_side(
    x: Array, networks: Sequence[Array], dt: float, n_steps: int, *, every: int = 1, n_shown: int = 0
) -> SideBySide:
    """Run every network from the same states x (N, R), by the Euler map, and observe at multiples of `every`.

    networks: couplings (N, N) of x's dtype, the first is the one that distances are taken to. x is not changed. The
    start and the last multiple of `every` up to n_steps are observed. ValueError for a bad argument.
    """
    check_steps(dt, n_steps, every)
    states = [x.copy() for _ in networks]
    distance, variance, shown = [], [], []
    for segment in range(n_steps // every + 1):
        if segment:
            for y, J in zip(states, networks, strict=True):
                rate.integrate(y, J, dt, every, method="euler")
        first = states[0]
        distance.append([mean_square(y - first) for y in states[1:]])
        variance.append(mean_square(first))
        shown.append([y[:n_shown, 0].astype(np.float64) for y in states])
    times = np.arange(len(variance)) * (every * dt)
    gaps = np.array(distance, dtype=np.float64).reshape(len(variance), len(networks) - 1, x.shape[1])
    return SideBySide(
        np.asarray(times, dtype=np.float64), gaps.swapaxes(0, 1), np.array(variance), np.array(shown).swapaxes(0, 1)
    )


class EulerMap:
    """x <- (1 - dt) x + dt J tanh(x) on one array, in place."""

    def __init__(self, J: Array, x: Array, dt: float) -> None:
        product = Couplings(J)
        product.check_state(x)
        self.x, self._dt = x, dt
        self._phi, self._field = np.zeros_like(x), np.zeros_like(x)
        self._product = product.bound(self._phi, self._field)

    def step(self) -> None:
        """One step."""
        tanh(self.x, self._phi)
        self._product(0.0)
        self.x *= 1.0 - self._dt
        self._field *= self._dt
        self.x += self._field


def mismatch_exponent(x: Array, J: Array, J2: Array, dt: float, n_transient: int, n_measure: int) -> Array64:
    """Mean over n_measure steps of ln(d/eps)/dt for each state (R,), after n_transient steps that are not counted.

    x (N, R), advanced in place by J; the copy y, advanced by J2, is put back to y = x + eps (y - x)/d after every
    step, d = |y - x| (norm over the units); eps is its value after the first step from y = x. ValueError where eps is
    zero (equal networks, or a state at rest) or a step count is not >= 1.
    """
    check_steps(dt, n_transient, 1)
    if n_measure < 1:
        raise ValueError(f"n_measure: got {n_measure}; allowed: integer >= 1")
    first, copy = EulerMap(J, x, dt), EulerMap(J2, x.copy(), dt)
    first.step()
    copy.step()
    eps = np.linalg.norm(copy.x - x, axis=0)
    if not np.all(eps > 0.0):
        raise ValueError("J2: got a copy that does not move away from the network; allowed: one that differs from J")
    total = np.zeros(x.shape[1])
    for k in range(n_transient + n_measure):
        first.step()
        copy.step()
        separation = copy.x - x
        d = np.linalg.norm(separation, axis=0)
        if k >= n_transient:
            total += np.log(d / eps)
        separation *= eps / d
        np.add(x, separation, out=copy.x)
    return np.asarray(total / (n_measure * dt), dtype=np.float64)
