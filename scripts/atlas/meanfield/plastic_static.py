"""Fixed points of neurons and synapses together: the static mean-field theory with both branches and the fold.

At a joint fixed point the plastic input of a neuron is q a(x), and with v ~ N(0, 1)

    x - q a(x) = g sqrt(q) v,    q = E[phi(x(v))^2],    phi = tanh,                       (S1)
    M = E[ (phi'/(1 - q a'(x)))^2 ],    chi = M/(1 - g^2 M);    g^2 M > 1: unstable.       (S2)

Rules: hebbian a = k phi, feedback a = -k phi, homeostatic a = k phi (theta^2 - phi^2). Where x(v) has several values
the root with the sign of v and the largest |x| is taken (active branch).

Averages are taken over x instead of v, since x(v) has a square-root singularity near the spinodal of a neuron
while v(x) = (x - q a(x))/s, s = g sqrt(q), is analytic: Gauss-Legendre on panels between x(v_m), v_m = 0, ..., 9.2, the
first panel graded towards its lower end. The branch is parametrised by q: for given q the right-hand side of
(S1) grows with s, so that there is one gain g(q) (Newton in s); the roots at a gain are the level set of g(q), the
fold is its minimum.

Source: dossier neuron-synapse, Theory T3, S1-S3 and the tables below them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gaussian import Array

RULES = ("hebbian", "feedback", "homeostatic")
K_MAX = 20.0
G_MAX = 10.0
_V_MAX = 9.2  # the Gaussian's weight beyond is 4e-20
_NODES = 16
_GRADING = 0.25 ** np.arange(8, 0, -1)  # panels that shrink by 4 towards x(0)
_TOLERANCE = 1e-11


@dataclass(frozen=True)
class Rule:
    """a(x) = a1 phi + a3 phi^3 of a rule; `critical` = a'(0), continuous onset iff it is below 1 (S3)."""

    a1: float
    a3: float

    def drive(self, phi: Array) -> Array:
        """a(x)."""
        return phi * (self.a1 + self.a3 * phi * phi)

    def slope(self, phi: Array) -> Array:
        """a'(x)."""
        square = phi * phi
        return (1.0 - square) * (self.a1 + 3.0 * self.a3 * square)


@dataclass(frozen=True)
class Root:
    """A root of (S1): q, g2M = g^2 M, residual |E phi^2 - q|."""

    q: float
    g2M: float  # noqa: N815  (the quantity's name)
    residual: float


@dataclass(frozen=True)
class Fold:
    """Smallest gain of the branch and its q; residual: |dg/dq| there (0 where the end is not a fold)."""

    g_fold: float
    q_fold: float
    residual: float


def rule_of(rule: str, k: float, theta: float = 0.5) -> Rule:
    """The polynomial of a rule; ValueError for an unknown rule or |k| > 20."""
    if not (math.isfinite(k) and abs(k) <= K_MAX):
        raise ValueError(f"k = {k}: the strength must be in [-{K_MAX:g}, {K_MAX:g}]")
    if rule == "hebbian":
        return Rule(k, 0.0)
    if rule == "feedback":
        return Rule(-k, 0.0)
    if rule == "homeostatic":
        return Rule(k * theta * theta, -k)
    raise ValueError(f"rule = {rule!r}: allowed are {', '.join(RULES)}")


@lru_cache(maxsize=1)
def _legendre() -> tuple[Array, Array]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return 0.5 * (nodes + 1.0), 0.5 * weights


def _largest(rule: Rule, q: float, c: Array, low: float, tolerance: float) -> Array:
    """Largest root x of x - q a(x) = c for each c >= 0, above `low` where v grows: Newton kept inside its bracket.

    It stops when no x moves by more than tolerance (1e-3 + x).
    """
    bottom = np.full_like(c, low)
    top = c + q * (abs(rule.a1) + abs(rule.a3)) + 1.0
    x = np.minimum(top, c + low + 1.0)
    for _ in range(80):
        phi = np.tanh(x)
        excess = x - q * rule.drive(phi) - c
        bottom, top = np.where(excess <= 0.0, x, bottom), np.where(excess > 0.0, x, top)
        with np.errstate(divide="ignore", invalid="ignore"):
            trial = x - excess / (1.0 - q * rule.slope(phi))
        moved = np.where((trial > bottom) & (trial < top), trial, 0.5 * (bottom + top))
        change = np.max(np.abs(moved - x) / (1e-3 + x))
        x = moved
        if change < tolerance:
            break
    return x


