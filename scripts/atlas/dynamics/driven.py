"""The rate network with independent white noise, stepped as the explicit map

    x <- (1 - dt) x + dt J phi(x) + sqrt(2 D dt) n,      n ~ N(0, 1) independent per unit, state and step.

R states of one J at once: one matrix product per step, x <- (dt J) phi + (1 - dt) x in place by BLAS, so that a step
touches the state four times and allocates nothing.

Source: dossier linear-equivalence, Model (discrete-time simulation).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.activation import TANH, Activation
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import Couplings, add_scaled
from atlas.dynamics.schemes import Observer, check_steps, require_finite

Array = NDArray[np.floating[Any]]
_CHECK_EVERY = 100


class DrivenMap:
    """A network that is advanced in place: x (N, R) and J (N, N), C-contiguous, of one dtype, float32 or float64.

    D >= 0: strength of the noise (0: none, and the generator is not touched); dt in (0, 1].
    Raises ValueError for a bad argument, FloatingPointError (in `run`) for a state that is not finite.
    """

    def __init__(
        self,
        x: Array,
        J: Array,
        dt: float,
        D: float = 0.0,
        rng: np.random.Generator | None = None,
        activation: Activation = TANH,
    ) -> None:
        check_steps(dt, 0, 1)
        if dt > 1.0:
            raise ValueError(f"dt: got {dt}; allowed: a number in (0, 1]")
        if not (math.isfinite(D) and D >= 0.0) or (D > 0.0 and rng is None):
            raise ValueError(f"D: got {D}; allowed: a finite number >= 0, with a generator when > 0")
        couplings = Couplings(np.multiply(J, dt, dtype=J.dtype))
        couplings.check_state(x)
        self.x, self._dt, self._activation, self._rng = x, dt, activation, rng
        self._kick = math.sqrt(2.0 * D * dt)
        self._phi, self._noise = np.zeros_like(x), np.zeros_like(x)
        self._product = couplings.bound(self._phi, x)
        self.step = 0

    def run(self, n_steps: int, observe: Sequence[Observer] = (), every: int = 1) -> None:
        """Advance by n_steps; observers are called as observer(step, x, phi, noise) at the starts of every `every`-th.

        Steps are counted over all calls. The fourth array is a buffer, not a velocity.
        """
        check_steps(self._dt, n_steps, every)
        for step in range(self.step, self.step + n_steps):
            self._activation.phi(self.x, self._phi)
            if observe and step % every == 0:
                for observer in observe:
                    observer(step, self.x, self._phi, self._noise)
            self._product(1.0 - self._dt)
            if self._kick > 0.0 and self._rng is not None:
                fill_normal(self._rng, self._noise)
                add_scaled(self.x, self._kick, self._noise)
            if (step + 1) % _CHECK_EVERY == 0:
                require_finite(self.x, step + 1)
        self.step += n_steps
        require_finite(self.x, self.step)
