"""A recurrent network of spiking or rate units that is trained on trials by hand-written gradients and Adam.

One step: run a batch, take the loss and its slopes by r, go back through time, clip the norm of the gradient of all
parameters (W_in, those of W_rec, W_out), move them. Everything in float32. Source: dossier spiking-modes, M1 to M3, T1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning import rate_backprop, spiking_backprop
from atlas.learning.adam import Adam
from atlas.learning.mode_weights import FreeWeights, ModeWeights
from atlas.learning.shelf import Shelf
from atlas.learning.spiking_network import Course, Neuron, driven_field, run, run_driven

Array = NDArray[np.floating[Any]]
Loss = Callable[[Array, Array], tuple[float, Array, Array]]  # W_out, r -> value, slopes by W_out and by r


class TrialNetwork:
    """Weights, units and the optimiser's state. neuron: of spiking units; rate units have its membrane time only."""

    def __init__(
        self,
        W_in: Array,
        rec: ModeWeights | FreeWeights,
        W_out: Array,
        neuron: Neuron,
        *,
        rate: bool = False,
        lr: float = 1e-3,
        clip: float = 20.0,
    ) -> None:
        self.W_in, self.rec, self.W_out, self.neuron, self.rate, self.clip = W_in, rec, W_out, neuron, rate, clip
        self.leak = math.exp(-neuron.dt / neuron.tau_m)
        self._shelf = Shelf()
        self._adams = [Adam(each, lr) for each in self.parameters()]

    def parameters(self) -> list[Array]:
        """All that is learned, in a fixed order."""
        return [self.W_in, *self.rec.parameters, self.W_out]

    def respond(
        self, x: Array, W_rec: Array | None = None, neuron: Neuron | None = None, drive: Array | None = None
    ) -> tuple[Array, Course | None]:
        """r (T, B, N) and, of spiking units, the whole course; with other recurrent weights or neurons if given.

        drive (T, B, N): W_in x, of spiking units that answer the same x more than once.
        """
        W = self.rec.product() if W_rec is None else W_rec
        if self.rate:
            return rate_backprop.run(self.W_in, W, x, self.leak)[1:], None
        course = run_driven(driven_field(self.W_in, x) if drive is None else drive, W, neuron or self.neuron)
        return course.r[1:], course

    def learn(self, x: Array, loss: Loss) -> float:
        """One batch; the loss before the step."""
        W = self.rec.product()
        if self.rate:
            r = rate_backprop.run(self.W_in, W, x, self.leak)
            value, by_out, direct = loss(self.W_out, r[1:])
            by_input, by_rec = rate_backprop.backward(W, x, r, direct, self.leak)
        else:
            course = run(self.W_in, W, x, self.neuron, self._shelf)
            value, by_out, direct = loss(self.W_out, course.r[1:])
            by_input, by_rec = spiking_backprop.backward(W, x, course, direct, self.neuron, self._shelf)
        self.move([by_input, *self.rec.gradients(by_rec), by_out])
        return value

    def move(self, gradients: list[Array]) -> None:
        """A step of Adam along gradients whose common norm is at most `clip`."""
        norm = math.sqrt(sum(float(np.sum(np.square(each, dtype=np.float64))) for each in gradients))
        scale = np.float32(min(1.0, self.clip / max(norm, 1e-30)))
        for adam, parameters, gradient in zip(self._adams, self.parameters(), gradients, strict=True):
            adam.step(parameters, (scale * gradient).astype(np.float32, copy=False))


def pruned(W: Array, share: float) -> Array:
    """W without the given share of its entries, those of the smallest size. ValueError outside of [0, 1]."""
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share: got {share}; allowed: 0 to 1")
    kept = W.copy()
    count = round(share * W.size)
    kept.reshape(-1)[np.argsort(np.abs(W), axis=None, kind="stable")[:count]] = 0.0
    return kept
