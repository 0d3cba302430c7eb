"""The published zero-temperature iteration for a configuration of minimal energy, by deterministic quadrature.

Single-state ansatz with q - Q = delta_Q/beta, z1, z2 ~ N(0, 1) and S = 1 + g² delta_Q:

    x*(z1, z2) = argmin_x { x²/(2 S) - dq_hat phi² - √Q_hat z1 phi - (g √q/S) z2 x },
    q = E phi*²,   delta_Q = E[z1 phi*]/√Q_hat,
    dq_hat = -g²/(2 S) + g E[z2 x*]/(2 S √q),   Q_hat = (g²/S²) E(x* - g √q z2)².

The published program draws (z1, z2) anew at each step; here they stand on a uniform grid, so that a step is a map and
its fixed points, or their absence, can be seen. Damping 1/2 as published. For g > 1 the map has no fixed point:
delta_Q runs away. Then the state after a given number of steps is a reproducible stand-in, not a solution.

Source: dossier m-shape, Theory A1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.meanfield.errors import require_gain
from atlas.meanfield.probe import Reference

Array = NDArray[np.float64]

FLOOR = 1e-6  # negative q, delta_Q, Q_hat are put here, as published
FIRST_START = (0.5, 0.5, 0.3, 0.5)
SECOND_START = (0.1, 0.9, -1.0, 0.1)
SCAN = 65  # points of [-10, 10] among which the basin of the global minimum is sought


@njit(cache=True)
def _minimum(S: float, dq_hat: float, b: float, c: float, xs: Array, phis: Array) -> float:
    """argmin of x²/(2 S) - dq_hat phi² - b phi - c x: best of a scan, refined by safeguarded Newton steps."""
    best, place = np.inf, 0
    for j in range(xs.size):
        value = xs[j] * xs[j] / (2 * S) - (dq_hat * phis[j] + b) * phis[j] - c * xs[j]
        if value < best:
            best, place = value, j
    low, high = xs[max(place - 1, 0)], xs[min(place + 1, xs.size - 1)]
    x = xs[place]
    for _ in range(60):
        phi = math.tanh(x)
        dphi = 1.0 - phi * phi
        slope = x / S - (2 * dq_hat * phi + b) * dphi - c
        if slope > 0:
            high = x
        else:
            low = x
        curvature = 1 / S - 2 * dq_hat * dphi * (1 - 3 * phi * phi) + 2 * b * phi * dphi
        new = x - slope / curvature if curvature > 0 else 0.5 * (low + high)
        if not low <= new <= high:
            new = 0.5 * (low + high)
        if abs(new - x) <= 1e-13 * (1 + abs(x)):
            return new
        x = new
    return x


@njit(cache=True)
def _minima(S: float, dq_hat: float, slope1: float, slope2: float, z1: Array, z2: Array, xs: Array, out: Array) -> None:
    phis = np.tanh(xs)
    for k in range(z1.size):
        out[k] = _minimum(S, dq_hat, slope1 * z1[k], slope2 * z2[k], xs, phis)


@dataclass(frozen=True)
class PublishedReference:
    """Order parameters after each step, (steps + 1,), and the minimisers x_star at the nodes (z1, z2) of the last one.

    change: |change of q| in the last step; it is not a residual, since delta_Q may go on growing.
    """

    g: float
    q: Array
    delta_Q: Array  # noqa: N815  (the paper's letters)
    dq_hat: Array
    Q_hat: Array
    x_star: Array
    z2: Array
    weights: Array
    change: float

    @property
    def x2(self) -> float:
        """E x*²."""
        return float(self.weights @ self.x_star**2)

    def reference(self) -> Reference:
        """As the reference of a probe; its q is that of the last step."""
        return Reference(self.g, 0.0, float(self.q[-1]), self.x_star, self.z2, self.weights)


def half_grid(n: int, reach: float = 5.5) -> tuple[Array, Array, Array]:
    """z1, z2 > 0 on a uniform n x n grid (the half whose mirror image is the other) and normalised weights."""
    z = np.linspace(-reach, reach, n) if n % 2 else (np.arange(n) - (n - 1) / 2) * (2 * reach / (n - 1))
    z1, z2 = np.meshgrid(z, z[z > 0], indexing="ij")
    weights = np.exp(-(z1**2 + z2**2) / 2).ravel()
    return z1.ravel(), z2.ravel(), weights / weights.sum()


def published_reference(
    g: float, steps: int, start: tuple[float, float, float, float] = FIRST_START, n_grid: int = 90
) -> PublishedReference:
    """The iteration from (q, delta_Q, dq_hat, Q_hat) = start, `steps` times; n_grid even, so that no node is at z2 = 0.

    ValueError for steps < 1 or an odd n_grid.
    """
    g = require_gain(g)
    if steps < 1 or n_grid < 4 or n_grid % 2:
        raise ValueError(f"steps = {steps}, n_grid = {n_grid}: steps >= 1 and an even n_grid >= 4 allowed")
    z1, z2, w = half_grid(n_grid)
    xs, x = np.linspace(-10.0, 10.0, SCAN), np.zeros_like(z1)
    history = np.empty((steps + 1, 4))
    history[0] = start
    for k in range(steps):
        history[k + 1] = _step(g, history[k], (z1, z2, w), xs, x)
    change = abs(history[-1, 0] - history[-2, 0])
    q, delta_Q, dq_hat, Q_hat = history.T
    return PublishedReference(g, q, delta_Q, dq_hat, Q_hat, x, z2, w, change)


def _step(g: float, state: Array, nodes: tuple[Array, Array, Array], xs: Array, x: Array) -> Array:
    """One damped step; x is overwritten by the minimisers."""
    z1, z2, w = nodes
    q, delta_Q, dq_hat, Q_hat = state
    S = 1.0 + g * g * delta_Q
    _minima(S, dq_hat, math.sqrt(Q_hat), g * math.sqrt(q) / S, z1, z2, xs, x)
    phi = np.tanh(x)
    new = np.array([
        w @ phi**2,
        (w @ (z1 * phi)) / math.sqrt(Q_hat),
        -g * g / (2 * S) + g * (w @ (z2 * x)) / (2 * S * math.sqrt(q)),
        (g / S) ** 2 * (w @ (x - g * math.sqrt(q) * z2) ** 2),
    ])  # fmt: skip
    new = 0.5 * state + 0.5 * new
    for k in (0, 1, 3):
        if new[k] < 0:
            new[k] = FLOOR
    return new
