"""neuron-synapse: protocols against plain twins and exact limits, solvers against the dossier's anchors, tables."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from atlas.config import Streams
from atlas.estimation.estimate import Estimate
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.neuron_synapse import claims, comparison, simulation, theory
from atlas.tables import TableBuilder, pick

MODEL = {"p": 2.5, "rule": "hebbian", "theta": 0.5, "start": "strong", "precision": "float64", "dt": 0.1}


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**{**MODEL, **values})


def test_without_plasticity_the_exponent_below_the_onset_is_that_of_the_matrix() -> None:
    """k = 0, g = 0.5, p = 1: the slowest of -1 + eig(J) and -1/p."""
    p = settings(g=0.5, k=0.0, p=1.0, n_units=50, t_transient=60.0, t_measure=120.0, t_norm=1.0)
    values = simulation.joint(p, Streams(1, "twin"))
    J = Streams(1, "twin")("couplings").standard_normal((50, 50)) * 0.5 / math.sqrt(50)
    np.fill_diagonal(J, 0.0)
    assert values["lyapunov"] == pytest.approx(np.linalg.eigvals(J).real.max() - 1.0, abs=0.02)  # a pair turns
    assert values["q_late"] < 1e-20
    assert values["gamma0"] < 1e-10


def test_strong_and_weak_starts_share_couplings_and_differ_in_state() -> None:
    nets = {
        start: simulation.started(settings(g=1.2, k=1.0, n_units=30, start=start), Streams(2, "twin"))
        for start in ("strong", "weak")
    }
    assert np.array_equal(nets["strong"].J, nets["weak"].J)
    assert nets["weak"].x == pytest.approx(0.075 * nets["strong"].x)
    assert not nets["weak"].A.any()
    phi = np.tanh(nets["strong"].x)
    assert pytest.approx(np.outer(phi, phi) / 30) == nets["strong"].A


def test_autocorrelation_starts_at_the_mean_square() -> None:
    p = settings(g=1.8, k=0.5, n_units=40, t_transient=10.0, t_measure=30.0, t_lag=5.0)
    values = simulation.autocorrelation(p, Streams(3, "twin"))
    assert values["c_phi"][0] == values["q"]
    assert 0.0 < values["q"] < 1.0
    assert values["lags"] == pytest.approx(np.arange(0.0, 5.1, 0.5))


def test_sweep_without_plasticity_has_no_loop_far_from_the_onset() -> None:
    p = settings(k=0.0, n_units=60, g_low=0.5, g_high=0.7, g_step=0.1, t_hold=30.0)
    values = simulation.hysteresis(p, Streams(4, "twin"))
    assert values["gains"] == pytest.approx([0.5, 0.6, 0.7])
    assert values["q_up"].max() < 1e-3  # a push of 0.01 decays
    assert values["q_down"].max() < 1e-3


def test_onset_of_a_network_that_never_dies_is_the_lower_end() -> None:
    """k = 5: the state sustains itself without J, so that every halving goes down."""
    p = settings(k=5.0, n_units=40, g_low=0.1, g_high=0.9, t_run=20.0, halvings=3)
    assert simulation.onset(p, Streams(5, "twin"))["g_onset"] == pytest.approx(0.1 + 0.8 / 16)


def test_stopped_synapses_of_a_self_sustained_state_stop_the_neurons() -> None:
    p = settings(g=0.1, k=4.0, n_units=40, t_transient=20.0, t_before=5.0, t_after=60.0)
    values = simulation.freezing(p, Streams(6, "twin"))
    assert values["final_speed"] < 1e-9
    assert values["q"] > 0.8
    assert values["times"][0] == pytest.approx(-5.0)


def test_response_below_the_onset() -> None:
    found = [simulation.response(settings(g=0.5, n_units=200), Streams(s, "twin"))["chi"] for s in range(4)]
    assert np.mean(found) == pytest.approx(4 / 3, rel=0.03)  # 1/(1 - g²), spread over matrices of order 1/N


@pytest.mark.parametrize(
    ("k", "g", "count", "q"), [(1.5, 0.8, 2, 0.82769), (0.5, 1.1, 1, 0.16157), (0.9, 0.95, 0, None)]
)
def test_static_answers(k: float, g: float, count: int, q: float | None) -> None:
    values = theory.static(settings(g=g, k=k), None)
    listed = theory.ask_static(g, k, "hebbian", 0.5).quantities["roots"]
    assert values["count"] == len(listed) == count
    if q is not None:
        assert values["q_high"] == listed[-1]["q"] == pytest.approx(q, abs=1.1e-5)


def test_questions_have_the_agreed_names() -> None:
    assert set(theory.ASK) == {"static", "fold", "annealed", "dmft"}
    assert set(theory.ask_fold(1.5).quantities) == {"g_fold", "q_fold"}
    assert set(theory.ask_annealed(0.9, 0.5).quantities) == {"sigma_max", "q_at_max"}
    answer = theory.ask_dmft(1.5, 0.0, 2.5, 0.2, 0)
    assert set(answer.quantities) == {"phi2", "phi2_error", "c_phi", "c_phi_error"}
    assert len(answer.quantities["c_phi"]) == 2
    assert answer.quantities["phi2"] == pytest.approx(0.3421, abs=1e-4)  # dossier
    assert [p.name for p in theory.ASK["dmft"].parameters] == ["g", "k", "p", "dt", "seed"]


def test_networks_without_plasticity_of_the_dossier() -> None:
    for g, q, exponent in ((1.5, 0.3421, 0.0467), (2.0, 0.5132, 0.1125)):
        values = theory.chaos(settings(g=g), None)
        assert (values["q"], values["lyapunov"]) == (pytest.approx(q, abs=6e-5), pytest.approx(exponent, abs=6e-5))


def planted(points: list[dict], values: list[dict]) -> Outcomes:
    return Outcomes(Outcome(point, k, named) for point in points for k, named in enumerate(values))


def test_distance_to_a_theory_carries_both_errors() -> None:
    rows = planted([{"k": 0.5}], [{"lags": np.array([0.0, 5.0]), "c_phi": np.array([c, 0.3])} for c in (0.4, 0.44)])
    named = {"tau": np.array([0.0, 5.0]), "c_phi": np.array([0.41, 0.3]), "c_phi_error": np.array([0.03, 0.0])}
    table = TableBuilder()
    comparison.add_distance(table, rows, Outcome({"k": 0.7}, None, named), 0.0, {"k": 0.5})
    row = table.frame().iloc[0]
    assert (row["simulation"], row["theory_k"]) == (pytest.approx(0.01), 0.7)
    assert row["simulation_error"] == pytest.approx(math.hypot(0.02, 0.03))


def test_loop_area_of_a_planted_loop() -> None:
    gains = np.array([0.8, 0.9, 1.0])
    rows = planted([{"k": 2.0}], [{"gains": gains, "q_up": np.zeros(3), "q_down": np.array([0.0, 0.5, 0.5])}] * 2)
    table = TableBuilder()
    comparison.add_sweep(table, rows, {"k": 2.0})
    assert pick(table.frame(), "loop_area")["simulation"].iloc[0] == pytest.approx(0.1)


def test_exponent_and_jump_read_the_table() -> None:
    table = TableBuilder()
    for g in (1.02, 1.05, 1.1):
        table.number("static_q_high", None, 0.7 * (g - 1.0) ** 0.5, k=0.0, g=g, rule="hebbian", source=None)
    for g, q in ((0.95, 0.1), (1.05, 0.7)):
        table.number("q", Estimate(q, 0.03, count=4), None, k=1.5, g=g, rule="hebbian", source="strong-points")
    tables = {"order": pd.DataFrame(table.frame())}
    assert claims.onset_exponent(tables, 0.0, 1.02, 1.1).mean == pytest.approx(0.5)
    found = claims.jump(tables, 1.5, 0.95, 1.05)
    assert (found.mean, found.error) == (pytest.approx(0.6), pytest.approx(0.03 * math.sqrt(2)))
