"""Split halves: planted means under noise; the plain square is biased, the split one is not."""

import math

import numpy as np
import pytest

from atlas.estimation.split_half import (
    correlation,
    explained_fraction,
    halves,
    mean_square,
    product,
    relative_deviation,
    slope,
)

MU = np.linspace(-1.0, 1.0, 500)


def noisy(rng: np.random.Generator, mu: np.ndarray, n: int = 20, sigma: float = 3.0) -> np.ndarray:
    return mu + sigma * rng.standard_normal((n, *mu.shape))


def test_halves_are_contiguous_and_drop_the_middle() -> None:
    a, b = halves(np.arange(5.0)[:, None])
    assert (a.item(), b.item()) == (0.5, 3.5)
    with pytest.raises(ValueError, match="at least 2"):
        halves(np.zeros((1, 3)))


def test_noise_free_input_gives_the_plain_moments() -> None:
    x = np.array([1 + 2j, 3 - 1j])
    assert mean_square(x, x) == pytest.approx((5 + 10) / 2)
    assert correlation((MU, MU), (2 * MU, 2 * MU)) == pytest.approx(1.0)
    assert correlation((MU, MU), (-MU, -MU)) == pytest.approx(-1.0)
    assert slope((MU, MU), 2 * MU) == pytest.approx(0.5)
    assert explained_fraction((MU, MU), MU) == 1.0
    assert explained_fraction((MU, MU), 0 * MU) == 0.0
    assert relative_deviation((MU, MU), 0.9 * MU) == pytest.approx(0.1)


def test_split_square_is_unbiased_where_the_plain_square_is_not() -> None:
    rng = np.random.default_rng(0)
    data = [noisy(rng, MU) for _ in range(200)]
    split = np.array([mean_square(*halves(d)) for d in data])
    plain = np.array([np.mean(d.mean(axis=0) ** 2) for d in data])
    truth, bias = np.mean(MU**2), 9 / 20  # variance of the average of 20 samples
    # 4 standard errors of the 200 repetitions
    assert abs(split.mean() - truth) < 4 * split.std() / math.sqrt(200)
    assert abs(plain.mean() - truth - bias) < 4 * plain.std() / math.sqrt(200)
    assert plain.mean() - truth > 10 * split.std() / math.sqrt(200)


def test_correlation_recovers_the_planted_angle_under_shared_noise() -> None:
    rng = np.random.default_rng(1)
    other = rng.standard_normal(MU.size)
    other -= MU * (other @ MU) / (MU @ MU)
    other *= np.linalg.norm(MU) / np.linalg.norm(other)
    nu = 0.6 * MU + 0.8 * other  # correlation 0.6 with MU, exactly
    values = []
    for _ in range(200):
        noise = rng.standard_normal((20, MU.size))
        x, y = MU + noise, nu + noise  # the same noise in both: a plain correlation would see it
        values.append(correlation(halves(x), halves(y)))
    # 4 standard errors, and the ratio's bias of order the squared relative scatter
    assert np.mean(values) == pytest.approx(0.6, abs=4 * np.std(values) / math.sqrt(200) + np.var(values))


def test_explained_fraction_of_right_and_wrong_prediction_under_noise() -> None:
    rng = np.random.default_rng(2)
    data = [halves(noisy(rng, MU, sigma=1.0)) for _ in range(200)]
    for prediction, truth in ((MU, 1.0), (0.5 * MU, 0.75), (np.zeros_like(MU), 0.0), (-MU, -3.0)):
        values = [explained_fraction(pair, prediction) for pair in data]
        scatter = np.std(values)
        # 4 standard errors and the bias of a ratio, relative scatter of the norm (2 %) squared times
        # the size of 1 - f
        assert np.mean(values) == pytest.approx(truth, abs=4 * scatter / 14 + 1e-3 * (1 + abs(truth)))


def test_pure_noise_gives_no_number() -> None:
    a, b = np.array([1.0, -1.0]), np.array([-1.0, 1.0])  # halves that agree on nothing
    assert math.isnan(correlation((a, b), (a, a)))
    assert math.isnan(explained_fraction((a, b), a))
    assert math.isnan(relative_deviation((a, b), a))


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="equal shapes"):
        product(np.zeros(3), np.zeros(1))
