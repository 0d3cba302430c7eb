"""icl-spin-glass: protocols against plain twins, solvers against the dossier's anchors, tables of planted outcomes."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from atlas.config import Streams
from atlas.learning import linear_attention as attention
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.icl_spin_glass import claims, comparison, simulation, theory
from atlas.tables import TableBuilder, pick


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


TRAINED = {
    "D": 3, "N": 12, "P": 60, "correlation": 0.0, "mixing": "published", "weights": "merged", "lr": 0.02,
    "weight_decay": 0.1, "epochs": 30, "tests": 40, "every": 10,
}  # fmt: skip
RIDGE = {
    "D": 4,
    "N": 20,
    "P": 200,
    "lambda0": 0.05,
    "lambda0_other": 0.05,
    "beta": 100.0,
    "correlation": 0.0,
    "mixing": "published",
}


def plain_prompts(rng: np.random.Generator, P: int, D: int, N: int) -> tuple[np.ndarray, np.ndarray]:
    """Features (P, (D+1)²) and targets, one prompt and one weight at a time, with the protocol's draws."""
    u = rng.standard_normal((P, D)) / math.sqrt(D)
    x = rng.standard_normal((P, N + 1, D), dtype=np.float32).astype(float)
    s = np.zeros((P, D + 1, D + 1))
    for k in range(P):
        columns = [np.append(x[k, i], u[k] @ x[k, i]) for i in range(N)]
        for m in range(D + 1):
            for n in range(D):
                s[k, m, n] = sum(column[D] * column[m] for column in columns) / (N + 1) * x[k, N, n]
    return s.reshape(P, -1), np.array([u[k] @ x[k, N] for k in range(P)])


def test_training_is_a_plain_loop_of_adam() -> None:
    values = simulation.training(settings(**TRAINED), Streams(1, "twin"))
    s, y = plain_prompts(Streams(1, "twin")("prompts"), 60, 3, 12)
    w = (Streams(1, "twin")("weights").standard_normal((2, 4, 4))[0] / 2).ravel()
    m, v = np.zeros(16), np.zeros(16)
    for t in range(1, 31):
        g = 2 * s.T @ (s @ w - y) / 60 + 0.1 * w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - 0.02 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(values["W"].ravel(), w, rtol=1e-8)
    assert list(values["epochs"]) == [0, 10, 20, 30]
    assert values["losses"][-1] == values["loss"] < values["losses"][0]
    assert values["contrast"] == pytest.approx(np.trace(values["W"]) / np.linalg.norm(values["W"]) / 2)


def test_trained_loss_is_that_of_the_closed_form() -> None:
    """Many test prompts against 1 - (2 kappa/D) tr W11 + A_11 |W11|² + A_22 |W21|², written out here."""
    values = simulation.training(settings(**{**TRAINED, "tests": 40_000, "every": 0}), Streams(2, "twin"))
    D, N, W = 3, 12, values["W"]
    kappa = N / (N + 1)
    exact = 1 - 2 * kappa / D * np.trace(W[:D, :D]) + kappa**2 * (1 + (D + 1) / N) / D * np.sum(W[:D, :D] ** 2)
    exact += kappa**2 * (1 + 2 / D) * (1 + 2 / N) * np.sum(W[D, :D] ** 2)
    assert values["loss"] == pytest.approx(exact, rel=0.03)  # standard error below 1 %


def test_couplings_are_counted_and_averaged() -> None:
    p = settings(D=2, N=9, P=40, reach=(0.5,) * 5, bins=10, draws=3)
    values = simulation.couplings(p, Streams(3, "twin"))
    rng = Streams(3, "twin")("prompts")
    found = [attention.blocks(attention.draw(rng, 40, 2, 9, query_counts=False)) for _ in range(3)]
    entries = np.concatenate([one["J_D"] for one in found])
    assert values["total_J_D"] == entries.size
    assert values["mean_J_D"] == pytest.approx(entries.mean())
    assert values["sd_J_D"] == pytest.approx(entries.std())
    np.testing.assert_array_equal(values["counts_J_D"], np.histogram(entries, np.linspace(-0.5, 0.5, 11))[0])
    assert values["h"].shape == (3, 3)
    assert np.all(np.diag(values["J"]) == 0.0)


def test_minima_of_planted_surfaces() -> None:
    x = np.linspace(-1, 1, 21)
    assert simulation.minima(x[:, None] ** 2 + x[None, :] ** 2) == 1
    assert simulation.minima(np.cos(2 * np.pi * x)[:, None] + np.cos(2 * np.pi * x)[None, :]) == 4
    assert simulation.minima(x[:, None] + x[None, :]) == 0


