"""Cavity equations of one sample of pairs, with full sums (Thouless, Anderson, Palmer): means and variances of weights.

For pairs mu with inputs x_s, s = L, R, and weights of mean a_i and variance v_i:

    V_s = sum_i x_si² v_i,   omega_s = sum_i x_si a_i - V_s g_s(before)
    under e^{-beta H} N(z_L; omega_L, V_L) N(z_R; omega_R, V_R):  g_s = <z_s - omega_s>/V_s,
                                                             G_s = 1/V_s - <<(z_s - omega_s)²>>/V_s²
    A_i = sum x_si² G_s,   v_i = 1/(beta lambda_w + A_i),   a_i = v_i (sum x_si g_s + A_i a_i(before))

The covariance of z_L and z_R in the cavity, O(1/sqrt(N)) and of random sign, is left out. The averages of all pairs are
two matrix products with e^{-beta H} on a grid of z. Damped; the largest change of a weight is the exit criterion.

Source: dossier fermi-bose, T3 (the version with full sums).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.contrasted_pairs import Energies, Pairs

Array = NDArray[np.float64]
STEP = 0.5  # of z in the smallest width of a cavity field
MOST_NODES = 600  # of z on either side: runaway iterations are not followed
REACH = 15.0  # widths around a cavity field: e^{-beta H} moves it by at most sqrt(4 beta) = 14 of them at beta = 50


@dataclass(frozen=True)
class Marginals:
    """Means and variances of the weights (N,), the largest last change, and the steps it took."""

    mean: Array
    variance: Array
    change: float
    steps: int


def pair_moments(omega: Array, width: Array, same: NDArray[np.bool_], energies: Energies, beta: float) -> Array:
    """<tau_L>, <tau_R>, variances of tau_L and tau_R (4, P), tau = (z - omega)/width; omega, width (2, P).

    nan where the fields are so large against their widths that no grid of MOST_NODES covers them.
    """
    found = np.full((4, omega.shape[1]), np.nan)
    span = float(np.max(np.abs(omega) + REACH * width))
    nodes = span / (STEP * float(width.min()))
    if not nodes < MOST_NODES:
        return found
    count = math.ceil(nodes)
    z = np.linspace(-span, span, 2 * count + 1)
    phi = np.tanh(z)
    for kind in (True, False):
        chosen = same == kind
        if not chosen.any():
            continue
        weight = np.exp(-beta * energies.of(phi[:, None], phi[None, :], np.array(kind)))
        tau = (z[None, None, :] - omega[:, chosen, None]) / width[:, chosen, None]
        rows = np.exp(-0.5 * tau * tau)
        for side in (0, 1):
            met = rows[1 - side] @ weight  # H is symmetric in L and R
            met *= rows[side]
            norm = met.sum(axis=1)
            first = np.einsum("pz,pz->p", met, tau[side]) / norm
            met *= tau[side]
            second = np.einsum("pz,pz->p", met, tau[side]) / norm
            found[side, chosen], found[2 + side, chosen] = first, second - first * first
    return found


def cavity(
    pairs: Pairs,
    energies: Energies,
    start: Array,
    *,
    beta: float,
    lambda_w: float,
    damping: float,
    tolerance: float,
    max_steps: int,
) -> Marginals:
    """Iterate from the means `start`; `change` above the tolerance says that it did not settle in max_steps."""
    x = pairs.x.astype(np.float64)
    square = x * x
    mean, variance = start.copy(), np.full(len(start), 1.0 / (beta * lambda_w))
    g = np.zeros(len(x))
    change, step = math.inf, 0
    for step in range(1, max_steps + 1):
        spread = square @ variance
        width = np.sqrt(spread).reshape(2, -1)
        omega = (x @ mean - spread * g).reshape(2, -1)
        moments = pair_moments(omega, width, pairs.same, energies, beta)
        new_g = (moments[:2] / width).reshape(-1)
        g = new_g if step == 1 else damping * g + (1.0 - damping) * new_g
        precision = ((1.0 - moments[2:]) / width**2).reshape(-1)
        stiff = square.T @ precision
        new_variance = 1.0 / np.maximum(beta * lambda_w + stiff, 1e-3)
        new_mean = new_variance * (x.T @ g + stiff * mean)
        change = float(np.max(np.abs(new_mean - mean)))
        mean = damping * mean + (1.0 - damping) * new_mean
        variance = damping * variance + (1.0 - damping) * new_variance
        if change <= tolerance or not math.isfinite(change):
            break
    return Marginals(mean, variance, change, step)
