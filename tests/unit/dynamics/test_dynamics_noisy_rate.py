"""The noisy network and the overlaps of chains, against plain twins and exact linear limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.dynamics.noisy_rate import noisy_run
from atlas.dynamics.overlaps import Overlaps


def test_without_noise_the_run_is_a_plain_euler_loop() -> None:
    rng = np.random.default_rng(0)
    J, x = rng.standard_normal((12, 12)) / 4, rng.standard_normal(12)
    plain, seen = x.copy(), []
    for _ in range(30):
        seen.append((plain.mean(), (np.tanh(plain) ** 2).mean()))
        plain = plain + 0.1 * (J @ np.tanh(plain) - plain)
    run = noisy_run(x, J, 0.0, 0.1, 30, [0], np.random.default_rng(1))
    assert pytest.approx(np.array([run.mean, run.equal]), rel=1e-12) == np.array(seen).T
    assert x == pytest.approx(plain, rel=1e-12)


def test_response_at_rest_is_the_trace_of_a_matrix_power() -> None:
    """At x = 0 without noise the tangent map is 1 + dt (J - 1): response(t) = tr (...)^(t - s - 1)/N per unit time."""
    n = 8
    J = np.random.default_rng(2).standard_normal((n, n)) / 4
    step = np.eye(n) + 0.1 * (J - np.eye(n))
    run = noisy_run(np.zeros(n), J, 0.0, 0.1, 12, [2], np.random.default_rng(3), n_probes=20_000)
    exact = np.trace(np.linalg.matrix_power(step, 6)) / n
    # 20000 sign vectors: error about |off-diagonal|/sqrt(20000 N) = 1e-3, tested at 5 of them
    assert run.response[0, 9] == pytest.approx(exact, abs=5e-3)
    assert np.all(run.response[0, :3] == 0.0)


def test_noise_gives_the_variance_of_the_map() -> None:
    """J = 0: variance sigma² dt/(1 - (1 - dt)²)."""
    runs = []
    for seed in range(200):
        x = np.zeros(200)
        noisy_run(x, np.zeros((200, 200)), 0.3, 0.2, 41, [], np.random.default_rng(seed))
        runs.append(x)
    # 40000 units: 0.7 % on a variance, tested at 4 of them
    assert np.var(runs) == pytest.approx(0.3**2 * 0.2 / (1 - 0.8**2), rel=0.03)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="allowed"):
        noisy_run(np.zeros(3), np.zeros((3, 3)), -0.1, 0.1, 5, [], np.random.default_rng(0))


def test_overlaps_against_plain_averages() -> None:
    rng = np.random.default_rng(5)
    watch, seen = Overlaps(0.02), []
    for step in range(7):
        phi, v = rng.standard_normal((6, 3)), rng.standard_normal((6, 3))
        watch(step, phi, phi, v)
        seen.append((phi, v))
    phi, v = (np.mean([pair[k] for pair in seen], axis=0) for k in (0, 1))
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
    assert watch.overlap == pytest.approx(np.mean([phi[:, a] @ phi[:, b] / 6 for a, b in pairs]))
    assert watch.cross == pytest.approx(-np.mean([v[:, a] @ phi[:, b] / 6 for a, b in pairs]) / 0.02)
    own = -np.mean([(p * w).mean(axis=0) for p, w in seen], axis=0) / 0.02
    assert watch.response == pytest.approx(own)


def test_overlaps_of_one_chain_are_not_known() -> None:
    watch = Overlaps(1.0)
    assert np.isnan(watch.response).all()
    watch(0, np.ones((4, 1)), np.ones((4, 1)), np.ones((4, 1)))
    assert math.isnan(watch.overlap)
    assert watch.response == pytest.approx([-1.0])
