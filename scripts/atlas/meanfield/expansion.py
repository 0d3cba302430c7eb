"""Series at the transition, eps = g - 1 -> 0+.

    Delta_0 = eps + (7/6) eps^2 - (7/9) eps^3 + ...
    Gamma_0 = (1/3) eps^3 - (5/6) eps^4 + (641/180) eps^5 - ...
    Delta_s = eps + (4/3) eps^2 - (7/9) eps^3 + ...
    kappa^2 = eps^2/3 + O(eps^3),    Delta(tau) = eps sech(eps tau/sqrt 3),    lambda_max = eps^2/2 + O(eps^3)

from V(D; D) = 0 in exact rational arithmetic, with c_k = <phi^(k)> expanded in D (dossier kinetic-energy,
Near-critical expansion and Static line; the third terms were derived with the same equations). The series are
asymptotic: use them for eps << 1; the first term left out is of the order eps^{n+1} with a growing
coefficient. The published expansion of Gamma_0 has + (59/18) eps^4 in place of - (5/6) eps^4; it is kept for
comparison. The published closed formula, with both factors (1 + 2 eps) and g^2, expands to + (83/18) eps^4
(with one of them to 59/18).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from atlas.meanfield.gaussian import Array

DELTA0_TERMS = (Fraction(1), Fraction(7, 6), Fraction(-7, 9))  # powers 1, 2, 3
DELTA_STATIC_TERMS = (Fraction(1), Fraction(4, 3), Fraction(-7, 9))  # powers 1, 2, 3
GAMMA0_TERMS = (Fraction(1, 3), Fraction(-5, 6), Fraction(641, 180))  # powers 3, 4, 5
GAMMA0_PUBLISHED_TERMS = (Fraction(1, 3), Fraction(59, 18))  # powers 3, 4


def _series(eps: ArrayLike, terms: tuple[Fraction, ...], first_power: int, order: int) -> Array:
    values = np.asarray(eps, dtype=np.float64)
    if not (np.all(np.isfinite(values)) and np.all(values >= 0.0)):
        raise ValueError("eps = g - 1: must be finite and >= 0")
    if not 1 <= order <= len(terms):
        raise ValueError(f"order = {order}: this series has 1 to {len(terms)} terms")
    total = np.zeros_like(values)
    for coefficient in reversed(terms[:order]):
        total = total * values + float(coefficient)
    return total * values**first_power


def delta0_series(eps: ArrayLike, order: int = 2) -> Array:
    """Delta_0 to `order` terms (1 to 3) at eps = g - 1 >= 0; two terms is the published law."""
    return _series(eps, DELTA0_TERMS, 1, order)


def gamma0_series(eps: ArrayLike, order: int = 1) -> Array:
    """Gamma_0 to `order` terms (1 to 3) at eps = g - 1 >= 0; one term is the cubic law eps^3/3."""
    return _series(eps, GAMMA0_TERMS, 3, order)


def gamma0_published_series(eps: ArrayLike) -> Array:
    """The published eps^3/3 + (59/18) eps^4, whose second term is wrong (the exact one is -5/6)."""
    return _series(eps, GAMMA0_PUBLISHED_TERMS, 3, 2)


def gamma0_published_formula(eps: ArrayLike) -> Array:
    """-(1/3) eps^2 Delta_0 + (1 + 2 eps)(2/3) g^2 Delta_0^3 with Delta_0 = eps + (7/6) eps^2 (published)."""
    values = np.asarray(eps, dtype=np.float64)
    delta0 = delta0_series(values, 2)
    return (1.0 + 2.0 * values) * (2.0 / 3.0) * (1.0 + values) ** 2 * delta0**3 - values**2 * delta0 / 3.0


def delta_static_series(eps: ArrayLike, order: int = 2) -> Array:
    """Delta_s to `order` terms (1 to 3) at eps = g - 1 >= 0."""
    return _series(eps, DELTA_STATIC_TERMS, 1, order)


def delta_critical(eps: float, tau: ArrayLike) -> Array:
    """Leading Delta(tau) = eps sech(eps tau/sqrt 3), relative error O(eps)."""
    lags = np.asarray(tau, dtype=np.float64)
    result: Array = eps / np.cosh(eps * lags / math.sqrt(3.0))
    return result
