"""Predictive coding with spike-and-slab weights: gradients against finite differences, kernels against a plain twin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from atlas.learning import predictive_coding as pc
from atlas.learning import recurrent_backprop
from atlas.learning.free_running import LOST, activity_growth, drawn_network, first_answers, run_freely
from atlas.learning.spike_slab import CLIP, SpikeSlabLayer, clipped, reservoir_start, uniform_start

T, B, WIDTHS = 3, 2, (4, 6, 5)
Array = np.ndarray[Any, Any]


def small(convention: Any = "field", rate: Any = "relu", noisy: bool = True) -> pc.PredictiveNetwork:
    rng = np.random.default_rng(3)
    start = [(m, pi + 0.05, xi + 0.05) for m, pi, xi in reservoir_start(rng, WIDTHS, 0.3, 0.3, np.float64)]
    if convention == "slab":
        start = [(m / m.shape[1], pi, xi / 3.0) for m, pi, xi in start]
    into, rec, out = (SpikeSlabLayer(*each, convention=convention, noisy=noisy) for each in start)
    return pc.PredictiveNetwork((into, rec, out), rate)


def setting(net: pc.PredictiveNetwork, n_targets: int = T * B) -> tuple[Array, Array, Array, pc.Noise | None]:
    rng = np.random.default_rng(5)
    x = rng.random((T, B, WIDTHS[0]))
    targets = rng.integers(0, WIDTHS[2], n_targets)
    return rng.standard_normal((T * B, WIDTHS[1])), x, targets, net.noise(rng, T * B, n_targets)


def twin(net: pc.PredictiveNetwork, r: Array, x: Array, targets: Array, noise: pc.Noise | None) -> tuple[float, float]:
    """(F, cross-entropy) per sample, time by time and sample by sample, from the definitions of M2."""
    f = (lambda z: np.maximum(z, 0.0)) if net.rate == "relu" else np.tanh
    mu = [layer.mean() for layer in net.layers]
    v = [layer.variance() for layer in net.layers]
    energy, cost = 0.0, 0.0
    first = T * B - len(targets)
    for t in range(T):
        for b in range(B):
            row = t * B + b
            before = f(r[row - B]) if t else np.zeros(WIDTHS[1])
            h = mu[1] @ before + mu[0] @ x[t, b]
            if noise is not None:
                h = h + noise.hidden[row] * np.sqrt(v[1] @ before**2 + v[0] @ x[t, b] ** 2)
            energy += 0.5 * np.sum((r[row] - h) ** 2)
            if row >= first:
                now = f(r[row])
                o = mu[2] @ now
                if noise is not None:
                    o = o + noise.output[row - first] * np.sqrt(v[2] @ now**2)
                cost -= np.log(np.exp(o) / np.exp(o).sum())[targets[row - first]]
    return (energy + cost) / B, cost / B


def slopes(value: Any, array: Array, refresh: Any = lambda: None) -> Array:
    """Central differences; their error is about 1e-9 for values of order one (step 1e-5)."""
    found = np.empty_like(array)
    for place in np.ndindex(*array.shape):
        kept = array[place]
        step = 1e-5 * max(1.0, abs(kept))
        ends = []
        for sign in (1.0, -1.0):
            array[place] = kept + sign * step
            refresh()
            ends.append(value())
        array[place] = kept
        refresh()
        found[place] = (ends[0] - ends[1]) / (2.0 * step)
    return found


CASES = [
    (convention, rate, noisy)
    for convention in ("field", "slab")
    for rate in ("relu", "tanh")
    for noisy in (True, False)
]


@pytest.mark.parametrize(("convention", "rate", "noisy"), CASES)
@pytest.mark.parametrize("n_targets", [T * B, B])
def test_free_energy_is_that_of_the_plain_twin(convention: str, rate: str, noisy: bool, n_targets: int) -> None:
    net = small(convention, rate, noisy)
    r, x, targets, noise = setting(net, n_targets)
    found = net.errors(r, net.drive(x), noise, targets, B)
    # the guard 1e-9 of D moves F by less than 1e-7
    assert (found.energy, found.cross_entropy) == pytest.approx(twin(net, r, x, targets, noise), abs=1e-7)


@pytest.mark.parametrize(("convention", "rate", "noisy"), CASES)
def test_belief_step_is_minus_the_gradient(convention: str, rate: str, noisy: bool) -> None:
    net = small(convention, rate, noisy)
    r, x, targets, noise = setting(net)
    numeric = B * slopes(lambda: net.errors(r, net.drive(x), noise, targets, B).energy, r)
    found = net.errors(r, net.drive(x), noise, targets, B)
    moved, relu, G = r.copy(), rate == "relu", found.Z @ net.mu
    if found.S is None:
        pc.plain_descent(moved, found.f, relu, found.Z, G, found.first, 1.0, B)
    else:
        pc.noisy_descent(moved, found.f, relu, found.Z, G, found.S @ net.v, found.first, 1.0, B)
    assert r - moved == pytest.approx(numeric, abs=1e-6)


@pytest.mark.parametrize(("convention", "rate", "noisy"), CASES)
def test_parameter_gradients(convention: str, rate: str, noisy: bool) -> None:
    net = small(convention, rate, noisy)
    r, x, targets, noise = setting(net)
    found = net.errors(r, net.drive(x), noise, targets, B)
    for layer, (A, S) in zip(net.layers, net.products(x, found), strict=True):
        for theta, grad in zip((layer.m, layer.pi, layer.xi), layer.gradients(A, S), strict=noisy):
            numeric = slopes(lambda: net.errors(r, net.drive(x), noise, targets, B).energy, theta, net.refresh)
            assert grad == pytest.approx(numeric, abs=1e-6)


@pytest.mark.parametrize(("convention", "rate", "noisy"), CASES)
@pytest.mark.parametrize("n_targets", [T * B, B])
def test_backpropagation_is_the_gradient_of_the_cost(convention: str, rate: str, noisy: bool, n_targets: int) -> None:
    net = small(convention, rate, noisy)
    _, x, targets, noise = setting(net, n_targets)

    def cost() -> float:
        return twin(net, net.forward(x, noise).reshape(T * B, -1), x, targets, noise)[1]

    found = recurrent_backprop.backward(net, x, targets, noise)
    assert found.energy == pytest.approx(cost(), abs=1e-7)
    for layer, (A, S) in zip(net.layers, net.products(x, found), strict=True):
        for theta, grad in zip((layer.m, layer.pi, layer.xi), layer.gradients(A, S), strict=noisy):
            assert grad == pytest.approx(slopes(cost, theta, net.refresh), abs=1e-6)


@pytest.mark.parametrize("noisy", [True, False])
def test_memory_that_is_used_again_changes_no_error(noisy: bool) -> None:
    net = small(noisy=noisy)
    r, x, targets, noise = setting(net)
    space = net.space(T * B, B, len(targets))
    net.errors(2.0 * r, net.drive(x), noise, targets, B, space)  # leaves its numbers behind
    found, wanted = (net.errors(r, net.drive(x), noise, targets, B, each) for each in (space, None))
    assert found.energy == wanted.energy
    assert np.array_equal(found.Z, wanted.Z)
    assert (found.S is None and wanted.S is None) or np.array_equal(found.S, wanted.S)  # type: ignore[arg-type]


def test_pass_that_predicts_has_no_errors_inside() -> None:
    net = small()
    _, x, targets, noise = setting(net)
    found = net.errors(net.forward(x, noise).reshape(T * B, -1), net.drive(x), noise, targets, B)
    assert found.energy - found.cross_entropy == pytest.approx(0.0, abs=1e-12)


def test_inference_lowers_the_free_energy() -> None:
    net = small()
    _, x, targets, noise = setting(net)
    energies = [net.infer(x, targets, noise, 0.02, steps)[1] for steps in (1, 5, 25)]
    assert energies[2] < energies[1] < energies[0]
    assert not net.infer(x, targets, noise, 0.02, 25)[2]


def test_inference_that_diverges_stops() -> None:
    net = small()
    _, x, targets, noise = setting(net)
    r, energy, diverged = net.infer(x, targets, noise, 50.0, 200)
    assert diverged
    assert np.isfinite(r).all()
    assert energy * B > pc.DIVERGED


def test_plain_predictive_coding_is_the_limit_without_variance() -> None:
    noisy, plain = small(), small(noisy=False)
    for layer in noisy.layers:
        layer.pi[:] = 0.0
        layer.xi[:] = 0.0
    noisy.refresh()
    r, x, targets, noise = setting(noisy)
    with_zero = noisy.errors(r, noisy.drive(x), noise, targets, B)
    without = plain.errors(r, plain.drive(x), None, targets, B)
    assert with_zero.energy == pytest.approx(without.energy, abs=1e-7)  # the guard of D is 1e-9
    assert pytest.approx(without.Z, abs=1e-7) == with_zero.Z


@pytest.mark.parametrize("convention", ["field", "slab"])
def test_drawn_weights_have_the_moments_of_their_law(convention: Any) -> None:
    m, pi, xi = np.full((1, 4), 2.0), np.full((1, 4), 0.3), np.full((1, 4), 0.5)
    layer = SpikeSlabLayer(m, pi, xi, convention=convention)
    rng = np.random.default_rng(0)
    draws = np.array([layer.sample(rng) for _ in range(20_000)])
    error = np.sqrt(layer.variance() / len(draws))
    assert np.all(np.abs(draws.mean(axis=0) - layer.mean()) < 5.0 * error)
    assert draws.var(axis=0) == pytest.approx(layer.variance(), rel=0.08)  # five standard errors of a variance
    assert np.mean(draws == 0.0) == pytest.approx(0.3, abs=0.01)


def test_parameters_stay_in_their_ranges() -> None:
    rng = np.random.default_rng(1)
    layer = SpikeSlabLayer(*reservoir_start(rng, (3, 4, 2), 0.1, 0.1)[1])
    for _ in range(50):
        layer.step(*(rng.standard_normal((4, 4)).astype(np.float32) for _ in range(2)), (0.1, 0.5), 1e-4)
    assert layer.pi.min() >= 0.0
    assert layer.pi.max() <= 0.99
    assert layer.xi.min() >= 0.0
    with pytest.raises(ValueError, match="allowed: pi in"):
        SpikeSlabLayer(np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="allowed: one"):
        SpikeSlabLayer(np.zeros((1, 1)), np.zeros((1, 2)), np.zeros((1, 1)))


def test_clipping_bounds_the_spectral_norm() -> None:
    grad = np.random.default_rng(2).standard_normal((20, 30)) * 10.0
    assert np.linalg.norm(clipped(grad), ord=2) == pytest.approx(CLIP)
    assert np.array_equal(clipped(grad * 1e-3), grad * 1e-3)


def test_starts() -> None:
    rng = np.random.default_rng(4)
    into, rec, out = reservoir_start(rng, (25, 100, 10), 0.1, 0.2)
    assert np.array_equal(rec[0], 100.0 * np.eye(100, dtype=np.float32))
    assert into[0].std() == pytest.approx(0.5 * 25, rel=0.1)
    assert out[0].std() == pytest.approx(0.5 * 100, rel=0.1)
    assert 0.0 <= rec[1].min() < rec[1].max() <= 0.1
    assert uniform_start(rng, (25, 100, 10), 1e-4)[1][0].max() == pytest.approx(0.1, rel=0.01)


def test_noise_is_all_or_nothing() -> None:
    noisy, plain = small(), small(noisy=False)
    with pytest.raises(ValueError, match="allowed: all or none"):
        pc.PredictiveNetwork((noisy.into, plain.rec, noisy.out))


def echo(gain: float = 0.0) -> pc.PredictiveNetwork:
    """A network that answers the letter after its input: W_in = I, W_out a shift, between them `gain` on each unit."""
    n = 5
    zero = np.zeros((n, n))
    weights = (np.eye(n), gain * np.eye(n), np.roll(np.eye(n), 1, axis=0) * 50.0)
    into, rec, out = (SpikeSlabLayer(w.copy(), zero, zero, convention="slab", noisy=False) for w in weights)
    return pc.PredictiveNetwork((into, rec, out))


def test_free_running_feeds_answers_back() -> None:
    rng = np.random.default_rng(0)
    assert run_freely(echo(), np.array([0, 3]), 4, rng).tolist() == [[0, 1, 2, 3, 4], [3, 4, 0, 1, 2]]
    assert first_answers(echo(), np.array([2]), 3, rng)[0, 3] == pytest.approx(1.0)


def test_activity_that_grows_without_end_is_lost_and_says_so() -> None:
    rng, first = np.random.default_rng(0), np.array([0, 3])
    # each unit's rate doubles per letter, and grows by 1 with its own letter: |f(30)|/|f(1)| lies in 2^29 ... 2^30
    assert 2.0 <= activity_growth(echo(2.0), first, 30, rng) <= 2.0 ** (30 / 29)
    assert activity_growth(echo(), first, 30, rng) == pytest.approx(1.0)
    words = run_freely(echo(1e80), first, 8, rng)
    assert (words[:, :4] >= 0).all()  # 1e80^3 times 50 is a number of double precision
    assert (words[:, 5:] == LOST).all()  # 1e80^4 times 50 is none


def test_drawn_network_of_certain_weights_is_the_network() -> None:
    net, x = echo(), np.random.default_rng(1).random((2, 3, 5))
    assert np.array_equal(drawn_network(net, np.random.default_rng(2)).forward(x, None), net.forward(x, None))


def test_training_learns_an_echo() -> None:
    rng = np.random.default_rng(7)
    start = reservoir_start(rng, (5, 20, 5), 0.1, 0.1)
    into, rec, out = (SpikeSlabLayer(*each) for each in start)
    net = pc.PredictiveNetwork((into, rec, out))
    words = rng.integers(0, 5, (4, 16))
    x = np.eye(5, dtype=np.float32)[words]
    how = pc.Inference(0.1, 20, (0.3, 0.002))
    energies = [pc.train_batch(net, x, words.ravel(), how, rng)[0] for _ in range(60)]
    assert np.mean(energies[-5:]) < 0.5 * np.mean(energies[:5])
