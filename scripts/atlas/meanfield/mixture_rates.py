"""Entropy rates of a diffusing mixture of two Gaussians (d = 1), forward and backward.

    m = mu e^{-t},  w = 1 - v = (1 - sigma2) e^{-2t},  r = m^2/v,  T(r) = E tanh^2(r + sqrt(r) z),  z ~ N(0, 1)

    production (both)   pi    = int J^2/p dx = w^2/v + m^2 - (r/v)(1 - T) = w^2/v + m^2 [T - w (1 + v)]/v^2
    flux forward        phi   = m^2 - w = (mu^2 + sigma2 - 1) e^{-2t}
    flux backward       phi*  = m^2 - w + 2 w/v - 2 (r/v)(1 - T)
    entropy rate        S'    = pi - phi = w/v - (r/v)(1 - T),      backward -S' = pi - phi*

The paper's forms with v - 1 in place of -w are the same; these lose no digits, late (second form of pi) nor early. One
Gaussian average, by the trapezoid rule (error about 1e-15). The entropy of the mixture gives the integral of pi a
second time:

    S(t) = ln(2 pi e v)/2 + r - E ln cosh(r + sqrt(r) z),   int pi dt = S(t1) - S(t0) + int phi dt.

Source: dossier diffusion-physics, Theory 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import NotConverged, require_positive
from atlas.meanfield.gaussian import Array, log_cosh, trapezoid_nodes

PANEL_NODES = 16
APART = 300.0  # m^2/v from which the modes' overlap, of order exp(-r/2), is below 1e-60
TOLERANCE = 1e-9  # allowed gap between the two routes to the integral of the production


@dataclass(frozen=True)
class Rates:
    """Entropy rates at a time: production pi, flux phi, rate S' of the forward, flux phi* of the backward process."""

    production: float
    flux: float
    rate: float
    backward_flux: float


@dataclass(frozen=True)
class Integral:
    """int pi dt with the gap to the difference of entropies."""

    value: float
    residual: float


@dataclass(frozen=True)
class Landmarks:
    """Times of the backward process: phi* has its minimum at t_minimum and its zero at t_zero, the entropy rate -S' its
    maximum at t_rate_maximum and its zero at t_rate_zero; with the values at the extrema.
    """

    t_minimum: float
    minimum: float
    t_zero: float
    t_rate_maximum: float
    rate_maximum: float
    t_rate_zero: float
    residual: float


@dataclass(frozen=True)
class Shape:
    """The mixture at a time: m^2, w = 1 - v, v, r = m^2/v."""

    m2: float
    w: float
    v: float
    r: float


def shape(mu: float, sigma2: float, t: float) -> Shape:
    """Means and variance at time t >= 0; ValueError unless sigma2 > 0 and mu, t are finite."""
    sigma2 = require_positive("sigma2", sigma2)
    if not (math.isfinite(mu) and math.isfinite(t) and t >= 0.0):
        raise ValueError(f"mu = {mu}, t = {t}: must be finite, t >= 0")
    decay = math.exp(-2.0 * t)
    w = (1.0 - sigma2) * decay
    v = -math.expm1(-2.0 * t) + sigma2 * decay
    m2 = mu * mu * decay
    return Shape(m2, w, v, m2 / v)


def _nodes(r: float) -> tuple[Array, Array]:
    z, weights = trapezoid_nodes(max(math.sqrt(r), 1e-3))
    return r + math.sqrt(r) * z, weights


def mean_squares(r: float) -> tuple[float, float, float]:
    """T(r) and 1 - T(r) = E sech^2(r + sqrt(r) z), each to a relative 1e-14, and dT/dr = E[g' + g''/2], g = tanh^2."""
    if r > APART:
        return 1.0, 0.0, 0.0
    u, weights = _nodes(r)
    e = np.exp(-2.0 * np.abs(u))
    dphi = 4.0 * e / (1.0 + e) ** 2
    phi = np.tanh(u)
    slope = float(weights @ (dphi * (2.0 * phi + dphi - 2.0 * phi * phi)))
    return float(weights @ (phi * phi)), float(weights @ dphi), slope


def rates(mu: float, sigma2: float, t: float) -> Rates:
    """The rates of the module at one time."""
    s = shape(mu, sigma2, t)
    T, between, _ = mean_squares(s.r)
    rate = s.w / s.v - s.r / s.v * between
    late = s.m2 * (T - s.w * (1.0 + s.v)) / s.v**2
    early = s.m2 - s.r / s.v * between
    return Rates(
        production=s.w**2 / s.v + (late if s.r < 1.0 else early),
        flux=s.m2 - s.w,
        rate=rate,
        backward_flux=s.m2 - s.w + 2.0 * rate,
    )


