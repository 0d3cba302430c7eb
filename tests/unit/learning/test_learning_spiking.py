"""Spiking and rate networks over time: kernels against plain loops, gradients by hand against finite differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from atlas.learning import rate_backprop, spiking_backprop, trial_losses
from atlas.learning.mode_weights import FreeWeights, ModeWeights, drawn
from atlas.learning.recurrent_products import Factors, Whole
from atlas.learning.spiking_network import Neuron, run

Array = NDArray[np.float64]
B, N, STEPS, INPUTS, MODES = 3, 6, 25, 4, 2


def draws(seed: int, dtype: Any = np.float64, gain: float = 4.0) -> tuple[Array, Array, Array, Array]:
    """W_in, W_rec, x and slopes of the loss by r; large enough for spikes."""
    rng = np.random.default_rng(seed)
    shapes = ((N, INPUTS), (N, N), (STEPS, B, INPUTS), (STEPS, B, N))
    gains = (gain, 2.0, 1.0, 1.0)
    W_in, W_rec, x, direct = (
        (scale * rng.standard_normal(shape)).astype(dtype) for scale, shape in zip(gains, shapes, strict=True)
    )
    return W_in, W_rec, x, direct


def plain_run(W_in: Array, W_rec: Array, x: Array, neuron: Neuron, dt: Fraction, t_ref: Fraction) -> dict[str, Array]:
    """The dossier's equations, one neuron and one step after the other, times in exact fractions."""
    l_m, l_r, l_d = (math.exp(-neuron.dt / tau) for tau in (neuron.tau_m, neuron.tau_r, neuron.tau_d))
    out = {name: np.zeros((len(x), B, N)) for name in ("V", "U", "h", "r", "s", "m")}
    for k in range(B):
        U, h, r, s = np.zeros(N), np.zeros(N), np.zeros(N), np.zeros(N)
        last = [Fraction(-1)] * N
        for t in range(len(x)):
            current = W_in @ x[t, k] + W_rec @ r
            for i in range(N):
                open_ = t * dt > last[i] + t_ref
                V = (l_m * U[i] + (1 - l_m) * current[i]) if open_ else 0.0
                h[i] = l_r * h[i] + neuron.dt / (neuron.tau_d * neuron.tau_r) * s[i]
                r[i] = l_d * r[i] + neuron.dt * h[i]
                U[i] = V * (1 - s[i])
                above = U[i] >= 1.0
                s[i] = 0.5 * (1 + math.tanh(neuron.sharpness * (U[i] - 1))) if neuron.sharpness else float(above)
                last[i] = t * dt if above else last[i]
                for name, value in (("V", V), ("U", U[i]), ("h", h[i]), ("r", r[i]), ("s", s[i]), ("m", open_)):
                    out[name][t, k, i] = value
    return out


@pytest.mark.parametrize("sharpness", [0.0, 3.0])
@pytest.mark.parametrize(("dt", "t_ref"), [("1", "2"), ("1/5", "2"), ("1/5", "0"), ("1", "0"), ("1/2", "1/2")])
def test_steps_are_those_of_a_plain_loop(dt: str, t_ref: str, sharpness: float) -> None:
    W_in, W_rec, x, _ = draws(1, gain=40.0)
    neuron = Neuron(float(Fraction(dt)), float(Fraction(t_ref)), sharpness=sharpness)
    found = run(W_in, W_rec, x, neuron)
    twin = plain_run(W_in, W_rec, x, neuron, Fraction(dt), Fraction(t_ref))
    assert twin["s"].sum() > 3  # there is something to compare
    for name, values in (("V", found.V), ("s", found.s[1:]), ("r", found.r[1:]), ("m", found.m)):
        assert values == pytest.approx(twin[name], abs=1e-12), name  # rounding of sums in another order
    assert found.membrane() == pytest.approx(twin["U"], abs=1e-12)


def test_filtered_trains_are_positive_and_spikes_apart() -> None:
    W_in, W_rec, x, _ = draws(2, np.float32, gain=12.0)
    found = run(W_in, W_rec, np.concatenate([x] * 8), Neuron(1.0, 2.0))
    assert found.r.min() >= 0.0
    for train in found.s[1:].reshape(len(found.V), -1).T:
        times = np.flatnonzero(train)
        assert np.all(np.diff(times) > 2)


def test_a_spike_adds_one_to_the_sum_of_its_train() -> None:
    neuron, T = Neuron(0.2), 6000
    x = np.zeros((T, 1, 1))
    x[:80] = 2.0  # one spike at step 75 (dossier, T3)
    found = run(np.ones((1, 1)), np.zeros((1, 1)), x, neuron)
    assert np.flatnonzero(found.s[1:, 0, 0]).tolist() == [75]
    kick = neuron.dt / (neuron.tau_d * neuron.tau_r * (1 - math.exp(-neuron.dt / neuron.tau_r)))
    assert found.r.sum() == pytest.approx(kick * neuron.dt / (1 - math.exp(-neuron.dt / neuron.tau_d)), rel=1e-9)


