"""Contrastive layers, backpropagation and attacks: every gradient against differences, plain loops over pairs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from atlas.learning import contrastive as con
from atlas.learning.attacks import accuracies_under, area, gradient_sign
from atlas.learning.layers import cross_entropy

N_INPUTS, N_HIDDEN, CLASSES = 12, 7, 3


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(11))


@pytest.fixture
def batch(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.random((9, N_INPUTS)), rng.integers(0, CLASSES, 9)


@pytest.fixture
def model(rng: np.random.Generator) -> con.TwoLayers:
    return con.TwoLayers(rng.standard_normal((N_INPUTS, N_HIDDEN)), rng.standard_normal((N_HIDDEN, CLASSES)))


def differences(function: object, array: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Central differences of function() by every entry of an array that it reads."""
    found = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        values = []
        for sign in (1.0, -1.0):
            array[index] = kept + sign * step
            values.append(function())  # type: ignore[operator]
        array[index] = kept
        found[index] = (values[0] - values[1]) / (2 * step)
    return found


def test_loss_is_the_sum_over_pairs(batch: tuple[np.ndarray, np.ndarray], model: con.TwoLayers) -> None:
    x, labels = batch
    r = 0.5 * (1 + np.tanh(x @ model.W))
    terms = []
    for i, j in itertools.combinations(range(9), 2):
        d2 = np.sum((r[i] - r[j]) ** 2) / N_HIDDEN
        terms.append(d2 if labels[i] == labels[j] else max(0.0, 0.2 - d2))
    expected = np.mean(terms) + 0.3 / (2 * N_HIDDEN) * np.sum(model.W**2)
    assert con.contrastive_loss(model.W, x, labels, 0.2, 0.3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("d_f", [0.0, 0.1, 0.25, 1.0])
def test_contrastive_gradient(batch: tuple[np.ndarray, np.ndarray], model: con.TwoLayers, d_f: float) -> None:
    x, labels = batch
    found, _ = con.contrastive_gradient(model.W, x, labels, d_f, 0.3)
    expected = differences(lambda: con.contrastive_loss(model.W, x, labels, d_f, 0.3), model.W)
    assert found == pytest.approx(expected, abs=1e-8)


def test_contrastive_gradient_is_local_in_pairs(batch: tuple[np.ndarray, np.ndarray], model: con.TwoLayers) -> None:
    """The pairwise form of the rule: -sum C_ij (r_ik - r_jk)(r'_ik x_i - r'_jk x_j)."""
    x, labels = batch
    found, _ = con.contrastive_gradient(model.W, x, labels, 0.25, 0.0)
    r = con.hidden(x, model.W)
    slope = 2 * r * (1 - r)
    expected = np.zeros_like(found)
    for i, j in itertools.combinations(range(9), 2):
        d2 = np.sum((r[i] - r[j]) ** 2) / N_HIDDEN
        c = 1.0 if labels[i] == labels[j] else (-1.0 if d2 < 0.25 else 0.0)
        expected += c * (r[i] - r[j]) * (np.outer(x[i], slope[i]) - np.outer(x[j], slope[j]))
    assert found == pytest.approx(2 / (N_HIDDEN * 36) * expected, abs=1e-12)


def test_order_in_a_batch_is_nothing(
    batch: tuple[np.ndarray, np.ndarray], model: con.TwoLayers, rng: np.random.Generator
) -> None:
    x, labels = batch
    order = rng.permutation(9)
    first, by_pairs = con.contrastive_gradient(model.W, x, labels, 0.2, 0.1)
    second, again = con.contrastive_gradient(model.W, x[order], labels[order], 0.2, 0.1)
    assert second == pytest.approx(first, abs=1e-14)
    assert (again.boson, again.fermion) == pytest.approx((by_pairs.boson, by_pairs.fermion))
    assert (again.n_boson, again.n_fermion) == (by_pairs.n_boson, by_pairs.n_fermion)
    assert by_pairs.n_boson + by_pairs.n_fermion == 36


def test_distances_are_those_of_the_pairs(batch: tuple[np.ndarray, np.ndarray], model: con.TwoLayers) -> None:
    x, labels = batch
    _, found = con.contrastive_gradient(model.W, x, labels, 0.2, 0.1)
    r = con.hidden(x, model.W)
    pairs = list(itertools.combinations(range(9), 2))
    d2 = {pair: np.sum((r[pair[0]] - r[pair[1]]) ** 2) / N_HIDDEN for pair in pairs}
    bosons = [d2[i, j] for i, j in pairs if labels[i] == labels[j]]
    assert found.n_boson == len(bosons)
    assert found.boson == pytest.approx(sum(bosons))
    assert found.boson + found.fermion == pytest.approx(sum(d2.values()))


def test_backprop_gradients(batch: tuple[np.ndarray, np.ndarray], model: con.TwoLayers) -> None:
    x, labels = batch
    by_w, by_v = con.backprop_gradients(model, x, labels)

    def loss() -> float:
        return cross_entropy(model.scores(x), labels)

    assert by_w == pytest.approx(differences(loss, model.W), abs=1e-8)
    assert by_v == pytest.approx(differences(loss, model.V), abs=1e-8)
    assert con.input_gradient(model, x, labels) == pytest.approx(differences(loss, x), abs=1e-8)


def two_blobs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    labels = np.repeat([0, 1], 60)
    x = 0.5 + 0.1 * rng.standard_normal((120, N_INPUTS)) + 0.15 * (labels[:, None] - 0.5)
    return np.clip(x, 0, 1).astype(np.float32), labels


def test_training_separates_two_blobs(rng: np.random.Generator) -> None:
    x, labels = two_blobs(rng)
    start = con.TwoLayers.drawn(rng, N_INPUTS, 30, 2)
    model = start.copy()
    course = con.train_contrastive(
        model, x, labels, rng, d_f=0.3, penalty=0.01, lr=0.01, epochs=40, batch=30
    )  # fmt: skip
    assert len(course) == 160
    first, last = ((each.fermion / each.n_fermion) / (each.boson / each.n_boson) for each in (course[0], course[-1]))
    assert last > 5 * first
    assert np.array_equal(model.V, start.V)
    kept = model.W.copy()
    seen: list[float] = []
    con.train_readout(
        model, x, labels, rng, lr=0.01, epochs=30, batch=30, after_epoch=lambda: seen.append(model.accuracy(x, labels))
    )
    assert np.array_equal(model.W, kept)
    assert len(seen) == 30
    assert seen[-1] > 0.9
    con.train_backprop(start, x, labels, rng, lr=0.01, epochs=30, batch=30)
    assert start.accuracy(x, labels) > 0.9


def test_without_repulsion_all_states_are_one(rng: np.random.Generator) -> None:
    x, labels = two_blobs(rng)
    model = con.TwoLayers.drawn(rng, N_INPUTS, 30, 2)
    course = con.train_contrastive(
        model, x, labels, rng, d_f=0.0, penalty=0.01, lr=0.01, epochs=60, batch=30
    )  # fmt: skip
    assert course[-1].fermion / course[-1].n_fermion < 0.02 * course[0].fermion / course[0].n_fermion


def test_attack_follows_the_rule(model: con.TwoLayers, rng: np.random.Generator) -> None:
    x, labels = rng.random((200, N_INPUTS)), rng.integers(0, CLASSES, 200)
    sign = gradient_sign(model, x, labels)
    assert set(np.unique(sign)) <= {-1.0, 0.0, 1.0}
    found = accuracies_under(model, x, labels, sign, (0.0, 0.05, 0.4))
    assert found[0] == model.accuracy(x, labels)
    hit = model.right(x, labels)
    for eps, share in zip((0.05, 0.4), found[1:], strict=True):
        plain = sum(
            bool(hit[i]) and model.scores(np.clip(x[i] + eps * sign[i], 0, 1)[None]).argmax() == labels[i]
            for i in range(200)
        )
        assert share == plain / 200  # those that were wrong before stay wrong
    assert found[2] < found[1] < found[0]


def test_area_is_that_of_trapezoids() -> None:
    strengths, values = (0.0, 0.1, 0.3, 0.5), np.array([1.0, 0.5, 0.1, 0.0])
    assert area(strengths, values, 0.3) == pytest.approx(0.1 * 0.75 + 0.2 * 0.3)


def test_arrays_that_are_there_change_no_number(batch: tuple[np.ndarray, np.ndarray], model: con.TwoLayers) -> None:
    x, labels = batch
    work = con.Workspace(model.W, len(x) + 3)
    for size in (len(x), len(x) - 4, len(x)):  # a smaller batch between two of the same size
        fresh, expected = con.contrastive_gradient(model.W, x[:size], labels[:size], 0.2, 0.1)
        found, distances = con.contrastive_gradient(model.W, x[:size], labels[:size], 0.2, 0.1, work)
        assert found is work.grad
        np.testing.assert_array_equal(found, fresh)
        assert distances == expected
    with pytest.raises(ValueError, match="at most 8"):
        con.contrastive_gradient(model.W, x, labels, 0.2, 0.1, con.Workspace(model.W, 8))
