"""Perplexities of Markov models of letters: what can be predicted from the last few letters alone.

Order k: p(a | the k letters before) = (n(context, a) + strength p_{k-1}(a | shorter context))/(n(context) + strength),
from counts on training sequences, p_{-1} uniform; perplexity = exp of the mean -ln p on test sequences, by letter
with the contexts that the sequence offers. Source: dossier meta-predictive, C9 (order 0 is the unigram).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Letters = NDArray[np.int64]


def markov_perplexities(
    train: Letters, test: Letters, n_letters: int, max_order: int, strength: float = 2.0
) -> list[float]:
    """Perplexities of orders 0 .. max_order on the letters 1 .. L of test sequences (n, L + 1).

    ValueError for sequences without a transition, letters out of range, or a strength that is not > 0.
    """
    if train.shape[1] < 2 or test.shape[1] < 2 or strength <= 0.0:
        raise ValueError(f"sequences, strength: got {train.shape}, {test.shape}, {strength}; allowed: length >= 2, > 0")
    if min(train.min(), test.min()) < 0 or max(train.max(), test.max()) >= n_letters:
        raise ValueError(f"letters: got some outside of 0 .. {n_letters - 1}")
    length, found = test.shape[1], []
    previous = np.full((len(test), length - 1), 1.0 / n_letters)
    for order in range(max_order + 1):
        counts = np.zeros(n_letters ** (order + 1))
        first = max(order, 1)  # targets start at letter 1, as those of a network
        codes = coded(train, order, n_letters)[:, first - order :]
        np.add.at(counts, codes.ravel(), 1.0)
        total = counts.reshape(-1, n_letters).sum(axis=1)
        wanted = coded(test, order, n_letters)[:, first - order :]
        here = previous.copy()
        here[:, first - 1 :] = (counts[wanted] + strength * previous[:, first - 1 :]) / (
            total[wanted // n_letters] + strength
        )
        found.append(math.exp(-float(np.mean(np.log(here)))))
        previous = here
    return found


def coded(words: Letters, order: int, n_letters: int) -> Letters:
    """One number per run of order + 1 letters, the letters being its digits, the last one lowest: (n, L - order)."""
    span = words.shape[1] - order
    code = np.zeros((len(words), span), np.int64)
    for place in range(order + 1):
        code = code * n_letters + words[:, place : place + span]
    return code
