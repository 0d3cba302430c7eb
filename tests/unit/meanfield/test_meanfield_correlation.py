"""Correlation functions, half-life, potential: independent quadrature, the differential equation, limits."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from atlas.meanfield.correlation import correlation, half_life
from atlas.meanfield.expansion import delta_critical
from atlas.meanfield.mehler import mehler, orbit, orbit_at, polynomials
from atlas.meanfield.potential import potential
from atlas.meanfield.stationary import stationary


def pair_average(f: Callable[[np.ndarray], np.ndarray], delta: float, delta0: float) -> float:
    """<f(x) f(y)> = Int Dz [Int Dx f(sqrt(delta0 - delta) x + sqrt(delta) z)]^2, delta >= 0."""
    h = min(0.2 / math.sqrt(delta0), 0.3)  # aliasing below 1e-16 for tanh and ln cosh
    z = np.arange(-9.5, 9.5 + h / 2, h)
    w = np.exp(-z * z / 2) * h / math.sqrt(2 * math.pi)
    inner = f(math.sqrt(delta0 - delta) * z[:, None] + math.sqrt(delta) * z[None, :])
    return float(w @ (w @ inner) ** 2)


def sech_squared(x: np.ndarray) -> np.ndarray:
    return 1 / np.cosh(x) ** 2


@pytest.mark.parametrize("g", [1.1, 2.0, 4.0])
def test_site_averages_by_double_quadrature(g: float) -> None:
    delta0 = stationary(g).delta0
    lags = np.array([0.0, 0.7, 3.0, 11.0])
    got = correlation(g, lags)
    for k in range(lags.size):
        c = pair_average(np.tanh, got.delta[k], delta0)
        # double quadrature rounds at 1e-15; the tail of the series left out is below 1e-13
        assert got.c_phi[k] == pytest.approx(c, abs=1e-12 * got.c_phi[0])
        assert got.gamma[k] == pytest.approx(g * g * c - got.delta[k], abs=1e-12 * g * g)
        assert got.c_dphi[k] == pytest.approx(pair_average(sech_squared, got.delta[k], delta0), abs=1e-11)


@pytest.mark.parametrize("g", [1.5, 3.0])
def test_initial_value_problem(g: float) -> None:
    """Delta'' = Delta - g^2 C(Delta) from Delta(0) = Delta_0, Delta'(0) = 0, C by double quadrature."""
    delta0 = stationary(g).delta0

    def field(_: float, y: np.ndarray) -> list[float]:
        return [y[1], y[0] - g * g * pair_average(np.tanh, y[0], delta0)]

    lags = np.linspace(0, 3, 7)
    solved = solve_ivp(field, (0, 3), [delta0, 0.0], "DOP853", lags, rtol=1e-11, atol=1e-12)
    # forward integration leaves the separatrix as exp(t): 1e-11 grows to 2e-10 by t = 3
    np.testing.assert_allclose(correlation(g, lags).delta, solved.y[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize("g", [1.02, 1.5, 2.0, 4.0, 10.0])
def test_second_derivative_and_zero_integral(g: float) -> None:
    """-Delta'' = Gamma by eighth-order differences; the integral of Gamma vanishes."""
    kappa = stationary(g).kappa
    h = 0.02 / kappa if g < 4 else 0.04
    lags = np.arange(0, 36 / kappa, h)
    got = correlation(g, lags)
    even = np.concatenate((got.delta[4:0:-1], got.delta))
    stencil = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])
    second = np.convolve(even, stencil, "valid") / h**2
    # 1e-12 Delta_0 in Delta gives 1e-12 Delta_0/h^2 here; truncation (h/scale)^8 at g = 10 (sharp core)
    tolerance = 1e-12 * got.delta[0] / h**2 + (1e-9 if g <= 4 else 1e-6) * got.gamma[0]
    np.testing.assert_allclose(-second, got.gamma[: second.size], rtol=0, atol=tolerance)
    integral = h * (got.gamma.sum() - got.gamma[0] / 2)  # smooth and even: exponentially accurate
    assert abs(integral) < 1e-10 * got.gamma[0] / kappa
    assert got.gamma.min() < 0  # and so it changes sign


@pytest.mark.parametrize("g", [1.001, 1.3, 3.0, 10.0])
def test_values_at_lag_zero_and_final_rate(g: float) -> None:
    state = stationary(g)
    got = correlation(g, [0.0, 20 / state.kappa, 21 / state.kappa])
    # the series against the stationary solver's quadratures
    assert got.delta[0] == pytest.approx(state.delta0, rel=1e-14)
    assert got.c_phi[0] == pytest.approx(state.phi2, rel=1e-12)
    assert got.gamma[0] == pytest.approx(state.gamma0, rel=1e-10)
    assert got.delta[2] / got.delta[1] == pytest.approx(math.exp(-1), rel=1e-10)  # corrections exp(-40)
    assert got.residual < 1e-12


