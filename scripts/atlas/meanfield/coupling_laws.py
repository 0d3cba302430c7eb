"""Widths of the couplings and fields that prompts of linear regression induce, and distances between their laws.

Features s_mn = c_m x~_n, contexts c = r (t q + √(t/N) g_perp), c_{D+1} = r² t (normaliser N, the query left out). Means
over P independent prompts are Gaussian up to 1/P: variances are second moments over P, from

    E r^{2k} = Π_{j<k} (1 + 2j/D),   E t^k = Π_{j<k} (1 + 2j/N),   E q_m² q_m'² = (1 + 2 δ)/(D (D+2)).

A block of couplings is a mixture of a few Gaussians (pairs that share the row, the column, or neither).
Source: dossier icl-spin-glass, Theory 6 and Fig. S2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BLOCKS = ("h_A", "h_A_diagonal", "h_B", "J_C", "J_D", "J_E")


@dataclass(frozen=True)
class Law:
    """A mixture of Gaussians: shares (k,), means (k,) and standard deviations (k,)."""

    shares: Array
    means: Array
    widths: Array

    @property
    def mean(self) -> float:
        """Mean of the mixture."""
        return float(self.shares @ self.means)

    @property
    def sd(self) -> float:
        """Standard deviation of the mixture."""
        return math.sqrt(float(self.shares @ (self.widths**2 + self.means**2)) - self.mean**2)

    def density(self, x: Array) -> Array:
        """Density at x (n,)."""
        z = (np.asarray(x)[:, None] - self.means) / self.widths
        return np.asarray(np.exp(-0.5 * z * z) @ (self.shares / self.widths) / math.sqrt(2 * math.pi))


def rising(k: int, n: int) -> float:
    """Π_{j<k} (1 + 2j/n): E (chi²_n/n)^k."""
    return math.prod(1 + 2 * j / n for j in range(k))


def law(block: str, D: int, N: int, P: int) -> Law:
    """The law of the entries of a block of `BLOCKS`. ValueError for another name, D < 2, or N, P < 1."""
    if block not in BLOCKS:
        raise ValueError(f"block: got {block!r}; allowed: {', '.join(BLOCKS)}")
    if D < 2 or N < 1 or P < 1:
        raise ValueError(f"D, N, P: got {D}, {N}, {P}; allowed: D >= 2, N >= 1, P >= 1")
    if block == "h_A_diagonal":
        variance = _field(D, N, same=True) - 1 / D**2
        return _mixture([(1.0, variance)], P, 1 / D)
    if block == "h_A":
        return _mixture([(1.0, _field(D, N, same=False))], P)
    if block == "h_B":
        return _mixture([(1.0, rising(2, D) * (1 + 4 / D) * (1 + 2 / D) * rising(2, N))], P)
    if block == "J_E":
        return _mixture([(1.0, rising(4, D) * rising(4, N))], P)
    if block == "J_D":
        base = rising(3, D) * (rising(4, N) / D + rising(3, N) / N * (1 - 1 / D))
        return _mixture([(1 / D, 3 * base), (1 - 1 / D, base)], P)
    row, other = _context(D, N, same=True), _context(D, N, same=False)
    return _mixture([(D, row), (D, 3 * other), (D * (D - 1), other)], P)  # shares: numbers of pairs over D (D - 1) D/2


def _mixture(parts: list[tuple[float, float]], P: int, mean: float = 0.0) -> Law:
    shares = np.array([share for share, _ in parts], dtype=float)
    widths = np.sqrt(np.array([variance for _, variance in parts]) / P)
    return Law(shares / shares.sum(), np.full(len(parts), mean), widths)


def _field(D: int, N: int, *, same: bool) -> float:
    """E[(u.x~)² x~_n² c_m²] = E[(|u|² + 2 u_n²)(|u|²/N + (1 + 1/N) u_m²)], same: m = n."""
    r4 = rising(2, D)
    pair = (1 + 2 * same) / D**2
    return r4 / N + (1 + 1 / N) * r4 / D + 2 * r4 / (D * N) + 2 * (1 + 1 / N) * pair


def _context(D: int, N: int, *, same: bool) -> float:
    """E[c_m² c_m'²], same: E[c_m⁴]."""
    e = 1 / (D * (D + 2))
    t2, t3, t4 = rising(2, N), rising(3, N) / N, rising(4, N)
    t2 /= N**2
    if same:
        return rising(2, D) * (3 * e * t4 + 6 * t3 * (1 / D - 3 * e) + 3 * t2 * (1 - 2 / D + 3 * e))
    return rising(2, D) * (e * t4 + t3 * (2 / D - 6 * e) + t2 * (1 - 2 / D + 3 * e))


def divergence_bits(p: Law, q: Law, points: int = 4001) -> float:
    """KL(p|q) in bits by the trapezoid rule over ten standard deviations of the wider law."""
    reach = 10.0 * max(p.sd, q.sd)
    x = np.linspace(-reach, reach, points) + p.mean
    a, b = p.density(x), q.density(x)
    inside = (a > 1e-300) & (b > 1e-300)
    return float(np.sum(a[inside] * np.log2(a[inside] / b[inside])) * (x[1] - x[0]))
