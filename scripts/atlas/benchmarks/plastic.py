"""The step of neurons and synapses together against the memory's own rate and against plain numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.benchmarks.rows import Group, Kernel, memory_bar
from atlas.dynamics.couplings import gaussian_couplings
from atlas.dynamics.plastic_network import PlasticNetwork, aligned
from atlas.dynamics.plasticity_rules import pair_of

Array = NDArray[np.floating[Any]]
SIZES = (400, 1000, 2000, 4000)
BYTES = {"neurons and synapses": 12, "with tangent vector": 20}  # per entry and step, float32
_STEPS = 20
_DT, _P = 0.1, 2.5


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


def plastic_group(n_units: int) -> Group:
    """Both kernels at one size in float32. Limit: the least pass over the same arrays in the same directions
    (A <- s A + J; with a tangent vector D <- s D beside it)."""
    rng = np.random.default_rng(0)
    J = aligned(gaussian_couplings(rng, n_units, 1.5))
    net = PlasticNetwork(J, rng.standard_normal(n_units).astype(np.float32), pair_of("hebbian", 0.5), p=_P, dt=_DT)
    tangent = PlasticNetwork(J, net.x, pair_of("hebbian", 0.5), p=_P, dt=_DT)
    tangent.start_tangent(rng)
    A, D, s = aligned(np.zeros_like(J)), aligned(np.zeros_like(J)), np.float32(0.5)
    x, dx = net.x.copy(), net.x.copy()
    plain_a, plain_d = np.zeros_like(J), np.zeros_like(J)
    runs = {"neurons and synapses": net.run, "with tangent vector": lambda n: tangent.run_tangent(min(n, 1), n)}
    twins = {"neurons and synapses": {"plain step": 1.0}, "with tangent vector": {"plain step": 1.0, "plain rest": 1.0}}
    kernels = [
        Kernel(
            name,
            runs[name],
            {f"least pass {name}": 1.0},
            twins[name],
            work=float(size * n_units**2),
            steps=_STEPS,
            unit="GB/s",
            bar=memory_bar(n_units),
        )
        for name, size in BYTES.items()
    ]
    references = {
        "least pass neurons and synapses": lambda: _least_pass(J, A, s),
        "least pass with tangent vector": lambda: _least_passes(J, A, D, s),
        "plain step": lambda: plain_step(J, plain_a, x, _DT, _P),
        "plain rest": lambda: plain_tangent(J, plain_a, plain_d, x, dx, _DT, _P),
    }
    return Group("plastic", n_units, 1, "float32", J.nbytes, kernels, references)
