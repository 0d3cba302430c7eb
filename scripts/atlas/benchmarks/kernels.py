"""Steps of the simulation kernels against the bare matrix product and against a plain numpy loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.benchmarks.timing import side_by_side
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.gradient import Langevin
from atlas.dynamics.observers import Moments
from atlas.dynamics.products import Couplings
from atlas.dynamics.rate import integrate

Array = NDArray[np.floating[Any]]

SIZES = (*((n, r, "float32") for n in (500, 1000, 2000) for r in (1, 16, 64)), (2000, 64, "float64"))
PRODUCTS = {
    "euler": 1,
    "rk4": 5,
    "rk4, moments": 5,
    "langevin": 2,
}  # products with an (N, N) matrix per step

_DT = 0.1
_CALL_OPERATIONS = 1e9  # of a timed call: many steps of a small network share the setup of the call


@dataclass(frozen=True)
class KernelRow:
    """One kernel at one size, one thread.

    step_us: microseconds per step. rate: GF/s of its products. product_share: its rate over the rate of the
    bare product J y at the same N, R and dtype, measured side by side (1: the products are all it costs).
    numpy_ratio: time of a plain numpy loop for the same number of products J phi(x), over its own time.
    """

    kernel: str
    n_units: int
    n_states: int
    dtype: str
    step_us: float
    rate: float
    product_share: float
    numpy_ratio: float


def measure(n_units: int, n_states: int, dtype: str, *, rounds: int = 7) -> list[KernelRow]:
    """Time all kernels at one size, interleaved with the bare product and the numpy loop."""
    rng = np.random.default_rng(0)
    kind = np.dtype(dtype)
    J = gaussian_couplings(rng, n_units, 1.5, dtype=kind)
    x = gaussian_states(rng, n_units, n_states, dtype=kind)
    operations = 2.0 * n_units**2 * n_states
    steps = int(np.clip(_CALL_OPERATIONS / operations, 2, 100))
    time = side_by_side(_contestants(J, x, steps, rng), rounds=rounds)
    rows = []
    for kernel, products in PRODUCTS.items():
        step = time[kernel] / steps
        rows.append(
            KernelRow(
                kernel,
                n_units,
                n_states,
                dtype,
                step_us=1e6 * step,
                rate=1e-9 * products * operations / step,
                product_share=products * time["product"] / step,
                numpy_ratio=products * time["numpy"] / steps / step,
            )
        )
    return rows


def _contestants(J: Array, x: Array, steps: int, rng: np.random.Generator) -> dict[str, Callable[[], object]]:
    out, couplings = np.zeros_like(x), Couplings(J)
    walk = Langevin(x.copy(), J, 0.1, 0.02, rng)
    states = {kernel: x.copy() for kernel in PRODUCTS}
    return {
        "product": lambda: couplings.apply(x, out),
        "numpy": lambda: plain_euler(x, J, _DT, steps),
        "euler": lambda: integrate(states["euler"], J, _DT, steps, method="euler"),
        "rk4": lambda: integrate(states["rk4"], J, _DT, steps),
        "rk4, moments": lambda: integrate(states["rk4, moments"], J, _DT, steps, observe=[Moments()]),
        "langevin": lambda: walk.run(steps),
    }


def plain_euler(x: Array, J: Array, dt: float, n_steps: int) -> Array:
    """What one writes first: the explicit Euler loop in numpy, allocating as it goes."""
    for _ in range(n_steps):
        x = x + dt * (-x + J @ np.tanh(x))
    return x
