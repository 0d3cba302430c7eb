"""Participation ratios of the chaotic state, PR = (Tr C)^2/Tr C^2 per neuron, of x and phi, equal times.

With S(w) = <phi'>/(1 + i w), b = g^2 <phi'>^2 = 1 - kappa^2 and spectra C_phi(w), C_x(w) = g^2 C_phi(w)/(1 +
w^2):

    N/PR_phi = (1/C_phi(0)^2) intint C_phi(w1) C_phi(w2)/|1 - g^2 S(w1)^* S(w2)|^2   (dw/2pi each)
    N/PR_x   = (1/Delta_0^2)  intint C_x(w1) C_x(w2) (2 - g^4 |S(w1) S(w2)|^2)/|1 - g^2 S(w1)^* S(w2)|^2

As a function of w2 the inverse denominator is (1 + w2^2) times a Lorentzian of centre |Im z| and width Re z,
    z(w1) = (kappa^2 - i w1)/(1 - i w1),   Re z = (kappa^2 + w1^2)/(1 + w1^2),
so the inner integral is exact in the time domain (f(s) = int_0^inf f(tau) exp(-s tau) dtau):
    phi:  Re{ (1 - z^2) C_phi(s=z) + z C_phi(tau=0) }/Re z
    x:    { 2 g^2 Re C_phi(s=z) - b^2 Re Delta(s=z)/(1 + w1^2) }/Re z.
No resonance of width eps^2 is left to be resolved. The outer integral: w = kappa sinh v, trapezoid in v.

Source: dossier linear-equivalence, Theory 10; Clark, Abbott, Litwin-Kumar, PRL 131, 118401 (2023).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import require_gain
from atlas.meanfield.gaussian import Array
from atlas.meanfield.mehler import Orbit, mehler, orbit, polynomials
from atlas.meanfield.stationary import G_CRITICAL

G_MAX = 10.0
_V_MAX = 5.25  # frequencies up to 95 kappa, where the u grid still has 3 points per radian
_V_STEP = 0.15  # poles at v = i pi/2: error exp(-pi^2/0.15) = 3e-29, sets the tail resolution instead
# minus zeta(-m), m = 0..7: what the sum over a half line lacks for x^m
_HALF_LINE_DEFECT = (-1 / 2, 1 / 12, 0.0, -1 / 120, 0.0, 1 / 252, 0.0, -1 / 240)


@dataclass(frozen=True)
class ParticipationRatio:
    """pr_phi = PR_phi/N and pr_x = PR_x/N; residual: largest mismatch of int C dw/2pi with C(0), relative."""

    g: float
    pr_phi: float
    pr_x: float
    residual: float


def _endpoint_weights() -> Array:
    """c_j at the first nodes: int_0^inf f = h sum_j f_j + h sum_{j<8} c_j f_j, exact to order h^8."""
    order = len(_HALF_LINE_DEFECT)
    vandermonde = np.vander(np.arange(order), order, increasing=True).T.astype(np.float64)
    return np.linalg.solve(vandermonde, np.array(_HALF_LINE_DEFECT))


def _laplace(path: Orbit, values: Array, s: NDArray[Any], corrections: Array) -> NDArray[Any]:
    """int_0^inf f(tau) exp(-s tau) dtau, f on the orbit's grid, ~ exp(-kappa tau) beyond it; any shape of s.

    Sum over the uniform u grid with corrections at u = 0 (pass only c_0 = -1/2 for functions even in tau) and
    the exact geometric sum beyond the grid.
    """
    h = path.u[1]
    terms = np.exp(-np.multiply.outer(s, path.tau))
    weights = np.ones(path.u.size)
    weights[: corrections.size] += corrections
    ratio = np.exp(-h * (1.0 + s / path.kappa))
    tail = terms[..., -1] * (values[-1] / path.rate[-1]) * ratio / (1.0 - ratio)
    result: NDArray[Any] = h * (terms @ (weights * values / path.rate) + tail)
    return result


def participation_ratios(g: float) -> ParticipationRatio:
    """PR/N of phi and x for N -> infinity at equal times, 0 <= g <= 10; nan (no activity) for g <= 1.

    Relative error below 1e-9 for 1 < g <= 6, 1e-7 to g = 10. Raises ValueError for g outside the range.
    """
    g = require_gain(g, G_MAX)
    if g <= G_CRITICAL:
        return ParticipationRatio(g, math.nan, math.nan, 0.0)
    series, path = mehler(g), orbit(g)
    kappa, delta0, phi2 = series.state.kappa, series.state.delta0, series.state.phi2
    rho = 1.0 / np.cosh(path.u)
    c_phi = rho * polynomials(series.a2[None, :], rho * rho)[0]
    v = np.arange(0.0, _V_MAX + 0.5 * _V_STEP, _V_STEP)
    omega = kappa * np.sinh(v)
    measure = _V_STEP * kappa * np.cosh(v) / math.pi  # dw/2pi over the whole line
    measure[0] *= 0.5
    even = np.array([-0.5])
    spectrum_phi = 2.0 * _laplace(path, c_phi, 1j * omega, even).real
    spectrum_x = g * g * spectrum_phi / (1.0 + omega**2)
    z = (kappa**2 - 1j * omega) / (1.0 - 1j * omega)
    corrections = _endpoint_weights()
    phi_z = _laplace(path, c_phi, z, corrections)
    x_z = _laplace(path, delta0 * rho, z, corrections)
    inner_phi = ((1.0 - z * z) * phi_z + z * phi2).real / z.real
    inner_x = (2.0 * g * g * phi_z.real - (1.0 - kappa**2) ** 2 * x_z.real / (1.0 + omega**2)) / z.real
    total_phi, total_x = float(measure @ spectrum_phi), float(measure @ spectrum_x)
    return ParticipationRatio(
        g=g,
        pr_phi=phi2**2 / float(measure @ (spectrum_phi * inner_phi)),
        pr_x=delta0**2 / float(measure @ (spectrum_x * inner_x)),
        residual=max(abs(total_phi / phi2 - 1.0), abs(total_x / delta0 - 1.0)),
    )
