"""Replica-symmetric theory of the measure exp(-beta E), E(x) = (1/2) |-x + J tanh(x)|^2 + eta |x|^2, at finite beta.

Couplings: Var J_ij = g^2/N, E[J_ij J_ji] = gamma g^2/N. With T = 1/beta and the responses in units of 1/sqrt(beta),
rho = sqrt(beta) r and rho_R = sqrt(beta) R, the effective single site has the density

    w(x) ~ exp{ (qhat - Qhat/2) phi^2 + h phi - m^2/(2 S) - beta eta x^2 },    phi = tanh(x),
    m = x - Gamma phi - xi,   Gamma = g^2 gamma (rho - rho_R),   S = sigma^2/beta = T + g^2 (q - Q),

with Gaussian fields of E xi^2 = g^2 Q, E h^2 = Qhat, E xi h = g^2 gamma rho_R. Saddle point (E: fields, <.>: w):

    q = E<phi^2>       rho   = E<m phi>/S      qhat = (g^2/2) (E<m^2>/S^2 - 1/S)
    Q = E<phi>^2       rho_R = E<m><phi>/S     Qhat = g^2 E<m>^2/S^2

and E/N = T/2 + T^2 qhat/g^2 at eta = 0. Q = rho_R = Qhat = 0 always solves them (the symmetric solution: one integral);
`stability` is the largest multiplier of the iteration for small Q, rho_R, Qhat there (below 1: it is attracting, which
was found at all g for gamma >= 0; above 1 beyond the line for gamma < 0, where the attracting solution has Q, R > 0).

Integrals over x by the trapezoid rule on a symmetric grid (error exp(-c/step) or less, hence the square of that of
every second node, which is what `quadrature` reports), over the fields by Gauss-Hermite nodes. Exit criterion: the
mismatch of all equations, each in its natural unit (q for q and Q, rho for both responses, 1/q for both conjugates),
below 1e-11.

Symbols: q, Q, r, R, qhat, Qhat as in the paper; the paper's rhat - Rhat is sqrt(beta) Gamma.
Source: dossier equilibrium-measure, Theory (replica-symmetric free entropy) and Exact properties.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged, require_gain, require_positive
from atlas.meanfield.null_phase import require_symmetry
from atlas.meanfield.replica_newton import FIELD_NODES, follow, units
from atlas.meanfield.replica_overlap import from_start, saddle, saddle_map, start_with_overlap
from atlas.meanfield.replica_symmetric import (
    Model,
    overlap_multiplier,
    symmetric_map,
    symmetric_site,
    symmetric_state,
)

__all__ = [
    "Model",
    "ReplicaMeasure",
    "full_solution",
    "overlapping_solution",
    "replica_solution",
    "saddle_map",
    "start_with_overlap",
    "symmetric_solution",
]

Array = NDArray[np.float64]

CLEARLY = 1.02  # multiplier above which a solution with overlap is looked for


@dataclass(frozen=True)
class ReplicaMeasure:
    """Solution at (g, gamma, beta); x2 = E<x^2>, energy = E/N, stability of the symmetric solution: see the module.

    quadrature: relative error of the averages over x (see the module). evaluations: of the saddle-point map.
    """

    g: float
    gamma: float
    beta: float
    q: float
    Q: float
    r: float
    R: float
    qhat: float
    Qhat: float
    x2: float
    energy: float
    stability: float
    residual: float
    quadrature: float
    evaluations: int


def full_solution(
    g: float, gamma: float, beta: float, *, ratio: float = 0.9, q: float = 0.05, n_nodes: int = FIELD_NODES
) -> ReplicaMeasure:
    """Solve all six equations from a start with Q/q = R/r = ratio > 0 (a tenth of a second; gamma < -0.6: up to 1.5 s).

    Where the map shrinks the overlap at every level below the start, down to a symmetric solution that attracts, the
    answer is that one, with the overlap that is left (1e-14 q) in the residual; else the solution with overlap, by
    Newton or, where that goes astray, Anderson mixing. Ranges: g > 0, -1 <= gamma <= 1, beta > 0, 0 < ratio < 1;
    ValueError otherwise, NotConverged if the residual of all six equations stays above 1e-11.
    """
    model = _model(g, gamma, beta)
    if not (0.0 < ratio < 1.0 and model.g > 0):
        raise ValueError(f"ratio = {ratio}, g = {g}: the start needs 0 < Q/q < 1 and g > 0")
    found = from_start(model, start_with_overlap(model, ratio, q), n_nodes)
    x2 = float(saddle(model, found.u, n_nodes)[6])
    return _result(model, found.u, x2, found.residual, math.nan, found.evaluations)


def replica_solution(g: float, gamma: float = 0.0, *, beta: float) -> ReplicaMeasure:
    """The attracting replica-symmetric solution: the symmetric one where its stability is below 1, else one with Q > 0.

    For gamma >= 0 the symmetric solution is attracting at every gain (milliseconds); for gamma < 0 beyond the line it
    is not (a tenth of a second; more where the branch has to be followed from beta = 100). Ranges and errors as
    `symmetric_solution`.
    """
    own = symmetric_solution(g, gamma, beta=beta)
    if own.stability < 1.0:
        return own
    try:
        return overlapping_solution(g, gamma, beta)
    except NotConverged as error:
        state = full_solution(g, gamma, beta)
        if not 1e-6 * state.q < state.Q:
            raise error from None
        return state


def overlapping_solution(g: float, gamma: float, beta: float) -> ReplicaMeasure:
    """The solution with Q > 0: from the full iteration where it is warm, followed to larger beta by Newton.

    Warm is beta <= 100, or a hundred times colder and so on if the symmetric solution attracts there. NotConverged
    where there is no such solution (the iteration loses its overlap) or the branch is lost.
    """
    hot = min(beta, 100.0)
    while hot < beta and symmetric_solution(g, gamma, beta=hot).stability < CLEARLY:
        hot = min(100.0 * hot, beta)
    start = _model(g, gamma, hot)
    u = from_start(start, start_with_overlap(start, 0.9), FIELD_NODES).u
    if u[1] < 1e-6 * u[0]:
        raise NotConverged(math.inf, f"solution with overlap at g = {g}, gamma = {gamma}, beta = {hot:g}")
    found = follow(start, u, beta)
    model = _model(g, gamma, beta)
    image = saddle(model, found.u, FIELD_NODES)
    residual = float(np.max(np.abs(image[:6] - found.u) / units(found.u)))
    return _result(model, found.u, float(image[6]), residual, math.nan, found.evaluations)


def symmetric_solution(g: float, gamma: float = 0.0, *, beta: float) -> ReplicaMeasure:
    """The solution with Q = R = Qhat = 0 at gain g, symmetry gamma and inverse temperature beta.

    Relative accuracy about 1e-10 (see `residual` and `quadrature`). Ranges: 0 <= g <= 10, -1 <= gamma <= 1, beta > 0
    finite; ValueError otherwise. NotConverged if the residual stays above 1e-11.
    """
    model = _model(g, gamma, beta)
    u, count = symmetric_state(model)
    site = symmetric_site(model, *u)
    gap = np.abs(symmetric_map(model, u) - u) / np.array([u[0], 1.0, 1.0 / u[0]])
    full = np.array([u[0], 0.0, u[1], 0.0, u[2], 0.0])
    return _result(model, full, site.x2, float(gap.max()), site.error, count)


def _model(g: float, gamma: float, beta: float) -> Model:
    return Model(require_gain(g, 10.0), require_symmetry(gamma), require_positive("beta", beta))


def _result(model: Model, u: Array, x2: float, residual: float, quadrature: float, count: int) -> ReplicaMeasure:
    q, Q, rho, rho_R, qhat, Qhat = (float(value) for value in u)
    T = model.temperature
    excess = symmetric_site(model, q, rho, qhat).excess if model.g == 0.0 else 0.0
    own = (q, rho, qhat) if 1e-6 * q > Q else tuple(symmetric_state(model)[0])
    stability = overlap_multiplier(model, *own)
    per_g2 = qhat / model.g**2 if model.g > 0.0 else excess / (2.0 * T)
    root = math.sqrt(T)
    return ReplicaMeasure(
        g=model.g, gamma=model.gamma, beta=model.beta, q=q, Q=Q, r=rho * root, R=rho_R * root, qhat=qhat, Qhat=Qhat,
        x2=x2, energy=T / 2.0 + T * T * per_g2, stability=stability, residual=residual,
        quadrature=quadrature, evaluations=count,
    )  # fmt: skip
