"""The potential of the generating dynamics of a mixture of two Gaussians (d = 1): shape, speciation, phases.

    drift = -dU/dx,   U(x, t) = -2 ln p(x, t) - x^2/2
    U(x, t) - U(0, t) = x^2 (1/v - 1/2) - 2 ln cosh(m x/v),      U''(0, t) = 2/v - 1 - 2 m^2/v^2

    speciation   U''(0) = 0 at t_S = ln[mu^2 + sqrt(mu^4 + (sigma2 - 1)^2)]/2, positive iff mu^2 > sigma2 - sigma2^2/2;
                 double well for t < t_S
    unbounded    v > 2, for t < t_USB = ln(sigma2 - 1)/2, positive iff sigma2 > 2: U falls at large |x|

Source: dossier diffusion-physics, Theory 6-8.
"""

from __future__ import annotations

import math

import numpy as np

from atlas.meanfield.gaussian import Array, log_cosh
from atlas.meanfield.mixture_rates import shape

NO_BREAKING, BREAKING, UNSTABLE = 0, 1, 2


def potential(x: Array, mu: float, sigma2: float, t: float) -> Array:
    """U(x, t) - U(0, t)."""
    s = shape(mu, sigma2, t)
    return np.asarray(x * x * (1.0 / s.v - 0.5) - 2.0 * log_cosh(math.sqrt(s.m2) / s.v * x))


def curvature(mu: float, sigma2: float, t: float) -> float:
    """U''(0, t)."""
    s = shape(mu, sigma2, t)
    return 2.0 / s.v - 1.0 - 2.0 * s.r / s.v


def speciation_time(mu: float, sigma2: float) -> float | None:
    """t_S, None unless it is positive (no symmetry is broken then)."""
    shape(mu, sigma2, 0.0)  # checks the parameters
    argument = mu * mu + math.hypot(mu * mu, sigma2 - 1.0)
    return 0.5 * math.log(argument) if argument > 1.0 else None


def unstable_time(sigma2: float) -> float | None:
    """t_USB, None unless it is positive."""
    shape(0.0, sigma2, 0.0)
    return 0.5 * math.log(sigma2 - 1.0) if sigma2 > 2.0 else None


def phase(mu: float, sigma2: float) -> int:
    """NO_BREAKING, BREAKING or UNSTABLE, by the boundaries mu^2 = sigma2 - sigma2^2/2 and sigma2 = 2."""
    if sigma2 > 2.0:
        return UNSTABLE
    return BREAKING if mu * mu > sigma2 - 0.5 * sigma2 * sigma2 else NO_BREAKING
