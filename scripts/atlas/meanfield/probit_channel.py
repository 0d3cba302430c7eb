"""The energy part of a perceptron in the space of magnetisations: conjugate fields from the order parameters.

A pattern contributes exp(-beta l), l = -ln Phi(y m.x/sqrt(sum(1 - m²))), Phi the normal distribution, y the sign of a
teacher. Replica symmetry with q = m^a.m^b/N, r = m.W/N, q* = |m|²/N: with w = sqrt(q) z, V = q* - q,

    f(w) = ln int Dx exp psi(h),  psi = beta ln Phi,  h = (sqrt(V) x + w)/sqrt(1 - q*),   G_E = E f,

E over z normal weighted with 2 Phi(k z), k = r/sqrt(q - r²). The derivatives are taken by parts, so that nothing is
divided by V (<.> over x with weight exp psi, f' = <psi'>/sqrt(1 - q*)):

    q^  = -2 alpha dG_E/dq  = alpha E f'²
    r^  =    alpha dG_E/dr  = alpha sqrt(2/pi) int Dv f'(sqrt(q - r²) v)
    q*^ =    alpha dG_E/dq* = alpha E [<psi''> + <psi'²> + <h psi'>]/(2 (1 - q*))

Source: dossier continual-learning, Theory 1 and 3. Quadrature: Gauss-Legendre panels in z whose width follows k; a
uniform grid in x around the mode of each w, step 0.4 of the smallest width (errors below 1e-12 of the fields).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfcx

Array = NDArray[np.float64]
ROOT_HALF, ROOT_TWO_OVER_PI = math.sqrt(0.5), math.sqrt(2.0 / math.pi)
REACH = 8.5  # standard deviations after which a Gaussian weight is dropped (1e-16)
SATURATED = 37.0  # h from which on 1 - Phi(h) is no number


@dataclass(frozen=True)
class Overlaps:
    """Order parameters in free coordinates s: q* = 1/(1 + e^-s0), q = q*/(1 + e^-s1), r = sqrt(q) tanh(s2).

    Every s in R³ is admissible (r² < q < q* < 1), and all gaps keep their relative precision.
    """

    s: Array

    @property
    def q_star(self) -> float:
        return 1.0 / (1.0 + math.exp(-self.s[0]))

    @property
    def rest(self) -> float:
        """1 - q*."""
        return 1.0 / (1.0 + math.exp(self.s[0]))

    @property
    def q(self) -> float:
        return self.q_star / (1.0 + math.exp(-self.s[1]))

    @property
    def spread(self) -> float:
        """V = q* - q."""
        return self.q_star / (1.0 + math.exp(self.s[1]))

    @property
    def r(self) -> float:
        return math.sqrt(self.q) * math.tanh(self.s[2])

    @property
    def slope(self) -> float:
        """k = r/sqrt(q - r²)."""
        return math.sinh(self.s[2])

    @property
    def unexplained(self) -> float:
        """q - r²."""
        return self.q / math.cosh(self.s[2]) ** 2

    @classmethod
    def of(cls, rest: float, spread: float, unexplained: float, r: float) -> Overlaps:
        """From the gaps 1 - q*, q* - q, q - r² (all > 0) and r."""
        q_star = 1.0 - rest
        q = unexplained + r * r
        return cls(np.array([math.log(q_star / rest), math.log(q / spread), math.asinh(r / math.sqrt(unexplained))]))


@dataclass(frozen=True)
class Fields:
    """Conjugate fields: q^ >= 0, r^, and A = q*^ - q^/2, the coefficient of m² at a site."""

    q_hat: float
    r_hat: float
    curvature: float

    @property
    def q_star_hat(self) -> float:
        return self.curvature + 0.5 * self.q_hat


@lru_cache(maxsize=8)
def legendre(n: int) -> tuple[Array, Array]:
    """Nodes and weights on [-1, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return nodes, weights


def normal_density(z: Array) -> Array:
    density: Array = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return density


def panels(edges: list[float], n: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on consecutive intervals."""
    nodes, weights = legendre(n)
    middles = [0.5 * (a + b) for a, b in pairwise(edges)]
    halves = [0.5 * (b - a) for a, b in pairwise(edges)]
    z = np.concatenate([m + h * nodes for m, h in zip(middles, halves, strict=True)])
    return z, np.concatenate([h * weights for h in halves])


def teacher_nodes(slope: float) -> tuple[Array, Array]:
    """Nodes z and weights of E F = int Dz 2 Phi(k z) F(z); the panels at 0 are as narrow as the step of Phi."""
    k = abs(slope)
    near = REACH / max(k, 1.0)
    edges = [-near, 0.0, near, REACH] if k > 1.0 else [-near, 0.0, near]
    z, weights = panels(edges, 48)
    h = np.minimum(k * z, SATURATED)
    tail = 0.5 * erfcx(-h * ROOT_HALF) * np.exp(-0.5 * h * h)
    weights = weights * normal_density(z) * 2.0 * tail
    return math.copysign(1.0, slope) * z, weights


def hazard(h: Array) -> tuple[Array, Array]:
    """R = phi/Phi and ln Phi at h."""
    scaled = erfcx(-np.minimum(h, SATURATED) * ROOT_HALF)  # 2 Phi exp(h²/2)
    capped = np.minimum(h, SATURATED)
    log_phi = np.log(0.5 * scaled) - 0.5 * capped * capped
    return ROOT_TWO_OVER_PI / scaled, log_phi


def modes(offset: Array, c: float, beta: float) -> Array:
    """Where -x²/2 + beta ln Phi(c x + offset) is largest: Newton from the left, which rises monotonically."""
    x = np.zeros_like(offset)
    for _ in range(60):
        h = c * x + offset
        R = ROOT_TWO_OVER_PI / erfcx(-np.minimum(h, SATURATED) * ROOT_HALF)
        step = (c * beta * R - x) / (1.0 + c * c * beta * R * (h + R))
        x = x + step
        if np.max(np.abs(step)) < 1e-6:
            break
    return x


@dataclass(frozen=True)
class SiteAverages:
    """<psi'>, <psi'²>, <psi''>, <h psi'> at each w."""

    slope: Array
    square: Array
    bend: Array
    moment: Array


def averages(omega: Array, overlaps: Overlaps, beta: float) -> SiteAverages:
    """Averages over x with weight exp(psi(h)) at each w."""
    root = math.sqrt(overlaps.rest)
    c, offset = math.sqrt(overlaps.spread) / root, omega / root
    step = 0.4 / math.sqrt(1.0 + c * c * beta)
    count = math.ceil(REACH / step)
    shift = np.arange(-count, count + 1) * step
    x = modes(offset, c, beta)[:, None] + shift
    h = c * x + offset[:, None]
    R, log_phi = hazard(h)
    exponent = beta * log_phi - 0.5 * x * x
    weight = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    norm = weight.sum(axis=1)
    slope = (weight * R).sum(axis=1) / norm
    square = (weight * R * R).sum(axis=1) / norm
    moment = (weight * R * h).sum(axis=1) / norm
    return SiteAverages(beta * slope, beta * beta * square, -beta * (moment + square), beta * moment)


def fields(alpha: float, beta: float, overlaps: Overlaps) -> Fields:
    """The conjugate fields at load alpha and inverse temperature beta."""
    z, weights = teacher_nodes(overlaps.slope)
    v, v_weights = panels([-REACH, 0.0, REACH], 32)
    omega = np.concatenate([math.sqrt(overlaps.q) * z, math.sqrt(overlaps.unexplained) * v])
    found = averages(omega, overlaps, beta)
    n = z.size
    rest = overlaps.rest
    force = found.slope[:n] ** 2 / rest
    q_hat = alpha * float(weights @ force)
    r_hat = alpha * ROOT_TWO_OVER_PI * float((v_weights * normal_density(v)) @ found.slope[n:]) / math.sqrt(rest)
    bend = (found.bend[:n] + found.square[:n] + found.moment[:n]) / rest
    return Fields(q_hat, r_hat, 0.5 * alpha * float(weights @ (bend - force)))