def slope_of_rate(mu: float, sigma2: float, t: float) -> tuple[float, float]:
    """d phi*/dt and dS'/dt at a time t of the forward process."""
    s = shape(mu, sigma2, t)
    _, between, dT = mean_squares(s.r)
    r_dot = -2.0 * s.r * (1.0 + s.w / s.v)
    w_over_v_dot = -2.0 * s.w / s.v * (1.0 + s.w / s.v)
    r_over_v_dot = (r_dot - 2.0 * s.r * s.w / s.v) / s.v
    rate_dot = w_over_v_dot - r_over_v_dot * between + s.r / s.v * dT * r_dot
    return -2.0 * (s.m2 - s.w) + 2.0 * rate_dot, rate_dot


def entropy(mu: float, sigma2: float, t: float) -> float:
    """S(t) = -int p ln p dx."""
    s = shape(mu, sigma2, t)
    one_mode = 0.5 * math.log(2.0 * math.pi * math.e * s.v)
    if s.r > APART:
        return one_mode + math.log(2.0)
    u, weights = _nodes(s.r)
    return one_mode + s.r - float(weights @ log_cosh(u))


def flux_integral(mu: float, sigma2: float, t0: float, t1: float) -> float:
    """int phi dt of the forward process."""
    return 0.5 * (mu * mu + sigma2 - 1.0) * (math.exp(-2.0 * t0) - math.exp(-2.0 * t1))


def production_integral(mu: float, sigma2: float, t0: float, t1: float) -> Integral:
    """int_{t0}^{t1} pi dt by Gauss-Legendre on panels that double in length, from sigma2/4 at t = 0 on.

    NotConverged when the difference of entropies disagrees by more than 1e-9 of max(1, value). ValueError unless
    0 <= t0 <= t1.
    """
    if not 0.0 <= t0 <= t1 < math.inf:
        raise ValueError(f"t0 = {t0}, t1 = {t1}: allowed: 0 <= t0 <= t1, finite")
    require_positive("sigma2", sigma2)
    x, weights = np.polynomial.legendre.leggauss(PANEL_NODES)
    value, start = 0.0, t0
    while start < t1:
        width = min(max(0.25 * min(sigma2, 1.0), 0.5 * start), 0.5, t1 - start)
        times = start + 0.5 * width * (x + 1.0)
        value += 0.5 * width * sum(w * rates(mu, sigma2, t).production for w, t in zip(weights, times, strict=True))
        start = t1 if width == t1 - start else start + width
    second = entropy(mu, sigma2, t1) - entropy(mu, sigma2, t0) + flux_integral(mu, sigma2, t0, t1)
    residual = abs(value - second)
    if not residual <= TOLERANCE * max(1.0, abs(value)):
        raise NotConverged(residual, "integral of the entropy production")
    return Integral(float(value), float(residual))


def landmarks(mu: float, sigma2: float, t_max: float = 5.0) -> Landmarks:
    """Extrema and zeros of the backward rates for 0 < t < t_max, each the last one (the first in generation time).

    By bracketing on a grid of 500 times and Brent's method on the exact slopes. NotConverged when one does not exist.
    """
    times = np.linspace(0.0, t_max, 501)[1:]
    t_minimum = _last_root(lambda t: slope_of_rate(mu, sigma2, t)[0], times, "minimum of the backward flux")
    t_zero = _last_root(lambda t: rates(mu, sigma2, t).backward_flux, times, "zero of the backward flux")
    t_top = _last_root(lambda t: slope_of_rate(mu, sigma2, t)[1], times[times < t_minimum], "maximum of the rate")
    t_none = _last_root(lambda t: rates(mu, sigma2, t).rate, times[times < t_minimum], "zero of the rate")
    return Landmarks(
        t_minimum=t_minimum,
        minimum=rates(mu, sigma2, t_minimum).backward_flux,
        t_zero=t_zero,
        t_rate_maximum=t_top,
        rate_maximum=-rates(mu, sigma2, t_top).rate,
        t_rate_zero=t_none,
        residual=max(
            abs(slope_of_rate(mu, sigma2, t_minimum)[0]),
            abs(rates(mu, sigma2, t_zero).backward_flux),
            abs(slope_of_rate(mu, sigma2, t_top)[1]),
            abs(rates(mu, sigma2, t_none).rate),
        ),
    )


def _last_root(function: Callable[[float], float], times: Array, what: str) -> float:
    """The last sign change of a function on a grid of times, by Brent's method to 1e-13."""
    from scipy.optimize import brentq

    values = np.array([function(float(t)) for t in times])
    signs = np.sign(values)
    found = np.flatnonzero(signs[1:] * signs[:-1] < 0)
    if not found.size:
        raise NotConverged(float(np.min(np.abs(values), initial=math.inf)), what)
    last = int(found[-1])
    return float(brentq(function, float(times[last]), float(times[last + 1]), xtol=1e-13))
