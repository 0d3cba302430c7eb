"""Adam: a plain twin, closed forms of its first step and of a constant gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.learning.adam import Adam


def test_plain_twin() -> None:
    rng = np.random.default_rng(1)
    W = rng.standard_normal((4, 3))
    twin, m, v = W.copy(), np.zeros((4, 3)), np.zeros((4, 3))
    adam = Adam(W, 0.05, b1=0.8, b2=0.9, eps=1e-3)
    for t in range(1, 30):
        grad = rng.standard_normal((4, 3)) * 10.0 ** rng.integers(-6, 2, (4, 3))
        m = 0.8 * m + 0.2 * grad
        v = 0.9 * v + 0.1 * grad**2
        twin = twin - 0.05 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.9**t)) + 1e-3)
        adam.step(W, grad.copy())
    np.testing.assert_allclose(W, twin, rtol=1e-12)


def test_first_step_is_the_learning_rate_along_the_sign() -> None:
    W = np.zeros(3)
    grad = np.array([3.0, -1e-4, 2e-8])
    Adam(W, 0.1).step(W, grad.copy())
    np.testing.assert_allclose(W, -0.1 * grad / (np.abs(grad) + 1e-8), rtol=1e-12)


def test_constant_gradient_moves_at_the_learning_rate() -> None:
    W = np.zeros(1)
    adam = Adam(W, 0.01)
    for _ in range(200):
        adam.step(W, np.array([7.0]))
    assert W[0] == pytest.approx(-2.0, rel=1e-6)  # eps against 7


def test_a_parabola_is_descended() -> None:
    W = np.array([5.0, -3.0])
    adam = Adam(W, 0.05)
    for _ in range(2000):
        adam.step(W, 2 * (W - np.array([1.0, 2.0])))
    np.testing.assert_allclose(W, [1.0, 2.0], atol=1e-3)


@pytest.mark.parametrize(
    "bad", [{"lr": 0.0}, {"lr": math.nan}, {"lr": 0.1, "b1": 1.0}, {"lr": 0.1, "b2": -0.1}, {"lr": 0.1, "eps": 0.0}]
)
def test_bad_arguments_are_refused(bad: dict) -> None:
    with pytest.raises(ValueError, match="allowed"):
        Adam(np.zeros(2), **bad)
