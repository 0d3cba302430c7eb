"""The rate network with white noise on many states at once, without the feedback that makes a gradient flow.

    x <- x + dt (-x + J tanh(x)) + sqrt(2 T dt) xi,   xi ~ N(0, 1) per step and entry.

What the Langevin dynamics of E = |x - J tanh(x)|²/2 becomes when its last term, phi'(x) J^T (x - J phi), is left out:
for asymmetric J it samples no known law. First order in dt. Source: dossier langevin-machine, Model 3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.elementary import tanh
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import Couplings, add_scaled
from atlas.dynamics.schemes import Observer, check_steps, require_finite

Array = NDArray[np.floating[Any]]


def noisy_rate(
    x: Array,
    J: Array,
    temperature: float,
    dt: float,
    n_steps: int,
    rng: np.random.Generator,
    *,
    observe: Sequence[Observer] = (),
    every: int = 1,
) -> None:
    """Advance x (N, R) in place; observers are called as observer(step, x, phi, v), v = -x + J phi, at multiples of
    `every`. ValueError for a bad argument, FloatingPointError if the state became non-finite.
    """
    check_steps(dt, n_steps, every)
    couplings = Couplings(J)
    couplings.check_state(x)
    phi, velocity, noise = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    forward = couplings.bound(phi, velocity)
    for step in range(n_steps):
        tanh(x, phi)
        forward(0.0)
        np.subtract(velocity, x, out=velocity)
        if step % every == 0:
            for observer in observe:
                observer(step, x, phi, velocity)
        fill_normal(rng, noise)
        add_scaled(x, dt, velocity)
        add_scaled(x, math.sqrt(2.0 * temperature * dt), noise)
    require_finite(x, n_steps)
