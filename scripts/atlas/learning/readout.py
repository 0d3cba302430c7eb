"""Linear read-out of a reservoir: ridge regression in closed form, scored on time steps it has not seen.

    w = (X^T X + penalty I)^{-1} X^T y,    score = 1 - mean((X w - y)^2)/variance.

X (T, N): states at consecutive times. Source: dossier freezing-chaos, Reservoir read-out (6).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array64 = NDArray[np.float64]
Array = NDArray[np.floating[Any]]


def ridge(states: Array, targets: Array, penalty: float) -> Array64:
    """Weights (N, K) for states (T, N) and targets (T, K), by Cholesky of the normal equations in float64.

    Relative error about eps times the condition number, at most |X|^2/penalty. ValueError for shapes that do not fit or
    a penalty that is not > 0 (states of smooth dynamics are nearly dependent: never invert without one).
    """
    from scipy.linalg import cho_factor, cho_solve

    X, Y = np.asarray(states, np.float64), np.asarray(targets, np.float64)
    if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y) or len(X) < 1:
        raise ValueError(f"states, targets: got shapes {X.shape}, {Y.shape}; allowed: (T, N), (T, K) with T >= 1")
    if not (math.isfinite(penalty) and penalty > 0):
        raise ValueError(f"penalty: got {penalty}; allowed: finite number > 0")
    gram = X.T @ X
    gram[np.diag_indices_from(gram)] += penalty
    return np.asarray(cho_solve(cho_factor(gram), X.T @ Y), dtype=np.float64)


def score(prediction: Array, target: Array, variance: float) -> Array64:
    """1 - mean over time of (prediction - target)^2/variance of each column: (T, K) -> (K,); 1 is perfect."""
    return np.asarray(1.0 - np.mean((prediction - target) ** 2, axis=0) / variance, dtype=np.float64)


def held_out_score(
    states: Array, targets: Array, n_train: int, relative_penalty: float, variance: float
) -> tuple[Array64, Array64]:
    """(held-out, in-sample) scores (K,) of a ridge read-out trained on the first n_train of T time steps.

    penalty = relative_penalty * n_train. ValueError unless 1 <= n_train < T.
    """
    if not 1 <= n_train < len(states):
        raise ValueError(f"n_train: got {n_train}; allowed: 1 .. {len(states) - 1}, so that something is held out")
    weights = ridge(states[:n_train], targets[:n_train], relative_penalty * n_train)
    prediction = np.asarray(states, np.float64) @ weights
    return (
        score(prediction[n_train:], targets[n_train:], variance),
        score(prediction[:n_train], targets[:n_train], variance),
    )
