"""Spectra of modes against their rank: two straight lines in logarithms, and where they break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
RANKS = 19  # of the fit (dossier, C8)
LEAST = 4  # ranks in a segment


@dataclass(frozen=True)
class TwoLines:
    """slope and r2 (share of variance explained) of both segments; last rank of the first; fitted values (ranks,)."""

    slope: tuple[float, float]
    r2: tuple[float, float]
    break_rank: int
    fitted: Array


def line(x: Array, y: Array) -> tuple[float, float, Array]:
    """Slope, r2 and fitted values of a least-squares line; r2 = 1 of a constant."""
    slope, shift = np.polyfit(x, y, 1)
    fitted = slope * x + shift
    total = float(np.sum((y - y.mean()) ** 2))
    return float(slope), 1.0 - float(np.sum((y - fitted) ** 2)) / total if total > 0 else 1.0, fitted


def two_lines(values: Array, exponential: bool = False) -> TwoLines:
    """ln(value) against ln(rank) of the first 19 (or all) values, broken where the squared error is smallest.

    exponential: against the rank itself, two exponential laws. ValueError for fewer than eight values, or values that
    are not positive.
    """
    kept = np.asarray(values, dtype=float)[:RANKS]
    if len(kept) < 2 * LEAST or not np.all(kept > 0):
        raise ValueError(f"values: got {len(kept)}, least {kept.min(initial=np.inf)}; allowed: at least 8, all > 0")
    ranks = np.arange(1.0, len(kept) + 1)
    x, y = ranks if exponential else np.log(ranks), np.log(kept)
    best: tuple[float, TwoLines] | None = None
    for cut in range(LEAST, len(kept) - LEAST + 1):
        one, two = line(x[:cut], y[:cut]), line(x[cut:], y[cut:])
        fitted = np.concatenate([one[2], two[2]])
        error = float(np.sum((y - fitted) ** 2))
        if best is None or error < best[0]:
            best = error, TwoLines((one[0], two[0]), (one[1], two[1]), cut, np.exp(fitted))
    assert best is not None
    return best[1]


def power_over_exponential(values: Array) -> float:
    """How much more of the variance of ln(value) two power laws of the rank explain than two exponential ones do.

    Both have five parameters, so that the sign tells the shape; 0 where all values are equal.
    """
    kept = np.log(np.asarray(values, dtype=float)[:RANKS])
    total = float(np.sum((kept - kept.mean()) ** 2))
    exponential, power = (
        float(np.sum((kept - np.log(two_lines(values, straight).fitted)) ** 2)) for straight in (True, False)
    )
    return (exponential - power) / total if total > 0 else 0.0


def orders(importance: Array) -> dict[str, Array]:
    """Importances sorted down, sorted up, and in the modes' own order."""
    down = np.sort(importance)[::-1]
    return {"down": down, "up": down[::-1], "own": importance}
