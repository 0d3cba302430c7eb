"""Stationary dynamical mean-field theory of  dx_i/dt = -x_i + sum_j J_ij tanh(x_j),  J_ij ~ N(0, g^2/N).

    Delta_0^2/2 = g^2 Var[ln cosh(sqrt(Delta_0) z)]         variance of x in the chaotic state
    Gamma_0 = g^2 <phi^2> - Delta_0 = g^2 sum_{m>=1} m/(m+1) a_{2m+1}^2       kinetic energy <v^2> = 2 E/N
    kappa^2 = 1 - g^2 <phi'>^2                               Delta(tau) ~ exp(-kappa tau)
    Delta_s = g^2 <phi^2>_{Delta_s}                          the (unstable) fixed points

g_c = 1; time in units of the membrane constant. Newton on nearly linear forms of the equations, 1/R(D) = g^2
with R = 2 Var/D^2 (slope 2 at D = 0, 1.376 at infinity) and D/<phi^2> = g^2 (slope 2 to 1); at small D from
expressions free of cancellation:
    1 - R = 2 <phi^2> - 2 Var[x^2/2 - ln cosh x]/D^2,      D - <phi^2> = 2 D <phi^2> - <(x - phi)^2>.

Source: dossier kinetic-energy, Theory 5, 6, 7, 9 and Static line. Chaos in random neural networks:
Sompolinsky, Crisanti, Sommers, PRL 61, 259 (1988).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gaussian import Array, half_nodes, log_cosh, tanh_odd_coefficients

G_CRITICAL = 1.0
_SERIES_BELOW = 0.3  # Delta_0 under which Gamma_0 and kappa are taken from the Hermite sum (no cancellation)


@dataclass(frozen=True)
class StationaryDMFT:
    """Order parameters of the stationary state at gain g (see the module).

    residual: relative mismatch of the energy condition, |1/(g^2 R(delta0)) - 1|; 0 for g <= 1.
    """

    g: float
    delta0: float
    gamma0: float
    phi2: float
    dphi_mean: float
    kappa: float
    delta_static: float
    residual: float


def _newton(
    excess: Callable[[float], tuple[float, float]], target: float, start: float, what: str
) -> tuple[float, float]:
    """Root of excess(D) = target for a concave increasing function; returns (D, |mismatch|/(1 + target))."""
    delta = start
    for _ in range(60):
        value, slope = excess(delta)
        step = (target - value) / slope
        if delta + step <= 0.0:
            delta *= 0.5
            continue
        delta += step
        if abs(step) <= 1e-8 * delta:  # the error left is of the order of the square
            break
    residual = abs(excess(delta)[0] - target) / (1.0 + target)
    if not residual <= 1e-12 * min(1.0, 100.0 * target):
        raise NotConverged(residual, what)
    return delta, residual


def energy_excess(delta: float, z: Array, w: Array) -> tuple[float, float]:
    """1/R(D) - 1 and its derivative, R(D) = 2 Var[ln cosh(sqrt(D) z)]/D^2; the root condition is = g^2 - 1.

    z, w: half nodes for a scale >= sqrt(D). Relative error about 1e-15 (1e-14 at D = 100).
    """
    x = math.sqrt(delta) * z
    phi = np.tanh(x)
    phi_sq = phi * phi
    dphi = 1.0 - phi_sq
    phi2 = float(w @ phi_sq)
    primitive = log_cosh(x)
    if delta >= 1.0:
        primitive -= w @ primitive
        ratio = 2.0 * float(w @ (primitive * primitive)) / delta**2
        slope = 2.0 * (phi2 + float(w @ (primitive * dphi))) / delta**2 - 2.0 * ratio / delta
        return 1.0 / ratio - 1.0, -slope / ratio**2
    rest = 0.5 * x * x - primitive
    rest -= w @ rest
    variance = float(w @ (rest * rest))
    gap = 2.0 * phi2 - 2.0 * variance / delta**2
    variance_slope = float(w @ ((x - phi) ** 2)) + float(w @ (rest * phi_sq))
    phi2_slope = float(w @ (dphi * (1.0 - 3.0 * phi_sq)))
    slope = 2.0 * phi2_slope - 2.0 * variance_slope / delta**2 + 4.0 * variance / delta**3
    return gap / (1.0 - gap), slope / (1.0 - gap) ** 2


def phi2_and_deficit(delta: float, z: Array, w: Array) -> tuple[float, float, float]:
    """<phi^2>, D - <phi^2> free of cancellation, and d<phi^2>/dD, for x = sqrt(D) z."""
    x = math.sqrt(delta) * z
    phi = np.tanh(x)
    phi_sq = phi * phi
    phi2 = float(w @ phi_sq)
    deficit = 2.0 * delta * phi2 - float(w @ (x - phi) ** 2)
    slope = float(w @ ((1.0 - phi_sq) * (1.0 - 3.0 * phi_sq)))
    return phi2, deficit, slope


def _solve_delta0(g: float) -> tuple[float, float, Array, Array]:
    target = (g - 1.0) * (g + 1.0)
    start = target * (0.5 + 0.534 * target) / (1.0 + 0.735 * target)  # exact at both ends, a few percent between
    z, w = half_nodes(1.1 * math.sqrt(start))
    delta0, residual = _newton(lambda d: energy_excess(d, z, w), target, start, f"Delta_0 at g = {g}")
    return delta0, residual, z, w


def delta_static(g: float) -> float:
    """Delta_s = g^2 <tanh^2(sqrt(Delta_s) z)>, positive root for g > 1, 0 for g <= 1; relative error 1e-14.

    Raises ValueError for g negative or not finite. Source: dossier kinetic-energy, Static line.
    """
    g = require_gain(g)
    if g <= G_CRITICAL:
        return 0.0
    target = (g - 1.0) * (g + 1.0)
    start = target * (0.5 + target * 5.0 / 12.0) / (1.0 + target * 5.0 / 12.0)
    z, w = half_nodes(1.1 * math.sqrt(start))

    def excess(delta: float) -> tuple[float, float]:
        phi2, deficit, slope = phi2_and_deficit(delta, z, w)
        return deficit / phi2, (1.0 - delta * slope / phi2) / phi2

    return _newton(excess, target, start, f"Delta_s at g = {g}")[0]


def hermite_gamma0_kappa(g: float, delta0: float, a: Array) -> tuple[float, float]:
    """Gamma_0 and kappa from the odd Hermite coefficients at the root, all terms positive:

    Gamma_0 = g^2 sum_m m/(m+1) a_{2m+1}^2,   kappa^2 = (g^2/Delta_0) sum_{m>=1} a_{2m+1}^2/(m+1).
    """
    m = np.arange(1, a.size)
    a2 = a[1:] ** 2
    gamma0 = g * g * float(np.sum(a2 * m / (m + 1.0)))
    return gamma0, g * math.sqrt(float(np.sum(a2 / (m + 1.0))) / delta0)


def stationary(g: float) -> StationaryDMFT:
    """Stationary state of the tanh network at gain g >= 0 (see the module for the equations).

    For g <= 1: delta0 = gamma0 = phi2 = delta_static = 0, dphi_mean = 1, kappa = sqrt(1 - g^2) (0 at g = 1).
    Relative error of delta0 and delta_static below 1e-13, of gamma0 and kappa below 1e-12, for 1 < g <= 10;
    the relative accuracy is kept as g -> 1 (Gamma_0 = 3e-10 at g = 1.001) since nothing is subtracted there.
    Raises ValueError for g negative or not finite, NotConverged if Newton fails.
    """
    g = require_gain(g)
    if g <= G_CRITICAL:
        return StationaryDMFT(g, 0.0, 0.0, 0.0, 1.0, math.sqrt((1.0 - g) * (1.0 + g)), 0.0, 0.0)
    delta0, residual, z, w = _solve_delta0(g)
    phi_sq = np.tanh(math.sqrt(delta0) * z) ** 2
    phi2, dphi_mean = float(w @ phi_sq), float(w @ (1.0 - phi_sq))
    if delta0 < _SERIES_BELOW:
        gamma0, kappa = hermite_gamma0_kappa(g, delta0, tanh_odd_coefficients(delta0))
    else:
        gamma0 = g * g * phi2 - delta0
        kappa = math.sqrt((1.0 - g * dphi_mean) * (1.0 + g * dphi_mean))
    return StationaryDMFT(g, delta0, gamma0, phi2, dphi_mean, kappa, delta_static(g), residual)
