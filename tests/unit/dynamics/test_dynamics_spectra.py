"""Jacobians by finite differences and identities; spectra of planted matrices; statistics of sparse couplings."""

import math

import numpy as np
import pytest

from atlas.dynamics import gradient
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.dale import excitatory_inhibitory_couplings
from atlas.dynamics.spectra import disk_radius, jacobian, smallest_singular_value_squared


def force(x: np.ndarray, J: np.ndarray, gamma: float) -> np.ndarray:
    F = -x + J @ np.tanh(x)
    return F - gamma * (1 - np.tanh(x) ** 2) * (J.T @ F)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0])
def test_jacobian_by_finite_differences(gamma: float) -> None:
    rng, h = np.random.default_rng(2), 1e-6
    J, x = gaussian_couplings(rng, 25, 2.0, dtype=np.float64), gaussian_states(rng, 25, 1, dtype=np.float64)[:, 0]
    steps = h * np.eye(25)
    expected = np.stack([(force(x + s, J, gamma) - force(x - s, J, gamma)) / (2 * h) for s in steps], axis=1)
    np.testing.assert_allclose(jacobian(x, J, gamma), expected, rtol=0, atol=1e-7)  # rounding 1e-15/h


def test_gradient_jacobian_is_symmetric_and_minus_the_square_at_silence() -> None:
    rng = np.random.default_rng(2)
    J, x = gaussian_couplings(rng, 30, 2.0, dtype=np.float64), gaussian_states(rng, 30, 1, dtype=np.float64)[:, 0]
    K = jacobian(x, J, 1.0)
    np.testing.assert_allclose(K, K.T, rtol=0, atol=1e-13)
    A = J - np.eye(30)
    np.testing.assert_allclose(jacobian(np.zeros(30), J, 1.0), -A.T @ A, rtol=0, atol=1e-13)  # F = 0 at x = 0
    with pytest.raises(ValueError, match=r"^x, J: got shapes"):
        jacobian(x[:-1], J, 1.0)


def test_trace_of_the_jacobian_is_minus_the_laplacian_of_the_energy() -> None:
    rng, h = np.random.default_rng(8), 1e-4
    J, x = gaussian_couplings(rng, 12, 1.5, dtype=np.float64), gaussian_states(rng, 12, 1, dtype=np.float64)
    around = x + h * np.hstack([np.eye(12), -np.eye(12)])
    laplacian = (gradient.energy(np.ascontiguousarray(around), J).sum() - 24 * gradient.energy(x, J)[0]) / h**2
    # second differences: rounding 1e-15 * 24 E/h^2 = 1e-5
    assert np.trace(jacobian(x[:, 0], J, 1.0)) == pytest.approx(-laplacian, abs=1e-4)


def test_singular_value_and_disk_of_planted_matrices() -> None:
    assert smallest_singular_value_squared(np.diag([3.0, -0.5, 2.0])) == pytest.approx(0.25, rel=1e-14)
    rng = np.random.default_rng(3)
    radius = 1.7 * np.sqrt(rng.random(20_000))  # uniform in a disk
    values = radius * np.exp(2j * np.pi * rng.random(20_000))
    # the median of the modulus has relative standard error 1/(2 sqrt(n)) * 1/(R f) ~ 0.5 %: four of them
    assert disk_radius(values) == pytest.approx(1.7, rel=0.02)


def test_sparse_couplings_have_the_moments_of_their_columns() -> None:
    n = 1000
    J = excitatory_inhibitory_couplings(
        np.random.default_rng(1), n, f=0.3, mu_e=0.6, mu_i=-0.4, sigma_e=0.9, sigma_i=0.5, alpha=0.8, dtype=np.float64
    )
    for columns, mu, sigma in ((J[:, :300], 0.6, 0.9), (J[:, 300:], -0.4, 0.5)):
        scaled = columns * math.sqrt(n)
        assert np.mean(scaled == 0) == pytest.approx(0.2, abs=0.005)  # 3e5 entries: 7e-4, seven of them
        assert scaled.mean() == pytest.approx(0.8 * mu, abs=0.01)  # standard error 1/sqrt(3e5) = 2e-3
        assert scaled.var() == pytest.approx(0.8 * sigma**2 + 0.16 * mu**2, rel=0.02)
    assert J.flags.c_contiguous


@pytest.mark.parametrize("change", [{"f": 1.5}, {"alpha": -0.1}, {"sigma_e": -1.0}, {"sigma_i": np.inf}])
def test_bad_couplings_are_named(change: dict) -> None:
    good = {"f": 0.4, "mu_e": 0.6, "mu_i": -0.6, "sigma_e": 1.0, "sigma_i": 1.0, "alpha": 0.8}
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: got "):
        excitatory_inhibitory_couplings(np.random.default_rng(0), 10, **{**good, **change})
