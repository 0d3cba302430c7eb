"""Fast noise by its moments and bits, and the noisy rate dynamics without feedback by a plain loop."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.dynamics import quantile_langevin
from atlas.dynamics.noise import normal
from atlas.dynamics.noisy_states import noisy_rate
from atlas.dynamics.quantile_langevin import QuantileLangevin
from atlas.dynamics.quantile_noise import LEVELS, levels, quantiles


def test_quantiles_have_the_moments_of_the_normal_law() -> None:
    table = quantiles().astype(np.float64)
    assert abs(table.mean()) < 1e-7  # antisymmetric up to float32
    assert np.mean(table**2) == pytest.approx(1.0, abs=1e-6)
    assert np.mean(table**4) == pytest.approx(3.0, abs=2e-3)  # the cut tail holds 8e-4
    assert np.mean(table**6) == pytest.approx(15.0, abs=5e-2)
    below = np.mean(table < 1.0)
    assert below == pytest.approx(0.5 * (1 + math.erf(1 / math.sqrt(2))), abs=2 / LEVELS)


def philox(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def test_noise_takes_sixteen_bits_each() -> None:
    words = philox(1).bit_generator.random_raw(4)
    wanted = [(int(word) >> (16 * k)) & 0xFFFF for word in words for k in range(4)][:15]
    np.testing.assert_array_equal(levels(philox(1).bit_generator, 15), wanted)


@pytest.mark.parametrize("bits", [np.random.Philox, np.random.PCG64])
def test_a_fill_takes_two_numbers_of_64_bits_from_its_generator(bits: type) -> None:
    one, other = np.random.Generator(bits(3)), np.random.Generator(bits(3))
    words = other.integers(0, 2**64, size=2, dtype=np.uint64)
    np.testing.assert_array_equal(bits(3).random_raw(2), words)
    normal(one, (1000,))
    assert one.bit_generator.random_raw() == other.bit_generator.random_raw()


def test_step_is_that_of_explicit_loops() -> None:
    """Seven steps in float64 with the same noise; two runs are one run. Float32: 1e-6 a step on states of order one."""
    J, x = philox(4).standard_normal((5, 5), np.float32), philox(5).standard_normal((5, 6), np.float32)
    plain, bits = x.astype(float), philox(6).bit_generator
    chains = QuantileLangevin(x, J, 0.7, 0.02, philox(6))
    chains.run(3)
    chains.run(4)
    for _ in range(7):
        xi = quantiles()[levels(bits, 30)].reshape(5, 6).astype(float)
        u = plain - J @ np.tanh(plain)
        plain = plain + 0.02 * (-u + (1 - np.tanh(plain) ** 2) * (J.T @ u)) + math.sqrt(2 * 0.7 * 0.02) * xi
    assert chains.step == 7
    np.testing.assert_allclose(x, plain, atol=2e-5)


def test_a_run_in_parts_is_the_same_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many steps are drawn and taken at once, and across the checks after every hundred."""
    J, first = philox(7).standard_normal((5, 5), np.float32), philox(8).standard_normal((5, 6), np.float32)
    states = []
    for at_once, parts in ((1 << 17, [130]), (1 << 17, [1] * 130), (90, [99, 2, 29])):
        monkeypatch.setattr(quantile_langevin, "_DRAWN_AT_ONCE", at_once)
        x = first.copy()
        chains = QuantileLangevin(x, J, 0.7, 0.02, philox(9))
        for part in parts:
            chains.run(part)
        assert chains.step == 130
        states.append(x)
    np.testing.assert_array_equal(states[1], states[0])
    np.testing.assert_array_equal(states[2], states[0])


def test_states_and_arguments_that_are_refused() -> None:
    J = np.eye(2, dtype=np.float32)
    with pytest.raises(ValueError, match="float32"):
        QuantileLangevin(np.zeros((2, 3)), J, 1.0, 0.1, philox(1))
    with pytest.raises(ValueError, match="temperature"):
        QuantileLangevin(np.zeros((2, 3), np.float32), J, -1.0, 0.1, philox(1))
    runaway = QuantileLangevin(np.ones((2, 3), np.float32), 1e30 * J, 1.0, 0.1, philox(1))
    with pytest.raises(FloatingPointError), np.errstate(all="ignore"):
        runaway.run(20)


def test_noise_drives_the_langevin_dynamics() -> None:
    """J = 0: x ~ N(0, T/(1 - dt/2)) (dossier, c); 64000 states, 40 independent times: variance known to 0.1 %."""
    x = np.zeros((64, 1000), np.float32)
    chains = QuantileLangevin(x, np.zeros((64, 64), np.float32), 0.5, 0.2, philox(2))
    chains.run(40)
    found = []
    for _ in range(8):
        chains.run(20)
        found.append(float(np.mean(x.astype(np.float64) ** 2)))
    assert np.mean(found) == pytest.approx(0.5 / 0.9, rel=0.01)


def test_rate_dynamics_is_a_plain_loop_and_lacks_the_feedback() -> None:
    rng = np.random.default_rng(3)
    J, x = rng.normal(size=(2, 2)), rng.normal(size=(2, 6))
    plain, draws, seen = x.copy(), np.random.default_rng(4), []
    noisy_rate(x, J, 0.3, 0.05, 7, np.random.default_rng(4), observe=[lambda step, *_: seen.append(step)], every=3)
    for _ in range(7):
        plain = plain + 0.05 * (J @ np.tanh(plain) - plain) + math.sqrt(0.03) * normal(draws, (2, 6))
    np.testing.assert_allclose(x, plain, rtol=1e-12)
    assert seen == [0, 3, 6]
