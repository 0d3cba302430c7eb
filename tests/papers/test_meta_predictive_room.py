"""meta-predictive: protocols against plain twins and limits, tables, claims, questions."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from atlas.config import Streams
from atlas.datasets import ring_grammar
from atlas.learning.predictive_coding import PredictiveNetwork
from atlas.learning.spike_slab import SpikeSlabLayer, reservoir_start
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.meta_predictive import claims, comparison, simulation, summaries, theory
from atlas.tables import TableBuilder, pick

LEARNING = {
    "eta": 0.1, "lr": 0.3, "lr_law": 0.002, "decay": 1e-4, "halving": 20, "fresh": True, "pi_high": 0.1, "xi_high": 0.1,
    "n_inference": 10,
}  # fmt: skip
RING = {"length": 11, "n_units": 20, "batch": 50, "repeats": 2, "longest": 100}
ROWS = {"images": "mnist", "n_units": 15, "n_train": 60, "n_test": 40, "batch": 30, "epochs": 2}
TEXT = {"length": 25, "xi_start": 1e-4, "n_units": 12, "n_train": 20, "n_test": 10, "batch": 10, "epochs": 2}


def settings(base: dict[str, Any], **values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**LEARNING, **base, **values})


def outcomes(rows: list[Any]) -> Outcomes:
    return Outcomes(Outcome(*row) for row in rows)


def test_rates_are_halved() -> None:
    p = settings({}, halving=5)
    rates = [simulation.schedule(p, epoch).rates for epoch in (0, 4, 5, 10)]
    assert [rate[0] for rate in rates] == pytest.approx([0.3, 0.3, 0.15, 0.075])
    assert rates[2][1] == pytest.approx(0.001)


def test_learners_see_the_same_images_and_start() -> None:
    one, two = (simulation.rows(settings(ROWS, learner=name), Streams(1, "t")) for name in ("mpl", "pc"))
    assert one["accuracy"].shape == two["energy"].shape == (2,)
    assert one["laws"][0, 0] == pytest.approx(two["laws"][0, 0])  # |mu| of the start
    assert np.all(two["laws"][:, 1:] == 0.0)  # pi and Xi stay 0
    assert np.all(two["relative_variance"] == 0.0)
    assert one["laws"][0, 1] == pytest.approx([0.05] * 3, abs=0.01)
    assert one["relative_variance_before"][1] == 1.0  # most first recurrent weights have no mean
    assert np.all(one["relative_variance_before"] > 0.0)


def test_ring_values() -> None:
    values = simulation.ring(settings(RING, alpha=2.0, epochs=3), Streams(2, "t"))
    assert values["lengths"].tolist() == [10, 100]
    assert values["clr_by_length"].shape == (2,)
    assert values["clr"] == values["clr_by_length"][0]
    assert values["answers"].sum(axis=1) == pytest.approx([1.0, 1.0])
    assert values["strings_after"].shape == (2, 11)
    assert values["strings_before"][:, 0].tolist() == [0, 12]
    assert values["laws"].shape == (4, 3, 3)


def test_letters_of_a_batch_follow_their_inputs() -> None:
    words = ring_grammar.draw(np.random.default_rng(0), 7)
    seen = []
    for x, targets in simulation.letter_batches(words, 3, 26, np.random.default_rng(1)):
        inputs = x.argmax(axis=2)
        follow = targets.reshape(inputs.shape)
        assert np.array_equal(inputs[1:], follow[:-1])
        assert ring_grammar.obeyed(np.stack([inputs.ravel(), follow.ravel()], axis=1)).all()
        seen.append(inputs.shape[1])
    assert seen == [3, 3, 1]


def test_untrained_reader_is_near_the_uniform_guess() -> None:
    values = simulation.text(settings(TEXT, learner="rnn", lr=0.005), Streams(3, "t"))
    assert values["perplexity"][0] == pytest.approx(32.0, rel=0.1)
    assert values["perplexity"][-1] < values["perplexity"][0]


@pytest.mark.parametrize("learner", ["mpl", "pc", "sas", "rnn"])
def test_readers_start_from_the_same_weights(learner: str) -> None:
    values = simulation.text(settings(TEXT, learner=learner, epochs=1, lr=1e-9, lr_law=0.0), Streams(4, "t"))
    plain = simulation.text(settings(TEXT, learner="rnn", epochs=1, lr=1e-9, lr_law=0.0), Streams(4, "t"))
    assert values["laws"][0] == pytest.approx(plain["laws"][0], rel=1e-5)
    assert values["laws"][2].max() == pytest.approx(1e-4 if learner in ("mpl", "sas") else 0.0)


def test_drawn_fields_follow_the_exact_moments() -> None:
    p = SimpleNamespace(m=3.0, pi=0.3, xi=0.5, fan_in=10, n_fields=20_000, block=3000)
    found, exact = simulation.ensemble(p, Streams(5, "t")), theory.weight_moments(p, None)
    error = math.sqrt(exact["field_variance"] / p.n_fields)
    assert found["field_mean"] == pytest.approx(exact["field_mean"], abs=5.0 * error)
    assert found["field_variance"] == pytest.approx(exact["field_variance"], rel=0.05)  # five standard errors
    assert found["field_excess"] == pytest.approx(exact["field_excess"], abs=0.2)


def test_groups_of_weights() -> None:
    into, rec, out = (SpikeSlabLayer(*each) for each in reservoir_start(np.random.default_rng(0), (3, 4, 2), 0.1, 0.1))
    rec.m[:] = np.arange(16.0).reshape(4, 4)  # w_ij: from j to i, up for i > j
    net = PredictiveNetwork((into, rec, out))
    groups = summaries.split_by_group(net, "m")
    assert sorted(groups[1]) == [4.0, 8.0, 9.0, 12.0, 13.0, 14.0]
    assert sorted(groups[2]) == [1.0, 2.0, 3.0, 6.0, 7.0, 11.0]
    for named in summaries.histograms(net).values():
        assert np.isfinite(named).all()
    edges = np.array([0.0, 0.5, 1.0])
    assert summaries.density(np.array([0.1, 0.2, 0.9, 7.0]), edges) == pytest.approx([1.0, 1.0])


def test_relative_variance_of_a_certain_layer_is_zero() -> None:
    net = PredictiveNetwork(
        tuple(SpikeSlabLayer(*each, noisy=False) for each in reservoir_start(np.random.default_rng(0), (3, 4, 2), 0, 0))  # type: ignore[arg-type]
    )
    assert summaries.relative_variance(net).tolist() == [0.0, 0.0, 0.0]


def test_onset_exponent_of_a_power_law() -> None:
    chance, rows = 2 / 26, []
    for alpha in (0.03, 0.05, 0.08, 0.1):
        rows += [({"alpha": alpha}, i, {"clr": chance + 2.0 * (alpha - 0.02) ** 1.14}) for i in range(3)]
    table = TableBuilder()
    comparison.add_onset(table, outcomes(rows), chance)
    frame = table.frame()
    assert pick(frame, "exponent", onset=0.02)["simulation"].item() == pytest.approx(1.14)
    assert pick(frame, "exponent_literal", onset=0.02)["simulation"].item() < 1.0


def test_onset_below_chance_has_no_exponent() -> None:
    table = TableBuilder()
    rows = [({"alpha": a}, i, {"clr": 0.05}) for a in (0.03, 0.1) for i in range(2)]
    comparison.add_onset(table, outcomes(rows), 2 / 26)
    assert math.isnan(pick(table.frame(), "exponent", onset=0.02)["simulation"].item())


def test_scatter_ratio_of_the_same_numbers_is_one() -> None:
    found = comparison.scatter_ratio(np.array([0.1, 0.3, 0.2, 0.5]), np.array([0.2, 0.6, 0.4, 1.0]))
    assert found.mean == pytest.approx(0.5)
    assert found.error == pytest.approx(0.0, abs=1e-12)


def test_longest_strings_are_read() -> None:
    table = TableBuilder()
    table.curve("clr_by_length", {"length": [10, 1000, 100]}, simulation=[0.9, 0.7, 0.8], simulation_error=0.1, count=3)
    assert claims.at_longest({"letters": table.frame()}, "clr_by_length").mean == 0.7


def test_log_fall_is_taken_network_by_network() -> None:
    table = TableBuilder()
    energy = np.exp(np.array([[3.0, 2.0, 1.5], [2.0, 1.0, 0.5]]))
    comparison.add_log_energy(table, energy, source="slow", alpha=1.0)
    row = pick(table.frame(), "log_fall_at", share=1.0).iloc[0]
    assert row["simulation"] == pytest.approx(-1.5)
    assert row["simulation_error"] == pytest.approx(0.0, abs=1e-12)


def test_question_gives_the_moments() -> None:
    answer = theory.ask_weight_moments(3.0, 0.0, 0.0, 10)
    assert answer.quantities == {"mean": 0.3, "second_moment": pytest.approx(0.09), "variance": 0.0}
    names = [each.name for each in theory.ASK["weight-moments"].parameters]
    assert names == ["m", "pi", "Xi", "fan_in"]


def test_other_theories() -> None:
    assert theory.grammar(SimpleNamespace(letters=26, branches=2, length=11), None)["n_sequences"] == 26_624
    found = theory.chains(SimpleNamespace(length=25, max_order=2, n_train=300, n_test=50), None)["perplexity"]
    assert found[2] < found[1] < found[0] < 32.0
