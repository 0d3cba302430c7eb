"""A trained recurrent network that reads its own answers, and networks drawn from the laws of its weights.

From a first letter the most probable answer is fed back as the next input, with new noise at every step. Source:
dossier meta-predictive, M3 b, Figs. 2, 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.layers import softmax
from atlas.learning.predictive_coding import PredictiveNetwork
from atlas.learning.spike_slab import SpikeSlabLayer

Array = NDArray[np.floating[Any]]
Letters = NDArray[np.int64]


def run_freely(network: PredictiveNetwork, first: Letters, length: int, rng: np.random.Generator) -> Letters:
    """Letters (B, length + 1) from first letters (B,); as many letters are answers as inputs."""
    letters = np.empty((length + 1, len(first)), np.int64)
    letters[0] = first
    one_hot, f = np.eye(network.outputs, dtype=network.dtype), None
    for t in range(length):
        eps = network.normals(rng, len(first), network.n)
        f = network.activate(network.step_forward(f, one_hot[letters[t]], eps))
        letters[t + 1] = network.answer(f, network.normals(rng, len(first), network.outputs)).argmax(axis=1)
    return letters.T


def first_answers(network: PredictiveNetwork, letters: Letters, draws: int, rng: np.random.Generator) -> Array:
    """softmax of the answer to single letters (n,), averaged over draws of the noise: (n, K)."""
    shown = np.repeat(letters, draws)
    x = np.eye(network.outputs, dtype=network.dtype)[shown]
    f = network.activate(network.step_forward(None, x, network.normals(rng, len(shown), network.n)))
    scores = network.answer(f, network.normals(rng, len(shown), network.outputs))
    return softmax(scores).reshape(len(letters), draws, -1).mean(axis=1)


def drawn_network(network: PredictiveNetwork, rng: np.random.Generator) -> PredictiveNetwork:
    """A network of fixed weights, drawn from the laws of all layers."""

    def fixed(layer: SpikeSlabLayer) -> SpikeSlabLayer:
        weights = layer.sample(rng)
        nothing = np.zeros_like(weights)
        return SpikeSlabLayer(weights, nothing, nothing, convention="slab", noisy=False)

    into, rec, out = (fixed(layer) for layer in network.layers)
    return PredictiveNetwork((into, rec, out), network.rate)
