"""continual-learning: protocols against plain twins and limits, solvers against exact relations, tables, claims."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from atlas.config import Streams
from atlas.learning import field_perceptron as fp
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.continual_learning import claims, comparison, simulation, theory
from atlas.tables import TableBuilder, pick

TRAINING = {"gamma": 0.0, "optimiser": "adam", "lr": 0.02, "decay": 0.0, "block": 16, "n_units": 100, "n_kept": 5}
LAYERS = {
    "n_permutations": 3, "gamma": 1.0, "meta": 1.35, "lr_sequential": 0.005, "lr_permuted": 0.01, "batch": 50,
    "scale": 0.1, "folder": "", "width": 16, "n_train": 200, "n_test": 100, "epochs_sequential": 2,
    "epochs_permuted": 1,
}  # fmt: skip


def settings(base: dict[str, Any], **values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**base, **values})


def test_learning_is_training_with_the_streams_of_the_item() -> None:
    p = settings(TRAINING, alpha=1.0, epochs=20)
    values = simulation.learning(p, Streams(1, "twin"))
    streams = Streams(1, "twin")
    teacher = fp.correlated_teachers(streams("teachers"), 100, 1.0)[:1]
    patterns = fp.signed_patterns(streams("patterns"), teacher[0], 100)
    student = fp.Student(streams("start").standard_normal(100, dtype=np.float32))
    record = student.train(patterns, teacher, 20, fp.Plan("adam", 0.02, block=16), streams("order"))
    assert values["p1"] == record[-1, 0] == pytest.approx(np.mean(np.sign(student.theta) * teacher[0]), abs=1e-6)
    assert values["epsilon"] == pytest.approx(math.acos(record[-1, 0]) / math.pi)
    assert values["epochs"].tolist() == [1.0, 6.0, 11.0, 15.0, 20.0]
    assert values["epsilon_curve"][-1] == values["epsilon"]


def test_more_patterns_are_learned_better() -> None:
    few, many = (
        np.mean(
            [simulation.learning(settings(TRAINING, alpha=a, epochs=40), Streams(s, "t"))["epsilon"] for s in range(4)]
        )
        for a in (0.3, 3.0)
    )
    assert few > 0.3
    assert many < 0.15


def test_held_length_is_reached() -> None:
    p = settings(TRAINING, alpha=2.0, q_star=0.6, epochs=50, optimiser="momentum", lr=0.001)
    assert simulation.held(p, Streams(2, "t"))["reached"] == pytest.approx(0.6, abs=0.01)


def test_standing_still_is_found_at_the_first_window() -> None:
    errors = np.concatenate([np.linspace(0.5, 0.1, 50), np.full(40, 0.1)])
    found = simulation.stands_still(errors, 20, 1e-4)
    plain = next(t for t in range(20, 91) if errors[t - 20 : t].std() < 1e-4)
    assert found == plain == 69
    assert simulation.stands_still(errors[:60], 20, 1e-4) is None
    assert simulation.stands_still(errors[:10], 20, 1e-4) is None


def test_relaxation_that_does_not_settle_says_so() -> None:
    p = settings(TRAINING, alpha=1.0, lr=0.01, n_steps=30, window=100, still=1e-9)
    values = simulation.relaxation(p, Streams(3, "t"))
    assert (values["t_c"], values["settled"]) == (30.0, 0.0)


def test_boltzmann_chain_of_few_patterns_is_nearly_flat() -> None:
    p = SimpleNamespace(alpha=0.02, beta=0.01, dt=0.02, n_units=100, n_steps=4000)
    values = simulation.boltzmann(p, Streams(4, "t"))
    assert values["q_star"] == pytest.approx(1 / 3, abs=0.03)  # 100 sites, some tens of independent times


TWO = {
    "alpha1": 2.0, "alpha2": (0.05, 4.0), "r0": (0.0, 1.0), "gamma1": 0.0, "optimiser1": "adam", "lr1": 0.02,
    "optimiser2": "adam", "lr2": 0.02, "block": 32, "enough": 0.99, "n_units": 200, "epochs1": 300, "epochs2": 40,
    "n_kept": 4,
}  # fmt: skip


def test_two_tasks_start_from_one_first_task() -> None:
    strong, weak = (simulation.two_tasks(settings(TWO, gamma=g), Streams(5, "t")) for g in (100.0, 0.0))
    assert strong["reference_epsilon"] == weak["reference_epsilon"] < 0.05
    assert strong["epsilon1"].shape == (2, 2)
    assert strong["second_curve"].shape == (2, 2, 2, 4)
    assert strong["epsilon1"][0, 0] < 0.1  # little data and a heavy prior: nothing is forgotten
    assert weak["epsilon2"][0, 1] < 0.2 < strong["epsilon2"][0, 1]  # without a prior teacher 2 is learned
    assert strong["epsilon1"][1] == pytest.approx(strong["epsilon2"][1])  # equal teachers


def test_first_task_ends_when_it_is_known() -> None:
    values = simulation.two_tasks(settings(TWO, gamma=1.0), Streams(5, "t"))
    assert values["first_total"] < 300
    assert values["first_total"] % simulation.CHECKED_EVERY == 0


@pytest.mark.parametrize("scenario", ["sequential", "permuted"])
def test_layered_learners_see_the_same_tasks(scenario: str) -> None:
    found = {
        learner: simulation.layered(settings(LAYERS, scenario=scenario, learner=learner), Streams(6, "t"))
        for learner in comparison.LEARNERS
    }
    tasks = 2 if scenario == "sequential" else 3
    epochs = 4 if scenario == "sequential" else 3
    for values in found.values():
        assert values["accuracy"].shape == (epochs, tasks)
        assert values["final"] == pytest.approx(values["accuracy"][-1].mean())
    assert found["plain"]["learned"] > 0.2  # chance is 0.1, its standard error over 100 images 0.03
    first = simulation.image_tasks(settings(LAYERS, scenario=scenario), Streams(6, "t"))
    again = simulation.image_tasks(settings(LAYERS, scenario=scenario), Streams(6, "t"))
    assert len(first) == tasks
    assert all(np.array_equal(a.train_x, b.train_x) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].train_x, first[1].train_x)


def test_permuted_tasks_hold_the_same_pixels() -> None:
    first, second, *_ = simulation.image_tasks(settings(LAYERS, scenario="permuted"), Streams(6, "t"))
    assert np.sort(first.train_x, axis=1) == pytest.approx(np.sort(second.train_x, axis=1))
    assert np.array_equal(first.train_y, second.train_y)


def test_answers_are_those_of_the_solvers() -> None:
    answer = theory.ask_first_task(0.6, 100.0, True, "low")
    assert list(answer.quantities) == ["q", "r", "q_star", "p1", "epsilon"]
    assert answer.quantities["q_star"] == pytest.approx(0.15929, abs=3e-3)  # the table's grid ends at |x| = 7
    assert answer.residual < 1e-7
    second = theory.ask_second_task(2.0, 1.0, 0.5, 1.0, 20.0)
    assert second.quantities["epsilon1"] == pytest.approx(0.1143, abs=2e-3)  # its reference had an error of 0.008
    assert second.quantities["epsilon2"] == pytest.approx(0.3124, abs=1e-3)


def test_question_reads_truth() -> None:
    kl = next(p for p in theory.ASK["first-task"].parameters if p.name == "kl")
    assert kl.parse("true") is True
    assert kl.parse("False") is False
    with pytest.raises(ValueError, match="allowed: true, false"):
        kl.parse("1")


def test_solvers_name_their_values() -> None:
    curve = theory.curve(SimpleNamespace(beta=20.0, kl=False, alpha_start=0.5, angle=1.0, n_points=8), None)
    assert np.all(np.diff(curve["alpha"]) > 0)
    assert math.isnan(curve["alpha_up"])  # the curve ends before it turns
    cut = theory.windowed(SimpleNamespace(alpha=1.2, beta=20.0, branch="low", window=7.0), None)
    assert cut["epsilon"] == pytest.approx(0.22772, abs=1e-3)


def outcomes(rows: list[tuple[dict[str, Any], int | None, dict[str, Any]]]) -> Outcomes:
    return Outcomes(Outcome(*row) for row in rows)


def test_differences_stand_beside_every_load_of_the_theory() -> None:
    table = TableBuilder()
    values = dict.fromkeys(comparison.MEASURED, 0.4)
    trained = outcomes([({"alpha": 0.3}, i, {**values, "epsilon": 0.4 + 0.01 * i}) for i in range(3)])
    solved = outcomes(
        [({"alpha": a, "branch": "low"}, None, {**values, "epsilon": e}) for a, e in ((0.3, 0.39), (0.6, 0.33))]
    )
    comparison.add_measured(table, trained, solved, "adam")
    frame = table.frame()
    rows = pick(frame, "epsilon_difference", alpha=0.3).sort_values("theory_alpha")
    assert rows["simulation"].tolist() == pytest.approx([0.02, 0.08])
    assert rows["simulation_error"].tolist() == pytest.approx([0.01 / math.sqrt(3)] * 2)
    assert pick(frame, "epsilon", alpha=0.3)["theory"].item() == 0.39


def test_learning_exponent_of_a_power_law() -> None:
    table = TableBuilder()
    for alpha in (1.2, 1.3, 1.45, 1.6, 1.7):
        table.number("epsilon_branch", None, alpha**-13.1 if 1.25 < alpha < 1.65 else 0.5, alpha=alpha, branch="low")
    found = claims.learning_exponent({"single": table.frame()}, "epsilon_branch", 1.3, 1.6, branch="low")
    assert found.mean == pytest.approx(-13.1)


def test_smallest_step_of_a_curve() -> None:
    table = TableBuilder()
    for alpha2, error in ((0.1, 0.1), (1.0, 0.3), (2.0, 0.35), (4.0, 0.2)):
        table.number("epsilon1_line", None, error, alpha2=alpha2, source="forgetting")
    tables = {"tasks": table.frame()}
    assert claims.steepest(tables, "epsilon1_line", 1.0, 2.0).mean == pytest.approx(0.05)
    assert claims.steepest(tables, "epsilon1_line", 1.0, 4.0).mean == pytest.approx(-0.15)
    assert claims.steepest(tables, "epsilon1_line", -1.0, 2.0).mean == pytest.approx(-0.2)
