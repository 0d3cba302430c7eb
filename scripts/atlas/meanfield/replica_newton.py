"""Newton's method for the equations of the measure with overlap Q, R > 0 (see replica_measure), with exact derivatives.

A cold state has q - Q << q and Qhat >> qhat - Qhat/2; the equations are therefore written for

    p = ( q,  q - Q,  rho - rho_R,  rho_R,  A = qhat - Qhat/2,  Qhat ),

    q     = E<phi^2>     q - Q = E var(phi)     rho - rho_R = E cov(m, phi)/S     rho_R = E<m><phi>/S
    A     = (g^2/2) (E var(m)/S - 1)/S          Qhat = g^2 E<m>^2/S^2,

without differences of large numbers. An average changes with a parameter of the weight by its covariance with what the
parameter multiplies, so that one pass over the sites gives the equations and their Jacobian. Newton's unknowns are

    y = ( ln q,  ln (q - Q),  rho - rho_R,  rho_R,  A (q - Q),  ln Qhat ),

which stay of order one, but for the multiples of ln beta in the second and the last, as beta grows.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.fixed_point import FixedPoint, newton
from atlas.meanfield.replica_site import STATISTICS, field_averages
from atlas.meanfield.replica_symmetric import TOLERANCE, Model, half_grid

Array = NDArray[np.float64]

NEAR = 1e-5  # mismatch in y that is enough on the way to a colder state
FIELD_NODES = 20  # Gauss-Hermite nodes of each field
_PLACES = np.zeros((STATISTICS, STATISTICS), dtype=np.intp)
_PLACES[np.triu_indices(STATISTICS)] = np.arange(6, 21)
_PLACES += np.triu(_PLACES, 1).T  # columns of the covariances


@cache
def _field_nodes(n: int) -> tuple[Array, Array, Array]:
    """Nodes u, v and weights of two independent N(0, 1) fields; one of each mirror pair (u, v), (-u, -v)."""
    z, weight = np.polynomial.hermite_e.hermegauss(n)
    weight = weight / weight.sum()
    u, v = (part.ravel() for part in np.meshgrid(z, z[z > 0], indexing="ij"))
    w = 2.0 * np.outer(weight, weight[z > 0]).ravel()
    keep = w > 1e-17
    return u[keep], v[keep], w[keep]


def from_gaps(p: Array) -> Array:
    """u = (q, Q, rho, rho_R, qhat, Qhat) of p, or a difference of u from one of p."""
    q, gap, rho_gap, rho_R, A, Qhat = p
    return np.array([q, q - gap, rho_gap + rho_R, rho_R, A + Qhat / 2.0, Qhat])


def units(u: Array) -> Array:
    """Natural units of the six mismatches."""
    q, rho = abs(u[0]), max(abs(u[2]), 1e-3)
    return np.array([q, q, rho, rho, 1.0 / q, 1.0 / q])


class Sites:
    """All sites at a state p = (q, q - Q, rho - rho_R, rho_R, A, Qhat): image of the six equations, E<x^2>, Jacobian.

    Q is given apart, so that a tiny one keeps its digits. A covariance of the fields that is none is cut.
    """

    def __init__(self, model: Model, p: Array, Q: float, n_nodes: int) -> None:
        self.model, self.Q = model, Q
        _, self.gap, rho_gap, self.rho_R, self.A, self.Qhat = (float(value) for value in p)
        g2 = model.g**2
        self.S = model.temperature + g2 * self.gap
        self.Gamma = g2 * model.gamma * rho_gap
        self.U, self.V, self.weight = _field_nodes(n_nodes)
        xi = model.g * math.sqrt(Q) * self.V
        self.along = model.g * model.gamma * self.rho_R / math.sqrt(Q) if Q > 0 else 0.0
        self.across = math.sqrt(max(self.Qhat - self.along**2, 0.0))
        h = self.along * self.V + self.across * self.U
        x, phi, _ = half_grid(model, self.S, self.Gamma, self.A, float(np.max(np.abs(h))), float(np.max(np.abs(xi))))
        own = self.A * phi * phi - model.beta * model.eta * x * x
        self.site = field_averages(own, x, phi, self.Gamma, h, xi, self.S)
        self.image = self._image()
        self.x2 = float(self.weight @ self.site[:, 5])

    def _image(self) -> Array:
        phi, phi2, m, _, _, _ = self.site[:, :6].T
        w, S, g2 = self.weight, self.S, self.model.g**2
        var_phi, m_phi, var_m = (self.site[:, _PLACES[i, j]] for i, j in ((0, 0), (0, 2), (2, 2)))
        return np.array([
            w @ phi2, w @ var_phi, w @ m_phi / S, w @ (m * phi) / S,
            g2 / 2.0 * (w @ var_m / S - 1.0) / S, g2 * (w @ m**2) / S**2,
        ])  # fmt: skip

    def jacobian(self) -> Array:
        """d image/d p, (6, 6)."""
        S, w, g2 = self.S, self.weight, self.model.g**2
        phi, phi2, m, _, m_phi, _ = self.site[:, :6].T[:, :, None]
        dS, dGamma, dA, dxi, dh = self._fields()
        push = np.empty((len(dh), STATISTICS, 6))  # what each statistic is multiplied by in the exponent
        push[:, 0], push[:, 1], push[:, 2] = dh, dA, dxi / S
        push[:, 3], push[:, 4] = dS / (2.0 * S * S), dGamma / S
        change = self.site[:, _PLACES] @ push  # of <phi>, <phi^2>, <m>, <m^2>, <m phi> by the weight
        dphi, dphi2 = change[:, 0], change[:, 1]
        dm = change[:, 2] - dGamma * phi - dxi
        dm2 = change[:, 3] - 2.0 * (dGamma * m_phi + dxi * m)
        dm_phi = change[:, 4] - dGamma * phi2 - dxi * phi
        dvar = w @ (dm2 - 2.0 * m * dm)
        var = float(w @ self.site[:, _PLACES[2, 2]])
        dproduct = w @ (dm * phi + m * dphi)
        return np.array([
            w @ dphi2,
            w @ (dphi2 - 2.0 * phi * dphi),
            (w @ dm_phi - dproduct - self.image[2] * dS) / S,
            (dproduct - self.image[3] * dS) / S,
            g2 / 2.0 * (dvar / S**2 + (1.0 - 2.0 * var / S) / S**2 * dS),
            2.0 * g2 * (w @ (m * dm)) / S**2 - 2.0 * self.image[5] / S * dS,
        ])  # fmt: skip

    def _fields(self) -> tuple[Array, Array, Array, Array, Array]:
        """Derivatives by p of S, Gamma, A (6,), and of xi, h at all sites (n, 6)."""
        g, gamma, Q = self.model.g, self.model.gamma, self.Q
        dS, dGamma, dA = np.eye(6)[[1, 2, 4]] * np.array([[g * g], [g * g * gamma], [1.0]])
        dQ = np.array([1.0, -1.0, 0.0, 0.0, 0.0, 0.0])
        dalong = g * gamma / math.sqrt(Q) * np.eye(6)[3] - self.along / (2.0 * Q) * dQ
        dacross = np.zeros(6)
        if self.across > 0.0:
            dacross = (np.eye(6)[5] - 2.0 * self.along * dalong) / (2.0 * self.across)
        dxi = g / (2.0 * math.sqrt(Q)) * self.V[:, None] * dQ
        return dS, dGamma, dA, dxi, self.V[:, None] * dalong + self.U[:, None] * dacross


def cold(p: Array) -> Array:
    """Newton's unknowns y of p."""
    q, gap, rho_gap, rho_R, A, Qhat = p
    return np.array([math.log(q), math.log(gap), rho_gap, rho_R, A * gap, math.log(Qhat)])


