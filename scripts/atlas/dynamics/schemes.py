"""Time stepping of a flow dx/dt = f(x): explicit Euler and a low-storage Runge-Kutta method of order 4.

Both are written in the two-register form (state x, register q), stage by stage

    q <- A_s q + f(x),    x <- x + B_s dt q,

with A_1 = 0, so that after the first stage q = f(x) at the start of the step: the velocity, free of an extra
evaluation. A flow only has to offer ``add(x, a)``: q <- a q + f(x).

    "euler": one stage, order 1 (x <- x + dt f(x), the published protocols).
    "rk4":   five stages, order 4 (Carpenter and Kennedy 1994, Fourth-order 2N-storage Runge-Kutta schemes,
             NASA TM-109112); stable for dt |eigenvalue| < 3.34 on the imaginary and < 4.65 on the negative
             real axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.products import absolute_sum, add_scaled

Array = NDArray[np.floating[Any]]

# called as observer(step, x, phi, v) at the start of a step; the arrays are reused and valid during the call
# only
Observer = Callable[[int, Array, Array, Array], None]

STAGES: dict[str, tuple[tuple[float, float], ...]] = {
    "euler": ((0.0, 1.0),),
    "rk4": (
        (0.0, 1432997174477 / 9575080441755),
        (-567301805773 / 1357537059087, 5161836677717 / 13612068292357),
        (-2404267990393 / 2016746695238, 1720146321549 / 2090206949498),
        (-3550918686646 / 2091501179385, 3134564353537 / 4481467310338),
        (-1275806237668 / 842570457699, 2277821191437 / 14882151754819),
    ),
}

_CHECK_EVERY = 100  # steps between two checks that the state is finite (one pass over the state each)


class Flow(Protocol):
    """A right-hand side f with its buffers, all (N, R).

    ``q``: the register; ``phi``: phi(x) of the last evaluation; ``velocity``: what observers get as v, valid
    after ``add(x, 0)``.
    """

    q: Array

    @property
    def phi(self) -> Array: ...

    @property
    def velocity(self) -> Array: ...

    def add(self, x: Array, a: float) -> None:
        """q <- a q + f(x)."""


def evolve(
    flow: Flow,
    x: Array,
    dt: float,
    n_steps: int,
    *,
    method: str = "rk4",
    observe: Sequence[Observer] = (),
    every: int = 1,
    first_step: int = 0,
) -> None:
    """Advance x (N, R) in place by n_steps steps of length dt; allocates nothing per step.

    Observers are called as observer(step, x, phi, v) at the START of the steps first_step ... first_step +
    n_steps - 1 whose number is a multiple of ``every``; they must not change their arguments. Observing
    changes no number of the run, and the state after the last step is returned in x but not observed.

    Ranges: dt > 0 finite, n_steps >= 0, every >= 1, method one of STAGES; ValueError otherwise.
    FloatingPointError if the state became non-finite (checked every 100 steps and at the end).
    """
    check_steps(dt, n_steps, every)
    if method not in STAGES:
        raise ValueError(f"method: got {method!r}; allowed: {', '.join(STAGES)}")
    (_, first_b), *later = STAGES[method]
    for step in range(first_step, first_step + n_steps):
        flow.add(x, 0.0)
        if observe and step % every == 0:
            for observer in observe:
                observer(step, x, flow.phi, flow.velocity)
        add_scaled(x, first_b * dt, flow.q)
        for a, b in later:
            flow.add(x, a)
            add_scaled(x, b * dt, flow.q)
        if (step + 1) % _CHECK_EVERY == 0:
            require_finite(x, step + 1)
    require_finite(x, first_step + n_steps)


def steps(time: float, dt: float) -> int:
    """Number of steps of length dt nearest to a time."""
    return round(time / dt)


def check_steps(dt: float, n_steps: int, every: int) -> None:
    """ValueError unless dt > 0 is finite, n_steps >= 0 and every >= 1."""
    if not (math.isfinite(dt) and dt > 0):
        raise ValueError(f"dt: got {dt}; allowed: finite number > 0")
    if n_steps < 0:
        raise ValueError(f"n_steps: got {n_steps}; allowed: integer >= 0")
    if every < 1:
        raise ValueError(f"every: got {every}; allowed: integer >= 1")


def require_finite(x: Array, step: int) -> None:
    """FloatingPointError if x has an entry that is nan, inf or so large that the sum of |x| overflows."""
    if not math.isfinite(absolute_sum(x)):
        raise FloatingPointError(
            f"state not finite after step {step}: the time step is too large, or J or x(0) is not finite"
        )
