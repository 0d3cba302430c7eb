"""One task of the perceptron of magnetisations with |m|²/N imposed: the saddle point in q and r at given q*.

As `first_task` without prior, but q*^ is no derivative of the energy part: it is the multiplier for which E <m²> = q*,
found by bracketing in A = q*^ - q^/2.

Source: dossier continual-learning, Fig. 2d.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from atlas.meanfield.errors import NotConverged, require_positive
from atlas.meanfield.first_task import LIMITS, at_sites, error_of
from atlas.meanfield.magnetisation_site import Site
from atlas.meanfield.probit_channel import Fields, Overlaps, fields
from atlas.meanfield.settling import settled

Array = NDArray[np.float64]
START = np.array([2.0, 1.0])
WIDEST = 4096.0  # |A| beyond which no multiplier is sought


@dataclass(frozen=True)
class Imposed:
    """The saddle point at q*. residual: largest mismatch of the coordinates (s1, s2)."""

    overlaps: Overlaps
    p1: float
    residual: float

    @property
    def epsilon(self) -> float:
        return error_of(self.p1)


def multiplied(hats: Fields, q_star: float) -> tuple[Overlaps, float]:
    """Order parameters at fields q^, r^ with A chosen for E <m²> = q*."""

    def excess(curvature: float) -> float:
        found, _ = at_sites(Fields(hats.q_hat, hats.r_hat, curvature), Site(curvature, 0.0))
        return found.q_star - q_star

    reach = 8.0
    while excess(hats.curvature - reach) > 0.0 or excess(hats.curvature + reach) < 0.0:
        reach *= 2.0
        if reach > WIDEST:
            raise NotConverged(reach, "multiplier of the length")
    curvature = float(brentq(excess, hats.curvature - reach, hats.curvature + reach, xtol=1e-10, rtol=1e-12))
    return at_sites(Fields(hats.q_hat, hats.r_hat, curvature), Site(curvature, 0.0))


def imposed(alpha: float, beta: float, q_star: float, start: Array = START) -> Imposed:
    """The saddle point reached from coordinates (s1, s2) = start. ValueError unless alpha, beta > 0, 0 < q_star < 1;
    NotConverged when the residual stays above 1e-7.
    """
    require_positive("alpha", alpha)
    require_positive("beta", beta)
    if not 0.0 < q_star < 1.0:
        raise ValueError(f"q_star: got {q_star}; allowed: 0 < q_star < 1")
    level = math.log(q_star / (1.0 - q_star))

    def overlaps(v: Array) -> Overlaps:
        return Overlaps(np.array([level, *np.clip(v, *LIMITS)]))

    def turn(v: Array) -> Array:
        return multiplied(fields(alpha, beta, overlaps(v)), q_star)[0].s[1:]

    found = settled(turn, start, tolerance=1e-7, what="imposed length")
    after, p1 = multiplied(fields(alpha, beta, overlaps(found)), q_star)
    return Imposed(overlaps(found), p1, float(np.max(np.abs(after.s[1:] - found))))
