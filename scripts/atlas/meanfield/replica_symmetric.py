"""The symmetric solution Q = R = 0 of the measure (see replica_measure): one integral over x, and its stability.

Symbols and equations as in `replica_measure`. Averages over x by the trapezoid rule on a symmetric grid that holds the
density down to exp(-38) of its maximum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.fixed_point import FixedPoint, newton
from atlas.meanfield.null_phase import critical_gain, null_phase

Array = NDArray[np.float64]

TOLERANCE = 1e-11
TAIL = 38.0  # exponent below its maximum at which the grid ends (3e-17)
PER_WIDTH = 0.55  # node distance over the narrowest width of the density
SETTLE = 60  # damped steps of the start
LARGEST_GRID = 12_000  # nodes on either side; more are only asked for by states far from any solution


@dataclass(frozen=True)
class Model:
    """Gain, symmetry, inverse temperature and ridge of the measure."""

    g: float
    gamma: float
    beta: float
    eta: float = 0.0

    @property
    def temperature(self) -> float:
        return 1.0 / self.beta


def half_grid(
    model: Model, S: float, Gamma: float, qhat: float, field: float = 0.0, xi: float = 0.0
) -> tuple[Array, Array, Array]:
    """Grid x, phi, phi' on [-L, L] for fields up to `field` on phi and `xi` on m; step a part of the narrowest width.

    The terms qhat phi^2 and h phi are at most `lift` above their values at 0, and their slopes at most `lift`: the
    density has fallen by exp(-38) where m^2/(2 S) exceeds 38 + lift, and beyond sqrt(2 38 S) + 2 S lift as well.
    """
    least = 1.0 - max(Gamma, 0.0)
    lift = 2.0 * field + max(qhat, 0.0)
    spread = xi + min(math.sqrt(2.0 * S * (TAIL + lift)), math.sqrt(2.0 * S * TAIL) + 2.0 * S * lift)
    reach = spread + abs(Gamma)
    if least > 0:
        reach = min(reach, spread / least)
    curvature = max(1.0 + max(-Gamma, 0.0), 1.0) ** 2 / S + 2.0 * max(-qhat, 0.0) + 2.0 * model.beta * model.eta
    step = min(PER_WIDTH / math.sqrt(curvature), 0.12)
    if not reach < LARGEST_GRID * step:
        raise ValueError(f"S = {S}, qhat = {qhat}: the density needs more than {2 * LARGEST_GRID} nodes")
    half = 2 * math.ceil(reach / step / 2.0)
    x: Array = np.linspace(-reach, reach, 2 * half + 1)
    phi = np.tanh(x)
    return x, phi, 1.0 - phi * phi


@dataclass(frozen=True)
class Averages:
    """Averages of one symmetric site: <phi^2>, <m phi>, <m^2>/S - 1, <x^2>, and the grid's own error."""

    phi2: float
    m_phi: float
    excess: float
    x2: float
    error: float


def symmetric_site(model: Model, q: float, rho: float, qhat: float) -> Averages:
    S = model.temperature + model.g**2 * q
    Gamma = model.g**2 * model.gamma * rho
    x, phi, _ = half_grid(model, S, Gamma, qhat)
    m = x - Gamma * phi
    phi2 = phi * phi
    exponent = qhat * phi2 - m * m / (2.0 * S) - model.beta * model.eta * x * x
    w = np.exp(exponent - exponent.max())
    rows = np.stack([phi2, m * phi, m * m / S, x * x, np.ones_like(x)])
    sums = rows @ w
    coarse = rows[:, ::2] @ w[::2]
    mean, rough = sums[:4] / sums[4], coarse[:4] / coarse[4]
    error = float(np.max(np.abs(mean - rough) / np.maximum(np.abs(mean), 1e-300))) ** 2
    return Averages(float(mean[0]), float(mean[1]), float(mean[2]) - 1.0, float(mean[3]), error)


def symmetric_map(model: Model, u: Array) -> Array:
    q, rho, qhat = u
    site = symmetric_site(model, q, rho, qhat)
    S = model.temperature + model.g**2 * q
    return np.array([site.phi2, site.m_phi / S, model.g**2 * site.excess / (2.0 * S)])


def _start(model: Model) -> Array:
    """The null phase where it is one, cut where it diverges; else the static scale, refined by damped steps."""
    if model.g < 0.999 * critical_gain(model.gamma):
        null = null_phase(model.g, model.gamma)
        q = min(model.temperature * null.beta_q, 0.5 * math.sqrt(model.temperature) + 0.5 * model.temperature, 0.9)
        u = np.array([q, null.rho / (1.0 + q), 0.0])
    else:
        u = np.array([0.05, 0.8 / model.g, 0.0])
    for _ in range(SETTLE):
        u = 0.5 * u + 0.5 * symmetric_map(model, u)
    return u


