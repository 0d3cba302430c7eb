"""Passes of spiking networks over a trial, forward and back, against the matrix products that they contain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.benchmarks.rows import Group, Kernel, Reference, product_bar, repeated
from atlas.benchmarks.twins import plain_spikes, plain_spikes_back
from atlas.learning.recurrent_products import Whole
from atlas.learning.shelf import Shelf
from atlas.learning.spiking_backprop import backward
from atlas.learning.spiking_network import Neuron, run

Array = NDArray[np.floating[Any]]
_TIMES, _INPUTS = 100, 4


def spiking_group(n_units: int, batch: int) -> Group:
    """A trial of 100 times of 4 inputs, one pass being one step. Limit: N x N by N x B at each time; back as many, and
    one product of N x (T B) by (T B) x N for the gradient by W_rec.
    """
    rng = np.random.default_rng(0)
    W_in = 2.0 * rng.standard_normal((n_units, _INPUTS), dtype=np.float32)
    W = rng.standard_normal((n_units, n_units), dtype=np.float32) / np.float32(np.sqrt(n_units))
    x = rng.standard_normal((_TIMES, batch, _INPUTS), dtype=np.float32) + np.float32(0.5)
    direct = rng.standard_normal((_TIMES, batch, n_units), dtype=np.float32)
    neuron, out, W_rec = Neuron(1.0), np.empty((batch, n_units), np.float32), Whole(W)
    there, back = Shelf(), Shelf()
    course = run(W_in, W, x, neuron)
    operations, bar = 2.0 * n_units**2 * batch * _TIMES, product_bar(n_units, batch)

    def kernel(name: str, step: Reference, limit: dict[str, float], work: float) -> Kernel:
        return Kernel(name, repeated(step), limit, {f"plain {name}": 1.0}, work, bar=bar)

    every = float(_TIMES)
    kernels = [
        kernel("spiking", lambda: run(W_in, W_rec, x, neuron, there), {"field": every}, operations),
        kernel(
            "spiking, back", lambda: backward(W_rec, x, course, direct, neuron, back),
            {"adjoint": every, "gradient": 1.0}, 2.0 * operations,
        ),
    ]  # fmt: skip
    references = {
        "field": lambda: np.dot(course.r[1], W.T, out=out),
        "adjoint": lambda: np.dot(direct[1], W, out=out),
        "gradient": lambda: np.dot(direct.reshape(-1, n_units).T, course.r[:-1].reshape(-1, n_units)),
        "plain spiking": lambda: plain_spikes(W_in, W, x, neuron),
        "plain spiking, back": lambda: plain_spikes_back(W, x, course, direct, neuron),
    }
    return Group("learning", n_units, batch, "float32", course.r.nbytes, kernels, references)
