"""freezing-chaos: protocols against plain twins, solvers against closed forms and the dossier's anchors."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from atlas.config import Streams
from atlas.estimation.estimate import Estimate
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.freezing_chaos import claims, comparison, simulation, theory


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


def twin_step(x: np.ndarray, J: np.ndarray, gamma: float) -> np.ndarray:
    F = -x + J @ np.tanh(x)
    return F - gamma * (1 - np.tanh(x) ** 2) * (J.T @ F)


@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_driven_states_against_a_plain_euler_loop(gamma: float) -> None:
    rng = np.random.default_rng(1)
    J, x = rng.standard_normal((20, 20)) / math.sqrt(20), rng.standard_normal((20, 1))
    p = settings(gamma=gamma, n_steps=30, n_units=20, substeps=2, dt=0.01, period=12)
    states = simulation.driven_states(p, J, x.copy())
    y, seen = x[:, 0], []
    for half in range(60):
        if half % 2 == 0:
            seen.append(y)
        y = y + 0.005 * (twin_step(y, J, gamma) + math.sin(2 * math.pi * (half / 2) / 12))
    np.testing.assert_allclose(states, np.array(seen), rtol=0, atol=1e-13)


def test_public_score_is_that_of_a_perfect_fit() -> None:
    p = settings(g=1.0, gamma=0.0, n_units=60, n_steps=1000, n_discard=200, tau_max=10, dt=0.01, substeps=1, period=100,
                 relative_penalty=1e-9, train_share=2 / 3)  # fmt: skip
    values = simulation.readout(p, Streams(1, "twin"))
    expected = theory.perfect_fit(settings(tau_max=10, period=100), None)["public"]
    np.testing.assert_allclose(values["public"], expected, rtol=0, atol=2e-3)  # what 60 states leave unfitted
    assert expected[-1] == pytest.approx(0.618034, abs=1e-6)
    assert expected[10] == 1.0


def test_three_stages_report_the_energies_of_a_plain_twin() -> None:
    p = settings(g=1.8, n_units=40, n_shown=3, t_stage=4.0, dt=0.1, dt_gradient=0.05, late_share=0.5)
    values = simulation.stages(p, Streams(2, "twin"))
    assert values["times"].shape == values["energy"].shape == (24,)
    assert values["x"].shape == (24, 3)
    for k in range(3):
        of_stage = values["energy"][8 * k : 8 * k + 8]
        assert values["late_energy"][k] == pytest.approx(of_stage[4:].mean(), rel=1e-12)
    descent = values["energy"][8:16]
    assert np.all(np.diff(descent) < 0)
    J = simulation.network(p, Streams(2, "twin"), 1, "float32")[0]
    x = simulation.uniform_state(p, Streams(2, "twin"), "float32")
    F = -x + J @ np.tanh(x)
    assert values["energy"][0] == pytest.approx(0.5 * np.mean(F**2), rel=1e-5)  # single precision
    assert np.abs(x).max() < 1


def test_spread_of_known_series() -> None:
    watch = simulation.Spread()
    for step, value in enumerate((1.0, 3.0, 1.0, 3.0)):
        x = np.array([[value], [7.0]])
        watch(step, x, x, x)
    assert watch.mean == pytest.approx(0.5)  # deviations 1 and 0
    assert math.isnan(simulation.Spread().mean)


def test_jacobians_of_a_frozen_state() -> None:
    p = settings(g=2.0, n_units=60, t_vanilla=10.0, t_gradient=20.0, dt=0.1, dt_gradient=0.05, separation=1e-5)
    values = simulation.jacobians(p, Streams(3, "twin"))
    assert values["asymmetry"] < 1e-12
    assert values["difference"] < 1e-7  # central differences at 1e-5
    assert values["difference_published"] > 0.01
    assert values["smallest_gradient"] == values["gradient"].min()


def test_wrong_feedback_is_told_from_the_gradient() -> None:
    values = simulation.force_check(settings(g=2.0, n_units=30, n_states=3, separation=1e-4), Streams(4, "twin"))
    assert values["correct"] < 1e-6
    assert min(values["untransposed"], values["without_slope"]) > 0.1


def test_descent_falls_at_every_step_and_the_rate_network_does_not() -> None:
    place = {"g": 2.0, "n_units": 80, "dt": 0.01, "t_max": 20.0}
    falling = simulation.descent(settings(gamma=1.0, **place), Streams(5, "twin"))
    rising = simulation.descent(settings(gamma=0.0, **place), Streams(5, "twin"))
    assert falling["largest_rise"] < 0 < rising["largest_rise"]
    assert falling["share_rising"] == 0


def test_tangent_at_silence_has_the_rates_of_linear_stability() -> None:
    place = {"g": 0.5, "n_units": 200, "n_states": 1, "t_max": 100.0, "integrator": "rk4", "dt": 0.1, "discard": 0.3}
    for gamma, expected in ((0.0, -0.5), (1.0, -0.136)):
        values = simulation.tangent(settings(gamma=gamma, **place), Streams(6, "twin"))
        assert values["exponent"] == pytest.approx(expected, abs=0.06)  # edge of a finite matrix, run of 100
        assert values["end_phi2"] < 1e-9


def test_latency_without_couplings_is_geometric() -> None:
    """At r_max = 1, x = 0: every neuron fires with probability about 1/2, so the median is 1 and the mean 2."""
    p = settings(
        f=0.4,
        mu_e=0.0,
        mu_i=0.0,
        sigma=0.0,
        alpha=0.2,
        gamma=0.0,
        dt=0.01,
        r_max=1.0,
        pulse=0.0,
        bins=1500,
        cap=50,
        n_units=400,
        n_frequencies=2,
    )  # fmt: skip  (15 membrane times: x has decayed)
    values = simulation.latency(p, Streams(7, "twin"))
    assert values["rate"] == pytest.approx(0.5, abs=1e-3)
    assert values["mean"] == pytest.approx(2.0, abs=0.35)  # 400 geometric numbers of s.d. sqrt(2): five standard errors
    assert np.all(values["median"] <= 2)


def test_overlap_starts_at_the_separation() -> None:
    p = settings(g=2.0, gamma=1.0, n_units=50, dt=0.1, separation=1e-3, t_transient=5.0, t_max=10.0)
    values = simulation.overlap(p, Streams(8, "twin"))
    assert values["distance"][0] == pytest.approx(1e-3, rel=1e-9)
    assert values["times"][-1] == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("g", "delta0", "phi2", "energy", "exponent"),
    [
        (1.5, 0.7477, 0.3421, 0.01101, 0.0467),
        (2.0, 1.9248, 0.5132, 0.06395, 0.1125),
        (3.0, 5.446, 0.6806, 0.3393, 0.236),
    ],
)
def test_anchors_of_the_dossier(g: float, delta0: float, phi2: float, energy: float, exponent: float) -> None:
    values = theory.dmft(settings(g=g), None)
    found = [values[name] for name in ("delta0", "phi2", "energy", "lyapunov_max")]
    assert found[:3] == pytest.approx([delta0, phi2, energy], rel=5e-4)  # the anchors' last printed digit
    assert found[3] == pytest.approx(exponent, abs=6e-4)  # 0.236 at g = 3 is printed for 0.2355


def test_silence_and_questions() -> None:
    values = theory.silence(settings(g=0.5), None)
    assert (values["vanilla"], values["gradient"]) == (-0.5, pytest.approx(-0.13617, abs=1e-5))
    assert theory.ask_null_phase(0.5).quantities == {"s_min2": values["s_min2"]}
    answer = theory.ask_ei_spectrum(0.4, 0.6, -0.6, 0.9, 0.9, 0.8, 1000)
    assert answer.quantities["radius"] == pytest.approx(0.84)
    assert list(theory.ASK["ei-spectrum"].values(
        {"f": "0.4", "mu_e": "0.6", "mu_i": "-0.6", "sigma_e": "1", "sigma_i": "1", "alpha": "0.8", "n_units": "10"}
    )[0]) == ["f", "mu_e", "mu_i", "sigma_e", "sigma_i", "alpha", "n_units"]  # fmt: skip


def test_stage_ratios_are_paired() -> None:
    rows = Outcomes(
        Outcome({"g": 2.0}, k, {"late_energy": np.array([1.0, 0.1, 2.0]) * (k + 1), "spread": np.array([1.0, 0.5, 1.0]),
                                "end_energy": np.ones(3), "phi2": np.ones(3)})
        for k in range(3)
    )  # fmt: skip
    table = comparison.TableBuilder()
    comparison.add_stages(table, rows, g=2.0)
    frame = table.frame().set_index("quantity")
    assert frame.loc["late_energy_third_over_second", "simulation"] == pytest.approx(20.0)
    assert frame.loc["late_energy_third_over_second", "simulation_error"] == pytest.approx(0.0, abs=1e-12)
    assert frame.loc["spread_second_over_first", "simulation"] == pytest.approx(0.5)


def test_estimators_take_the_worst_score_and_a_wrong_theory() -> None:
    table = comparison.TableBuilder()
    for tau, mean in ((-5.0, 0.9), (5.0, 0.7)):
        table.number("held_out", Estimate(mean, 0.01, count=4), None, tau=tau, g=2.0)
    frame = {"memory": table.frame()}
    taus = [-5.0, 5.0]
    assert claims.score_at(frame, "held_out", "smallest", taus, g=2.0).mean == 0.7
    assert claims.score_at(frame, "held_out", "largest", taus, g=2.0).mean == 0.9
    exponents = comparison.TableBuilder()
    for gamma, simulated, expected in ((0.0, -0.5, -0.5), (1.0, -0.15, -0.136)):
        exponents.number("exponent", Estimate(simulated, 0.01, count=4), expected, g=0.5, gamma=gamma, set="silent")
    tables = {"exponents": exponents.frame()}
    place = {"quantity": "exponent", "g": 0.5, "gamma": 1.0, "set": "silent"}
    assert claims.deviation(tables, **place).mean == pytest.approx(-0.014)
    assert claims.deviation(tables, theory_gamma=0.0, **place).mean == pytest.approx(0.35)


def test_scores_below_zero_count_as_nothing_in_the_capacity() -> None:
    tau = np.array([-1.0, 0.0, 1.0, 2.0])
    held_out = [np.array([0.2, 1.0, -3.0, 0.5]), np.array([0.4, 1.0, 0.1, -7.0])]
    rows = Outcomes(
        Outcome({"g": 2.0}, k, {"tau": tau, "held_out": scores, "in_sample": tau, "public": tau, "phi2": 0.5})
        for k, scores in enumerate(held_out)
    )
    perfect = Outcomes([Outcome({}, None, {"public": np.array([0.9, 1.0, 0.9, 0.8])})])
    table = comparison.TableBuilder()
    comparison.add_scores(table, rows, perfect, {"g": 2.0})
    frame = {"memory": table.frame()}

    def one(quantity: str, **place: float) -> float:
        return float(claims.one_row(frame, "memory", quantity, place)["simulation"])

    assert one("capacity") == pytest.approx((0.5 + 0.1) / 2)  # the shifts 1 and 2 of both networks
    assert one("clipped", tau=2.0) == pytest.approx(0.25)
    assert one("held_out", tau=2.0) == pytest.approx(-3.25)
    assert one("spread", tau=1.0) == pytest.approx(0.1 / math.sqrt(2))  # standard deviation of 0 and 0.1
    assert one("share_failing") == 1.0
    assert float(claims.one_row(frame, "memory", "public", {"tau": -1.0})["theory"]) == 0.9
    estimate = claims.score_at(frame, "held_out", "smallest", [-1.0, 2.0])
    assert (estimate.mean, estimate.error, estimate.count) == (-3.25, pytest.approx(3.75), 2)


def test_margins_compare_the_same_networks() -> None:
    def row(gamma: float, replica: int, exponent: float) -> Outcome:
        return Outcome({"g": 2.0, "gamma": gamma, "dt": 0.02}, replica, {"exponent": exponent})

    rows = Outcomes([row(0.0, 0, 0.08), row(0.0, 1, 0.16), row(1.0, 0, 0.02), row(1.0, 1, 0.04)])
    table = comparison.TableBuilder()
    comparison.add_margins(table, rows)
    found = claims.simulated(claims.one_row({"t": table.frame()}, "t", "margin", {"gamma": 1.0}))
    # 0.02 - 0.08/4 and 0.04 - 0.16/4 are both zero: no scatter, though the exponents differ between networks
    assert (found.mean, found.error) == (pytest.approx(0.0, abs=1e-15), pytest.approx(0.0, abs=1e-15))


def test_the_theory_of_the_exponent_on_both_sides_of_the_transition() -> None:
    data = {
        "silence": Outcomes([Outcome({"g": 0.5}, None, theory.silence(settings(g=0.5), None))]),
        "mean-field": Outcomes([Outcome({"g": 2.0}, None, theory.dmft(settings(g=2.0), None))]),
    }
    assert comparison.theory_exponent(data, 0.5, 0.0) == -0.5
    assert comparison.theory_exponent(data, 0.5, 1.0) == pytest.approx(-0.13617, abs=1e-5)
    assert comparison.theory_exponent(data, 2.0, 0.0) == pytest.approx(0.1125, abs=6e-5)
    assert comparison.theory_exponent(data, 2.0, 1.0) is None  # no theory of the frozen phase
    assert comparison.theory_exponent(data, 0.5, 0.2) is None
