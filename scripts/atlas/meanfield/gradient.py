"""Equilibrium of the gradient (Langevin) dynamics of E = (1/2) sum_i v_i^2 at temperature T.

Annealed (here also replica-symmetric) solution for independent Gaussian couplings of variance g^2/N:

    x_i ~ N(0, Delta_T),   Delta_T = T + g^2 <tanh^2(sqrt(Delta_T) z)>,   E/N = T/2,

and two equilibrium copies are uncorrelated. As T -> 0: Delta_T -> Delta_s (0 for g <= 1), T/(1 - g^2) below g
= 1 and sqrt(T/2) at g = 1. Energy matching with the chaotic state gives T_eff = Gamma_0.

Source: dossier kinetic-energy, Gradient dynamics; dossier equilibrium-measure, Exact properties (ii).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gaussian import half_nodes, tanh_averages
from atlas.meanfield.stationary import delta_static, phi2_and_deficit


@dataclass(frozen=True)
class GradientEquilibrium:
    """delta_t = <x^2>, phi2 = <phi^2>, energy = E/N; residual |Delta_T - T - g^2 phi2|/Delta_T."""

    g: float
    temperature: float
    delta_t: float
    phi2: float
    energy: float
    residual: float


def _zero_temperature(g: float) -> GradientEquilibrium:
    delta = delta_static(g)
    phi2 = tanh_averages(delta).phi2 if delta > 0.0 else 0.0
    residual = abs(delta - g * g * phi2) / delta if delta > 0.0 else 0.0
    return GradientEquilibrium(g, 0.0, delta, phi2, 0.0, residual)


def gradient_equilibrium(g: float, temperature: float) -> GradientEquilibrium:
    """Delta_T, <phi^2> and E/N at gain g >= 0 and temperature T >= 0 (T = 0: the limit, the static line).

    Newton from above on D - T - g^2 <phi^2>, convex and increasing; for D < 1 in the form
    (1 - g^2) D + g^2 (D - <phi^2>) - T, free of cancellation near g = 1, T -> 0. Relative error below 1e-13.
    Raises ValueError for g or T negative or not finite, NotConverged with the residual otherwise.
    """
    g = require_gain(g)
    temperature = float(temperature)
    if not (math.isfinite(temperature) and temperature >= 0.0):
        raise ValueError(f"temperature = {temperature}: must be finite and >= 0")
    if temperature == 0.0:
        return _zero_temperature(g)
    delta = temperature + g * g
    z, w = half_nodes(math.sqrt(delta))

    def mismatch(delta: float) -> tuple[float, float]:
        phi2, deficit, slope = phi2_and_deficit(delta, z, w)
        if delta < 1.0:
            return (1.0 - g) * (1.0 + g) * delta + g * g * deficit - temperature, 1.0 - g * g * slope
        return delta - temperature - g * g * phi2, 1.0 - g * g * slope

    for _ in range(100):  # from above Newton decreases; at g = 1, T -> 0 it halves until quadratic
        value, slope = mismatch(delta)
        step = -value / slope
        delta += step
        if abs(step) <= 1e-8 * delta:
            break
    phi2 = phi2_and_deficit(delta, z, w)[0]
    residual = abs(mismatch(delta)[0]) / delta
    if not residual <= 1e-13:
        raise NotConverged(residual, f"Delta_T at g = {g}, T = {temperature}")
    return GradientEquilibrium(g, temperature, delta, phi2, 0.5 * temperature, residual)
