"""One site of the replica measure in given fields: averages and covariances over x with the weight

    exp{ own(x) + h phi - (m0 - xi)^2/(2 S) },   phi = tanh(x),   m0 = x - Gamma phi,   m = m0 - xi,

for many pairs (h, xi) at once, by the trapezoid rule on nodes that all sites share. Cold sites occupy few of them: a
look at every eighth node finds where, and only those within exp(-40) of the largest value are summed. Nodes are at most
0.55 widths of the narrowest peak apart, so that between two looked at the exponent bends by 0.55^2 8^2/8 = 2.4: what is
left out weighs less than exp(-37) at its node.

Source: dossier equilibrium-measure, Numerics; equations as in `replica_measure`.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

STRIDE = 8  # nodes from look to look
REACH = 40.0  # exponent below the largest value at which a node is left out
STATISTICS = 5  # phi, phi^2, m, m^2, m phi
COLUMNS = STATISTICS + 1 + STATISTICS * (STATISTICS + 1) // 2  # their means, <x^2>, their covariances (upper triangle)


@njit(cache=True)
def _occupied(own: Array, phi: Array, m0: Array, h: float, xi: float, half: float, scan: Array) -> tuple[int, int, int]:
    """Nodes between which the site is, and the one with the largest exponent among those looked at."""
    best, place = -np.inf, 0
    looks = scan.size
    for i in range(looks):
        j = i * STRIDE
        m = m0[j] - xi
        scan[i] = own[j] + h * phi[j] - half * m * m
        if scan[i] > best:
            best, place = scan[i], i
    first, last = 0, looks - 1
    while scan[first] < best - REACH:
        first += 1
    while scan[last] < best - REACH:
        last -= 1
    return max(first - 1, 0) * STRIDE, min((last + 1) * STRIDE, own.size - 1), place * STRIDE


@njit(cache=True)
def _fill(own: Array, x: Array, phi: Array, m0: Array, h: Array, xi: Array, S: float, out: Array) -> None:
    half = 0.5 / S
    scan = np.empty((own.size - 1) // STRIDE + 1)
    sums, pairs = np.empty(5), np.empty((5, 5))
    t = np.empty(5)
    for k in range(h.size):
        low, high, place = _occupied(own, phi, m0, h[k], xi[k], half, scan)
        p0, m_0 = phi[place], m0[place] - xi[k]  # averages of differences from here: covariances keep their digits
        best = own[place] + h[k] * p0 - half * m_0 * m_0
        sums[:] = 0.0
        pairs[:] = 0.0
        total = x2 = 0.0
        for j in range(low, high + 1):
            p, m = phi[j], m0[j] - xi[k]
            exponent = own[j] + h[k] * p - half * m * m - best
            if exponent < -REACH:
                continue
            w = math.exp(exponent)
            total += w
            x2 += w * x[j] * x[j]
            t[0], t[1], t[2] = p - p0, (p - p0) * (p + p0), m - m_0
            t[3], t[4] = (m - m_0) * (m + m_0), m * p - m_0 * p0
            for a in range(5):
                wt = w * t[a]
                sums[a] += wt
                for b in range(a, 5):
                    pairs[a, b] += wt * t[b]
        for a in range(5):
            sums[a] /= total
        out[k, 0], out[k, 1], out[k, 2] = p0 + sums[0], p0 * p0 + sums[1], m_0 + sums[2]
        out[k, 3], out[k, 4], out[k, 5] = m_0 * m_0 + sums[3], m_0 * p0 + sums[4], x2 / total
        column = 6
        for a in range(5):
            for b in range(a, 5):
                out[k, column] = pairs[a, b] / total - sums[a] * sums[b]
                column += 1


def field_averages(own: Array, x: Array, phi: Array, Gamma: float, h: Array, xi: Array, S: float) -> Array:
    """Averages (n, 21) of the n sites in the fields h, xi (n,): <phi>, <phi^2>, <m>, <m^2>, <m phi>, <x^2> and the 15
    covariances of the first five, row by row of the upper triangle.

    own, x, phi: (nodes,), the part of the exponent that all sites share, equidistant nodes and their tanh; S > 0.
    """
    out = np.empty((h.size, COLUMNS))
    _fill(own, x, phi, x - Gamma * phi, np.ascontiguousarray(h), np.ascontiguousarray(xi), S, out)
    return out
