"""The Adam optimiser on one array in a single pass over memory, for networks whose gradients may vanish.

    m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g²,  U = lr m_hat/(sqrt(v_hat) + eps),  W <- W - U

as in `adam`; moments below 1e-18 (v: 1e-36) are set to 0, since numbers under the normal range of single precision are
fifty times slower and move nothing beside eps = 1e-8.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.learning.adam import check_settings

Array = NDArray[np.floating[Any]]


@njit(cache=True, error_model="numpy")
def fused_update(grad, first, second, b1, b2, rate, norm, out):  # type: ignore[no-untyped-def]
    """Moments in place; the step U into `out` (all flat, of one type)."""
    kind = grad.dtype.type
    one, zero, eps, least = kind(1.0), kind(0.0), kind(1e-8), kind(1e-18)
    small = least * least
    for i in range(grad.size):
        g = grad[i]
        m = b1 * first[i] + (one - b1) * g
        square = g * g if abs(g) > least else zero
        v = b2 * second[i] + (one - b2) * square
        m = m if abs(m) > least else zero
        v = v if v > small else zero
        first[i] = m
        second[i] = v
        out[i] = rate * m / (norm * math.sqrt(v) + eps)


class FusedAdam:
    """Moments of one parameter array; `move(grad)` gives the step U to be subtracted (a buffer of its own)."""

    def __init__(self, parameters: Array, lr: float, b1: float = 0.9, b2: float = 0.999) -> None:
        check_settings(lr, b1, b2)
        self.lr, self.b1, self.b2, self.steps = lr, b1, b2, 0
        self._first, self._second = (np.zeros(parameters.size, parameters.dtype) for _ in range(2))
        self._out = np.empty_like(parameters)

    def move(self, grad: Array) -> Array:
        """U of the next step; overwritten by the step after it."""
        self.steps += 1
        kind = self._out.dtype.type
        rate = kind(self.lr / (1.0 - self.b1**self.steps))
        norm = kind(1.0 / math.sqrt(1.0 - self.b2**self.steps))
        flat = np.ascontiguousarray(grad).reshape(-1)
        fused_update(flat, self._first, self._second, kind(self.b1), kind(self.b2), rate, norm, self._out.reshape(-1))
        return self._out
