"""Volume and width of a typical fixed point of the tanh network: l(g) and the thermal radius.

With A = 1 - J phi'(x*) at a typical fixed point (x_i ~ N(0, D), J Gaussian of variance g²/N, independent of phi'):

    l = lim (1/N) ln |det A| = (1/2) E ln(1 + s g² phi'²) - s/2,      E[ g² phi'²/(1 + s g² phi'²) ] = 1,
    v = lim (1/N) tr (A^T A + t)^{-1}:   v_z = 1/(1/S + t + h phi'²),  v = E v_z,  c = E phi'² v_z,
                                         S = 1 + g² c,  h = g²/S - g² v/S².

-l is what Omega of a probe tends to close to the reference; v = beta_tilde d² is the mean square distance of a probe at
temperature 1/beta_tilde under a field p = -t beta_tilde/2, exact as beta_tilde -> inf.

Source: dossier m-shape, Theory A5 and B3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from atlas.meanfield.errors import NotConverged, require_gain, require_positive
from atlas.meanfield.gaussian import half_nodes
from atlas.meanfield.stationary import delta_static

Array = NDArray[np.float64]
TOLERANCE = 1e-12


@dataclass(frozen=True)
class LogDeterminant:
    """l = lim (1/N) ln |det(1 - J phi')|, delta_static = D, and the residual of the condition on s."""

    g: float
    l: float  # noqa: E741  (the paper's letter)
    delta_static: float
    residual: float


def _slopes(g: float) -> tuple[Array, Array, float]:
    """phi'² at the nodes of x = √D z with weights, and D; phi' = 1 at D = 0."""
    D = delta_static(g)
    if D == 0.0:
        return np.ones(1), np.ones(1), 0.0
    z, w = half_nodes(math.sqrt(D))
    return 1.0 / np.cosh(math.sqrt(D) * z) ** 4, w / w.sum(), D


def log_determinant(g: float) -> LogDeterminant:
    """l(g), for g >= 0 (0 for g <= 1, where the origin has |det| of order one). Residual below 1e-12."""
    g = require_gain(g)
    slope2, w, D = _slopes(g)
    a = g * g * slope2
    if g <= 1.0:
        return LogDeterminant(g, 0.0, 0.0, 0.0)

    def excess(s: float) -> float:
        return float(w @ (a / (1.0 + s * a))) - 1.0

    s = float(brentq(excess, 0.0, 1.0, xtol=1e-16, rtol=1e-15))
    residual = abs(excess(s))
    if residual > TOLERANCE:
        raise NotConverged(residual, f"l at g = {g}")
    return LogDeterminant(g, float(0.5 * (w @ np.log1p(s * a)) - 0.5 * s), D, residual)


@dataclass(frozen=True)
class ThermalRadius:
    """v = lim (1/N) tr (A^T A + t)^{-1}, c = E phi'² v_z (the susceptibility), and the residual."""

    g: float
    t: float
    v: float
    susceptibility: float
    residual: float


def thermal_radius(g: float, t: float) -> ThermalRadius:
    """v(g, t) for t > 0, by Newton's method on (ln v, ln c) continued down from large t (where v = c/E phi'² = 1/t).

    ValueError for g < 0 or t <= 0. Residual below 1e-12 relative.
    """
    g, t = require_gain(g), require_positive("t", t)
    slope2, w, _ = _slopes(g)
    unknown = np.log([1.0 / max(t, 100.0), float(w @ slope2) / max(t, 100.0)])
    for level in [x for x in (100.0 / 4.0**k for k in range(60)) if x > t] + [t]:
        unknown, residual = _radius_newton(g, level, slope2, w, unknown)
        if not residual <= TOLERANCE:
            raise NotConverged(residual, f"thermal radius at g = {g}, t = {level:g}")
    v, c = np.exp(unknown)
    return ThermalRadius(g, t, float(v), float(c), residual)


def _radius_newton(g: float, t: float, slope2: Array, w: Array, unknown: Array) -> tuple[Array, float]:
    residual = math.inf
    for _ in range(60):
        v, c = np.exp(unknown)
        S = 1.0 + g * g * c
        h = g * g / S - g * g * v / S**2
        site = 1.0 / (1.0 / S + t + h * slope2)
        mean = np.array([w @ site, w @ (slope2 * site)])
        mismatch = unknown - np.log(mean)
        residual = float(np.abs(mismatch).max())
        if residual <= 1e-14:
            break
        dS, dh_v = g * g * c, -g * g * v / S**2
        dh_c = (-g * g / S**2 + 2 * g * g * v / S**3) * dS
        square = site * site
        jacobian = np.eye(2)
        for row, weight in enumerate((w, w * slope2)):
            jacobian[row, 0] += (weight @ (square * slope2)) * dh_v / mean[row]
            jacobian[row, 1] += (weight @ square * (-dS / S**2) + (weight @ (square * slope2)) * dh_c) / mean[row]
        step = np.linalg.solve(jacobian, -mismatch)
        unknown = unknown + step / max(1.0, float(np.abs(step).max()))
    return unknown, residual
