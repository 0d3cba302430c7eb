"""Layered networks: hand-written gradients against finite differences, optimiser and metaplasticity against twins."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.learning.adam import Adam
from atlas.learning.binary_layers import BinaryNetwork
from atlas.learning.fused_adam import FusedAdam
from atlas.learning.layers import accuracy, batches, cross_entropy, cross_entropy_slope
from atlas.learning.variational_layers import VariationalNetwork

WIDTHS = [6, 5, 4, 3]


def variational() -> VariationalNetwork:
    net = VariationalNetwork(WIDTHS, np.random.default_rng(0), lr=0.01, kl=0.3, scale=0.5)
    net.theta = [theta.astype(float) for theta in net.theta]
    net.anneal(1.3)
    return net


def test_slope_of_the_cross_entropy() -> None:
    rng = np.random.default_rng(1)
    scores, labels = rng.standard_normal((4, 3)), np.array([0, 2, 1, 1])
    slope = cross_entropy_slope(scores, labels)
    for index in np.ndindex(4, 3):
        step = np.zeros((4, 3))
        step[index] = 1e-6
        difference = (cross_entropy(scores + step, labels) - cross_entropy(scores - step, labels)) / 2e-6
        assert slope[index] == pytest.approx(difference, abs=1e-8)


def test_variational_gradient_against_finite_differences() -> None:
    net, rng = variational(), np.random.default_rng(2)
    x, labels = rng.standard_normal((7, 6)), rng.integers(0, 3, 7)
    noise = [rng.standard_normal((7, width)) for width in WIDTHS[1:]]
    scores, kept = net.forward(x, noise)
    grads = net.gradients(cross_entropy_slope(scores, labels), kept)

    def loss_with(layer: int, place: tuple[int, ...], step: float) -> float:
        net.theta[layer][place] += step
        net.anneal(net.beta)
        value = cross_entropy(net.forward(x, noise)[0], labels)
        net.theta[layer][place] -= step
        net.anneal(net.beta)
        return value

    for layer in range(3):
        for place in ((0, 0), (1, 2), (2, 3)):
            slope = (loss_with(layer, place, 1e-6) - loss_with(layer, place, -1e-6)) / 2e-6
            assert grads[layer][place] == pytest.approx(slope, rel=1e-5, abs=1e-8)


def test_kl_term_pulls_back_the_last_step() -> None:
    """The second step's gradient is that without the term plus kl beta² sigma² (theta - theta before)."""
    net, free = (VariationalNetwork(WIDTHS, np.random.default_rng(0), lr=0.01, kl=kl) for kl in (0.3, 0.0))
    before = [theta.copy() for theta in net.theta]
    rng = np.random.default_rng(3)
    x, labels = rng.standard_normal((5, 6), dtype=np.float32), rng.integers(0, 3, 5)
    seen: list[np.ndarray] = []
    for one in (net, free):
        one._rng = np.random.default_rng(4)
        one.step(x, labels)
        taken = one._adam[0].move
        one._adam[0].move = lambda grad, taken=taken: seen.append(grad.copy()) or taken(grad)  # type: ignore[method-assign, misc, func-returns-value]
        one.step(x, labels)
    moved = free.theta[0] * 0 + (seen[0] - seen[1])
    first = VariationalNetwork(WIDTHS, np.random.default_rng(0), lr=0.01, kl=0.3)
    first._rng = np.random.default_rng(4)
    first.step(x, labels)
    expected = 0.3 * first.rest[0] * (first.theta[0] - before[0])
    assert moved == pytest.approx(expected, abs=1e-6)


def test_sharp_weights_are_binary_weights() -> None:
    """beta -> infinity: sigma = 0 and mu = sign(theta), the network of `binary_layers`."""
    net = variational()
    net.anneal(1e9)
    binary = BinaryNetwork(WIDTHS, np.random.default_rng(0), lr=0.01)
    binary.w = [np.sign(theta) for theta in net.theta]
    x = np.random.default_rng(5).standard_normal((3, 6))
    assert net.scores(x) == pytest.approx(binary.scores(x), abs=1e-6)


def test_binary_gradient_against_finite_differences() -> None:
    net, rng = BinaryNetwork(WIDTHS, np.random.default_rng(0), lr=0.01), np.random.default_rng(6)
    net.w = [w.astype(float) for w in net.w]
    x, labels = rng.standard_normal((7, 6)), rng.integers(0, 3, 7)
    scores, kept = net.forward(x)
    grads = net.gradients(cross_entropy_slope(scores, labels), kept)
    for layer in range(3):
        values = []
        for step in (1e-6, -1e-6):
            net.w[layer][0, 1] += step
            values.append(cross_entropy(net.forward(x)[0], labels))
            net.w[layer][0, 1] -= step
        assert grads[layer][0, 1] == pytest.approx((values[0] - values[1]) / 2e-6, rel=1e-5, abs=1e-9)


def test_metaplasticity_only_slows_what_lowers_the_hidden_weight() -> None:
    rng = np.random.default_rng(7)
    x, labels = rng.standard_normal((5, 6), dtype=np.float32), rng.integers(0, 3, 5)
    plain, meta = (BinaryNetwork(WIDTHS, np.random.default_rng(0), lr=0.05, meta=m, scale=0.5) for m in (0.0, 1.35))
    before = [h.copy() for h in plain.h]
    plain.step(x, labels)
    meta.step(x, labels)
    for h, free, slowed in zip(before, plain.h, meta.h, strict=True):
        lowers = (free - h) * np.sign(h) < 0
        factor = np.where(lowers, 1 - np.tanh(1.35 * h) ** 2, 1.0)
        assert slowed - h == pytest.approx((free - h) * factor, abs=1e-6)


def test_fused_adam_is_adam() -> None:
    rng = np.random.default_rng(8)
    W, other = np.zeros((3, 4)), np.zeros((3, 4))
    plain, fused = Adam(W, 0.01, 0.9, 0.99), FusedAdam(other, 0.01, 0.9, 0.99)
    for _ in range(20):
        grad = rng.standard_normal((3, 4))
        other -= fused.move(grad)
        plain.step(W, grad.copy())
    assert other == pytest.approx(W, abs=1e-12)


def test_fused_adam_lets_vanished_gradients_rest() -> None:
    fused = FusedAdam(np.zeros(3, np.float32), 0.01, 0.9, 0.99)
    fused.move(np.full(3, 1e-3, np.float32))
    for _ in range(6000):
        last = fused.move(np.full(3, 1e-30, np.float32))
    assert not last.any()
    assert not fused._first.any()


def test_a_network_learns_and_batches_cover_everything() -> None:
    rng = np.random.default_rng(9)
    x = rng.standard_normal((200, 6)).astype(np.float32)
    labels = (x[:, 0] > 0).astype(np.int64)
    net = BinaryNetwork([6, 16, 2], np.random.default_rng(1), lr=0.02)
    for _ in range(20):
        order = np.concatenate(list(batches(200, 32, rng)))
        assert sorted(order) == list(range(200))
        for batch in batches(200, 32, rng):
            net.step(x[batch], labels[batch])
    assert accuracy(net, x, labels) > 0.85  # chance is 0.5


@pytest.mark.parametrize("beta", [0.0, -1.0, np.inf])
def test_wrong_beta_is_refused(beta: float) -> None:
    with pytest.raises(ValueError, match="beta"):
        variational().anneal(beta)