def warm(y: Array) -> Array:
    """The inverse of cold."""
    gap = math.exp(y[1])
    return np.array([math.exp(y[0]), gap, y[2], y[3], y[4] / gap, math.exp(y[5])])


class Equations:
    """The six mismatches and their Jacobian in y: in y itself (`cold`), or in natural units (`mismatch`)."""

    def __init__(self, model: Model, n_nodes: int = FIELD_NODES) -> None:
        self.model, self.n_nodes = model, n_nodes
        self._last: tuple[Array, Array, Sites] | None = None

    def _at(self, y: Array) -> tuple[Array, Sites] | None:
        """p and its sites; None where there is no overlap or no grid holds the density."""
        if self._last is None or not np.array_equal(self._last[0], y):
            try:
                p = warm(y)
                if not 0.0 < p[1] < p[0]:
                    return None
                self._last = (y.copy(), p, Sites(self.model, p, p[0] - p[1], self.n_nodes))
            except (ValueError, OverflowError):
                return None
        return self._last[1:]

    def cold_mismatch(self, y: Array) -> Array:
        found = self._at(y)
        if found is None:
            return np.full(6, math.inf)
        try:
            return cold(found[1].image) - y
        except ValueError:
            return np.full(6, math.inf)

    def mismatch(self, y: Array) -> Array:
        found = self._at(y)
        if found is None:
            return np.full(6, math.inf)
        p, sites = found
        return from_gaps(sites.image - p) / units(from_gaps(p))

    def cold_jacobian(self, y: Array) -> Array:
        p, sites = self._found(y)
        v = sites.image
        inverse = np.diag([1.0 / v[0], 1.0 / v[1], 1.0, 1.0, v[1], 1.0 / v[5]])
        inverse[4, 1] = v[4]
        return inverse @ sites.jacobian() @ _by_unknowns(p) - np.eye(6)

    def jacobian(self, y: Array) -> Array:
        p, sites = self._found(y)
        moved = (sites.jacobian() - np.eye(6)) @ _by_unknowns(p)
        return np.array([from_gaps(column) for column in moved.T]).T / units(from_gaps(p))[:, None]

    def _found(self, y: Array) -> tuple[Array, Sites]:
        found = self._at(y)
        if found is None:
            raise ValueError("no overlap, or no grid for the density, at a state of Newton's method")
        return found


