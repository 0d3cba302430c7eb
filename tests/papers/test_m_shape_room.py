"""m-shape: the emulated iteration against the equations it stands for, protocols against plain twins, tables."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from atlas.config import Streams
from atlas.meanfield.probe import Probe, static_reference
from atlas.meanfield.stationary import delta_static
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.m_shape import comparison, simulation, theory
from atlas.papers.m_shape.published import PublishedIteration, secant, static_variance, tilted_mean


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


@pytest.mark.parametrize("g", [0.8, 1.1, 2.0])
def test_the_emulations_own_variance_of_fixed_points(g: float) -> None:
    """Two routes, adaptive quadrature and trapezoid, to the same number."""
    assert static_variance(g) == pytest.approx(delta_static(g), rel=1e-9, abs=1e-14)


def emulation(equations: str, n_outer: int = 400, n_inner: int = 4000) -> PublishedIteration:
    run = PublishedIteration(1.5, 1.0, n_outer, n_inner, equations, np.random.default_rng(5))
    run.order = np.array([0.30, 0.10, 0.12, 0.05, 0.2, 0.1])
    return run


def test_right_conjugates_of_the_emulation_are_those_of_the_quadrature() -> None:
    """At beta_tilde = 1 importance sampling works: one undamped step meets the deterministic equations."""
    run = emulation("right")
    before, probe = run.order.copy(), Probe(static_reference(1.5), 1.0)
    q_tilde, big, o, q_hat, big_hat, o_hat = before
    run.step(p=-0.02)
    found = 2 * run.order - before
    g, q = 1.5, probe.reference.q
    kappa = g * math.sqrt(big - o * o / q)
    theta = np.array([math.log(q_tilde - big), o, kappa, q_hat, math.sqrt(big_hat), o_hat, -0.02])
    moments, m = probe.site(theta)
    w, y, var = probe.weight, moments[:, 3], moments[:, 12]
    k = probe.unpack(theta)[3]
    expected = [
        w @ moments[:, 1], w @ moments[:, 2] ** 2, w @ (probe.phi_star * moments[:, 2]),
        k**2 / 2 * (w @ (var + (y - m) ** 2)) - g * k / 2, k**2 * (w @ (y - m) ** 2),
        k * (w @ (probe.z2 * y)) / math.sqrt(q) - k**2 * (o / q) * (w @ var),
    ]  # fmt: skip
    # 400 draws of (u, w): 3 % of unity on averages of order one, times the conjugates' factor of about 1
    assert found == pytest.approx(np.array(expected), abs=0.05)


def test_published_conjugates_are_other_equations() -> None:
    """o_hat: (1/q - 1) in place of what depends on x*(z2); with the same samples the two differ far beyond noise."""
    runs = {name: emulation(name) for name in ("published", "right", "no-overlap-conjugate")}
    found = {}
    for name, run in runs.items():
        before = run.order.copy()
        run.step(p=-0.02)
        found[name] = 2 * run.order - before
    assert found["published"][:3] == pytest.approx(found["right"][:3], rel=1e-12)  # the same samples
    assert found["no-overlap-conjugate"][3:5] == pytest.approx(found["right"][3:5], rel=1e-12)
    assert found["no-overlap-conjugate"][5] == 0.0
    assert abs(found["published"][5] - found["right"][5]) > 0.05


def test_the_secant_finds_a_root_from_the_published_start() -> None:
    assert secant(lambda x: math.tanh(x) - 0.3, -1.0, 1.0) == pytest.approx(math.atanh(0.3), rel=1e-6)


def test_tilted_mean_against_a_plain_twin() -> None:
    rng = np.random.default_rng(2)
    exponent, square = 30 * rng.standard_normal((3, 40)), rng.uniform(0, 2, (3, 40))
    weights = np.exp(exponent - 4.0 * square - (exponent - 4.0 * square).max(axis=1, keepdims=True))
    expected = ((weights * square).sum(axis=1) / weights.sum(axis=1)).mean()
    assert tilted_mean(exponent, square, -4.0) == pytest.approx(expected, rel=1e-12)


def test_a_distance_out_of_reach_of_the_samples_is_marked() -> None:
    """All samples lie within 1e-2 of the origin, so that no field brings them to twice rms(x*)."""
    run = PublishedIteration(1.2, 1e6, 20, 50, "published", np.random.default_rng(5))
    with np.errstate(all="ignore"):
        assert not run.step(d=2 * run.rms).met
    run = PublishedIteration(1.2, 1e6, 20, 50, "published", np.random.default_rng(5))
    assert run.step(d=run.rms).met


def test_chains_are_compared_with_the_next_chains_first_state() -> None:
    p = settings(
        g=0.5,
        temperature=0.1,
        n_units=10,
        n_chains=3,
        leapfrog_steps=5,
        leapfrog_step=0.4,
        burn_in=3,
        samples=4,
        every=2,
    )
    values = simulation.cross_distances(p, Streams(1, "twin"))
    assert values["cross"].shape == (4, 3)
    assert values["same"].shape == (3, 3)
    first = values["cross"][0]
    # at the first kept state d(c, c + 1) of three chains obeys the triangle inequality of rms distances
    root = np.sqrt(first)
    assert root.max() <= root.sum() - root.max() + 1e-12
    assert (values["cross"] > 0).all()


def test_thermal_trace_without_couplings() -> None:
    values = simulation.thermal_trace(settings(g=0.0, n_units=5, t=2.0), Streams(1, "twin"))
    assert values["v"] == pytest.approx(1 / 3, rel=1e-14)
    assert values["log_det"] == pytest.approx(0.0, abs=1e-14)


def test_energy_along_a_ray_without_couplings_is_exact() -> None:
    values = simulation.ray(settings(g=0.0, n_units=6, field_ratio=0.4), Streams(1, "twin"))
    assert values["cost"] == pytest.approx([0.1] * 3, rel=1e-12)  # |y|²/2 - 0.4 |y|²


def test_langevin_stays_at_a_root() -> None:
    """<|x - root|²>/N = T (1/N) tr (A^T A)^-1: the harmonic value, within the statistics of a short run."""
    p = settings(
        g=1.5, n_units=30, max_starts=60, n_roots=1, start_scale=100.0, accept=1e-6, tolerance=1e-3,
        dt=0.1, temperature=1e-6, t_max=20.0,
    )  # fmt: skip
    values = simulation.trajectories(p, Streams(7, "twin"))
    if np.isnan(values["steps"][0]):
        pytest.skip("this network has no root but the origin")
    late = values["langevin_squared"][0][100:].mean() / 1e-6
    assert late < 10 * values["trace"][0]  # soft modes are slower than the run: an upper bound only
    assert values["displacement_rnn"][0] < 1e-2


def test_depth_of_an_interior_minimum() -> None:
    x = np.arange(5.0)
    assert comparison.dip(np.array([0.0, 2.0, 1.0, 3.0, 0.0]), x) == 1.0
    assert comparison.dip(np.array([0.0, 1.0, 2.0, 1.0, 0.0]), x) == 0.0
    assert comparison.dip(np.array([3.0, 0.0, 1.0, 2.0, 0.0]), np.array([3.0, 0.0, 1.0, 2.0, 4.0])) == 0.0  # unordered
    assert comparison.dip(np.array([0.0, 2.0, np.nan, 1.0, 3.0]), x) == 1.0


def test_wrong_signs_are_counted_on_both_sides() -> None:
    values = {
        "R": np.full(4, 1.0), "d": np.array([0.5, 0.8, 1.2, 1.3]), "converged": np.ones(4),
        "derivative": np.array([1.0, -1.0, -1.0, 1.0]),
    }  # fmt: skip
    assert comparison.wrong_signs(values) == 2.0


def test_m_index_of_planted_histograms() -> None:
    counts = np.ones((3, 14))
    assert comparison.m_index(counts) == 1.0
    counts[:, [0, 9]] = 5.0
    assert comparison.m_index(counts) == 5.0


@pytest.mark.slow
def test_a_point_that_did_not_converge_has_a_residual_and_no_number() -> None:
    values = theory.published_probe(
        settings(g=1.2, beta_tilde=1e6, ratios=(0.9, 0.3), steps=600, n_grid=12, stride=1), None
    )
    lost = values["converged"] == 0
    assert np.isnan(values["omega"][lost]).all()
    assert (values["residual"][lost] > 1e-9).all()
    assert (values["residual"][~lost] <= 1e-9).all()


def test_expected_maximum_of_samples() -> None:
    """Known values: m(2) = 1/√pi, m(100) = 2.508, m(1000) = 3.241."""
    width = [theory.sample_maximum(settings(n_samples=n, beta_tilde=1.0), None)["maximum"] for n in (2, 100, 1000)]
    assert width[0] == pytest.approx(1 / math.sqrt(math.pi), abs=1e-6)  # trapezoid
    assert width[1:] == pytest.approx([2.508, 3.241], abs=6e-4)


def test_left_boundary_lies_where_the_potential_has_fallen() -> None:
    found = theory.left_boundary(settings(g=1.2, beta=1000.0, drop=0.01), None)
    assert found["d2"] == pytest.approx(0.0103, rel=0.02)  # the dossier's printed digits


def test_tables_of_cross_distances_hold_planted_shares() -> None:
    cross = np.concatenate(
        [np.full((5, 4), 0.05), np.full((5, 4), 1.95)]
    )  # squared distances over 2 <x²> with <x²> = 1/2
    rows = Outcomes(
        Outcome({"g": 1.5, "n_units": 60}, k, {"cross": cross, "delta": 0.5, "acceptance": 0.9}) for k in range(3)
    )
    table = comparison.TableBuilder()
    comparison.add_cross(table, rows, {"g": 1.5, "n_units": 60})
    frame = table.frame()
    density = frame[frame["quantity"] == "cross_density"]["simulation"].to_numpy()
    assert density[[0, 9]] == pytest.approx([2.5, 2.5])
    assert frame[frame["quantity"] == "mode"]["simulation"].iloc[0] == pytest.approx(0.1)


def test_mirror_pairs_lie_at_twice_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """Roots a and 2 a with their mirror images: distances 2, 4; over the reference 2, 2 and a, 3 a over a and 2 a."""
    a = np.ones(4)
    J = np.zeros((4, 4))
    roots = simulation.fixed_points.RootList(np.array([0 * a, a, 2 * a]), [3], [3])
    monkeypatch.setattr(simulation, "search", lambda p, streams: (J, roots))
    values = simulation.slow_points(settings(max_starts=1), None)
    # 1/2 and 1 (twice each, as are 3/2; 3 lies outside), 2 (both mirror pairs)
    expected = np.zeros(12)
    expected[2], expected[5], expected[7], expected[10] = 1, 1, 1, 2
    assert values["counts"] == pytest.approx(expected)
    assert values["outside"] == 1.0
