"""A toy language of letters on a ring: the next letter is the present one plus 2 or 4, each with probability 1/2.

Sequences of `length` letters are determined by their first letter and one of two steps each time, 26 2^(length-1)
in all. Source: dossier meta-predictive, M3 b.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LETTERS = 26
STEPS = (2, 4)
Words = NDArray[np.int64]


def draw(rng: np.random.Generator, count: int, length: int = 11) -> Words:
    """`count` different sequences (count, length), drawn without replacement; ValueError if there are not so many."""
    branches = len(STEPS) ** (length - 1)
    if not 1 <= count <= LETTERS * branches:
        raise ValueError(f"sequences: got {count}; allowed: 1 .. {LETTERS * branches}")
    chosen = rng.choice(LETTERS * branches, size=count, replace=False)
    first, code = np.divmod(chosen, branches)
    digits = (code[:, None] >> np.arange(length - 1)) & 1
    steps = np.asarray(STEPS)[digits]
    path = np.concatenate([first[:, None], steps], axis=1).cumsum(axis=1) % LETTERS
    return np.asarray(path, dtype=np.int64)


def obeyed(words: Words) -> NDArray[np.bool_]:
    """Which transitions obey the grammar: (..., length) -> (..., length - 1); none to what is no letter (below 0)."""
    return np.isin(np.diff(words, axis=-1) % LETTERS, STEPS) & (words[..., 1:] >= 0)