def _by_unknowns(p: Array) -> Array:
    """dp/dy, (6, 6)."""
    q, gap, _, _, A, Qhat = p
    out = np.diag([q, gap, 1.0, 1.0, 1.0 / gap, Qhat])
    out[4, 1] = -A
    return out


def solve_from(equations: Equations, y: Array, what: str, limit: int = 25) -> FixedPoint:
    """Newton from near a solution: first in y (to 1e-9: the logarithms of small differences carry more rounding), then
    to the tolerance of the module in natural units.
    """
    near = newton(equations.cold_mismatch, y, tolerance=1e-9, limit=limit, what=what,
                  jacobian=equations.cold_jacobian)  # fmt: skip
    found = newton(equations.mismatch, near.u, tolerance=TOLERANCE, limit=limit, what=what,
                   jacobian=equations.jacobian)  # fmt: skip
    return FixedPoint(found.u, found.residual, near.evaluations + found.evaluations)


def gaps_of(u: Array) -> Array:
    """The inverse of from_gaps."""
    q, Q, rho, rho_R, qhat, Qhat = (float(value) for value in u)
    return np.array([q, q - Q, rho - rho_R, rho_R, qhat - Qhat / 2.0, Qhat])


def newton_from(model: Model, u: Array, n_nodes: int, what: str, spent: int) -> FixedPoint:
    """The solution near a state u with overlap."""
    found = solve_from(Equations(model, n_nodes), cold(gaps_of(u)), what)
    return FixedPoint(from_gaps(warm(found.u)), found.residual, spent + found.evaluations)


def attracts(model: Model, u: Array, n_nodes: int = FIELD_NODES) -> bool:
    """Whether a solution with overlap attracts the damped iteration: no multiplier has a real part above 1."""
    p = gaps_of(u)
    jacobian = Sites(model, p, float(u[1]), n_nodes).jacobian()
    return bool(np.linalg.eigvals(jacobian).real.max() < 1.0)


def follow(model: Model, u: Array, beta: float) -> FixedPoint:
    """The solution with overlap followed from the model's temperature, where it is u, to a larger beta.

    Steps in ln beta, straight on from the last two points in the unknowns that stay (ln beta (q - Q), ln Qhat/beta^2),
    halved where Newton's method fails; NotConverged below a hundredth.
    """
    scaling = np.array([0.0, 1.0, 0.0, 0.0, 0.0, -2.0])
    here, end, step = math.log(model.beta), math.log(beta), math.log(3.0)
    y, tangent = cold(gaps_of(u)) + here * scaling, np.zeros(6)
    count = 0
    while here < end:
        move = min(step, end - here)
        there = end if move == end - here else here + move
        at = replace(model, beta=beta if there == end else math.exp(there))
        equations, ahead = Equations(at), y + move * tangent - there * scaling
        try:
            found = newton(equations.cold_mismatch, ahead, tolerance=NEAR, limit=8, halvings=3, what="branch",
                           jacobian=equations.cold_jacobian)  # fmt: skip
        except (NotConverged, ValueError, np.linalg.LinAlgError) as error:
            step = move / 2.0
            if step < 0.01:
                raise NotConverged(getattr(error, "residual", math.inf), "solution with overlap") from error
            continue
        arrived = found.u + there * scaling
        y, tangent, here = arrived, (arrived - y) / move, there
        step, count = 1.5 * move, count + found.evaluations
    last = solve_from(Equations(replace(model, beta=beta)), y - end * scaling, "solution with overlap")
    return FixedPoint(from_gaps(warm(last.u)), last.residual, count + last.evaluations)
