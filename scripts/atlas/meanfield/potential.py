"""The potential of the correlation's motion, Delta'' = -dV/dDelta.

    V(Delta; Delta_0) = -Delta^2/2 + g^2 { <Phi(x) Phi(y)> - <Phi>^2 },   Phi = ln cosh,  V(0) = 0,
x, y Gaussian of variance Delta_0 and covariance Delta. With rho = Delta/Delta_0 and the series of the module
mehler

    V/Delta_0^2 = -(rho^2/2) { (1 - sum_m d_m) + (1 - rho^2) Q(rho^2) },   1 - sum_m d_m = 1 - g^2 R(Delta_0),

so V(Delta_0; Delta_0) = 0 exactly when Delta_0 is the root. Delta_0 may be any positive number (off the root
V misses zero at Delta_0, which is how the root is found).

Source: dossier kinetic-energy, Theory 3-5 (Price's theorem for the derivative).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from atlas.meanfield.errors import require_gain, require_positive
from atlas.meanfield.gaussian import Array, half_nodes, tanh_odd_coefficients
from atlas.meanfield.mehler import polynomials
from atlas.meanfield.stationary import energy_excess

DELTA0_MAX = 400.0  # about 40 Hermite terms per unit of Delta_0


@dataclass(frozen=True)
class Potential:
    """V at the given Delta: v, v_scaled = V/Delta_0^2, slope = dV/dDelta = g^2 C - Delta.

    residual: |sum_m d_m - g^2 R|, two routes to the same number (series and quadrature).
    """

    g: float
    delta0: float
    delta: Array
    v: Array
    v_scaled: Array
    slope: Array
    residual: float


def potential(g: float, delta0: float, delta: ArrayLike) -> Potential:
    """V(Delta; Delta_0) and its slope for |Delta| <= Delta_0, any 0 < Delta_0 <= 400 (on or off the root).

    v_scaled to 1e-14 absolute (relative to its own size ~ Delta_0^2 near g = 1: the mismatch is computed
    without cancellation); slope to 1e-15 Delta_0 absolute. Raises ValueError for g, delta0 or delta outside
    their range.
    """
    g = require_gain(g)
    delta0 = require_positive("delta0", delta0)
    if delta0 > DELTA0_MAX:
        raise ValueError(f"delta0 = {delta0}: must be at most {DELTA0_MAX:g}")
    values = np.array(delta, dtype=np.float64)
    if not np.all(np.abs(values) <= delta0):  # false for nan too
        raise ValueError(f"delta: must lie in [-delta0, delta0] = [{-delta0}, {delta0}]")
    a2 = tanh_odd_coefficients(delta0) ** 2
    d = g * g * a2 / (delta0 * np.arange(1.0, a2.size + 1.0))
    tail = np.append(np.cumsum(d[:0:-1])[::-1], 0.0)
    excess = energy_excess(delta0, *half_nodes(math.sqrt(delta0)))[0]
    mismatch = (excess - (g - 1.0) * (g + 1.0)) / (1.0 + excess)  # 1 - g^2 R, 1/R = 1 + excess
    rho = values.ravel() / delta0
    w = rho * rho
    q, c = polynomials(np.stack((tail, a2)), w)
    v_scaled = (-0.5 * w * (mismatch + (1.0 - w) * q)).reshape(values.shape)
    return Potential(
        g=g,
        delta0=delta0,
        delta=values,
        v=v_scaled * delta0**2,
        v_scaled=v_scaled,
        slope=(g * g * rho * c).reshape(values.shape) - values,
        residual=abs(float(np.sum(d[::-1])) - g * g / (1.0 + excess)),
    )
