"""Gradient and Langevin dynamics of the kinetic energy E(x) = (1/2) sum_i v_i^2, v = -x + J phi(x).

    dx = -grad E dt + sqrt(2 T) dW,    -dE/dx_i = v_i - phi'(x_i) sum_j J_ji v_j,    P(x) ~ exp(-E(x)/T).

Two products per force.
Sources: dossier kinetic-energy, Gradient dynamics; dossier equilibrium-measure, Model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.dynamics.activation import TANH, Activation
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import Couplings, add_scaled
from atlas.dynamics.schemes import Observer, check_steps, evolve, require_finite

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]

_CHECK_EVERY = 100  # steps between two checks that the state is finite
_COPY_PAYS = 50  # steps in which a transposed copy of J is earned back (measured: 1 to 46, N = 500 to 4000)


@njit(cache=True)
def tanh_force(velocity, back, phi, a, scale, q):  # type: ignore[no-untyped-def]
    """q <- a q + scale (v - (1 - phi²) J^T v) in one pass; all flat. The same bits as array by array.

    a == 0 does not read q: a rejected non-finite trajectory may have left nan there.
    """
    one = phi.dtype.type(1.0)
    if a == 0:
        for i in range(q.size):
            q[i] = (velocity[i] - back[i] * (one - phi[i] * phi[i])) * scale
    else:
        for i in range(q.size):
            q[i] = q[i] * a + (velocity[i] - back[i] * (one - phi[i] * phi[i])) * scale


class GradientFlow:
    """f(x) = -grad E(x) with five buffers of the state's size (phi, v, phi', J^T v and the register q).

    fixed: J will not change, see `Couplings`.
    """

    def __init__(self, J: Array, x: Array, activation: Activation = TANH, *, fixed: bool = False) -> None:
        couplings = Couplings(J, fixed=fixed)
        couplings.check_state(x)
        self._activation = activation
        self.phi, self.velocity, self.q = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        self._dphi, self._back = np.zeros_like(x), np.zeros_like(x)
        self._flat = self.velocity.reshape(-1), self._back.reshape(-1), self.phi.reshape(-1)
        self._forward = couplings.bound(self.phi, self.velocity)
        self._backward = couplings.bound(self.velocity, self._back, transposed=True)

    def add(self, x: Array, a: float, scale: float = 1.0) -> None:
        """q <- a q + scale (v - phi'(x) * (J^T v)): two products; leaves phi(x) and v = -x + J phi(x) behind."""
        self._activation.phi(x, self.phi)
        self._forward(0.0)
        np.subtract(self.velocity, x, out=self.velocity)
        self._backward(0.0)
        if self._activation is TANH:
            number, (velocity, back, phi) = x.dtype.type, self._flat
            tanh_force(velocity, back, phi, number(a), number(scale), self.q.reshape(-1))
        else:
            self._combine(x, a, scale)

    def _combine(self, x: Array, a: float, scale: float) -> None:
        """The same as `tanh_force` for any activation, array by array."""
        self._activation.dphi(x, self.phi, self._dphi)
        np.multiply(self._back, self._dphi, out=self._back)
        np.subtract(self.velocity, self._back, out=self._back)
        np.multiply(self._back, scale, out=self._back)
        if a == 0:
            np.copyto(self.q, self._back)
        else:
            np.multiply(self.q, a, out=self.q)
            add_scaled(self.q, 1.0, self._back)

    def energy(self) -> Array64:
        """E = (1/2) sum_i v_i^2 (R,) at the x of the last call of add; summed in float64."""
        return half_square(self.velocity)


def half_square(y: Array) -> Array64:
    """(1/2) sum_i y_i^2 of each state, summed in float64: (N, R) -> (R,)."""
    return 0.5 * np.einsum("ij,ij->j", y, y, dtype=np.float64)


def energy(x: Array, J: Array, activation: Activation = TANH) -> Array64:
    """E(x) = (1/2) sum_i (-x_i + sum_j J_ij phi(x_j))^2 of each state: x (N, R) -> (R,). x is not changed."""
    flow = GradientFlow(J, x, activation)
    flow.add(x, 0.0)
    return flow.energy()


def force(x: Array, J: Array, activation: Activation = TANH) -> Array:
    """-grad E(x) = v - phi'(x) * (J^T v): x (N, R) -> (N, R). x is not changed."""
    flow = GradientFlow(J, x, activation)
    flow.add(x, 0.0)
    return flow.q


class Descent:
    """Observer that raises FloatingPointError when the energy of a state rises from one call to the next.

    A rise within rounding is allowed: |v| may grow by slack (|v| + sqrt(N)), since x and J phi are of order
    one per unit and carry rounding errors; slack is 100 machine epsilons of the state by default.
    """

    def __init__(self, slack: float | None = None) -> None:
        self._slack = slack
        self._last: Array64 | None = None

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        now = half_square(v)
        slack = 100 * float(np.finfo(x.dtype).eps) if self._slack is None else self._slack
        if self._last is not None:
            rise = np.sqrt(now) - np.sqrt(self._last) * (1 + slack) - slack * math.sqrt(len(x))
            if not np.all(rise <= 0):
                r = int(np.argmax(rise))
                raise FloatingPointError(
                    f"energy of state {r} rose from {self._last[r]:.9g} to {now[r]:.9g} before step {step}: "
                    "the time step is too large for descent"
                )
        self._last = now


def gradient_flow(
    x: Array,
    J: Array,
    dt: float,
    n_steps: int,
    *,
    method: str = "euler",
    observe: Sequence[Observer] = (),
    every: int = 1,
    first_step: int = 0,
    require_descent: bool = False,
    activation: Activation = TANH,
) -> None:
    """Advance x (N, R) in place along dx/dt = -grad E(x) (T = 0); the energy cannot rise for small dt.

    method: "euler" (order 1) or "rk4" (order 4, five forces per step). Descent by Euler needs about
    dt < 2/(1 + g)^2, the inverse of half the largest curvature. With ``require_descent`` the energy is
    checked at the observed steps and FloatingPointError raised if it rises. Observers get v = -x + J phi(x),
    E = |v|^2/2. ValueError for a bad argument; FloatingPointError if the state became non-finite.
    """
    watchers: list[Observer] = [*observe, Descent()] if require_descent else [*observe]
    flow = GradientFlow(J, x, activation, fixed=n_steps >= _COPY_PAYS)
    evolve(flow, x, dt, n_steps, method=method, observe=watchers, every=every, first_step=first_step)


class Langevin:
    """Langevin dynamics of E at temperature T for R states at once; ``run`` may be called again to continue.

    methods, with F = -grad E and xi ~ N(0, 1) independent per step and entry:
        "euler-maruyama":      x <- x + dt F + sqrt(2 T dt) xi_n. Stationary averages wrong at order dt
                               (published protocol; for E = x^2/2 the variance is T/(1 - dt/2)).
        "leimkuhler-matthews": x <- x + dt F + sqrt(T dt/2) (xi_n + xi_{n+1}). Stationary averages wrong at
                               order dt^2 only, exact for a quadratic E, at the same cost
                               (Leimkuhler and Matthews 2013).
    Both are stable for dt * (largest curvature, about (1 + g)^2) < 2.

    x (N, R) is advanced in place and keeps its identity; J (N, N) of the same dtype. rng draws N * R normals
    per step, in the dtype of the state. ``step`` is the number of steps taken so far. fixed: J will not change, see
    `Couplings`.
    ValueError for temperature < 0, dt <= 0 or an unknown method.
    """

    METHODS = ("euler-maruyama", "leimkuhler-matthews")

    def __init__(
        self,
        x: Array,
        J: Array,
        temperature: float,
        dt: float,
        rng: np.random.Generator,
        *,
        method: str = "leimkuhler-matthews",
        activation: Activation = TANH,
        fixed: bool = False,
    ) -> None:
        check_steps(dt, 0, 1)
        if not (math.isfinite(temperature) and temperature >= 0):
            raise ValueError(f"temperature: got {temperature}; allowed: finite number >= 0")
        if method not in self.METHODS:
            raise ValueError(f"method: got {method!r}; allowed: {', '.join(self.METHODS)}")
        self.x, self.dt, self.temperature, self.step = x, dt, temperature, 0
        self._flow = GradientFlow(J, x, activation, fixed=fixed)
        self._rng = rng
        self._noise = np.zeros_like(x)
        self._correlated = method == "leimkuhler-matthews"
        if self._correlated:
            fill_normal(rng, self._noise)

    def run(
        self,
        n_steps: int,
        *,
        observe: Sequence[Observer] = (),
        every: int = 1,
        increments: Sequence[Callable[[int, Array], None]] = (),
    ) -> None:
        """Take n_steps steps. Nothing is allocated per step by the kernel.

        observe: called as observer(step, x, phi, v) at the starts of the steps whose number is a multiple of
        ``every``; v = -x + J phi(x), so mean v^2 = 2 E/N. increments: called as (step, dx) at the same steps
        with the increment of the state in that step (see IncrementEnergy). Observing changes no number.
        FloatingPointError if the state became non-finite (checked every 100 steps and at the end).
        """
        check_steps(self.dt, n_steps, every)
        for step in range(self.step, self.step + n_steps):
            self._flow.add(self.x, 0.0, self.dt)
            seen = step % every == 0
            if seen:
                for observer in observe:
                    observer(step, self.x, self._flow.phi, self._flow.velocity)
            dx = self._increment()
            if seen:
                for receive in increments:
                    receive(step, dx)
            add_scaled(self.x, 1.0, dx)
            if (step + 1) % _CHECK_EVERY == 0:
                require_finite(self.x, step + 1)
        self.step += n_steps
        require_finite(self.x, self.step)

    def _increment(self) -> Array:
        """dx of this step, made in the flow's register from dt times the force in it and the noise."""
        dx, noise = self._flow.q, self._noise
        amplitude = math.sqrt(2 * self.temperature * self.dt)
        if self._correlated:
            amplitude /= 2
            add_scaled(dx, amplitude, noise)
        fill_normal(self._rng, noise)
        add_scaled(dx, amplitude, noise)
        return dx


class IncrementEnergy:
    """The published "energy" of the gradient dynamics, read off its increments: e_inc = <dx^2>/2 per neuron.

    values (R,): time mean of (1/2N) sum_i dx_i^2 of each state. For Euler-Maruyama at equilibrium
    e_inc = T dt + (dt^2/2) <|grad E|^2>/N, so it is proportional to the step, not to E/N = T/2.
    Source: dossier kinetic-energy, The published effective temperature.
    """

    def __init__(self) -> None:
        self.count = 0
        self._sum: Array64 | None = None

    def __call__(self, step: int, dx: Array) -> None:
        value = half_square(dx) / len(dx)
        self._sum = value if self._sum is None else self._sum + value
        self.count += 1

    @property
    def values(self) -> Array64:
        return np.full(1, np.nan) if self._sum is None else self._sum / self.count
