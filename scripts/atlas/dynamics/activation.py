"""Activation functions phi and their derivatives, written into given arrays.

tanh is that of `elementary`; its derivative is computed from phi itself: tanh' = 1 - tanh^2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.elementary import tanh

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Activation:
    """An activation: ``phi(x, out)`` and ``dphi(x, phi, out)`` fill ``out`` with phi(x) and phi'(x).

    Neither allocates. ``dphi`` is given phi(x) as well, and may be called with ``out`` being the array of
    phi.
    """

    name: str
    phi: Callable[[Array, Array], None]
    dphi: Callable[[Array, Array, Array], None]


def _tanh(x: Array, out: Array) -> None:
    tanh(x, out)


def _tanh_slope(x: Array, phi: Array, out: Array) -> None:
    np.multiply(phi, phi, out=out)
    np.subtract(1.0, out, out=out)


def _identity(x: Array, out: Array) -> None:
    np.copyto(out, x)


def _identity_slope(x: Array, phi: Array, out: Array) -> None:
    out.fill(1.0)


TANH = Activation("tanh", _tanh, _tanh_slope)
LINEAR = Activation("linear", _identity, _identity_slope)
