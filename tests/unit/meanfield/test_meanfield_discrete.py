"""The Euler map's DMFT against its spectral form, exact identities and both limits; sample paths."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield import NotConverged, discrete
from atlas.meanfield.correlation import correlation
from atlas.meanfield.discrete import EulerStationary, euler_stationary
from atlas.meanfield.paths import gaussian_paths, single_site_paths
from atlas.meanfield.stationary import delta_static, stationary


def site_correlation(state: EulerStationary) -> np.ndarray:
    """<phi phi> at each lag by double quadrature (no series)."""
    h = 0.15 / math.sqrt(max(state.delta0, 0.5))
    z = np.arange(-9.5, 9.5, h)
    w = np.exp(-z * z / 2) * h / math.sqrt(2 * math.pi)
    out = np.empty(state.delta.size)
    for k, d in enumerate(state.delta):
        d = max(d, 0.0)
        inner = w @ np.tanh(math.sqrt(state.delta0 - d) * z[:, None] + math.sqrt(d) * z[None, :])
        out[k] = w @ inner**2
    return out


@pytest.mark.parametrize(("g", "dt"), [(1.5, 0.3), (2.0, 0.1), (2.0, 0.5), (3.0, 0.97)])
def test_spectral_form(g: float, dt: float) -> None:
    """C_x(w) = |L(w)|^2 g^2 C_phi(w), L = dt/(e^{i w dt} - 1 + dt), on a circle of lags."""
    state = euler_stationary(g, dt)
    c_phi = site_correlation(state)
    circle = np.concatenate((c_phi, c_phi[-2:0:-1]))
    theta = 2 * np.pi * np.arange(circle.size) / circle.size
    transfer = dt / (np.exp(1j * theta) - 1 + dt)
    x = np.fft.ifft(np.abs(transfer) ** 2 * g * g * np.fft.fft(circle)).real
    # lags are cut at exp(-18) = 1.5e-8, which also wraps around the circle
    np.testing.assert_allclose(x[: state.delta.size], state.delta, rtol=0, atol=1e-6 * state.delta0)
    assert np.fft.fft(circle).real.min() > -1e-7 * state.delta0 * circle.size  # a covariance


@pytest.mark.parametrize("g", [1.1, 2.0, 4.0])
@pytest.mark.parametrize("dt", [0.02, 0.1, 0.5, 0.9])
def test_kinetic_energy_identity(g: float, dt: float) -> None:
    """(1 - dt) Gamma_0 = g^2 <phi^2> - Delta_0, exact for the map."""
    state = euler_stationary(g, dt)
    expected = (g * g * state.phi2 - state.delta0) / (1 - dt)
    # Delta_0 - Delta_1 is a difference: rounding 1e-15 Delta_0/dt^2, twice in the residual
    assert state.gamma0 == pytest.approx(expected, abs=1e-14 * state.delta0 / dt**2 + 1e-10 * expected)
    assert np.all(np.diff(state.delta) < 0)


@pytest.mark.parametrize("g", [1.2, 2.0])
def test_small_step_is_the_continuous_state_with_rescaled_time(g: float) -> None:
    """|L|^2 = 1/(1 + 2 (1 - dt)(1 - cos w dt)/dt^2): Delta_0 + O(dt^2), Gamma_0/(1 - dt) + O(dt^2)."""
    exact = stationary(g)
    for dt in (0.01, 0.02):
        state = euler_stationary(g, dt)
        assert state.delta0 == pytest.approx(exact.delta0, rel=dt**2)
        assert state.gamma0 * (1 - dt) == pytest.approx(exact.gamma0, rel=dt**2)
        assert state.gamma0 > exact.gamma0 * (1 + 0.9 * dt)  # the bias itself
        lags = state.tau[: int(5 / dt)]
        same = correlation(g, lags / math.sqrt(1 - dt)).delta
        np.testing.assert_allclose(state.delta[: lags.size], same, rtol=0, atol=dt**2 * exact.delta0)


def test_whole_step_and_its_limit() -> None:
    whole = euler_stationary(2.0, 1.0)
    assert whole.delta0 == delta_static(2.0)
    assert whole.gamma0 == 2 * whole.delta0  # independent steps
    near = euler_stationary(2.0, 1 - 1e-6)
    assert near.delta0 == pytest.approx(whole.delta0, rel=1e-4)  # approached as (1 - dt)^{>= 1/2}
    assert near.gamma0 == pytest.approx(whole.gamma0, rel=1e-2)


def test_silent_map_and_bad_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    assert euler_stationary(0.9, 0.1).delta0 == euler_stationary(1.0, 0.1).gamma0 == 0.0
    for dt in (0.0, -0.1, 1.01, math.nan):
        with pytest.raises(ValueError, match="Euler step"):
            euler_stationary(2.0, dt)
    with pytest.raises(ValueError, match="the gain"):
        euler_stationary(-2.0, 0.1)
    with pytest.raises(ValueError, match="lags"):
        euler_stationary(1.01, 1e-4)
    # a solver that cannot move must say so, not answer with its guess
    monkeypatch.setattr(discrete, "_newton_step", lambda mismatch, bands, column: 0.0 * mismatch)
    with pytest.raises(NotConverged) as caught:
        euler_stationary(2.0, 0.1)
    assert caught.value.residual > 1e-6


def test_paths_have_the_covariance() -> None:
    """Ornstein-Uhlenbeck covariance; each of ten lags within 4.5 standard errors."""
    lags = 0.1 * np.arange(257)
    x, clipped = gaussian_paths(2 * np.exp(-lags), 40, 8_000, np.random.default_rng(3))
    assert x.shape == (8_000, 40)
    assert clipped < 1e-11  # the kink at the far side of the circle is exp(-25.6)
    for start in (0, 20):  # stationary
        for k in (0, 1, 5, 10, 19):
            products = x[:, start] * x[:, start + k]
            error = products.std() / math.sqrt(products.size)
            assert abs(products.mean() - 2 * math.exp(-0.1 * k)) < 4.5 * error
    kurtosis = np.mean(x[:, 7] ** 4) / np.mean(x[:, 7] ** 2) ** 2
    assert abs(kurtosis - 3) < 4.5 * math.sqrt(24 / 8_000)


def test_paths_covariance_exactly() -> None:
    """The map from unit noise to paths is linear: its Gram matrix is the covariance, to rounding."""

    class UnitNoise:
        """One unit vector of the noise at a time, one path each."""

        def standard_normal(self, shape: tuple[int, int, int]) -> np.ndarray:
            return np.eye(shape[0]).reshape(shape)

    lags = np.arange(6)
    covariance = np.exp(-0.8 * lags)
    x, clipped = gaussian_paths(covariance, 6, 12, UnitNoise())  # type: ignore[arg-type]
    expected = np.exp(-0.8 * np.abs(lags[:, None] - lags[None, :]))
    assert clipped == 0.0
    np.testing.assert_allclose(x.T @ x, expected, atol=1e-14)


def test_clipped_weight_bounds_the_error() -> None:
    covariance = np.array([1.0, 0.9, 0.1, 0.0])  # not positive definite
    x, clipped = gaussian_paths(covariance, 4, 40_000, np.random.default_rng(0))
    assert clipped > 0.05
    sample = x.T @ x / x.shape[0]
    error = np.abs(sample - covariance[np.abs(np.subtract.outer(np.arange(4), np.arange(4)))]).max()
    assert 0.05 < error < clipped + 4.5 / math.sqrt(20_000)  # standard error of a product of unit Gaussians


def test_single_site_paths() -> None:
    g = 2.0
    state = stationary(g)
    paths = single_site_paths(g, 0.1, 300, 400, np.random.default_rng(11))
    assert paths.x.shape == (400, 300)
    assert paths.clipped < 1e-13
    per_path = np.mean(paths.x**2, axis=1)
    assert abs(per_path.mean() - state.delta0) < 4.5 * per_path.std() / math.sqrt(400)
    step = np.mean(np.diff(paths.x, axis=1) ** 2, axis=1)
    exact = 2 * (state.delta0 - float(correlation(g, 0.1).delta))
    assert abs(step.mean() - exact) < 4.5 * step.std() / math.sqrt(400)
    again = single_site_paths(g, 0.1, 300, 400, np.random.default_rng(11))
    assert np.array_equal(again.x, paths.x)
    assert not single_site_paths(0.8, 0.1, 5, 2, np.random.default_rng(0)).x.any()


def test_bad_path_arguments() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="dt"):
        single_site_paths(2.0, 0.0, 5, 2, rng)
    with pytest.raises(ValueError, match="n_steps"):
        single_site_paths(2.0, 0.1, 0, 2, rng)
    with pytest.raises(ValueError, match="n_steps = 5"):
        gaussian_paths([1.0, 0.5], 5, 1, rng)
    for bad in ([1.0], [0.0, 0.0], [1.0, math.nan]):
        with pytest.raises(ValueError, match="covariance"):
            gaussian_paths(bad, 1, 1, rng)
