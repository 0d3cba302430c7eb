"""Edges of spectra of random matrices that decide the linear stability of silence.

Smallest singular value of I - J, J_ij ~ N(0, g^2/N), N -> infinity. The resolvent trace m(w) of (I - J)^T (I - J)
obeys m = 1/(1/b - b w), b = 1 + g^2 m, that is w(b) = 1/b^2 - g^2/(b (b - 1)). The lower edge is its extremum,

    2 (b - 1)^2 = g^2 b (2 b - 1),    b = (4 - g^2 + g v)/(4 (1 - g^2)),  v = sqrt(g^2 + 8),

    s_min^2 = w(b) = 64 (1 - g^2)^3 / ((v + 3 g)^3 (v - g)),    0 for g >= 1,

which equals g^2 (sqrt(1 + 8/g^2) - 3)^3/(8 (sqrt(1 + 8/g^2) - 1)) without its cancellation. It is the slowest rate of
the gradient flow of the kinetic energy at x = 0; that of the rate network is 1 - g.

Sparse excitatory-inhibitory couplings J = S * (A Sigma + 1 m^T):

    R^2 = f [alpha sigma_e^2 + alpha (1 - alpha) mu_e^2] + (1 - f) [alpha sigma_i^2 + alpha (1 - alpha) mu_i^2],
    outlier at sqrt(N) alpha [f mu_e + (1 - f) mu_i].

Sources: dossier freezing-chaos, Theory (3), (5); Dozier and Silverstein, J. Multivariate Anal. 98, 678 (2007);
Rajan and Abbott, PRL 97, 188104 (2006).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from atlas.meanfield.errors import NotConverged, require_gain

_TOLERANCE = 1e-12


@dataclass(frozen=True)
class SilenceEdge:
    """s_min2: smallest squared singular value of I - J at gain g. residual: |s_min2 - w(b)| from the edge equation."""

    g: float
    s_min2: float
    residual: float


def silence_edge(g: float) -> SilenceEdge:
    """s_min^2 of I - J at gain g >= 0 (see the module); relative error a few 1e-16.

    ValueError for g negative or not finite; NotConverged if the edge equation is not met to 1e-12.
    """
    g = require_gain(g)
    if g >= 1.0:
        return SilenceEdge(g, 0.0, 0.0)
    v = math.sqrt(g * g + 8.0)
    gap = (1.0 - g) * (1.0 + g)
    s_min2 = 64.0 * gap**3 / ((v + 3.0 * g) ** 3 * (v - g))
    residual = 0.0
    if g > 0:
        b = (4.0 - g * g + g * v) / (4.0 * gap)
        b_minus_1 = g * (3.0 * g + v) / (4.0 * gap)
        residual = abs(1.0 / b**2 - g * g / (b * b_minus_1) - s_min2)
    if not residual <= _TOLERANCE:
        raise NotConverged(residual, f"lower edge at g = {g}")
    return SilenceEdge(g, s_min2, residual)


@dataclass(frozen=True)
class DaleSpectrum:
    """radius R of the disk of eigenvalues and the real outlier (leading order in sqrt(N), see dale_spectrum)."""

    radius: float
    outlier: float


def dale_spectrum(
    *, f: float, mu_e: float, mu_i: float, sigma_e: float, sigma_i: float, alpha: float, n_units: int
) -> DaleSpectrum:
    """Radius and outlier of the sparse excitatory-inhibitory couplings (see the module).

    The outlier leaves the disk only if its modulus exceeds R, and it scatters between networks by about
    R alpha sqrt(f mu_e^2 + (1 - f) mu_i^2), whatever N. Ranges: 0 <= f, alpha <= 1, sigma_e, sigma_i >= 0,
    n_units >= 1, all finite; ValueError otherwise.
    """
    for name, value in (("f", f), ("alpha", alpha)):
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"{name} = {value}: must be in [0, 1]")
    for name, value in (("sigma_e", sigma_e), ("sigma_i", sigma_i)):
        if not (math.isfinite(value) and value >= 0.0):
            raise ValueError(f"{name} = {value}: must be finite and >= 0")
    if n_units < 1 or not (math.isfinite(mu_e) and math.isfinite(mu_i)):
        raise ValueError(f"n_units, mu_e, mu_i = {n_units}, {mu_e}, {mu_i}: must be >= 1 and finite")

    def variance(sigma: float, mu: float) -> float:
        return alpha * sigma**2 + alpha * (1.0 - alpha) * mu**2

    square = f * variance(sigma_e, mu_e) + (1.0 - f) * variance(sigma_i, mu_i)
    return DaleSpectrum(math.sqrt(square), math.sqrt(n_units) * alpha * (f * mu_e + (1.0 - f) * mu_i))
