"""Ridge read-out: normal equations, planted weights, shrinkage of one feature, held-out scores."""

import numpy as np
import pytest

from atlas.learning.readout import held_out_score, ridge, score


def test_one_feature_is_shrunk_as_the_closed_form_says() -> None:
    x = np.array([[1.0], [2.0], [-1.0]])
    assert ridge(x, 3 * x, 2.0)[0, 0] == pytest.approx(3 * 6 / (6 + 2), rel=1e-14)


def test_weights_solve_the_augmented_least_squares_problem() -> None:
    rng = np.random.default_rng(1)
    X, Y = rng.standard_normal((80, 12)), rng.standard_normal((80, 3))
    augmented = np.vstack([X, np.sqrt(0.7) * np.eye(12)])
    expected = np.linalg.lstsq(augmented, np.vstack([Y, np.zeros((12, 3))]), rcond=None)[0]
    np.testing.assert_allclose(ridge(X, Y, 0.7), expected, rtol=1e-10)  # two well-conditioned routes


def test_a_planted_linear_target_is_predicted_and_noise_is_not() -> None:
    rng = np.random.default_rng(2)
    X = rng.standard_normal((3000, 200))
    targets = np.hstack([X @ rng.standard_normal((200, 1)) / np.sqrt(200), rng.standard_normal((3000, 1))])
    held_out, in_sample = held_out_score(X, targets, 2000, 1e-12, 1.0)
    assert held_out[0] == pytest.approx(1.0, abs=1e-9)
    # 200 weights fitted to 2000 noisy numbers: expected score 0.1 inside and -0.11 outside, scatter below 0.05
    assert in_sample[1] > 0 > held_out[1]


def test_score_of_a_zero_prediction_of_a_sine_is_zero() -> None:
    sine = np.sin(2 * np.pi * np.arange(100) / 100)[:, None]
    assert score(0 * sine, sine, 0.5)[0] == pytest.approx(0.0, abs=1e-14)
    assert score(sine, sine, 0.5)[0] == 1.0


def test_bad_arguments_are_named() -> None:
    X, Y = np.ones((5, 2)), np.ones((5, 1))
    with pytest.raises(ValueError, match=r"^penalty: got 0"):
        ridge(X, Y, 0.0)
    with pytest.raises(ValueError, match=r"^states, targets: got shapes"):
        ridge(X, Y[:-1], 1.0)
    with pytest.raises(ValueError, match=r"^n_train: got 5"):
        held_out_score(X, Y, 5, 1.0, 1.0)
