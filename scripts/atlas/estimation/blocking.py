"""Error bar of the mean of one correlated, stationary time series, by blocking, and its correlation time.

Blocking (Flyvbjerg and Petersen, J. Chem. Phys. 91, 461 (1989)): neighbours are averaged again and again;
with n_k blocks of size B = 2^k the naive error^2 is s_k^2 = var_k / n_k, which rises to a plateau, the true
error^2, once the blocks are longer than the correlation time.

Automatic stop (Lee et al., Phys. Rev. E 83, 066706 (2011)): the smallest B = 2^k with

    B^3 > 2 n max(1, s_k / s_0)^4,

which balances the relative bias of s_k^2 (about -2 tau/B) against its statistical error sqrt(2 B/n). If it is
not reached with at least `MIN_BLOCKS` blocks the series is too short for an error bar, and the error is nan.

Measured on AR(1) series (1000 runs each): 95 % Student intervals cover 93-95 % for n >= 300 tau_int. At
n = 100 tau_int they cover 92-94 %, the error is 8-14 % low and 6-30 % of the series are refused; at 20
tau_int 92 % are refused and the rest is optimistic: do not go there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.estimation.estimate import Estimate

MIN_BLOCKS = 8  # an error from fewer blocks is itself uncertain by more than 25 %


def series_average(series: ArrayLike, dt: float = 1.0) -> Estimate:
    """Mean of a stationary series (n_samples,), spaced by dt, with its error by blocking.

    variance: of a single sample. count: number of blocks at the stop, the honest number for the Student
    interval (the error is known from these). correlation_time: tau_int of `integrated_correlation_time`, in
    units of dt. A constant series has error 0; one that is too short for its correlations has error nan.
    Raises ValueError for fewer than 2 MIN_BLOCKS samples.
    """
    x = _series(series)
    variance = float(x.var(ddof=1))
    mean = float(x.mean())
    if np.ptp(x) == 0:
        return Estimate(mean, 0.0, 0.0, x.size, math.nan)
    error, blocks = blocked_error(x)
    return Estimate(mean, error, variance, blocks, integrated_correlation_time(x, dt))


def blocked_error(series: ArrayLike) -> tuple[float, int]:
    """Standard error of the mean and number of blocks at the stop; (nan, 1) if it is not reached."""
    x = _series(series)
    squares, blocks = blocking_levels(x)
    sizes = 2.0 ** np.arange(squares.size)
    rise = np.maximum(squares / squares[0], 1.0)  # anticorrelated series need as many blocks as white noise
    reached = (sizes**3 > 2 * x.size * rise**2) & (blocks >= MIN_BLOCKS)
    if not reached.any():
        return math.nan, 1
    level = int(np.argmax(reached))
    return math.sqrt(squares[level]), int(blocks[level])


def blocking_levels(series: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Naive error^2 s_k^2 and number of blocks n_k of every level k = 0, 1, ... with n_k >= 2.

    A level of odd length drops its oldest sample. The relative error of s_k^2 is sqrt(2/(n_k - 1)).
    """
    x = _series(series)
    squares, blocks = [], []
    while x.size >= 2:
        squares.append(x.var(ddof=1) / x.size)
        blocks.append(x.size)
        x = x[x.size % 2 :].reshape(-1, 2).mean(axis=1)
    return np.array(squares), np.array(blocks)


def integrated_correlation_time(series: ArrayLike, dt: float = 1.0, window: float = 6.0) -> float:
    """tau_int = dt [ 1/2 + sum_{k=1}^{W} rho_k ], W the smallest lag with W >= window * tau_int/dt (Sokal).

    rho: autocorrelation of the series (n_samples,), by FFT. White noise has dt/2; the error of a mean of n
    samples is variance * 2 tau_int / (n dt). The window of 6 tau leaves a bias below exp(-6) for exponential
    decay; the mean that is subtracted costs a relative bias of about -2 tau_int/(n dt). Returns nan for a
    constant series.
    """
    x = _series(series)
    if np.ptp(x) == 0:
        return math.nan
    fluctuation = x - x.mean()
    spectrum = np.abs(np.fft.rfft(fluctuation, 2 * x.size)) ** 2
    covariance = np.fft.irfft(spectrum)[: x.size] / np.arange(x.size, 0, -1)
    running = np.cumsum(covariance / covariance[0]) - 0.5
    stop = np.arange(x.size) >= window * np.maximum(running, 0.5)
    return dt * float(running[int(np.argmax(stop)) if stop.any() else -1])


def _series(series: ArrayLike) -> NDArray[np.float64]:
    x = np.asarray(series, dtype=float)
    if x.ndim != 1 or x.size < 2 * MIN_BLOCKS:
        raise ValueError(f"series: got shape {x.shape}; allowed: one axis with at least {2 * MIN_BLOCKS} samples")
    if not np.isfinite(x).all():
        raise ValueError("series: got nan or infinite samples; allowed: finite numbers")
    return x
