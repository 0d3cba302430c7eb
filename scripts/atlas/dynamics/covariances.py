"""Second and fourth moments between units of a running network, kept apart for two independent halves of its states.

Observers are called as observer(step, x, phi, v). The first R/2 states make half 0, the others half 1, so that the
noise of a product of halves averages to zero. Means vanish by symmetry and are not subtracted. Snapshots are gathered
and multiplied in blocks (one matrix product per block), sums are kept in float64.

Source: dossier linear-equivalence, Numerics (trajectories of one J at once, split halves).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]
_BLOCK = 512  # columns (snapshots times states of a half) per product


def split_states(y: Array) -> tuple[Array, Array]:
    """The two halves of the states, y (N, R) with R even. Raises ValueError for an odd or zero R."""
    n_states = y.shape[1]
    if n_states < 2 or n_states % 2:
        raise ValueError(f"states: got {n_states}; allowed: an even number >= 2")
    return y[:, : n_states // 2], y[:, n_states // 2 :]


class _Gathered:
    """Columns of a field collected for one half, (N, block)."""

    def __init__(self, n_units: int, width: int, dtype: Any) -> None:
        self.columns = np.empty((n_units, max(1, _BLOCK // width) * width), dtype=dtype)
        self.filled = 0

    def take(self, y: Array) -> bool:
        """Add the columns of y; True when full."""
        self.columns[:, self.filled : self.filled + y.shape[1]] = y
        self.filled += y.shape[1]
        return self.filled == self.columns.shape[1]

    def drain(self) -> Array:
        """What was collected; the next columns overwrite it."""
        filled, self.filled = self.filled, 0
        return self.columns[:, :filled]


class PairMoments:
    """Time means of products of two fields between all units, by half: `mean(name)` is (2, N, N).

    Names: "phi" <phi_i phi_j>, "x" <x_i x_j>, "cross" <phi_i x_j>, "cube" <phi_i^3 phi_j>.
    """

    def __init__(self, names: tuple[str, ...] = ("phi", "x", "cross")) -> None:
        unknown = set(names) - {"phi", "x", "cross", "cube"}
        if unknown or not names:
            raise ValueError(f"names: got {names}; allowed: phi, x, cross, cube")
        self._names = names
        self._gathered: list[tuple[_Gathered, _Gathered]] = []
        self._sums: dict[str, Array64] = {}
        self._samples = 0

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        phi_halves, x_halves = split_states(phi), split_states(x)
        if not self._gathered:
            n, width = phi_halves[0].shape
            self._gathered = [(_Gathered(n, width, phi.dtype), _Gathered(n, width, x.dtype)) for _ in range(2)]
            self._sums = {name: np.zeros((2, n, n)) for name in self._names}
        full = False
        for half in range(2):
            full = self._gathered[half][0].take(phi_halves[half])
            self._gathered[half][1].take(x_halves[half])
        self._samples += phi_halves[0].shape[1]
        if full:
            self._multiply()

    def _multiply(self) -> None:
        for half, (gathered_phi, gathered_x) in enumerate(self._gathered):
            phi, x = gathered_phi.drain(), gathered_x.drain()
            if phi.shape[1] == 0:
                continue
            for name, total in self._sums.items():
                left = {"phi": phi, "x": x, "cross": phi, "cube": phi}[name]
                right = {"phi": phi, "x": x, "cross": x, "cube": phi}[name]
                total[half] += (left * left * left if name == "cube" else left) @ right.T

    def mean(self, name: str) -> Array64:
        """Mean over the observed times and the states of each half; nan before the first observation."""
        self._multiply()
        if not self._samples:
            return np.full((2, 1, 1), np.nan)
        return self._sums[name] / self._samples


class Quadruples:
    """Time means of phi_i phi_j phi_k phi_l for given quadruples of units, by half of the states.

    units: (Q, 4) indices. mean: (2, Q).
    """

    def __init__(self, units: NDArray[np.integer[Any]]) -> None:
        if units.ndim != 2 or units.shape[1] != 4:
            raise ValueError(f"units: got shape {units.shape}; allowed: (Q, 4)")
        self._units = units
        self._sums = np.zeros((2, len(units)))
        self._samples = 0

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        product = phi[self._units[:, 0]]
        for column in range(1, 4):
            product *= phi[self._units[:, column]]
        for half, part in enumerate(split_states(product)):
            self._sums[half] += part.sum(axis=1)
        self._samples += phi.shape[1] // 2

    @property
    def mean(self) -> Array64:
        return self._sums / self._samples if self._samples else np.full(self._sums.shape, np.nan)


def draw_quadruples(rng: np.random.Generator, n_units: int, count: int) -> NDArray[np.int64]:
    """`count` quadruples of four distinct units each, (count, 4). Raises ValueError for fewer than four units."""
    if n_units < 4:
        raise ValueError(f"n_units: got {n_units}; allowed: at least 4")
    drawn = np.empty((0, 4), dtype=np.int64)
    while len(drawn) < count:
        more = rng.integers(0, n_units, size=(count, 4))
        ordered = np.sort(more, axis=1)
        drawn = np.concatenate([drawn, more[(np.diff(ordered, axis=1) > 0).all(axis=1)]])
    return drawn[:count]


class CrossSpectra:
    """Cross-spectra of phi between the first n_rows units and all, at given harmonics of a Hann window.

    F_i(k) = sum_t h_t phi_i(t) exp(-2 pi i k t/n_window), h_t = sin^2(pi t/n_window), windows overlapping by half;
    mean of F_i F_j^*/sum h^2, per step, by half of the states: `mean` is (2, K, n_rows, N), complex128. Called every
    step of the map. Raises ValueError for an odd window or a harmonic outside 1 ... n_window/2 - 1.
    """

    def __init__(self, n_window: int, harmonics: tuple[int, ...], n_rows: int) -> None:
        if n_window < 4 or n_window % 2:
            raise ValueError(f"n_window: got {n_window}; allowed: an even number >= 4")
        if not harmonics or min(harmonics) < 1 or max(harmonics) >= n_window // 2:
            raise ValueError(f"harmonics: got {harmonics}; allowed: 1 to {n_window // 2 - 1}")
        t = np.arange(n_window)
        hann = np.sin(np.pi * t / n_window) ** 2
        waves = hann * np.exp(-2j * np.pi * np.multiply.outer(np.array(harmonics), t) / n_window)
        self._waves = waves / np.sqrt((hann**2).sum())
        self._half, self._rows = n_window // 2, n_rows
        self._buffer: Array = np.empty(0, dtype=np.float32)
        self._count, self.windows = 0, 0
        self._head: NDArray[np.complexfloating[Any]] | None = None
        self._sums: NDArray[np.complex128] = np.zeros((2, len(harmonics), 1, 1), dtype=np.complex128)

    def __call__(self, step: int, x: Array, phi: Array, v: Array) -> None:
        if not self._buffer.size:
            self._buffer = np.empty((self._half, *phi.shape), dtype=phi.dtype)
            shape = (2, len(self._waves), min(self._rows, len(phi)), len(phi))
            self._sums = np.zeros(shape, dtype=np.complex128)
        self._buffer[self._count] = phi
        self._count += 1
        if self._count == self._half:
            self._close()

    def _transform(self, waves: NDArray[np.complex128]) -> NDArray[np.complexfloating[Any]]:
        """sum over the buffered half window of waves (K, T) times phi (T, N, R): (K, N, R)."""
        flat = self._buffer.reshape(self._half, -1)
        parts = (waves.real.astype(flat.dtype) @ flat) + 1j * (waves.imag.astype(flat.dtype) @ flat)
        return np.asarray(parts.reshape(len(waves), *self._buffer.shape[1:]))

    def _close(self) -> None:
        self._count = 0
        if self._head is not None:
            whole = self._head + self._transform(self._waves[:, self._half :])
            for k, field in enumerate(whole):
                for half, part in enumerate(split_states(field)):
                    self._sums[half, k] += part[: self._rows] @ part.conj().T
            self.windows += 1
        self._head = self._transform(self._waves[:, : self._half])

    @property
    def mean(self) -> NDArray[np.complex128]:
        states = self._buffer.shape[-1] // 2
        return self._sums / (self.windows * states) if self.windows else np.full_like(self._sums, np.nan)
