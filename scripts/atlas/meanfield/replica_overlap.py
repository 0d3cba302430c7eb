"""The saddle-point equations of the measure (see replica_measure) with overlap Q, R > 0, and how they are solved.

Damped steps until the overlap is the only slow direction, then a walk down in the overlap that finds out whether it is
lost, then Newton; Anderson mixing where Newton goes astray. Symbols and equations as in `replica_measure`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.fixed_point import FixedPoint, anderson
from atlas.meanfield.replica_newton import FIELD_NODES, Sites, attracts, from_gaps, gaps_of, newton_from, units
from atlas.meanfield.replica_symmetric import TOLERANCE, Model, overlap_multiplier, symmetric_state

Array = NDArray[np.float64]

SETTLE = 20  # damped steps after which the overlap is the only slow direction
HALVINGS = 20  # of the overlap; ten lead from q to q/1000
HALF = np.array([1.0, 0.5, 1.0, 0.5, 1.0, 0.5])  # halves (Q, rho_R, Qhat), which keeps the fields' covariance


def saddle_map(model: Model, u: Array, n_nodes: int = FIELD_NODES) -> Array:
    """One step of the saddle-point equations: u = (q, Q, rho, rho_R, qhat, Qhat) -> image (module's equations).

    Ranges: 0 <= Q < q + T/g^2, Qhat >= 0, (g^2 gamma rho_R)^2 <= g^2 Q Qhat (else the covariance of the fields is cut
    to the nearest admissible one). Deterministic; accuracy of Gauss-Hermite in the fields.
    """
    return saddle(model, u, n_nodes)[:6]


def saddle(model: Model, u: Array, n_nodes: int) -> Array:
    """The image and E<x^2>."""
    site = Sites(model, gaps_of(u), float(u[1]), n_nodes)
    image = from_gaps(site.image)
    image[1] = site.weight @ site.site[:, 0] ** 2  # not as a difference: never below 0
    return np.append(image, site.x2)


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


def from_start(model: Model, start: Array, n_nodes: int) -> FixedPoint:
    """The solution that the map reaches from a start with overlap.

    If the overlap shrinks all the way down and the symmetric solution attracts, that one with an overlap of 1e-14 q;
    else Newton; after a failure Anderson mixing with more and more damped steps in front.
    """
    what = f"replica measure at g = {model.g}, gamma = {model.gamma}, beta = {model.beta}"
    last = NotConverged(math.inf, what)
    try:
        return _from_walk(model, start, n_nodes, what)
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


def _from_walk(model: Model, start: Array, n_nodes: int, what: str) -> FixedPoint:
    """By Newton from where the walk leads; the long walk where the short one leads to a solution that repels."""
    spent = 0
    for patient in (False, True):
        u, count, lost = _walk_down(model, start, n_nodes, patient)
        spent += count
        if lost:
            u, more = _near_symmetric(model, u)
            return _mix(model, u, n_nodes, 0, what, spent + more)
        try:
            found = newton_from(model, u, n_nodes, what, spent)
            if patient or attracts(model, found.u, n_nodes):
                return found
            spent = found.evaluations
        except (NotConverged, ValueError, FloatingPointError, np.linalg.LinAlgError):
            if patient:
                raise
    raise NotConverged(math.inf, what)


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


def _walk_down(model: Model, u: Array, n_nodes: int, patient: bool) -> tuple[Array, int, bool]:
    """Follow the slow decay of the overlap by halving (Q, rho_R, Qhat), six damped steps after each halving.

    Returns (state, evaluations, lost): lost when at every overlap down to Q = q/1000 the map makes it smaller still;
    not lost, with the state before that halving, where it makes it larger (a solution with overlap lies above), or with
    the state after it where the steps have won half of the halving back (unless patient: then the walk goes on).
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
        if not patient and lower[1] > 0.75 * u[1]:
            return lower, count, False
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
