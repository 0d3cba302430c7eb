"""One layer of linear attention on prompts of linear regression: forward pass, loss, and its gradient by hand.

A task has weights w ~ N(0, I_D) and labels y = u.x with u = w/√D. A prompt is the matrix X (D+1, N+1) with columns
(x_i, y_i), i = 1..N, and (x~, 0) for the query; query and key are merged into W (D+1, D+1), the value is the identity:

    Y = (1/(N+1)) X X^T W X,    prediction = last entry of the last column = c^T W (x~, 0),
    c = (1/(N+1)) (Σ_i y_i x_i; Σ_i y_i²),    loss = <(prediction - u.x~)²>.

The last column of W meets the query's label 0 and never matters. Tokens may be mixed over positions, the query
included: X -> X M. Source: dossier icl-spin-glass, Model and Fig. S4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BLOCK = 500  # prompts whose tokens are held at a time


@dataclass(frozen=True)
class Prompts:
    """What prediction and loss need of P prompts: context c (P, D+1), query x~ (P, D), task u = w/√D (P, D)."""

    context: Array
    query: Array
    task: Array

    @property
    def target(self) -> Array:
        """The query's label u.x~, (P,)."""
        return np.asarray((self.task * self.query).sum(axis=1))


def mixing_matrix(kind: str, correlation: float, N: int) -> Array | None:
    """M (N+1, N+1) of X -> X M from the lower factor L of (1 - c) I + c 1 1^T = L L^T; None without correlation.

    "published": M = L, whose columns have the covariance L^T L (the query is hardly mixed and has variance near 1 - c);
    "equal": M = L^T, every two tokens have correlation c. ValueError for another kind or c outside [0, 1).
    """
    if kind not in ("published", "equal") or not 0.0 <= correlation < 1.0:
        raise ValueError(f"mixing: got {kind!r}, {correlation}; allowed: published or equal, 0 <= correlation < 1")
    if correlation == 0.0:
        return None
    L = np.linalg.cholesky((1.0 - correlation) * np.eye(N + 1) + correlation)
    return np.asarray(L if kind == "published" else L.T)


def tokens(rng: np.random.Generator, n_prompts: int, D: int, N: int, mix: Array | None = None) -> tuple[Array, Array]:
    """Tasks u (P, D) and tokens (P, N+1, D), the query last, mixed over positions by `mix` (N+1, N+1) if given.

    Tokens are drawn with the 24 bits of single precision (half the time) and used in double precision.
    """
    u = rng.standard_normal((n_prompts, D)) / math.sqrt(D)
    x = rng.standard_normal((n_prompts, N + 1, D), dtype=np.float32).astype(np.float64)
    return u, x if mix is None else np.matmul(mix.T, x)


def prompt_matrices(u: Array, x: Array) -> Array:
    """The prompts as matrices X (P, D+1, N+1): tokens over labels, the query's label 0."""
    n_prompts, n_columns, D = x.shape
    X = np.zeros((n_prompts, D + 1, n_columns))
    X[:, :D] = x.transpose(0, 2, 1)
    X[:, D, :-1] = np.einsum("pnd,pd->pn", x[:, :-1], u)
    return X


def forward(X: Array, W: Array) -> Array:
    """Predictions (P,): last entry of the last column of (1/(N+1)) X X^T W X."""
    Y = X @ (X.transpose(0, 2, 1) @ (W @ X)) / X.shape[2]
    return np.asarray(Y[:, -1, -1])


def forward_loss(X: Array, target: Array, W: Array) -> float:
    """Mean squared error of the forward pass over the prompts."""
    return float(np.mean((forward(X, W) - target) ** 2))


