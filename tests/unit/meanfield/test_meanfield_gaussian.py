"""Gaussian averages and Hermite coefficients against closed forms and high-precision sums."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
from scipy.special import erf

from atlas.meanfield import gaussian
from atlas.meanfield.gaussian import (
    hermite_coefficients,
    log_cosh,
    tanh_averages,
    tanh_odd_coefficients,
    trapezoid_nodes,
)


def mp_average(f, delta: float, step: str = "0.04") -> mp.mpf:
    """<f(x)>, x ~ N(0, delta), f even: trapezoid in 30 digits, step far below the strip's need."""
    with mp.workdps(30):
        s = mp.sqrt(mp.mpf(delta))
        h = mp.mpf(step) / max(s, mp.mpf("0.3"))
        n = int(11 / h)
        terms = (mp.exp(-((k * h) ** 2) / 2) * f(s * k * h) * (2 if k else 1) for k in range(n + 1))
        return h * mp.fsum(terms) / mp.sqrt(2 * mp.pi)


@pytest.mark.parametrize("scale", [0.01, 0.5, 3.0, 20.0])
def test_gaussian_moments(scale: float) -> None:
    z, w = trapezoid_nodes(scale)
    for k, moment in ((0, 1.0), (2, 1.0), (4, 3.0), (6, 15.0), (8, 105.0)):
        # the cut at |z| = 10 leaves z^8 exp(-50)/105 ~ 1e-16; the rest is rounding
        assert w @ z**k == pytest.approx(moment, rel=1e-14)
    assert abs(w @ z**3) < 1e-14  # odd


@pytest.mark.parametrize("delta", [1e-4, 0.3, 2.0, 50.0])
def test_tanh_averages_high_precision(delta: float) -> None:
    got = tanh_averages(delta)
    mean = mp_average(lambda x: mp.log(mp.cosh(x)), delta)
    expected = (
        mp_average(lambda x: mp.tanh(x) ** 2, delta),
        mp_average(lambda x: mp.sech(x) ** 2, delta),
        mp_average(lambda x: mp.sech(x) ** 4, delta),
        mp_average(lambda x: (mp.log(mp.cosh(x)) - mean) ** 2, delta),
    )
    for value, reference in zip(got, expected, strict=True):
        assert value == pytest.approx(float(reference), rel=1e-13)  # the stated accuracy


def test_stein_identity() -> None:
    # <x phi> = delta <phi'>, a relation the code does not use
    for delta in (0.05, 1.0, 30.0):
        z, w = trapezoid_nodes(math.sqrt(delta))
        x = math.sqrt(delta) * z
        assert w @ (x * np.tanh(x)) == pytest.approx(delta * tanh_averages(delta).dphi, rel=1e-13)


def test_log_cosh_small_and_large() -> None:
    x = np.array([0.0, 1e-7, 1e-4, 0.1, 0.999, 1.001, 3.0, -3.0, 800.0])
    with mp.workdps(30):
        expected = np.array([float(mp.log(mp.cosh(mp.mpf(v)))) for v in x])
    np.testing.assert_allclose(log_cosh(x), expected, rtol=2e-15, atol=0)  # a few roundings


@pytest.mark.parametrize("delta", [0.2, 1.0, 4.0])
def test_mehler_sum_of_erf_is_the_arcsine_law(delta: float) -> None:
    """phi = erf(sqrt(pi) x/2): <phi phi> = (2/pi) arcsin[(pi/2) delta rho/(1 + pi delta/2)]."""
    s = math.sqrt(delta)
    a = hermite_coefficients(lambda z: erf(math.sqrt(math.pi) * s * z / 2), 200, scale=s)
    assert np.max(np.abs(a[::2])) < 1e-14  # odd function
    for rho in (0.3, 0.8):
        expected = 2 / math.pi * math.asin(math.pi / 2 * delta * rho / (1 + math.pi / 2 * delta))
        # 0.8^200 = 4e-20 of the series is missing
        assert np.sum(a**2 * rho ** np.arange(200)) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("delta", [0.05, 0.299, 0.301, 1.0, 6.0])
def test_odd_coefficients_agree_with_the_general_recurrence(delta: float) -> None:
    s = math.sqrt(delta)
    odd = tanh_odd_coefficients(delta)
    twin = hermite_coefficients(lambda z: np.tanh(s * z), 2 * odd.size, scale=s)
    np.testing.assert_allclose(odd, twin[1::2], rtol=0, atol=3e-14)  # rounding grows slowly with n


@pytest.mark.parametrize("delta", [1e-6, 0.1, 0.299, 0.301, 0.75, 2.0, 10.0, 70.0])
def test_odd_coefficients_parseval(delta: float) -> None:
    odd = tanh_odd_coefficients(delta)
    averages = tanh_averages(delta)
    n = 2 * np.arange(odd.size) + 1
    assert odd @ odd == pytest.approx(averages.phi2, rel=1e-12)  # the tail left out is below 1e-14 a term
    assert (n * odd) @ odd / delta == pytest.approx(averages.dphi2, rel=1e-10)  # the same tail times n ~ 1e3


def test_third_coefficient_keeps_its_relative_accuracy() -> None:
    # a_3 = delta^{3/2} <phi'''>/sqrt 6, <phi'''> = -2 + 8 delta - ...
    for delta in (1e-10, 1e-6):
        expected = delta**1.5 * (-2 + 8 * delta) / math.sqrt(6)
        assert tanh_odd_coefficients(delta)[1] == pytest.approx(expected, rel=50 * delta**2 + 1e-14)


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_bad_variance(bad: float) -> None:
    for function in (tanh_averages, tanh_odd_coefficients, trapezoid_nodes):
        with pytest.raises(ValueError, match="must be finite and > 0"):
            function(bad)
    with pytest.raises(ValueError, match="n_terms"):
        hermite_coefficients(np.tanh, 0)


def test_importing_the_room_stays_light() -> None:
    scripts = Path(__file__).parents[3] / "scripts"
    rooms = ["correlation", "dimension", "discrete", "expansion", "gradient", "lyapunov", "paths"]
    code = f"import sys; sys.path.insert(0, {str(scripts)!r})\n"
    code += "".join(f"import atlas.meanfield.{room}\n" for room in rooms)
    code += "heavy = {'matplotlib', 'pandas', 'seaborn', 'numba', 'atlas.dynamics', 'atlas.papers'}\n"
    code += "print(sorted(heavy & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("delta", [8.0, 60.0, 95.0])
def test_compiled_projections_are_those_of_the_plain_loop(delta: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of terms of the recurrence, compiled and in plain numpy: only rounding between them (1e-15 a term)."""
    monkeypatch.setattr(gaussian, "_MANY_TERMS", 10**9)
    plain = gaussian.tanh_odd_coefficients(delta)
    monkeypatch.setattr(gaussian, "_MANY_TERMS", 0)
    assert gaussian.tanh_odd_coefficients(delta) == pytest.approx(plain, rel=0.0, abs=1e-13)
