"""Stationary DMFT of the explicit Euler map  x <- (1 - dt) x + dt J tanh(x), exact for the map itself.

The transfer factor of the map is L(w) = dt/(e^{i w dt} - 1 + dt) in place of 1/(1 + i w); with C_x = |L|^2
g^2 C_phi the autocovariance at lags k dt obeys the second-order recursion (b = 1 - dt, Delta_{-1} = Delta_1)

    R_k = (1 + b^2) Delta_k - b (Delta_{k+1} + Delta_{k-1}) - dt^2 g^2 C(Delta_k; Delta_0) = 0,  Delta_k -> 0,

    Gamma_0 = <(x_{t+1} - x_t)^2>/dt^2 = 2 (Delta_0 - Delta_1)/dt^2 = (g^2 <phi^2> - Delta_0)/(1 - dt).

All lags and Delta_0 by Newton at once (tridiagonal plus one column), the tail closed by its exponential
decay. To leading order |L|^2 = 1/(1 + w^2 (1 - dt)): the continuous state with time shrunk by sqrt(1 - dt),
so Delta_0 is nearly unchanged and Gamma_0 grows by 1/(1 - dt) (11 % at dt = 0.1). dt = 1 is x <- J phi:
Delta_0 = Delta_s, Delta_k = 0 for k >= 1.

Source: dossier linear-equivalence, Theory 1 and the transfer factor in Model; dossier kinetic-energy,
Numerics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.correlation import correlation
from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gaussian import Array, tanh_averages, tanh_odd_coefficients
from atlas.meanfield.mehler import polynomials
from atlas.meanfield.stationary import G_CRITICAL, delta_static, stationary

G_MAX = 10.0
MAX_LAGS = 200_000
_DECAY = 18.0  # lags kept until exp(-18); the neglected nonlinear term there is exp(-54)


@dataclass(frozen=True)
class EulerStationary:
    """Stationary state of the Euler map: delta at the lags tau = k dt, its delta0, gamma0, phi2, dphi_mean.

    residual: max_k |R_k|/(dt^2 Delta_0) at the solution.
    """

    g: float
    dt: float
    delta0: float
    gamma0: float
    phi2: float
    dphi_mean: float
    tau: Array
    delta: Array
    residual: float


def _site(g: float, delta: Array) -> tuple[Array, Array, Array, float]:
    """g^2 C at each Delta_k, its derivatives by Delta_k and by Delta_0, and g^2 <phi'>^2.

    dC/dDelta = <phi' phi'>; dC/dDelta_0 = <phi'' phi> = sum_n a_n a_{n+2} sqrt((n+1)(n+2)) rho^n/Delta_0.
    """
    delta0 = float(delta[0])
    a = tanh_odd_coefficients(delta0)
    n = 2.0 * np.arange(a.size) + 1.0
    cross = np.zeros_like(a)
    cross[:-1] = a[:-1] * a[1:] * np.sqrt((n[:-1] + 1.0) * (n[:-1] + 2.0)) / delta0
    rho = delta / delta0
    c, by_delta, by_delta0 = polynomials(np.stack((a * a, n * a * a / delta0, cross)), rho * rho)
    gg = g * g
    return gg * rho * c, gg * by_delta, gg * rho * by_delta0, gg * float(a[0] ** 2) / delta0


def _recursion(g: float, dt: float, delta: Array) -> tuple[Array, Array, Array]:
    """R_k/dt^2, the banded Jacobian (3, K) and the extra column from Delta_0, also divided by dt^2."""
    b = 1.0 - dt
    field, by_delta, by_delta0, slope0 = _site(g, delta)
    middle = 2.0 + (1.0 - slope0) * dt * dt / b  # mu + 1/mu of the decaying tail Delta_{k+1} = mu Delta_k
    mu = 0.5 * middle - math.sqrt(max(0.25 * middle * middle - 1.0, 0.0))
    ahead = np.append(delta[1:], mu * delta[-1])
    behind = np.append(delta[1], delta[:-1])
    mismatch = delta - field - (b / (dt * dt)) * ((ahead - delta) - (delta - behind))
    bands = np.empty((3, delta.size))
    bands[0] = bands[2] = -b / (dt * dt)
    bands[0, 1] *= 2.0
    bands[1] = 2.0 * b / (dt * dt) + 1.0 - by_delta
    bands[1, -1] -= mu * b / (dt * dt)
    return mismatch, bands, -by_delta0


def _newton_step(mismatch: Array, bands: Array, column: Array) -> Array:
    """Solve (bands + column e_0^T) step = -mismatch by the Sherman-Morrison formula."""
    from scipy.linalg import solve_banded

    solved = solve_banded((1, 1), bands, np.stack((-mismatch, column), axis=1), check_finite=False)
    step: Array = solved[:, 0] - solved[:, 1] * (solved[0, 0] / (1.0 + solved[0, 1]))
    return step


def _solve(g: float, dt: float, delta: Array) -> tuple[Array, float]:
    """Newton with step halving from a guess; returns (delta, residual), not yet judged."""
    mismatch, bands, column = _recursion(g, dt, delta)
    norm = float(np.max(np.abs(mismatch))) / delta[0]
    rounding = 2.0 * np.finfo(float).eps / (dt * dt)
    for _ in range(40):
        if norm <= rounding:
            break
        step = _newton_step(mismatch, bands, column)
        for shrink in (1.0, 0.5, 0.25, 0.125, 0.0625):
            trial = delta + shrink * step
            if trial[0] <= 0.0 or np.max(np.abs(trial[1:])) > trial[0]:
                continue
            new = _recursion(g, dt, trial)
            new_norm = float(np.max(np.abs(new[0]))) / trial[0]
            if new_norm < norm:
                break
        else:
            return delta, float(norm)  # no further decrease: at the rounding floor, or stuck (the caller judges)
        delta, (mismatch, bands, column), norm = trial, new, new_norm
    return delta, float(norm)


def _accept(g: float, dt: float, delta: Array, residual: float, kappa: float) -> bool:
    """Residual at the rounding floor, and the decaying solution (not a constant one)."""
    floor = 1e-11 * kappa**2 + 20.0 * np.finfo(float).eps / (dt * dt)
    decaying = bool(np.all(np.diff(delta) < 1e-12 * delta[0]) and delta[-1] < 1e-3 * delta[0])
    return bool(residual <= floor) and decaying


def euler_stationary(g: float, dt: float) -> EulerStationary:
    """Stationary state of the Euler map at gain 0 <= g <= 10 and step 0 < dt <= 1 (membrane constants).

    For g <= 1 all zero. Relative error of delta0 about 1e-11 and of gamma0 about 1e-10 at dt >= 0.01, g >=
    1.1; the rounding grows as 1e-15/dt^2. Raises ValueError for arguments out of range or a step needing more
    than 200000 lags (18/(kappa dt)), NotConverged with the residual if Newton does not reach its rounding
    floor.
    """
    g = require_gain(g, G_MAX)
    dt = float(dt)
    if not 0.0 < dt <= 1.0:
        raise ValueError(f"dt = {dt}: the Euler step must be in (0, 1]")
    if g <= G_CRITICAL:
        return EulerStationary(g, dt, 0.0, 0.0, 0.0, 1.0, np.zeros(1), np.zeros(1), 0.0)
    if dt == 1.0:
        delta, residual = np.array([delta_static(g), 0.0]), 0.0
    else:
        delta, residual = _from_continuous(g, dt)
    delta0 = float(delta[0])
    averages = tanh_averages(delta0)
    tau: Array = np.arange(delta.size, dtype=np.float64) * dt
    gamma0 = 2.0 * (delta0 - float(delta[1])) / (dt * dt)
    return EulerStationary(g, dt, delta0, gamma0, averages.phi2, averages.dphi, tau, delta, residual)


def _from_continuous(g: float, dt: float) -> tuple[Array, float]:
    """Newton started at the continuous solution, its time stretched until the right branch is reached."""
    kappa = stationary(g).kappa
    n = int(_DECAY / (kappa * dt)) + 8
    if n > MAX_LAGS:
        raise ValueError(f"dt = {dt}: needs {n} lags at g = {g}, more than {MAX_LAGS}")
    residual = math.inf
    for stretch in (1.0, 1.0 / math.sqrt(1.0 - dt), 1.5 / math.sqrt(1.0 - dt), 3.0 / math.sqrt(1.0 - dt)):
        guess = correlation(g, stretch * dt * np.arange(n)).delta
        delta, residual = _solve(g, dt, guess)
        if _accept(g, dt, delta, residual, kappa):
            return delta, residual
    raise NotConverged(residual, f"Euler map at g = {g}, dt = {dt}")
