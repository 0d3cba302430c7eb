"""reconstruction: protocols against plain twins, solvers against the dossier's anchors, tables of planted outcomes."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from atlas.config import Streams
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.reconstruction import comparison, simulation, theory, training
from atlas.tables import TableBuilder, pick


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


STUDENT = {
    "g": 1.5, "dt": 0.1, "chunk_length": 4, "batch": 30, "learning_rate": 0.05, "precision": "float64", "n_units": 12,
    "n_trajectories": 20, "n_points": 40, "epochs": 25, "n_starts": 3, "t_predict": 4.0, "n_pairs": 50,
}  # fmt: skip


def test_student_learns_and_its_free_run_is_that_of_a_plain_loop() -> None:
    values = simulation.student(settings(**STUDENT), Streams(1, "twin"))
    assert values["correlation"] > 0.99 > 0.5 > abs(values["correlation_untrained"])
    assert values["weight_distance"][-1] < 0.05**2 < values["weight_distance"][0]  # within a step of the optimum
    assert values["error"].shape == (25,)
    J = Streams(1, "twin")("couplings").standard_normal((12, 12)) * 1.5 / math.sqrt(12)
    np.fill_diagonal(J, 0.0)
    W = Streams(1, "twin")("weights").random((12, 12))
    assert values["weight_distance"][0] == pytest.approx(np.mean((W - J) ** 2), rel=1e-12)
    x = Streams(1, "twin")("states").standard_normal((12, 3))
    y = x.copy()
    for _ in range(40):
        x, y = x + 0.1 * (-x + J @ np.tanh(x)), y + 0.1 * (-y + W @ np.tanh(y))
    assert values["times"][-1] == pytest.approx(4.0)
    assert values["distance_untrained"][-1] == pytest.approx(np.mean((x - y) ** 2), rel=1e-10)
    assert values["variance"][-1] == pytest.approx(np.mean(x**2), rel=1e-10)
    np.testing.assert_allclose(values["x_true"][-1], x[:8, 0], rtol=1e-10)


def test_learned_pairs_are_entries_of_the_two_matrices() -> None:
    rng = np.random.default_rng(2)
    J = rng.standard_normal((20, 20))
    W = J.copy()
    W[3, 4] += 5.0
    W[7, 1] -= 4.0
    found = simulation.pairs(J, W, 100)
    assert found["pairs_J"].shape == (100,)
    assert found["pairs_J"][0] == J[0, 0]
    assert found["pairs_W"][-1] == W[-1, -1]
    assert {J[3, 4], J[7, 1]} <= set(found["worst_J"])
    assert len(found["worst_J"]) == 4  # one percent of 400


def test_copies_follow_two_replica_theory() -> None:
    p = settings(g=0.8, eta=0.3, n_units=400, n_states=16, t_max=2.0, t_between=1.0, dt=0.1, precision="float64")
    runs = [simulation.copies(p, Streams(3, f"twin/{k}")) for k in range(4)]
    found = np.array([run["distance"] for run in runs])
    expected = theory.two_replica(settings(g=0.8, eta=0.3, dt=0.1, t_max=2.0), None)["distance_map"][::5]
    error = found.std(axis=0, ddof=1) / 2
    assert found[:, 0].max() == 0.0
    # five standard errors of four networks, and 1/√N for the error bar's own scatter
    np.testing.assert_array_less(np.abs(found.mean(axis=0) - expected)[1:], (5 * error + 0.05 * expected)[1:])


def test_copies_of_one_network_share_their_random_part() -> None:
    p = {"g": 2.0, "n_units": 100, "n_states": 2, "t_max": 1.0, "t_between": 0.5, "dt": 0.1, "precision": "float64"}
    small, smaller = (
        simulation.copies(settings(eta=eta, **p), Streams(4, "twin"))["distance"][-1] for eta in (1e-3, 1e-4)
    )
    assert small / smaller == pytest.approx(100.0, rel=0.01)  # linear in eta to the next order


def test_exponents_of_the_uncoupled_network() -> None:
    p = {"n_units": 20, "n_states": 2, "t_transient": 2.0, "t_measure": 4.0, "dt": 0.1, "precision": "float64"}
    found = simulation.classical(settings(g=0.0, integrator="rk4", **p), Streams(5, "twin"))
    assert found["exponent"] == pytest.approx(-1.0, abs=1e-6)  # order 4 at dt = 0.1
    weak = simulation.mismatch(settings(g=0.5, eta=0.01, **{**p, "t_transient": 40.0}), Streams(6, "twin"))
    assert weak["per_step"] == pytest.approx(0.1 * weak["exponent"])
    assert -0.8 < weak["exponent"] < -0.3  # -(1 - g) up to the edge of the spectrum of 20 neurons


@pytest.mark.parametrize(
    ("g", "delta0", "phi2", "exponent"),
    [(1.2, 0.24263, 0.16981, 0.0119), (1.5, 0.74769, 0.34209, 0.0467), (2.0, 1.92481, 0.51318, 0.1125),
     (3.0, 5.4463, 0.6806, 0.2355), (5.0, 16.964, 0.8108, 0.434)],
)  # fmt: skip
def test_stationary_anchors_of_the_dossier(g: float, delta0: float, phi2: float, exponent: float) -> None:
    values = theory.exponents(settings(g=g, dt=0.01), None)
    assert values["delta0"] == pytest.approx(delta0, rel=3e-5)  # the anchors' last printed digit
    assert values["phi2"] == pytest.approx(phi2, abs=6e-5)
    assert values["lyapunov_max"] == pytest.approx(exponent, abs=6e-4)


def test_questions_give_the_map_and_the_flow() -> None:
    at_tenth = theory.ask_two_replica(2.0, 0.1, 0.1, np.array([1.0, 5.0]))
    assert at_tenth.quantities["distance"] == pytest.approx([6.78e-3, 0.140], rel=3e-3)  # table of the dossier
    flow = theory.ask_two_replica(2.0, 0.1, 0.0, np.array([1.0, 5.0]))
    fine = theory.ask_two_replica(2.0, 0.1, 0.002, np.array([1.0, 5.0]))
    # the map at 0.002 is 1/50 of the way from 0.1 to the flow
    for name in ("distance", "variance"):
        assert flow.quantities[name] == pytest.approx(fine.quantities[name], rel=1e-3)
        assert flow.quantities[name] != pytest.approx(at_tenth.quantities[name], rel=1e-3)
    assert theory.ask_two_replica(0.8, 0.0, 0.05, np.array([0.0, 3.0])).quantities["distance"] == [0.0, 0.0]
    assert theory.ask_mismatch(2.0, 0.01).quantities["lambda_mismatch"] == pytest.approx(76.1, abs=0.06)
    with pytest.raises(ValueError, match="times"):
        theory.ask_two_replica(2.0, 0.1, 0.05, np.array([-1.0]))
    with pytest.raises(ValueError, match="steps"):
        theory.ask_two_replica(2.0, 0.1, 0.01, np.array([100.0]))


def test_range_theory_is_the_single_theory() -> None:
    many = theory.two_replica_range(
        settings(g=2.0, eta_low=0.1, eta_high=1.0, n_eta=5, dt=0.1, t_max=5.0), None
    )  # fmt: skip
    one = theory.two_replica(settings(g=2.0, eta=0.1, dt=0.1, t_max=5.0), None)
    np.testing.assert_allclose(many["distance"][0], one["distance"], rtol=1e-12)
    np.testing.assert_allclose(many["distance_map"][0], one["distance_map"], rtol=1e-12)
    assert many["eta"][-1] == 1.0
    # cubic interpolation between steps of 1.78; the comparison's grids are as fine
    between = comparison.between_etas(many["eta"], many["distance"], 0.3)
    exact = theory.two_replica(settings(g=2.0, eta=0.3, dt=0.1, t_max=5.0), None)["distance"]
    np.testing.assert_allclose(between[1:], exact[1:], rtol=2e-3)


def test_crossing_and_reading_of_an_exponential() -> None:
    t = np.linspace(0.0, 10.0, 21)
    curve = 1e-3 * np.exp(0.7 * t)
    assert comparison.crossing(t, curve, 0.1) == pytest.approx(math.log(100) / 0.7, rel=1e-12)
    assert math.isnan(comparison.crossing(t, curve, 10.0))
    assert math.isnan(comparison.crossing(t, curve, 1e-4))  # above it from the start
    np.testing.assert_allclose(comparison.on_grid(t, curve, np.array([0.3, 7.1])), 1e-3 * np.exp([0.21, 4.97]))
    eta = np.geomspace(0.01, 1.0, 5)
    planted = (1 - np.sqrt(1 - eta**2))[:, None] * np.array([0.0, 1.0, 3.0])
    for wanted in (1e-3, 0.05, 1.0):  # below the grid, inside, at its end
        expected = (1 - math.sqrt(1 - wanted**2)) * np.array([0.0, 1.0, 3.0])
        np.testing.assert_allclose(comparison.between_etas(eta, planted, wanted), expected, rtol=1e-9)
    assert not comparison.between_etas(eta, planted, 0.0).any()


def test_rate_and_horizon_of_planted_growth() -> None:
    """d = eta² exp(2 lambda t): growth rate 2 lambda, horizon (ln level + 2 ln 1/eta)/(2 lambda)."""
    eta, t = np.geomspace(1e-4, 1.0, 9), np.linspace(0.0, 100.0, 501)
    planted = {"eta": eta, "times": t, "distance": eta[:, None] ** 2 * np.exp(0.2 * t)}
    assert comparison.growth_rate(planted) == pytest.approx(0.2, rel=1e-9)
    assert comparison.horizon_slope(planted, 1.5) == pytest.approx(10.0, rel=1e-9)


def student_outcomes(factor: float) -> tuple[Outcomes, np.ndarray]:
    """Three students whose distances are planted multiples of theory's."""
    t = np.linspace(0.0, 20.0, 201)
    curve = t**2 * np.exp(-t)
    values = {
        "error": np.array([1.0, 0.1]), "weight_distance": np.array([0.3, 0.2, 0.1]), "correlation": 0.9,
        "correlation_untrained": 0.0, "eta": 0.1, "directions": np.linspace(2, 1, 50),
        "direction_error": np.linspace(1, 3, 50), "times": t, "x_true": np.zeros((201, 8)),
        "x_learned": np.ones((201, 8)), "distance_untrained": 0 * t + 5.0, "distance_shuffled": curve,
        **{f"{name}_{side}": np.arange(3.0) for name in ("pairs", "worst") for side in "JW"},
    }  # fmt: skip
    rows = [Outcome({"g": 0.8}, k, {**values, "distance_learned": factor * (1 + 0.1 * k) * curve}) for k in range(3)]
    return Outcomes(rows), np.tile(curve, (3, 1))


