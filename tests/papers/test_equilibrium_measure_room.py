"""equilibrium-measure: protocols against plain twins, solvers against closed forms, claims on planted numbers."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from atlas.config import Streams
from atlas.estimation.estimate import Estimate
from atlas.outcomes import Outcome
from atlas.papers.equilibrium_measure import claims, comparison, protocol, simulation, theory
from atlas.tables import TableBuilder


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


def test_small_couplings_have_the_wanted_leading_eigenvalue() -> None:
    for leading in (0.871, 2.13):
        values = np.linalg.eigvals(simulation.small_couplings(np.random.default_rng(3), leading))
        top = values[np.argmax(values.real)]
        assert top.real == pytest.approx(leading, rel=1e-12)
        assert abs(top.imag) < 1e-12


def test_orbits_come_in_mirror_pairs_with_their_energy() -> None:
    values = simulation.orbits(settings(leading=2.13, dt=0.1, n_states=4, t_max=2.0), Streams(1, "orbits"))
    x, v = values["x"], np.diff(values["x"], axis=0) / 0.1
    assert x[:, :, :2] == pytest.approx(-x[:, :, 2:], abs=1e-12)  # the flow is odd
    assert values["energy"][:-1] == pytest.approx((v**2).sum(axis=1) / 2, rel=1e-8)  # Euler steps are velocities


def test_activity_decays_below_the_line() -> None:
    """The slowest mode decays as exp(-2 (1 - 0.25) 60) = 1e-39 at g = 0.5, gamma = -0.5."""
    p = settings(g=0.5, gamma=-0.5, n_units=60, dt=0.2, t_transient=60.0, t_measure=2.0)
    assert simulation.activity(p, Streams(2, "activity"))["x2"] < 1e-30


def test_chains_sample_the_linear_network_exactly() -> None:
    """g = 0: x_i independent of density exp(-beta x²/2); q and sqrt(beta) r as plain sums, Q = R = 0."""
    p = settings(
        g=0.0, gamma=0.0, beta=100.0, n_units=50, n_chains=8, burn_in=60, samples=300,
        leapfrog_step=0.4, leapfrog_steps=4,
    )  # fmt: skip
    values = simulation.chains(p, Streams(3, "chains"))
    # 50 * 8 * 300 samples, correlated over a few proposals: 1 % on a variance, tested at 5 of them
    assert values["x2"] == pytest.approx(0.01, rel=0.05)
    assert 2 * 100 * values["energy"] == pytest.approx(1.0, rel=0.05)
    exact = theory.replica(settings(g=0.0, gamma=0.0, beta=100.0), None)
    assert values["q"] == pytest.approx(exact["q"], rel=0.05)
    assert values["rho"] == pytest.approx(exact["rho"], rel=0.05)
    assert abs(values["overlap"]) < 0.01 * values["q"]


def test_sampled_iteration_is_unbiased_without_couplings() -> None:
    """g = 0: every field vanishes and the proposal is the density itself; one step from any state gives E tanh²."""
    rng = np.random.default_rng(4)
    z = rng.standard_normal(200_000)
    image = protocol.sampled_step(np.zeros(6), 0.0, 0.0, 4.0, rng.standard_normal((2, 3)), z)
    assert image[0] == pytest.approx((np.tanh(z / 2) ** 2).mean(), rel=1e-12)
    assert image[1] == pytest.approx(np.tanh(z / 2).mean() ** 2, abs=1e-12)
    assert image[2] == pytest.approx((z * np.tanh(z / 2)).mean(), rel=1e-12)


def test_sampled_iteration_against_quadrature() -> None:
    """The same equations by another route: a state with a narrow field, where importance sampling still works."""
    from atlas.meanfield.replica_measure import Model, saddle_map

    rng = np.random.default_rng(5)
    u = np.array([0.05, 0.01, 0.03, 0.001, -0.8, 0.6])
    fields, z = rng.standard_normal((2, 1000)), rng.standard_normal(4000)
    image = protocol.sampled_step(u, 0.9, 0.4, 50.0, fields, z)
    root = math.sqrt(50.0)
    exact = saddle_map(Model(0.9, 0.4, 50.0), u * np.array([1, 1, root, root, 1, 1]))
    # 1000 fields: 3 % on a mean square, tested at 3 of them
    assert image[[0, 1]] == pytest.approx(exact[[0, 1]], rel=0.1)
    assert image[2] == pytest.approx(exact[2] / root, rel=0.1)


def test_order_parameters_carry_their_scaled_forms() -> None:
    values = theory.replica(settings(g=0.8, gamma=0.5, beta=1e4), None)
    assert values["rho"] == pytest.approx(100 * values["r"])
    assert values["beta_q"] == pytest.approx(1e4 * values["q"])
    # sigma = (r - R)(1 + beta g² (q - Q)(1 + gamma))/sqrt(beta)
    assert values["sigma_xphi"] == pytest.approx(values["r"] * (1 + 1e4 * 0.64 * values["q"] * 1.5) / 100)


def test_questions_answer_with_the_fixed_names() -> None:
    answer = theory.ask_replica(0.8, 0.5, 1e4)
    assert list(answer.quantities) == ["q", "Q", "r", "R", "qhat", "Qhat", "x2", "energy"]
    assert answer.quantities["q"] == pytest.approx(0.0169083, rel=3e-6)  # the dossier's anchor
    assert answer.residual < 1e-10
    null = theory.ask_null_phase(0.5, 0.5)
    assert list(null.quantities) == ["rho", "beta_q", "g_critical"]
    assert null.quantities["g_critical"] == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="null phase"):
        theory.ask_null_phase(1.0, 0.5)


def test_peak_and_slope_of_planted_curves() -> None:
    table = TableBuilder()
    rows = [
        Outcome({"g": g, "gamma": 0.2}, None, {"C": max(0.0, g - 0.65), "R": 1 - (g - 0.7) ** 2})
        for g in (0.5, 0.6, 0.7, 0.8, 0.9)
    ]
    comparison.add_points(table, rows, {"C": "C", "R": "R"})
    tables = {"limits": table.frame()}
    assert claims.peak_gain(tables, "limits", "R", gamma=0.2).mean == 0.7
    assert claims.peak_height(tables, "limits", "R", gamma=0.2).mean == pytest.approx(1.0)
    # the line is at 1/1.2 = 0.833: 0.5 ... 0.8 are below it, 0.5 and 0.6 by more than 0.2, 0.9 is within 0.1 above
    for margin, expected in ((0.0, 0.15), (0.2, 0.0), (-0.1, 0.25)):
        largest = claims.largest_below_line(tables, "C", gamma=0.2, margin=margin)
        assert largest.mean == pytest.approx(expected)


def test_slope_and_cold_limit_of_planted_powers() -> None:
    table = TableBuilder()
    for beta in (1e4, 1e6, 1e7, 1e8):
        table.number("q_cooling", None, 3.0 * beta**-0.5, g=1.0, beta=beta)
        small = beta**-0.25
        table.number("rho_line", None, 1.2 - 0.3 * small + 0.1 * small**2, gamma=0.2, beta=beta)
    tables = {"limits": table.frame()}
    assert claims.loglog_slope(tables, "q_cooling", 1.0, 1e6, 1e8).mean == pytest.approx(-0.5, abs=1e-12)
    # a parabola in beta^(-1/4) is recovered exactly
    assert claims.cooling_limit(tables, "rho_line", 0.2, 0.25).mean == pytest.approx(1.2, abs=1e-9)


def test_deviation_takes_a_wrong_theory_where_told() -> None:
    table = TableBuilder()
    for g, simulated, expected in ((0.5, 1.1, 1.0), (0.8, 2.2, 2.0)):
        table.number("q", Estimate(simulated, 0.01, count=4), expected, g=g)
    tables = {"measure": table.frame()}
    assert claims.deviation(tables, "measure", "q", g=0.5).mean == pytest.approx(0.1)
    assert claims.deviation(tables, "measure", "q", theory_at={"g": 0.8}, g=0.5).mean == pytest.approx(-0.45)
