"""Stationary DMFT of the explicit map  x <- (1 - dt) x + dt J phi(x) + sqrt(2 D dt) n, exact for the map itself.

Its transfer factor is L(w) = dt/(e^{i w dt} - b), b = 1 - dt, in place of 1/(1 + i w); per step the noise has the
spectrum 2 D/dt. The autocovariance of x at lags k dt obeys (Delta_{-1} = Delta_1)

    (1 + b^2) Delta_k - b (Delta_{k+1} + Delta_{k-1}) = dt^2 g^2 C(Delta_k; Delta_0) + 2 D dt [k = 0],   Delta_k -> 0.

All lags and Delta_0 by Newton at once (tridiagonal plus the column of Delta_0; the tail closed by its own decay),
from the continuous state (`driven`). dt = 1: Delta_k = 0 for k >= 1, Delta_0 = g^2 <phi^2> + 2 D.

Participation ratios as in `driven`, with u = 1/(1 - b_g L*(w1) L(w2)) = 1 + q/(zeta - z), q = b_g dt L*(w1), z = b + q,
b_g = (g chi)^2, zeta = e^{i w2 dt}; with G = sum_{k>=1} z^{k-1} C_k the mean over w2 of C |u|^2 is
C_0 + 2 Re(q G) + |q|^2 {C_0 + 2 Re(z G)}/(1 - |z|^2), that of C (2 Re u - 1) is C_0 + 2 Re(q G).

Spectra are per step: C(w) = sum_k C_k e^{-i w k dt}, |w dt| <= pi, C_0 = mean over w.

Source: dossier linear-equivalence, Model (transfer factor of the discretised system), Theory 1, 2, 10.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield import driven
from atlas.meanfield.driven import Ratios, Stationary, require_unit
from atlas.meanfield.errors import NotConverged
from atlas.meanfield.gaussian import Array
from atlas.meanfield.units import Unit

ComplexArray = NDArray[np.complex128]
MAX_LAGS = 20_000
_NEGLIGIBLE = 1e-13  # of the largest spectrum: frequencies below it are left out
_BLOCK = 4_000_000  # complex numbers held at once
_DECAY = 32.0  # lags kept until exp(-32)
_SHRINK = (1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125)


@dataclass(frozen=True)
class MapState:
    """The stationary state, with Delta_k and C_k at the lags k dt, k = 0, 1, ...; dt."""

    state: Stationary
    dt: float
    delta: Array
    c_phi: Array


@dataclass(frozen=True)
class Spectra:
    """Spectra per step on n frequencies w_j = 2 pi j/(n dt): transfer L, response S = chi L, drive = 2 D/dt."""

    omega: Array
    transfer: ComplexArray
    response: ComplexArray
    c_phi: Array
    c_x: Array
    c_zeta: Array
    drive: float


def _mismatch(g: float, D: float, dt: float, unit: Unit, delta: Array) -> tuple[Array, Array, Array]:
    """Mismatch of the equation over dt^2, its banded Jacobian (3, K) and the column from Delta_0."""
    b, gg = 1.0 - dt, g * g
    c, by_delta, by_delta0, slope = unit.site(delta)
    middle = 2.0 + (1.0 - gg * slope) * dt * dt / b  # mu + 1/mu of the tail Delta_{k+1} = mu Delta_k
    mu = 0.5 * middle - math.sqrt(max(0.25 * middle * middle - 1.0, 0.0))
    ahead = np.append(delta[1:], mu * delta[-1])
    behind = np.append(delta[1], delta[:-1])
    stiffness = b / (dt * dt)
    mismatch = delta - gg * c - stiffness * ((ahead - delta) - (delta - behind))
    mismatch[0] -= 2.0 * D / dt
    bands = np.empty((3, delta.size))
    bands[0] = bands[2] = -stiffness
    bands[0, 1] *= 2.0
    bands[1] = 2.0 * stiffness + 1.0 - gg * by_delta
    bands[1, -1] -= mu * stiffness
    return mismatch, bands, -gg * by_delta0


def _step(mismatch: Array, bands: Array, column: Array) -> Array:
    """Solve (bands + column e_0^T) step = -mismatch (Sherman-Morrison)."""
    from scipy.linalg import solve_banded

    solved = solve_banded((1, 1), bands, np.stack((-mismatch, column), axis=1), check_finite=False)
    step: Array = solved[:, 0] - solved[:, 1] * (solved[0, 0] / (1.0 + solved[0, 1]))
    return step


def _newton(g: float, D: float, dt: float, unit: Unit, delta: Array) -> tuple[Array, float]:
    """Newton with step halving; returns (delta, residual = largest mismatch over Delta_0), not yet judged."""
    mismatch, bands, column = _mismatch(g, D, dt, unit, delta)
    norm = float(np.max(np.abs(mismatch))) / delta[0]
    for _ in range(60):
        step = _step(mismatch, bands, column)
        for shrink in _SHRINK:
            trial = delta + shrink * step
            if trial[0] <= 0.0 or np.max(np.abs(trial[1:])) >= trial[0]:
                continue
            new = _mismatch(g, D, dt, unit, trial)
            new_norm = float(np.max(np.abs(new[0]))) / trial[0]
            if new_norm < norm:
                break
        else:
            break  # at the rounding floor, or stuck: the caller judges
        delta, (mismatch, bands, column), norm = trial, new, new_norm
    return delta, float(norm)


def _start(g: float, D: float, dt: float, phi: str) -> Array:
    """Delta of the continuous state with its time shrunk by sqrt(1 - dt), which is exact to leading order in dt."""
    kappa = math.sqrt(max(1.0 - driven.solve(g, phi, D).state.g_chi ** 2, 0.0))
    scale = dt / math.sqrt(1.0 - dt)
    n_lags = math.ceil(_DECAY / (kappa * min(scale, 1.0))) + 4
    if n_lags > MAX_LAGS:
        raise ValueError(f"dt = {dt}: needs {n_lags} lags, at most {MAX_LAGS}")
    return driven.correlations(g, phi, D, scale * np.arange(n_lags))[0]


def _unit_step(g: float, D: float, unit: Unit) -> tuple[Array, float]:
    """dt = 1: the root of Delta_0 = g^2 <phi^2> + 2 D (the positive one)."""
    from scipy.optimize import brentq

    if g == 0.0:
        return np.array([2.0 * D, 0.0]), 0.0

    def excess(log_delta: float) -> float:
        delta = math.exp(log_delta)
        return 1.0 - (g * g * unit.phi2(delta) + 2.0 * D) / delta

    low = 2.0 * D if D > 0.0 else 0.5 * (g - 1.0)
    root = brentq(excess, math.log(low), math.log(1.01 * (g * g + 2.0 * D)), xtol=1e-15, rtol=1e-14)
    return np.array([math.exp(root), 0.0]), abs(excess(root))


@lru_cache(maxsize=64)
def solve(g: float, phi: str, D: float, dt: float) -> MapState:
    """The stationary state of the map, 0 < dt <= 1; g, phi, D as in `driven.solve`.

    Relative error of the order parameters about 1e-10. Raises ValueError outside, NotConverged if Newton stops above
    its rounding floor 1e-10 + 1e-15/dt^2 or finds a state that does not decay.
    """
    unit = require_unit(phi)
    if not 0.0 < dt <= 1.0:
        raise ValueError(f"dt = {dt}: the step of the map must be in (0, 1]")
    continuous = driven.solve(g, phi, D).state
    if continuous.delta0 == 0.0:
        return MapState(continuous, dt, np.zeros(2), np.zeros(2))
    delta, residual = _unit_step(g, D, unit) if dt == 1.0 else _newton(g, D, dt, unit, _start(g, D, dt, phi))
    decays = abs(delta[-1]) < 1e-6 * delta[0] and delta.min() > -1e-9 * delta[0]
    if not (residual <= 1e-10 + 1e-15 / dt**2 and decays):
        raise NotConverged(residual, f"map at g = {g}, D = {D}, dt = {dt}")
    delta0 = float(delta[0])
    chi = unit.chi(delta0)
    state = Stationary(g, phi, D, delta0, unit.phi2(delta0), chi, g * chi, unit.cubic(delta0), residual)
    c_phi = unit.site(delta)[0]
    for array in (delta, c_phi):
        array.flags.writeable = False
    return MapState(state, dt, delta, c_phi)


def transfer(omega: Array, dt: float) -> ComplexArray:
    """L(w) = dt/(e^{i w dt} - 1 + dt)."""
    result: ComplexArray = dt / (np.exp(1j * omega * dt) - (1.0 - dt))
    return result


def spectrum(values: Array, n: int) -> Array:
    """sum_k C_|k| e^{-i w_j k dt} at w_j = 2 pi j/(n dt), j = 0 ... n - 1, of an even sequence given at k >= 0.

    Lags beyond n wrap around: exact values at these frequencies for any length.
    """
    wrapped = np.zeros(n)
    k = np.arange(values.size)
    np.add.at(wrapped, k % n, values)
    result: Array = 2.0 * np.fft.fft(wrapped).real - values[0]
    return result


def spectra(solved: MapState, n: int) -> Spectra:
    """The spectra of a state on n frequencies; c_zeta = C_phi (1 - g^2 |S|^2)."""
    state = solved.state
    omega: Array = 2.0 * math.pi * np.fft.fftfreq(n, solved.dt).astype(np.float64)
    factor = transfer(omega, solved.dt)
    response = state.chi * factor
    c_phi = spectrum(solved.c_phi, n)
    c_zeta = c_phi * (1.0 - state.g**2 * np.abs(response) ** 2)
    c_x = spectrum(solved.delta, n)
    return Spectra(omega, factor, response, c_phi, c_x, c_zeta, 2.0 * state.D / solved.dt)


def participation_ratios(g: float, phi: str, D: float, dt: float) -> Ratios:
    """PR/N of phi and x for N -> infinity at equal times (see the module), error about 1e-9. Raises as `solve`."""
    solved = solve(float(g), phi, float(D), float(dt))
    state = solved.state
    if state.delta0 == 0.0:
        return Ratios(math.nan, math.nan, 0.0)
    lags = solved.delta.size
    n = 2 * lags + 2
    grid = spectra(solved, n)
    kept = np.flatnonzero((np.arange(n) <= n // 2) & (np.abs(grid.c_x) > _NEGLIGIBLE * grid.c_x.max()))
    weight = np.where((kept == 0) | (kept == n // 2), 1.0, 2.0) / n
    b = 1.0 - dt
    q: ComplexArray = state.g_chi**2 * dt * grid.transfer[kept].conj()
    z: ComplexArray = b + q
    rest = solved.delta - 2.0 * D * dt / (1.0 - b * b) * b ** np.arange(float(lags))
    fields = np.stack((solved.c_phi, solved.delta, rest))
    sums = _power_sums(z, fields[:, 1:])
    single = fields[:, :1] + 2.0 * (q * sums).real
    square = np.abs(q) ** 2 * (fields[:, :1] + 2.0 * (z * sums).real) / (1.0 - np.abs(z) ** 2)
    c_phi = weight * grid.c_phi[kept]
    recurrent = state.g**2 * np.abs(grid.transfer[kept]) ** 2 * c_phi
    whole_phi = float(c_phi @ (single[0] + square[0]))
    whole_x = float((weight * grid.c_x[kept]) @ single[1] + recurrent @ (single[2] + square[2]))
    return Ratios(state.phi2**2 / whole_phi, state.delta0**2 / whole_x, state.residual)


def _power_sums(z: ComplexArray, values: Array) -> ComplexArray:
    """sum_k z^k values[f, k] for each function f and z, (F, n), in blocks of z that bound the memory."""
    k = np.arange(float(values.shape[1]))
    block = max(1, _BLOCK // k.size)
    parts = [values @ np.exp(np.multiply.outer(k, np.log(part))) for part in np.split(z, range(block, z.size, block))]
    result: ComplexArray = np.concatenate(parts, axis=1)
    return result
