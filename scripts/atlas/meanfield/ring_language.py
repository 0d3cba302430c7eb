"""What is known of the toy language of letters on a ring without any network.

`branches` allowed followers of each of K letters, all equally likely: a guess obeys the grammar with chance branches/K;
the entropy per transition is ln branches, so L - 1 transitions of unseen letters cost (L - 1) ln branches or more;
K branches^(L-1) sequences exist. Source: dossier meta-predictive, M3 b.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class RingLanguage:
    """chance of obeying, least cross-entropy of a sequence (nats), number of sequences."""

    chance: float
    least_cost: float
    n_sequences: float


def ring_language(letters: int, branches: int, length: int) -> RingLanguage:
    """The three numbers; ValueError unless 1 <= branches <= letters and length >= 2."""
    if not (1 <= branches <= letters and length >= 2):
        raise ValueError(
            f"letters, branches, length: got {letters}, {branches}, {length}; allowed: >= branches, >= 1, >= 2"
        )
    return RingLanguage(
        branches / letters, (length - 1) * math.log(branches), letters * float(branches) ** (length - 1)
    )
