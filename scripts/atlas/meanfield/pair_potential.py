"""Franz-Parisi potential of two data points that share a noised state, for a mixture of two Gaussians (d = 1).

X' ~ p_0, X_t = a X' + s z (a = e^{-t}, s^2 = 1 - e^{-2t}), H(X|X_t) = (X_t - a X)^2/(2 s^2) - ln p_0(X), r = sqrt(q):

    V(q, t) = -E ln { [e^{-H(X' + r)} + e^{-H(X' - r)}]/(2 r) }

With k = a r/s, delta = [ln p_0(X' + r) - ln p_0(X' - r)]/2 and u = delta + k z the exponents combine to

    V = ln r + 1/2 + k^2/2 - E [ln p_0(X' + r) + ln p_0(X' - r)]/2 - E ln cosh u,

and with S = (ln p_0)', S+- = S(X' +- r), u_r = (S+ + S-)/2 + (a/s) z

    V_r  = 1/r + (a/s) k - E (S+ - S-)/2 - E tanh(u) u_r
    V_rr = -1/r^2 + (a/s)^2 - E (S'+ + S'-)/2 - E [sech^2(u) u_r^2 + tanh(u) (S'+ - S'-)/2],
    dV/dq = V_r/(2 r),   d2V/dq2 = (V_rr - V_r/r)/(4 q).

By the symmetry of p_0, X' ~ N(mu, sigma2) suffices. Both averages by the trapezoid rule, exponentially accurate: the
step in z resolves cosh(k z), whose width 1/k shrinks with t, the step in X' the change of ln p_0 between the modes.
Source: dossier diffusion-physics, Theory 9.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import NotConverged, require_positive
from atlas.meanfield.gaussian import Array, log_cosh

REACH = 8.0  # standard deviations of both averages: 1e-15 of the weight lies outside
STEP = 0.3  # of u over k z and of the argument of tanh over X': errors exp(-pi^2/step) = 5e-15
WIDEST = 0.25  # largest step in units of a standard deviation
MOST = 5_000_000  # lattice points of both averages together
ROOT_TOLERANCE = 1e-9  # of the slope or curvature at a zero, relative to the bracket's values


@dataclass(frozen=True)
class Pair:
    """V and its first two derivatives by q, arrays over q."""

    q: Array
    potential: Array
    slope: Array
    curvature: Array


@dataclass(frozen=True)
class Problem:
    """mu, sigma2 > 0 and t > 0."""

    mu: float
    sigma2: float
    t: float

    def __post_init__(self) -> None:
        require_positive("sigma2", self.sigma2)
        require_positive("t", self.t)
        if not math.isfinite(self.mu):
            raise ValueError(f"mu = {self.mu}: must be finite")


def _grid(scale: float, fineness: float) -> tuple[Array, Array]:
    """Nodes and weights of z ~ N(0, 1) for a function of tanh(scale z)."""
    h = min(STEP / max(scale, 1e-300), WIDEST) / fineness
    n = math.ceil(REACH / h)
    z: Array = np.arange(-n, n + 1, dtype=np.float64) * h
    weights: Array = np.exp(-0.5 * z * z)
    weights /= weights.sum()
    return z, weights


def _log_density(x: Array, p: Problem) -> Array:
    constant = 0.5 * math.log(2.0 * math.pi * p.sigma2) + 0.5 * p.mu**2 / p.sigma2
    return np.asarray(log_cosh(p.mu * x / p.sigma2) - 0.5 * x * x / p.sigma2 - constant)


def _score(x: Array, p: Problem) -> tuple[Array, Array]:
    """(ln p_0)' and (ln p_0)''."""
    phi = np.tanh(p.mu * x / p.sigma2)
    return (p.mu * phi - x) / p.sigma2, (p.mu**2 / p.sigma2 * (1.0 - phi * phi) - 1.0) / p.sigma2


