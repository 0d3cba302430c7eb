"""Gaussian averages by the trapezoid rule, and Hermite coefficients of tanh.

For f analytic in the strip |Im z| < a the rule  <f(z)> = sum_j h w(j h) f(j h),  w the standard normal density,
errs by about exp(a^2/2 - 2 pi a/h). For f(z) = F(tanh(s z)) the strip is a = pi/(2 s); the step
h = min(0.28/s, 0.5) leaves an error below 1e-15 (Gauss-Hermite with 200 nodes loses nine digits at s = 3).

Hermite coefficients: f(z) = sum_n a_n h_n(z), h_n = He_n/sqrt(n!), so that <f(z) f(z')> = sum_n a_n^2 rho^n for
standard normal z, z' of correlation rho (Mehler).

Source: dossier kinetic-energy, Numerics; DESIGN 8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import require_positive

Array = NDArray[np.float64]

_STRIP_STEP = 0.28  # h s: aliasing error exp(-pi^2/0.28) = 5e-16
_GAUSS_STEP = 0.5  # bound from the Gaussian itself: exp(-2 pi^2/0.25) = 5e-35, halved strips still safe


def half_nodes(scale: float, z_max: float = 10.0, step: float = _STRIP_STEP) -> tuple[Array, Array]:
    """Nodes z >= 0 and weights for averages of EVEN functions of z, <f> = sum w f(z).

    scale: s of the fastest argument tanh(s z); z_max: cut of the Gaussian (10: below 1e-22).
    """
    h = min(step / scale, _GAUSS_STEP)
    z = h * np.arange(int(math.ceil(z_max / h)) + 1)
    w = np.exp(-0.5 * z * z) * (2.0 * h / math.sqrt(2.0 * math.pi))
    w[0] *= 0.5
    return z, w


def trapezoid_nodes(scale: float = 1.0, z_max: float = 10.0) -> tuple[Array, Array]:
    """Nodes z on the whole line and weights, <f(z)> = sum w f(z) for z ~ N(0, 1).

    scale: s such that f is analytic for |Im z| < pi/(2 s) (tanh(s z) and its kin). Error about 1e-15 of max |f|.
    Raises ValueError for scale or z_max not finite and > 0.
    """
    z, w = half_nodes(require_positive("scale", scale), require_positive("z_max", z_max))
    half = w.copy()
    half[1:] *= 0.5
    return np.concatenate((-z[:0:-1], z)), np.concatenate((half[:0:-1], half))


def log_cosh(x: Array) -> Array:
    """ln cosh x = |x| + ln((1 + exp(-2|x|))/2), without overflow; absolute error about 1e-16 max(|x|, x^2)."""
    ax = np.abs(x)
    return ax + np.log1p(0.5 * np.expm1(-2.0 * ax))


class TanhAverages(NamedTuple):
    """Averages over x ~ N(0, delta) of phi = tanh(x)."""

    phi2: float  # <phi^2>
    dphi: float  # <phi'> = 1 - phi2
    dphi2: float  # <phi'^2>
    log_cosh_var: float  # Var[ln cosh x]


def tanh_averages(delta: float) -> TanhAverages:
    """Averages of tanh, its slope and its primitive over x ~ N(0, delta), delta > 0.

    Relative error below 1e-13 for 1e-6 <= delta <= 1e4. Raises ValueError unless delta is finite and > 0.
    """
    delta = require_positive("delta", delta)
    z, w = half_nodes(math.sqrt(delta))
    x = math.sqrt(delta) * z
    phi = np.tanh(x)
    e = np.exp(-2.0 * x)
    dphi = 4.0 * e / (1.0 + e) ** 2  # sech^2 without the cancellation of 1 - tanh^2
    phi_primitive = log_cosh(x)
    phi_primitive -= w @ phi_primitive
    return TanhAverages(
        phi2=float(w @ (phi * phi)),
        dphi=float(w @ dphi),
        dphi2=float(w @ (dphi * dphi)),
        log_cosh_var=float(w @ (phi_primitive * phi_primitive)),
    )


def hermite_coefficients(f: Callable[[Array], Array], n_terms: int, scale: float = 1.0) -> Array:
    """a_n = <f(z) h_n(z)>, n = 0 .. n_terms - 1, z ~ N(0, 1); f takes and returns arrays.

    scale: s such that f is analytic for |Im z| < pi/(2 s). Absolute error about 1e-14 of max |f| while
    sqrt(n_terms) is small against 20 s. Raises ValueError for n_terms < 1.
    """
    if n_terms < 1:
        raise ValueError(f"n_terms = {n_terms}: at least 1")
    z, w = trapezoid_nodes(scale, 13.0)
    values = f(z)
    previous, current = np.zeros_like(z), w.copy()
    a = np.empty(n_terms)
    for n in range(n_terms):
        a[n] = current @ values
        previous, current = current, (z * current - math.sqrt(n) * previous) / math.sqrt(n + 1.0)
    return a


def _parity_projections(values: Array, z: Array, start: Array, first: int, n_terms: int) -> Array:
    """<f h_n> for n = first, first + 2, ...; start = w h_first; rows by the two-step recurrence of h_n."""
    rows = np.empty((n_terms, z.size))
    z2 = z * z
    rows[0] = start
    scratch = np.empty_like(z)
    for i in range(n_terms - 1):
        n = first + 2 * i
        nxt = rows[i + 1]
        scale = 1.0 / math.sqrt((n + 1.0) * (n + 2.0))
        np.subtract(z2, 2.0 * n + 1.0, out=nxt)
        nxt *= rows[i]
        if i:
            np.multiply(rows[i - 1], math.sqrt(n * (n - 1.0)), out=scratch)
            nxt -= scratch
        nxt *= scale
    result: Array = rows @ values
    return result


def tanh_odd_coefficients(delta: float, tolerance: float = 1e-14) -> Array:
    """a_{2m+1}, m = 0, 1, ..., of phi(z) = tanh(sqrt(delta) z) in normalised Hermite polynomials (even ones vanish).

    a_n^2 falls as exp(-pi sqrt(n/delta)); as many terms are returned as bring this below `tolerance`, about
    (ln tolerance)^2 delta/(2 pi^2) + 24. Absolute error of each about 1e-15. For delta < 0.3 the terms m >= 1 come
    from a_n = delta^{3/2} <phi''' h_{n-3}>/sqrt(n(n-1)(n-2)), which keeps the relative error of a_3 at 1e-15 however
    small delta is. Raises ValueError unless delta is finite and > 0.
    """
    delta = require_positive("delta", delta)
    s = math.sqrt(delta)
    n_terms = int(delta * (math.log(tolerance) / math.pi) ** 2 / 2.0) + 24
    z, w = half_nodes(s, 12.5, 0.24)
    phi = np.tanh(s * z)
    if delta >= 0.3:
        return _parity_projections(phi, z, w * z, 1, n_terms)
    dphi = 1.0 - phi * phi
    b = _parity_projections(dphi * (6.0 * phi * phi - 2.0), z, w, 0, n_terms - 1)
    n = 2.0 * np.arange(1, n_terms) + 1.0
    a = np.empty(n_terms)
    a[0] = s * (w @ dphi)
    a[1:] = s**3 * b / np.sqrt(n * (n - 1.0) * (n - 2.0))
    return a
