"""Annealed potential of the joint fixed points: the number of zero-energy states of Hebbian plasticity by activity.

    Sigma(q) = min_qhat { -q qhat - ln(2 pi g^2 q)/2 + ln int dx exp( qhat phi^2 - (x - k q phi)^2/(2 g^2 q) ) },

phi = tanh(x): all fixed points of given q = <phi^2>, weighted by 1/|det|, averaged over J. The bracket is convex in
qhat; its minimum is where <phi^2> = q (Newton). For k = 0 the maximum over q is Sigma = 0 at the static q. Small q:
Sigma -> -(r - 1 - ln r)/2, r = 1/g^2. It counts rare fixed points that the dynamics does not find.

The integrals are trapezoid sums on a grid as fine as the narrowest feature (error below 1e-12).

Source: dossier neuron-synapse, Theory T4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gaussian import Array

K_MAX = 10.0
_Q_SMALL = 1e-4
_TOLERANCE = 1e-11


@dataclass(frozen=True)
class Annealed:
    """Sigma at q, the conjugate qhat, and the residual |<phi^2> - q|/q."""

    q: float
    sigma: float
    qhat: float
    residual: float


@dataclass(frozen=True)
class Peak:
    """Largest Sigma over 0 < q < 1 and where; q_at_max = 0 when Sigma falls from its value at q -> 0."""

    sigma_max: float
    q_at_max: float
    residual: float


def annealed(q: float, g: float, k: float) -> Annealed:
    """Sigma(q) at gain g > 0 and Hebbian strength k; ValueError out of range, NotConverged if Newton fails."""
    g = require_gain(g, 10.0)
    if not (0.0 < q < 1.0 and g > 0.0 and abs(k) <= K_MAX):
        raise ValueError(f"q, g, k = {q}, {g}, {k}: needed are 0 < q < 1, g > 0, |k| <= {K_MAX:g}")
    s = g * math.sqrt(q)
    reach = abs(k) * q + 9.0 * s + 1.0
    h = min(0.05, s / (6.0 * max(1.0, abs(k) * q)))
    x = h * np.arange(math.ceil(reach / h) + 1)
    phi = np.tanh(x)
    square = phi * phi
    base = -0.5 * ((x - k * q * phi) / s) ** 2
    weight = np.full_like(x, 2.0 * h)  # even integrand
    weight[0] = h
    qhat, residual, log_z = _conjugate(q, base, square, weight)
    sigma = -q * qhat - 0.5 * math.log(2.0 * math.pi * s * s) + log_z
    return Annealed(q, sigma, qhat, residual)


def _conjugate(q: float, base: Array, square: Array, weight: Array) -> tuple[float, float, float]:
    """qhat with <phi^2> = q, the relative mismatch, and ln of the integral: Newton with halved steps."""
    qhat = 0.0
    mean, spread, log_z = _moments(qhat, base, square, weight)
    for _ in range(100):
        if abs(mean - q) <= _TOLERANCE * q:
            break
        move = (q - mean) / spread
        for _ in range(40):
            trial = _moments(qhat + move, base, square, weight)
            if abs(trial[0] - q) < abs(mean - q):
                break
            move *= 0.5
        else:
            break
        qhat, (mean, spread, log_z) = qhat + move, trial
    residual = abs(mean - q) / q
    if not residual <= 100.0 * _TOLERANCE:
        raise NotConverged(residual, f"annealed potential at q = {q}")
    return qhat, residual, log_z


def _moments(qhat: float, base: Array, square: Array, weight: Array) -> tuple[float, float, float]:
    """<phi^2>, its variance, and ln of the integral."""
    exponent = base + qhat * square
    top = float(exponent.max())
    share = weight * np.exp(exponent - top)
    total = float(share.sum())
    mean = float(share @ square) / total
    spread = float(share @ (square - mean) ** 2) / total
    return mean, spread, top + math.log(total)


def small_q(g: float) -> float:
    """Sigma at q -> 0: -(r - 1 - ln r)/2 with r = 1/g^2, for every k."""
    r = 1.0 / (g * g)
    return -0.5 * (r - 1.0 - math.log(r))


def peak(g: float, k: float) -> Peak:
    """Largest Sigma over q: grid of 60 values, then the best interior one refined (q to 1e-7, Sigma to 1e-11)."""
    from scipy.optimize import minimize_scalar

    grid = np.concatenate((np.geomspace(_Q_SMALL, 0.03, 12)[:-1], np.linspace(0.03, 0.97, 49)))
    values = np.array([annealed(float(q), g, k).sigma for q in grid])
    best = int(np.argmax(values))
    if best == 0:
        return Peak(max(small_q(g), float(values[0])), 0.0, 0.0)
    found = minimize_scalar(
        lambda q: -annealed(float(q), g, k).sigma,
        bounds=(grid[best - 1], grid[min(best + 1, len(grid) - 1)]),
        method="bounded",
        options={"xatol": 1e-9},
    )
    top = annealed(float(found.x), g, k)
    return Peak(top.sigma, top.q, top.residual)
