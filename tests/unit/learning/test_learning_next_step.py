"""Next-step learning: gradients against finite differences, data against a plain loop, least squares as the optimum."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.learning import next_step
from atlas.learning.adam import Adam


def series(N: int, R: int, points: int, dt: float, g: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Couplings and x (points, N, R) of the Euler map, plainly."""
    rng = np.random.default_rng(seed)
    J = rng.standard_normal((N, N)) * g / math.sqrt(N)
    x = [rng.standard_normal((N, R))]
    for _ in range(points - 1):
        x.append((1 - dt) * x[-1] + dt * J @ np.tanh(x[-1]))
    return J, np.array(x)


def recorded(x: np.ndarray, length: int, dt: float) -> next_step.ChunkRecorder:
    points, N, R = x.shape
    recorder = next_step.ChunkRecorder(N, R, points // length, length, dt)
    for step, state in enumerate(x):
        recorder(step, state, np.tanh(state), np.zeros_like(state))
    return recorder


def chunk_loss(W: np.ndarray, x: np.ndarray, length: int, dt: float) -> float:
    """The dossier's loss: mean over the chunk tensors of (prediction - truth)², first points are predicted exactly."""
    total, count = 0.0, 0
    for first in range(0, len(x) - length + 1, length):
        chunk = x[first : first + length]
        prediction = chunk.copy()
        for k in range(1, length):
            prediction[k] = (1 - dt) * chunk[k - 1] + dt * W @ np.tanh(chunk[k - 1])
        total += ((prediction - chunk) ** 2).sum()
        count += chunk.size
    return total / count


def test_data_and_loss_against_the_definition() -> None:
    J, x = series(7, 3, 14, 0.1, 1.5, 1)
    data = recorded(x, 4, 0.1)  # 3 chunks of 4 points; two points are left over
    assert data.phi.shape == data.push.shape == (9, 3, 7)
    np.testing.assert_allclose(data.phi[1, 0], np.tanh(x[4, :, 0]))  # chunks of one trajectory follow each other
    np.testing.assert_allclose(data.push[1, 2], x[7, :, 0] - 0.9 * x[6, :, 0], rtol=0, atol=1e-15)
    W = np.random.default_rng(2).random((7, 7))
    found = next_step.loss_and_gradient(W, data.phi, data.push, 0.1, np.empty((7, 7)))
    assert found == pytest.approx(chunk_loss(W, x[:12], 4, 0.1), rel=1e-12)
    assert next_step.loss_and_gradient(J, data.phi, data.push, 0.1, np.empty((7, 7))) < 1e-30  # rounding


def test_gradient_against_finite_differences() -> None:
    _, x = series(5, 4, 12, 0.2, 2.0, 3)
    data = recorded(x, 3, 0.2)
    W, grad, h = np.random.default_rng(4).standard_normal((5, 5)), np.empty((5, 5)), 1e-4
    next_step.loss_and_gradient(W, data.phi, data.push, 0.2, grad)
    numeric = np.empty((5, 5))
    for i in range(5):
        for j in range(5):
            up, down = W.copy(), W.copy()
            up[i, j] += h
            down[i, j] -= h
            numeric[i, j] = (chunk_loss(up, x, 3, 0.2) - chunk_loss(down, x, 3, 0.2)) / (2 * h)
    # the loss is quadratic: central differences are exact but for rounding, 1e-16/h
    np.testing.assert_allclose(grad, numeric, rtol=0, atol=1e-11)


def test_least_squares_is_the_optimum_of_the_loss() -> None:
    J, x = series(10, 40, 20, 0.05, 1.2, 5)
    data = recorded(x, 4, 0.05)
    flat, push = data.phi.reshape(-1, 10), data.push.reshape(-1, 10)
    W = np.linalg.lstsq(0.05 * flat, push, rcond=None)[0].T
    np.testing.assert_allclose(W, J, rtol=0, atol=1e-11)  # rounding of the push over dt, times the condition number
    grad = np.empty((10, 10))
    next_step.loss_and_gradient(W, data.phi, data.push, 0.05, grad)
    assert np.abs(grad).max() < 1e-16


def test_training_recovers_the_couplings_of_a_small_network() -> None:
    J, x = series(12, 60, 40, 0.1, 1.5, 6)
    data = recorded(x, 4, 0.1)
    rng = np.random.default_rng(7)
    W = rng.random((12, 12))
    history = next_step.train(
        W, data.phi, data.push, 0.1, Adam(W, 0.02), rng, epochs=40, batch=50, target=J
    )  # fmt: skip
    assert history.error.shape == (40,)
    assert history.weight_distance.shape == (41,)
    assert history.weight_distance[0] == pytest.approx(0.33, rel=0.5)  # var + mean² of uniform(0, 1), and of J
    assert history.weight_distance[-1] < 0.02**2  # Adam at a constant rate ends within a step of the optimum
    assert history.weight_distance[-1] == pytest.approx(np.mean((W - J) ** 2), rel=1e-12)
    assert history.error[-1] < 1e-3 * history.error[0]  # the loss falls with the square of the distance


def test_an_epoch_sees_every_chunk_once() -> None:
    _, x = series(4, 6, 16, 0.1, 1.0, 8)
    data = recorded(x, 4, 0.1)
    W = np.random.default_rng(9).random((4, 4))
    still = Adam(W, 1e-12)  # does not move: the sum of the batch losses is then that of the parts
    history = next_step.train(
        W, data.phi, data.push, 0.1, still, np.random.default_rng(1), epochs=1, batch=10, target=W
    )  # fmt: skip
    losses = [
        next_step.loss_and_gradient(W, data.phi[k : k + 1], data.push[k : k + 1], 0.1, np.empty((4, 4)))
        for k in range(24)
    ]
    # batches of 10, 10, 4 chunks: their mean losses add up to between 24/10 and 24/4 times the mean
    assert 2.4 * np.mean(losses) < history.error[0] * 1.0000001 < 6.0 * np.mean(losses) * 1.0000001


def test_effective_mismatch_of_a_planted_copy() -> None:
    """J2 = c J + eta J': E L = N(N-1) (g²/N) 2 (1 - c); scatter of the estimate about 1/N."""
    rng, N, g, eta = np.random.default_rng(10), 400, 1.7, 0.3
    J, other = (rng.standard_normal((N, N)) * g / math.sqrt(N) for _ in range(2))
    for matrix in (J, other):
        np.fill_diagonal(matrix, 0.0)
    copy = math.sqrt(1 - eta * eta) * J + eta * other
    assert next_step.effective_mismatch(copy, J, g) == pytest.approx(eta, rel=0.02)
    assert next_step.effective_mismatch(J, J, g) == 0.0
    assert next_step.effective_mismatch(J + 10.0, J, g) == 1.0


def test_directions_of_a_planted_error() -> None:
    rng = np.random.default_rng(11)
    axes = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    phi = (rng.standard_normal((4000, 6)) * np.sqrt([9.0, 4.0, 1.0, 0.5, 0.1, 0.01])) @ axes.T
    error = np.outer(np.ones(6), axes[:, 5])  # only along the least excited direction
    values, size = next_step.error_by_direction(error, phi.reshape(1000, 4, 6))
    np.testing.assert_allclose(values, [9.0, 4.0, 1.0, 0.5, 0.1, 0.01], rtol=0.2)  # 4 standard errors of 4000 samples
    assert size[-1] == pytest.approx(1.0, abs=0.01)
    assert size[:-1].max() < 0.01


@pytest.mark.parametrize(("chunks", "length"), [(0, 4), (3, 1)])
def test_bad_chunks_are_refused(chunks: int, length: int) -> None:
    with pytest.raises(ValueError, match="allowed"):
        next_step.ChunkRecorder(5, 2, chunks, length, 0.1)


def test_bad_training_is_refused() -> None:
    W = np.zeros((2, 2))
    with pytest.raises(ValueError, match="allowed"):
        next_step.train(
            W, np.zeros((1, 1, 2)), np.zeros((1, 1, 2)), 0.1, Adam(W, 0.1), np.random.default_rng(0),
            epochs=0, batch=1, target=W,
        )  # fmt: skip
