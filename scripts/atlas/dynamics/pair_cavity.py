"""Cavity equations of one sample of pairs, with full sums (Thouless, Anderson, Palmer): means and variances of weights.

For pairs mu with inputs x_s, s = L, R, and weights of mean a_i and variance v_i:

    V_s = sum_i x_si² v_i,   omega_s = sum_i x_si a_i - V_s g_s(before)
    under e^{-beta H} N(z_L; omega_L, V_L) N(z_R; omega_R, V_R):  g_s = <z_s - omega_s>/V_s,
                                                             G_s = 1/V_s - <<(z_s - omega_s)²>>/V_s²
    A = mean_i sum x_si² G_s,   v = 1/(beta lambda_w + A),   a_i = v (sum x_si g_s + A a_i(before))

The covariance of z_L and z_R in the cavity, O(1/sqrt(N)) and of random sign, is left out, and so are
the differences of A between sites: pairs torn between two sides make its terms large and of both signs. The averages of
all pairs are two matrix products with e^{-beta H} on a grid of z. Damped.

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
LEAST_STIFFNESS = 0.5  # of beta lambda_w, on the way: pairs torn between two sides make 1/v negative at first
MOST_NODES = 600  # of z on either side: runaway iterations are not followed
REACH = 15.0  # widths around a cavity field: e^{-beta H} moves it by at most sqrt(4 beta) = 14 of them at beta = 50


@dataclass(frozen=True)
class Marginals:
    """Means and variances of the weights (N,), the rms mismatch of the means at the end, and by step (T, 2) the mean
    over weights of a_i and of a_i² + v_i.
    """

    mean: Array
    variance: Array
    change: float
    course: Array

    def late(self) -> Array:
        """The second half of the course."""
        return self.course[len(self.course) // 2 :]

    @property
    def wobble(self) -> float:
        """Standard deviation over late steps of M, or of Q over its mean if that is larger; nan for a runaway."""
        late = self.late()
        return float(max(late[:, 0].std(), late[:, 1].std() / late[:, 1].mean()))


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
        energy = energies.of(phi[:, None], phi[None, :], np.array(kind))
        weight = np.exp(-beta * (energy - energy.min()))
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
    """Iterate from the means `start` until the mismatch is below the tolerance, or for max_steps.

    At low temperature single pairs may alternate between two sides for ever while the order parameters stand still:
    `wobble` says whether they do.
    """
    x = pairs.x.astype(np.float64)
    square = x * x
    mean, variance = start.copy(), np.full(len(start), 1.0 / (beta * lambda_w))
    g = np.zeros(len(x))
    change, course = math.inf, []
    for step in range(max_steps):
        spread = square @ variance
        width = np.sqrt(spread).reshape(2, -1)
        omega = (x @ mean - spread * g).reshape(2, -1)
        moments = pair_moments(omega, width, pairs.same, energies, beta)
        new_g = (moments[:2] / width).reshape(-1)
        g = new_g if step == 0 else damping * g + (1.0 - damping) * new_g
        precision = ((1.0 - moments[2:]) / width**2).reshape(-1)
        stiff = float(square.mean(axis=1) @ precision)
        new_variance = 1.0 / max(beta * lambda_w + stiff, LEAST_STIFFNESS * beta * lambda_w)
        new_mean = new_variance * (x.T @ g + stiff * mean)
        change = float(np.sqrt(np.mean((new_mean - mean) ** 2)))
        mean = damping * mean + (1.0 - damping) * new_mean
        variance = damping * variance + (1.0 - damping) * new_variance
        course.append((mean.mean(), np.mean(mean**2 + variance)))
        if change <= tolerance or not math.isfinite(change):
            break
    return Marginals(mean, variance, change, np.array(course))
