"""Fast noise by its moments and bits, and the noisy rate dynamics without feedback by a plain loop."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.dynamics.gradient import Langevin
from atlas.dynamics.noisy_states import noisy_rate
from atlas.dynamics.quantile_noise import LEVELS, QuantileNoise, quantiles


def test_quantiles_have_the_moments_of_the_normal_law() -> None:
    table = quantiles().astype(np.float64)
    assert abs(table.mean()) < 1e-7  # antisymmetric up to float32
    assert np.mean(table**2) == pytest.approx(1.0, abs=1e-6)
    assert np.mean(table**4) == pytest.approx(3.0, abs=2e-3)  # the cut tail holds 8e-4
    assert np.mean(table**6) == pytest.approx(15.0, abs=5e-2)
    below = np.mean(table < 1.0)
    assert below == pytest.approx(0.5 * (1 + math.erf(1 / math.sqrt(2))), abs=2 / LEVELS)


def test_noise_takes_sixteen_bits_each() -> None:
    out = np.zeros((3, 5), np.float32)
    QuantileNoise(np.random.Generator(np.random.Philox(1))).standard_normal(out=out)
    words = np.random.Generator(np.random.Philox(1)).bit_generator.random_raw(4)
    levels = [(int(word) >> (16 * k)) & 0xFFFF for word in words for k in range(4)][:15]
    np.testing.assert_array_equal(out.ravel(), quantiles()[levels])
    with pytest.raises(ValueError, match="float32"):
        QuantileNoise(np.random.default_rng(1)).standard_normal(out=np.zeros(3))  # type: ignore[arg-type]


def test_noise_drives_the_langevin_dynamics() -> None:
    """J = 0: x ~ N(0, T/(1 - dt/2)) (dossier, c); 64000 states, 40 independent times: variance known to 0.1 %."""
    x = np.zeros((64, 1000), np.float32)
    J = np.zeros((64, 64), np.float32)
    noise = QuantileNoise(np.random.Generator(np.random.Philox(2)))
    chains = Langevin(x, J, 0.5, 0.2, noise, method="euler-maruyama")  # type: ignore[arg-type]
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
        plain = plain + 0.05 * (J @ np.tanh(plain) - plain) + math.sqrt(0.03) * draws.standard_normal((2, 6))
    np.testing.assert_allclose(x, plain, rtol=1e-12)
    assert seen == [0, 3, 6]
