"""Products of states with recurrent weights W (N, N), that is given whole or as left right^T of P columns each.

    onto:  r W^T = (r right) left^T          back:  b W = (b left) right^T

cost O(N P) a row for two thin matrices instead of O(N^2). Of a gradient dW = sum b^T r only dW right and dW^T left are
needed then, again O(N P) a row. The sum is taken block by block, while the states of a few times are at hand.
Source: dossier spiking-modes, T1 (cheap form).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas

from atlas.learning.shelf import Shelf

Array = NDArray[np.floating[Any]]


def add_product(total: Array, a: Array, b: Array) -> None:
    """total (n, m) += a^T b, in place; a (rows, n), b (rows, m). All C-contiguous, of one type."""
    gemm = blas.sgemm if total.dtype == np.float32 else blas.dgemm
    gemm(1.0, b.T, a.T, trans_b=1, beta=1.0, c=total.T, overwrite_c=1)  # the transposed one, without copies


def times_at_once(n_units: int, batch: int) -> int:
    """Times whose slopes are added by one product: about as many rows as columns, so that reading and writing the sum
    (N, N) costs little beside the product, and so few that they are still in a cache.
    """
    return -(-n_units // batch)


@dataclass(frozen=True)
class Whole:
    """W itself."""

    W: Array

    def __len__(self) -> int:
        return len(self.W)

    @cached_property
    def _turned(self) -> Array:
        """W^T in rows, which BLAS multiplies a third faster than a transposed matrix."""
        return np.ascontiguousarray(self.W.T)

    def onto(self, r: Array, out: Array) -> None:
        """r W^T (B, N) into out."""
        np.dot(r, self._turned, out=out)

    def back(self, b: Array, out: Array) -> None:
        """b W (B, N) into out."""
        np.dot(b, self.W, out=out)

    def slopes(self, shelf: Shelf) -> tuple[Array, ...]:
        """Zeros (N, N), for the slopes by W."""
        return (shelf.cleared("by W", self.W.shape, self.W.dtype),)

    def add_slopes(self, b: Array, r: Array, slopes: tuple[Array, ...]) -> None:
        """Adds b^T r of rows b, r (rows, N)."""
        add_product(slopes[0], b, r)


@dataclass(frozen=True)
class Factors:
    """W = left right^T; left, right (N, P)."""

    left: Array
    right: Array

    def __len__(self) -> int:
        return len(self.left)

    def onto(self, r: Array, out: Array) -> None:
        """r W^T (B, N) into out."""
        np.dot(r @ self.right, self.left.T, out=out)

    def back(self, b: Array, out: Array) -> None:
        """b W (B, N) into out."""
        np.dot(b @ self.left, self.right.T, out=out)

    def slopes(self, shelf: Shelf) -> tuple[Array, ...]:
        """Zeros (N, P) twice, for dW right and dW^T left."""
        shape, kind = self.left.shape, self.left.dtype
        return shelf.cleared("dW right", shape, kind), shelf.cleared("dW^T left", shape, kind)

    def add_slopes(self, b: Array, r: Array, slopes: tuple[Array, ...]) -> None:
        """Adds those of dW = b^T r, of rows b, r (rows, N)."""
        add_product(slopes[0], b, r @ self.right)
        add_product(slopes[1], r, b @ self.left)


Recurrent = Whole | Factors


def recurrent(W: Array | Recurrent) -> Recurrent:
    """An array as whole weights; what is one of both already stays so."""
    return W if isinstance(W, Whole | Factors) else Whole(W)
