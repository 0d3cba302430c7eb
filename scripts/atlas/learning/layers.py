"""Pieces of layered networks trained by hand-written gradients: softmax cross-entropy, batches, accuracy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]


class Classifier(Protocol):
    """What learns a sequence of tasks."""

    def anneal(self, beta: float) -> None: ...

    def step(self, x: Array, labels: Labels) -> None: ...

    def scores(self, x: Array) -> Array: ...


def softmax(scores: Array) -> Array:
    """exp(scores) over their sum, along the last axis."""
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return np.asarray(shares)


def cross_entropy_slope(scores: Array, labels: Labels) -> Array:
    """Gradient of the mean cross-entropy of softmax(scores) with respect to the scores (batch, classes)."""
    slope = softmax(scores)
    slope[np.arange(len(labels)), labels] -= 1.0
    slope /= len(labels)
    return slope


def cross_entropy(scores: Array, labels: Labels) -> float:
    """Mean of -ln softmax(scores) at the labels."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))


def batches(n: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """A random order of n items cut into batches; the last one may be smaller."""
    order = rng.permutation(n)
    for start in range(0, n, size):
        yield order[start : start + size]


def accuracy(classifier: Classifier, x: Array, labels: Labels) -> float:
    """Share of right answers."""
    return float(np.mean(classifier.scores(x).argmax(axis=1) == labels))
