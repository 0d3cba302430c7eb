"""Stationary DMFT against high precision, the dossier's anchors, limits and series."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest

from atlas.meanfield import NotConverged
from atlas.meanfield import stationary as room
from atlas.meanfield.expansion import (
    GAMMA0_PUBLISHED_TERMS,
    delta0_series,
    delta_static_series,
    gamma0_published_formula,
    gamma0_published_series,
    gamma0_series,
)
from atlas.meanfield.stationary import delta_static, stationary

# dossier kinetic-energy, anchors (n = 200 Gauss-Hermite): g, Delta_0, Gamma_0, Delta_s, tolerance.
# The tolerance is the anchors' last printed digit, and at g >= 3 the error of Gauss-Hermite itself.
ANCHORS = [
    (1.02, 0.0204608, 2.5436e-6, 0.0205275, 2e-5),
    (1.05, 0.0528322, 3.73315e-5, 0.0532505, 2e-6),
    (1.10, 0.1110632, 2.732225e-4, 0.1127499, 5e-7),
    (1.20, 0.2426289, 1.895268e-3, 0.2495130, 5e-7),
    (1.50, 0.7476864, 2.202397e-2, 0.7933540, 1e-7),
    (2.00, 1.9248054, 1.2790685e-1, 2.1214735, 1e-7),
    (3.00, 5.4463260, 6.788908e-1, 6.3053975, 3e-6),
    (4.00, 10.467466, 1.7305488, 12.501382, 2e-4),
]


class Reference:
    """30-digit trapezoid averages on one fixed grid; the condition in the dossier's form, secant root."""

    def __init__(self, g: float) -> None:
        self.g = mp.mpf(g)
        h = mp.mpf("0.09") / max(mp.mpf(g), 1)  # strip pi/(2 s), s < g: aliasing exp(-2 pi (pi/2)/0.09) = 1e-47
        self.z = [k * h for k in range(int(11.5 / h) + 1)]
        self.w = [mp.exp(-(z**2) / 2) * h * (2 if z else 1) / mp.sqrt(2 * mp.pi) for z in self.z]

    def mean(self, f) -> mp.mpf:
        return mp.fdot(self.w, [f(z) for z in self.z])

    def delta0(self, start: float) -> mp.mpf:
        def condition(d):
            values = [mp.log(mp.cosh(mp.sqrt(d) * z)) for z in self.z]
            mean = mp.fdot(self.w, values)
            return self.g**2 * mp.fdot(self.w, [(v - mean) ** 2 for v in values]) / d**2 - mp.mpf(1) / 2

        return mp.findroot(condition, (start, start * (1 + mp.mpf("1e-6"))), solver="secant", tol=1e-40)

    def phi2(self, d) -> mp.mpf:
        return self.mean(lambda z: mp.tanh(mp.sqrt(d) * z) ** 2)

    def static(self, start: float) -> mp.mpf:
        pair = (start, start * (1 + mp.mpf("1e-6")))
        return mp.findroot(lambda d: self.g**2 * self.phi2(d) / d - 1, pair, solver="secant", tol=1e-40)


@pytest.mark.parametrize("g", [1.001, 1.3, 2.0, pytest.param(4.0), pytest.param(10.0, marks=pytest.mark.slow)])
def test_high_precision(g: float) -> None:
    got = stationary(g)
    with mp.workdps(32):
        ref = Reference(g)
        delta0 = ref.delta0(got.delta0 * 1.001)  # started off the answer
        phi2 = ref.phi2(delta0)
        gamma0 = ref.g**2 * phi2 - delta0
        dphi = ref.mean(lambda z: mp.sech(mp.sqrt(delta0) * z) ** 2)
        kappa = mp.sqrt(1 - (ref.g * dphi) ** 2)
        static = ref.static(got.delta_static * 1.001)
    assert got.delta0 == pytest.approx(float(delta0), rel=1e-13)  # the stated accuracies
    assert got.delta_static == pytest.approx(float(static), rel=1e-13)
    assert got.gamma0 == pytest.approx(float(gamma0), rel=1e-12)
    assert got.kappa == pytest.approx(float(kappa), rel=1e-12)
    assert got.phi2 == pytest.approx(float(phi2), rel=1e-13)
    assert got.dphi_mean == pytest.approx(float(dphi), rel=1e-13)


@pytest.mark.parametrize(("g", "delta0", "gamma0", "static", "tolerance"), ANCHORS)
def test_anchors(g: float, delta0: float, gamma0: float, static: float, tolerance: float) -> None:
    state = stationary(g)
    assert state.delta0 == pytest.approx(delta0, rel=2 * tolerance)
    assert state.gamma0 == pytest.approx(gamma0, rel=tolerance)
    assert state.delta_static == pytest.approx(static, rel=2 * tolerance)


def test_gamma0_is_continuous_across_the_change_of_formula() -> None:
    # Delta_0 = 0.3 near g = 1.237: both formulas hold on either side, to 1e-15 Delta_0/Gamma_0
    for g in (1.2365, 1.2375):
        state = stationary(g)
        direct = g * g * state.phi2 - state.delta0
        assert state.gamma0 == pytest.approx(direct, rel=1e-12)


