"""Emulation of the published Monte-Carlo iteration for the probe, with its own and with the right conjugate equations.

One iteration, as published: y ~ N(0, S) for each outer sample, S = 1/beta_tilde + g² (q_tilde - Q_tilde); weights

    exp{ (q_hat - Q_hat/2) phi² + [√Q_hat u + o_hat phi*] phi + k [z2 o/√q + w √(Q_tilde - o²/q)] y + p (y - x*)² };

order parameters and conjugates from weighted averages; damping 1/2; the published repairs where an order parameter
leaves its range. x*, z2 stay (here: quantiles of the static law x* = √D z2); u, w and y are drawn anew. The local
entropy finds p by a secant from (-1, 1) at every iteration; an iteration whose secant misses the distance is marked.
The start has q_tilde - Q_tilde = 1e-6 as published and o = 0: what it starts with is halved by each step. The conjugate
equations come in three versions, the samples being the same:

    published              as the program has them (they forget that x* depends on z2, and o_hat has lost a 1/q)
    right                  q_hat = (k²/2) E<(y-m)²> - g k/2,  Q_hat = k² E<y-m>²,
                           o_hat = k E[z2 <y>]/√q - k² (o/q) E Var y
    no-overlap-conjugate   right, but o_hat = 0

Source: dossier m-shape, Theory A3, A4, A6, A8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtri

Array = NDArray[np.float64]
PRECISION = 1e-6  # of the published repairs
SECANT_STEPS = 50


def static_variance(g: float) -> float:
    """D = g² <tanh²(√D z)> by adaptive quadrature and bracketing; 0 for g <= 1."""
    if g <= 1.0:
        return 0.0

    def excess(D: float) -> float:
        root = math.sqrt(D)
        mean = quad(lambda z: math.tanh(root * z) ** 2 * math.exp(-z * z / 2), 0, 12, epsabs=1e-13, limit=200)[0]
        return D - g * g * mean * math.sqrt(2 / math.pi)

    return float(brentq(excess, 1e-6 * (g - 1), g * g, xtol=1e-14))


class Weighted(NamedTuple):
    """Weighted averages over y for each outer sample, and ln of the mean weight."""

    phi2: Array
    phi: Array
    y: Array
    y2: Array
    far2: Array
    log_mean: Array


@dataclass(frozen=True)
class Step:
    """What one iteration reports: s, ds/dd = -2 d p, d, and whether the samples have the distance asked for."""

    entropy: float
    derivative: float
    d: float
    met: bool


class PublishedIteration:
    """The iteration at one gain; `order` = (q_tilde, Q_tilde, o, q_hat, Q_hat, o_hat)."""

    def __init__(
        self, g: float, beta_tilde: float, n_outer: int, n_inner: int, equations: str, rng: np.random.Generator
    ) -> None:
        self.g, self.beta, self.n_inner, self.equations, self._rng = g, beta_tilde, n_inner, equations, rng
        D = static_variance(g)
        self.q = D / g**2
        self.z2 = ndtri((np.arange(n_outer) + 0.5) / n_outer)
        self.x = math.sqrt(D) * self.z2
        self.phi_star = np.tanh(self.x)
        hats = rng.standard_normal(), rng.uniform(), rng.standard_normal()
        self.order = np.array([2 * PRECISION, PRECISION, 0.0, *hats])

    @property
    def rms(self) -> float:
        """rms(x*) of the quantile sample: the distance of the reference from the origin."""
        return math.sqrt(float((self.x**2).mean()))

    def _samples(self) -> tuple[Array, Array, Array, float, Array]:
        """y, phi(y), the exponents without p, k, and m."""
        q_tilde, big, o, q_hat, big_hat, o_hat = self.order
        n = self.x.size
        u, w = self._rng.standard_normal(n), self._rng.standard_normal(n)
        S = 1 / self.beta + self.g**2 * (q_tilde - big)
        k = self.g / S
        y = math.sqrt(S) * self._rng.standard_normal((n, self.n_inner))
        phi = np.tanh(y)
        drive = self.z2 * o / math.sqrt(self.q) + w * math.sqrt(big - o * o / self.q)
        linear = math.sqrt(big_hat) * u + o_hat * self.phi_star
        exponent = ((q_hat - big_hat / 2) * phi + linear[:, None]) * phi + (k * drive)[:, None] * y
        return y, phi, exponent, k, self.g * drive

    def _weights(self, y: Array, exponent: Array, p: float) -> tuple[Array, Array, Array]:
        """Weights, their mean over y, and the largest exponent, for a field p."""
        total = exponent + p * (y - self.x[:, None]) ** 2
        top = total.max(axis=1)
        weights = np.exp(total - top[:, None])
        return weights, weights.mean(axis=1), top

    def _averages(self, y: Array, phi: Array, exponent: Array, p: float) -> Weighted:
        weights, mean, top = self._weights(y, exponent, p)

        def average(f: Array) -> Array:
            return np.asarray(np.einsum("ij,ij->i", weights, f) / (y.shape[1] * mean))

        first = average(y)
        second = average(y * y)
        far2 = second - 2 * self.x * first + self.x**2
        return Weighted(average(phi * phi), average(phi), first, second, far2, top + np.log(mean))

    def _conjugates(self, a: Weighted, k: float, m: Array) -> tuple[float, float, float]:
        """q_hat, Q_hat, o_hat by the chosen equations."""
        g, q = self.g, self.q
        _, big, o = self.order[:3]
        var = float((a.y2 - a.y**2).mean())
        if self.equations == "published":
            y2, mean2 = float(a.y2.mean()), float((a.y**2).mean())
            q_hat = -g * k / 2 + (g * k) ** 2 * big / 2 + k**2 / 2 * (1 - 2 * g * k * big) * y2 + g * k**3 * big * mean2
            big_hat = (g * k) ** 2 * big - 2 * g * k**3 * big * y2 + k**2 * (1 + 2 * g * k * big) * mean2
            return q_hat, big_hat, k**2 * o * (1 / q - 1) * var
        gap = float((a.y2 - 2 * m * a.y + m**2).mean())
        q_hat = k**2 / 2 * gap - g * k / 2
        big_hat = k**2 * float(((a.y - m) ** 2).mean())
        if self.equations == "no-overlap-conjugate":
            return q_hat, big_hat, 0.0
        return q_hat, big_hat, k * float((self.z2 * a.y).mean()) / math.sqrt(q) - k**2 * (o / q) * var

    def _entropy(self, a: Weighted, k: float, p: float, d: float) -> float:
        """s as the program writes it, with the order parameters before the update."""
        q_tilde, big, o, q_hat, big_hat, o_hat = self.order
        g = self.g
        return float(
            big * big_hat / 2 - q_tilde * q_hat - o * o_hat - p * d * d + math.log(k / (g * self.beta)) / 2
            - g * k * big / 2 + math.log(2 * math.pi * g / k) / 2 + a.log_mean.mean()
        )  # fmt: skip

    def step(self, *, d: float | None = None, p: float | None = None) -> Step:
        """One iteration at a given distance (the field by a secant) or at a given field."""
        y, phi, exponent, k, m = self._samples()
        if p is None:
            assert d is not None
            target = d * d

            square = (y - self.x[:, None]) ** 2

            def excess(field: float) -> float:
                return tilted_mean(exponent, square, field) - target

            p = secant(excess, -1.0, 1.0)
        a = self._averages(y, phi, exponent, p)
        d_now = math.sqrt(float(a.far2.mean()))
        entropy = self._entropy(a, k, p, d_now if d is None else d)
        new = np.array([a.phi2.mean(), (a.phi**2).mean(), (self.phi_star * a.phi).mean(), *self._conjugates(a, k, m)])
        self.order = 0.5 * self.order + 0.5 * new
        self._repair()
        met = d is None or abs(d_now / d - 1) <= 1e-6
        return Step(entropy, -2 * (d_now if d is None else d) * p, d_now, met)

    def _repair(self) -> None:
        """The published repairs of order parameters that left their range."""
        order = self.order
        if order[0] < order[1]:
            order[0] = order[1] + PRECISION
        if order[1] < order[2] ** 2 / self.q:
            order[1] = order[2] ** 2 / self.q + PRECISION
        if order[4] < 0:
            order[4] = PRECISION


@njit(cache=True)
def tilted_mean(exponent: Array, square: Array, p: float) -> float:
    """Mean over rows of sum_j square w / sum_j w, w = exp(exponent + p square): one field of the secant."""
    total = 0.0
    for i in range(exponent.shape[0]):
        top = -np.inf
        for j in range(exponent.shape[1]):
            top = max(top, exponent[i, j] + p * square[i, j])
        weight = far = 0.0
        for j in range(exponent.shape[1]):
            w = math.exp(exponent[i, j] + p * square[i, j] - top)
            weight += w
            far += w * square[i, j]
        total += far / weight
    return total / exponent.shape[0]


def secant(f: Callable[[float], float], x0: float, x1: float) -> float:
    """Root by the secant method with the published start; the last point when it stalls."""
    f0, f1 = f(x0), f(x1)
    for _ in range(SECANT_STEPS):
        if f1 == f0:
            break
        x0, f0, x1 = x1, f1, x1 - f1 * (x1 - x0) / (f1 - f0)
        if not math.isfinite(x1):
            break
        if abs(x1 - x0) <= 1e-8 + 1e-6 * abs(x1):
            break
        f1 = f(x1)
    return x1
