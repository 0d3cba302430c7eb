"""Kernels of learning against the matrix products that they consist of and against plain numpy, at desk size and large.

A new kernel is a function that makes its Group at one of its SIZES, named in ROOMS.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.benchmarks.kernels import plain_langevin
from atlas.benchmarks.rows import Group, Kernel, Reference, product_bar, repeated
from atlas.benchmarks.spiking import spiking_group
from atlas.benchmarks.twins import plain_contrastive, plain_inference, plain_statistic
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.learning.contrastive import Workspace, contrastive_gradient
from atlas.learning.langevin_machine import Machine
from atlas.learning.predictive_coding import PredictiveNetwork
from atlas.learning.spike_slab import SpikeSlabLayer, reservoir_start

Array = NDArray[np.floating[Any]]

_TEMPERATURE, _DT, _CHAIN_STEPS = 1.0, 0.02, 10


def product(rows: int, inner: int, columns: int) -> Reference:
    """A bare product of float32 matrices (rows, inner) and (inner, columns) into an array that is there."""
    rng = np.random.default_rng(0)
    A, B = (rng.standard_normal(shape, dtype=np.float32) for shape in ((rows, inner), (inner, columns)))
    out = np.zeros((rows, columns), np.float32)
    return lambda: np.matmul(A, B, out=out)


def contrastive_group(n_inputs: int, n_units: int, batch: int) -> Group:
    """Gradient of a contrastive layer; limit: its four products x W, r r^T, C r, x^T dL/dh."""
    rng = np.random.default_rng(0)
    x, labels = rng.random((batch, n_inputs), dtype=np.float32), rng.integers(0, 10, batch)
    W = rng.standard_normal((n_inputs, n_units), dtype=np.float32) / np.float32(np.sqrt(n_inputs))
    work = Workspace(W, batch)
    references = {
        "fields": product(batch, n_inputs, n_units),
        "distances": product(batch, n_units, batch),
        "contrast": product(batch, batch, n_units),
        "slope": product(n_inputs, batch, n_units),
        "plain": lambda: plain_contrastive(W, x, labels, 0.46, 0.01),
    }
    kernel = Kernel(
        "contrastive layer",
        repeated(lambda: contrastive_gradient(W, x, labels, 0.46, 0.01, work)),
        dict.fromkeys(("fields", "distances", "contrast", "slope"), 1.0),
        {"plain": 1.0},
        4.0 * batch * n_units * (n_inputs + batch),
        bar=product_bar(n_units, batch),
    )
    return Group("learning", n_units, batch, "float32", 4 * batch * n_units, [kernel], references)


def predictive_group(T: int, n_units: int, batch: int) -> Group:
    """A step of inference of predictive coding with and without noise; limit: its four or two products."""
    rng = np.random.default_rng(0)
    n_inputs, outputs, rows = 14, 10, T * batch
    x = rng.random((T, batch, n_inputs), dtype=np.float32)
    labels = rng.integers(0, outputs, batch)
    references = {
        "forward": product(rows, n_units, n_units + outputs),
        "back": product(rows, n_units + outputs, n_units),
    }
    kernels = []
    for name, noisy in (("predictive coding", True), ("predictive coding, no noise", False)):
        start_of = reservoir_start(rng, (n_inputs, n_units, outputs), 0.1, 0.1)
        into, rec, out = (SpikeSlabLayer(*each, noisy=noisy) for each in start_of)
        net = PredictiveNetwork((into, rec, out))
        noise = net.noise(rng, rows, batch)
        start = net.forward(x, noise)
        references[f"plain {name}"] = _plain_step(net, start, x, labels, noise)
        products = 2.0 if noisy else 1.0
        kernels.append(
            Kernel(
                name,
                _inference(net, x, labels, noise),
                {"forward": products, "back": products},
                {f"plain {name}": 1.0},
                4.0 * products * rows * n_units * (n_units + outputs),
                steps=10,
                bar=product_bar(n_units, rows),
            )
        )
    return Group("learning", n_units, rows, "float32", start.nbytes, kernels, references)


def _inference(net: PredictiveNetwork, x: Array, labels: Any, noise: Any) -> Callable[[int], object]:
    return lambda n: net.infer(x, labels, noise, 1e-3, n)


def _plain_step(net: PredictiveNetwork, r: Array, x: Array, labels: Any, noise: Any) -> Reference:
    return lambda: plain_inference(net, r, x, labels, noise, 1e-3)


def machine_group(n_units: int, chains: int) -> Group:
    """An update of a Langevin machine: ten steps of its chains (two products each) and two statistics (two each)."""
    rng = np.random.default_rng(0)
    J = gaussian_couplings(rng, n_units, 0.5)
    x = gaussian_states(rng, n_units, chains)
    data = np.ascontiguousarray(gaussian_states(rng, n_units, chains).T)
    phi, twin = np.tanh(data), J.copy()
    machine = Machine(J, x.copy(), _TEMPERATURE, _DT, rng, rate=1e-5)
    references = {
        "forward": product(n_units, n_units, chains),
        "statistic": product(n_units, chains, n_units),
        "plain step": lambda: plain_langevin(x, twin, _DT, _TEMPERATURE, rng),
        "plain statistic": lambda: plain_statistic(data, twin),
    }
    kernel = Kernel(
        "Langevin machine",
        repeated(lambda: machine.update(data, phi, _CHAIN_STEPS)),
        {"forward": 2.0 * _CHAIN_STEPS + 2.0, "statistic": 2.0},
        {"plain step": float(_CHAIN_STEPS), "plain statistic": 2.0},
        2.0 * n_units**2 * chains * (2 * _CHAIN_STEPS + 4),
        bar=product_bar(n_units, chains),
    )
    return Group("learning", n_units, chains, "float32", x.nbytes, [kernel], references)


ROOMS: tuple[tuple[Callable[..., Group], tuple[tuple[int, ...], ...]], ...] = (
    (contrastive_group, ((196, 300, 100), (784, 1000, 250))),  # inputs, N, batch
    (predictive_group, ((14, 100, 25), (14, 1000, 64))),  # times, N, batch
    (machine_group, ((196, 100), (1000, 256))),  # N, chains
    (spiking_group, ((100, 100), (1000, 100))),  # N, samples
)


def learning_groups() -> list[Callable[[], Group]]:
    """What makes each group, in order; an array lives only while its group is measured."""
    return [_bound(room, size) for room, sizes in ROOMS for size in sizes]


def _bound(room: Callable[..., Group], size: tuple[int, ...]) -> Callable[[], Group]:
    return lambda: room(*size)
