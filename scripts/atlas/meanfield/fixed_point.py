"""Fixed points u = F(u) and roots of small systems: Anderson mixing and Newton, with the residual as exit criterion.

Both stop only when the largest scaled mismatch max_i |F_i(u) - u_i| / s_i(u) is below the tolerance, and raise
NotConverged (which carries that residual) otherwise: a small step is never taken for a small residual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged

Array = NDArray[np.float64]
Map = Callable[[Array], Array]


@dataclass(frozen=True)
class FixedPoint:
    """u with F(u) = u up to `residual`, after `evaluations` of F."""

    u: Array
    residual: float
    evaluations: int


def anderson(
    mapping: Map,
    start: Array,
    scale: Map,
    *,
    repair: Callable[[Array, Array], Array] | None = None,
    tolerance: float = 1e-11,
    memory: int = 6,
    plain: int = 5,
    limit: int = 400,
    what: str = "fixed point",
) -> FixedPoint:
    """Anderson mixing: the last differences of F(u) - u are combined so that their linear part vanishes.

    scale(u): units s_i > 0 in which mismatches are measured. repair(proposal, F(u)) returns an admissible state (the
    proposal itself if it is one). The first `plain` steps are u <- F(u). NotConverged after `limit` evaluations.
    """
    u = np.array(start, dtype=float)
    images: list[Array] = []
    gaps: list[Array] = []
    residual = np.inf
    for count in range(1, limit + 1):
        image = mapping(u)
        unit = scale(u)
        gap = image - u
        residual = float(np.max(np.abs(gap) / unit))
        if residual <= tolerance:
            return FixedPoint(u, residual, count)
        images, gaps = [*images[-memory:], image], [*gaps[-memory:], gap]
        proposal = image if count <= plain or len(gaps) < 2 else _mixed(images, gaps, unit)
        u = proposal if repair is None else repair(proposal, image)
    raise NotConverged(residual, what)


def _mixed(images: list[Array], gaps: list[Array], unit: Array) -> Array:
    """F(u_k) - sum_j c_j (F(u_{j+1}) - F(u_j)), c the least-squares solution for the gaps in units of `unit`."""
    steps = np.diff(np.array(gaps), axis=0).T / unit[:, None]
    weights, *_ = np.linalg.lstsq(steps, gaps[-1] / unit, rcond=1e-12)
    moved: Array = images[-1] - np.diff(np.array(images), axis=0).T @ weights
    return moved


def newton(
    mismatch: Map,
    start: Array,
    *,
    tolerance: float = 1e-12,
    step: float = 1e-6,
    limit: int = 60,
    halvings: int = 12,
    what: str = "root",
    jacobian: Map | None = None,
) -> FixedPoint:
    """Root of mismatch(u) = 0 by Newton with halved steps and jacobian(u), by default one of central differences.

    The unknowns and the mismatches should be of order one; `step` is that of the differences. A step is halved (up to
    `halvings` times) until max |mismatch| falls. NotConverged when no step helps and the residual is above the
    tolerance.
    """
    u = np.array(start, dtype=float)
    value = mismatch(u)
    size, count = float(np.max(np.abs(value))), 1
    for _ in range(limit):
        if size <= tolerance:
            break
        slopes = _jacobian(mismatch, u, step) if jacobian is None else jacobian(u)
        move = np.linalg.solve(slopes, -value)
        count += 2 * u.size if jacobian is None else 0
        for halving in range(halvings):
            trial = u + 0.5**halving * move
            with np.errstate(all="ignore"):
                trial_value = mismatch(trial)
            count += 1
            trial_size = float(np.max(np.abs(trial_value)))
            if trial_size < size:
                break
        else:
            break
        u, value, size = trial, trial_value, trial_size
    if not size <= tolerance:
        raise NotConverged(size, what)
    return FixedPoint(u, size, count)


def _jacobian(mismatch: Map, u: Array, step: float) -> Array:
    columns = []
    for shift in np.eye(u.size) * step:
        columns.append((mismatch(u + shift) - mismatch(u - shift)) / (2 * step))
    return np.array(columns).T