def _onset(rule: Rule, q: float) -> float:
    """x(0+): 0, or the largest root of x = q a(x) where a neuron is bistable, above the spinodal q a'(x) = 1."""
    if q * rule.a1 <= 1.0:
        return 0.0
    linear, square = rule.a1 - 3.0 * rule.a3, 3.0 * rule.a3  # (1 - u)(a1 + 3 a3 u) = 1/q with u = phi^2
    rest = 1.0 / q - rule.a1
    u = -2.0 * rest / (linear + math.sqrt(linear * linear - 4.0 * square * rest))
    return float(_largest(rule, q, np.zeros(1), math.atanh(math.sqrt(u)), 1e-14)[0])


def _nodes(rule: Rule, q: float, s: float) -> tuple[Array, Array, Array]:
    """Nodes x > 0 of the active branch, v(x), and weights of averages of even functions over v ~ N(0, 1)."""
    count = math.ceil(_V_MAX / min(0.5, 1.0 / s))
    start = _onset(rule, q)
    edges = _largest(rule, q, s * np.linspace(0.0, _V_MAX, count + 1)[1:], start, 1e-3)  # bounds of panels only
    bounds = np.concatenate(([start], start + (edges[0] - start) * _GRADING, edges))
    u, w = _legendre()
    width = np.diff(bounds)
    x = (bounds[:-1, None] + width[:, None] * u).ravel()
    phi = np.tanh(x)
    v = (x - q * rule.drive(phi)) / s
    slope = (1.0 - q * rule.slope(phi)) / s
    weight = (width[:, None] * w).ravel() * slope * np.exp(-0.5 * v * v) * (2.0 / math.sqrt(2.0 * math.pi))
    return x, v, weight


def _phi2(rule: Rule, q: float, s: float) -> tuple[float, float]:
    """E[phi^2] at self-coupling q and field s = g sqrt(q), and its derivative by s."""
    x, v, weight = _nodes(rule, q, s)
    phi = np.tanh(x)
    change = 2.0 * phi * (1.0 - phi * phi) * v / (1.0 - q * rule.slope(phi))
    return float(weight @ (phi * phi)), float(weight @ change)


def gain_of(q: float, rule: Rule) -> tuple[float, float]:
    """g(q) of the branch and the residual |E phi^2 - q|; g = 0 where the state sustains itself without J.

    0 < q < 1. NotConverged when Newton in s = g sqrt(q) does not reach the tolerance 1e-11.
    """
    start = _onset(rule, q)
    if math.tanh(start) ** 2 >= q:
        return 0.0, 0.0
    low, high = 0.0, math.inf
    s = math.sqrt(q) if q < 0.9 else 1.0 / math.sqrt(2.0 * (1.0 - q))
    gap = math.inf
    for _ in range(80):
        value, slope = _phi2(rule, q, s)
        gap = value - q
        low, high = (s, high) if gap < 0.0 else (low, s)
        if abs(gap) <= 1e-14 + 2e-13 * q:
            break
        trial = s - gap / slope
        if not low < trial < high:
            trial = 2.0 * s if math.isinf(high) else 0.5 * (low + high)
        if abs(trial - s) <= 1e-15 * s:
            break
        s = trial
    if not abs(gap) <= _TOLERANCE * max(q, 1e-2):
        raise NotConverged(abs(gap), f"g(q) at q = {q}")
    return s / math.sqrt(q), abs(gap)


def susceptibility(q: float, g: float, rule: Rule) -> float:
    """M of (S2) on the branch; 1 at q = 0."""
    if q == 0.0:
        return 1.0
    x, _, weight = _nodes(rule, q, g * math.sqrt(q))
    phi = np.tanh(x)
    return float(weight @ ((1.0 - phi * phi) / (1.0 - q * rule.slope(phi))) ** 2)


def branch(rule: Rule, q: Array) -> Array:
    """g(q) at given q, (n,)."""
    return np.array([gain_of(float(value), rule)[0] for value in q])


