"""Noise of long Langevin runs: one of the 65536 quantiles of N(0, 1), chosen by 16 random bits.

Three times faster than drawing from N(0, 1). Mean 0 and variance 1 exactly, fourth moment 2.9992 (of 3), sixth 14.972
(of 15), largest 4.33: far below the bias of an Euler step, whose stationary averages depend on the moments only.
"""

from __future__ import annotations

from functools import cache

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


def levels(bits: np.random.BitGenerator, count: int) -> NDArray[np.uint16]:
    """Numbers of `count` quantiles, 16 bits each, four from a word."""
    return level_rows(bits, 1, count)[0, :count]


def level_rows(bits: np.random.BitGenerator, rows: int, count: int) -> NDArray[np.uint16]:
    """Rows of at least `count` numbers of quantiles each; their first `count` are what `levels` gives call by call."""
    words = bits.random_raw(rows * -(-count // 4))
    return np.asarray(words).astype("<u8", copy=False).view("<u2").reshape(rows, -1)
