"""Recurrent weights of N units by P modes, or free: what is learned, and the gradients through W.

    W = xi_in diag(lambda) xi_out^T,   xi_in, xi_out (N, P), lambda (P,)
    dL/dxi_in = (dL/dW xi_out) diag(lambda),  dL/dxi_out = (dL/dW^T xi_in) diag(lambda),
    dL/dlambda_mu = xi_in_mu^T dL/dW xi_out_mu

First entries: xi ~ N(0, 1/P), lambda ~ N(0, P/N), so that W has variance 1/N as the free one. Importance of a mode:
tau_mu = gamma (|xi_in_mu| + |xi_out_mu|) + |lambda_mu|, gamma the ratio of the sums over modes of the second term and
the first. Source: dossier spiking-modes, M1, T1, T2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.recurrent_products import Factors, Recurrent, Whole

Array = NDArray[np.floating[Any]]
FEW = 4  # two thin products of P columns beside one of N: twice as many operations in smaller blocks


class ModeWeights:
    """W by P modes."""

    def __init__(self, xi_in: Array, scale: Array, xi_out: Array) -> None:
        self.parameters = [xi_in, scale, xi_out]

    def matrix(self) -> Array:
        """W (N, N)."""
        xi_in, scale, xi_out = self.parameters
        return np.asarray((xi_in * scale) @ xi_out.T)

    def product(self) -> Recurrent:
        """W as it is multiplied: by its modes where they are few, 4 P <= N."""
        xi_in, scale, xi_out = self.parameters
        return Factors(xi_in * scale, xi_out) if FEW * len(scale) <= len(xi_in) else Whole(self.matrix())

    def gradients(self, by_rec: tuple[Array, ...]) -> list[Array]:
        """By xi_in, lambda, xi_out, from dW alone, or from dW xi_out and dW^T (xi_in lambda)."""
        xi_in, scale, xi_out = self.parameters
        there, back = by_rec if len(by_rec) == 2 else (by_rec[0] @ xi_out, by_rec[0].T @ (xi_in * scale))
        return [there * scale, np.asarray((xi_in * there).sum(axis=0)), back]

    def importance(self) -> Array:
        """tau of the modes (P,), in their own order."""
        xi_in, scale, xi_out = (each.astype(np.float64) for each in self.parameters)
        length = np.linalg.norm(xi_in, axis=0) + np.linalg.norm(xi_out, axis=0)
        return np.asarray(np.abs(scale).sum() / length.sum() * length + np.abs(scale))


class FreeWeights:
    """W itself."""

    def __init__(self, W: Array) -> None:
        self.parameters = [W]

    def matrix(self) -> Array:
        """W (N, N)."""
        return self.parameters[0]

    def product(self) -> Recurrent:
        """W as it is multiplied."""
        return Whole(self.parameters[0])

    def gradients(self, by_rec: tuple[Array, ...]) -> list[Array]:
        """By W."""
        return list(by_rec)


def drawn(rng: np.random.Generator, n_units: int, modes: int) -> ModeWeights | FreeWeights:
    """First weights in float32: by modes, or free for modes = 0. ValueError unless 0 <= modes <= n_units."""
    if not 0 <= modes <= n_units:
        raise ValueError(f"modes: got {modes}; allowed: 0 (free weights) to {n_units}, the units")
    if not modes:
        return FreeWeights(normal(rng, (n_units, n_units), 1.0 / math.sqrt(n_units)))
    xi_in, xi_out = (normal(rng, (n_units, modes), 1.0 / math.sqrt(modes)) for _ in range(2))
    return ModeWeights(xi_in, normal(rng, (modes,), math.sqrt(modes / n_units)), xi_out)


def normal(rng: np.random.Generator, shape: tuple[int, ...], deviation: float) -> Array:
    """Gaussian numbers in float32."""
    return np.asarray(rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation))