@lru_cache(maxsize=64)
def _scan(rule: Rule) -> tuple[Array, Array]:
    """A grid of q, denser at both ends, and g(q) on it."""
    q = np.concatenate((np.geomspace(1e-5, 0.02, 10)[:-1], np.linspace(0.02, 0.98, 33), [0.99, 0.995, 0.998, 0.999]))
    return q, branch(rule, q)


def _refined(rule: Rule, low: float, high: float, sign: float) -> tuple[float, float]:
    """(q, g) of the minimum (sign 1) or maximum (sign -1) of g(q) between two values of q."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda q: sign * gain_of(float(q), rule)[0], bounds=(low, high), method="bounded", options={"xatol": 1e-8}
    )
    return float(found.x), float(sign * found.fun)


def _turns(rule: Rule) -> tuple[Array, Array]:
    """The scan with its extrema put in, so that g(q) is monotone between neighbours."""
    q, g = _scan(rule)
    extra = []
    for i in range(1, len(q) - 1):
        rise = (g[i] - g[i - 1], g[i + 1] - g[i])
        if rise[0] * rise[1] < 0.0 and g[i] > 0.0:
            extra.append(_refined(rule, q[i - 1], q[i + 1], 1.0 if rise[0] < 0.0 else -1.0))
    if extra:
        q, g = np.append(q, [a for a, _ in extra]), np.append(g, [b for _, b in extra])
    order = np.argsort(q)
    return q[order], g[order]


def roots(g: float, rule: Rule) -> list[Root]:
    """All non-zero roots q of (S1) on the active branch at gain g, smallest first; q to 1e-12, g2M to 1e-9.

    0 < g <= 10. Roots below q = 1e-5 (|g - 1| below about 1e-5) are not resolved. ValueError out of range.
    """
    from scipy.optimize import brentq

    g = require_gain(g, G_MAX)
    if g == 0.0:
        raise ValueError("g = 0: the gain must be > 0")
    q, gains = _turns(rule)
    found = []
    for i in range(len(q) - 1):
        ends = gains[i] - g, gains[i + 1] - g
        if ends[0] == 0.0:
            value = q[i]
        elif ends[0] * ends[1] < 0.0:
            value = brentq(lambda u: gain_of(float(u), rule)[0] - g, q[i], q[i + 1], xtol=1e-14, rtol=1e-13)
        else:
            continue
        phi2, _ = _phi2(rule, float(value), g * math.sqrt(value))
        found.append(Root(float(value), g * g * susceptibility(float(value), g, rule), abs(phi2 - float(value))))
    return found


def fold(rule: Rule) -> Fold:
    """Smallest gain with a non-zero fixed point: the fold of the branch, or its start g = 1, q = 0 (no fold).

    g_fold to 1e-10, q_fold to 1e-6. Where the activity sustains itself without J (hebbian: k > 2.0170) g_fold = 0 and
    q_fold is the larger q of the active state at g = 0.
    """
    q, g = _turns(rule)
    if g.min() <= 0.0:
        last = int(np.flatnonzero(g <= 0.0)[-1])
        return Fold(0.0, _self_sustained(rule, q[last], q[last + 1]), 0.0)
    best = int(np.argmin(g))
    if best == 0 or g[best] >= 1.0:
        return Fold(1.0, 0.0, 0.0)
    step = min(1e-4, 0.1 * q[best])
    slope = (gain_of(q[best] + step, rule)[0] - gain_of(q[best] - step, rule)[0]) / (2.0 * step)
    return Fold(float(g[best]), float(q[best]), float(abs(slope)))


def _self_sustained(rule: Rule, low: float, high: float) -> float:
    """q = tanh(x)^2 with x = q a(x), between two values of q."""
    from scipy.optimize import brentq

    return float(brentq(lambda q: math.tanh(_onset(rule, float(q))) ** 2 - q, low, high, xtol=1e-13))


def slope_at_onset(a1: float, a0: float, g: float = 1.0) -> float:
    """d(g^2)/dq at q = 0 of (S3): 2 g^4 - 2 g^2 a1 - a0^2, a0 the scale of a frozen target; positive: continuous."""
    return 2.0 * g**4 - 2.0 * g * g * a1 - a0 * a0
