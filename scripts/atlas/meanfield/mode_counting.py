"""Closed forms around a network of modes: how many numbers are learned, and the levels that losses start from.

Source: dossier spiking-modes, M2, M3, T1, C4, C10.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Levels:
    """Of the cross-entropy of a softmax of a softmax over K classes, and of the mean squared error of a silent output.

    lowest: ln(e + K - 1) - 1, all right and sure; uniform: ln K, the start; highest: ln(e + K - 1), all wrong and sure.
    silent_mse: share of the trial with a target of size 1 (the second half).
    """

    lowest: float
    uniform: float
    highest: float
    silent_mse: float


def recurrent_parameters(n_units: int, modes: int) -> int:
    """2 N P + P numbers of P modes; N^2 for free weights (modes = 0)."""
    return 2 * n_units * modes + modes if modes else n_units * n_units


def levels(classes: int) -> Levels:
    """The levels for K >= 2 classes; ValueError otherwise."""
    if classes < 2:
        raise ValueError(f"classes: got {classes}; allowed: at least 2")
    highest = math.log(math.e + classes - 1)
    return Levels(highest - 1.0, math.log(classes), highest, 0.5)