def differences(loss: Callable[[], float], parameters: Array, eps: float = 1e-6) -> Array:
    """Central differences by every entry."""
    found = np.empty_like(parameters)
    for place in np.ndindex(parameters.shape):
        kept = parameters[place]
        parameters[place] = kept + eps
        high = loss()
        parameters[place] = kept - eps
        low = loss()
        parameters[place] = kept
        found[place] = (high - low) / (2.0 * eps)
    return found


@pytest.mark.parametrize("thin", [True, False])
def test_gradients_of_smooth_spikes_are_those_of_finite_differences(thin: bool) -> None:
    W_in, _, x, direct = draws(3)
    rng = np.random.default_rng(4)
    modes = ModeWeights(
        rng.standard_normal((N, MODES)), 3.0 * rng.standard_normal(MODES), rng.standard_normal((N, MODES))
    )
    neuron = Neuron(1.0, 2.0, sharpness=3.0)

    def loss() -> float:
        return float(np.sum(direct * run(W_in, modes.matrix(), x, neuron).r[1:]))

    xi_in, scale, xi_out = modes.parameters
    W = Factors(xi_in * scale, xi_out) if thin else Whole(modes.matrix())
    course = run(W_in, W, x, neuron)
    assert (course.m == 0).sum() > 0  # masks are in play
    by_input, by_rec = spiking_backprop.backward(W, x, course, direct, neuron)
    # central differences with eps 1e-6: rounding 1e-9 of gradients of order 1
    assert by_input == pytest.approx(differences(loss, W_in), abs=1e-7)
    for found, parameters in zip(modes.gradients(by_rec), modes.parameters, strict=True):
        assert found == pytest.approx(differences(loss, parameters), abs=1e-7)  # type: ignore[arg-type]


def plain_backward(
    W_rec: Array, x: Array, twin: dict[str, Array], direct: Array, neuron: Neuron
) -> tuple[Array, Array]:
    """The dossier's adjoints, step by step, with the surrogate slope."""
    l_m, l_r, l_d = (math.exp(-neuron.dt / tau) for tau in (neuron.tau_m, neuron.tau_r, neuron.tau_d))
    kick = neuron.dt / (neuron.tau_d * neuron.tau_r)
    by_input, by_matrix = np.zeros((N, INPUTS)), np.zeros((N, N))
    a_u, a_r, a_h, a_s = (np.zeros((B, N)) for _ in range(4))
    for t in reversed(range(len(x))):
        before = twin["s"][t - 1] if t else np.zeros((B, N))
        r_before = twin["r"][t - 1] if t else np.zeros((B, N))
        A_u = a_u + a_s / (1 + 25 * np.abs(twin["U"][t] - 1)) ** 2
        A_r = a_r + direct[t]
        A_h = a_h + neuron.dt * A_r
        b = A_u * twin["m"][t] * (1 - before)
        by_input += (1 - l_m) * b.T @ x[t]
        by_matrix += (1 - l_m) * b.T @ r_before
        a_s = -A_u * twin["V"][t] + kick * A_h
        a_u, a_h, a_r = l_m * b, l_r * A_h, l_d * A_r + (1 - l_m) * b @ W_rec
    return by_input, by_matrix


def test_surrogate_gradients_are_those_of_a_plain_loop() -> None:
    W_in, W_rec, x, direct = draws(5, gain=12.0)
    neuron = Neuron(1.0)
    twin = plain_run(W_in, W_rec, x, neuron, Fraction(1), Fraction(2))
    wanted = plain_backward(W_rec, x, twin, direct, neuron)
    by_input, (by_matrix,) = spiking_backprop.backward(W_rec, x, run(W_in, W_rec, x, neuron), direct, neuron)
    for one, two in zip((by_input, by_matrix), wanted, strict=True):
        assert np.abs(two).max() > 0.0
        assert one == pytest.approx(two, abs=1e-10 * np.abs(two).max())
    narrow = [each.astype(np.float32) for each in (W_in, W_rec, x, direct)]
    by_input, (by_matrix,) = spiking_backprop.backward(
        narrow[1], narrow[2], run(*narrow[:3], neuron), narrow[3], neuron
    )
    for one, two in zip((by_input, by_matrix), wanted, strict=True):
        assert one == pytest.approx(two, abs=1e-4 * np.abs(two).max())  # float32 over 25 steps


