"""The error-function unit phi(x) = erf(sqrt(pi) x/2), of unit slope at 0; phi' = exp(-pi x^2/4).

Source: dossier linear-equivalence, Model.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from atlas.dynamics.activation import Activation

Array = NDArray[np.floating[Any]]


def _erf(x: Array, out: Array) -> None:
    np.multiply(x, 0.5 * math.sqrt(math.pi), out=out)
    erf(out, out=out)


def _erf_slope(x: Array, phi: Array, out: Array) -> None:
    np.multiply(x, x, out=out)
    np.multiply(out, -0.25 * math.pi, out=out)
    np.exp(out, out=out)


ERF = Activation("erf", _erf, _erf_slope)
