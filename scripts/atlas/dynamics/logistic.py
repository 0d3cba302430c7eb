"""The logistic activation phi(x) = r_max/(1 + exp(-x)), phi' = phi (1 - phi/r_max).

Source: dossier freezing-chaos, latency experiment.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.activation import Activation
from atlas.dynamics.elementary import tanh

Array = NDArray[np.floating[Any]]


def logistic(r_max: float) -> Activation:
    """The activation with saturation r_max; ValueError unless r_max is finite and > 0."""
    if not (math.isfinite(r_max) and r_max > 0):
        raise ValueError(f"r_max: got {r_max}; allowed: finite number > 0")

    def phi(x: Array, out: Array) -> None:
        np.multiply(x, 0.5, out=out)  # 1/(1 + exp(-x)) = (1 + tanh(x/2))/2, which cannot overflow
        tanh(out, out)
        np.add(out, 1.0, out=out)
        np.multiply(out, 0.5 * r_max, out=out)

    def dphi(x: Array, value: Array, out: Array) -> None:
        np.multiply(value, 1.0 - value / r_max, out=out)

    return Activation(f"logistic {r_max:g}", phi, dphi)
