"""A trained recurrent network that reads its own answers, and networks drawn from the laws of its weights.

From a first letter the most probable answer is fed back as the next input, with new noise at every step. Source:
dossier meta-predictive, M3 b, Figs. 2, 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.layers import softmax
from atlas.learning.predictive_coding import PredictiveNetwork
from atlas.learning.spike_slab import SpikeSlabLayer

Array = NDArray[np.floating[Any]]
Letters = NDArray[np.int64]
LOST = -1  # in the place of a letter, from where the activity of a network has no finite answer


def run_freely(network: PredictiveNetwork, first: Letters, length: int, rng: np.random.Generator) -> Letters:
    """Letters (B, length + 1) from first letters (B,); as many letters are answers as inputs.

    The activity of unbounded units may grow without end: from the first answer that is not finite on, a string is LOST.
    """
    letters = np.empty((length + 1, len(first)), np.int64)
    letters[0] = first
    for t, (_, answers) in zip(range(length), free_steps(network, first, rng), strict=False):
        letters[t + 1] = answers
        if np.all(answers == LOST):  # nothing else can follow
            letters[t + 2 :] = LOST
            break
    return letters.T


def activity_growth(network: PredictiveNetwork, first: Letters, length: int, rng: np.random.Generator) -> float:
    """Geometric mean over strings of (|f(length)| / |f(1)|)^(1/(length - 1)), the factor of the activity per letter."""
    norms = [
        np.linalg.norm(f, axis=1) for _, (f, _) in zip(range(length), free_steps(network, first, rng), strict=False)
    ]
    return float(np.exp(np.mean(np.log(norms[-1] / norms[0])) / (length - 1)))


def free_steps(network: PredictiveNetwork, first: Letters, rng: np.random.Generator) -> Iterator[tuple[Array, Letters]]:
    """Rates (B, N) and answers (B,) letter after letter, without end; LOST answers stay so."""
    one_hot, f, letters = np.eye(network.outputs, dtype=network.dtype), None, first
    lost = np.zeros(len(first), bool)
    while True:
        with np.errstate(over="ignore", invalid="ignore"):
            eps = network.normals(rng, len(first), network.n)
            f = network.activate(network.step_forward(f, one_hot[letters], eps))
            scores = network.answer(f, network.normals(rng, len(first), network.outputs))
        lost |= ~np.isfinite(scores).all(axis=1)
        letters = np.where(lost, LOST, scores.argmax(axis=1))
        yield f, letters


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
