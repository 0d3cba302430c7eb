"""The saddle-point equations of the measure (see replica_measure) with overlap Q, R > 0, and how they are solved.

Damped steps until the overlap is the only slow direction, then a walk down in the overlap that finds out whether it is
lost, then Newton; Anderson mixing where Newton goes astray. Symbols and equations as in `replica_measure`.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.fixed_point import FixedPoint, anderson, newton
from atlas.meanfield.replica_symmetric import TOLERANCE, Model, half_grid, overlap_multiplier, symmetric_state

Array = NDArray[np.float64]

FIELD_NODES = 20  # Gauss-Hermite nodes of each field
SETTLE = 20  # damped steps after which the overlap is the only slow direction
HALVINGS = 20  # of the overlap; ten lead from q to q/1000
HALF = np.array([1.0, 0.5, 1.0, 0.5, 1.0, 0.5])  # halves (Q, rho_R, Qhat), which keeps the fields' covariance


@cache
def _field_nodes(n: int) -> tuple[Array, Array, Array]:
    """Nodes u, v and weights of two independent N(0, 1) fields; one of each mirror pair (u, v), (-u, -v)."""
    z, weight = np.polynomial.hermite_e.hermegauss(n)
    weight = weight / weight.sum()
    u, v = (part.ravel() for part in np.meshgrid(z, z[z > 0], indexing="ij"))
    w = 2.0 * np.outer(weight, weight[z > 0]).ravel()
    keep = w > 1e-17
    return u[keep], v[keep], w[keep]


def saddle_map(model: Model, u: Array, n_nodes: int = FIELD_NODES) -> Array:
    """One step of the saddle-point equations: u = (q, Q, rho, rho_R, qhat, Qhat) -> image (module's equations).

    Ranges: 0 <= Q < q + T/g^2, Qhat >= 0, (g^2 gamma rho_R)^2 <= g^2 Q Qhat (else the covariance of the fields is cut
    to the nearest admissible one). Deterministic; accuracy of Gauss-Hermite in the fields.
    """
    return saddle(model, u, n_nodes)[:6]


def saddle(model: Model, u: Array, n_nodes: int) -> Array:
    """The image and E<x^2>."""
    q, Q, rho, rho_R, qhat, Qhat = (float(value) for value in u)
    g2 = model.g**2
    S = model.temperature + g2 * (q - Q)
    Gamma = g2 * model.gamma * (rho - rho_R)
    U, V, weight = _field_nodes(n_nodes)
    xi = model.g * math.sqrt(Q) * V
    along = model.g * model.gamma * rho_R / math.sqrt(Q) if Q > 0 else 0.0
    h = along * V + math.sqrt(max(Qhat - along**2, 0.0)) * U
    x, phi, _ = half_grid(model, S, Gamma, qhat - Qhat / 2.0, float(np.max(np.abs(h))), float(np.max(np.abs(xi))))
    m0 = x - Gamma * phi
    phi2 = phi * phi
    own = (qhat - Qhat / 2.0) * phi2 - m0 * m0 / (2.0 * S) - model.beta * model.eta * x * x
    w = np.stack([np.ones_like(h), h, xi / S], axis=1) @ np.stack([own, phi, m0])
    w -= w.max(axis=1, keepdims=True)
    np.exp(w, out=w)
    sums = w @ np.stack([np.ones_like(x), phi, phi2, m0, m0 * m0, m0 * phi, x * x], axis=1)
    one, two, m, mm, m_phi, x2 = (sums[:, 1:] / sums[:, :1]).T
    mean_m = m - xi
    mean_mm = mm - 2.0 * xi * m + xi * xi
    mean_m_phi = m_phi - xi * one
    return np.array(
        [
            weight @ two,
            weight @ one**2,
            weight @ mean_m_phi / S,
            weight @ (mean_m * one) / S,
            g2 / 2.0 * (weight @ mean_mm / S - 1.0) / S,
            g2 * (weight @ mean_m**2) / S**2,
            weight @ x2,
        ]
    )


def units(u: Array) -> Array:
    """Natural units of the six mismatches."""
    q, rho = abs(u[0]), max(abs(u[2]), 1e-3)
    return np.array([q, q, rho, rho, 1.0 / q, 1.0 / q])


def _admissible(proposal: Array, image: Array, model: Model) -> Array:
    """The proposal, or where its fields have no covariance a tenth of the image's (which always has one)."""
    q, Q, rho, rho_R, _, Qhat = proposal
    sane = np.all(np.isfinite(proposal)) and 0.1 * image[0] < q < 1.0 and abs(rho) < 10.0 * abs(image[2]) + 1.0
    if not sane:
        return image
    cross = (model.g * model.gamma * rho_R) ** 2 <= Q * Qhat
    if 0.0 < Q < q and Qhat > 0.0 and cross:
        return proposal
    small = 0.1 * image
    return np.array([q, min(small[1], 0.5 * q), rho, small[3], proposal[4], small[5]])


def start_with_overlap(model: Model, ratio: float, q: float = 0.05) -> Array:
    """A start with Q/q = R/r = ratio and an admissible Qhat."""
    rho = 0.8 / max(model.g, 0.1)
    Q, rho_R = ratio * q, ratio * rho
    return np.array([q, Q, rho, rho_R, 0.0, 2.0 * (model.g * model.gamma * rho_R) ** 2 / Q + 1.0])


def cold(u: Array, beta: float) -> Array:
    """(ln q, ln beta (q - Q), rho - rho_R, rho_R, (qhat - Qhat/2)(q - Q), ln Qhat/beta^2): they stay as beta grows."""
    q, Q, rho, rho_R, qhat, Qhat = u
    gap = q - Q
    return np.array(
        [math.log(q), math.log(beta * gap), rho - rho_R, rho_R, (qhat - Qhat / 2) * gap, math.log(Qhat / beta**2)]
    )


def warm(y: Array, beta: float) -> Array:
    """The inverse of cold."""
    q, gap, Qhat = math.exp(y[0]), math.exp(y[1]) / beta, math.exp(y[5]) * beta**2
    return np.array([q, q - gap, y[2] + y[3], y[3], y[4] / gap + Qhat / 2, Qhat])


def cold_mismatch(model: Model, y: Array, n_nodes: int = FIELD_NODES) -> Array:
    try:
        u = warm(y, model.beta)
        if not 0.0 < u[1] < u[0]:
            return np.full(6, math.inf)
        return cold(saddle_map(model, u, n_nodes), model.beta) - y
    except (ValueError, OverflowError):
        return np.full(6, math.inf)


def from_start(model: Model, start: Array, n_nodes: int) -> FixedPoint:
    """The solution that the map reaches from a start with overlap.

    If the overlap shrinks all the way down and the symmetric solution attracts, that one with an overlap of 1e-14 q;
    else Newton; after a failure Anderson mixing with more and more damped steps in front.
    """
    what = f"replica measure at g = {model.g}, gamma = {model.gamma}, beta = {model.beta}"
    last = NotConverged(math.inf, what)
    try:
        u, count, lost = _walk_down(model, start, n_nodes)
        if lost:
            u, spent = _near_symmetric(model, u)
            return _mix(model, u, n_nodes, 0, what, count + spent)
        return _newton_from(model, u, n_nodes, what, count)
    except (NotConverged, ValueError, FloatingPointError, np.linalg.LinAlgError):
        u, count = start, 0
    for damped in (0, 30, 100, 300):
        try:
            for _ in range(damped):
                u = 0.2 * u + 0.8 * saddle_map(model, u, n_nodes)
            return _mix(model, u, n_nodes, 2 if damped else 25, what, count + damped)
        except NotConverged as error:
            last = error
        except ValueError:  # astray: the mixed state has a density that no grid holds
            u = start
    raise last


def _mix(model: Model, u: Array, n_nodes: int, plain: int, what: str, spent: int) -> FixedPoint:
    found = anderson(
        lambda state: saddle_map(model, state, n_nodes),
        u,
        units,
        repair=lambda proposal, image: _admissible(proposal, image, model),
        tolerance=TOLERANCE,
        plain=plain,
        limit=90,
        what=what,
    )
    return FixedPoint(found.u, found.residual, found.evaluations + spent)


def _newton_from(model: Model, u: Array, n_nodes: int, what: str, spent: int) -> FixedPoint:
    """Newton from a state with overlap near the solution: in the coordinates that stay as beta grows, to 1e-9 there
    (their logarithms of small differences carry more rounding), then to the tolerance of the module.
    """

    def mismatch(y: Array) -> Array:
        state = warm(y, model.beta)
        return (saddle_map(model, state, n_nodes) - state) / units(state)

    near = newton(lambda y: cold_mismatch(model, y, n_nodes), cold(u, model.beta), tolerance=1e-9, what=what)
    found = newton(mismatch, near.u, tolerance=TOLERANCE, what=what)
    return FixedPoint(warm(found.u, model.beta), found.residual, spent + near.evaluations + found.evaluations)


def _walk_down(model: Model, u: Array, n_nodes: int) -> tuple[Array, int, bool]:
    """Follow the slow decay of the overlap by halving (Q, rho_R, Qhat), six damped steps after each halving.

    Returns (state, evaluations, lost): lost when at every overlap down to Q = q/1000 the map makes it smaller still;
    not lost, with the state before that halving, where it makes it larger (a solution with overlap lies above).
    """
    count = SETTLE
    for _ in range(SETTLE):
        u = 0.2 * u + 0.8 * saddle_map(model, u, n_nodes)
    for _ in range(HALVINGS):
        if u[1] <= 1e-3 * u[0]:
            return u, count, True
        lower = u * HALF
        growth = 1.0
        for _ in range(6):
            image = saddle_map(model, lower, n_nodes)
            growth = image[1] / lower[1]
            lower = 0.2 * lower + 0.8 * image
        count += 6
        if not growth < 1.0:
            return u, count, False
        u = lower
    return u, count, False  # the damped steps win the halvings back: a solution with overlap


def _near_symmetric(model: Model, u: Array) -> tuple[Array, int]:
    """The symmetric solution with the overlap block of u scaled to Q = 1e-14 q; NotConverged where it repels."""
    (q, rho, qhat), spent = symmetric_state(model)
    stability = overlap_multiplier(model, q, rho, qhat)
    if not stability < 1.0:
        raise NotConverged(stability, "symmetric solution, which repels")
    scale = 1e-14 * q / u[1]
    return np.array([q, u[1] * scale, rho, u[3] * scale, qhat, u[5] * scale]), spent
