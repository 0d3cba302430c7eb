"""Attacks on the inputs of a classifier: the sign of the gradient, and white noise.

    gradient sign:  x' = clip(x + eps sign(dCE/dx), 0, 1)        white noise:  x' = clip(x + eps xi, 0, 1), xi ~ N(0, 1)

Only inputs that the classifier gets right are attacked; the accuracy after an attack is the number of those that
stay right over the number of all inputs.

Source: dossier fermi-bose, M2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.contrastive import TwoLayers, input_gradient
from atlas.learning.layers import Labels

Array = NDArray[np.floating[Any]]


def accuracies_under(
    model: TwoLayers, x: Array, labels: Labels, direction: Array, strengths: Sequence[float]
) -> NDArray[np.float64]:
    """Accuracy after clip(x + eps direction, 0, 1) for every strength eps; x and direction (B, n)."""
    hit = model.right(x, labels)
    found = []
    for eps in strengths:
        attacked = np.clip(x[hit] + x.dtype.type(eps) * direction[hit], 0.0, 1.0)
        found.append(model.right(attacked, labels[hit]).sum() / len(x))
    return np.array(found, dtype=np.float64)


def gradient_sign(model: TwoLayers, x: Array, labels: Labels) -> Array:
    """sign(dCE/dx)."""
    return np.asarray(np.sign(input_gradient(model, x, labels)))


def area(strengths: Sequence[float], accuracies: Array, up_to: float) -> float:
    """Area under accuracy(eps) by the trapezoid rule over strengths <= up_to."""
    eps = np.asarray(strengths)
    inside = eps <= up_to * (1 + 1e-9)
    return float(np.trapezoid(np.asarray(accuracies)[inside], eps[inside]))
