"""One site of a probe that is held at a distance from a reference: averages over y with weight

    exp{ a phi(y)² + b phi(y) + c y + e y² },   phi = tanh,  e < 0,

for many (a, b, c, e) at once. Every average of a Franz-Parisi theory of the tanh network is made of them.

The integral is a trapezoid sum. Where the weight is, is found in two passes (all of y where the quadratic part allows
it, on points that all sites share, then what lies within exp(-40) of the largest value). The third pass uses 81 points
there, or more where their step would exceed 0.2: below a quarter of the width of the narrowest peak and far below the
scale of tanh, where the trapezoid rule errs below 1e-12.

Source: dossier m-shape, Numerics (A).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

LOOKS = 20_000  # points that all sites may share
REACH = 40.0  # what is smaller than exp(-40) of the largest value is dropped
WIDEST_STEP = 0.2  # of y; tanh has poles at ±i pi/2: 1e-12 where 0.3 still errs by 2e-8 (a = -2, e = -0.05)
MOMENTS = 15  # ln Z; <phi²>, <phi>, <y>, <y²>; their ten covariances, row by row of the upper triangle


@njit(cache=True)
def _log_weight(y: float, phi: float, a: float, b: float, c: float, e: float) -> float:
    return (a * phi + b) * phi + (c + e * y) * y


@njit(cache=True)
def occupied(exponents: Array, n: int, best: float) -> tuple[int, int]:
    """The first and the last of n exponents that are not REACH below the largest, one further at both ends."""
    first, last = 0, n - 1
    while exponents[first] < best - REACH:
        first += 1
    while exponents[last] < best - REACH:
        last -= 1
    return max(first - 1, 0), min(last + 1, n - 1)


@njit(cache=True)
def _narrowed(low: float, high: float, n: int, a: float, b: float, c: float, e: float) -> tuple[float, float]:
    """The part of [low, high] within exp(-REACH) of the largest value on n points, one step wider at both ends."""
    step = (high - low) / (n - 1)
    best = -np.inf
    values = np.empty(n)
    for j in range(n):
        y = low + j * step
        values[j] = _log_weight(y, math.tanh(y), a, b, c, e)
        best = max(best, values[j])
    first, last = occupied(values, n, best)
    return low + first * step, low + last * step


@njit(cache=True)
def _moments(low: float, high: float, n: int, a: float, b: float, c: float, e: float, out: Array) -> None:
    """ln Z, means and covariances of (phi², phi, y, y²) by the trapezoid rule on n points (the ends weigh nothing)."""
    step = (high - low) / (n - 1)
    middle = 0.5 * (low + high)
    values, phis = np.empty(n), np.empty(n)
    best = -np.inf
    for j in range(n):
        y = low + j * step
        phis[j] = math.tanh(y)
        values[j] = _log_weight(y, phis[j], a, b, c, e)
        best = max(best, values[j])
    total = s0 = s1 = s2 = s3 = 0.0
    for j in range(n):
        w = math.exp(values[j] - best)
        values[j] = w
        phi, t = phis[j], low + j * step - middle
        total += w
        s0 += w * phi * phi
        s1 += w * phi
        s2 += w * t
        s3 += w * t * (t + 2.0 * middle)
    out[0] = best + math.log(total * step)
    m0, m1, m2, m3 = s0 / total, s1 / total, s2 / total, s3 / total
    c00 = c01 = c02 = c03 = c11 = c12 = c13 = c22 = c23 = c33 = 0.0
    for j in range(n):
        w = values[j] / total
        phi, t = phis[j], low + j * step - middle
        d0, d1, d2, d3 = phi * phi - m0, phi - m1, t - m2, t * (t + 2.0 * middle) - m3
        c00 += w * d0 * d0
        c01 += w * d0 * d1
        c02 += w * d0 * d2
        c03 += w * d0 * d3
        c11 += w * d1 * d1
        c12 += w * d1 * d2
        c13 += w * d1 * d3
        c22 += w * d2 * d2
        c23 += w * d2 * d3
        c33 += w * d3 * d3
    out[1], out[2], out[3], out[4] = m0, m1, m2 + middle, m3 + middle * middle
    out[5], out[6], out[7], out[8] = c00, c01, c02, c03
    out[9], out[10], out[11] = c11, c12, c13
    out[12], out[13], out[14] = c22, c23, c33


@njit(cache=True)
def _looked_at(low: float, high: float, ys: Array, phis: Array, scan: Array,
               a: float, b: float, c: float, e: float) -> tuple[float, float]:  # fmt: skip
    """As `_narrowed`, on those of the equidistant points ys that [low, high] holds."""
    step = ys[1] - ys[0]
    start = max(int((low - ys[0]) / step), 0)
    n = min(int((high - ys[0]) / step) + 2, ys.size) - start
    best = -np.inf
    for j in range(n):
        scan[j] = _log_weight(ys[start + j], phis[start + j], a, b, c, e)
        best = max(best, scan[j])
    first, last = occupied(scan, n, best)
    return ys[start + first], ys[start + last]


@njit(cache=True)
def _fill(a: float, b: Array, c: Array, e: float, n_points: int, out: Array) -> None:
    widest = math.sqrt((abs(a) + 2.0 * np.abs(b).max() + REACH) / -e)
    narrowest = math.sqrt((abs(a) + 2.0 * np.abs(b).min() + REACH) / -e)
    step = max(min(3.0 * math.sqrt(-0.5 / e), narrowest / 20.0), widest / 200.0)
    least, most = -0.5 * c.min() / e - widest, -0.5 * c.max() / e + widest
    shared = (most - least) < LOOKS * step and step > 1e-9 * max(abs(least), abs(most))
    ys = least + step * np.arange(int((most - least) / step) + 2 if shared else 2)
    phis, scan = np.tanh(ys), np.empty(ys.size)  # all sites look at the same points, so that their tanh is taken once
    width = math.sqrt(-0.5 / e)
    for k in range(b.size):
        centre = -0.5 * c[k] / e
        reach = math.sqrt((abs(a) + 2.0 * abs(b[k]) + REACH) / -e)
        low, high = centre - reach, centre + reach
        if shared:
            low, high = _looked_at(low, high, ys, phis, scan, a, b[k], c[k], e)
        else:  # a state far from any solution: sites wide apart
            coarse = min(max(41, int(2.0 * reach / (3.0 * width))), 401)
            low, high = _narrowed(low, high, coarse, a, b[k], c[k], e)
        low, high = _narrowed(low, high, 41, a, b[k], c[k], e)
        wide = int((high - low) / WIDEST_STEP) + 2
        _moments(low, high, max(n_points, wide), a, b[k], c[k], e, out[k])


def site_moments(a: float, b: Array, c: Array, e: float, n_points: int = 81) -> Array:
    """Moments (n, 15) of the n sites with coefficients a, b[k], c[k], e: columns as in `MOMENTS`.

    ln Z is relative to nothing: Z = ∫ dy exp(...). a, e are common to all sites; e < 0 (ValueError otherwise: the
    weight could not be normalised). Relative accuracy about 1e-12 with 81 points.
    """
    if not (math.isfinite(e) and e < 0.0):
        raise ValueError(f"e = {e}: the quadratic coefficient must be negative, or the weight has no integral")
    out = np.empty((b.size, MOMENTS))
    _fill(float(a), np.ascontiguousarray(b), np.ascontiguousarray(c), float(e), n_points, out)
    return out
