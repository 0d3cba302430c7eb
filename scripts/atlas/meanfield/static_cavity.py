"""Time-independent solution of the dynamical mean-field equations of the network with symmetric part gamma.

    x = zeta + w tanh(x),   zeta ~ N(0, g^2 C),   w = g^2 gamma R,
    C = E phi(x)^2,         R = E[phi'/(1 - w phi')]          (R the integrated response)

C = 0 and R = rho of the null phase below the line g (1 + gamma) = 1, R = 1 + gamma on it. The averages are integrals
over x with weight exp(-(x - w phi)^2/(2 g^2 C)) (1 - w phi'), by the trapezoid rule (exponentially convergent).

A state that stays where it is when slightly shifted needs g^2 s2 < 1, s2 = E[(phi'/(1 - w phi'))^2]; its fluctuation is
then chi = s2/(1 - g^2 s2). Above the line g^2 s2 > 1: no single-state solution of zero energy exists.

Source: dossier equilibrium-measure, Static cavity and Zero temperature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.fixed_point import newton
from atlas.meanfield.null_phase import critical_gain, null_phase, require_symmetry

Array = NDArray[np.float64]

_WIDTHS = 9.0  # standard deviations of zeta covered (exp(-40))
_TOLERANCE = 1e-11


@dataclass(frozen=True)
class StaticCavity:
    """C, R (integrated response), x2 = E x^2, slope2 = s2, stability = g^2 s2, chi (nan where stability >= 1)."""

    g: float
    gamma: float
    C: float
    R: float
    x2: float
    slope2: float
    stability: float
    chi: float
    residual: float


def _averages(g: float, gamma: float, C: float, R: float) -> tuple[float, float, float, float]:
    """E phi^2, E[phi'/(1 - w phi')], E x^2, E[(phi'/(1 - w phi'))^2]; ValueError for w >= 1 (x not unique)."""
    w = g * g * gamma * R
    if w >= 1.0:
        raise ValueError(f"w = {w}: the single-site equation has several solutions")
    scale = g * math.sqrt(C)
    reach = min(_WIDTHS * scale / (1.0 - max(w, 0.0)), _WIDTHS * scale + abs(w))
    step = min(0.3 * scale / (1.0 + max(-w, 0.0)), 0.1)
    x = np.linspace(-reach, reach, 2 * math.ceil(reach / step) + 1)
    phi = np.tanh(x)
    dphi = 1.0 - phi * phi
    slope = 1.0 - w * dphi
    density = np.exp(-((x - w * phi) ** 2) / (2.0 * scale**2)) * slope
    density /= density.sum()
    return (
        float(density @ phi**2),
        float(density @ (dphi / slope)),
        float(density @ x**2),
        float(density @ (dphi / slope) ** 2),
    )


def _below(g: float, gamma: float) -> StaticCavity:
    null = null_phase(g, gamma)
    slope2 = null.rho**2
    return StaticCavity(g, gamma, 0.0, null.rho, 0.0, slope2, g * g * slope2, null.beta_q, 0.0)


def static_cavity(g: float, gamma: float = 0.0) -> StaticCavity:
    """Solve for C and R at gain g and symmetry gamma; relative accuracy about 1e-10 (residual below 1e-11).

    Ranges: 0 <= g <= 10, -1 <= gamma <= 1; ValueError otherwise. NotConverged where the residual stays above, which
    includes gains so large that w >= 1 (no unique single-site solution).
    """
    g, gamma = require_gain(g, 10.0), require_symmetry(gamma)
    g_critical = critical_gain(gamma)
    if g < g_critical:
        return _below(g, gamma)
    if g == g_critical:
        return StaticCavity(g, gamma, 0.0, 1.0 + gamma, 0.0, (1.0 + gamma) ** 2, 1.0, math.nan, 0.0)

    def mismatch(y: Array) -> Array:
        C = math.exp(min(y[0], 0.0))
        try:
            phi2, response, *_ = _averages(g, gamma, C, y[1])
        except ValueError:
            return np.array([math.inf, math.inf])
        return np.array([(phi2 / C - 1.0) / _softness(C), response - y[1]])

    y, residual = _root(mismatch, g, gamma, g_critical)
    C, R = math.exp(y[0]), float(y[1])
    _, _, x2, slope2 = _averages(g, gamma, C, R)
    stability = g * g * slope2
    chi = slope2 / (1.0 - stability) if stability < 1.0 else math.nan
    return StaticCavity(g, gamma, C, R, x2, slope2, stability, chi, residual)


def _softness(C: float) -> float:
    """The equation for C is E phi^2/C = 1, whose left side moves by about C: in this unit the root is well placed."""
    return min(C, 0.1) / 0.1


def _root(mismatch: object, g: float, gamma: float, g_critical: float) -> tuple[Array, float]:
    """Newton in (ln C, R) from a few scales of C."""
    residual = math.inf
    for factor in (0.5, 1.0, 0.2, 0.05, 2.0):
        start_c = min(factor * (g / g_critical - 1.0), 0.7)
        start = np.array([math.log(start_c), (1.0 + gamma) * (1.0 - start_c)])
        try:
            found = newton(mismatch, start, tolerance=_TOLERANCE)  # type: ignore[arg-type]
        except (NotConverged, np.linalg.LinAlgError, ValueError) as error:
            residual = min(residual, getattr(error, "residual", math.inf))
            continue
        if found.u[0] < 0.0:
            return found.u, found.residual
    raise NotConverged(residual, f"static cavity at g = {g}, gamma = {gamma}")
