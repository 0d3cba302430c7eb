"""Sample paths of stationary Gaussian processes, and of the effective single-site process of the network.

dx/dt = -x + eta, <eta eta> = g^2 C_phi(tau): in the stationary state x is the zero-mean Gaussian process of
covariance Delta(tau), so its law on a uniform time grid is sampled exactly, without integrating anything: the
covariance is wrapped on a circle, whose matrix is diagonal in Fourier space, and independent Gaussian modes
of the variances of that spectrum are transformed back (circulant embedding). The law on the first half of the
circle is exact when no eigenvalue is negative; negative ones are set to zero, and their total weight is the
error estimate.

Source: dossier kinetic-energy, Theory 1-3, 8; Dietrich and Newsam, SIAM J. Sci. Comput. 18, 1088 (1997).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from atlas.meanfield.correlation import correlation
from atlas.meanfield.errors import require_positive
from atlas.meanfield.gaussian import Array
from atlas.meanfield.stationary import G_CRITICAL, stationary


@dataclass(frozen=True)
class Paths:
    """x[path, step] at the times t[step]; clipped: bound on any covariance's error over the variance."""

    t: Array
    x: Array
    clipped: float


def gaussian_paths(covariance: ArrayLike, n_steps: int, n_paths: int, rng: np.random.Generator) -> tuple[Array, float]:
    """Paths, shape (n_paths, n_steps), of the stationary Gaussian process with covariance[k] at lag k.

    covariance: lags 0 .. m with m >= n_steps - 1; the circle has 2 m points, so give lags until it has
    decayed. Returns (x, clipped), clipped = sum of negative eigenvalues/(2 m covariance[0]), which bounds the
    error of every covariance (0 means exact in law). Raises ValueError for too few lags, non-finite values or
    counts < 1.
    """
    c = np.asarray(covariance, dtype=np.float64)
    if c.ndim != 1 or not np.all(np.isfinite(c)) or c.size < 2 or not c[0] > 0.0:
        raise ValueError("covariance: a finite 1-d array of at least 2 lags with covariance[0] > 0")
    if n_steps < 1 or n_paths < 1 or n_steps > c.size:
        raise ValueError(f"n_steps = {n_steps}, n_paths = {n_paths}: n_paths >= 1, 1 <= n_steps <= {c.size} lags")
    m = c.size - 1
    spectrum = np.fft.rfft(np.concatenate((c, c[m - 1 : 0 : -1]))).real  # 2 m points, modes 0 .. m
    multiplicity = np.full(m + 1, 2.0)
    multiplicity[0] = multiplicity[-1] = 1.0
    clipped = float(multiplicity @ np.maximum(-spectrum, 0.0)) / (2.0 * m * float(c[0]))
    amplitude = np.sqrt(np.maximum(spectrum, 0.0) * m)  # half of the variance in each quadrature of a mode
    noise = rng.standard_normal((n_paths, m + 1, 2))
    modes = (noise[..., 0] + 1j * noise[..., 1]) * amplitude
    modes[:, [0, m]] = math.sqrt(2.0) * modes[:, [0, m]].real  # the two real modes
    x = np.fft.irfft(modes, n=2 * m, axis=1)[:, :n_steps]
    return np.ascontiguousarray(x), clipped


def single_site_paths(
    g: float, dt: float, n_steps: int, n_paths: int, rng: np.random.Generator, decay: float = 30.0
) -> Paths:
    """Sample paths x(t), t = 0, dt, ..., (n_steps - 1) dt, of the stationary process, 0 <= g <= 20.

    Exact in law on the grid for any dt, up to `clipped` (rounding, about 1e-15, for the default decay: the
    circle reaches until Delta has fallen by exp(-decay)). All zero for g <= 1. Raises ValueError for dt <= 0,
    counts < 1 or a g out of range.
    """
    dt = require_positive("dt", dt)
    if n_steps < 1 or n_paths < 1:
        raise ValueError(f"n_steps = {n_steps}, n_paths = {n_paths}: both must be at least 1")
    times: Array = np.arange(n_steps, dtype=np.float64) * dt
    state = stationary(g)
    if state.g <= G_CRITICAL:
        return Paths(times, np.zeros((n_paths, n_steps)), 0.0)
    from scipy.fft import next_fast_len

    needed = max(n_steps, math.ceil(decay / (state.kappa * dt))) + 1
    lags = dt * np.arange(next_fast_len(needed, real=True) + 1)
    x, clipped = gaussian_paths(correlation(g, lags).delta, n_steps, n_paths, rng)
    return Paths(times, x, clipped)