def at(q: float, p: Problem, fineness: float = 1.0) -> tuple[float, float, float]:
    """V, dV/dq, d2V/dq2 at one q > 0; `fineness` divides the steps of both averages.

    ValueError where they need more than five million points (modes narrow beside their distance, t close to 0).
    """
    r = math.sqrt(require_positive("q", q))
    ratio = math.exp(-p.t) / math.sqrt(-math.expm1(-2.0 * p.t))
    k = ratio * r
    y, w_x = _grid((abs(p.mu) + 2.0 * math.sqrt(p.sigma2)) / math.sqrt(p.sigma2), fineness)
    z, w_z = _grid(k, fineness)
    if y.size * z.size > MOST:
        needed = f"q = {q:g} needs {y.size * z.size:.2g} points, at most {MOST:.2g}"
        raise ValueError(f"mu = {p.mu:g}, sigma2 = {p.sigma2:g}, t = {p.t:g}: {needed}")
    x = p.mu + math.sqrt(p.sigma2) * y
    above, below = _log_density(x + r, p), _log_density(x - r, p)
    (s_above, d_above), (s_below, d_below) = _score(x + r, p), _score(x - r, p)
    mean_log_cosh, turn, turn_z, bend, bend_z, bend_zz = _over_noise(0.5 * (above - below), k, z, w_z)
    s_mean = 0.5 * (s_above + s_below)
    value = math.log(r) + 0.5 + 0.5 * k * k - float(w_x @ (0.5 * (above + below) + mean_log_cosh))
    by_r = 1.0 / r + ratio * k - float(w_x @ (0.5 * (s_above - s_below) + turn * s_mean + ratio * turn_z))
    squares = bend * s_mean**2 + 2.0 * ratio * bend_z * s_mean + ratio**2 * bend_zz
    bends = 0.5 * (d_above + d_below) + squares + 0.5 * turn * (d_above - d_below)
    by_rr = -1.0 / q + ratio**2 - float(w_x @ bends)
    return value, by_r / (2.0 * r), (by_rr - by_r / r) / (4.0 * q)


def _over_noise(delta: Array, k: float, z: Array, w: Array) -> tuple[Array, ...]:
    """Averages over z of ln cosh u, tanh u, z tanh u, sech^2 u, z sech^2 u, z^2 sech^2 u, u = delta + k z; each like
    delta.
    """
    u = delta[:, None] + (k * z)[None, :]
    e = np.exp(-2.0 * np.abs(u))
    weighted = np.stack((w, w * z, w * z * z), axis=1)
    log_of_cosh = (np.abs(u) + np.log1p(e)) @ w - math.log(2.0)
    phi = np.copysign((1.0 - e) / (1.0 + e), u)
    dphi = 4.0 * e / (1.0 + e) ** 2
    turn, bend = phi @ weighted[:, :2], dphi @ weighted
    return log_of_cosh, turn[:, 0], turn[:, 1], bend[:, 0], bend[:, 1], bend[:, 2]


def pair_potential(q: Array, p: Problem, fineness: float = 1.0) -> Pair:
    """V and its derivatives at all q > 0."""
    rows = np.array([at(float(one), p, fineness) for one in np.asarray(q, dtype=float)])
    return Pair(np.asarray(q, dtype=float), rows[:, 0], rows[:, 1], rows[:, 2])


def zeros(found: Pair, p: Problem, order: int) -> Array:
    """Zeros of dV/dq (order 1) or d2V/dq2 (order 2) between the points of a grid, each by Brent's method to 1e-10.

    Only sign changes from point to point are seen. NotConverged when a bracket closes on no zero.
    """
    from scipy.optimize import brentq

    values = found.slope if order == 1 else found.curvature
    changes = np.flatnonzero(values[1:] * values[:-1] < 0)
    roots = []
    for left in changes:
        ends = float(found.q[left]), float(found.q[left + 1])
        root = brentq(lambda q: at(q, p)[order], *ends, xtol=1e-10)
        gap, size = abs(at(root, p)[order]), max(abs(values[left]), abs(values[left + 1]))
        if not gap <= ROOT_TOLERANCE * max(size, 1.0):
            raise NotConverged(gap, f"zero of derivative {order} of the pair potential")
        roots.append(root)
    return np.array(roots)


def accuracy(p: Problem, q: Array) -> float:
    """Largest change of V, dV/dq and d2V/dq2 at some q when both steps are halved."""
    coarse, fine = pair_potential(q, p), pair_potential(q, p, 2.0)
    gaps = [np.max(np.abs(getattr(coarse, name) - getattr(fine, name))) for name in ("potential", "slope", "curvature")]
    return float(max(gaps))
