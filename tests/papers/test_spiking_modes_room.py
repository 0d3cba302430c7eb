"""spiking-modes: protocols against closed forms and limits, tables, spectra, claims, questions."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from atlas.config import Streams
from atlas.datasets import context_trials
from atlas.datasets.spike_trains import bernoulli_trains
from atlas.learning.trial_network import pruned
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.spiking_modes import comparison, simulation, spectra, summaries, theory
from atlas.papers.spiking_modes.edges import FANO_EDGES
from atlas.tables import TableBuilder, pick

BASE = {
    "modes": 3, "unit": "spiking", "t_ref": 2.0, "sharpness": 0.0, "dt": 1.0, "clip": 20.0, "n_units": 30,
    "n_steps": 60, "batch": 20, "prunings": 0,
}  # fmt: skip
DIGITS = {"images": "mnist", "win_std": 0.35, "lr": 0.01, "batches": 3, "n_train": 60, "n_test": 40}
CONTEXT = {"win_std": 1.0, "lr": 0.003, "batches": 4, "n_test": 40, "offset": 0.5, "switch_share": 0.0}


def settings(base: dict[str, Any], **values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**BASE, **base, **values})


def outcomes(rows: list[Any]) -> Outcomes:
    return Outcomes(Outcome(*row) for row in rows)


def test_learners_share_task_start_and_input_spikes() -> None:
    one, two = (simulation.network(settings(DIGITS, modes=modes), Streams(1, "t"), 196, 10) for modes in (3, 0))
    assert np.array_equal(one.W_in, two.W_in)
    assert np.array_equal(one.W_out, two.W_out)
    assert one.W_in.std() == pytest.approx(0.35, rel=0.05)  # 5880 draws: five standard errors
    found = [simulation.digits(settings(DIGITS, modes=modes), Streams(1, "t")) for modes in (3, 0)]
    assert np.array_equal(found[0]["input"], found[1]["input"])
    assert found[0]["loss"][0] == pytest.approx(math.log(10.0), abs=0.02)  # first peaks are small


def test_digits_values() -> None:
    values = simulation.digits(settings(DIGITS, prunings=3), Streams(2, "t"))
    levels = theory.levels(SimpleNamespace(classes=10), None)
    assert values["loss"].shape == values["single"].shape == (3,)
    assert np.all((values["loss"] > levels["lowest"]) & (values["loss"] < levels["highest"]))
    assert values["pruned_accuracy"].shape == (3,)
    assert values["pruned_accuracy"][0] == values["accuracy"]  # nothing is pruned: the same test
    assert values["places"].shape == (40, 3)
    assert values["importance"].shape == values["scale"].shape == (3,)
    assert values["raster"].shape == (60, 30)
    mean = values["population"].mean()
    assert mean == pytest.approx(values["rate"], rel=1e-5)  # all test images are one course here


def test_tests_that_share_their_fields_are_those_of_single_runs() -> None:
    p = settings(DIGITS, prunings=3)
    net = simulation.network(p, Streams(4, "t"), 196, 10)
    rng = np.random.default_rng(4)
    x, labels = rng.random((60, 40, 196)) < 0.3, rng.integers(0, 10, 40)
    found = simulation.answered(net, [(x, labels)], p)
    weights = [net.rec.matrix(), *(pruned(net.rec.matrix(), share) for share in (0.0, 0.5, 1.0))]
    single = [simulation.hits(net, net.respond(x.astype(np.float32), W_rec=W)[0], labels) / 40 for W in weights]
    assert [found["accuracy"], *found["pruned_accuracy"]] == single


def test_training_lowers_the_loss_of_both_units() -> None:
    for unit in ("spiking", "rate"):
        values = simulation.digits(settings(DIGITS, unit=unit, batches=40, n_train=40), Streams(3, "t"))
        assert values["loss"][-5:].mean() < values["loss"][:5].mean() - 0.02
    assert "rate" not in values
    assert values["pruned_accuracy"].size == 0


def test_context_values() -> None:
    values = simulation.context(settings(CONTEXT, prunings=3), Streams(4, "t"))
    assert values["loss"].shape == (4,)
    assert values["mse"] == pytest.approx(0.5, abs=0.1)  # a nearly silent output
    assert values["pruned_mse"][0] == pytest.approx(values["mse"], rel=1e-6)
    assert values["output"].shape == values["output_spread"].shape == (2, 60)
    assert values["paths"].shape == values["straight_paths"].shape == values["switch_paths"].shape == (4, 60, 3)
    assert 0.0 <= values["decision"] <= 1.0


def test_context_trials_are_those_of_the_dossier() -> None:
    trials = context_trials.draw(np.random.default_rng(5), 100, 2000, 0.5, 0.5)
    x, z = trials.x, trials.target
    assert np.all(x[:10, :, :2] == 0)
    assert np.all(x[50:, :, :2] == 0)
    assert np.all(x[:, :, 2] + x[:, :, 3] == 1)
    assert np.all(z[:50] == 0)
    assert np.array_equal(z[50], trials.cued)
    switched = x[0, :, 2] != x[-1, :, 2]
    assert switched.mean() == pytest.approx(0.5, abs=0.06)  # five standard errors
    assert np.array_equal(z[-1, switched], trials.other[50, switched])
    assert np.array_equal(z[-1, ~switched], z[50, ~switched])
    assert np.all(x[59, switched, 2] == x[0, switched, 2])
    assert np.all(x[60, switched, 2] != x[0, switched, 2])
    signals = (x[10:50, :, :2] * trials.signs).mean()
    assert signals == pytest.approx(0.5, abs=5.0 / math.sqrt(40 * 4000))
    with pytest.raises(ValueError, match="n_steps: got 5"):
        context_trials.draw(np.random.default_rng(0), 5, 2, 0.5)


def test_input_spikes_have_the_grey_value_as_their_rate() -> None:
    grey = np.array([[0.0, 0.3, 1.0]], np.float32)
    mean = bernoulli_trains(grey, 4000, np.random.default_rng(6)).mean(axis=(0, 1))
    assert mean == pytest.approx([0.0, 0.3, 1.0], abs=5.0 * math.sqrt(0.21 / 4000))
    assert mean[0] == 0.0
    assert mean[2] == 1.0


def test_input_spikes_of_neighbours_and_of_consecutive_steps_are_independent() -> None:
    grey = np.full((3, 5), 0.5, np.float32)
    spikes = bernoulli_trains(grey, 4001, np.random.default_rng(7)).reshape(4001, -1) - 0.5
    bound = 5.0 * 0.25 / math.sqrt(4000)  # five standard errors of a product
    among = spikes.T @ spikes / len(spikes)
    assert np.abs(among - 0.25 * np.eye(15)).max() < bound
    assert np.abs(spikes[:-1].T @ spikes[1:] / 4000).max() < bound


@pytest.mark.parametrize("current", [0.8, 1.3, 3.0])
@pytest.mark.parametrize("dt", [0.2, 1.0])
def test_a_driven_neuron_follows_the_closed_form(current: float, dt: float) -> None:
    p = SimpleNamespace(current=current, dt=dt, t_ref=2.0, n_steps=800)
    found, exact = simulation.driven(p, None), theory.single_neuron(p, None)
    for name in ("first_spike_step", "steady_interval_steps", "rate"):
        assert found[name] == pytest.approx(exact[name], nan_ok=True)
    if current > 1.0:
        assert found["train_sum"] == pytest.approx(exact["train_sum"], rel=0.05)  # the last train is cut at small steps


def test_pruning_takes_the_smallest() -> None:
    W = np.array([[3.0, -1.0], [0.5, -2.0]])
    assert pruned(W, 0.5).tolist() == [[3.0, 0.0], [0.0, -2.0]]
    assert pruned(W, 0.0).tolist() == W.tolist()
    assert not pruned(W, 1.0).any()
    with pytest.raises(ValueError, match=r"share: got 1\.5"):
        pruned(W, 1.5)


def test_two_power_laws_are_found_where_they_break() -> None:
    ranks = np.arange(1.0, 31.0)
    values = np.where(ranks <= 9, ranks**-0.1, 9**-0.1 * (ranks / 9) ** -0.3)
    fit = spectra.two_lines(values)
    assert fit.break_rank in (8, 9)  # rank 9 lies on both lines
    assert fit.slope == pytest.approx((-0.1, -0.3))
    assert fit.r2 == pytest.approx((1.0, 1.0))
    assert fit.fitted == pytest.approx(values[:19])
    assert spectra.orders(np.array([1.0, 3.0, 2.0]))["down"].tolist() == [3.0, 2.0, 1.0]
    with pytest.raises(ValueError, match="values: got 7"):
        spectra.two_lines(np.ones(7))


@pytest.mark.parametrize(("exponential", "sign"), [(False, 1.0), (True, -1.0)])
def test_power_laws_are_told_from_exponential_ones(exponential: bool, sign: float) -> None:
    ranks = np.arange(1.0, 20.0)
    x = ranks if exponential else np.log(ranks)
    values = np.exp(-0.2 * x - 0.3 * np.maximum(x - x[8], 0.0))
    # the right shape fits to rounding, 1e-14 of the variance; a curve is no pair of lines
    assert sign * spectra.power_over_exponential(values) > 1e-6
    assert spectra.power_over_exponential(np.ones(19)) == 0.0


def test_fano_factor_of_a_poisson_process_is_one() -> None:
    counts = np.random.default_rng(7).poisson(4.0, (4000, 30)).astype(float)
    counts[:, 0] = 0.0
    assert summaries.fano_factors(counts).mean() == pytest.approx(1.0, abs=0.02)  # five standard errors
    found = summaries.fano_summary(counts)
    assert found["silent"] == pytest.approx(1 / 30)
    assert np.sum(found["fano_density"] * np.diff(FANO_EDGES)) == pytest.approx(1.0)
    assert summaries.fano_summary(np.zeros((5, 4)))["silent"] == 1.0


def test_places_of_separate_classes() -> None:
    classes = np.tile([0, 1, 2, 3], 10)
    places = np.eye(4)[classes]
    assert summaries.between_over_total(places, classes) == pytest.approx(1.0)
    assert summaries.between_over_total(places, np.zeros(40)) == pytest.approx(0.0)
    cued = np.where(classes % 2 == 1, 1, -1)
    assert summaries.nearest_centroid(places, classes, cued) == 1.0
    assert summaries.nearest_centroid(places, classes, np.roll(cued, 20)) == 1.0
    noise = np.random.default_rng(8).standard_normal((4000, 3))
    wrong = summaries.nearest_centroid(noise, np.tile([0, 1, 2, 3], 1000), np.tile([-1, 1], 2000))
    assert wrong == pytest.approx(0.5, abs=0.06)  # five standard errors over 2000 trials


def test_regions_of_choices_are_not_those_of_contexts() -> None:
    rng = np.random.default_rng(9)
    classes = np.tile([0, 1, 2, 3], 500)  # 2 context + choice
    noise = 0.1 * rng.standard_normal((2000, 3))
    apart, merged = np.eye(4)[classes][:, 1:] + noise, np.outer(classes % 2, [3.0, 0.0, 0.0]) + noise
    for places, contexts, told in ((apart, True, 1.0), (merged, False, 0.5)):
        assert summaries.between_over_total(places, classes) > 0.9  # blind to the contexts
        assert summaries.nearest_centroid(places, classes, classes % 2) == 1.0
        found = summaries.between_within(places, classes % 2, classes // 2)
        assert found > 0.9 if contexts else found < 0.02  # 1 - O(noise); of order 1/1000 by chance
        assert summaries.nearest_centroid(places, classes, classes) == pytest.approx(told, abs=0.08)  # five deviations


def test_first_passage_is_interpolated() -> None:
    assert comparison.first_below(np.array([0.5, 0.3, 0.2, 0.4]), 0.25) == pytest.approx(2.5)
    assert comparison.first_below(np.array([0.1, 0.3]), 0.25) == 1.0
    assert math.isnan(comparison.first_below(np.array([0.5, 0.4]), 0.25))


def test_gaps_and_waits_are_paired_by_network() -> None:
    rows = []
    for k in range(3):
        for modes, gain in ((1, 0.0), (30, 0.1)):
            curve = np.array([0.5, 0.4, 0.2 + 0.001 * k, 0.1])
            values = {"accuracy": 0.2 * k + gain, "early_accuracy": 0.1 * k, "loss": curve - gain}
            rows.append(({"modes": modes}, k, values))
    table = TableBuilder()
    comparison.add_gaps(table, outcomes(rows), "accuracy", "early_accuracy")
    comparison.add_waits(table, outcomes(rows))
    frame = table.frame()
    gap = pick(frame, "accuracy_gap", modes=30, other=1).iloc[0]
    assert gap["simulation"] == pytest.approx(0.1)
    assert gap["simulation_error"] == pytest.approx(0.0, abs=1e-12)
    assert pick(frame, "batches_gap", modes=30, other=1)["simulation"].item() < 0


def test_answers() -> None:
    found = theory.ASK["single-neuron"].values({"current": "2"})
    answer = theory.ASK["single-neuron"].solve(**found[0])
    assert answer.quantities == {"first_spike_step": 75, "steady_interval_steps": 80}  # dossier, T3
    (asked,) = theory.ASK["parameters"].values({"n_units": "100", "modes": "3"})
    assert theory.ASK["parameters"].solve(**asked).quantities == {
        "recurrent_parameters": 603,
        "full_parameters": 10_000,
    }
