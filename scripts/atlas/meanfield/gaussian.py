"""Gaussian averages by the trapezoid rule, and Hermite coefficients of tanh.

For f analytic in the strip |Im z| < a the rule  <f(z)> = sum_j h w(j h) f(j h),  w the standard normal
density, errs by about exp(a^2/2 - 2 pi a/h). For f(z) = F(tanh(s z)) the strip is a = pi/(2 s); the step is
chosen so that this is exp(-50) = 2e-22, which leaves room for the factor 2 pi/h that each order of the pole
brings (h = 0.2/s at large s, 0.33 at s = 0.55; Gauss-Hermite with 200 nodes is 1e-4 off in Gamma_0 at s =
3.2).

Hermite coefficients: f(z) = sum_n a_n h_n(z), h_n = He_n/sqrt(n!), so that <f(z) f(z')> = sum_n a_n^2 rho^n
for standard normal z, z' of correlation rho (Mehler).

Source: dossier kinetic-energy, Numerics.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import require_positive

Array = NDArray[np.float64]

_ALIASING = 50.0  # minus the logarithm of the aliasing error
_MANY_TERMS = 600  # from here on (g > 4) the loop is worth the half second that importing numba takes
_SMALL_DELTA = 0.3  # under this variance the coefficients n >= 3 are taken from the third derivative


def _strip(scale: float, budget: float) -> float:
    """Half-width a = pi/(2 s) of the strip, cut where a wider contour no longer helps (a^2/2 = budget)."""
    return min(math.pi / (2.0 * scale), math.sqrt(2.0 * budget))


def half_nodes(scale: float, z_max: float = 10.0, wave_number: float = 0.0) -> tuple[Array, Array]:
    """Nodes z >= 0 and weights for averages of EVEN functions of z, <f> = sum w f(z).

    scale: s of the fastest argument tanh(s z); z_max: cut of the Gaussian (10: below 1e-22); wave_number: of
    a further entire factor growing as exp(wave_number |Im z|), sqrt(n) for the Hermite polynomial h_n.
    """
    a = _strip(scale, _ALIASING)
    h = 2.0 * math.pi * a / (_ALIASING + 0.5 * a * a + a * wave_number)
    z: Array = np.arange(math.ceil(z_max / h) + 1, dtype=np.float64) * h
    w = np.exp(-0.5 * z * z) * (2.0 * h / math.sqrt(2.0 * math.pi))
    w[0] *= 0.5
    return z, w


def trapezoid_nodes(scale: float = 1.0, z_max: float = 10.0) -> tuple[Array, Array]:
    """Nodes z on the whole line and weights, <f(z)> = sum w f(z) for z ~ N(0, 1).

    scale: s such that f is analytic for |Im z| < pi/(2 s) (tanh(s z) and its kin). Error about 1e-15 of max
    |f|. Raises ValueError for scale or z_max not finite and > 0.
    """
    return _both_sides(*half_nodes(require_positive("scale", scale), require_positive("z_max", z_max)))


def _both_sides(z: Array, w: Array) -> tuple[Array, Array]:
    half = w.copy()
    half[1:] *= 0.5
    return np.concatenate((-z[:0:-1], z)), np.concatenate((half[:0:-1], half))


def log_cosh(x: Array) -> Array:
    """ln cosh x to a relative 1e-15 everywhere, without overflow.

    |x| < 1: ln(1 + sinh^2 x)/2; else |x| + ln((1 + exp(-2|x|))/2).
    """
    ax = np.abs(x)
    large = ax + np.log1p(0.5 * np.expm1(-2.0 * ax))
    return np.where(ax < 1.0, 0.5 * np.log1p(np.sinh(np.minimum(ax, 1.0)) ** 2), large)


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

    scale: s such that f is analytic for |Im z| < pi/(2 s). Absolute error about 1e-14 of max |f|. Raises
    ValueError for n_terms < 1.
    """
    if n_terms < 1:
        raise ValueError(f"n_terms = {n_terms}: at least 1")
    z, w = _both_sides(*half_nodes(require_positive("scale", scale), 13.0, math.sqrt(n_terms)))
    values = f(z)
    previous, current = np.zeros_like(z), w.copy()
    a = np.empty(n_terms)
    for n in range(n_terms):
        a[n] = current @ values
        previous, current = current, (z * current - math.sqrt(n) * previous) / math.sqrt(n + 1.0)
    return a


def _parity_projections(values: Array, z: Array, start: Array, first: int, n_terms: int) -> Array:
    """<f h_n> for n = first, first + 2, ...; start = w h_first; rows by the two-step recurrence of h_n."""
    z2 = z * z
    n = first + 2.0 * np.arange(n_terms)
    norm = 1.0 / np.sqrt((n + 1.0) * (n + 2.0))
    shift, back = (2.0 * n + 1.0) * norm, np.sqrt(n * np.maximum(n - 1.0, 0.0)) * norm
    if n_terms >= _MANY_TERMS:
        from atlas.meanfield.hermite_kernel import parity_projections

        compiled: Array = parity_projections(values, z2, start, norm, shift, back)
        return compiled
    rows, scratch = np.empty((n_terms, z.size)), np.empty_like(z)
    rows[0] = start
    for i in range(n_terms - 1):
        nxt = rows[i + 1]
        np.multiply(z2, norm[i], out=nxt)
        nxt -= shift[i]
        nxt *= rows[i]
        if i:
            np.multiply(rows[i - 1], back[i], out=scratch)
            nxt -= scratch
    result: Array = rows @ values
    return result


def _odd_terms(delta: float, tolerance: float) -> int:
    """How many odd coefficients until a_n^2 ~ exp(a^2/2 - 2 a sqrt(n)) (poles at i a) is below tolerance."""
    budget = -math.log(tolerance)
    a = _strip(math.sqrt(delta), budget)
    root_n = (budget + 0.5 * a * a) / (2.0 * a)
    return int(0.5 * root_n * root_n) + 8


def tanh_odd_coefficients(delta: float, tolerance: float = 1e-14) -> Array:
    """a_{2m+1}, m = 0, 1, ..., of tanh(sqrt(delta) z) in normalised Hermite polynomials (even ones vanish).

    a_n^2 falls as exp(-pi sqrt(n/delta)); as many terms are returned as bring this below `tolerance`, about
    (ln tolerance)^2 delta/(2 pi^2) + 8. Absolute error of each about 1e-15. For delta < 0.3 the terms m >= 1
    come from a_n = delta^{3/2} <phi''' h_{n-3}>/sqrt(n(n-1)(n-2)), which keeps the relative error of a_3 at
    1e-15 however small delta is. Raises ValueError unless delta is finite and > 0.
    """
    delta = require_positive("delta", delta)
    s = math.sqrt(delta)
    n_terms = _odd_terms(delta, tolerance)
    z, w = half_nodes(s, 12.5, math.sqrt(2.0 * n_terms))
    phi = np.tanh(s * z)
    if delta >= _SMALL_DELTA:
        return _parity_projections(phi, z, w * z, 1, n_terms)
    dphi = 1.0 - phi * phi
    b = _parity_projections(dphi * (6.0 * phi * phi - 2.0), z, w, 0, n_terms - 1)
    n = 2.0 * np.arange(1, n_terms) + 1.0
    a = np.empty(n_terms)
    a[0] = s * (w @ dphi)
    a[1:] = s**3 * b / np.sqrt(n * (n - 1.0) * (n - 2.0))
    return a