def test_landscape_energies_are_half_the_loss_and_the_ridge() -> None:
    p = settings(
        D=2, N=5, task_numbers=(3, 8), lambda0=0.2, perplexity=5.0, neighbours=20, smoothing=1.0, n_points=30, n_grid=6,
        steps=20,
    )  # fmt: skip
    values = simulation.landscape(p, Streams(4, "twin"))
    w = Streams(4, "twin")("weights").standard_normal((30, 9))
    s, y = plain_prompts(Streams(4, "twin")("prompts"), 8, 2, 5)
    energy = [0.5 * np.mean((s[:3] @ one - y[:3]) ** 2) + 0.1 * one @ one for one in w]
    np.testing.assert_allclose(values["energy_3"], energy, rtol=1e-9)
    assert values["surface_8"].shape == (6, 6)
    assert values["points"].shape == (30, 2)


def test_hessian_counts_zero_modes_from_either_gram_matrix() -> None:
    for P in (4, 40):
        values = simulation.hessian(settings(D=3, N=8, P=P), Streams(5, f"twin{P}"))
        s, _ = plain_prompts(Streams(5, f"twin{P}")("prompts"), P, 3, 8)
        eigenvalues = np.linalg.eigvalsh(s.T @ s / P)
        assert values["zero_modes"] == np.sum(eigenvalues < 1e-9) == 16 - min(P, 12)
        assert values["largest"] == pytest.approx(eigenvalues[-1], rel=1e-9)
        assert values["smallest"] == pytest.approx(eigenvalues[eigenvalues > 1e-9][0], rel=1e-6)
        assert values["counts"].sum() == min(P, 12)


def test_fixed_context_ends_at_the_inverse() -> None:
    values = simulation.fixed_context(settings(D=3, N=40, P=12, lr=0.01, epochs=3000), Streams(6, "twin"))
    assert values["final"] == pytest.approx(values["inverse"], rel=0.02)  # slow directions of twelve tasks
    assert len(values["epochs"]) == len(values["distance"]) == 301


def test_covariance_has_the_trace_of_its_tokens() -> None:
    values = simulation.covariance(settings(D=4, N=30), Streams(7, "twin"))
    x = Streams(7, "twin")("tokens").standard_normal((4, 30))
    assert values["eigenvalues"].sum() == pytest.approx(np.sum(x * x) / 30)


def test_adam_agrees_with_the_exact_ridge() -> None:
    """The two routes on different draws, P = 4000: losses differ by the noise of the data sets."""
    p = {**TRAINED, "P": 4000, "epochs": 1500, "weight_decay": 0.02, "tests": 8000, "every": 0, "N": 20}
    trained = [simulation.training(settings(**p), Streams(8, f"{k}"))["loss"] for k in range(4)]
    sets = {"D": 3, "P": 4000, "lambda0": 0.01, "instances": 6, "tests": 1}
    exact = theory.ridge(settings(**{**RIDGE, **sets}), Streams(9, "t"))
    assert np.mean(trained) == pytest.approx(exact["loss"].mean(), rel=0.03)  # test prompts 0.6 %, data sets 0.3 %
    smaller = theory.ridge(settings(**{**RIDGE, **sets, "lambda0": 0.5, "lambda0_other": 0.01}), Streams(9, "t"))
    np.testing.assert_allclose(smaller["loss_other"], exact["loss"], rtol=1e-9)  # the same data sets
    assert np.all(exact["converged"] == 1.0)


def test_ridge_of_correlated_tokens_is_that_of_simulated_ones() -> None:
    kind = {"correlation": 0.5, "N": 10, "D": 2}
    p = {**TRAINED, **kind, "P": 8000, "epochs": 1500, "weight_decay": 0.1, "tests": 20_000, "every": 0}
    trained = simulation.training(settings(**p), Streams(10, "a"))["loss"]
    exact = theory.ridge(settings(**{**RIDGE, **kind, "P": 8000, "instances": 2, "tests": 40_000}), Streams(11, "t"))
    assert trained == pytest.approx(exact["loss"].mean(), rel=0.06)  # heavy-tailed test errors: 1.5 % each


def test_contrast_of_the_dossier() -> None:
    """D = 20, lambda_0 = 1, N = 100: P = 100 .296 (exact .359), P = 1000 .763 (.764), four data sets, +- .01 to .02."""
    for P, published, ridge in ((100, 0.296, 0.359), (1000, 0.763, 0.764)):
        values = theory.contrast(
            settings(**{**RIDGE, "D": 20, "N": 100, "P": P, "lambda0": 1.0, "instances": 4}), Streams(12, "t")
        )
        assert values["contrast"].mean() == pytest.approx(published, abs=0.03)
        assert values["contrast_exact"].mean() == pytest.approx(ridge, abs=0.03)


def test_divergence_is_nan_and_flagged() -> None:
    values = theory.ridge(
        settings(**{**RIDGE, "D": 12, "N": 30, "P": 500, "lambda0": 0.01, "instances": 2, "tests": 1}), Streams(13, "t")
    )
    assert np.isnan(values["loss_mp"]).all()
    assert not values["converged"].any()
    assert np.isfinite(values["loss"]).all()
    plane = theory.contrast_plane(
        settings(D=6, lambda0=0.01, beta=100.0, P_low=5, P_high=2000, N_low=2, N_high=100, n_points=2, instances=2),
        Streams(14, "t"),
    )
    assert math.isnan(plane["contrast"][0, 0])
    assert plane["share"][0, 0] == 0.0
    assert plane["share"][-1, -1] == 1.0