def test_large_gain_limit() -> None:
    """phi -> sign: Delta_0/g^2 -> 2 (1 - 2/pi), Gamma_0/g^2 -> 4/pi - 1 - sqrt(2/(pi Delta_0))."""
    for g in (30.0, 100.0):
        state = stationary(g)
        assert state.delta0 / g**2 == pytest.approx(2 * (1 - 2 / math.pi), abs=2 / g**2)  # O(1/g^2) left
        edge = math.sqrt(2 / (math.pi * state.delta0))  # share of neurons that do not saturate
        assert state.gamma0 / g**2 == pytest.approx(4 / math.pi - 1 - edge, abs=2 / g**2)


@pytest.mark.parametrize("g", [0.0, 0.5, 0.999, 1.0])
def test_quiescent_below_the_transition(g: float) -> None:
    state = stationary(g)
    assert (state.delta0, state.gamma0, state.phi2, state.delta_static) == (0.0, 0.0, 0.0, 0.0)
    assert state.dphi_mean == 1.0
    assert state.kappa == pytest.approx(math.sqrt(1 - g * g), abs=1e-15)


def test_relative_accuracy_survives_the_transition() -> None:
    # series to three terms; the next are -20.4 eps^3 and 2.5 eps^3 relative (exact rational arithmetic)
    for eps in (2.0**-45, 2.0**-30, 2.0**-20, 2.0**-12):
        state = stationary(1.0 + eps)
        rounding = 1e-13
        assert state.gamma0 == pytest.approx(float(gamma0_series(eps, 3)), rel=70 * eps**3 + rounding)
        assert state.delta0 == pytest.approx(float(delta0_series(eps, 3)), rel=3 * eps**3 + rounding)
        assert state.delta_static == pytest.approx(float(delta_static_series(eps, 3)), rel=3 * eps**3 + rounding)


def test_claimed_coefficients_by_extrapolation() -> None:
    """Quadratic extrapolation in eps at 0.005, 0.01, 0.02; its error is the cubic term, 20 eps^3 ~ 1e-4."""
    eps = np.array([0.005, 0.01, 0.02])
    states = [stationary(1 + e) for e in eps]
    gamma = np.array([s.gamma0 for s in states])
    delta = np.array([s.delta0 for s in states])
    slope, at_zero = np.polyfit(eps, 3 * gamma / eps**3, 2)[1:]
    assert at_zero == pytest.approx(1.0, abs=1e-3)
    assert slope == pytest.approx(-2.5, abs=0.05)
    assert np.polyfit(eps, (delta - eps) / eps**2, 2)[2] == pytest.approx(7 / 6, abs=1e-3)
    fourth = np.polyfit(eps, (gamma - eps**3 / 3) / eps**4, 2)[2]
    assert fourth == pytest.approx(-5 / 6, abs=0.01)
    assert abs(fourth - float(GAMMA0_PUBLISHED_TERMS[1])) > 4  # the published 59/18 is not it


def test_static_radius_ratio() -> None:
    state = stationary(1.02)
    assert state.delta_static / state.delta0 == pytest.approx(1.00326, abs=1e-5)  # dossier C10, last digit


def test_published_formula_and_published_series_differ() -> None:
    """By hand: -(1/3)(7/6) + (2/3)(3)(7/6) + (2/3)(2 + 2) = 83/18; with one factor only, 59/18."""
    eps = np.array([1e-3, 2e-3])
    fourth = (gamma0_published_formula(eps) - eps**3 / 3) / eps**4
    assert 2 * fourth[0] - fourth[1] == pytest.approx(83 / 18, abs=1e-4)  # left: eps^2 times order 10
    one_factor = (gamma0_published_formula(eps) + eps**2 * delta0_series(eps) / 3) / (1 + eps) ** 2
    one_factor = (one_factor - eps**2 * delta0_series(eps) / 3 - eps**3 / 3) / eps**4
    assert 2 * one_factor[0] - one_factor[1] == pytest.approx(59 / 18, abs=1e-4)
    np.testing.assert_allclose(gamma0_published_series(eps), eps**3 / 3 + 59 / 18 * eps**4, rtol=1e-14)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_bad_gain(bad: float) -> None:
    for function in (stationary, delta_static):
        with pytest.raises(ValueError, match="the gain must be"):
            function(bad)


def test_bad_series_arguments() -> None:
    with pytest.raises(ValueError, match="order = 4"):
        gamma0_series(0.1, 4)
    with pytest.raises(ValueError, match="eps"):
        delta0_series(-0.1)


def test_failure_is_raised_with_its_residual() -> None:
    with pytest.raises(NotConverged, match="residual") as caught:
        room._newton(lambda d: (math.nan, 1.0), 1.0, 1.0, "a broken equation")
    assert math.isnan(caught.value.residual)
