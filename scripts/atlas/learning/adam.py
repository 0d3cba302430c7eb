"""The Adam optimiser on one array, in place.

    m <- b1 m + (1 - b1) grad,    v <- b2 v + (1 - b2) grad^2
    W <- W - lr m_hat/(sqrt(v_hat) + eps),    m_hat = m/(1 - b1^t),  v_hat = v/(1 - b2^t),  t = 1, 2, ...

Kingma and Ba 2014 (arXiv 1412.6980), with eps outside of the root as in the common libraries. The size of the gradient
matters only against eps.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def check_settings(lr: float, b1: float, b2: float, eps: float = 1e-8) -> None:
    """ValueError unless lr, eps > 0 (finite) and 0 <= b1, b2 < 1."""
    for name, value in (("lr", lr), ("eps", eps)):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name}: got {value}; allowed: finite number > 0")
    for name, value in (("b1", b1), ("b2", b2)):
        if not 0.0 <= value < 1.0:
            raise ValueError(f"{name}: got {value}; allowed: 0 <= {name} < 1")


class Adam:
    """Moments of one parameter array; `step(W, grad)` changes W in place and uses grad as a buffer.

    lr > 0, 0 <= b1, b2 < 1, eps > 0; ValueError otherwise.
    """

    def __init__(self, parameters: Array, lr: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> None:
        check_settings(lr, b1, b2, eps)
        self.lr, self.b1, self.b2, self.eps = lr, b1, b2, eps
        self.steps = 0
        self._m, self._v = np.zeros_like(parameters), np.zeros_like(parameters)
        self._buffer = np.empty_like(parameters)

    def step(self, parameters: Array, grad: Array) -> None:
        """One update of the parameters; grad is overwritten."""
        self.steps += 1
        m, v, buffer = self._m, self._v, self._buffer
        m *= self.b1
        np.multiply(grad, 1.0 - self.b1, out=buffer)
        m += buffer
        np.multiply(grad, grad, out=grad)
        grad *= 1.0 - self.b2
        v *= self.b2
        v += grad
        np.sqrt(v, out=grad)
        grad *= 1.0 / math.sqrt(1.0 - self.b2**self.steps)
        grad += self.eps
        np.divide(m, grad, out=buffer)
        buffer *= self.lr / (1.0 - self.b1**self.steps)
        parameters -= buffer