def test_gradients_of_the_rate_network_are_those_of_finite_differences() -> None:
    W_in, W_rec, x, direct = draws(6, gain=1.0)

    def loss() -> float:
        return float(np.sum(direct * rate_backprop.run(W_in, W_rec, x, 0.9)[1:]))

    r = rate_backprop.run(W_in, W_rec, x, 0.9)
    u = np.zeros((B, N))
    for t in range(STEPS):
        u = 0.9 * u + 0.1 * (x[t] @ W_in.T + np.tanh(u) @ W_rec.T)
        assert r[t + 1] == pytest.approx(np.tanh(u), abs=1e-12)
    by_input, (by_matrix,) = rate_backprop.backward(W_rec, x, r, direct, 0.9)
    assert by_input == pytest.approx(differences(loss, W_in), abs=1e-6)
    slopes = differences(loss, W_rec)
    assert by_matrix == pytest.approx(slopes, abs=1e-6)

    left, values, right = np.linalg.svd(W_rec)  # the same weights as factors
    factors = Factors(left * values, right.T)
    thin = rate_backprop.run(W_in, factors, x, 0.9)
    assert thin == pytest.approx(r, abs=1e-12)
    again, by_factors = rate_backprop.backward(factors, x, thin, direct, 0.9)
    assert again == pytest.approx(by_input, abs=1e-10)
    for found, wanted in zip(by_factors, (slopes @ right.T, slopes.T @ (left * values)), strict=True):
        assert found == pytest.approx(wanted, abs=1e-5)  # 1e-6 of each slope, summed over six


def test_few_modes_are_multiplied_as_factors_and_many_as_one_matrix() -> None:
    rng = np.random.default_rng(8)
    assert isinstance(drawn(rng, 12, 3).product(), Factors)
    assert isinstance(drawn(rng, 12, 4).product(), Whole)
    free = drawn(rng, 12, 0)
    assert free.product() == Whole(free.matrix())


def test_modes_at_first_have_the_variance_of_free_weights() -> None:
    for modes in (0, 3, 30):
        W = np.stack([drawn(np.random.default_rng(seed), 100, modes).matrix() for seed in range(20)])
        assert W.var() == pytest.approx(0.01, rel=0.35 if modes == 3 else 0.1)  # few modes: few independent numbers
    assert np.linalg.matrix_rank(drawn(np.random.default_rng(0), 50, 3).matrix().astype(float), tol=1e-4) == 3
    with pytest.raises(ValueError, match="modes: got 11; allowed: 0"):
        drawn(np.random.default_rng(0), 10, 11)


def test_any_weights_are_modes_when_there_are_as_many_as_units() -> None:
    W = np.random.default_rng(0).standard_normal((7, 7))
    left, values, right = np.linalg.svd(W)
    assert ModeWeights(left, values, right.T).matrix() == pytest.approx(W)
    assert FreeWeights(W).gradients((W,))[0] is W


def test_importance_of_equal_lengths_is_twice_the_value() -> None:
    scale = np.array([1.0, -2.0, 3.0])
    modes = ModeWeights(np.ones((4, 3)), scale, np.ones((4, 3)))
    assert modes.importance() == pytest.approx(np.abs(scale) + 2.0)  # gamma (2 + 2) = mean |lambda| = 2


def test_class_loss_and_its_slopes() -> None:
    rng = np.random.default_rng(7)
    r, W_out, labels = rng.random((9, 5, N)), rng.standard_normal((10, N)), rng.integers(0, 10, 5)
    value, single, by_out, direct = trial_losses.class_loss(W_out, r, labels)
    p = np.exp(r.max(axis=0) @ W_out.T)
    p /= p.sum(axis=1, keepdims=True)
    assert single == pytest.approx(-np.log(p[np.arange(5), labels]).mean())
    assert value == pytest.approx((np.log(np.exp(p).sum(axis=1)) - p[np.arange(5), labels]).mean())
    assert np.array_equal(trial_losses.peaks(r)[1], r.argmax(axis=0))
    assert by_out == pytest.approx(differences(lambda: trial_losses.class_loss(W_out, r, labels)[0], W_out), abs=1e-8)
    assert direct == pytest.approx(differences(lambda: trial_losses.class_loss(W_out, r, labels)[0], r), abs=1e-8)


def test_class_loss_keeps_its_bounds() -> None:
    labels = np.arange(10)
    r = np.eye(10)[None]
    right = trial_losses.class_loss(1e3 * np.eye(10), r, labels)[0]
    wrong = trial_losses.class_loss(1e3 * np.roll(np.eye(10), 1, axis=0), r, labels)[0]
    assert right == pytest.approx(-math.log(math.e / (math.e + 9)))
    assert wrong == pytest.approx(math.log(math.e + 9))
    assert trial_losses.class_loss(np.zeros((10, 10)), r, labels)[0] == pytest.approx(math.log(10))


def test_course_loss_and_its_slopes() -> None:
    rng = np.random.default_rng(8)
    r, W_out, z = rng.random((9, 5, N)), rng.standard_normal((1, N)), rng.standard_normal((9, 5))

    def loss() -> float:
        return math.sqrt(float(np.sum((r @ W_out[0] - z) ** 2)))

    mean, by_out, direct = trial_losses.course_loss(W_out, r, z)
    assert mean == pytest.approx(loss() ** 2 / z.size)
    assert by_out == pytest.approx(differences(loss, W_out), abs=1e-7)
    assert direct == pytest.approx(differences(loss, r), abs=1e-7)


@pytest.mark.parametrize(("name", "value"), [("dt", 0.0), ("tau_m", -1.0), ("t_ref", -0.1), ("sharpness", math.nan)])
def test_wrong_neurons_are_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name}: got .*; allowed: finite"):
        Neuron(**{"dt": 1.0, name: value})
