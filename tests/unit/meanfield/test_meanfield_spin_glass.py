"""meanfield.spin_glass: exact solution, messages and single-site iterations against each other and the dossier."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.meanfield import in_context as ic
from atlas.meanfield import spin_glass as sg
from atlas.meanfield.errors import NotConverged


def glass(D: int, N: int, P: int, lambda0: float, seed: int = 0, beta: float = 100.0) -> sg.Glass:
    s, y = ic.features(ic.sample(np.random.default_rng(seed), P, D, N))
    return sg.of_features(s, y, lambda0, beta)


def test_energy_is_half_the_loss_and_the_ridge() -> None:
    s, y = ic.features(ic.sample(np.random.default_rng(1), 40, 3, 6))
    sigma = np.random.default_rng(2).standard_normal(12)
    energy = sg.of_features(s, y, 0.3, 1.0).energy(sigma) + 0.5 * np.mean(y**2)
    assert energy == pytest.approx(0.5 * np.mean((y - s @ sigma) ** 2) + 0.15 * sigma @ sigma, rel=1e-12)


def test_force_is_the_slope_of_the_energy() -> None:
    one = glass(3, 6, 40, 0.1)
    sigma = np.random.default_rng(3).standard_normal(12)
    for k in (0, 5, 11):
        step = 0.1 * np.eye(12)[k]  # exact at any step for a quadratic
        assert (one.energy(sigma + step) - one.energy(sigma - step)) / 0.2 == pytest.approx(
            one.force(sigma)[k], rel=1e-9
        )


def test_exact_solution_is_the_ridge() -> None:
    s, y = ic.features(ic.sample(np.random.default_rng(4), 100, 4, 10))
    found = sg.exact(sg.of_features(s, y, 0.02, 50.0))
    A = s.T @ s / 100
    np.testing.assert_allclose(found.mean, np.linalg.solve(A + 0.02 * np.eye(20), s.T @ y / 100), rtol=1e-9)
    np.testing.assert_allclose(found.variance, np.diag(np.linalg.inv(A + 0.02 * np.eye(20))) / 50, rtol=1e-9)
    assert found.residual < 1e-12
    with pytest.raises(ValueError, match="no unique minimum"):
        sg.exact(sg.Glass(np.zeros((2, 2)), np.ones(2), np.array([1.0, -1.0]), 1.0))


def test_two_spins_by_hand() -> None:
    """lambda = (2, 1), J = 0.5, h = (1, 0): mean (1, 0.5)/(2 - 0.25); messages on a tree are exact, variances too."""
    pair = sg.Glass(np.array([[0.0, 0.5], [0.5, 0.0]]), np.array([1.0, 0.0]), np.array([2.0, 1.0]), 10.0)
    exact = sg.exact(pair)
    np.testing.assert_allclose(exact.mean, np.array([1.0, 0.5]) / 1.75, rtol=1e-12)
    found = sg.cavity(pair)
    np.testing.assert_allclose(found.mean, exact.mean, rtol=1e-12)
    np.testing.assert_allclose(found.variance, exact.variance, rtol=1e-12)


def test_messages_and_onsager_iteration_give_the_ground_state() -> None:
    one = glass(10, 100, 5000, 0.01)
    exact = sg.exact(one)
    assert np.abs(sg.single_site(one, onsager=True).mean - exact.mean).max() < 1e-11
    assert np.abs(sg.cavity(one).mean - exact.mean).max() < 1e-11


def test_without_the_onsager_term_the_ridge_is_smaller() -> None:
    """Dossier: diagonal 0.856 against 0.831 at D = 10, N = 100, P = 5000; W11 variance 0.087, W21 0.0087."""
    diagonals, exacts, widths = [], [], []
    for seed in range(4):
        one = glass(10, 100, 5000, 0.01, seed)
        found = sg.single_site(one, onsager=False)
        np.testing.assert_allclose(found.mean, sg.without_onsager(one, found.variance), atol=1e-11)
        diagonals.append(np.trace(found.mean.reshape(11, 10)[:10]) / 10)
        exacts.append(np.trace(sg.exact(one, variances=False).mean.reshape(11, 10)[:10]) / 10)
        widths.append([found.variance.reshape(11, 10)[:10].mean(), found.variance.reshape(11, 10)[10].mean()])
    assert np.mean(diagonals) == pytest.approx(0.856, abs=0.01)  # 0.005 from draw to draw
    assert np.mean(exacts) == pytest.approx(0.831, abs=0.01)
    np.testing.assert_allclose(np.mean(widths, axis=0), [0.087, 0.0087], rtol=0.03)


def test_divergence_is_said_not_numbered() -> None:
    """Dossier: D = 12, N = 30, P = 500 diverges."""
    one = glass(12, 30, 500, 0.01)
    for onsager in (True, False):
        with pytest.raises(NotConverged) as raised:
            sg.single_site(one, onsager=onsager)
        assert not raised.value.residual < 1e-6


def test_large_temperature_is_refused() -> None:
    with pytest.raises(ValueError, match="beta"):
        glass(3, 6, 40, 0.1, beta=0.0)
