"""Two-time dynamical mean-field theory of a noisy network with partly symmetric couplings, solved forward in time.

    dx/dt = -x + J tanh(x) + sigma dW/dt,   Var J_ij = g^2/N,   E[J_ij J_ji] = gamma g^2/N,   Euler step dt:

    x(t+1) = x(t) + dt [ -x(t) + eta(t) + g^2 gamma dt sum_{s<t} R(t, s) phi(x(s)) ] + sigma sqrt(dt) z(t),
    <eta(t) eta(s)> = g^2 C(t, s),   C(t, s) = <phi(x(t)) phi(x(s))>,   R(t, s) = <d phi(x(t))/d eta(s)>/dt.

The theory is causal: C(t, s) and R(t, s) for s <= t are known from the paths up to t, so that one pass suffices; no
iteration, no damping. Averages are over `n_paths` sampled paths; eta(t) is drawn given the past of each path (Cholesky
factor of g^2 C, extended row by row), the response by the linearised equation of each path. The numbers behind eta and
dW have mean 0, variance 1 and no correlation with the past over the paths, exactly: else the noise of C, which growing
activity amplifies, is several times larger. What that costs is a bias of order n_steps/n_paths.
First order in dt, the same order and the same scheme as the explicit Euler network it stands beside.

Memory: 4 n_paths n_steps^2 bytes. Source: dossier equilibrium-measure, Static cavity (time-dependent check).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import require_gain, require_positive
from atlas.meanfield.null_phase import require_symmetry

Array = NDArray[np.float64]

_JITTER = 1e-9  # added to the diagonal of C, which is singular while paths have not yet separated


@dataclass(frozen=True)
class TwoTime:
    """times (T,), mean = <x(t)>, mean_error, C (T, T), equal = C(t, t), equal_error, R (T, T) with R[t, s], t > s."""

    times: Array
    mean: Array
    mean_error: Array
    C: Array
    equal: Array
    equal_error: Array
    R: Array


def two_time(
    g: float,
    gamma: float,
    sigma: float,
    dt: float,
    n_steps: int,
    start: Array,
    rng: np.random.Generator,
) -> TwoTime:
    """Sample paths from x(0) = start (n_paths,) over n_steps times 0, dt, ..., (n_steps - 1) dt.

    Ranges: g >= 0, -1 <= gamma <= 1, sigma >= 0, dt > 0, n_steps >= 2, more than n_steps + 2 paths; ValueError
    otherwise.
    """
    g, gamma, dt = require_gain(g), require_symmetry(gamma), require_positive("dt", dt)
    if not sigma >= 0 or n_steps < 2 or len(start) <= n_steps + 2:
        raise ValueError(f"sigma = {sigma}, n_steps = {n_steps}, paths {len(start)}: needs >= 0, >= 2, > n_steps + 2")
    paths = len(start)
    x: Array = np.array(start, dtype=np.float64)
    phi = np.zeros((n_steps, paths))
    noise = np.zeros((n_steps, paths))  # independent numbers that make eta
    factor = np.zeros((n_steps, n_steps))  # Cholesky factor of g^2 C
    # spread[s, u] = phi'(x(u)) dx(u)/d eta(s) of each path; only u > s is not zero
    spread = np.zeros((n_steps, n_steps, paths), dtype=np.float32)
    tangent = np.zeros((n_steps, paths), dtype=np.float32)
    C, R = np.zeros((n_steps, n_steps)), np.zeros((n_steps, n_steps))
    mean, mean_error, equal_error = np.zeros(n_steps), np.zeros(n_steps), np.zeros(n_steps)
    root = math.sqrt(paths)
    for t in range(n_steps):
        phi[t] = np.tanh(x)
        mean[t], mean_error[t] = x.mean(), x.std(ddof=1) / root
        equal_error[t] = (phi[t] ** 2).std(ddof=1) / root
        C[t, : t + 1] = C[: t + 1, t] = phi[: t + 1] @ phi[t] / paths
        spread[:t, t] = tangent[:t] * (1.0 - phi[t] ** 2).astype(np.float32)
        R[t, :t] = spread[:t, t].mean(axis=1) / dt
        _extend(factor, g * g * C, t)
        noise[t] = _fresh(rng, noise[:t])
        eta = factor[t, : t + 1] @ noise[: t + 1]
        memory = (g * g * gamma * dt) * R[t, :t]
        x = x + dt * (eta - x + memory @ phi[:t]) + sigma * math.sqrt(dt) * _fresh(rng, noise[: t + 1])
        past = np.einsum("u,sum->sm", memory.astype(np.float32), spread[:t, :t]) if t else 0.0
        tangent[:t] += np.float32(dt) * (past - tangent[:t])
        tangent[t] = dt
    times: Array = dt * np.arange(n_steps, dtype=np.float64)
    return TwoTime(times, mean, mean_error, C, np.diag(C).copy(), equal_error, R)


def _fresh(rng: np.random.Generator, past: Array) -> Array:
    """Normal numbers (paths,) of mean 0 and variance 1 over the paths, without correlation with the rows of past."""
    z = np.asarray(rng.standard_normal(past.shape[1]))
    z = z - np.mean(z)
    z = z - (past @ z) @ past / len(z)  # the rows are orthogonal and of variance 1
    scaled: Array = z / math.sqrt(float(z @ z) / len(z))
    return scaled


def _extend(factor: Array, covariance: Array, t: int) -> None:
    """Row t of the lower Cholesky factor from the covariance up to t."""
    from scipy.linalg import solve_triangular

    if t:
        factor[t, :t] = solve_triangular(factor[:t, :t], covariance[t, :t], lower=True)
    rest = covariance[t, t] - factor[t, :t] @ factor[t, :t]
    factor[t, t] = math.sqrt(max(rest, 0.0) + _JITTER)
