"""Sample covariances C = X X^T/N of Gaussian X (D, N): Marchenko-Pastur density and moments of the inverse.

With y = D/N: density √((b - x)(x - a))/(2 pi y x) on [a, b] = [(1 - √y)², (1 + √y)²], mass 1 for y <= 1. Finite D, N:
E tr C^{-1} = D N/(N-D-1), E tr C^{-2} = D N² (N-1)/((N-D)(N-D-1)(N-D-3)). Source: dossier icl-spin-glass, Figs. S5, S6.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def edges(ratio: float) -> tuple[float, float]:
    """Ends of the spectrum at ratio D/N; ValueError outside (0, 1]."""
    if not 0.0 < ratio <= 1.0:
        raise ValueError(f"ratio D/N: got {ratio}; allowed: 0 < ratio <= 1")
    return (1 - math.sqrt(ratio)) ** 2, (1 + math.sqrt(ratio)) ** 2


def density(x: Array, ratio: float) -> Array:
    """Marchenko-Pastur density at x (n,), zero outside of the edges."""
    low, high = edges(ratio)
    x = np.asarray(x, dtype=float)
    inside = (x > low) & (x < high)
    found = np.zeros_like(x)
    within = x[inside]
    found[inside] = np.sqrt((high - within) * (within - low)) / (2 * math.pi * ratio * within)
    return found


def inverse_distance(D: int, N: int) -> float:
    """E |C^{-1} - I|²/D² = (E tr C^{-2} - 2 E tr C^{-1} + D)/D²; ValueError unless N > D + 3."""
    if D < 1 or N <= D + 3:
        raise ValueError(f"N: got {N} with D = {D}; allowed: N > D + 3, D >= 1")
    first = D * N / (N - D - 1)
    second = D * N**2 * (N - 1) / ((N - D) * (N - D - 1) * (N - D - 3))
    return (second - 2 * first + D) / D**2
