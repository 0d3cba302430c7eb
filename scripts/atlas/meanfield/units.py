"""Gaussian averages of odd sigmoid units of unit slope: tanh(x) and erf(sqrt(pi) x/2).

For x, x' of variance Delta_0 and covariance Delta, C(Delta; Delta_0) = <phi(x) phi(x')> = sum_m a_{2m+1}^2 rho^{2m+1},
rho = Delta/Delta_0, with the odd Hermite coefficients a_n of phi(sqrt(Delta_0) z). For erf all is closed:

    C = (2/pi) arcsin y,  y = (pi/2) Delta/(1 + (pi/2) Delta_0),     <phi'> = 1/sqrt(1 + pi Delta_0/2),
    a_{2m+1}^2 = (2/pi) binom(2m, m)/4^m s^{2m+1}/(2m+1),            s = y at Delta = Delta_0,
    2 int_0^{Delta_0} C dDelta/Delta_0^2 = (4/(pi Delta_0)) {arcsin s + (sqrt(1 - s^2) - 1)/s}.

Source: dossier linear-equivalence, Model and Theory 1-3 (arcsine law: Williams 1998).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from atlas.meanfield.errors import require_positive
from atlas.meanfield.gaussian import Array, half_nodes, tanh_averages, tanh_odd_coefficients
from atlas.meanfield.mehler import polynomials

MAX_TERMS = 400_000  # of the arcsine series


class Unit(ABC):
    """An odd sigmoid phi with phi'(0) = 1 and |phi| <= 1. Every delta0 is the variance of x, > 0."""

    name: ClassVar[str]

    @abstractmethod
    def phi2(self, delta0: float) -> float:
        """<phi^2>."""

    @abstractmethod
    def chi(self, delta0: float) -> float:
        """<phi'>."""

    @abstractmethod
    def cubic(self, delta0: float) -> float:
        """<(phi^3)'>/<phi'> = <3 phi^2 phi'>/chi, the slope of <phi_i^3 phi_j> on C_ij (Price's theorem)."""

    @abstractmethod
    def energy_ratio(self, delta0: float) -> float:
        """2 int_0^{Delta_0} C(Delta; Delta_0) dDelta/Delta_0^2; 1/g^2 at the chaotic state without drive."""

    @abstractmethod
    def squares(self, delta0: float) -> Array:
        """a_{2m+1}^2, m = 0, 1, ..., down to 1e-16 of the first."""

    @abstractmethod
    def site(self, delta: Array) -> tuple[Array, Array, Array, float]:
        """C(Delta_k; Delta_0) at the lags k (Delta_0 = delta[0]), its derivatives by Delta_k and by Delta_0, chi^2."""


class Tanh(Unit):
    """phi = tanh(x). Averages to about 1e-14."""

    name = "tanh"

    def phi2(self, delta0: float) -> float:
        return tanh_averages(delta0).phi2

    def chi(self, delta0: float) -> float:
        return tanh_averages(delta0).dphi

    def cubic(self, delta0: float) -> float:
        z, w = half_nodes(math.sqrt(require_positive("delta0", delta0)))
        square = np.tanh(math.sqrt(delta0) * z) ** 2
        return float(3.0 * (w @ (square * (1.0 - square))) / (w @ (1.0 - square)))

    def energy_ratio(self, delta0: float) -> float:
        return 2.0 * tanh_averages(delta0).log_cosh_var / delta0**2

    def squares(self, delta0: float) -> Array:
        return tanh_odd_coefficients(delta0, 1e-16) ** 2

    def site(self, delta: Array) -> tuple[Array, Array, Array, float]:
        delta0 = float(delta[0])
        a = tanh_odd_coefficients(delta0)
        n = 2.0 * np.arange(a.size) + 1.0
        cross = np.zeros_like(a)  # dC/dDelta_0 = <phi'' phi'>-type sum over neighbouring coefficients
        cross[:-1] = a[:-1] * a[1:] * np.sqrt((n[:-1] + 1.0) * (n[:-1] + 2.0)) / delta0
        rho = delta / delta0
        rows = np.stack((a * a, n * a * a / delta0, cross))
        c, by_delta, by_delta0 = polynomials(rows, rho * rho)
        return rho * c, by_delta, rho * by_delta0, float(a[0] ** 2) / delta0


class Erf(Unit):
    """phi = erf(sqrt(pi) x/2). Closed forms."""

    name = "erf"

    @staticmethod
    def _s(delta0: float) -> float:
        half = 0.5 * math.pi * require_positive("delta0", delta0)
        return half / (1.0 + half)

    def phi2(self, delta0: float) -> float:
        return 2.0 / math.pi * math.asin(self._s(delta0))

    def chi(self, delta0: float) -> float:
        return 1.0 / math.sqrt(1.0 + 0.5 * math.pi * require_positive("delta0", delta0))

    def cubic(self, delta0: float) -> float:
        """<3 phi^2 phi'>/chi = 3 <phi^2> at the variance delta0/(1 + pi delta0/2): phi' only narrows the Gaussian."""
        return 3.0 * self.phi2(delta0 / (1.0 + 0.5 * math.pi * delta0))

    def energy_ratio(self, delta0: float) -> float:
        s = self._s(delta0)
        if s < 1e-3:  # series, where the closed form cancels
            return 4.0 / (math.pi * delta0) * s * (0.5 + s * s / 24.0)
        return 4.0 / (math.pi * delta0) * (math.asin(s) + (math.sqrt((1.0 - s) * (1.0 + s)) - 1.0) / s)

    def squares(self, delta0: float) -> Array:
        s = self._s(delta0)
        n_terms = int(-18.0 / math.log10(s * s)) + 8
        if n_terms > MAX_TERMS:
            raise ValueError(f"delta0 = {delta0}: the arcsine series needs {n_terms} terms, at most {MAX_TERMS}")
        m = np.arange(1.0, n_terms)
        binomial = np.concatenate(([1.0], np.cumprod((2.0 * m - 1.0) / (2.0 * m) * s * s)))
        result: Array = 2.0 / math.pi * s * binomial / (2.0 * np.arange(n_terms) + 1.0)
        return result

    def site(self, delta: Array) -> tuple[Array, Array, Array, float]:
        scale = 0.5 * math.pi / (1.0 + 0.5 * math.pi * float(delta[0]))
        y = scale * delta
        slope = 2.0 / math.pi / np.sqrt((1.0 - y) * (1.0 + y))
        return 2.0 / math.pi * np.arcsin(y), slope * scale, -slope * y * scale, self.chi(float(delta[0])) ** 2


UNITS: dict[str, Unit] = {"tanh": Tanh(), "erf": Erf()}
