"""Law of the trajectory entropies of the forward process of a mixture of two Gaussians (d = 1).

All of them are functions of both ends of the path, X_0 ~ p_0 and X_T = e^{-T} X_0 + sqrt(1 - e^{-2T}) z:

    environment  (X_0^2 - X_T^2)/2,   system  ln[p(X_0, 0)/p(X_T, T)],   total  their sum,   y = e^{-total}

so that every law is an average over two normal variables (X_0 from the positive component, by symmetry). The exact
backward process is the time reversal of the forward one as a process: its system entropy has the law of minus this one
(its environment does not: the drift is another).

Tail of y. Far out ln y = (1/2) u' M u in the two normal variables u = (u_0, u_1), with x_0 = sigma u_0 and
x_T = e^{-T} sigma u_0 + sqrt(1 - e^{-2T}) u_1,

    u' M u = (1/sigma2 - 1) x_0^2 + (1 - 1/v_T) x_T^2,      P(y > Y) ~ Y^{-alpha},  alpha = 1/lambda_max(M),

up to factors slower than any power of Y. alpha <= 2: y has no finite variance, and a sample mean no standard error.
E y = 1, while E min(y, Y) of capped samples has an error bar for every Y. Source: dossier diffusion-physics, Theory 2
and 3, Numerics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from atlas.meanfield.errors import require_positive
from atlas.meanfield.gaussian import Array, log_cosh
from atlas.meanfield.mixture_rates import shape

REACH = 8.5  # standard deviations


@dataclass(frozen=True)
class EntropyLaw:
    """Weighted lattice of path ends: arrays over it of the three entropies and of the weights, which sum to 1."""

    system: Array
    environment: Array
    weights: Array

    @property
    def total(self) -> Array:
        """system + environment."""
        return self.system + self.environment

    def density(self, values: Array, edges: ArrayLike) -> Array:
        """Mean density of a function of the ends in each bin."""
        bounds = np.asarray(edges, dtype=float)
        counts, _ = np.histogram(values, bounds, weights=self.weights)
        return np.asarray(counts / np.diff(bounds))

    def mean(self, values: Array) -> float:
        """Average of a function of the ends."""
        return float(self.weights @ values)

    def capped(self, caps: ArrayLike) -> Array:
        """E min(y, Y) for each cap Y."""
        y = np.exp(-self.total)
        return np.array([self.mean(np.minimum(y, cap)) for cap in np.atleast_1d(np.asarray(caps, dtype=float))])

    def negative(self) -> float:
        """P(total < 0)."""
        return self.mean((self.total < 0.0).astype(float))


def entropy_law(mu: float, sigma2: float, t_max: float, n_start: int = 4000, n_end: int = 200) -> EntropyLaw:
    """The law on a lattice of n_start x n_end points.

    Averages of smooth functions to about 1e-12, probabilities and densities to about 1/n_start. ValueError unless
    sigma2, t_max > 0 and the numbers are at least 10.
    """
    require_positive("t_max", t_max)
    if min(n_start, n_end) < 10:
        raise ValueError(f"n_start = {n_start}, n_end = {n_end}: at least 10")
    start, end = shape(mu, sigma2, 0.0), shape(mu, sigma2, t_max)
    z0, w0 = _midpoints(n_start)
    z1, w1 = _midpoints(n_end)
    x0 = (mu + math.sqrt(sigma2) * z0)[:, None]
    x1 = math.exp(-t_max) * x0 + math.sqrt(-math.expm1(-2.0 * t_max)) * z1[None, :]
    system = log_density(x0, abs(mu), start.v) - log_density(x1, math.sqrt(end.m2), end.v)
    environment = 0.5 * (x0 * x0 - x1 * x1)
    return EntropyLaw(system.ravel(), environment.ravel(), np.outer(w0, w1).ravel())


def tail_index(sigma2: float, t_max: float) -> float:
    """alpha of P(y > Y) ~ Y^{-alpha}; infinite where y is bounded or falls faster than any power."""
    end = shape(0.0, sigma2, require_positive("t_max", t_max))
    direction = np.array([math.exp(-t_max) * math.sqrt(sigma2), math.sqrt(-math.expm1(-2.0 * t_max))])
    M = (1.0 - 1.0 / end.v) * np.outer(direction, direction)
    M[0, 0] += 1.0 - sigma2
    largest = float(np.linalg.eigvalsh(M)[-1])
    return 1.0 / largest if largest > 1e-12 else math.inf


def _midpoints(n: int) -> tuple[Array, Array]:
    z = REACH * (2.0 * np.arange(n) + 1.0 - n) / n
    weights = np.exp(-0.5 * z * z)
    return z, weights / weights.sum()


def log_density(x: Array, m: float, v: float) -> Array:
    """ln of the mixture's density at x, means +-m with m >= 0, variance v."""
    return np.asarray(log_cosh(m * x / v) - 0.5 * (x * x + m * m) / v - 0.5 * math.log(2.0 * math.pi * v))
