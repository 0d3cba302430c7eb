"""Jacobians of the regulated dynamics and spectra of couplings, in float64.

    A = -I + J D,  D = diag(phi'),    K = A - gamma [ D J^T A + diag(phi'' * (J^T F)) ],    phi = tanh.

gamma = 0: K = A, a disk of radius g sqrt(mean phi'^2) around -1. gamma = 1: K is minus the Hessian of E = |F|^2/2,
symmetric, and -A^T A at zeros of F. Source: dossier freezing-chaos, Theory (4).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


def jacobian(x: Array, J: Array, gamma: float) -> Array64:
    """K (N, N) at x (N,) of dx/dt = F - gamma phi' * (J^T F), in inverse membrane time constants.

    No symmetry is imposed: for gamma = 1 it holds to rounding. Two N^3 products. ValueError for shapes that do not fit.
    """
    x, J = np.asarray(x, np.float64), np.asarray(J, np.float64)
    if x.ndim != 1 or J.shape != (len(x), len(x)):
        raise ValueError(f"x, J: got shapes {x.shape}, {J.shape}; allowed: (N,), (N, N)")
    phi = np.tanh(x)
    dphi = 1.0 - phi * phi
    diagonal = np.arange(len(x))
    K = J * dphi
    K[diagonal, diagonal] -= 1.0
    if gamma == 0:
        return K
    reaction = dphi[:, None] * (J.T @ K)
    reaction[diagonal, diagonal] += -2.0 * phi * dphi * (J.T @ (J @ phi - x))
    return np.asarray(K - gamma * reaction, dtype=np.float64)


def smallest_singular_value_squared(M: Array) -> float:
    """Smallest eigenvalue of M^T M for a square M (N, N), by SVD; relative rounding error eps |M|^2/s^2."""
    singular = np.linalg.svd(np.asarray(M, np.float64), compute_uv=False)
    return float(singular[-1] ** 2)


def disk_radius(eigenvalues: NDArray[np.complexfloating[Any, Any]]) -> float:
    """Radius of a uniform disk around 0 from its median modulus: P(|z| < r) = (r/R)^2, R = sqrt(2) median |z|.

    A few outliers do not move it (each by 1/N of the mass).
    """
    return float(np.sqrt(2.0) * np.median(np.abs(eigenvalues)))
