"""Maximal Lyapunov exponent of the chaotic state from the DMFT of two nearby copies.

    lambda_max = -1 + sqrt(1 - E_0),   E_0 the ground state of   H = -d^2/dtau^2 + W(tau),
    W(tau) = 1 - g^2 <phi'(x(t)) phi'(x(t+tau))> = kappa^2 - sum_{m>=1} (2m+1)(m+1) d_m rho(tau)^{2m}.

W is even and has the odd eigenfunction Delta'(tau) at E = 0 (time translation), so the ground state is even
and negative, and the first odd level is a check: it must vanish. Discretised on a uniform grid by sinc
functions of definite parity (exponentially convergent). Near g = 1: W = kappa^2 (1 - 6 sech^2 kappa tau), E_0
= -3 kappa^2. Below g = 1 the origin is stable and its spectrum is a disk of radius g around -1: lambda_max =
-(1 - g).

Source: Sompolinsky, Crisanti, Sommers, PRL 61, 259 (1988).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import require_gain
from atlas.meanfield.gaussian import Array
from atlas.meanfield.mehler import mehler, orbit, orbit_at, polynomials
from atlas.meanfield.stationary import G_CRITICAL

G_MAX = 10.0
_RANGE = 14.0  # cut at kappa tau: the odd function's weight there is exp(-28), the ground state's below exp(-56)


@dataclass(frozen=True)
class Lyapunov:
    """lambda_max, the ground level E_0, the first odd level (exactly 0), and residual |odd level|/kappa^2."""

    g: float
    lyapunov_max: float
    ground_level: float
    odd_level: float
    residual: float


def sinc_hamiltonians(potential: Array, h: float) -> tuple[Array, Array]:
    """Even and odd blocks of -d^2/dtau^2 + potential in sinc functions at tau_j = j h, j = 0 .. n-1.

    Full-line matrix: pi^2/(3 h^2) on the diagonal, 2 (-1)^{i-j}/(h (i-j))^2 off it. Shapes (n, n) and (n-1,
    n-1).
    """
    n = potential.size
    k = np.arange(1, 2 * n)
    kinetic = np.empty(2 * n)
    kinetic[0] = math.pi**2 / 3.0
    kinetic[1:] = 2.0 * (1.0 - 2.0 * (k % 2)) / (k * k)
    kinetic /= h * h
    index = np.arange(n)
    difference = kinetic[np.abs(index[:, None] - index[None, :])]
    mirror = kinetic[index[:, None] + index[None, :]]
    even = difference + mirror
    even[0] *= math.sqrt(0.5)
    even[:, 0] *= math.sqrt(0.5)
    odd = (difference - mirror)[1:, 1:]
    even[index, index] += potential
    odd[index[:-1], index[:-1]] += potential[1:]
    return even, odd


def _points(g: float) -> int:
    """Grid size with an error below the bar: the level's width is 1/kappa, its core sharpens with g."""
    return int(110 + 26.0 * max(g - 1.0, 0.0) ** 1.5)


def lyapunov_max(g: float) -> Lyapunov:
    """Maximal Lyapunov exponent (per membrane time) at 0 <= g <= 10.

    For g <= 1: -(1 - g) (0 at g = 1). Error below 1e-10 for 1 < g <= 3 (relative to eps^2/2 near g = 1),
    below 1e-8 to g = 10; the residual is the odd level's. Raises ValueError for g outside the range.
    """
    from scipy.linalg import eigh

    g = require_gain(g, G_MAX)
    if g <= G_CRITICAL:
        return Lyapunov(g, -(1.0 - g), math.nan, math.nan, 0.0)
    series = mehler(g)
    kappa = series.state.kappa
    n = _points(g)
    h = _RANGE / n  # in units of 1/kappa
    rho = 1.0 / np.cosh(orbit_at(orbit(g), np.arange(n, dtype=np.float64) * (h / kappa)))
    m = np.arange(series.d.size)
    row = (2.0 * m + 1.0) * (m + 1.0) * series.d / kappa**2
    row[0] = 0.0
    scaled = 1.0 - polynomials(row[None, :], rho * rho)[0]  # W/kappa^2
    even, odd = sinc_hamiltonians(scaled, h)
    options = {"eigvals_only": True, "subset_by_index": (0, 0), "check_finite": False, "overwrite_a": True}
    ground = float(eigh(even, **options)[0]) * kappa**2
    level = float(eigh(odd, **options)[0])
    exponent = -ground / (1.0 + math.sqrt(1.0 - ground))
    return Lyapunov(g, exponent, ground, level * kappa**2, abs(level))