def test_hamiltonian_is_the_loss_and_its_wrong_form_is_not() -> None:
    values = theory.hamiltonian(settings(**{**RIDGE, "P": 20, "instances": 2}), Streams(15, "t"))
    assert values["energy_gap"].max() < 1e-12
    assert values["gradient_gap"].max() < 1e-11
    assert values["diagonal_gap"].min() > 0.1
    assert values["gradient_diagonal_gap"].min() > 0.1


def test_messages_of_one_glass() -> None:
    values = theory.messages(settings(**{**RIDGE, "P": 2000, "instances": 2}), Streams(16, "t"))
    assert values["cavity_gap"].max() < 1e-10
    assert values["onsager_gap"].max() < 1e-10
    assert values["ridge_gap"].max() < 1e-10
    assert values["published_gap"].min() > 1e-4
    assert values["mean"].shape == (5, 5)
    np.testing.assert_array_equal(values["variance"][:, -1], 1 / (100 * 0.05))  # the idle column, exactly


def test_smallest_norm_without_ridge() -> None:
    """P below D (D+1): the limit of the ridge; above: least squares."""
    values = theory.minimum_norm(settings(D=4, N=20, P=10, instances=2), Streams(17, "t"))
    assert np.all(values["loss"] > 0.5)
    answer = theory.ask_ridge(4, 20, 10, 0.0, 0, 100)
    small = theory.ask_ridge(4, 20, 10, 1e-9, 0, 100)
    assert answer.quantities["loss"] == pytest.approx(small.quantities["loss"], rel=1e-4)


def test_drawn_couplings_have_the_widths_of_their_blocks() -> None:
    p = settings(**{**RIDGE, "D": 10, "N": 100, "P": 1000, "lambda0": 1.0, "instances": 8})
    values = theory.drawn_couplings(p, Streams(18, "t"))
    assert values["converged"].all()
    assert values["diagonal"].mean() == pytest.approx(0.1, abs=0.02)  # h = 1/D on the diagonal, stiffness 1
    assert values["off_diagonal"].max() < 0.1


def test_questions() -> None:
    assert theory.ask_zero_modes(20, 1000).quantities["fraction"] == pytest.approx(1 / 21)
    assert theory.ask_infinite_tasks(20, 100, 0.0).quantities["loss"] == pytest.approx(21 / 121)
    answer = theory.ask_ridge(10, 100, 5000, 0.01, 1, 4000)
    assert answer.quantities["w11_diagonal"] == pytest.approx(0.831, abs=0.015)  # dossier; 0.005 from draw to draw
    assert answer.quantities["w11_diagonal_message_passing"] == pytest.approx(0.856, abs=0.015)
    assert answer.quantities["converged_message_passing"] is True
    assert answer.residual < 1e-10
    diverged = theory.ask_ridge(12, 30, 500, 0.01, 0, 100)
    assert diverged.quantities["converged_message_passing"] is False
    assert math.isnan(diverged.quantities["loss_message_passing"])
    assert diverged.converged  # the ridge itself is exact


def test_trend_of_planted_numbers() -> None:
    table = TableBuilder()
    rising = [comparison.network_average(np.array([k, k + 0.2])) for k in (0.0, 1.0, 3.0)]
    comparison.add_trend(table, rising, set="planted")
    frame = table.frame()
    assert pick(frame, "least_rise")["theory"].iloc[0] == pytest.approx(1.0)
    assert pick(frame, "least_fall")["theory"].iloc[0] == pytest.approx(-2.0)
    found = claims.theory_average({"t": frame}, "t", "least_rise")
    assert found.error == pytest.approx(0.1 * math.sqrt(2))
    assert found.count == pytest.approx(3.0)  # two differences of two data sets each: two degrees of freedom


def test_peak_and_divergence_of_planted_numbers() -> None:
    losses = np.array([[1.0, 5.0, 2.0], [1.0, 6.0, 2.0], [9.0, 5.0, 2.0]])
    assert comparison.top_of(np.array([0.9, 1.0, 1.1]))(losses) == 1.0
    counts = np.array([[[3.0, 0.0], [1.0, 1.0]]])
    expected = 0.8 * math.log2(0.8 / 0.5) + 0.2 * math.log2(0.2 / 0.5)
    assert comparison.divergence(counts) == pytest.approx(expected)


def test_table_of_zero_modes_sees_a_wrong_count() -> None:
    rows = Outcomes(Outcome({"D": 2, "N": 5, "P": 3}, k, {"zero_modes": 6.0 + k}) for k in range(2))
    counts = Outcomes([Outcome({"D": 2, "P": 3}, None, {"count": 6.0, "fraction": 6 / 9, "no_idle": 6.0})])
    table = TableBuilder()
    comparison.add_modes(table, rows, counts)
    assert pick(table.frame(), "largest_gap_count")["simulation"].iloc[0] == 1.0
