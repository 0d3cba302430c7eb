"""In-context regression by linear attention: exact law of the contexts, population averages, infinitely many tasks.

With u = w/√D = r q (|q| = 1) the context of a prompt with N tokens is, for uncorrelated tokens,

    c = kappa r (t q + √(t/N) g_perp),  c_{D+1} = kappa r² t,   t = chi²_N/N,  g_perp Gaussian orthogonal to q,

kappa = N/(N+1) when the sum over tokens is divided by N + 1, or 1. No token needs to be drawn. Averages over prompts:

    <c_m c_m'> = δ A_11 (m <= D), A_22 (m = D+1);  A_11 = kappa² (1 + (D+1)/N)/D,  A_22 = kappa² (1 + 2/D)(1 + 2/N),
    test loss of W = 1 - (2 kappa/D) tr W11 + A_11 |W11|² + A_22 |W21|².

Source: dossier icl-spin-glass, Theory 4 and 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Prompts: context (P, D+1), query (P, D), task u = w/√D (P, D)."""

    context: Array
    query: Array
    task: Array


@dataclass(frozen=True)
class InfiniteTasks:
    """The solution for infinitely many tasks: W11 = w I, W21 = 0, with its test loss."""

    w: float
    loss: float


def require_sizes(D: int, N: int) -> None:
    """ValueError unless D >= 1 and N >= 1."""
    for name, value in (("D", D), ("N", N)):
        if value < 1:
            raise ValueError(f"{name}: got {value}; allowed: whole number >= 1")


def sample(rng: np.random.Generator, n_prompts: int, D: int, N: int) -> Sample:
    """Prompts of uncorrelated tokens by the law of their contexts; O(D) random numbers each, whatever N."""
    require_sizes(D, N)
    q, r = _directions(rng, n_prompts, D)
    squares = rng.chisquare(N, n_prompts)
    normal = _orthogonal(rng, q)
    moved = q * squares[:, None] + normal * np.sqrt(squares)[:, None]
    context = np.concatenate([moved * r[:, None], (r * r * squares)[:, None]], axis=1) / (N + 1)
    return Sample(context, rng.standard_normal((n_prompts, D)), q * r[:, None])


def sample_correlated(rng: np.random.Generator, n_prompts: int, D: int, covariance: Array) -> Sample:
    """Prompts of tokens with a covariance K (N+1, N+1) over positions, the query last; O(N + D) random numbers each.

    Along q the tokens are (g, g~) ~ N(0, K). Orthogonal to q, Σ_i g_i x_i and the query are jointly Gaussian with the
    covariance [[g.K g, k.g], [k.g, K_qq]] per direction, k the column of the query; c = (r/(N+1)) (q |g|² + Σ g_i x_i).
    """
    N = len(covariance) - 1
    require_sizes(D, N)
    q, r = _directions(rng, n_prompts, D)
    root = np.linalg.cholesky(covariance)
    along = rng.standard_normal((n_prompts, N + 1)) @ root.T
    g, own = along[:, :N], along[:, N]
    spread = np.sqrt(np.einsum("pi,pi->p", g @ covariance[:N, :N], g))
    shared = g @ covariance[:N, N] / spread
    first, second = _orthogonal(rng, q), _orthogonal(rng, q)
    rest = np.sqrt(np.maximum(covariance[N, N] - shared**2, 0.0))
    squares = (g * g).sum(axis=1)
    moved = q * squares[:, None] + first * spread[:, None]
    context = np.concatenate([moved * r[:, None], (r * r * squares)[:, None]], axis=1) / (N + 1)
    return Sample(context, q * own[:, None] + first * shared[:, None] + second * rest[:, None], q * r[:, None])


def _directions(rng: np.random.Generator, n_prompts: int, D: int) -> tuple[Array, Array]:
    u = rng.standard_normal((n_prompts, D)) / math.sqrt(D)
    r = np.linalg.norm(u, axis=1)
    return u / r[:, None], r


def _orthogonal(rng: np.random.Generator, q: Array) -> Array:
    normal = rng.standard_normal(q.shape)
    return np.asarray(normal - (normal * q).sum(axis=1)[:, None] * q)


