"""Projections on Hermite polynomials of one parity, compiled: the loop of thousands of terms that g > 4 needs.

    sqrt((n+1)(n+2)) h_{n+2} = (z^2 - 2n - 1) h_n - sqrt(n(n-1)) h_{n-2}

The recurrence is stable for the normalised h_n weighted by the Gaussian. Source: dossier kinetic-energy, Theory 2.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from atlas.meanfield.gaussian import Array


@njit(cache=True)
def parity_projections(values: Array, z2: Array, start: Array, norm: Array, shift: Array, back: Array) -> Array:
    """<f h_n> for n = first, first + 2, ..., one per entry of norm, shift, back; start = w h_first at the nodes.

    All arrays float64; values, z2 = z^2 and start of one length, norm = 1/sqrt((n+1)(n+2)), shift = (2n+1) norm,
    back = sqrt(n(n-1)) norm of one length.
    """
    result = np.empty(norm.size)
    previous, current, scratch = np.zeros_like(start), start.copy(), np.empty_like(start)
    for i in range(norm.size):
        result[i] = np.dot(current, values)
        for j in range(z2.size):
            scratch[j] = (z2[j] * norm[i] - shift[i]) * current[j] - back[i] * previous[j]
        previous, current, scratch = current, scratch, previous
    return result