@lru_cache(maxsize=64)
def symmetric_state(model: Model) -> tuple[Array, int]:
    """(q, rho, qhat), read-only, by Newton from a start, or followed from beta = 1 where that fails."""
    try:
        found = _polished(model, _newton(model, _unknowns(_start(model))))
        u, count = _parameters(found.u), found.evaluations + SETTLE
    except (NotConverged, np.linalg.LinAlgError, ValueError, OverflowError):
        u, count = _followed(model)
    u.setflags(write=False)
    return u, count


def _unknowns(u: Array) -> Array:
    """(ln q, rho, q qhat), each of order one."""
    return np.array([math.log(u[0]), u[1], u[0] * u[2]])


def _parameters(y: Array) -> Array:
    q = math.exp(min(y[0], 0.0))
    return np.array([q, y[1], y[2] / q])


def _newton(model: Model, y: Array, tolerance: float = TOLERANCE, halvings: int = 12) -> FixedPoint:
    def mismatch(y: Array) -> Array:
        try:
            u = _parameters(y)
            image = symmetric_map(model, u)
        except (ValueError, OverflowError):  # a proposal whose density no grid holds
            return np.full(3, math.inf)
        return np.array([image[0] / u[0] - 1.0, image[1] - u[1], (image[2] - u[2]) * u[0]])

    what = f"symmetric measure at g = {model.g}, gamma = {model.gamma}, beta = {model.beta}"
    return newton(mismatch, y, tolerance=tolerance, limit=30, halvings=halvings, what=what)


def _polished(model: Model, found: FixedPoint) -> FixedPoint:
    """One more step if it helps: at the transition a small residual is not yet a small error."""
    try:
        better = _newton(model, found.u, tolerance=0.1 * found.residual, halvings=1)
    except (NotConverged, np.linalg.LinAlgError):
        return found
    return FixedPoint(better.u, better.residual, found.evaluations + better.evaluations)


def _followed(model: Model) -> tuple[Array, int]:
    """The solution at beta = 1 (or the model's own, if warmer) after many damped steps, followed in ln beta.

    Straight on from the last two points; a step is halved where Newton's method fails.
    """
    end, here = math.log(model.beta), min(0.0, math.log(model.beta))
    u, count = np.array([0.5, 0.5 / max(model.g, 1.0), 0.0]), 3 * SETTLE
    warm = replace(model, beta=math.exp(here))
    for _ in range(3 * SETTLE):
        u = 0.7 * u + 0.3 * symmetric_map(warm, u)
    found = _newton(warm, _unknowns(u))
    y, tangent, step = found.u, np.array([-1.0, 0.0, 0.0]), 0.5
    while here < end:
        move = min(step, end - here)
        at = model if move == end - here else replace(model, beta=math.exp(here + move))
        try:
            found = _newton(at, y + move * tangent, TOLERANCE if at is model else 1e-5, 3)
        except (NotConverged, np.linalg.LinAlgError):
            step = move / 2.0
            if step < 1e-3:
                raise
            continue
        y, tangent, here, step = found.u, (found.u - y) / move, end if at is model else here + move, 1.5 * move
        count += found.evaluations
    return _parameters(y), count


def overlap_multiplier(model: Model, q: float, rho: float, qhat: float) -> float:
    """Largest multiplier of (Q, rho_R, Qhat) -> image near 0, from the linear responses of <phi> and <m> to xi, h.

    <phi> = a xi + b h, <m> = c xi + d h with b = <phi^2>, a = <m phi>/S, d = <m phi>, c = <m^2>/S - 1 = excess.
    """
    site = symmetric_site(model, q, rho, qhat)
    S, g2, gamma = model.temperature + model.g**2 * q, model.g**2, model.gamma
    a, b, c, d = site.m_phi / S, site.phi2, site.excess, site.m_phi
    cross = g2 * gamma
    # m = m0 - xi, so that the response of <m> to xi is <m^2>/S - 1
    rows = [
        [g2 * a * a, 2 * cross * a * b, b * b],
        [g2 * a * c / S, cross * (a * d + b * c) / S, b * d / S],
        [g2 * g2 * c * c / S**2, 2 * g2 * cross * c * d / S**2, g2 * d * d / S**2],
    ]
    return float(np.max(np.abs(np.linalg.eigvals(np.array(rows)))))
