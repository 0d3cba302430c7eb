"""Equilibrium of the gradient dynamics against a bracketing twin, limits and the dossier's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from atlas.meanfield.gradient import gradient_equilibrium
from atlas.meanfield.stationary import delta_static, stationary


@pytest.mark.parametrize(("g", "temperature"), [(0.5, 0.3), (1.0, 0.01), (1.5, 0.022), (2.0, 1.0), (6.0, 0.5)])
def test_bracketing_twin(g: float, temperature: float) -> None:
    def excess(d: float) -> float:
        def integrand(z: float) -> float:
            return math.exp(-z * z / 2) * math.tanh(math.sqrt(d) * z) ** 2

        phi2 = 2 * quad(integrand, 0, 12, epsabs=1e-13, epsrel=1e-13, limit=200)[0] / math.sqrt(2 * math.pi)
        return d - temperature - g * g * phi2

    delta = brentq(excess, temperature, temperature + g * g + 1, xtol=1e-14, rtol=1e-13)
    got = gradient_equilibrium(g, temperature)
    # the twin's 1e-13 divided by the slope of the excess, which is above 0.1 in these cases (0.27 at g = 1)
    assert got.delta_t == pytest.approx(delta, rel=1e-11)
    assert got.phi2 == pytest.approx((got.delta_t - temperature) / g**2, rel=1e-12)
    assert got.energy == temperature / 2
    assert got.residual < 1e-13


def test_dossier_values() -> None:
    # g = 1.5: T = Gamma_0 gives 0.8368, the published T_eff = 0.1093 gives 0.994 (printed digits)
    assert gradient_equilibrium(1.5, stationary(1.5).gamma0).delta_t == pytest.approx(0.8368, abs=5e-5)
    assert gradient_equilibrium(1.5, 0.1093).delta_t == pytest.approx(0.994, abs=5e-4)


@pytest.mark.parametrize("temperature", [1e-4, 1e-8, 1e-12])
def test_low_temperature(temperature: float) -> None:
    # below: T/(1 - g^2), next order 2 g^2 Delta^2/(1 - g^2); at g = 1: sqrt(T/2), next relative sqrt(T)
    below = gradient_equilibrium(0.6, temperature).delta_t
    assert below == pytest.approx(temperature / 0.64, rel=3 * temperature + 1e-13)
    at = gradient_equilibrium(1.0, temperature).delta_t
    assert at == pytest.approx(math.sqrt(temperature / 2), rel=2 * math.sqrt(temperature))
    above = gradient_equilibrium(1.5, temperature).delta_t
    assert 0 < above - delta_static(1.5) < 10 * temperature  # regular in T, slope about 2


def test_zero_temperature_is_the_static_line() -> None:
    assert gradient_equilibrium(1.7, 0.0).delta_t == delta_static(1.7)
    assert gradient_equilibrium(1.7, 0.0).residual < 1e-14
    assert gradient_equilibrium(0.7, 0.0).delta_t == 0.0


def test_critical_series_at_matched_energy() -> None:
    # T = Gamma_0: Delta_T = eps + (3/2) eps^2 + O(eps^3)
    eps = np.array([0.002, 0.004])
    second = [(gradient_equilibrium(1 + e, stationary(1 + e).gamma0).delta_t - e) / e**2 for e in eps]
    assert 2 * second[0] - second[1] == pytest.approx(1.5, abs=1e-3)  # linear extrapolation, left eps^2


def test_free_and_infinite_temperature() -> None:
    assert gradient_equilibrium(0.0, 2.5).delta_t == 2.5  # no coupling: E = x^2/2
    hot = gradient_equilibrium(2.0, 1e6)
    assert hot.delta_t - 1e6 == pytest.approx(4.0, abs=0.01)  # tanh^2 -> 1 up to sqrt(2/(pi T)) = 8e-4


@pytest.mark.parametrize(("g", "temperature"), [(-1, 1), (math.nan, 1), (1, -1e-9), (1, math.nan), (1, math.inf)])
def test_bad_arguments(g: float, temperature: float) -> None:
    with pytest.raises(ValueError, match=r"g = |temperature = "):
        gradient_equilibrium(g, temperature)
