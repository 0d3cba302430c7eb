"""Steps of rate networks and of their gradient dynamics against the bare matrix product and plain numpy."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.benchmarks.rows import Group, Kernel, product_bar
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.elementary import tanh
from atlas.dynamics.gradient import GradientFlow, Langevin
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import Couplings
from atlas.dynamics.rate import integrate
from atlas.dynamics.schemes import evolve

Array = NDArray[np.floating[Any]]

NEURONS, STATES = (500, 1000, 2000, 4000), (1, 16, 64, 256)
SIZES = tuple((n, r, kind) for kind in ("float32", "float64") for n in NEURONS for r in STATES)

_DT, _TEMPERATURE = 0.1, 0.02
_CALL_OPERATIONS = 1e9  # of a timed call: many steps of a small network share the setup of the call
_MANY, _FEW = 1e8, 2e9  # operations of a product below and above which there are more and fewer rounds


def rounds(n_units: int, n_states: int) -> int:
    """Of a measurement at this size: large products take long and scatter little."""
    operations = 2.0 * n_units**2 * n_states
    return 15 if operations < _MANY else 9 if operations < _FEW else 5


def rate_group(n_units: int, n_states: int, dtype: str) -> Group:
    """All kernels of rate networks at one size.

    Limit: the products J y that a step takes. The force's second product is J^T y, which BLAS does more slowly; it
    and the elementwise tanh and normal numbers are the other parts.
    """
    rng = np.random.default_rng(0)
    kind: np.dtype[Any] = np.dtype(dtype)
    J = gaussian_couplings(rng, n_units, 1.5, dtype=kind)
    x = gaussian_states(rng, n_units, n_states, dtype=kind)
    operations = 2.0 * n_units**2 * n_states
    steps = int(np.clip(_CALL_OPERATIONS / operations, 1, 100))
    bar = product_bar(n_units, n_states)

    def kernel(name: str, run: Callable[[int], object], products: int, twin: str, **parts: float) -> Kernel:
        per_call = max(1, steps // products)
        work = products * operations
        return Kernel(name, run, {"product": products}, {twin: 1.0}, work, parts, steps=per_call, bar=bar)

    walk = Langevin(x.copy(), J, _TEMPERATURE, _DT / 2, rng, fixed=True)
    states = {name: x.copy() for name in ("euler", "rk4", "gradient")}
    slope = GradientFlow(J, states["gradient"], fixed=True)  # as in a run of many steps, as `walk`
    back = {"transposed": 1.0, "product": -1.0, "tanh": 1.0}

    def descend(n: int) -> None:
        evolve(slope, states["gradient"], _DT / 2, n, method="euler")

    kernels = (
        kernel("euler", lambda n: integrate(states["euler"], J, _DT, n, method="euler"), 1, "plain euler", tanh=1.0),
        kernel("rk4", lambda n: integrate(states["rk4"], J, _DT, n), 5, "plain rk4", tanh=5.0),
        kernel("gradient", descend, 2, "plain gradient", **back),
        kernel("langevin", walk.run, 2, "plain langevin", normal=1.0, **back),
    )
    return Group("rate", n_units, n_states, dtype, x.nbytes, kernels, _references(J, x, rng))


def _references(J: Array, x: Array, rng: np.random.Generator) -> dict[str, Callable[[], object]]:
    out, couplings = np.zeros_like(x), Couplings(J)
    forward, back = couplings.bound(x, out), couplings.bound(x, out, transposed=True)
    return {
        "product": lambda: forward(0.0),
        "transposed": lambda: back(0.0),
        "tanh": lambda: tanh(x, out),
        "normal": lambda: fill_normal(rng, out),
        "plain euler": lambda: plain_euler(x, J, _DT, 1),
        "plain rk4": lambda: plain_rk(x, J, _DT),
        "plain gradient": lambda: plain_gradient(x, J, _DT / 2),
        "plain langevin": lambda: plain_langevin(x, J, _DT / 2, _TEMPERATURE, rng),
    }


def plain_euler(x: Array, J: Array, dt: float, n_steps: int) -> Array:
    """What one writes first: the explicit Euler loop in numpy, allocating as it goes."""
    for _ in range(n_steps):
        x = x + dt * (-x + J @ np.tanh(x))
    return x


def plain_rk(x: Array, J: Array, dt: float) -> Array:
    """The classical Runge-Kutta step of order 4 (four products, and a fifth that finds v for an observer)."""

    def flow(y: Array) -> Array:
        return -y + J @ np.tanh(y)

    k1 = flow(x)
    k2 = flow(x + dt / 2 * k1)
    k3 = flow(x + dt / 2 * k2)
    k4 = flow(x + dt * k3)
    moved: Array = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    flow(moved)
    return moved


def plain_gradient(x: Array, J: Array, dt: float) -> Array:
    """One step down the energy |x - J tanh(x)|²/2."""
    phi = np.tanh(x)
    v = -x + J @ phi
    moved: Array = x + dt * (v - (1 - phi**2) * (J.T @ v))
    return moved


def plain_langevin(x: Array, J: Array, dt: float, temperature: float, rng: np.random.Generator) -> Array:
    """The same with noise sqrt(2 T dt) xi."""
    noise = rng.standard_normal(x.shape, dtype=x.dtype.type)
    moved: Array = plain_gradient(x, J, dt) + math.sqrt(2 * temperature * dt) * noise
    return moved
