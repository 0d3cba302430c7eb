"""Contextual integration: which of two noisy signals counts is told by a context line.

Inputs (T, B, 4): two signals offset_k + N(0, 1) per step during the steps T/10 to T/2, two context lines, one of which
is 1. Target: 0 in the first half, then the sign of the offset of the signal that the context names. In a switch trial
the contexts are exchanged after 3/5 of the steps, and with them the target. Source: dossier spiking-modes, M3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
CLASSES = 4  # 2 * context + (sign of the cued signal is +)


@dataclass(frozen=True)
class Trials:
    """x (T, B, 4), target and that of the other signal (T, B); context (B,) 0 or 1, signs (B, 2) of both signals."""

    x: Array
    target: Array
    other: Array
    context: NDArray[np.int64]
    signs: NDArray[np.int64]

    @property
    def cued(self) -> NDArray[np.int64]:
        """Sign of the signal that counts at first (B,)."""
        return np.asarray(self.signs[np.arange(len(self.context)), self.context])

    @property
    def classes(self) -> NDArray[np.int64]:
        """2 context + (cued sign > 0), (B,)."""
        return np.asarray(2 * self.context + (self.cued > 0))


def draw(rng: np.random.Generator, n_steps: int, count: int, offset: float, switch_share: float = 0.0) -> Trials:
    """Random trials; ValueError for fewer than 10 steps."""
    if n_steps < 10:
        raise ValueError(f"n_steps: got {n_steps}; allowed: at least 10")
    context = rng.integers(0, 2, count)
    signs = 2 * rng.integers(0, 2, (count, 2)) - 1
    switched = rng.random(count) < switch_share
    on, off, change = n_steps // 10, n_steps // 2, 3 * n_steps // 5
    x: NDArray[Any] = np.zeros((n_steps, count, 4), np.float32)
    x[on:off, :, :2] = offset * signs + rng.standard_normal((off - on, count, 2), dtype=np.float32)
    now = np.where(switched & (np.arange(n_steps)[:, None] >= change), 1 - context, context)
    x[:, :, 2] = now == 0
    x[:, :, 3] = now == 1
    rows = np.arange(count)
    late = np.arange(n_steps)[:, None] >= off
    target, other = (np.where(late, signs[rows, line], 0).astype(np.float32) for line in (now, 1 - now))
    return Trials(x, target, other, context, signs)
