"""One row of the two-replica covariances, compiled: the kernel of `atlas.meanfield.two_replica`.

In a module of its own so that only a caller who solves loads the compiler.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from atlas.meanfield.gaussian import Array

TINY = 1e-17  # a term of the Mehler series that small against its sum ends it: all terms are positive and fall


@njit(cache=True)
def site_products(
    a_t: Array, a_s: Array, n_terms: int, rho: float, delta: Array, cross: Array, gap: Array
) -> float:  # pragma: no cover
    """<phi phi> at correlation rho; fills cross[k] = <phi phi> at rho - delta[k] and gap[k], the difference.

    With E_n = rho^n - (rho - delta)^n:  E_{n+2} = rho^2 E_n + delta (2 rho - delta) (rho - delta)^n, so that no two
    nearly equal numbers are subtracted.
    """
    square, power, same = rho * rho, rho, 0.0
    for m in range(n_terms):
        term = a_t[m] * a_s[m] * power
        same += term
        if abs(term) <= TINY * abs(same):
            break
        power *= square
    for k in range(delta.size):
        other = rho - delta[k]
        other_square, step = other * other, delta[k] * (rho + other)
        power, difference = other, delta[k]
        cross[k], gap[k] = 0.0, 0.0
        for m in range(n_terms):
            weight = a_t[m] * a_s[m]
            cross[k] += weight * power
            term = weight * difference
            gap[k] += term
            if abs(term) <= TINY * abs(gap[k]) and abs(weight * power) <= TINY * abs(cross[k]):
                break
            difference = square * difference + step * power
            power *= other_square
    return same


@njit(cache=True)
def advance_row(
    t: int,
    dt: float,
    gain2: float,
    deficit: Array,
    coefficients: Array,
    lengths: Array,
    root_variance: Array,
    C: Array,
    D: Array,
    column: Array,
    column_gap: Array,
) -> None:  # pragma: no cover
    """From row t of C (n+1,) and D (K, n+1) to row t + 1, in place; column = R(s, t), column_gap its difference.

    Equations of `atlas.meanfield.two_replica`; deficit[k] = 1 - c_k. The new row is shifted by one, so that it is
    written one place behind the reading.
    """
    n_pairs = deficit.size
    keep = 1.0 - dt
    cross, gap, delta, row_gap = np.zeros(n_pairs), np.zeros(n_pairs), np.zeros(n_pairs), np.zeros(n_pairs)
    late, late_gap = C[0] * keep, np.zeros(n_pairs)  # entries of the new row, one place behind
    row = 0.0  # R(t, s), and row_gap its difference
    for s in range(t + 1):
        norm = root_variance[t] * root_variance[s]
        for k in range(n_pairs):
            delta[k] = D[k, s] / norm
        n_terms = int(min(lengths[t], lengths[s]))
        same = site_products(coefficients[t], coefficients[s], n_terms, C[s] / norm, delta, cross, gap)
        push = gain2 * same
        back = column[s] if s < t else row
        new = keep * keep * C[s] + dt * keep * (back + row) + dt * dt * push
        C[s], late = late, new
        row = keep * row + dt * push
        column[s] = keep * back + dt * push
        for k in range(n_pairs):
            push_gap = gain2 * (gap[k] + deficit[k] * cross[k])
            back_gap = column_gap[k, s] if s < t else row_gap[k]
            new_gap = keep * keep * D[k, s] + dt * keep * (back_gap + row_gap[k]) + dt * dt * push_gap
            D[k, s], late_gap[k] = late_gap[k], new_gap
            row_gap[k] = keep * row_gap[k] + dt * push_gap
            column_gap[k, s] = keep * back_gap + dt * push_gap
    C[t + 1] = late
    for k in range(n_pairs):
        D[k, t + 1] = late_gap[k]
