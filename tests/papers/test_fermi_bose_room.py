"""fermi-bose: protocols against plain twins and limits, the solver's answers, tables, claims."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from atlas.config import Streams
from atlas.estimation.estimate import Estimate
from atlas.learning import contrastive as con
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.fermi_bose import claims, comparison, simulation, theory
from atlas.tables import TableBuilder, pick

UNIT = {
    "alpha": 1.0, "delta": 0.5, "d_f": 1.0, "beta": 50.0, "lambda_w": 0.05, "lambda_b": 1.0, "rho_b": 0.5, "a": 0.01,
    "m": 1.0, "n_units": 60, "n_fresh": 200,
}  # fmt: skip
LAYERS = {
    "dataset": "mnist", "d_f": (0.0, 0.3), "per_class": 20, "imbalance": 1.0, "penalty": 0.01, "folder": "",
    "strengths": (0.0, 0.1, 0.3), "lr": 0.01, "lr_readout": 0.005, "batch": 50, "n_hidden": 30, "n_test": 10,
    "epochs": 20, "readout_epochs": 30, "shown": (0, 1),
}  # fmt: skip


def settings(base: dict[str, Any], **values: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**base, **values})


def test_chain_averages_what_it_visits() -> None:
    p = settings(UNIT, n_steps=60, dt=0.02, burn_in=0.5, wide=1.0, narrow=0.1)
    values = simulation.langevin(p, Streams(1, "t"))
    learned, _, energies = simulation.disorder(p, Streams(1, "t"))
    streams, visited = Streams(1, "t"), []
    spread = np.array([1.0, 1.0, 0.1, 0.1], np.float32)
    w = 0.5 + spread * streams("start").standard_normal((60, 4), dtype=np.float32)
    simulation.cp.langevin(
        learned, energies, w, streams("noise"), beta=50.0, lambda_w=0.05, friction=2 * math.sqrt(0.05),
        dt=0.02, n_steps=60, observe=lambda step, state: visited.append(state.copy()) if step >= 30 else None,
    )  # fmt: skip
    path = np.array(visited, dtype=float)
    mean = path.mean(axis=0)
    assert values["M"] == pytest.approx(mean.mean(), rel=1e-5)
    assert values["Q"] == pytest.approx((path**2).mean(), rel=1e-5)
    overlaps = np.mean(mean[:, [0, 2]] * mean[:, [1, 3]], axis=0)  # chains of one start
    assert values["q"] == pytest.approx(overlaps.mean(), rel=1e-5)
    assert values["q_gap"] == pytest.approx(overlaps[0] - overlaps[1], rel=1e-5)
    squares = (path**2).mean(axis=(0, 1))
    assert values["Q_gap"] == pytest.approx(squares[:2].mean() - squares[2:].mean(), rel=1e-5)
    assert values["Q_gap"] > 0.5  # of first weights 0.25 + 1 against 0.25 + 0.01, after steps that change little


def test_chains_that_remember_their_start_widen_the_error() -> None:
    def rows(gap: float) -> Outcomes:
        values = [{"Q": 1.0 + 0.01 * k, "Q_gap": gap} for k in range(4)]
        return Outcomes(Outcome({"alpha": 1.0}, k, each) for k, each in enumerate(values))

    plain, wide = (comparison.measured(rows(gap), "Q", "langevin") for gap in (0.0, 0.2))
    assert plain.error == pytest.approx(np.std([0, 0.01, 0.02, 0.03], ddof=1) / 2)
    assert wide.error == pytest.approx(np.hypot(plain.error, 0.1))
    assert wide.mean == plain.mean


def test_fresh_values_by_hand() -> None:
    p = settings(UNIT)
    _, fresh, energies = simulation.disorder(p, Streams(2, "t"))
    w = np.ones((60, 1), np.float32)
    found = simulation.fresh_values(fresh, energies, w)
    z = (fresh.x @ w)[:, 0].astype(float)
    d2 = (np.tanh(z[:200]) - np.tanh(z[200:])) ** 2
    assert found["accuracy"] == pytest.approx(np.mean(np.sign(z) == fresh.labels))
    assert found["d2_boson"] == pytest.approx(d2[fresh.same].mean(), rel=1e-4)
    assert found["d2_fermion"] == pytest.approx(d2[~fresh.same].mean(), rel=1e-4)


def test_cavity_that_does_not_settle_has_no_numbers() -> None:
    base = {"damping": 0.8, "tolerance": 1e-4, "still": 0.02}
    values = simulation.cavity(settings(UNIT, **base, max_steps=4), Streams(3, "t"))
    assert values["settled"] == 0.0
    assert math.isnan(values["M"])
    assert math.isnan(values["eps_test"])
    settled = simulation.cavity(settings({**UNIT, "alpha": 0.1}, **base, max_steps=200), Streams(3, "t"))
    assert settled["settled"] == 1.0
    assert 0.0 < settled["q"] < settled["Q"]


def test_layers_are_trained_from_one_start() -> None:
    p = settings(LAYERS)
    values = simulation.layers(p, Streams(4, "t"))
    assert values["accuracy"].shape == (2,)
    assert values["fgsm"].shape == values["white"].shape == (2, 3)
    assert values["accuracy"] == pytest.approx(values["fgsm"][:, 0])
    assert values["mlp_accuracy"] == values["mlp_white"][0] > 0.5
    assert np.all(np.diff(values["fgsm"][1]) <= 0)
    assert values["d_fermion"][0] < 0.01 < 0.15 < values["d_fermion"][1]
    assert values["accuracy"][0] < 0.35 < values["accuracy"][1]  # 100 images: standard error 0.05
    streams = Streams(4, "t")
    data = simulation.split_of(p, streams, 1.0)
    start = con.TwoLayers.drawn(streams("weights"), 196, 30, 10)
    model = start.copy()
    con.train_contrastive(
        model, data.train_x, data.train_y, streams("order"), d_f=0.3, penalty=0.01, lr=0.01, epochs=20, batch=50
    )
    con.train_readout(model, data.train_x, data.train_y, streams("readout-order"), lr=0.005, epochs=30, batch=50)
    assert values["accuracy"][1] == model.accuracy(data.test_x, data.test_y)


def test_course_keeps_every_epoch_and_batch() -> None:
    values = simulation.course(settings(LAYERS, epochs=3, readout_epochs=4), Streams(5, "t"))
    assert values["train_curve"].shape == (2, 4)
    assert values["mlp_curve"].shape == (4,)
    assert values["boson"].shape == values["fermion"].shape == (2, 12)  # four batches an epoch
    assert values["plane"].shape == (3, 20, 2)
    assert set(values["classes"].tolist()) == {0.0, 1.0}


def test_last_epoch_weighs_by_pairs() -> None:
    course = [con.Distances(9.0, 9.0, 1, 1), con.Distances(1.0, 8.0, 2, 4), con.Distances(2.0, 2.0, 4, 1)]
    assert simulation.last_epoch([*course, *course[1:], course[0]], 2) == pytest.approx((12 / 7, 19 / 6))


def test_plane_keeps_distances_of_two_dimensions() -> None:
    rng = np.random.Generator(np.random.Philox(1))
    r = rng.standard_normal((30, 2)) @ rng.standard_normal((2, 50))
    flat = simulation.plane(r)
    d2 = np.mean((r[3] - r[7]) ** 2)
    assert np.sum((flat[3] - flat[7]) ** 2) == pytest.approx(d2)


def test_answers_are_those_of_the_table() -> None:
    answer = theory.ask_replica(1.0, 0.5, 1.0, 50.0, 0.05, 1.0, 0.5, 0.01, 1.0)
    names = ["M", "Q", "q", "eps_train", "eps_test", "D2_boson", "D2_fermion", "accuracy", "free_entropy"]
    assert list(answer.quantities) == names
    expected = (0.66945, 0.97571, 0.77827, 0.010376, 0.113422, 0.21241, 1.24931, 0.91237)
    assert [answer.quantities[name] for name in names[:-1]] == pytest.approx(expected, rel=1e-3)
    assert answer.residual < 1e-8
    assert [each.name for each in theory.ASK["replica"].parameters][:3] == ["alpha", "Delta", "d_F"]


def test_pair_energies() -> None:
    p = SimpleNamespace(d_f=0.5, lambda_b=1.0, a=0.01, n_points=11)
    values = theory.pair_energy(p, None)
    assert values["boson"] == pytest.approx(values["d2"] / 2)
    assert values["fermion_sharp"][[0, 5, 10]] == pytest.approx([0.25, 0.0, 0.0])
    assert values["fermion"][5] == pytest.approx(0.25 * 0.1)  # sqrt(a)/4 at the edge


def outcomes(rows: list[tuple[dict[str, Any], int | None, dict[str, Any]]]) -> Outcomes:
    return Outcomes(Outcome(*row) for row in rows)


def test_deviations_stand_beside_every_load() -> None:
    table = TableBuilder()
    place = {"delta": 0.5, "d_f": 1.0}
    samples = outcomes([({"alpha": 1.0, **place}, i, {"M": 0.6 + 0.1 * i, "Q": 2.0}) for i in range(3)])
    samples = Outcomes([*samples, Outcome({"alpha": 1.0, **place}, 3, {"M": math.nan, "Q": math.nan})])
    solved = outcomes([({"alpha": a, **place}, None, {"M": m, "Q": 1.6}) for a, m in ((1.0, 0.7), (2.0, 0.9))])
    comparison.add_deviations(table, samples, solved, "cavity")
    rows = pick(table.frame(), "M_deviation").sort_values("theory_alpha")
    assert rows["simulation"].tolist() == pytest.approx([0.0, -0.2])
    assert rows["count"].tolist() == [3, 3]
    assert rows["simulation_error"].tolist() == pytest.approx([0.1 / math.sqrt(3)] * 2)
    assert pick(table.frame(), "Q_deviation")["simulation"].tolist() == pytest.approx([0.25, 0.25])


def test_choice_by_the_others() -> None:
    samples = np.array([[0.9, 0.5, 0.1], [0.2, 0.5, 0.1], [0.3, 0.5, 0.35]])
    best = comparison.chosen_by_others(samples, largest=True)
    assert best.tolist() == [0.5, 0.2, 0.3]  # the first column wins only through the first row
    assert comparison.chosen_by_others(samples, largest=False).tolist() == [0.1, 0.1, 0.35]


def scanned() -> Outcomes:
    base = {"train_accuracy": 1.0, "fgsm_area": 0.1, "white_area": 0.2}
    rows: list[tuple[dict[str, Any], int | None, dict[str, Any]]] = []
    for i in range(3):
        mlp = {f"mlp_{name}": each for name, each in {**base, "accuracy": 0.9 + 0.01 * i}.items()}
        curves = {name: np.full((2, 3), 0.5) for name in ("fgsm", "white")}
        values: dict[str, Any] = {
            "d_f": np.array([0.0, 0.3]),
            "strengths": np.array([0.0, 0.1, 0.3]),
            **{name: np.full(2, each) for name, each in base.items()},
            "accuracy": np.array([0.1, 0.88 + 0.01 * i]),
            "d_boson": np.array([0.0, 0.1]),
            "d_fermion": np.array([0.0, 0.33 + 0.01 * i]),
            **curves,
            **mlp,
            "mlp_fgsm": np.full(3, 0.4),
            "mlp_white": np.full(3, 0.4),
        }
        rows.append(({"dataset": "mnist"}, i, values))
    return outcomes(rows)


def test_networks_are_compared_pair_by_pair() -> None:
    frame = comparison.scan({"scan": scanned()})
    advantage = pick(frame, "accuracy_advantage", choice="best").iloc[0]
    assert advantage["simulation"] == pytest.approx(-0.02)
    assert advantage["simulation_error"] == pytest.approx(0.0, abs=1e-12)  # paired
    assert pick(frame, "accuracy_disadvantage", choice="worst")["simulation"].item() == pytest.approx(0.81)
    assert pick(frame, "accuracy_step", d_f=0.3, other=0.0)["simulation"].item() == pytest.approx(0.79)
    assert pick(frame, "fermion_miss", d_f=0.3, target=0.3)["simulation"].item() == pytest.approx(0.04)
    assert pick(frame, "d_target", d_f=0.3)["simulation"].item() == 0.3


def lines() -> dict[str, Any]:
    table = TableBuilder()
    for d_f, error in ((1.0, 0.1), (2.0, 0.3), (4.0, 0.2)):
        table.number("eps", None, error, 1e-9, d_f=d_f, scan="distance")
    return {"state": table.frame()}


def test_estimators_read_lines() -> None:
    assert claims.largest_step(lines(), "eps", "d_f", 1.0, scan="distance").mean == pytest.approx(0.2)
    assert claims.largest_step(lines(), "eps", "d_f", -1.0, scan="distance").mean == pytest.approx(0.1)
    assert claims.theory_ratio(lines(), "eps", "d_f", 1.0, 2.0).mean == pytest.approx(3.0)
    assert claims.theory_change(lines(), "eps", "d_f", 2.0, 4.0).mean == pytest.approx(-0.1)
    assert claims.relative_change(lines(), "eps", "d_f", 2.0, 4.0).mean == pytest.approx(1 / 3)


def test_change_between_samples_adds_their_errors() -> None:
    table = TableBuilder()
    for d_f, mean, error in ((1.0, 0.4, 0.03), (2.0, 0.1, 0.04)):
        table.number("eps", Estimate(mean, error, count=5), None, method="cavity", d_f=d_f)
    found = claims.simulated_change({"state": table.frame()}, "eps", "d_f", 1.0, 2.0, method="cavity")
    assert found.mean == pytest.approx(-0.3)
    assert found.error == pytest.approx(0.05)
