"""Null phase of the tanh network with couplings of symmetry gamma: linear theory below the chaos line.

    dx/dt = -x + J tanh(x),   Var J_ij = g^2/N,   E[J_ij J_ji] = gamma g^2/N,   line g (1 + gamma) = 1.

As beta -> infinity the measure exp(-beta E), E = (1/2) |dx/dt|^2, is Gaussian there:

    rho = sqrt(beta) r = 2/(1 + sqrt(1 - 4 gamma g^2))      response, rho = 1/(1 - gamma g^2 rho)
    beta q = rho^2/(1 - g^2 rho^2)                          fluctuation, also chi of zero temperature
    (g_c - g) beta q -> (1 - gamma)/2 at the line, where rho = 1 + gamma.

Source: dossier equilibrium-measure, Exact properties (iii) and Zero temperature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from atlas.meanfield.errors import require_gain


@dataclass(frozen=True)
class NullPhase:
    """Response rho, scaled fluctuation beta q and the critical gain 1/(1 + gamma) (infinite at gamma = -1)."""

    rho: float
    beta_q: float
    g_critical: float


def require_symmetry(gamma: float) -> float:
    """gamma as a float; ValueError unless -1 <= gamma <= 1."""
    gamma = float(gamma)
    if not -1.0 <= gamma <= 1.0:
        raise ValueError(f"gamma = {gamma}: the symmetry must be in [-1, 1]")
    return gamma


def critical_gain(gamma: float) -> float:
    """g_c = 1/(1 + gamma); infinite at gamma = -1. ValueError unless -1 <= gamma <= 1."""
    gamma = require_symmetry(gamma)
    return math.inf if gamma == -1.0 else 1.0 / (1.0 + gamma)


def response(g: float, gamma: float) -> float:
    """rho(g, gamma) for g (1 + gamma) <= 1, in a form free of cancellation; exact to rounding."""
    return 2.0 / (1.0 + math.sqrt(max(0.0, 1.0 - 4.0 * gamma * g * g)))


def null_phase(g: float, gamma: float = 0.0) -> NullPhase:
    """The null phase at gain g and symmetry gamma; exact to rounding.

    Ranges: g >= 0, -1 <= gamma <= 1, g (1 + gamma) < 1; ValueError otherwise.
    """
    g, g_critical = require_gain(g), critical_gain(gamma)
    if not g < g_critical:
        raise ValueError(f"g = {g}: the null phase needs g < 1/(1 + gamma) = {g_critical:.6g}")
    rho = response(g, gamma)
    return NullPhase(rho, rho * rho / ((1.0 - g * rho) * (1.0 + g * rho)), g_critical)
