"""Fixed points s = F(s) of a few unknowns whose plain turns alternate: damped turns, then Newton.

Half-steps s <- (s + F(s))/2 stay on the branch on which they start; once the mismatch is small Newton with a forward
difference Jacobian finishes. The largest mismatch |F(s) - s| is the exit criterion.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged

Array = NDArray[np.float64]
Map = Callable[[Array], Array]
NEAR = 0.03  # mismatch below which Newton is tried
STEP = 1e-6
LONGEST = 0.3  # largest move of a Newton step: a longer one may change the branch


def settled(turn: Map, start: Array, *, tolerance: float, limit: int = 400, what: str = "fixed point") -> Array:
    """The fixed point that half-steps from `start` lead to. NotConverged after `limit` evaluations."""
    s = np.array(start, dtype=float)
    gap = turn(s) - s
    evaluations = 1
    close = NEAR
    while evaluations < limit:
        size = float(np.max(np.abs(gap)))
        if size <= tolerance:
            return s
        if size > close:
            s = s + 0.5 * gap
            gap = turn(s) - s
            evaluations += 1
            continue
        trial = s + newton_move(turn, s, gap)
        trial_gap = turn(trial) - trial
        evaluations += s.size + 1
        if float(np.max(np.abs(trial_gap))) < 0.5 * size:
            s, gap = trial, trial_gap
        else:
            close = 0.3 * size  # not yet: more half-steps first
    raise NotConverged(float(np.max(np.abs(gap))), what)


def newton_move(turn: Map, s: Array, gap: Array) -> Array:
    """The Newton step for the mismatch `gap` at s, cut to LONGEST."""
    columns = [(turn(s + shift) - s - shift - gap) / STEP for shift in np.eye(s.size) * STEP]
    move: Array = np.linalg.solve(np.array(columns).T, -gap)
    longest = float(np.max(np.abs(move)))
    return move * min(1.0, LONGEST / longest) if longest > 0 else move
