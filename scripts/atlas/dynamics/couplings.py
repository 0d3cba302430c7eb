"""Random couplings and starting states.

Elliptic Gaussian couplings: E[J_ij] = 0, Var(J_ij) = g^2/N, E[J_ij J_ji] = gamma g^2/N for i != j. They are
made in place from one Gaussian matrix G as J = (g/sqrt(N)) (a G + b G^T) with a^2 + b^2 = 1 and 2 a b =
gamma, which has the law of J = S + k A (S symmetric, A antisymmetric, k^2 = (1 - gamma)/(1 + gamma)).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating[Any]]

_BLOCK = 512  # rows and columns of one transposed block: 2 MB of temporary memory in float64


def gaussian_couplings(
    rng: np.random.Generator,
    n_units: int,
    g: float,
    *,
    gamma: float = 0.0,
    self_coupling: bool = True,
    dtype: DTypeLike = np.float32,
) -> Array:
    """Gaussian couplings J (n_units, n_units), C-contiguous, of gain g and symmetry gamma.

    Var(J_ij) = g^2/N; E[J_ij J_ji] = gamma g^2/N. The diagonal has variance (1 + gamma) g^2/N (the diagonal
    of the symmetric part), or is zero with ``self_coupling=False`` (a correction of order 1/N).
    Memory: the matrix itself plus at most 4 MB (N = 6000 in float32: 144 MB). The draws depend on dtype: the
    float32 and the float64 matrix of one seed are different networks.

    Ranges: n_units >= 1, g >= 0 finite, -1 <= gamma <= 1, dtype float32 or float64; ValueError otherwise.
    Source: dossier kinetic-energy, Model (gamma = 0); dossier equilibrium-measure, Model.
    """
    _check_size("n_units", n_units)
    if not (math.isfinite(g) and g >= 0):
        raise ValueError(f"g: got {g}; allowed: finite number >= 0")
    if not -1 <= gamma <= 1:
        raise ValueError(f"gamma: got {gamma}; allowed: -1 <= gamma <= 1")
    J = _standard_normal(rng, (n_units, n_units), dtype)
    scale = g / math.sqrt(n_units)
    if gamma == 0:
        np.multiply(J, scale, out=J)
    else:
        a = (math.sqrt(1 + gamma) + math.sqrt(1 - gamma)) / 2
        b = (math.sqrt(1 + gamma) - math.sqrt(1 - gamma)) / 2
        _mix_with_transpose(J, scale * a, scale * b)
    if not self_coupling:
        np.fill_diagonal(J, 0)
    return J


def gaussian_states(
    rng: np.random.Generator,
    n_units: int,
    n_states: int,
    *,
    scale: float = 1.0,
    dtype: DTypeLike = np.float32,
) -> Array:
    """Starting states x (n_units, n_states) with independent entries N(0, scale^2).

    Ranges: n_units, n_states >= 1, scale >= 0 finite, dtype float32 or float64; ValueError otherwise.
    Source: dossier kinetic-energy, Model (x_i(0) ~ N(0, 1)).
    """
    _check_size("n_units", n_units)
    _check_size("n_states", n_states)
    if not (math.isfinite(scale) and scale >= 0):
        raise ValueError(f"scale: got {scale}; allowed: finite number >= 0")
    x = _standard_normal(rng, (n_units, n_states), dtype)
    np.multiply(x, scale, out=x)
    return x


def _standard_normal(rng: np.random.Generator, shape: tuple[int, int], dtype: DTypeLike) -> Array:
    kind = np.dtype(dtype)
    if kind == np.float32:
        return rng.standard_normal(shape, dtype=np.float32)
    if kind == np.float64:
        return rng.standard_normal(shape, dtype=np.float64)
    raise ValueError(f"dtype: got {kind}; allowed: float32, float64")


def _mix_with_transpose(G: Array, a: float, b: float) -> None:
    """G <- a G + b G^T in place, block by block: no second matrix is needed."""
    n = len(G)
    for i in range(0, n, _BLOCK):
        for j in range(i, n, _BLOCK):
            upper, lower = G[i : i + _BLOCK, j : j + _BLOCK], G[j : j + _BLOCK, i : i + _BLOCK]
            old_upper, old_lower = upper.copy(), lower.copy()
            np.add(a * old_upper, b * old_lower.T, out=upper)
            np.add(a * old_lower, b * old_upper.T, out=lower)


def _check_size(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name}: got {value}; allowed: integer >= 1")