def mixed_covariance(kind: str, correlation: float, N: int) -> Array:
    """Covariance of tokens over positions. "equal": E = (1 - c) I + c 1 1^T; "published": L^T L, where L L^T = E.

    ValueError for another kind or c outside [0, 1).
    """
    if kind not in ("published", "equal") or not 0.0 <= correlation < 1.0:
        raise ValueError(f"mixing: got {kind!r}, {correlation}; allowed: published or equal, 0 <= correlation < 1")
    equal = np.full((N + 1, N + 1), correlation)
    np.fill_diagonal(equal, 1.0)
    if kind == "equal":
        return equal
    lower = np.linalg.cholesky(equal)
    return np.asarray(lower.T @ lower)


def features(prompts: Sample) -> tuple[Array, Array]:
    """The D (D+1) features that matter, s_mn = c_m x~_n with m slowest (P, D (D+1)), and the targets u.x~ (P,)."""
    s = np.einsum("pm,pn->pmn", prompts.context, prompts.query).reshape(len(prompts.query), -1)
    return s, np.einsum("pn,pn->p", prompts.task, prompts.query)


def features_of_matrices(X: Array) -> Array:
    """All (D+1)² features s_mn = c_m X_{n,last} of prompt matrices X (P, D+1, N+1), c = X X^T e_{D+1}/(N+1)."""
    c = np.einsum("pmi,pi->pm", X, X[:, -1, :]) / X.shape[2]
    return np.einsum("pm,pn->pmn", c, X[:, :, -1]).reshape(len(X), -1)


def shrinkage(N: int) -> float:
    """kappa = N/(N + 1)."""
    return N / (N + 1)


def second_moments(D: int, N: int) -> tuple[float, float]:
    """A_11 and A_22."""
    kappa = shrinkage(N)
    return kappa**2 * (1 + (D + 1) / N) / D, kappa**2 * (1 + 2 / D) * (1 + 2 / N)


def population_loss(weights: Array, D: int, N: int) -> float:
    """Test loss over all prompts of uncorrelated tokens, weights (D (D+1),) with the context's index slowest."""
    W = np.asarray(weights, dtype=float).reshape(D + 1, D)
    A_11, A_22 = second_moments(D, N)
    linear = 2.0 * shrinkage(N) / D * float(np.trace(W[:D]))
    return 1.0 - linear + A_11 * float((W[:D] ** 2).sum()) + A_22 * float((W[D] ** 2).sum())


def sampled_loss(weights: Array, prompts: Sample, *, all_queries: bool) -> float:
    """Test loss on prompts: over all Gaussian queries of each, <|c^T W - u|²>, or on the query of each."""
    D = prompts.query.shape[1]
    miss = prompts.context @ np.asarray(weights).reshape(D + 1, D) - prompts.task
    if all_queries:
        return float(np.einsum("pn,pn->", miss, miss)) / len(miss)
    return float(np.mean(np.einsum("pn,pn->p", miss, prompts.query) ** 2))


def infinite_tasks(D: int, N: int, lambda0: float) -> InfiniteTasks:
    """w = (kappa/D)/(A_11 + lambda_0), loss = 1 - 2 w kappa + w² kappa² (1 + (D+1)/N).

    lambda_0 = 0: w = (N+1)/(N+D+1), loss = (D+1)/(N+D+1). ValueError for sizes below 1 or lambda_0 < 0.
    """
    require_sizes(D, N)
    if not (lambda0 >= 0 and math.isfinite(lambda0)):
        raise ValueError(f"lambda0: got {lambda0}; allowed: finite number >= 0")
    kappa = shrinkage(N)
    w = kappa / D / (second_moments(D, N)[0] + lambda0)
    return InfiniteTasks(w, 1 - 2 * w * kappa + w**2 * kappa**2 * (1 + (D + 1) / N))


def finite_tasks_factor(D: int, P: int) -> float:
    """P/(P - D (D+1)): by how much P independent prompts raise the loss, P > D (D+1) (within 2 %); ValueError below."""
    if P <= D * (D + 1):
        raise ValueError(f"P: got {P}; allowed: above D (D + 1) = {D * (D + 1)}")
    return P / (P - D * (D + 1))


def zero_modes(D: int, P: int) -> int:
    """Number of zero modes of the Hessian of (D+1)² weights: (D+1)² - min(P, D (D+1)). ValueError below D, P = 1."""
    require_sizes(D, P)
    return (D + 1) ** 2 - min(P, D * (D + 1))


def contrast_ratio(weights: Array, D: int) -> float:
    """tr(W)/(|W|_F √(D+1)) of weights (D (D+1),); the idle weights are zero."""
    W = np.asarray(weights).reshape(D + 1, D)
    return float(np.trace(W[:D]) / (np.linalg.norm(W) * math.sqrt(D + 1)))
