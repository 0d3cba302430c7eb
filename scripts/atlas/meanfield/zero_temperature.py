"""Zero temperature of the replica-symmetric measure exp(-beta E): the single-state scaling, in the paper's form.

As beta -> infinity one state is assumed: q - Q = chi/beta, Qhat -> beta^2 Qhat, qhat - Qhat/2 -> -beta chihat,
R -> sqrt(beta) rtilde, r - R -> -xi/sqrt(beta). With kappa = g^2 gamma rtilde, Gamma = -g^2 gamma xi,
sigma^2 = 1 + g^2 chi, c = sqrt(Qhat - kappa^2/(g^2 q)) and independent u, v ~ N(0, 1), the site sits at

    x* = argmax -chihat phi^2 + [c u + kappa v/(g sqrt q)] phi - y^2/(2 sigma^2),   y = x - Gamma phi - g sqrt(q) v,

    q = E phi^2     chi = E[u phi]/c     Qhat = g^2 E y^2/sigma^4     rtilde = E[y phi]/sigma^2
    xi = kappa E[u phi]/(g^2 q c) - E[v phi]/(g sqrt q)
    chihat = g^2/(2 sigma^2) - g E[v x]/(2 sigma^2 sqrt q) - kappa^2 E[u phi]/(2 g^2 q^2 c)
             + (g Gamma/sigma^2 + kappa/(g q)) E[v phi]/(2 sqrt q)

(phi, x, y at x*). Below the line g (1 + gamma) = 1 the solution is exact: q = rtilde = 0, chi = beta q and -xi = rho of
the null phase. Above it no admissible solution is known for gamma >= 0 (its zero-energy branch has chi < 0).

Source: dossier equilibrium-measure, Zero temperature, the paper's form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import require_gain
from atlas.meanfield.null_phase import critical_gain, null_phase, require_symmetry

Array = NDArray[np.float64]

_GRID = 601  # points among which the maximum is sought before Newton refines it


@dataclass(frozen=True)
class ZeroTemperature:
    """q, chi, rtilde and minus xi of the single-state solution; `admissible`: whether there is one."""

    g: float
    gamma: float
    q: float
    chi: float
    rtilde: float
    minus_xi: float
    admissible: bool


def zero_temperature(g: float, gamma: float = 0.0) -> ZeroTemperature:
    """The single-state solution at gain g and symmetry gamma: exact below the line, nan and not admissible above.

    Ranges: g >= 0, -1 <= gamma <= 1; ValueError otherwise.
    """
    g, gamma = require_gain(g), require_symmetry(gamma)
    if g < critical_gain(gamma):
        null = null_phase(g, gamma)
        return ZeroTemperature(g, gamma, 0.0, null.beta_q, 0.0, null.rho, True)
    return ZeroTemperature(g, gamma, math.nan, math.nan, math.nan, math.nan, False)


def nodes(n: int = 40) -> tuple[Array, Array, Array]:
    """u, v and weights of two independent N(0, 1), v > 0 (the site is odd in (u, v))."""
    z, weight = np.polynomial.hermite_e.hermegauss(n)
    weight = weight / weight.sum()
    u, v = (part.ravel() for part in np.meshgrid(z, z[z > 0], indexing="ij"))
    return u, v, 2.0 * np.outer(weight, weight[z > 0]).ravel()


def zero_temperature_map(
    g: float, gamma: float, state: Array, samples: tuple[Array, Array, Array] | None = None
) -> Array:
    """One step of the equations: state = (q, chi, Qhat, rtilde, xi, chihat) -> image.

    samples: u, v and weights (Gauss-Hermite by default; random ones with equal weights for the published protocol).
    Needs q > 0, sigma^2 > 0 and Qhat > kappa^2/(g^2 q); ValueError otherwise.
    """
    q, chi, Qhat, rtilde, xi, chihat = (float(value) for value in state)
    kappa, Gamma = g * g * gamma * rtilde, -g * g * gamma * xi
    sigma2, c2 = 1.0 + g * g * chi, Qhat - kappa**2 / (g * g * max(q, 1e-300))
    if not (q > 0.0 and sigma2 > 0.0 and c2 > 0.0):
        raise ValueError(f"q = {q}, sigma^2 = {sigma2}, c^2 = {c2}: all must be > 0")
    u, v, w = nodes() if samples is None else samples
    root, c = math.sqrt(q), math.sqrt(c2)
    field, shift = c * u + kappa * v / (g * root), g * root * v
    x = maximiser(field, shift, chihat, Gamma, sigma2)
    phi = np.tanh(x)
    y = x - Gamma * phi - shift
    u_phi, v_phi = float(w @ (u * phi)), float(w @ (v * phi))
    return np.array(
        [
            w @ phi**2,
            u_phi / c,
            g * g * (w @ y**2) / sigma2**2,
            w @ (y * phi) / sigma2,
            kappa * u_phi / (g * g * q * c) - v_phi / (g * root),
            g * g / (2 * sigma2)
            - g * float(w @ (v * x)) / (2 * sigma2 * root)
            - kappa**2 * u_phi / (2 * g * g * q * q * c)
            + (g * Gamma / sigma2 + kappa / (g * q)) * v_phi / (2 * root),
        ]
    )


def maximiser(field: Array, shift: Array, chihat: float, Gamma: float, sigma2: float) -> Array:
    """x* of -chihat phi^2 + field phi - (x - Gamma phi - shift)^2/(2 sigma2) for each site: grid, then Newton."""
    reach = float(np.max(np.abs(shift)) + abs(Gamma) + sigma2 * np.max(np.abs(field))) + 1e-9
    grid = np.sinh(np.linspace(-1.0, 1.0, _GRID) * math.asinh(reach * 10.0)) / 10.0
    phi = np.tanh(grid)
    m0 = grid - Gamma * phi
    own = -chihat * phi**2 - m0**2 / (2 * sigma2)
    best = np.empty(len(field), dtype=np.intp)
    for start in range(0, len(field), 2048):
        part = slice(start, start + 2048)
        value = np.stack([np.ones_like(field[part]), field[part], shift[part] / sigma2], axis=1) @ np.stack(
            [own, phi, m0]
        )
        best[part] = value.argmax(axis=1)
    x: Array = grid[best]
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, _GRID - 1)]
    for _ in range(8):
        phi = np.tanh(x)
        dphi = 1.0 - phi * phi
        y = x - Gamma * phi - shift
        slope = dphi * (field - 2 * chihat * phi) - y * (1 - Gamma * dphi) / sigma2
        bend = -2 * phi * dphi * (field - 2 * chihat * phi + y * Gamma / sigma2) - 2 * chihat * dphi**2
        bend -= (1 - Gamma * dphi) ** 2 / sigma2
        x = np.clip(x - slope / np.where(bend < 0, bend, -np.inf), low, high)
    return x
