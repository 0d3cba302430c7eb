"""Energies of contrasted pairs of a tanh unit, tabulated for averages over Gaussian fields.

D² = (tanh z_L - tanh z_R)². Equal labels ("bosons"): H = lambda_B D²/2. Unequal ones ("fermions"):
H = theta_a(d_F - D²)/2 with theta_a(s) = (s + sqrt(s² + a))/2, a ramp rounded over sqrt(a).

Averages over (z_L, z_R) take the trapezoid rule on one uniform grid of z, where H, e^{-beta H} and the force dH/dz_L
are tabulated once. Its step resolves the width of e^{-beta H} (0.14 at beta = 50) and the inner Gaussian. Rows of
Gaussians are narrow against the grid: products with them skip what is farther than `band` standard deviations, which
includes all fields that e^{-beta H} >= e^{-2 beta} can pull to.

Source: dossier fermi-bose, M3, T2 and Numerics.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import require_positive

Array = NDArray[np.float64]
LARGEST_EXPONENT = 600.0  # of e^{-beta H}: beyond it Z may fall below the smallest number
COARSEST = 0.045  # step of z at beta = 50
BLOCK = 48  # rows of Gaussians in one product


@dataclass(frozen=True)
class PairModel:
    """Parameters. alpha, delta, beta, lambda_w, a > 0; d_f, lambda_b, m >= 0; 0 <= rho_b <= 1.

    ValueError for others, and where 2 beta max(lambda_b, 1) exceeds 600.
    """

    alpha: float
    delta: float
    d_f: float
    beta: float = 50.0
    lambda_w: float = 0.05
    lambda_b: float = 1.0
    rho_b: float = 0.5
    a: float = 0.01
    m: float = 1.0

    def __post_init__(self) -> None:
        for name in ("alpha", "delta", "beta", "lambda_w", "a"):
            require_positive(name, getattr(self, name))
        for name in ("d_f", "lambda_b", "m"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise ValueError(f"{name} = {value}: must be finite and >= 0")
        if not 0.0 <= self.rho_b <= 1.0:
            raise ValueError(f"rho_B = {self.rho_b}: must be in [0, 1]")
        if 2.0 * self.beta * max(self.lambda_b, 1.0) > LARGEST_EXPONENT:
            raise ValueError(f"beta = {self.beta}: must be at most {LARGEST_EXPONENT / 2:g}/max(lambda_B, 1)")

    def classes(self) -> tuple[tuple[float, float], ...]:
        """(y_L y_R, weight) of the classes that occur."""
        return tuple(each for each in ((1.0, self.rho_b), (-1.0, 1.0 - self.rho_b)) if each[1] > 0.0)

    def energy(self, distance2: Array, same: bool) -> Array:
        """H of a pair at squared distance D²."""
        if same:
            return 0.5 * self.lambda_b * distance2
        gap = self.d_f - distance2
        return 0.25 * (gap + np.sqrt(gap * gap + self.a))

    def energy_slope(self, distance2: Array, same: bool) -> Array:
        """dH/dD²."""
        if same:
            return np.full_like(distance2, 0.5 * self.lambda_b)
        gap = self.d_f - distance2
        return -0.25 * (1.0 + gap / np.sqrt(gap * gap + self.a))

    @property
    def band(self) -> float:
        """Standard deviations beyond which an inner Gaussian is left out: 7 and those that the energies can bridge."""
        return 7.0 + math.sqrt(4.0 * self.beta * max(self.lambda_b, 1.0))

    @property
    def z_step(self) -> float:
        """Step of z that resolves e^{-beta H}."""
        return COARSEST * math.sqrt(50.0 / max(50.0, self.beta * max(1.0, self.lambda_b)))


@dataclass(frozen=True)
class Tabulated:
    """Energies of one class on the grid: H, D², e^{-beta (H - least)} and its product with dH/dz_L."""

    energy: Array
    distance2: Array
    weight: Array
    weighted_force: Array
    least: float


@dataclass(frozen=True)
class Grid:
    """z (n,) with its step; one table per sign of y_L y_R."""

    z: Array
    step: float
    tables: dict[float, Tabulated]


def grid_of(model: PairModel, reach: float, step: float) -> Grid:
    """Energies on z in [-reach, reach]."""
    count = math.ceil(reach / step)
    z: Array = np.arange(-count, count + 1, dtype=np.float64) * step
    phi = np.tanh(z)
    apart = phi[:, None] - phi[None, :]
    distance2 = apart * apart
    tables = {}
    for sign, _ in model.classes():
        same = sign > 0
        energy = model.energy(distance2, same)
        least = float(energy.min())
        weight = np.exp(-model.beta * (energy - least))
        force = 2.0 * model.energy_slope(distance2, same) * apart
        force *= (1.0 - phi * phi)[:, None]
        force *= weight
        tables[sign] = Tabulated(energy, distance2, weight, force, least)
    return Grid(z, step, tables)


@dataclass(frozen=True)
class Rows:
    """Gaussians h N(z; mean_i, width²) of increasing means as rows (k, n), and tau = (z - mean)/width times them."""

    values: Array
    with_tau: Array
    spans: tuple[tuple[int, int, int, int], ...]  # first and last row of a block, first and last column that count

    def times(self, x: Array, tau: bool = False) -> Array:
        """rows @ x, (k, n) @ (n, ·)."""
        rows = self.with_tau if tau else self.values
        return np.concatenate([rows[a:b, lo:hi] @ x[lo:hi] for a, b, lo, hi in self.spans])

    def into(self, x: Array) -> Array:
        """x @ rows.T, (·, n) @ (n, k)."""
        return np.concatenate([x[:, lo:hi] @ self.values[a:b, lo:hi].T for a, b, lo, hi in self.spans], axis=1)


def gaussian_rows(grid: Grid, means: Array, width: float, band: float = math.inf) -> Rows:
    """Gaussians around the means on the grid's nodes; what lies beyond `band` widths is left out of products."""
    tau = (grid.z[None, :] - means[:, None]) / width
    values = np.exp(-0.5 * tau * tau)
    values *= grid.step / (math.sqrt(2.0 * math.pi) * width)
    spans, last = [], len(grid.z)
    for a in range(0, len(means), BLOCK):
        b = min(a + BLOCK, len(means))
        lo = int(np.searchsorted(grid.z, means[a] - band * width))
        hi = int(np.searchsorted(grid.z, means[b - 1] + band * width, side="right"))
        spans.append((a, b, max(0, min(lo, last - 1)), max(1, hi)))
    return Rows(values, values * tau, tuple(spans))
