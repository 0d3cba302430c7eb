"""Products of states with recurrent weights W (N, N), that is given whole or as left right^T of P columns each.

    onto:  r W^T = (r right) left^T          back:  b W = (b left) right^T

cost O(N P) a row for two thin matrices instead of O(N^2). Of a gradient dW = b^T r only dW right and dW^T left are
needed then, again O(N P) a row. Source: dossier spiking-modes, T1 (cheap form).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.shelf import Shelf

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Whole:
    """W itself."""

    W: Array

    def __len__(self) -> int:
        return len(self.W)

    def onto(self, r: Array, out: Array) -> None:
        """r W^T (B, N) into out."""
        np.dot(r, self.W.T, out=out)

    def back(self, b: Array, out: Array) -> None:
        """b W (B, N) into out."""
        np.dot(b, self.W, out=out)

    def gradient(self, b: Array, r: Array, shelf: Shelf | None = None) -> tuple[Array, ...]:
        """b^T r (N, N), the slopes by W from rows b, r (rows, N)."""
        out = None if shelf is None else shelf.array("by W", self.W.shape, b.dtype)
        return (np.matmul(b.T, r, out=out),)


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

    def gradient(self, b: Array, r: Array, shelf: Shelf | None = None) -> tuple[Array, ...]:
        """dW right and dW^T left (N, P) with dW = b^T r, from rows b, r (rows, N); small arrays of its own."""
        return b.T @ (r @ self.right), r.T @ (b @ self.left)


Recurrent = Whole | Factors


def recurrent(W: Array | Recurrent) -> Recurrent:
    """An array as whole weights; what is one of both already stays so."""
    return W if isinstance(W, Whole | Factors) else Whole(W)
