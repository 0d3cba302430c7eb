"""Langevin dynamics of the kinetic energy of small networks, all steps in one loop: Euler-Maruyama, quantile noise.

    u = x - J tanh(x),    x <- x + dt (-u + tanh'(x) J^T u) + sqrt(2 T dt) xi,    xi one of 65536 quantiles of N(0, 1).

The scheme of `atlas.dynamics.gradient` in float32 with the noise of `atlas.dynamics.quantile_noise`. A step of 64
neurons takes microseconds, as long as Python needs to call what it is made of: compiled as a whole it takes four fifths
of the time with 100 states and a fifth with 4.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.dynamics.elementary import BLOCK, tanh32
from atlas.dynamics.products import Couplings
from atlas.dynamics.quantile_noise import level_rows, quantiles
from atlas.dynamics.schemes import check_steps, require_finite

Array = NDArray[np.floating[Any]]

_CHECK_EVERY = 100  # steps between two checks that the state is finite
_DRAWN_AT_ONCE = 1 << 17  # levels, a quarter of a megabyte: they stay in the second cache


@njit(cache=True)
def _steps(x, J, phi, v, back, drawn, kicks, dt, k, p):  # type: ignore[no-untyped-def]
    """x <- x + dt (v - (1 - phi²) J^T v) + kicks[drawn[s]], v = J phi - x, for each row s of drawn (n, >= N R).

    x, phi, v, back (N, R); k, p: work of the hyperbolic tangent. numba takes the products from scipy's BLAS.
    """
    one, JT = np.float32(1.0), J.T
    flat_x, flat_phi, flat_v, flat_back = x.reshape(-1), phi.reshape(-1), v.reshape(-1), back.reshape(-1)
    for s in range(len(drawn)):
        tanh32(flat_x, flat_phi, k, p)
        np.dot(J, phi, v)
        for i in range(flat_x.size):
            flat_v[i] -= flat_x[i]
        np.dot(JT, v, back)
        for i in range(flat_x.size):  # few arrays per loop, so that it becomes vector instructions
            flat_back[i] = dt * (flat_v[i] - flat_back[i] * (one - flat_phi[i] * flat_phi[i]))
        row = drawn[s]
        for i in range(flat_x.size):
            flat_x[i] += flat_back[i] + kicks[row[i]]


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
        Couplings(J).check_state(x)
        self.x, self.dt, self.step = x, dt, 0
        self._J, self._bits = J, rng.bit_generator
        self._buffers = tuple(np.zeros_like(x) for _ in range(3))
        self._work = tuple(np.empty((2, BLOCK), np.float32))
        self._kicks = quantiles() * np.float32(math.sqrt(2 * temperature * dt))

    def run(self, n_steps: int) -> None:
        """Take n_steps steps. FloatingPointError if the state became non-finite (every 100 steps and at the end)."""
        check_steps(self.dt, n_steps, 1)
        x, dt, last, at_once = self.x, np.float32(self.dt), self.step + n_steps, max(1, _DRAWN_AT_ONCE // self.x.size)
        (phi, v, back), (k, p) = self._buffers, self._work
        while self.step < last:
            count = min(at_once, last - self.step, _CHECK_EVERY - self.step % _CHECK_EVERY)
            drawn = level_rows(self._bits, count, x.size)
            _steps(x, self._J, phi, v, back, drawn, self._kicks, dt, k, p)
            self.step += count
            if self.step % _CHECK_EVERY == 0:
                require_finite(x, self.step)
        require_finite(x, self.step)
