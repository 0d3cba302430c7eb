"""The plasticity rule: differences of the energy, a plain loop of updates, the linear machine's fixed point."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.dynamics.gradient import energy
from atlas.dynamics.noise import normal
from atlas.learning import langevin_machine as lm


def test_statistic_is_the_slope_of_the_energy_in_the_couplings() -> None:
    """-<dE/dJ_ij> = <u_i phi_j>, central differences of E, second order: 1e-9 at a step of 1e-5."""
    rng = np.random.default_rng(1)
    x, J = rng.normal(size=(6, 4)), rng.normal(size=(4, 4))
    found = lm.statistic(x, np.tanh(x), J)
    for place in np.ndindex(4, 4):
        h = np.zeros((4, 4))
        h[place] = 1e-5
        states = np.ascontiguousarray(x.T)
        slope = (energy(states, J + h).mean() - energy(states, J - h).mean()) / 2e-5
        assert found[place] == pytest.approx(-slope, abs=1e-8)
    np.testing.assert_allclose(lm.energy_per_unit(x, J), energy(np.ascontiguousarray(x.T), J) / 4, rtol=1e-12)


def test_training_is_a_plain_loop() -> None:
    """Float64, the same draws: forces by explicit sums, noise step by step, batches by epochs."""
    N, R, P, B, T, dt, k, decay = 3, 12, 10, 4, 0.7, 0.02, 0.05, 1e-3
    rng = np.random.default_rng(2)
    J, x, data = rng.normal(size=(N, N)), rng.normal(size=(N, R)), rng.normal(size=(P, N))
    plain_J, plain_x = J.copy(), x.copy()
    machine = lm.Machine(J, x, T, dt, np.random.default_rng(3), rate=k, decay=decay)
    course = lm.train(machine, data, np.random.default_rng(4), batch=B, updates=5, n_steps=3, replacement=False)
    noise, batches = np.random.default_rng(3), np.random.default_rng(4)
    order, place, wanted = batches.permutation(P), 0, []
    for _ in range(5):
        for _ in range(3):
            phi = np.tanh(plain_x)
            u = plain_x - plain_J @ phi
            force = -u + (1 - phi**2) * (plain_J.T @ u)
            plain_x = plain_x + dt * force + np.sqrt(2 * T * dt) * normal(noise, (N, R))
        if place + B > P:
            order, place = batches.permutation(P), 0
        batch, place = data[order[place : place + B]], place + B
        S = [
            sum(np.outer(s - plain_J @ np.tanh(s), np.tanh(s)) for s in rows) / len(rows) for rows in (batch, plain_x.T)
        ]
        wanted.append(np.mean((S[0] - S[1]) ** 2))
        plain_J = (1 - decay) * plain_J + k / T * (S[0] - S[1])
    np.testing.assert_allclose(J, plain_J, rtol=1e-10)
    np.testing.assert_allclose(x, plain_x, rtol=1e-10)
    np.testing.assert_allclose(course, wanted, rtol=1e-9)


def test_small_activity_learns_the_precision_of_the_data() -> None:
    """phi(x) = x for small states: the rule rests where (I - J)^T (I - J) = T <x x^T>^-1 (dossier, f).

    At T = 0.0025 and data of variance 0.0025 c the activity is linear to 0.3 %; chains and data of 4000 leave
    2 % noise, the persistent updates and Euler's step 2 % more.
    """
    rng = np.random.default_rng(5)
    T, C = 0.0025, np.array([[1.0, 0.4], [0.4, 0.8]])
    data = np.linalg.cholesky(T * C) @ rng.standard_normal((2, 4000))
    data = np.linalg.cholesky(T * C) @ np.linalg.solve(np.linalg.cholesky(np.cov(data, bias=True)), data)
    data -= data.mean(axis=1, keepdims=True)
    J, x = np.zeros((2, 2)), np.sqrt(T) * rng.standard_normal((2, 4000))
    machine = lm.Machine(J, x, T, 0.02, np.random.default_rng(6), rate=0.02)
    rows = np.ascontiguousarray(data.T)
    total, kept = np.zeros((2, 2)), 0
    for update in range(500):
        machine.update(rows, np.tanh(rows), 8)
        if update >= 300:
            total += (np.eye(2) - J).T @ (np.eye(2) - J)
            kept += 1
    np.testing.assert_allclose(total / kept, np.linalg.inv(C), atol=0.08)


def test_batches_with_replacement_and_arguments() -> None:
    rng = np.random.default_rng(7)
    J, x = np.zeros((2, 2)), rng.normal(size=(2, 3))
    machine = lm.Machine(J, x, 1.0, 0.01, rng, rate=0.1)
    course = lm.train(machine, rng.normal(size=(2, 2)), rng, batch=50, updates=3, n_steps=1, replacement=True)
    assert course.shape == (3,)
    assert np.all(course > 0)
    with pytest.raises(ValueError, match="rate"):
        lm.Machine(J, x, 1.0, 0.01, rng, rate=0.0)


def test_asymmetry_of_known_matrices() -> None:
    J = np.array([[1.0, 2.0], [0.0, 1.0]])
    assert lm.asymmetry(J) == pytest.approx(np.sqrt(8.0) / np.sqrt(16.0))
    assert lm.asymmetry(J + J.T) == 0.0
