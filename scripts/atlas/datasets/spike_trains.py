"""Images as spikes: at every step each pixel spikes with its grey value as the probability, independently."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def bernoulli_trains(grey: NDArray[np.float32], n_steps: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Spikes 0 or 1, (n_steps, B, n), of grey values (B, n) in [0, 1]."""
    return (rng.random((n_steps, *grey.shape), dtype=np.float32) < grey).astype(np.float32)
