"""One site of a perceptron in the space of magnetisations: averages over m in [-1, 1].

    Z(b) = int_{-1}^{1} dm exp[ A m² + b m + kappa s(m) ],   s(m) = -(1+m)/2 ln((1+m)/2) - (1-m)/2 ln((1-m)/2)

with m = tanh(u), so that both edges are far away: s = ln(2 cosh u) - u tanh u. A prior exp(-kappa KL(m||m1)) gives the
weight kappa s(m) and shifts b by kappa artanh(m1), because KL(m||m1) = -s(m) - m artanh(m1) + (a function of m1).

Quadrature: trapezoid in u, step 0.4 of the narrowest peak and at most 0.12 (the integrand is bounded in the strip
|Im u| < pi/4: error exp(-41)); |u| <= 14 leaves out 1e-11 of a flat density.
Source: dossier continual-learning, Theory 2 and 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import sici

Array = NDArray[np.float64]
U_MAX = 14.0
LARGEST_GRID = 100_000  # nodes on either side; more are only asked for by states far from any solution
DROPPED = -80.0  # exponents below that of the largest term: e^-80 = 2e-35
BLOCK = 400_000  # entries of one table of exponentials


@dataclass(frozen=True)
class Site:
    """The weights of a site: A, kappa."""

    curvature: float
    kappa: float

    def grid(self) -> tuple[Array, float]:
        """Nodes u and their step."""
        sharp = max(0.0, -2.0 * self.curvature) + self.kappa
        step = min(0.12, 0.4 / math.sqrt(1.0 + sharp))
        if not step > U_MAX / LARGEST_GRID:  # a nan too
            raise ValueError(f"A = {self.curvature}, kappa = {self.kappa}: the weights are too sharp for a grid")
        count = math.ceil(U_MAX / step)
        return np.arange(-count, count + 1, dtype=np.float64) * step, step

    @property
    def smooth(self) -> float:
        """Half-width in b of the strip without zeros of Z (a lower estimate)."""
        return 0.5 * math.pi * max(1.0, 0.5 * (self.kappa - 2.0 * self.curvature))

    def log_weight(self, u: Array) -> Array:
        """A m² + kappa s(m) + ln(dm/du) on the nodes."""
        log_cosh = np.abs(u) + np.log1p(np.exp(-2.0 * np.abs(u))) - math.log(2.0)
        m = np.tanh(u)
        weight: Array = self.curvature * m * m + self.kappa * (log_cosh - u * m) - 2.0 * log_cosh
        return weight


@dataclass(frozen=True)
class Moments:
    """<m>, <1 - m²>, <m²> - <m>², <sign m> at each b."""

    mean: Array
    rest: Array
    variance: Array
    sign: Array


def moments(b: Array, site: Site) -> Moments:
    """Averages at fields b, in blocks."""
    u, _ = site.grid()
    rows = max(1, BLOCK // u.size)
    parts = [_moments(b[i : i + rows], u, site) for i in range(0, b.size, rows)]
    return Moments(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _table(b: Array, u: Array, site: Site) -> Array:
    exponent = np.multiply.outer(b, np.tanh(u))
    exponent += site.log_weight(u)
    exponent -= exponent.max(axis=1, keepdims=True)
    np.maximum(exponent, DROPPED, out=exponent)  # numbers below the normal range are slow
    np.exp(exponent, out=exponent)
    exponent /= exponent.sum(axis=1, keepdims=True)
    return exponent


def _moments(b: Array, u: Array, site: Site) -> tuple[Array, Array, Array, Array]:
    weight = _table(b, u, site)
    m = np.tanh(u)
    mean, rest, sign = (weight @ np.stack([m, 1.0 / np.cosh(u) ** 2, jump(u.size)], axis=1)).T
    centred = np.subtract.outer(mean, m)
    np.multiply(centred, centred, out=centred)
    return mean, rest, np.einsum("ij,ij->i", weight, centred), sign


@lru_cache(maxsize=8)
def jump(size: int) -> Array:
    """Weights of int sign(u) f(u) du on the nodes of a smooth f: 2 Si(pi j)/pi, the integral of its sinc series.

    sign itself on the nodes would be off by step² f'(0)/6.
    """
    j = np.arange(size) - size // 2
    weights: Array = 2.0 / math.pi * sici(math.pi * j)[0]
    return weights


def law(b: Array, probabilities: Array, site: Site) -> tuple[Array, Array]:
    """Nodes u and probabilities of artanh(m), averaged over fields b with their probabilities."""
    u, _ = site.grid()
    density = np.zeros_like(u)
    rows = max(1, BLOCK // u.size)
    for i in range(0, b.size, rows):
        density += probabilities[i : i + rows] @ _table(b[i : i + rows], u, site)
    return u, density
