"""The energy part of `probit_channel` with the inner Gaussian cut at |x| <= window.

Averages over x that are sampled, or summed on a short grid, never reach the far tail of x. For a student whose field w
is negative the weight exp psi(h) lies there (x = 10 to 20 at beta = 20), so that a cut changes order parameters, and
the place of the jump. This module computes the cut theory exactly, to say how much.

    f(w) = ln int_{-window}^{window} Dx exp psi(h),  derivatives of G_E = E f directly (by parts leaves end terms):
    dh/dq = [z/sqrt(q) - x/sqrt(V)]/(2 sqrt(1 - q*)),   dh/dq* = x/(2 sqrt(V (1 - q*))) + h/(2 (1 - q*)),
    k = r/sqrt(q - r²),  dk/dr = q/(q - r²)^{3/2},  dk/dq = -r/(2 (q - r²)^{3/2})

Source: dossier continual-learning, Theory 1 and Numerics (whose grid is |x| <= 7).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.probit_channel import REACH, Fields, Overlaps, hazard, normal_density, panels, teacher_nodes

Array = NDArray[np.float64]
NODES = 160  # of x


def windowed_fields(alpha: float, beta: float, overlaps: Overlaps, window: float) -> Fields:
    """The conjugate fields with x cut at +-window (> 0)."""
    V, rest, k = overlaps.spread, overlaps.rest, overlaps.slope
    z, weights = teacher_nodes(k)
    x, x_weights = panels([-window, 0.0, window], NODES // 2)
    root = math.sqrt(rest)
    h = (math.sqrt(V) * x + math.sqrt(overlaps.q) * z[:, None]) / root
    R, log_phi = hazard(h)
    exponent = beta * log_phi + np.log(np.maximum(x_weights * normal_density(x), 1e-300))
    top = exponent.max(axis=1, keepdims=True)
    weight = np.exp(exponent - top)
    norm = weight.sum(axis=1)
    f = top[:, 0] + np.log(norm)
    slope = weight * (beta * R) / norm[:, None]
    by_q = slope.sum(axis=1) * z / math.sqrt(overlaps.q) - (slope @ x) / math.sqrt(V)
    by_q_star = (slope @ x) / math.sqrt(V * rest) + (slope * h).sum(axis=1) / rest
    near, near_weights = panels([-REACH / max(abs(k), 1.0), 0.0, REACH / max(abs(k), 1.0)], 48)
    near = math.copysign(1.0, k) * near  # the first nodes of z
    lever = float((near_weights * normal_density(near) * 2.0 * normal_density(k * near) * near) @ f[: near.size])
    cubed = overlaps.unexplained**1.5
    q_slope = float(weights @ by_q) / (2.0 * root) - lever * overlaps.r / (2.0 * cubed)
    q_hat = max(-2.0 * alpha * q_slope, 1e-12)
    q_star_hat = 0.5 * alpha * float(weights @ by_q_star)
    return Fields(q_hat, alpha * lever * overlaps.q / cubed, q_star_hat - 0.5 * q_hat)
