"""Pieces of the solvers of icl-spin-glass: data sets, message passing that may diverge, weights as matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from atlas.meanfield import coupling_laws as laws
from atlas.meanfield import in_context as icl
from atlas.meanfield import spin_glass
from atlas.meanfield.errors import NotConverged

Values = dict[str, Any]
MINIMUM_NORM_CUT = 1e-12  # relative eigenvalue below which a direction counts as flat


def prompts_of(p: Any, rng: np.random.Generator, n_prompts: int) -> icl.Sample:
    """Prompts of uncorrelated or of correlated tokens."""
    if p.correlation == 0.0:
        return icl.sample(rng, n_prompts, p.D, p.N)
    return icl.sample_correlated(rng, n_prompts, p.D, icl.mixed_covariance(p.mixing, p.correlation, p.N))


def glass_of(p: Any, rng: np.random.Generator) -> spin_glass.Glass:
    """Couplings and fields of one data set."""
    s, target = icl.features(prompts_of(p, rng, p.P))
    return spin_glass.of_features(s, target, p.lambda0, p.beta)


def message_passing(glass: spin_glass.Glass, *, onsager: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Means, variances and residual of the single-site iteration; all nan (and the residual left) when it diverges."""
    try:
        found = spin_glass.single_site(glass, onsager=onsager)
    except NotConverged as error:
        nothing = np.full(len(glass.h), math.nan)
        return nothing, nothing, error.residual
    return found.mean, found.variance, found.residual


def stacked(rows: Sequence[Values]) -> Values:
    """Values of all data sets as arrays (instances, ...)."""
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def gap_of_messages(glass: spin_glass.Glass, exact: np.ndarray) -> float:
    """Largest difference of the marginals of the messages and the exact mean; nan when the messages diverge."""
    try:
        return float(np.abs(spin_glass.cavity(glass).mean - exact).max())
    except NotConverged:
        return math.nan


def framed(values: np.ndarray, D: int, idle: float) -> np.ndarray:
    """Values of the D (D+1) spins that matter as a matrix (D+1, D+1), the last column filled."""
    full = np.full((D + 1, D + 1), idle)
    full[:, :D] = values.reshape(D + 1, D)
    return full


def split(weights: np.ndarray, D: int) -> tuple[float, float]:
    """Mean diagonal of W11 and its largest entry in size beside the diagonal."""
    W = weights.reshape(D + 1, D)[:D]
    beside = np.abs(W[~np.eye(D, dtype=bool)])
    return float(np.trace(W) / D), float(beside.max()) if beside.size else 0.0


def solution(p: Any, rng: np.random.Generator) -> tuple[spin_glass.Glass, np.ndarray]:
    """Couplings of one data set and the exact mean; without ridge and with flat directions that of smallest norm."""
    glass = glass_of(p, rng)
    if p.lambda0 > 0 or p.P >= p.D * (p.D + 1):
        return glass, spin_glass.exact(glass, variances=False).mean
    return glass, minimum_norm_of(np.diag(glass.lam) - glass.J, glass.h)


def minimum_norm_of(A: np.ndarray, h: np.ndarray) -> np.ndarray:
    """The solution of A w = h of smallest norm, A symmetric and not negative, by its eigenvectors."""
    values, vectors = np.linalg.eigh(A)
    kept = values > MINIMUM_NORM_CUT * values[-1]
    return np.asarray(vectors[:, kept] @ ((vectors[:, kept].T @ h) / values[kept]))


def drawn_glass(p: Any, law: dict[str, laws.Law], rng: np.random.Generator) -> spin_glass.Glass:
    """Independent Gaussian couplings and fields with the widths of their blocks (mixtures by their components)."""
    D, p_w11 = p.D, p.D**2

    def draw(name: str, *shape: int) -> np.ndarray:
        which = rng.choice(len(law[name].shares), size=shape, p=law[name].shares)
        return np.asarray(law[name].means[which] + law[name].widths[which] * rng.standard_normal(shape))

    size = D * (D + 1)
    J = np.zeros((size, size))
    J[:p_w11, :p_w11] = draw("J_C", p_w11, p_w11)
    J[:p_w11, p_w11:] = draw("J_D", p_w11, D)
    J[p_w11:, p_w11:] = draw("J_E", D, D)
    J = np.triu(J, 1)
    h = np.vstack([draw("h_A", D, D), draw("h_B", 1, D)])
    h[np.arange(D), np.arange(D)] = draw("h_A_diagonal", D)
    return spin_glass.Glass(J + J.T, h.ravel(), np.full(size, p.lambda0), p.beta)


def laws_of(p: Any) -> dict[str, laws.Law]:
    """The laws of all blocks."""
    return {name: laws.law(name, p.D, p.N, p.P) for name in laws.BLOCKS}
