"""Gaussian averages of tanh and erf units against quadrature, closed forms and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import erf

from atlas.meanfield.units import UNITS


def plain(name: str, x: np.ndarray) -> np.ndarray:
    return np.tanh(x) if name == "tanh" else erf(math.sqrt(math.pi) * x / 2)


def plain_slope(name: str, x: np.ndarray) -> np.ndarray:
    return 1 / np.cosh(x) ** 2 if name == "tanh" else np.exp(-math.pi * x**2 / 4)


def gaussian(n: int = 40_001, reach: float = 9.0) -> tuple[np.ndarray, np.ndarray]:
    """A dense trapezoid: for these analytic functions exact to rounding at the variances of the tests."""
    z = np.linspace(-reach, reach, n)
    w = np.exp(-(z**2) / 2)
    return z, w / w.sum()


@pytest.mark.parametrize("name", ["tanh", "erf"])
@pytest.mark.parametrize("delta0", [0.05, 1.3, 12.0])
def test_one_time_averages_by_quadrature(name: str, delta0: float) -> None:
    z, w = gaussian()
    x = math.sqrt(delta0) * z
    phi, slope, unit = plain(name, x), plain_slope(name, x), UNITS[name]
    assert unit.phi2(delta0) == pytest.approx(w @ phi**2, rel=1e-12)
    assert unit.chi(delta0) == pytest.approx(w @ slope, rel=1e-12)
    assert unit.cubic(delta0) == pytest.approx((w @ (3 * phi**2 * slope)) / (w @ slope), rel=1e-12)


@pytest.mark.parametrize("name", ["tanh", "erf"])
@pytest.mark.parametrize("delta0", [0.2, 3.0])
def test_two_time_average_by_quadrature(name: str, delta0: float) -> None:
    """<phi phi'> by conditioning: x = √rho c + √(1 - rho) a, x' alike, with a common Gaussian c."""
    z, w = gaussian(801)
    unit = UNITS[name]
    delta = np.array([1.0, 0.7, 0.3]) * delta0
    c = unit.site(delta)[0]
    for value, found in zip(delta[1:], c[1:], strict=True):
        rho = value / delta0
        field = math.sqrt(delta0) * (math.sqrt(rho) * z[:, None] + math.sqrt(1 - rho) * z[None, :])
        assert found == pytest.approx(w @ (plain(name, field) @ w) ** 2, rel=1e-10)
    assert c[0] == pytest.approx(unit.phi2(delta0), rel=1e-12)


@pytest.mark.parametrize("name", ["tanh", "erf"])
def test_derivatives_of_the_two_time_average(name: str) -> None:
    unit, h = UNITS[name], 1e-5
    delta = np.array([2.0, 1.1, 0.4])
    _, by_delta, by_delta0, chi2 = unit.site(delta)
    for k in (1, 2):
        step = np.zeros(3)
        step[k] = h
        slope = (unit.site(delta + step)[0][k] - unit.site(delta - step)[0][k]) / (2 * h)
        assert by_delta[k] == pytest.approx(slope, rel=1e-8)  # h² and rounding/h
    step = np.array([h, 0.0, 0.0])
    up, down = unit.site(delta + step)[0], unit.site(delta - step)[0]
    slopes = (up - down) / (2 * h)
    assert slopes[1:] == pytest.approx(by_delta0[1:], rel=1e-7)
    assert slopes[0] == pytest.approx(by_delta[0] + by_delta0[0], rel=1e-7)  # at lag 0 both are Delta_0
    assert chi2 == pytest.approx(unit.chi(2.0) ** 2, rel=1e-12)


@pytest.mark.parametrize("name", ["tanh", "erf"])
@pytest.mark.parametrize("delta0", [1e-4, 0.6, 20.0])
def test_series_sums_to_the_variance_and_the_energy(name: str, delta0: float) -> None:
    """sum a² = <phi²>; 2 int C = Delta_0 sum a²/(m + 1): the term m of C integrates to a² Delta_0/(2 m + 2)."""
    unit = UNITS[name]
    a2 = unit.squares(delta0)
    assert a2.sum() == pytest.approx(unit.phi2(delta0), rel=1e-12)
    energy = (a2 / np.arange(1.0, len(a2) + 1)).sum() / delta0
    assert unit.energy_ratio(delta0) == pytest.approx(energy, rel=1e-10)


@pytest.mark.parametrize("name", ["tanh", "erf"])
def test_small_variance_is_linear(name: str) -> None:
    unit = UNITS[name]
    assert unit.chi(1e-8) == pytest.approx(1.0, abs=2e-8)
    assert unit.energy_ratio(1e-8) == pytest.approx(1.0, abs=5e-8)


def test_bad_variance_is_refused() -> None:
    for unit in UNITS.values():
        with pytest.raises(ValueError, match="delta"):
            unit.chi(-1.0)