def test_table_of_a_training_run() -> None:
    rows, theories = student_outcomes(0.5)
    table = TableBuilder()
    training.add_run(table, rows, "R1", 0.8, theories, 0.0)
    frame = table.frame()
    ratio = pick(frame, "ratio", kind="learned", t=5.0).iloc[0]
    assert ratio["simulation"] == pytest.approx(0.55)  # mean of 0.5, 0.55, 0.6
    assert ratio["simulation_error"] == pytest.approx(0.05 / math.sqrt(3))
    assert pick(frame, "time_of_largest", kind="learned")["simulation"].iloc[0] == pytest.approx(2.0)  # t² exp(-t)
    assert pick(frame, "left_at_10", kind="learned")["theory"].iloc[0] == pytest.approx(25 * math.exp(-8), rel=1e-9)
    assert pick(frame, "largest", kind="untrained")["simulation"].iloc[0] == 5.0
    assert pick(frame, "final_distance", kind="learned")["simulation"].iloc[0] == pytest.approx(0.1)
    grown = pick(frame, "growth", kind="learned")["simulation"].iloc[0]
    assert grown == pytest.approx(400 * math.exp(-19), rel=1e-9)
    assert pick(frame, "direction")["simulation"].mean() == pytest.approx(1.0, rel=1e-9)  # over the mean error
    assert list(pick(frame, "weight_distance")["epoch"]) == [0, 1, 2]
    assert list(pick(frame, "error")["epoch"]) == [1, 2]
