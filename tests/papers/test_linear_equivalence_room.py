"""linear-equivalence: protocols against plain twins, solvers against anchors, tables against planted matrices."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from atlas.config import SCALES, Streams, load_atlas
from atlas.dynamics.noise import normal
from atlas.meanfield.linear_network import propagator
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.linear_equivalence import claims, comparison, simulation, theory
from atlas.papers.linear_equivalence.networks import couplings

ROOT = Path(__file__).resolve().parents[2]
PAPER = load_atlas(ROOT / "config", {"papers": "linear-equivalence"}).papers["linear-equivalence"]
PAIRS = {
    "covariance-small": "prediction-small",
    "covariance": "prediction",
    "covariance-large": "prediction-large",
    "spectra": "predicted-spectra",
    "dimension-chaos": "predicted-dimension-chaos",
    "dimension-driven": "predicted-dimension-driven",
}


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("experiment", "prediction"), PAIRS.items())
def test_every_network_has_its_prediction(scale: str, experiment: str, prediction: str) -> None:
    simulated = {tuple(sorted(item.point.items())) for item in PAPER.experiment(experiment, scale).items}
    predicted = {tuple(sorted(item.point.items())) for item in PAPER.theory(prediction, scale).items}
    assert simulated == predicted


def test_both_routes_get_the_same_couplings() -> None:
    """The draws depend on root seed, size and number; gain only scales them; their key is recorded."""
    ours, theirs = Streams(7, "paper/experiment/a"), Streams(7, "paper/theory/b")
    J = couplings(ours, 1.5, 30, 2)
    assert couplings(theirs, 3.0, 30, 2) == pytest.approx(2 * J, rel=1e-15)
    assert any("network=2" in key for key in ours.keys)
    for other in (couplings(theirs, 1.5, 30, 3), couplings(Streams(8, "x"), 1.5, 30, 2)):
        assert np.abs(other - J).max() > 0.1
    assert np.std(couplings(ours, 1.5, 400, 0)) == pytest.approx(1.5 / 20, rel=0.01)  # 160000 draws: 0.2 %


def test_the_audit_knows_the_shared_couplings() -> None:
    """A job may draw the couplings of its own networks, not those of another size."""
    from atlas.provenance.expectation import Expectation

    expected = Expectation.load(ROOT / "config", "smoke", {"papers": "linear-equivalence"})
    for stage, name, size in (("simulate", "covariance-large", 450), ("theory", "closure", 60)):
        record = {"stage": stage, "paper": "linear-equivalence", "name": name, "chunk": 0}
        scopes = expected.scopes_of(record) or set()
        assert f"linear-equivalence/networks/n_units={size}" in scopes
        assert "linear-equivalence/networks/n_units=100" not in scopes
    lags = expected.scopes_of({"stage": "simulate", "paper": "linear-equivalence", "name": "lags", "chunk": 0})
    assert not any("networks" in scope for scope in lags or set())


def twin_states(streams: Streams, p: SimpleNamespace) -> list[np.ndarray]:
    """States of the driven map at every step after the transient, plainly in double precision."""
    from scipy.special import erf

    J = couplings(streams, p.g, p.n_units, p.network)
    x = streams("states").standard_normal((p.n_units, p.n_states), dtype=np.float32).astype(float)
    noise, kept = streams("noise"), []
    steps = round(p.t_transient / p.dt), round(p.t_measure / p.dt)
    for step in range(sum(steps)):
        if step >= steps[0]:
            kept.append(x)
        phi = erf(math.sqrt(math.pi) * x / 2)
        x = (1 - p.dt) * x + p.dt * J @ phi + math.sqrt(2 * p.D * p.dt) * normal(noise, x.shape, np.float32)
    return kept


DRIVEN = settings(
    g=1.2, phi="erf", D=0.5, dt=0.5, network=1, n_units=14, n_states=4, t_transient=4.0, t_measure=8.0, quadruples=20
)


def test_covariance_against_a_plain_loop() -> None:
    from scipy.special import erf

    values = simulation.covariance(DRIVEN, Streams(1, "twin"))
    shots = [s[:, :2] for s in twin_states(Streams(1, "twin"), DRIVEN)[::2]]  # half 0, one snapshot per tau
    phi = [erf(math.sqrt(math.pi) * s / 2) for s in shots]
    expected = {
        "phi": np.mean([a @ a.T / 2 for a in phi], axis=0),
        "cross": np.mean([a @ s.T / 2 for a, s in zip(phi, shots, strict=True)], axis=0),
        "x": np.mean([s @ s.T / 2 for s in shots], axis=0),
    }
    for name, value in expected.items():
        assert values[name][0] == pytest.approx(value, abs=2e-5)  # single precision over 24 steps


def test_dimension_is_the_trace_of_the_covariance() -> None:
    whole, traces = simulation.covariance(DRIVEN, Streams(2, "twin")), simulation.dimension(DRIVEN, Streams(2, "twin"))
    for name in ("phi", "x"):
        first, second = whole[name].astype(float)
        assert traces[f"trace_{name}"] == pytest.approx(np.trace(first + second) / 28, rel=1e-6)
        assert traces[f"square_{name}"] == pytest.approx((first * second).sum() / 14, rel=1e-6)


def test_wick_protocol_keeps_distinct_units() -> None:
    values = simulation.wick(DRIVEN, Streams(3, "twin"))
    assert values["units"].shape == (20, 4)
    assert values["fourth"].shape == (2, 20)
    # <phi³ phi> of a unit with itself is <phi⁴>, between 0 and <phi²>
    assert np.all(np.diagonal(values["cube"], axis1=1, axis2=2) < np.diagonal(values["phi"], axis1=1, axis2=2))


def test_window_weights_against_the_direct_double_sum() -> None:
    """<|F|²>/sum h² of a process with C_k = b^|k|, directly and through the shares."""
    n_window, n, harmonic, b = 20, 400, 3, 0.8
    t = np.arange(n_window)
    wave = np.sin(np.pi * t / n_window) ** 2 * np.exp(-2j * np.pi * harmonic * t / n_window)
    direct = (wave[:, None] * b ** np.abs(t[:, None] - t) * wave.conj()).sum().real / (np.abs(wave) ** 2).sum()
    theta = 2 * np.pi * np.arange(n) / n
    spectrum = (1 - b * b) / np.abs(1 - b * np.exp(1j * theta)) ** 2
    share = theory.window_weights(n_window, harmonic, n)
    assert share.sum() == pytest.approx(1.0, rel=1e-12)
    assert share @ spectrum == pytest.approx(direct, rel=1e-10)


def test_prediction_against_direct_sums_over_frequencies() -> None:
    p = settings(g=1.5, phi="erf", D=0.5, dt=0.5, network=0, n_units=20, n_frequencies=64)
    values = theory.prediction(p, Streams(1, "twin"))
    J = couplings(Streams(1, "twin"), 1.5, 20, 0)
    solved = theory.driven_map.solve(1.5, "erf", 0.5, 0.5)
    grid = theory.driven_map.spectra(solved, 64)
    direct = np.zeros((20, 20), dtype=complex)
    for s, c in zip(grid.response, grid.c_zeta, strict=True):
        A = propagator(J, s)
        direct += c * A @ A.conj().T / 64
    assert np.abs(direct.imag).max() < 1e-12  # w and -w
    assert values["phi"] == pytest.approx(direct.real, abs=1e-6)  # stored in single precision
    assert values["trace_phi"] == pytest.approx(np.trace(direct).real / 20, rel=1e-9)


def test_predicted_dimension_of_weak_couplings_is_near_one() -> None:
    p = settings(g=0.05, phi="erf", D=0.5, dt=0.5, network=0, n_units=50, n_frequencies=64)
    values = theory.predicted_dimension(p, Streams(1, "twin"))
    assert values["pr_phi"] == pytest.approx(1.0, abs=0.01)  # 1 - O(g²)


def test_unstable_linear_network_gives_no_dimension() -> None:
    p = settings(g=8.0, phi="tanh", D=0.0, dt=0.25, network=0, n_units=6, n_frequencies=64)
    found = [theory.predicted_dimension(settings(**{**vars(p), "network": k}), Streams(1, "t")) for k in range(8)]
    assert any(values["growth"] >= 1 and math.isnan(values["pr_phi"]) for values in found)
    assert all(math.isfinite(values["pr_phi"]) for values in found if values["growth"] < 1)


def planted_row(C: np.ndarray, chi: float, network: int) -> Outcome:
    """A network whose residual is independent of everything: phi = chi x + r, <r_i r_j> = 0 between units."""
    x = C.copy() / chi**2
    both = {"phi": np.stack([C, C]), "x": np.stack([x, x]), "cross": np.stack([chi * x, chi * x])}
    scalars = {"chi": chi, "phi2": 0.5, "delta0": 1.0}
    return Outcome({"g": 1.5, "network": network, "n_units": len(C)}, 0, both | scalars)


def test_covariance_table_of_planted_matrices() -> None:
    """Simulation equal to the prediction: correlation and slope 1, no deviation, no residual; naive as planted."""
    rng, n = np.random.default_rng(0), 30
    rows, predictions = [], []
    for network in range(3):
        C = rng.standard_normal((n, n))
        C = C + C.T
        rows.append(planted_row(C, 0.6, network))
        values = {"phi": C, "naive": 0.5 * C, "x": C / 0.36, "chi": 0.6, "trace_phi": 0.5, "trace_bare": 1.0}
        predictions.append(Outcome(dict(rows[-1].point), None, values))
    state = {"chi": 0.6, "phi2": 0.5, "delta0": 1.0, "residual": 0.0}
    data = {
        "covariance": Outcomes(rows),
        "covariance-small": Outcomes([]),
        "covariance-large": Outcomes([]),
        "prediction": Outcomes(predictions),
        "prediction-small": Outcomes([]),
        "prediction-large": Outcomes([]),
        "dmft-driven": Outcomes([Outcome({"g": g, "dt": 0.5}, None, state) for g in (1.5, 2.0)]),
        "closure": Outcomes([]),
    }
    table = comparison.covariance(data)

    def found(quantity: str, **place: object) -> float:
        rows_of = table[table["quantity"] == quantity]
        for name, value in place.items():
            rows_of = rows_of[rows_of[name] == value]
        return float(rows_of["simulation"].iloc[0])

    for field in ("phi", "x"):
        assert found("correlation", field=field, kind="linear") == pytest.approx(1.0)
        assert found("slope", field=field, kind="linear") == pytest.approx(1.0)
    assert found("correlation", field="phi", kind="naive") == pytest.approx(1.0)
    assert found("slope", field="phi", kind="naive") == pytest.approx(2.0)
    assert found("deviation", field="phi", kind="naive") == pytest.approx(0.5)
    assert abs(found("correlation", field="phi", kind="other")) < 0.3  # 3 of 435 pairs: 0.03 each
    assert found("square_ratio", field="residual") == pytest.approx(0.0, abs=1e-12)
    assert found("square_ratio", field="unscaled") == pytest.approx((1 - 1 / 0.6) ** 4)
    assert found("trace_phi_ratio") == pytest.approx(1.0)
    assert found("trace_bare_ratio") == pytest.approx(2.0)


def test_off_diagonal_of_first_rows() -> None:
    entries = comparison.off_diagonal(np.arange(12.0).reshape(3, 4))
    assert entries.tolist() == [1, 2, 3, 4, 6, 7, 8, 9, 11]


def test_wick_sums_of_a_known_matrix() -> None:
    C = np.array([[1.0, 2, 3, 4], [2, 1, 5, 6], [3, 5, 1, 7], [4, 6, 7, 1]])
    assert comparison.wick_sums(C, np.array([[0, 1, 2, 3]]))[0] == 2 * 7 + 3 * 6 + 4 * 5


def test_size_exponent_of_a_planted_power() -> None:
    import pandas as pd

    sizes = np.array([100.0, 200.0, 400.0, 800.0])
    table = pd.DataFrame(
        {
            "quantity": "rms", "field": "phi", "n_units": sizes, "simulation": 3 * sizes**-0.5,
            "simulation_error": 0.01 * sizes**-0.5, "count": 8.0,
        }
    )  # fmt: skip
    exponent = claims.size_exponent({"covariance": table}, "rms", 400, field="phi")
    assert exponent.mean == pytest.approx(-0.5, abs=1e-12)


def test_questions_of_the_solvers() -> None:
    answer = theory.ask_dmft(1.5, "erf", 0.5, 0.5)
    assert set(answer.quantities) == {"delta0", "phi2", "chi", "g_chi", "pr_phi", "pr_x"}
    assert answer.quantities["pr_phi"] == pytest.approx(0.4638, abs=5e-5)  # printed digits
    identity = theory.ASK["covariance-identity"]
    values = identity.values({"g": "1.2", "a": "0.4,-0.2", "b": "0.3", "n_units": "400", "seed": "1"})[0]
    found = identity.solve(**values).quantities
    assert found["trace_phi"] == pytest.approx(found["trace_phi_theory"], rel=0.02)  # one matrix of N = 400
    assert found["trace_x"] == pytest.approx(found["trace_x_theory"], rel=0.02)
    with pytest.raises(ValueError, match="a: got"):
        identity.values({"g": "1.2", "a": "0.4,1,2", "b": "0.3", "n_units": "400", "seed": "1"})
