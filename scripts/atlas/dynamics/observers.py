"""Accumulators of a running simulation, called as observer(step, x, phi, v) at step starts.

All arrays are (N, R). Sums over the N units are taken in the state's precision (relative rounding below
N * 6e-8 in float32, in practice near 1e-6), sums over time in float64. Averages before the first call are
nan. Steps are taken by the integrator; time of an observation is step * dt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.schemes import Observer

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


def thinned(observer: Observer, every: int, *, start: int = 0) -> Observer:
    """The observer called only at steps start, start + every, start + 2 every, ... by step number."""
    if every < 1:
        raise ValueError(f"every: got {every}; allowed: integer >= 1")

    def call(step: int, x: Array, phi: Array, v: Array) -> None:
        if step >= start and (step - start) % every == 0:
            observer(step, x, phi, v)

    return call


def mean_square(y: Array) -> Array64:
    """(1/N) sum_i y_i^2 of each state: (N, R) -> (R,)."""
    return np.asarray(np.einsum("ij,ij->j", y, y), dtype=np.float64) / len(y)


class Moments:
    """Time means, per state, of unit averages: each property has shape (R,).

    x2 = <x^2>, x4 = <x^4>, phi2 = <phi^2>, v2 = <v^2> = 2 E/N (Gamma_0 in the stationary state), and
    speed = <|v|>/sqrt(N) (arc length per unit time and sqrt(N); left-point rule).
    """

    def __init__(self) -> None:
        self.count = 0
        self._sums: Array64 | None = None
        self._square: Array | None = None

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        if self._sums is None or self._square is None:
            self._sums, self._square = np.zeros((5, x.shape[1])), np.empty_like(x)
        np.multiply(x, x, out=self._square)
        v2 = mean_square(v)
        rows = (mean_square(x), mean_square(self._square), mean_square(phi), v2, np.sqrt(v2))
        for total, row in zip(self._sums, rows, strict=True):
            total += row
        self.count += 1

    def _mean(self, row: int) -> Array64:
        return np.full(1, np.nan) if self._sums is None else self._sums[row] / self.count

    @property
    def x2(self) -> Array64:
        return self._mean(0)

    @property
    def x4(self) -> Array64:
        return self._mean(1)

    @property
    def phi2(self) -> Array64:
        return self._mean(2)

    @property
    def v2(self) -> Array64:
        return self._mean(3)

    @property
    def speed(self) -> Array64:
        return self._mean(4)


class Series:
    """Unit averages at each observed step: steps (T,), x2, phi2, v2 (T, R).

    v2(t) is the kinetic energy 2 E(t)/N; the arc length is s(t)/sqrt(N) = integral of sqrt(v2) dt.
    """

    def __init__(self) -> None:
        self._steps: list[int] = []
        self._rows: list[Array64] = []

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        self._steps.append(step)
        self._rows.append(np.stack((mean_square(x), mean_square(phi), mean_square(v))))

    def _column(self, k: int) -> Array64:
        return np.stack(self._rows)[:, k] if self._rows else np.empty((0, 0))

    @property
    def steps(self) -> NDArray[np.int64]:
        return np.asarray(self._steps, dtype=np.int64)

    @property
    def x2(self) -> Array64:
        return self._column(0)

    @property
    def phi2(self) -> Array64:
        return self._column(1)

    @property
    def v2(self) -> Array64:
        return self._column(2)


class MeanActivity:
    """Time mean of phi of every unit and state, (N, R) in float64: the centre of the cloud of activities."""

    def __init__(self) -> None:
        self.count = 0
        self._sum: Array64 | None = None

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        if self._sum is None:
            self._sum = np.zeros(phi.shape)
        self._sum += phi
        self.count += 1

    @property
    def mean(self) -> Array64:
        return np.full((1, 1), np.nan) if self._sum is None else self._sum / self.count


class Histogram:
    """Counts of x on n_bins equal bins of [low, high), per state.

    counts: (R, n_bins) of int64; below, above: (R,) counts outside (above includes x = high). edges: (n_bins
    + 1,). A value within rounding of an edge may fall on either side. Cost about 4 ns per entry: thin it.
    ValueError for n_bins < 1 or low >= high.
    """

    def __init__(self, low: float, high: float, n_bins: int) -> None:
        if n_bins < 1:
            raise ValueError(f"n_bins: got {n_bins}; allowed: integer >= 1")
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(f"low, high: got {low}, {high}; allowed: finite, low < high")
        self.edges = np.linspace(low, high, n_bins + 1)
        self._all: NDArray[np.int64] | None = None

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        bins = len(self.edges) - 1
        if self._all is None:
            self._all = np.zeros((x.shape[1], bins + 2), dtype=np.int64)
        low, width = self.edges[0], self.edges[1] - self.edges[0]
        place = np.floor((x - x.dtype.type(low)) * x.dtype.type(1 / width))
        index = np.clip(place, -1, bins).astype(np.int64) + 1
        index += np.arange(x.shape[1]) * (bins + 2)
        self._all += np.bincount(index.reshape(-1), minlength=self._all.size).reshape(self._all.shape)

    def _slots(self) -> NDArray[np.int64]:
        return np.zeros((1, len(self.edges) + 1), dtype=np.int64) if self._all is None else self._all

    @property
    def counts(self) -> NDArray[np.int64]:
        return self._slots()[:, 1:-1]

    @property
    def below(self) -> NDArray[np.int64]:
        return self._slots()[:, 0]

    @property
    def above(self) -> NDArray[np.int64]:
        return self._slots()[:, -1]


class Traces:
    """A field ("x", "phi" or "v") of some units at each observed step.

    values: (T, n_units_kept, R) in the state's dtype; steps: (T,).
    units: indices, or None for all units (then these are snapshots of the whole state; thin them: each costs
    N * R numbers). ValueError for an unknown field.
    """

    def __init__(self, units: Sequence[int] | NDArray[np.integer[Any]] | None = None, field: str = "x") -> None:
        if field not in ("x", "phi", "v"):
            raise ValueError(f"field: got {field!r}; allowed: x, phi, v")
        self._units = None if units is None else np.asarray(units, dtype=np.intp)
        self._field = ("x", "phi", "v").index(field)
        self._steps: list[int] = []
        self._values: list[Array] = []

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        y = (x, phi, v)[self._field]
        self._values.append(y.copy() if self._units is None else y[self._units])
        self._steps.append(step)

    @property
    def values(self) -> Array:
        return np.stack(self._values) if self._values else np.empty((0, 0, 0))

    @property
    def steps(self) -> NDArray[np.int64]:
        return np.asarray(self._steps, dtype=np.int64)


def autocovariance(values: Array, n_lags: int, *, centred: bool = False) -> Array64:
    """C_k = < y(t) y(t + k) >, averaged over t and units, for lags k = 0 ... n_lags - 1.

    values: (T, n_units, R) at equally spaced steps, as kept by Traces; result (n_lags, R), float64. Each lag
    is divided by its own number of pairs T - k (unbiased). With ``centred`` the time mean of each unit and
    state is taken off first (which biases a run of length T by about -2 * correlation time / T of the
    variance). Exact to rounding (1e-12 relative to C_0): zero-padded FFT, unit by unit, so memory is T * R
    complex numbers. ValueError unless 1 <= n_lags <= T.
    Source: dossier kinetic-energy, Theory 1-2 (C(tau), Delta(tau), Gamma(tau)).
    """
    from scipy.fft import irfft, next_fast_len, rfft

    length, n_units, n_states = values.shape
    if not 1 <= n_lags <= length:
        raise ValueError(f"n_lags: got {n_lags}; allowed: 1 .. {length}, the number of observed steps")
    padded = next_fast_len(length + n_lags, real=True)
    power = np.zeros((padded // 2 + 1, n_states))
    for unit in range(n_units):
        y = values[:, unit].astype(np.float64)
        if centred:
            y -= y.mean(axis=0)
        spectrum = rfft(y, padded, axis=0)
        power += spectrum.real**2 + spectrum.imag**2
    products = irfft(power, padded, axis=0)[:n_lags]
    pairs = (length - np.arange(n_lags))[:, None]
    return np.asarray(products / (pairs * n_units), dtype=np.float64)
