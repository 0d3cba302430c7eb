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

from atlas.meanfield.probe_site import REACH, occupied

Array = NDArray[np.float64]

STRIDE = 8  # nodes from look to look
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
    first, last = occupied(scan, looks, best)
    end = own.size - 1 if last == looks - 1 else last * STRIDE
    return first * STRIDE, end, place * STRIDE


@njit(cache=True)
def _moments(  # noqa: PLR0915  (scalars: an array of sums is twice as slow)
    own: Array, x: Array, phi: Array, m0: Array, h: float, xi: float, half: float, scan: Array, out: Array
) -> None:
    """One row of field_averages. Sums are of differences from the peak, so that covariances keep their digits."""
    low, high, place = _occupied(own, phi, m0, h, xi, half, scan)
    p0, m_0 = phi[place], m0[place] - xi
    best = own[place] + h * p0 - half * m_0 * m_0
    total = x2 = s0 = s1 = s2 = s3 = s4 = 0.0
    c00 = c01 = c02 = c03 = c04 = c11 = c12 = c13 = c14 = c22 = c23 = c24 = c33 = c34 = c44 = 0.0
    for j in range(low, high + 1):
        p, m = phi[j], m0[j] - xi
        exponent = own[j] + h * p - half * m * m - best
        if exponent < -REACH:
            continue
        w = math.exp(exponent)
        t0, t2, t4 = p - p0, m - m_0, m * p - m_0 * p0
        t1, t3 = t0 * (p + p0), t2 * (m + m_0)
        w0, w1, w2, w3, w4 = w * t0, w * t1, w * t2, w * t3, w * t4
        total += w
        x2 += w * x[j] * x[j]
        s0 += w0
        s1 += w1
        s2 += w2
        s3 += w3
        s4 += w4
        c00 += w0 * t0
        c01 += w0 * t1
        c02 += w0 * t2
        c03 += w0 * t3
        c04 += w0 * t4
        c11 += w1 * t1
        c12 += w1 * t2
        c13 += w1 * t3
        c14 += w1 * t4
        c22 += w2 * t2
        c23 += w2 * t3
        c24 += w2 * t4
        c33 += w3 * t3
        c34 += w3 * t4
        c44 += w4 * t4
    pairs = (c00, c01, c02, c03, c04, c11, c12, c13, c14, c22, c23, c24, c33, c34, c44)
    means = (s0 / total, s1 / total, s2 / total, s3 / total, s4 / total)
    origin = (p0, p0 * p0, m_0, m_0 * m_0, m_0 * p0)
    out[5] = x2 / total
    column = 6
    for a in range(5):
        out[a] = origin[a] + means[a]
        for b in range(a, 5):
            out[column] = pairs[column - 6] / total - means[a] * means[b]
            column += 1


@njit(cache=True)
def _fill(own: Array, x: Array, phi: Array, m0: Array, h: Array, xi: Array, S: float, out: Array) -> None:
    scan = np.empty((own.size - 1) // STRIDE + 1)
    for k in range(h.size):
        _moments(own, x, phi, m0, h[k], xi[k], 0.5 / S, scan, out[k])


def field_averages(own: Array, x: Array, phi: Array, Gamma: float, h: Array, xi: Array, S: float) -> Array:
    """Averages (n, 21) of the n sites in the fields h, xi (n,): <phi>, <phi^2>, <m>, <m^2>, <m phi>, <x^2> and the 15
    covariances of the first five, row by row of the upper triangle.

    own, x, phi: (nodes,), the part of the exponent that all sites share, equidistant nodes and their tanh; S > 0.
    """
    out = np.empty((h.size, COLUMNS))
    _fill(own, x, phi, x - Gamma * phi, np.ascontiguousarray(h), np.ascontiguousarray(xi), S, out)
    return out