@pytest.mark.parametrize("g", [1.05, 2.0, 10.0])
def test_orbit_between_its_nodes(g: float) -> None:
    """The interpolated orbit against du/dtau = sqrt(Q) integrated by an adaptive scheme."""
    row = mehler(g).T[None, :]
    lags = np.linspace(0, 12 / stationary(g).kappa, 40)[1:]

    def rate(_: float, u: np.ndarray) -> np.ndarray:
        return np.sqrt(polynomials(row, 1 / np.cosh(u) ** 2)[0])

    solved = solve_ivp(rate, (0, lags[-1]), [0.0], "DOP853", lags, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(orbit_at(orbit(g), lags), solved.y[0], rtol=1e-11)  # the scheme's own error


def test_polynomials_against_numpy() -> None:
    rows = np.arange(1.0, 23.0).reshape(2, 11)
    w = np.linspace(0, 1, 7)
    expected = [np.polynomial.polynomial.polyval(w, row) for row in rows]
    np.testing.assert_allclose(polynomials(rows, w), expected, rtol=1e-14)


def test_shape_order_and_long_lags() -> None:
    lags = np.array([[5.0, 0.0], [1e6, 0.3]])
    got = correlation(2.0, lags)
    assert got.delta.shape == got.c_phi.shape == got.gamma.shape == (2, 2)
    assert got.delta[0, 0] == correlation(2.0, 5.0).delta[()]
    assert 0 <= got.delta[1, 0] < 1e-300


def test_half_life() -> None:
    for g in (1.01, 1.5, 5.0, 10.0):
        got = correlation(g, half_life(g))
        assert got.delta[()] == pytest.approx(stationary(g).delta0 / 2, rel=1e-10)
    # Delta = eps sech(eps tau/sqrt 3): half at sqrt(3) arccosh(2)/eps, corrections O(eps)
    eps = 1e-5
    assert half_life(1 + eps) * eps == pytest.approx(math.sqrt(3) * math.acosh(2), rel=3 * eps)
    assert math.isnan(half_life(0.9))


def test_critical_shape() -> None:
    eps = 1e-5
    lags = np.linspace(0, 10 / eps, 30)
    # relative corrections of amplitude and rate of order eps, the rate's times eps tau = 10
    np.testing.assert_allclose(correlation(1 + eps, lags).delta, delta_critical(eps, lags), rtol=20 * eps)


def test_silent_network() -> None:
    got = correlation(0.7, [0.0, 1.0])
    assert not got.delta.any()
    assert not got.gamma.any()
    assert np.all(got.c_dphi == 1.0)


@pytest.mark.parametrize("offset", [1.0, 0.99, 1.01])
@pytest.mark.parametrize("g", [1.2, 2.0])
def test_potential_by_double_quadrature(g: float, offset: float) -> None:
    delta0 = stationary(g).delta0 * offset
    delta = np.linspace(0, 1, 6) * delta0
    got = potential(g, delta0, delta)

    def primitive(x: np.ndarray) -> np.ndarray:
        return np.logaddexp(x, -x) - math.log(2)

    flat = pair_average(primitive, 0.0, delta0)
    expected = [-(d**2) / 2 + g * g * (pair_average(primitive, d, delta0) - flat) for d in delta]
    np.testing.assert_allclose(got.v, expected, rtol=0, atol=1e-13)  # rounding of the twin
    slopes = [g * g * pair_average(np.tanh, d, delta0) - d for d in delta]
    np.testing.assert_allclose(got.slope, slopes, rtol=0, atol=1e-13)
    np.testing.assert_allclose(potential(g, delta0, -delta).v, got.v, rtol=1e-14)  # V is even
    assert got.residual < 1e-12


def test_potential_shape_on_and_off_the_root() -> None:
    for g in (1.001, 1.2, 2.0, 5.0):
        delta0 = stationary(g).delta0
        fraction = np.linspace(0, 1, 21)
        on = potential(g, delta0, fraction * delta0)
        depth = -on.v_scaled.min()
        assert np.all(on.v_scaled[1:-1] < 0)
        assert abs(on.v_scaled[-1]) < 1e-9 * depth  # the root to 1e-13, Gamma_0/Delta_0 of it
        # dV/dDelta at the end is Gamma_0; it is a difference of numbers of size Delta_0
        assert on.slope[-1] == pytest.approx(stationary(g).gamma0, abs=1e-14 * delta0)
        for detuned in (0.99, 1.01):
            off = potential(g, detuned * delta0, detuned * delta0)
            # larger Delta_0: weaker field, V < 0 at the end; and conversely
            assert np.sign(off.v) == np.sign(1 - detuned)
            assert abs(off.v_scaled) > 1e-3 * depth


def test_bad_arguments() -> None:
    for g in (-1.0, math.nan, 25.0):
        with pytest.raises(ValueError, match="the gain must be in"):
            correlation(g, 1.0)
        with pytest.raises(ValueError, match="the gain must be in"):
            half_life(g)
    for tau in (-1.0, math.nan, [0.0, math.inf]):
        with pytest.raises(ValueError, match="lags"):
            correlation(2.0, tau)
    with pytest.raises(ValueError, match="no chaotic state"):
        mehler(0.5)
    with pytest.raises(ValueError, match="delta0 = 0"):
        potential(2.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="at most"):
        potential(2.0, 1e3, 0.0)
    for delta in (1.5, math.nan):
        with pytest.raises(ValueError, match="must lie in"):
            potential(2.0, 1.0, delta)
