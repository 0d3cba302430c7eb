"""Exponents of the distance between a network and its imperfect copy.

Mismatch exponent: the copy, with couplings that differ by a small part eta, is put back at a fixed distance eps from
the network after every step dt, and the logarithmic growth per unit time is averaged. eps is the distance after the
first step, dt eta g sqrt(N q_0), q_0 = E tanh^2(N(0, 1)). In the chaotic state every step adds dt eta g sqrt(N q) along
the separation, q = <phi^2>, hence

    g > 1:  lambda_mismatch = (1/dt) ln(1 + sqrt(q/q_0)),         g <= 1:  -(1 - g), the classical exponent,

since below the transition the activity, and with it the source, dies. Independent of eta to leading order; corrections
are of order dt relative to the exponent. Source: dossier reconstruction, T4 (8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from atlas.meanfield.errors import require_gain, require_positive
from atlas.meanfield.gaussian import tanh_averages
from atlas.meanfield.stationary import G_CRITICAL, stationary

G_MAX = 10.0


@dataclass(frozen=True)
class Mismatch:
    """lambda_mismatch (per unit time) at gain g and step dt, q = <phi^2>, q0; residual of the stationary state."""

    g: float
    dt: float
    lambda_mismatch: float
    q: float
    q0: float
    residual: float


def mismatch_exponent(g: float, dt: float) -> Mismatch:
    """The exponent for 0 <= g <= 10 and 0 < dt <= 1; ValueError outside the ranges, NotConverged from the state."""
    g, dt = require_gain(g, G_MAX), require_positive("dt", dt)
    if dt > 1.0:
        raise ValueError(f"dt = {dt}: must be <= 1")
    q0 = tanh_averages(1.0).phi2
    state = stationary(g)
    if g <= G_CRITICAL:
        return Mismatch(g, dt, -(1.0 - g), 0.0, q0, state.residual)
    return Mismatch(g, dt, math.log1p(math.sqrt(state.phi2 / q0)) / dt, state.phi2, q0, state.residual)
