"""Contrasted pairs: gradients against differences, the sampler against a Gaussian, cavity against plain sums."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.dynamics import contrasted_pairs as cp
from atlas.dynamics.noise import normal
from atlas.dynamics.pair_cavity import cavity, pair_moments

ENERGIES = cp.Energies(0.8, 1.3, 0.02)


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def doubled(pairs: cp.Pairs) -> cp.Pairs:
    return cp.Pairs(pairs.x.astype(float), pairs.labels, pairs.same)


def test_pairs_are_as_said() -> None:
    pairs = cp.draw_pairs(rng(1), 4000, 50, rho_b=0.3, m=2.0, delta=0.5)
    assert pairs.x.shape == (8000, 50)
    assert pairs.same.sum() == 1200
    assert np.array_equal(pairs.labels[:4000] == pairs.labels[4000:], pairs.same)
    along = (pairs.x * pairs.labels[:, None]).sum(axis=1)
    assert along.mean() == pytest.approx(2.0, abs=4 * 0.5 / np.sqrt(8000))
    noise = pairs.x - pairs.labels[:, None] * 2.0 / 50
    assert noise.var() == pytest.approx(0.25 / 50, rel=0.02)


def test_gradient_is_that_of_the_energy() -> None:
    pairs = doubled(cp.draw_pairs(rng(2), 40, 10, rho_b=0.5, m=1.0, delta=1.5))
    w = rng(3).standard_normal((10, 2))

    def total(state: np.ndarray) -> np.ndarray:
        return pairs.count * cp.mean_energy(pairs, ENERGIES, state) + 0.25 * (state * state).sum(axis=0)

    found = cp.gradient(pairs, ENERGIES, 0.5, w)
    for i in range(10):
        shift = np.zeros((10, 1))
        shift[i] = 1e-5
        assert found[i] == pytest.approx((total(w + shift) - total(w - shift)) / 2e-5, abs=1e-7)


def test_energies_by_hand() -> None:
    left, right = np.array([0.5, 0.5]), np.array([-0.5, -0.5])
    found = ENERGIES.of(left, right, np.array([True, False]))
    assert found == pytest.approx([0.65, 0.25 * (-0.2 + np.sqrt(0.04 + 0.02))])


def test_chain_without_pairs_samples_the_prior() -> None:
    empty = cp.Pairs(np.zeros((2, 400), np.float32), np.ones(2, np.float32), np.ones(1, bool))
    w, total, count = np.zeros((400, 2), np.float32), 0.0, 0

    def observe(step: int, state: np.ndarray) -> None:
        nonlocal total, count
        if step >= 100:
            total += float(np.mean(state**2))
            count += 1

    cp.langevin(
        empty, ENERGIES, w, rng(4), beta=4.0, lambda_w=0.5, friction=1.4, dt=0.4, n_steps=1100, observe=observe
    )  # fmt: skip
    # the scheme is exact for a Gaussian; 800 weights over some 100 correlation times
    assert total / count == pytest.approx(0.5, rel=0.02)


def test_step_is_the_published_one() -> None:
    """BAOAB, written out in float64: kick, drift, friction with noise, drift, kick."""
    pairs = cp.draw_pairs(rng(5), 12, 6, rho_b=0.5, m=1.0, delta=1.0)
    w = rng(6).standard_normal((6, 2), dtype=np.float32)
    plain, draws, keep = w.astype(float), rng(7), np.exp(-0.7 * 0.1)

    def drawn() -> np.ndarray:
        return normal(draws, (2, 6), np.float32).T.astype(float)

    v, path, seen = drawn() / np.sqrt(8.0), [], []
    for _ in range(5):
        v = v - 0.05 * cp.gradient(pairs, ENERGIES, 0.5, plain)
        plain = plain + 0.05 * v
        v = keep * v + np.sqrt((1 - keep**2) / 8.0) * drawn()
        plain = plain + 0.05 * v
        v = v - 0.05 * cp.gradient(pairs, ENERGIES, 0.5, plain)
        path.append(plain)
    cp.langevin(
        pairs, ENERGIES, w, rng(7), beta=8.0, lambda_w=0.5, friction=0.7, dt=0.1, n_steps=5,
        observe=lambda step, state: seen.append((step, state.copy())),
    )  # fmt: skip
    assert [step for step, _ in seen] == [0, 1, 2, 3, 4]
    for (_, state), wanted in zip(seen, path, strict=True):
        assert state == pytest.approx(wanted, abs=1e-5)  # single precision over five steps
    assert w == pytest.approx(plain, abs=1e-5)


def test_chain_of_one_weight_samples_the_measure() -> None:
    """One weight under three pairs, two wells: <w²> and <|w|> beside sums over a grid."""
    pairs = cp.Pairs(
        np.array([[1.0], [-0.7], [0.6], [0.4], [0.9], [-1.2]], np.float32), np.ones(6), np.array([True, False, False])
    )
    grid = np.linspace(-6.0, 6.0, 4001)
    weight = np.exp(-6.0 * (3 * cp.mean_energy(doubled(pairs), ENERGIES, grid[None, :]) + 0.25 * grid**2))
    weight /= weight.sum()
    w, total, count = np.zeros((1, 4000), np.float32), np.zeros(2), 0

    def observe(step: int, state: np.ndarray) -> None:
        nonlocal total, count
        if step >= 200:
            total += [np.mean(state**2), np.mean(np.abs(state))]
            count += 1

    cp.langevin(pairs, ENERGIES, w, rng(12), beta=6.0, lambda_w=0.5, friction=1.4, dt=0.1, n_steps=700, observe=observe)
    # 4000 chains over some 20 relaxation times: 0.4 %; the scheme's own error at this step is of order dt² = 1 %
    assert total / count == pytest.approx([weight @ grid**2, weight @ np.abs(grid)], rel=0.015)


def test_moments_of_a_pair_by_plain_sums() -> None:
    omega, width = np.array([[0.4, -0.3], [-0.2, 0.9]]), np.array([[0.3, 0.2], [0.25, 0.4]])
    same = np.array([True, False])
    found = pair_moments(omega, width, same, ENERGIES, 20.0)
    tau = np.linspace(-9, 9, 721)
    for k in range(2):
        left = np.tanh(omega[0, k] + width[0, k] * tau)[:, None]
        right = np.tanh(omega[1, k] + width[1, k] * tau)[None, :]
        weight = np.exp(-20.0 * ENERGIES.of(left, right, same[k]) - 0.5 * (tau[:, None] ** 2 + tau[None, :] ** 2))
        weight /= weight.sum()
        mean = (weight.sum(axis=1) @ tau, weight.sum(axis=0) @ tau)
        second = (weight.sum(axis=1) @ tau**2, weight.sum(axis=0) @ tau**2)
        # in widths: a step of half the smallest width leaves the edge of the ramp to 1e-4, far below 1/sqrt(N)
        assert found[:2, k] == pytest.approx(mean, abs=1e-4)
        assert found[2:, k] == pytest.approx([second[0] - mean[0] ** 2, second[1] - mean[1] ** 2], abs=1e-4)


def test_cavity_of_weak_pairs_is_their_mean_force() -> None:
    """To first order in the energy: no mean, and the variance of the prior with the curvature of one pair."""
    pairs = cp.draw_pairs(rng(8), 60, 40, rho_b=1.0, m=0.0, delta=0.5)
    found = cavity(
        pairs, cp.Energies(1.0, 1e-3), np.zeros(40), beta=1.0, lambda_w=1.0, damping=0.2, tolerance=1e-10, max_steps=200
    )
    assert found.change <= 1e-10
    assert found.variance == pytest.approx(np.ones(40), abs=2e-3)
    assert np.abs(found.mean).max() < 1e-6


def test_cavity_that_does_not_settle_says_so() -> None:
    pairs = cp.draw_pairs(rng(9), 60, 40, rho_b=0.5, m=1.0, delta=0.5)
    found = cavity(
        pairs, ENERGIES, np.full(40, 0.5), beta=50.0, lambda_w=0.05, damping=0.4, tolerance=1e-12, max_steps=3
    )
    assert found.course.shape == (3, 2)
    assert found.change > 1e-12
    assert found.course[-1] == pytest.approx([found.mean.mean(), np.mean(found.mean**2 + found.variance)])
    late = found.course[1:]
    assert found.wobble == pytest.approx(max(late[:, 0].std(), late[:, 1].std() / late[:, 1].mean()))


@pytest.mark.slow
def test_cavity_and_chain_of_one_sample_agree() -> None:
    """At a temperature at which no pair is torn between two sides."""
    pairs = cp.draw_pairs(rng(10), 100, 200, rho_b=0.5, m=1.0, delta=0.5)
    energies = cp.Energies(1.0)
    found = cavity(
        pairs, energies, np.full(200, 0.5), beta=5.0, lambda_w=0.5, damping=0.5, tolerance=1e-6, max_steps=400
    )
    w, total, count = np.full((200, 2), 0.5, np.float32), np.zeros((200, 2)), 0

    def observe(step: int, state: np.ndarray) -> None:
        nonlocal total, count
        if step >= 1000:
            total += state
            count += 1

    cp.langevin(
        pairs, energies, w, rng(11), beta=5.0, lambda_w=0.5, friction=1.4, dt=0.05, n_steps=6000, observe=observe
    )
    mean = total.mean(axis=1) / count
    # a chain of some 100 relaxation times: an error of 0.04 of each mean; equations exact for N to infinity
    assert found.change <= 1e-6
    assert np.std(mean - found.mean) < 0.08
    assert mean.mean() == pytest.approx(found.mean.mean(), abs=0.01)