def draw(
    rng: np.random.Generator, n_prompts: int, D: int, N: int, *, mix: Array | None = None, query_counts: bool = True
) -> Prompts:
    """Prompts reduced to contexts, queries and tasks. query_counts: the sum is divided by N + 1, otherwise by N."""
    parts = []
    for start in range(0, n_prompts, BLOCK):
        u, x = tokens(rng, min(BLOCK, n_prompts - start), D, N)
        y = np.matmul(x, u[:, :, None])[:, :, 0]
        if mix is None:
            y, weights, query = y[:, :-1], y[:, :-1], x[:, -1]
        else:  # X M: the labels are y M, and Σ_i (X M)_i y_i = X (M y); the tokens themselves need not be mixed
            y = y @ mix[:, :-1]
            weights, query = y @ mix[:, :-1].T, np.einsum("pnd,n->pd", x, mix[:, -1])
        moved = np.matmul(weights[:, None, :], x[:, : weights.shape[1]])[:, 0]
        context = np.concatenate([moved, (y * y).sum(axis=1)[:, None]], axis=1) / (N + query_counts)
        parts.append((context, query, u))
    context, query, task = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Prompts(context, query, task)


def features(prompts: Prompts) -> Array:
    """s_mn = c_m (x~, 0)_n of every prompt, (P, (D+1)²); the D+1 idle columns are zero."""
    n_prompts, D = prompts.query.shape
    s = np.zeros((n_prompts, D + 1, D + 1))
    np.multiply(prompts.context[:, :, None], prompts.query[:, None, :], out=s[:, :, :D])
    return s.reshape(n_prompts, -1)


def quadratic_form(prompts: Prompts) -> tuple[Array, Array]:
    """A = <s s^T> and h = <y~ s> by one matrix product over the prompts: loss = w.A.w - 2 h.w + <y~²>, w = vec(W)."""
    s = features(prompts)
    return s.T @ s / len(s), s.T @ prompts.target / len(s)


def gradient(prompts: Prompts, W: Array) -> Array:
    """Gradient of the loss in W (D+1, D+1): (2/P) c^T [(prediction - y~) x~], two products over the prompts."""
    D = prompts.query.shape[1]
    error = ((prompts.context @ W[:, :D] - prompts.task) * prompts.query).sum(axis=1)
    grad = np.zeros_like(W)
    grad[:, :D] = (2.0 / len(error)) * prompts.context.T @ (error[:, None] * prompts.query)
    return grad


def prompt_loss(prompts: Prompts, W: Array, *, all_queries: bool = True) -> float:
    """Mean squared error on prompts.

    all_queries: averaged over Gaussian queries of each prompt, which for a linear answer is exactly the sum over the
    D unit vectors as queries, Σ_n (prediction(e_n) - u_n)² (tokens must not be mixed). Otherwise one query each.
    """
    miss = prompts.context @ W[:, : prompts.query.shape[1]] - prompts.task
    if all_queries:
        return float((miss * miss).sum(axis=1).mean())
    return float(np.mean((miss * prompts.query).sum(axis=1) ** 2))


def contrast_ratio(W: Array) -> float:
    """tr(W)/(|W|_F √(D+1)): √(D/(D+1)) for W = diag(I_D, 0), about 0 for noise."""
    return float(np.trace(W) / (np.linalg.norm(W) * math.sqrt(len(W))))


def blocks(prompts: Prompts) -> dict[str, Any]:
    """Entries of fields and couplings by block: h_A off and on the diagonal, h_B, J_C, J_D, J_E.

    h = <y~ s>, J_ij = -<s_i s_j>, i != j. A, B: fields of W11 and W21; C, D, E: couplings W11-W11, W11-W21, W21-W21,
    each pair once.
    """
    D = prompts.query.shape[1]
    A, h = quadratic_form(prompts)
    fields = h.reshape(D + 1, D + 1)[:, :D]
    first = np.arange((D + 1) ** 2).reshape(D + 1, D + 1)
    w11, w21 = first[:D, :D].ravel(), first[D, :D]
    off = ~np.eye(D, dtype=bool)
    C = A[np.ix_(w11, w11)][np.triu_indices(D * D, 1)]
    E = A[np.ix_(w21, w21)][np.triu_indices(D, 1)]
    return {
        "h": h.reshape(D + 1, D + 1), "A": A, "h_A": fields[:D][off], "h_A_diagonal": np.diag(fields[:D]).copy(),
        "h_B": fields[D].copy(), "J_C": -C, "J_D": -A[np.ix_(w11, w21)].ravel(), "J_E": -E,
    }  # fmt: skip
