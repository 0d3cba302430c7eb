"""The step of neurons and synapses together against the memory's own rate and against plain numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from atlas.benchmarks.timing import side_by_side
from atlas.dynamics.couplings import gaussian_couplings
from atlas.dynamics.plastic_network import PlasticNetwork
from atlas.dynamics.plasticity_rules import pair_of

Array = NDArray[np.floating[Any]]
SIZES = (400, 1000, 2000, 4000)
BYTES = {"neurons and synapses": 12, "with tangent vector": 20}  # per entry and step, float32
_STEPS = 20


@dataclass(frozen=True)
class PlasticRow:
    """One kernel at one size, one thread, float32.

    step_us: microseconds per step. rate: GB/s, every (N, N) array counted once per reading and once per writing.
    bandwidth_share: rate over that of the least pass over the same arrays in the same directions (A <- s A + J; with
    a tangent vector D <- s D beside it), measured side by side. numpy_ratio: time of the same step in plain numpy,
    over its own time.
    """

    kernel: str
    n_units: int
    step_us: float
    rate: float
    bandwidth_share: float
    numpy_ratio: float


@njit(cache=True)
def _least_pass(J, A, s):  # type: ignore[no-untyped-def]
    """A <- s A + J."""
    for j in range(A.shape[0]):
        for i in range(A.shape[1]):
            A[j, i] = s * A[j, i] + J[j, i]


@njit(cache=True)
def _least_passes(J, A, D, s):  # type: ignore[no-untyped-def]
    """A <- s A + J and D <- s D."""
    for j in range(A.shape[0]):
        for i in range(A.shape[1]):
            A[j, i] = s * A[j, i] + J[j, i]
        for i in range(A.shape[1]):
            D[j, i] = s * D[j, i]


def plain_step(J: Array, A: Array, x: Array, dt: float, p: float) -> Array:
    """What one writes first: explicit Euler of neurons and synapses in numpy, in place where numpy can."""
    phi = np.tanh(x)
    h = J @ phi + A @ phi
    A *= x.dtype.type(1.0 - dt / p)
    A += np.multiply.outer(x.dtype.type(dt / p / len(x)) * phi, phi)
    moved: Array = x + x.dtype.type(dt) * (h - x)
    return moved


def plain_tangent(J: Array, A: Array, D: Array, x: Array, dx: Array, dt: float, p: float) -> Array:
    """The tangent vector's own part of the same."""
    phi = np.tanh(x)
    dphi = (1 - phi * phi) * dx
    dh = J @ dphi + A @ dphi + D @ phi
    gain = x.dtype.type(dt / p / len(x))
    D *= x.dtype.type(1.0 - dt / p)
    D += np.multiply.outer(gain * dphi, phi)
    D += np.multiply.outer(gain * phi, dphi)
    moved: Array = dx + x.dtype.type(dt) * (dh - dx)
    return moved


def measure_plastic(n_units: int, *, rounds: int = 9) -> list[PlasticRow]:
    """Time both kernels at one size, interleaved with the least passes and the numpy steps."""
    rng = np.random.default_rng(0)
    J = gaussian_couplings(rng, n_units, 1.5)
    net = PlasticNetwork(J, rng.standard_normal(n_units).astype(np.float32), pair_of("hebbian", 0.5), p=2.5, dt=0.1)
    tangent = PlasticNetwork(J, net.x, pair_of("hebbian", 0.5), p=2.5, dt=0.1)
    tangent.start_tangent(rng)
    A, D, s = np.zeros_like(J), np.zeros_like(J), np.float32(0.5)
    x, dx = net.x.copy(), net.x.copy()
    plain = {"A": np.zeros_like(J), "D": np.zeros_like(J)}

    def both() -> None:
        plain_step(J, plain["A"], x, 0.1, 2.5)
        plain_tangent(J, plain["A"], plain["D"], x, dx, 0.1, 2.5)

    contestants: dict[str, Callable[[], object]] = {
        "neurons and synapses": lambda: net.run(_STEPS),
        "with tangent vector": lambda: tangent.run_tangent(1, _STEPS),
        "least neurons and synapses": lambda: _least_pass(J, A, s),
        "least with tangent vector": lambda: _least_passes(J, A, D, s),
        "numpy neurons and synapses": lambda: plain_step(J, plain["A"], x, 0.1, 2.5),
        "numpy with tangent vector": both,
    }
    time = side_by_side(contestants, rounds=rounds)
    rows = []
    for kernel, size in BYTES.items():
        step = time[kernel] / _STEPS
        rows.append(
            PlasticRow(
                kernel,
                n_units,
                step_us=1e6 * step,
                rate=1e-9 * size * n_units**2 / step,
                bandwidth_share=time[f"least {kernel}"] / step,
                numpy_ratio=time[f"numpy {kernel}"] / step,
            )
        )
    return rows


def print_plastic(console: Console, rows: Sequence[PlasticRow]) -> None:
    """One row per kernel and size."""
    table = Table(title="plastic synapses, float32: share of the memory's rate, gain over a numpy step")
    for name in ("N", "kernel", "us per step", "GB/s", "of the memory", "x numpy"):
        table.add_column(name, justify="left" if name == "kernel" else "right")
    for row in rows:
        table.add_row(
            str(row.n_units), row.kernel, f"{row.step_us:.0f}", f"{row.rate:.1f}", f"{row.bandwidth_share:.0%}",
            f"{row.numpy_ratio:.1f}",
        )  # fmt: skip
    console.print(table)
