"""Trajectories of a mixture of two Gaussians against plain loops, boundary terms and exact marginals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.dynamics.mixture_diffusion import Mixture, frozen, generating, integrate, noising
from atlas.dynamics.noise import normal

PLANE = Mixture.of((1.5, -0.5), 0.6)
LINE = Mixture.of(1.0, 0.4)


def plain_density(mixture: Mixture, x: np.ndarray, t: float) -> float:
    """p(x, t) of one state (d,), term by term."""
    a = math.exp(-t)
    v = 1.0 - a * a + mixture.sigma2 * a * a
    sides = [math.exp(-((x - s * a * mixture.mu) ** 2).sum() / (2.0 * v)) for s in (1.0, -1.0)]
    return 0.5 * sum(sides) / (2.0 * math.pi * v) ** (0.5 * x.size)


def test_density_is_the_sum_of_two_gaussians_and_integrates_to_one() -> None:
    x = np.random.default_rng(1).normal(size=(2, 5)) * 2.0
    expected = [math.log(plain_density(PLANE, one, 0.3)) for one in x.T]
    assert PLANE.log_density(x, 0.3) == pytest.approx(expected, rel=1e-13)  # rounding
    grid = np.linspace(-9.0, 9.0, 2001)[None, :]
    assert np.exp(LINE.log_density(grid, 0.2)).sum() * (grid[0, 1] - grid[0, 0]) == pytest.approx(1.0, abs=1e-13)


def test_density_of_far_states_does_not_underflow() -> None:
    far = LINE.log_density(np.array([[200.0]]), 0.0)[0]
    assert far == pytest.approx(-(199.0**2) / 0.8 - math.log(2.0) - 0.5 * math.log(0.8 * math.pi), rel=1e-13)


@pytest.mark.parametrize("t", [0.0, 0.4, 2.0])
def test_score_is_the_slope_of_the_log_density(t: float) -> None:
    x = np.random.default_rng(2).normal(size=(2, 6))
    h = 1e-6
    for axis in range(2):
        shift = np.zeros((2, 1))
        shift[axis] = h
        slope = (PLANE.log_density(x + shift, t) - PLANE.log_density(x - shift, t)) / (2.0 * h)
        assert PLANE.score(x, t)[axis] == pytest.approx(slope, abs=1e-8)  # rounding 1e-16/h, truncation h^2


def test_backward_drift_is_minus_the_slope_of_the_potential() -> None:
    x = np.linspace(-3.0, 3.0, 13)[None, :]
    h = 1e-5
    slope = (LINE.potential(x + h, 0.3) - LINE.potential(x - h, 0.3)) / (2.0 * h)
    drift = generating(LINE, 1.0)(x, 0.7)  # s = 0.7 of T = 1 is t = 0.3
    assert drift[0] == pytest.approx(-slope, abs=1e-8)  # truncation h^2, rounding 1e-16/h
    assert np.array_equal(frozen(LINE, 0.3)(x, 5.0), generating(LINE, 0.3)(x, 0.0))


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_paths_and_sums_against_a_plain_loop(direction: str) -> None:
    """The same draws, one path and one step at a time."""
    dt, n_steps, t_max = 0.05, 20, 1.0
    drift = noising if direction == "forward" else generating(LINE, t_max)

    def plain_drift(x: float, s: float) -> float:
        if direction == "forward":
            return -x
        a = math.exp(-(t_max - s))
        v = 1.0 - a * a + 0.4 * a * a
        return 2.0 * (a * math.tanh(a * x / v) - x) / v + x

    x = LINE.draw(7, 0.0, np.random.default_rng(3))
    paths = x[0].copy()
    environment, left = integrate(x, drift, dt, n_steps, np.random.default_rng(4), left=True)
    noise = np.random.default_rng(4)
    expected, expected_left = np.zeros(7), np.zeros(7)
    for k in range(n_steps):
        draws = normal(noise, (1, 7))[0]
        for i in range(7):
            force = plain_drift(paths[i], k * dt)
            step = dt * force + math.sqrt(2.0 * dt) * draws[i]
            expected[i] += step * plain_drift(paths[i] + 0.5 * step, (k + 0.5) * dt)
            expected_left[i] += step * force
            paths[i] += step
    assert x[0] == pytest.approx(paths, abs=1e-12)  # rounding over 20 steps
    assert environment == pytest.approx(expected, abs=1e-12)
    assert left == pytest.approx(expected_left, abs=1e-12)


def test_forward_environment_is_a_boundary_term_at_finite_step() -> None:
    x = PLANE.draw(50, 0.0, np.random.default_rng(5))
    start = x.copy()
    environment, _ = integrate(x, noising, 0.1, 40, np.random.default_rng(6))
    assert environment == pytest.approx(0.5 * ((start**2).sum(axis=0) - (x**2).sum(axis=0)), abs=1e-12)


def test_in_equilibrium_every_path_produces_nothing() -> None:
    """mu = 0, sigma2 = 1: the forward path's entropies cancel to rounding."""
    still = Mixture.of(0.0, 1.0)
    x = still.draw(100, 0.0, np.random.default_rng(7))
    start = x.copy()
    environment, _ = integrate(x, noising, 0.02, 50, np.random.default_rng(8))
    total = environment + still.log_density(start, 0.0) - still.log_density(x, 1.0)
    assert total == pytest.approx(np.zeros(100), abs=1e-12)


def test_backward_process_ends_with_the_moments_of_the_data() -> None:
    n = 20_000
    x = LINE.draw(n, 3.0, np.random.default_rng(9))
    integrate(x, generating(LINE, 3.0), 0.01, 300, np.random.default_rng(10), entropy=False)
    # <x^2> = 1.4 with standard error sqrt(2 (1.4^2 - mu^4/2...)) / sqrt(n) ~ 0.01; Euler steps of 0.01 cost about 1 %
    assert (x**2).mean() == pytest.approx(1.4, abs=0.05)
    assert (np.abs(x[0]) > 0.5).mean() == pytest.approx(0.785 + 0.009, abs=0.03)  # P(|X| > 0.5) of the data


def test_observer_sees_the_start_and_every_step() -> None:
    seen: list[tuple[int, float]] = []
    x = np.zeros((1, 3))
    integrate(
        x, noising, 0.1, 4, np.random.default_rng(11), observe=lambda k, x, environment: seen.append((k, x[0, 0]))
    )
    assert [k for k, _ in seen] == [0, 1, 2, 3, 4]
    assert seen[0][1] == 0.0
    assert seen[-1][1] == x[0, 0]


def test_draws_have_the_moments_of_the_marginal() -> None:
    x = PLANE.draw(40_000, 0.5, np.random.default_rng(12))
    m, v = PLANE.mean(0.5), PLANE.variance(0.5)
    expected = np.outer(m, m) + v * np.eye(2)
    assert x @ x.T / x.shape[1] == pytest.approx(expected, abs=0.05)  # standard error about 0.01


def test_width_must_be_positive() -> None:
    with pytest.raises(ValueError, match="sigma2: got 0"):
        Mixture.of(1.0, 0.0)
