"""Real spins with quadratic energy: exact solution, cavity messages on the dense graph, and single-site iterations.

    H(sigma) = - Σ_{i<j} J_ij sigma_i sigma_j - Σ_i h_i sigma_i + (1/2) Σ_i lambda_i sigma_i²,   measure exp(-beta H).

Exact: mean (diag(lambda) - J)^{-1} h, covariance (1/beta)(diag(lambda) - J)^{-1}. Cavity: Gaussian messages

    m_{i->j} = v_{i->j} beta (h_i + Σ_{k != j} J_ik m_{k->i}),
    1/v_{i->j} = beta lambda_i - beta² Σ_{k != j} J_ik² v_{k->i}.

Single site, V_i = beta² Σ_k J_ik² v_k, v_i = 1/(beta lambda_i - V_i):

    m_i = v_i (beta h_i + beta Σ_k J_ik m_k - V_i m_i)     with the Onsager term: the exact mean, whatever v is;
    m_i = v_i (beta h_i + beta Σ_k J_ik m_k)               without: lambda_i falls to lambda_i - V_i/beta.

An iteration that does not settle raises NotConverged. Source: dossier icl-spin-glass, Theory 1 to 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from atlas.meanfield.errors import NotConverged, require_positive

Array = NDArray[np.float64]
TOLERANCE, DAMPING, LIMIT = 1e-13, 0.5, 4000
GROWN = 1e6  # a residual this much above its smallest so far is a divergence


@dataclass(frozen=True)
class Glass:
    """Couplings J (p, p), symmetric with zero diagonal; fields h, stiffnesses lam (p,); inverse temperature beta."""

    J: Array
    h: Array
    lam: Array
    beta: float

    def energy(self, sigma: Array) -> float:
        """H(sigma)."""
        return float(-0.5 * sigma @ (self.J @ sigma) - self.h @ sigma + 0.5 * self.lam @ sigma**2)

    def force(self, sigma: Array) -> Array:
        """dH/dsigma = lambda sigma - J sigma - h."""
        return np.asarray(self.lam * sigma - self.J @ sigma - self.h)


@dataclass(frozen=True)
class Marginals:
    """Means and variances of the spins (p,), with the residual of the solver."""

    mean: Array
    variance: Array
    residual: float


def of_features(s: Array, target: Array, lambda0: float, beta: float) -> Glass:
    """J_ij = -<s_i s_j> (i != j), h = <y s>, lambda_i = lambda_0 + <s_i²> from features s (P, p), targets y (P,)."""
    require_positive("beta", beta)
    A = s.T @ s / len(s)
    lam = lambda0 + np.diag(A)
    J = -A
    np.fill_diagonal(J, 0.0)
    return Glass(J, s.T @ target / len(s), lam, beta)


def exact(glass: Glass, *, variances: bool = True) -> Marginals:
    """Mean and variances by Cholesky; ValueError when the energy has no minimum. Residual: max |dH/dsigma|."""
    try:
        factor = cho_factor(np.diag(glass.lam) - glass.J)
    except np.linalg.LinAlgError:
        raise ValueError("the Hessian is not positive: the energy has no unique minimum") from None
    mean = cho_solve(factor, glass.h)
    width = np.full(len(mean), np.nan)
    if variances:
        width = np.diag(cho_solve(factor, np.eye(len(mean)))) / glass.beta
    return Marginals(mean, width, float(np.abs(glass.force(mean)).max()))


def settle(update: Callable[[Array], Array], start: Array, what: str, *, positive: bool = False) -> tuple[Array, float]:
    """x = update(x) by damped repetition; the residual max |update(x) - x|/max |x| is the exit criterion.

    NotConverged when it is not reached in LIMIT steps, grows GROWN times above its smallest value, is not finite, or
    (positive) an entry is not above 0.
    """
    x, smallest, residual = start, np.inf, np.inf
    for _ in range(LIMIT):
        with np.errstate(all="ignore"):
            image = update(x)
            residual = float(np.abs(image - x).max() / max(np.abs(image).max(), 1e-300))
        if not np.isfinite(residual) or (positive and image.min() <= 0.0):
            break
        if residual <= TOLERANCE:
            return image, residual
        size = float(np.abs(image - x).max())
        if size > GROWN * smallest:
            break
        smallest = min(smallest, size)
        x = DAMPING * x + (1.0 - DAMPING) * image
    raise NotConverged(residual, what)


def single_site(glass: Glass, *, onsager: bool) -> Marginals:
    """Fixed point of the single-site iteration: variances first (they need no means), then means."""
    beta, J2 = glass.beta, glass.beta**2 * glass.J**2
    v, first = settle(lambda v: 1.0 / (beta * glass.lam - J2 @ v), 1.0 / (beta * glass.lam), "variances", positive=True)
    V = J2 @ v
    reaction = V if onsager else np.zeros_like(V)
    field = beta * glass.h

    def update(m: Array) -> Array:
        return np.asarray(v * (field + beta * (glass.J @ m) - reaction * m))

    m, second = settle(update, np.zeros_like(v), "means")
    return Marginals(m, v, max(first, second))


def without_onsager(glass: Glass, variance: Array) -> Array:
    """The mean to which the published iteration is equivalent: the ridge (diag(lambda - V/beta) - J)^{-1} h."""
    V = glass.beta**2 * glass.J**2 @ variance
    return np.asarray(np.linalg.solve(np.diag(glass.lam - V / glass.beta) - glass.J, glass.h), dtype=np.float64)


def cavity(glass: Glass) -> Marginals:
    """Marginals from the messages m_{i->j}, v_{i->j} on all pairs (p² of each)."""
    beta, J = glass.beta, glass.J
    J2, p = beta**2 * J**2, len(glass.h)

    def widths(v: Array) -> Array:
        incoming = J2 * v.T  # at [i, k]: from k to i
        return np.asarray(1.0 / ((beta * glass.lam - incoming.sum(axis=1))[:, None] + incoming))

    start = np.repeat(1.0 / (beta * glass.lam)[:, None], p, axis=1)
    v, first = settle(widths, start, "variances of the messages", positive=True)

    def means(m: Array) -> Array:
        incoming = beta * J * m.T
        return np.asarray(v * ((beta * glass.h + incoming.sum(axis=1))[:, None] - incoming))

    m, second = settle(means, np.zeros((p, p)), "means of the messages")
    variance = 1.0 / (beta * glass.lam - (J2 * v.T).sum(axis=1))
    mean = variance * (beta * glass.h + beta * (J * m.T).sum(axis=1))
    return Marginals(mean, variance, max(first, second))
