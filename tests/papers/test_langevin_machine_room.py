"""langevin-machine: protocols against plain twins and quadrature, tables of planted outcomes, pictures in the table."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from atlas.config import Streams
from atlas.dynamics.quantile_noise import levels, quantiles
from atlas.estimation import samples
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.langevin_machine import claims, comparison, machines, simulation, theory
from atlas.tables import TableBuilder, pick

FEW = {"dt": 0.02, "method": "euler-maruyama", "t_between": 0.1, "n_chains": 400, "t_burn": 10.0, "t_measure": 40.0}
PAIR = (0.0, 1.5, -0.8, 0.4)
LEARNER: dict[str, Any] = {
    "data": "mnist", "classes": (1, 3, 6), "crop": 12, "side": 4, "temperature": 0.5, "g": 1.5, "dt": 0.02,
    "rate": 0.01, "decay": 1e-4, "n_t": 4, "batch": 10, "replacement": False, "folder": "", "n_train": 60,
    "n_chains": 20, "updates": 30,
}  # fmt: skip


def settings(**values: Any) -> SimpleNamespace:
    return SimpleNamespace(**values)


def test_chains_of_two_neurons_sample_the_measure() -> None:
    """400 chains over 40 time units: standard errors of 1 to 2 %, bias of the step 2 dt = 4 %; the plain law is off."""
    p = settings(J=PAIR, temperature=0.5, feedback=True, **FEW)
    found = simulation.few_units(p, Streams(1, "few"))
    exact = theory.quadrature(settings(J=PAIR, temperature=0.5), None)
    assert found["energy"] == pytest.approx(exact["energy"], rel=0.08)
    np.testing.assert_allclose(found["x2"], exact["x2"], rtol=0.12)
    np.testing.assert_allclose(found["u_phi"], exact["u_phi"], atol=0.03)
    np.testing.assert_allclose(np.sum(found["density"] * np.diff(found["edges"])), 1.0, atol=1e-3)
    plain = simulation.few_units(settings(**{**vars(p), "feedback": False}), Streams(1, "few"))
    assert abs(plain["energy"] / exact["energy"] - 1.0) > 0.15


def test_averages_are_plain_means() -> None:
    rng = np.random.default_rng(2)
    x, J = rng.normal(size=(2, 5)), rng.normal(size=(2, 2))
    seen = simulation.Averages(2, start=3)
    for step in (2, 3):
        seen(step, x, np.tanh(x), J @ np.tanh(x) - x)
    values = seen.values()
    u = x - J @ np.tanh(x)
    np.testing.assert_allclose(values["x2"], np.mean([np.outer(s, s) for s in x.T], axis=0))
    np.testing.assert_allclose(
        values["u_phi"], np.mean([np.outer(a, np.tanh(s)) for a, s in zip(u.T, x.T, strict=True)], axis=0)
    )
    assert values["energy"] == pytest.approx(0.5 * np.sum(u**2) / 5)


def test_two_neurons_learn_along_the_exact_ascent() -> None:
    """60 updates at a rate of 0.02: couplings move by several tenths, chains of 1000 leave 0.02."""
    numbers = {"J": PAIR, "temperature": 0.5, "data": (1.0, 0.7, -0.4, 1.2, 0.9, -1.1), "rate": 0.02, "decay": 0.0}
    sizes = {"dt": 0.01, "n_t": 10, "n_chains": 1000, "updates": 60, "t_measure": 10.0}
    found = simulation.few_learning(settings(**numbers, **sizes), Streams(3, "learn"))
    exact = theory.ascent(settings(**numbers, updates=60), None)
    assert list(found["kept"][[0, -1]]) == [0, 60]
    assert np.abs(exact["J"][-1] - exact["J"][0]).max() > 0.2
    np.testing.assert_allclose(found["J"][-1], exact["J"][-1], atol=0.06)
    np.testing.assert_allclose(found["first_gradient"], exact["differences"], atol=0.06)
    rule = (found["data_statistic"] - exact["u_phi"]) / 0.5
    np.testing.assert_allclose(rule, exact["differences"], atol=1e-9)


def test_machine_learns_and_is_measured() -> None:
    p = settings(**LEARNER, n_generated=12, n_steps=100, explorers=2, explore_steps=800)
    values = simulation.machine(p, Streams(4, "machine"))
    assert values["K"].shape == (30,)
    assert values["asymmetry_stiffness"] == pytest.approx(0.0, abs=1e-12)
    assert values["moment_asymmetry"] == pytest.approx(0.0, abs=1e-6)
    assert values["asymmetry_before"] == pytest.approx(1.0, abs=0.4)  # independent entries, 4² neurons
    assert set(simulation.NAMED[:2]) <= set(values["steps"])
    for name in simulation.GENERATED:
        assert len(values[name]) == len(values[f"before_{name}"]) == len(values["steps"])
    assert values["occupancy"].sum() == pytest.approx(1.0)
    assert len(values["visited"]) == 8
    assert len(values["still_visited"]) == 2
    streams = Streams(4, "machine")
    data, first = machines.pictures_of(p, streams, 60), machines.learned(p, streams, 16)
    trained, _ = machines.train_on(p, streams, data.x, first)
    phi, frames = np.tanh(data.x.astype(float)), []
    chains = machines.QuantileLangevin(trained.x, trained.J, 0.5, 0.02, streams("rest"))
    for _ in range(20):
        chains.run(100)
        frames.append(np.tanh(trained.x.T.astype(float)))
    persistent = np.concatenate(frames)
    assert values["chains_match"] == pytest.approx(samples.covariance_match(persistent, phi), abs=1e-5)
    order = streams("places").permutation(16)
    wanted = samples.covariance_match(persistent, phi[:, order])
    assert values["chains_match_shuffled"] == pytest.approx(wanted, abs=1e-5)
    change = trained.J.astype(float) - first
    assert values["asymmetry_change"] == pytest.approx(
        np.linalg.norm(change - change.T) / np.linalg.norm(change + change.T)
    )


def test_first_update_is_that_of_explicit_loops() -> None:
    """Float32 against float64: rounding of 1e-6 in sums of 20 terms."""
    p = settings(**{**LEARNER, "updates": 1, "n_t": 1})
    streams = Streams(5, "machine")
    data = machines.pictures_of(p, streams, 60)
    first = machines.learned(p, streams, 16)
    trained, k_norm = machines.train_on(p, streams, data.x, first)
    x = machines.starts(streams("chains"), 16, 20).astype(float)
    noise = quantiles()[levels(streams("noise").bit_generator, 320)].reshape(16, 20)
    J = first.astype(float)
    u = x - J @ np.tanh(x)
    x = x + 0.02 * (-u + (1 - np.tanh(x) ** 2) * (J.T @ u)) + math.sqrt(2 * 0.5 * 0.02) * noise
    batch = data.x[streams("batches").permutation(60)[:10]].astype(float)
    S = [np.mean([np.outer(s - J @ np.tanh(s), np.tanh(s)) for s in rows], axis=0) for rows in (batch, x.T)]
    assert k_norm[0] == pytest.approx(np.mean((S[0] - S[1]) ** 2), rel=1e-4)
    np.testing.assert_allclose(trained.J, (1 - 1e-4) * J + 0.01 / 0.5 * (S[0] - S[1]), atol=1e-5)
    assert first.diagonal().tolist() == [0.0] * 16
    assert np.all(np.abs(trained.J.diagonal()) > 0)


def test_virial_is_the_slope_along_the_state() -> None:
    """sum_i x_i dE/dx_i = dE(s x)/ds at s = 1."""
    rng = np.random.default_rng(6)
    x, J = rng.normal(size=(3, 5)), rng.normal(size=(3, 3))

    def energy(s: float) -> float:
        u = s * x - J @ np.tanh(s * x)
        return 0.5 * float(np.sum(u * u)) / 5

    slope = (energy(1 + 1e-5) - energy(1 - 1e-5)) / 2e-5
    assert simulation.virial(x, J, 0.7) == pytest.approx(slope / (3 * 0.7), rel=1e-8)


def test_memory_and_its_pictures() -> None:
    p = settings(**{**LEARNER, "replacement": True}, P=5, corruption=0.5, n_generated=15, n_steps=40, n_denoised=12)
    values = simulation.memory(p, Streams(7, "memory"))
    assert 0.0 < values["rho"] < 2.0
    assert values["falling"][0] == pytest.approx(values["before_falling"][0])  # the same corrupted pictures
    steps = list(values["denoising_steps"])
    assert values["fall"] == pytest.approx(1 - values["falling"][steps.index(60)] / values["falling"][0])
    assert values["shown_generated"].shape == values["shown_denoised"].shape == (simulation.ROW, 16)
    assert np.all(np.abs(values["shown_noisy"]) <= 1.0)


def test_painting_follows_one_chain() -> None:
    p = settings(**LEARNER, n_shown=4, shown=(20, 300), first=100, unit=3)
    values = simulation.painting(p, Streams(8, "painting"))
    assert values["shown_20"].shape == values["nearest"].shape == (4, 16)
    assert len(values["trace"]) == 21
    assert list(values["frames"]) == [100, 200, 300]
    assert values["projected"].shape == (3, 3)
    assert np.all(np.diff(values["explained"]) <= 0)
    assert np.tanh(values["trace"][-1]) == pytest.approx(values["shown_300"][0, 3], abs=1e-6)


def test_settling_of_planted_curves() -> None:
    observed = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    values = np.array([2.0, 1.3, 1.04, 1.0, 1.0, 1.0])
    assert comparison.settling(observed, values, 0.05) == 4.0
    assert comparison.settling(observed, values, 0.5) == 2.0
    assert comparison.settling(observed, np.ones(6), 0.05) == 1.0


def test_mosaic_puts_pictures_side_by_side() -> None:
    table = TableBuilder()
    comparison.add_mosaic(table, np.arange(16.0).reshape(4, 4), 2, kind="planted")
    rows = table.frame()
    grid = rows.pivot_table(index="row", columns="column", values="simulation").to_numpy()
    assert grid.shape == (5, 5)
    np.testing.assert_array_equal(grid[:2, :2], [[0, 1], [2, 3]])
    np.testing.assert_array_equal(grid[3:, 3:], [[12, 13], [14, 15]])
    assert np.all(grid[2] == comparison.GAP)


def planted_memory() -> Outcomes:
    """Two networks: rho rises by 0.2 and 0.1, the energy gap falls."""
    rows = []
    for P, rho, held in ((4, 0.4, 8.0), (16, 0.6, 4.0), (64, 0.7, 2.0)):
        for k in range(2):
            picture = np.full((6, 4), 0.1 * k)
            values = {f"shown_{kind}": picture for kind in ("generated", "nearest", "clean", "noisy", "denoised")}
            values |= {name: np.array([1.0, 0.5]) for name in ("denoising_steps", "falling", "before_falling")}
            values |= dict.fromkeys(("nn_train", "nn_held", "fall", "before_fall"), 0.1)
            rows.append(
                Outcome({"P": P}, k, {**values, "rho": rho + 0.1 * k, "energy_train": 1.0, "energy_held": held})
            )
    return Outcomes(rows)


def test_steps_from_one_number_of_pictures_to_the_next() -> None:
    tables = {"memory": comparison.memory({"memory": planted_memory()})}
    smallest = claims.extreme_step(tables, "rho_step")
    assert smallest.mean == pytest.approx(0.1)
    assert smallest.error == pytest.approx(0.0, abs=1e-12)  # paired: the common shift of a network cancels
    assert claims.extreme_step(tables, "rho_step", -1.0).mean == pytest.approx(-0.2)
    assert claims.extreme_step(tables, "energy_step", -1.0).mean == pytest.approx(math.log(2))
    assert pick(tables["memory"], "energy_ratio", P=16)["simulation"].item() == pytest.approx(4.0)


def test_questions() -> None:
    values = theory.ASK["quadrature"].values({"J": "[[2.0]]", "temperature": "1"})
    answer = theory.ask_quadrature(**values[0])
    assert answer.quantities["log_z"] == pytest.approx(1.82822267, abs=1e-8)
    assert answer.quantities["x2"][0][0] == pytest.approx(4.08830562, abs=1e-8)
    for text in ("[[1, 2, 3]]", "[[50.0]]", "2", "[[true, null], [1, 2]]", "x"):
        with pytest.raises(ValueError, match="1 x 1 or 2 x 2"):
            theory.ASK["quadrature"].values({"J": text, "temperature": "1"})
    with pytest.raises(ValueError, match="allowed: 1 or 4"):
        theory.matrix((1.0, 2.0))
