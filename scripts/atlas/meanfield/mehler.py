"""The chaotic orbit of Delta'' = Delta - g^2 C(Delta) in a coordinate without singular points.

With rho = Delta/Delta_0, w = rho^2 and the odd Hermite coefficients a_{2m+1} of tanh(sqrt(Delta_0) z):

    C_phi = sum_m a_{2m+1}^2 rho^{2m+1},                  C_dphi = <phi' phi'> = dC_phi/dDelta
    rho'^2 = rho^2 (1 - sum_m d_m w^m),                   d_m = g^2 a_{2m+1}^2/(Delta_0 (m+1)),  sum_m d_m = 1
    rho'^2 = rho^2 (1 - w) Q(w),                          Q(w) = sum_k T_k w^k,  T_k = sum_{m>k} d_m > 0
    rho = sech u:      du/dtau = sqrt(Q(sech^2 u)),       u(0) = 0, from sqrt(Gamma_0/Delta_0) down to kappa
    Gamma = -Delta'' = Delta_0 rho { (2 w - 1) Q(w) - w (1 - w) Q'(w) }

Both zeros of the energy (tau = 0 and infinity) are divided out, no two large numbers are subtracted, and u
grows linearly, so neither the turning point nor the separatrix costs accuracy, and none is lost as g -> 1.
sum d_m = 1 is not imposed: its mismatch is the residual.

Source: dossier kinetic-energy, Theory 2-7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from atlas.meanfield.errors import require_gain
from atlas.meanfield.gaussian import Array, tanh_odd_coefficients
from atlas.meanfield.stationary import G_CRITICAL, StationaryDMFT, stationary

G_MAX = 20.0  # the number of Hermite terms grows as g^2 (about 40 Delta_0)


@dataclass(frozen=True)
class Mehler:
    """Series of one chaotic state: state, a2[m] = a_{2m+1}^2, d[m], T[k], and residual |1 - sum_m d_m|."""

    state: StationaryDMFT
    a2: Array
    d: Array
    T: Array
    residual: float


def polynomials(rows: Array, w: Array) -> Array:
    """Values sum_k rows[r, k] w^k, shape (n_rows, w.size), by baby steps (powers) and giant steps."""
    n_rows, n = rows.shape
    block = max(1, math.ceil(math.sqrt(n)))
    n_blocks = -(-n // block)
    padded = np.zeros((n_rows, n_blocks * block))
    padded[:, :n] = rows
    powers = np.ones((block, w.size))
    for k in range(1, block):
        np.multiply(powers[k - 1], w, out=powers[k])
    giant = powers[-1] * w
    parts = (padded.reshape(n_rows * n_blocks, block) @ powers).reshape(n_rows, n_blocks, w.size)
    total: Array = parts[:, -1].copy()
    for j in range(n_blocks - 2, -1, -1):
        total *= giant
        total += parts[:, j]
    return total


def derivative_row(row: Array) -> Array:
    """Coefficients of d/dw sum_k row[k] w^k, padded to the same length."""
    k = np.arange(1.0, row.size)
    return np.concatenate((row[1:] * k, [0.0]))


@lru_cache(maxsize=32)
def mehler(g: float) -> Mehler:
    """The series at gain 1 < g <= 20 (see the module); arrays are read-only and kept for repeated questions.

    Residual about 1e-15 to 1e-13. Raises ValueError for g outside (1, 20].
    """
    g = require_gain(g, G_MAX)
    if g <= G_CRITICAL:
        raise ValueError(f"g = {g}: there is no chaotic state at g <= 1")
    state = stationary(g)
    a2 = tanh_odd_coefficients(state.delta0) ** 2
    d = g * g * a2 / (state.delta0 * np.arange(1.0, a2.size + 1.0))
    tail = np.append(np.cumsum(d[:0:-1])[::-1], 0.0)  # summed from the small end
    for array in (a2, d, tail):
        array.flags.writeable = False
    return Mehler(state, a2, d, tail, abs(1.0 - float(np.sum(d[::-1]))))


@dataclass(frozen=True)
class Orbit:
    """The orbit u(tau) on a uniform grid of u: u, tau(u), du/dtau, d2u/dtau2 and the final rate kappa."""

    u: Array
    tau: Array
    rate: Array
    acceleration: Array
    kappa: float


@lru_cache(maxsize=32)
def orbit(g: float, u_max: float = 20.0, n: int = 1000) -> Orbit:
    """Solve du/dtau = sqrt(Q(sech^2 u)) on u_j = j u_max/n by integrating 1/rate as a cosine series.

    1/rate is even at 0 and constant to 1e-16 at u_max = 20, so the cosine series converges faster than any
    power; error of tau(u) below 1e-12/kappa for g <= 10. Raises ValueError for g outside (1, 20].
    """
    from scipy.fft import dct, dst

    series = mehler(float(g))
    u = np.linspace(0.0, u_max, n + 1)
    w = 1.0 / np.cosh(u) ** 2
    q, dq = polynomials(np.stack((series.T, derivative_row(series.T))), w)
    rate = np.sqrt(q)
    cosines = dct(1.0 / rate, type=1) / n
    k = np.arange(1, n)
    tau = 0.5 * cosines[0] * u
    tau[1:-1] += 0.5 * dst(cosines[1:-1] * u_max / (math.pi * k), type=1)
    acceleration = -dq * w * np.tanh(u)
    for array in (u, tau, rate, acceleration):
        array.flags.writeable = False
    return Orbit(u, tau, rate, acceleration, float(rate[-1]))


def orbit_at(path: Orbit, tau: Array) -> Array:
    """u at any lags tau >= 0 by quintic Hermite interpolation on the grid; linear beyond it."""
    j = np.clip(np.searchsorted(path.tau, tau, side="right") - 1, 0, path.tau.size - 2)
    h = path.tau[j + 1] - path.tau[j]
    s = np.minimum((tau - path.tau[j]) / h, 1.0)
    r = 1.0 - s
    left = path.u[j] * (1.0 + 3.0 * s + 6.0 * s * s) + h * path.rate[j] * s * (1.0 + 3.0 * s)
    left += 0.5 * h * h * path.acceleration[j] * s * s
    right = path.u[j + 1] * (1.0 + 3.0 * r + 6.0 * r * r) - h * path.rate[j + 1] * r * (1.0 + 3.0 * r)
    right += 0.5 * h * h * path.acceleration[j + 1] * r * r
    beyond = path.kappa * np.maximum(tau - path.tau[-1], 0.0)
    result: Array = left * r**3 + right * s**3 + beyond
    return result
