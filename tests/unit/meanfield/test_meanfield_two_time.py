"""Two-time theory: exact linear limits and the causal structure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield.two_time import two_time


def test_without_couplings_the_paths_decay_freely() -> None:
    """g = 0, no noise: x(t) = x(0) (1 - dt)^t for every path, R(t, s) = E phi'(x(t)) (1 - dt)^(t - s - 1)."""
    start = np.linspace(0.0, 1.0, 50)
    state = two_time(0.0, 0.0, 0.0, 0.1, 20, start, np.random.default_rng(0))
    # eta is drawn with a variance of 1e-9 (the jitter of its covariance)
    assert state.mean == pytest.approx(0.5 * 0.9 ** np.arange(20), abs=1e-4)
    dphi = 1 - np.tanh(start * 0.9**5) ** 2
    assert state.R[5, 2] == pytest.approx(dphi.mean() * 0.9**2, rel=1e-4)
    assert np.all(np.triu(state.R) == 0.0)  # no response to the future


def test_noise_alone_gives_the_stationary_variance() -> None:
    """g = 0: the Euler map has variance sigma² dt/(1 - (1 - dt)²); small enough that phi is linear."""
    start = np.zeros(20_000)
    state = two_time(0.0, 0.0, 0.05, 0.2, 25, start, np.random.default_rng(1))
    expected = 0.05**2 * 0.2 / (1 - 0.8**2)
    # 20000 paths: 1 % on a variance, tested at 4 of them; tanh takes 2 variance = 0.3 % off
    assert state.equal[-1] == pytest.approx(expected, rel=0.045)


def test_small_activity_follows_the_linear_response() -> None:
    """Symmetric couplings below the line: int R dt -> rho of the null phase for small x."""
    from atlas.meanfield.null_phase import null_phase

    start = 1e-4 * np.random.default_rng(2).standard_normal(300)
    state = two_time(0.4, 0.5, 0.0, 0.1, 150, start, np.random.default_rng(3))
    # first order steps leave the integrated response exact up to the cut at 15 tau: exp(-0.4 * 15) = 2e-3
    assert state.R[-1].sum() * 0.1 == pytest.approx(null_phase(0.4, 0.5).rho, rel=5e-3)


def test_noise_of_the_paths_is_orthonormal() -> None:
    from atlas.meanfield.two_time import _fresh

    rng, rows = np.random.default_rng(4), np.zeros((5, 40))
    for t in range(5):
        rows[t] = _fresh(rng, rows[:t])
    assert rows @ rows.T / 40 == pytest.approx(np.eye(5), abs=1e-12)
    assert rows.mean(axis=1) == pytest.approx(np.zeros(5), abs=1e-12)


def test_activity_agrees_with_a_large_network() -> None:
    """Noisy Euler networks at g = 0.8, gamma = 0.5 up to 4 tau: means and <phi²>."""
    from atlas.dynamics import couplings
    from atlas.dynamics.noisy_rate import noisy_run

    equal = []
    for seed in range(12):
        rng = np.random.default_rng(10 + seed)
        J = couplings.gaussian_couplings(rng, 500, 0.8, gamma=0.5, dtype="float64")
        equal.append(noisy_run(rng.uniform(0, 1, 500), J, 0.1, 0.1, 41, [], rng).equal)
    start = (np.arange(1000) + 0.5) / 1000
    state = two_time(0.8, 0.5, 0.1, 0.1, 41, start, np.random.default_rng(6))
    error = np.std(equal, axis=0, ddof=1) / math.sqrt(12)
    # 4 standard errors of twelve networks, and 4 %: one run of 1000 paths has a spread of 3 % at 4 tau
    assert np.all(np.abs(np.mean(equal, axis=0) - state.equal) < 4 * error + 0.04 * state.equal)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="paths 12"):
        two_time(1.0, 0.0, 0.1, 0.1, 10, np.zeros(12), np.random.default_rng(0))
    with pytest.raises(ValueError, match="sigma"):
        two_time(1.0, 0.0, -1.0, 0.1, 10, np.zeros(20), np.random.default_rng(0))
    with pytest.raises(ValueError, match="gamma"):
        two_time(1.0, 2.0, 0.1, 0.1, 10, np.zeros(20), np.random.default_rng(0))
