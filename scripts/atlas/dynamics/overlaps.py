"""Observers of equilibrium chains of exp(-E/T): fluctuation and response of one chain, overlaps between chains.

Called as observer(k, x, phi, v) with v = -x + J phi, all (N, R), R chains of one network.

    response = -(1/T) (1/N) sum_i <v_i phi_i>          sqrt(beta) r
    overlap = (1/N) sum_i <phi_i>_a <phi_i>_b           Q, a != b two chains, <.> over time
    cross = -(1/T) (1/N) sum_i <v_i>_a <phi_i>_b        sqrt(beta) R

Source: dossier equilibrium-measure, Theory (order parameters).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


class Overlaps:
    """Sums over time of phi, v and v phi; the properties are per chain (R,) or averaged over pairs of chains."""

    def __init__(self, temperature: float) -> None:
        self.count = 0
        self._temperature = temperature
        self._phi: Array64 | None = None
        self._v: Array64 | None = None
        self._product: Array64 | None = None

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        if self._phi is None or self._v is None or self._product is None:
            self._phi, self._v = np.zeros(phi.shape), np.zeros(phi.shape)
            self._product = np.zeros(phi.shape[1])
        self._phi += phi
        self._v += v
        self._product += np.einsum("ij,ij->j", v, phi, dtype=np.float64)
        self.count += 1

    @property
    def response(self) -> Array64:
        """sqrt(beta) r of each chain; nan before the first call."""
        if self._phi is None or self._product is None:
            return np.full(1, np.nan)
        return -self._product / (self.count * len(self._phi) * self._temperature)

    @property
    def overlap(self) -> float:
        """Q, averaged over all pairs of different chains; nan for one chain."""
        return self._pairs(self._phi, self._phi)

    @property
    def cross(self) -> float:
        """sqrt(beta) R, averaged over all ordered pairs of different chains; nan for one chain."""
        return -self._pairs(self._v, self._phi) / self._temperature

    def _pairs(self, a: Array64 | None, b: Array64 | None) -> float:
        if a is None or b is None or a.shape[1] < 2:
            return float("nan")
        n, chains = a.shape
        every = float(a.sum(axis=1) @ b.sum(axis=1)) - float(np.einsum("ij,ij->", a, b))
        return every / (n * chains * (chains - 1) * self.count**2)
