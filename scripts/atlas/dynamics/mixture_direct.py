"""Properties of a diffusing mixture of two Gaussians straight from their definitions, on lattices of states (d = 1).

    currents        J = f p - p', entropy production int J^2/p, flux int f J, rate their difference, for the forward
                    drift f = -x and the backward drift f = 2 (ln p)' + x
    log_partition   ln Z(x), Z = int dX exp(-H(X|x)), H = (x - e^{-t} X)^2/(2 s^2) - ln p_0(X), s^2 = 1 - e^{-2t}
    landscape       minima of the potential of the generating drift and its direction far out
    speciation      root in t of the slope of the generating drift at x = 0, the slope by a complex step
    log_pair        ln Z(q) of the Franz-Parisi potential for given X' and X_t

Lattice sums of Gaussians are trapezoid rules, exponentially accurate once the step is below their widths. Source:
dossier diffusion-physics, Theory 4-9.
"""

from __future__ import annotations

import math

import numpy as np

from atlas.dynamics.mixture_diffusion import Array, Mixture, generating

REACH = 12.0  # standard deviations
SMALL = 1e-30  # complex step
NO_BREAKING, BREAKING, UNSTABLE = 0, 1, 2


def currents(mixture: Mixture, t: float, n_points: int) -> dict[str, tuple[float, float, float]]:
    """(production, flux, rate) of the forward and the backward process at time t of the forward one."""
    reach = abs(float(mixture.mean(t)[0])) + REACH * math.sqrt(mixture.variance(t))
    x = np.linspace(-reach, reach, n_points)[None, :]
    width = float(x[0, 1] - x[0, 0])
    p = np.exp(mixture.log_density(x, t))
    score = mixture.score(x, t)[0]
    found = {}
    for name, drift in (("forward", -x[0]), ("backward", generating(mixture, t)(x, 0.0)[0])):
        velocity = drift - score  # J/p
        production = width * float((p * velocity**2).sum())
        flux = width * float((p * drift * velocity).sum())
        found[name] = (production, flux, production - flux)
    return found


def log_partition(mixture: Mixture, x: Array, t: float, n_points: int) -> Array:
    """ln Z at states x (n,), t > 0."""
    a, s2 = math.exp(-t), -math.expm1(-2.0 * t)
    reach = abs(float(mixture.mu[0])) + REACH * math.sqrt(mixture.sigma2)
    data = np.linspace(-reach, reach, n_points)
    prior = mixture.log_density(data[None, :], 0.0)
    exponent = prior[None, :] - (x[:, None] - a * data[None, :]) ** 2 / (2.0 * s2)
    top = exponent.max(axis=1)
    return np.asarray(top + np.log(np.exp(exponent - top[:, None]).sum(axis=1) * (data[1] - data[0])))


def landscape(mixture: Mixture, t: float, far: float = 1e3, n_points: int = 1200) -> int:
    """NO_BREAKING (one minimum of U), BREAKING (two), UNSTABLE (U falls at |x| = far), from the signs of the drift.

    Minima closer to 0 than 1e-3 are not told from 0.
    """
    half = np.geomspace(1e-3, far, n_points)
    x = np.concatenate((-half[::-1], half))[None, :]
    sign = np.sign(generating(mixture, t)(x, 0.0)[0])
    if sign[-1] > 0:
        return UNSTABLE
    minima = int(np.count_nonzero((sign[:-1] > 0) & (sign[1:] < 0)))
    return BREAKING if minima > 1 else NO_BREAKING


def slope_at_zero(mixture: Mixture, t: float) -> float:
    """d drift/dx of the generating drift at x = 0."""
    x = np.array([[SMALL * 1j]])
    return float((2.0 * mixture.score(x, t) + x)[0, 0].imag / SMALL)


def speciation(mixture: Mixture, latest: float = 10.0) -> float:
    """Time at which the slope at 0 vanishes, by Brent's method to 1e-13; nan without a change of sign up to latest."""
    from scipy.optimize import brentq

    if slope_at_zero(mixture, 0.0) * slope_at_zero(mixture, latest) > 0:
        return math.nan
    return float(brentq(lambda t: slope_at_zero(mixture, t), 0.0, latest, xtol=1e-13))


def log_pair(mixture: Mixture, data: Array, state: Array, t: float, q: float) -> Array:
    """ln { [e^{-H(X' + sqrt q|X_t)} + e^{-H(X' - sqrt q|X_t)}]/(2 sqrt q) } of samples X' (n,), X_t (n,)."""
    a, s2, r = math.exp(-t), -math.expm1(-2.0 * t), math.sqrt(q)
    above, below = (
        mixture.log_density(other[None, :], 0.0) - (state - a * other) ** 2 / (2.0 * s2)
        for other in (data + r, data - r)
    )
    return np.asarray(np.logaddexp(above, below) - math.log(2.0 * r))
