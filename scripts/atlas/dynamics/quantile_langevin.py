"""Langevin dynamics of the kinetic energy of small networks in few passes: Euler-Maruyama, quantile noise, float32.

    u = x - J tanh(x),    x <- x + dt (-u + tanh'(x) J^T u) + sqrt(2 T dt) xi,    xi one of 65536 quantiles of N(0, 1).

The scheme of `atlas.dynamics.gradient` with the noise of `atlas.dynamics.quantile_noise`, the same draws in
the same order; all that stands between the two products and the next state is one loop. With 64 neurons and 100 states
a step takes four fifths of the time, with few states two thirds.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.dynamics.elementary import tanh
from atlas.dynamics.products import Couplings
from atlas.dynamics.quantile_noise import levels, quantiles
from atlas.dynamics.schemes import check_steps, require_finite

Array = NDArray[np.floating[Any]]

_CHECK_EVERY = 100  # steps between two checks that the state is finite


@njit(cache=True)
def _advance(x, phi, velocity, back, drawn, kicks, dt):  # type: ignore[no-untyped-def]
    """x <- x + dt (v - (1 - phi²) J^T v) + kicks[drawn], all flat."""
    one = np.float32(1.0)
    for k in range(x.size):
        x[k] += dt * (velocity[k] - back[k] * (one - phi[k] * phi[k])) + kicks[drawn[k]]


class QuantileLangevin:
    """R states x (N, R), C-contiguous float32, advanced in place; `step` is the number of steps taken so far.

    J (N, N) float32, kept, not copied. rng gives the bits: N R/4 words a step. ValueError for temperature < 0, dt <= 0
    or other arrays.
    """

    def __init__(self, x: Array, J: Array, temperature: float, dt: float, rng: np.random.Generator) -> None:
        check_steps(dt, 0, 1)
        if not (math.isfinite(temperature) and temperature >= 0):
            raise ValueError(f"temperature: got {temperature}; allowed: finite number >= 0")
        if x.dtype != np.float32:
            raise ValueError(f"x: got dtype {x.dtype}; allowed: float32")
        couplings = Couplings(J)
        couplings.check_state(x)
        self.x, self.dt, self.step = x, dt, 0
        self._phi, self._velocity, self._back = (np.zeros_like(x) for _ in range(3))
        self._forward = couplings.bound(self._phi, self._velocity)
        self._backward = couplings.bound(self._velocity, self._back, transposed=True)
        self._bits = rng.bit_generator
        self._kicks = quantiles() * np.float32(math.sqrt(2 * temperature * dt))

    def run(self, n_steps: int) -> None:
        """Take n_steps steps. FloatingPointError if the state became non-finite (every 100 steps and at the end)."""
        check_steps(self.dt, n_steps, 1)
        x, velocity, size, dt = self.x, self._velocity, self.x.size, np.float32(self.dt)
        flat_x, phi, v, back = (array.reshape(-1) for array in (x, self._phi, velocity, self._back))
        for step in range(self.step + 1, self.step + n_steps + 1):
            tanh(x, self._phi)
            np.copyto(velocity, x)
            self._forward(-1.0)  # J phi - x
            self._backward(0.0)
            _advance(flat_x, phi, v, back, levels(self._bits, size), self._kicks, dt)
            if step % _CHECK_EVERY == 0:
                require_finite(x, step)
        self.step += n_steps
        require_finite(x, self.step)
