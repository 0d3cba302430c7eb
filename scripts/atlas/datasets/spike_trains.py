"""Images as spikes: at every step each pixel spikes with its grey value as the probability, independently.

A pixel spikes where a random whole number of 16 bits is below 65536 times its grey value, rounded: probabilities are
met to 1/131072, 0 and 1 exactly, and four pixels share one random number of 64 bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEVELS = 65536


@njit(cache=True)
def _below(numbers, thresholds, spikes):  # type: ignore[no-untyped-def]
    """spikes[k] = 1 where numbers[k] < thresholds[k], else 0."""
    for k in range(spikes.size):
        spikes[k] = np.float32(1.0) if np.int32(numbers[k]) < thresholds[k] else np.float32(0.0)


def bernoulli_trains(grey: NDArray[np.float32], n_steps: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Spikes 0 or 1, (n_steps, B, n), of grey values (B, n) in [0, 1]."""
    thresholds = np.rint(grey.astype(np.float64) * LEVELS).astype(np.int32).reshape(-1)
    spikes = np.empty((n_steps, *grey.shape), np.float32)
    for step in spikes.reshape(n_steps, -1):  # step by step: the random numbers stay in fast memory
        raw = rng.bit_generator.random_raw(-(-grey.size // 4)).astype("<u8", copy=False)
        _below(raw.view("<u2"), thresholds, step)
    return spikes
