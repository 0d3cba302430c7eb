"""Noise of long Langevin runs: one of the 65536 quantiles of N(0, 1), chosen by 16 random bits.

Three times faster than drawing from N(0, 1). Mean 0 and variance 1 exactly, fourth moment 2.9992 (of 3), sixth 14.972
(of 15), largest 4.33: far below the bias of an Euler step, whose stationary averages depend on the moments only.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEVELS = 1 << 16


@cache
def quantiles() -> NDArray[np.float32]:
    """The quantiles at (k + 1/2)/65536, k = 0 .. 65535, scaled to variance 1; antisymmetric."""
    from scipy.special import ndtri

    lower = ndtri((np.arange(LEVELS // 2) + 0.5) / LEVELS)
    values = np.concatenate([lower, -lower[::-1]])
    table = (values / np.sqrt(np.mean(values**2))).astype(np.float32)
    table.flags.writeable = False
    return table


class QuantileNoise:
    """In the place of a Generator where float32 normals are filled in; `rng` gives the bits."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._bits = rng.bit_generator
        self._table = quantiles()

    def standard_normal(self, *, out: NDArray[np.float32], dtype: Any = np.float32) -> None:
        """Fill `out` (C-contiguous float32); ValueError for another dtype."""
        if out.dtype != np.float32 or np.dtype(dtype) != np.float32:
            raise ValueError(f"quantile noise: got {out.dtype}; allowed: float32")
        words = self._bits.random_raw(-(-out.size // 4))
        levels = words.astype("<u8", copy=False).view("<u2")[: out.size]
        np.take(self._table, levels, out=out.reshape(-1), mode="wrap")
