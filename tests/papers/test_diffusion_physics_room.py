"""diffusion-physics: protocols against plain twins and exact limits, solvers against the dossier's anchors, tables."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from atlas.config import Streams
from atlas.dynamics.noise import normal
from atlas.estimation.estimate import Estimate
from atlas.meanfield import mixture_rates, pair_potential
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.diffusion_physics import claims, comparison, simulation, theory
from atlas.papers.diffusion_physics.ranges import CAPS, DISTANCES, EDGES, ENDS
from atlas.questions import QuestionError
from atlas.tables import TableBuilder, pick

MODEL = {"mu": 1.0, "sigma2": 0.4, "direction": "forward", "t_max": 1.0, "dt": 0.05, "n_paths": 200, "every": 50}


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**{**MODEL, **values})


def density(x: float, t: float, mu: float, sigma2: float) -> float:
    """p(x, t), term by term."""
    m, v = mu * math.exp(-t), 1.0 - math.exp(-2.0 * t) + sigma2 * math.exp(-2.0 * t)
    return 0.5 * sum(math.exp(-((x - c) ** 2) / (2.0 * v)) for c in (m, -m)) / math.sqrt(2.0 * math.pi * v)


# -- simulation ----------------------------------------------------------


def test_forward_trajectories_against_a_plain_loop() -> None:
    """One path and one step at a time from the same streams."""
    p, streams = settings(n_paths=100, every=50), Streams(1, "twin")
    found = simulation.trajectories(p, Streams(1, "twin"))
    starts = streams("starts")
    sign = 2.0 * starts.integers(0, 2, 100) - 1.0
    x = start = sign + math.sqrt(0.4) * starts.standard_normal((1, 100))[0]
    noise, left = streams("noise"), np.zeros(100)
    for _ in range(20):
        step = math.sqrt(0.1) * normal(noise, (1, 100))[0] - 0.05 * x
        left -= step * x
        x = x + step
    environment = 0.5 * (start**2 - x**2)
    system = np.array(
        [math.log(density(a, 0.0, 1.0, 0.4) / density(b, 1.0, 1.0, 0.4)) for a, b in zip(start, x, strict=True)]
    )
    y = np.exp(-system - environment)
    expected = {
        "environment": environment.mean(),
        "system": system.mean(),
        "total": (system + environment).mean(),
        "integral": y.mean(),
        "integral_left": np.exp(-system - left).mean(),
        "negative": (system + environment < 0).mean(),
        "negative_left": (system + left < 0).mean(),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name  # rounding over 20 steps
    assert found["running"] == pytest.approx([y[:50].mean(), y.mean()], rel=1e-9)
    assert found["capped"] == pytest.approx([np.minimum(y, cap).mean() for cap in CAPS], rel=1e-9)
    assert found["total_counts"].sum() == ((system + environment >= -3) & (system + environment <= 3)).sum()


def test_backward_starts_from_the_noised_law_and_ends_at_the_data() -> None:
    p = settings(direction="backward", t_max=4.0, n_paths=4000, dt=0.02, sigma2=1.0)
    found = simulation.trajectories(p, Streams(2, "twin"))
    # <DS> = S(0) - S(T) of the exact marginals; standard error 0.015, Euler steps of 0.02
    expected = mixture_rates.entropy(1.0, 1.0, 0.0) - mixture_rates.entropy(1.0, 1.0, 4.0)
    assert found["system"] == pytest.approx(expected, abs=0.07)


def test_windows_add_up_to_whole_paths() -> None:
    """The same streams: summed over windows the rates are the entropies of the paths."""
    for direction in ("forward", "backward"):
        p = settings(direction=direction, window=0.25)
        parts = simulation.windows(p, Streams(3, "twin"))
        whole = simulation.trajectories(p, Streams(3, "twin"))
        assert parts["centres"] == pytest.approx([0.125, 0.375, 0.625, 0.875])
        assert 0.25 * parts["flux"].sum() == pytest.approx(whole["environment"], rel=1e-9)
        assert 0.25 * parts["rate"].sum() == pytest.approx(whole["system"], rel=1e-9)
        assert 0.25 * parts["production"].sum() == pytest.approx(whole["total"], rel=1e-9)


def test_clouds_keep_both_ends_and_whole_paths() -> None:
    p = settings(mu=4.0, sigma2=1.0, n_paths=300, n_shown=3)
    found = simulation.clouds(p, Streams(4, "twin"))
    assert found["paths"].shape == (3, 2, 21)
    assert np.array_equal(found["paths"][:, :, 0].T, found["start"][:, :3])
    assert np.array_equal(found["paths"][:, :, -1].T, found["end"][:, :3])
    assert np.abs(found["start"]).mean() == pytest.approx(4.0, abs=0.2)  # standard error 0.04
    assert (np.sign(found["start"][0]) == np.sign(found["start"][1])).mean() > 0.99


def test_generation_with_exact_and_held_drift() -> None:
    """Linear growth where one mode is far from the other: dX = (1 - 2/v) X + 2 mu/v at held drift."""
    p = settings(mu=4.0, sigma2=2.25, drift="frozen", t_max=2.0, dt=0.01, n_paths=2000)
    found = simulation.generation(p, Streams(5, "twin"))
    rate = 1.0 - 2.0 / 2.25
    mean = (4.0 + 32.0) * math.exp(2.0 * rate) - 32.0
    spread = 2.25 * math.exp(4.0 * rate) + (math.exp(4.0 * rate) - 1.0) / rate
    # a few of 2000 paths start between the modes (P(|X| < 2) = 9 %) and see both: 3 %
    assert found["variance"] == pytest.approx(mean**2 + spread, rel=0.05)
    assert found["variances"][-1] == found["variance"]
    assert found["counts"].sum() == 2000
    exact = simulation.generation(settings(**{**vars(p), "drift": "exact", "t_max": 5.0}), Streams(5, "twin"))
    assert exact["variance"] == pytest.approx(18.25, rel=0.06)  # standard error 1.5 %, Euler steps 1 %
    assert exact["escaped"] == 0.0


def test_pairs_of_one_gaussian_against_the_quadrature() -> None:
    p = SimpleNamespace(mu=0.0, sigma2=0.5, t=0.3, n_samples=40_000, h=0.02)
    found = simulation.pairs(p, Streams(6, "twin"))
    known = theory.franz_parisi(SimpleNamespace(mu=0.0, sigma2=0.5, t=0.3, n_q=11), None)
    at = [int(np.argmin(np.abs(known["q"] - q))) for q in DISTANCES]
    # standard errors of a spread of 3 over 4 10^4 samples: 0.015, and less for the slopes at q >= 0.5
    assert found["potential"] == pytest.approx(known["potential"][at], abs=0.06)
    assert found["slope"][5:] == pytest.approx(known["slope"][at][5:], abs=0.1)


def test_deterministic_protocols_at_known_points() -> None:
    currents = simulation.currents(SimpleNamespace(mu=1.0, sigma2=0.4, t=0.3, n_points=2001), Streams(7, "twin"))
    assert currents["production_backward"] == pytest.approx(0.085940, abs=6e-7)  # the dossier's digits
    assert currents["rate_backward"] == pytest.approx(0.133585, abs=6e-7)
    onset = simulation.onset(SimpleNamespace(mu=1.0, sigma2=0.4), Streams(7, "twin"))
    assert onset["t_root"] == pytest.approx(0.386485, abs=6e-7)
    plane = simulation.classification(SimpleNamespace(mu_max=1.0, sigma_max=2.0, n_side=4), Streams(7, "twin"))
    assert plane["phases"].tolist() == [[0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 1, 1], [2, 2, 2, 2]]
    p = SimpleNamespace(mu=(1.0, 1.0), sigma2=(1.0, 1.0), t=(0.35, 0.0), x_max=(3.0, 3.0), n_shown=5, n_points=4001)
    free = simulation.free_energy(p, Streams(7, "twin"))
    x = free["x"][0]
    gap = free["energy"][0] - (0.5 * x * x - 2.0 * np.log(np.cosh(math.exp(-0.35) * x)))
    assert free["x"].shape == (1, 5)  # t = 0 has no posterior
    assert gap - gap.mean() == pytest.approx(np.zeros(5), abs=1e-10)


# -- theory --------------------------------------------------------------


def test_questions_answer_with_the_dossiers_numbers() -> None:
    rates = theory.ask_rates(1.0, 0.4, 0.3)
    assert rates.quantities["entropy_production"] == pytest.approx(0.085940, abs=6e-7)
    assert rates.quantities["entropy_rate"] == pytest.approx(-0.133585, abs=6e-7)
    assert rates.residual < 1e-15
    assert theory.ask_production(1.0, 0.1, 0.0, 1.0).quantities["integral"] == pytest.approx(0.5103, abs=6e-5)
    with pytest.raises(QuestionError, match="t0: got 2"):
        theory.ask_production(1.0, 0.1, 2.0, 1.0)
    wide = theory.ask_speciation(4.0, 2.25)
    assert wide.quantities["t_unstable"] == pytest.approx(0.5 * math.log(1.25))
    assert theory.ask_speciation(0.4, 1.0).quantities == {"t_speciation": None, "t_unstable": None}
    pair = theory.ask_franz_parisi(1.0, 0.1, 0.42, np.array([0.5, 2.0, 6.0]))
    assert pair.quantities["potential"] == pytest.approx([2.4895, 4.6186, 6.3317], abs=6e-5)
    assert pair.quantities["slope_zeros"] == pytest.approx([1.466, 3.205], abs=6e-4)
    assert pair.quantities["curvature_zeros"] == pytest.approx([2.035], abs=6e-4)
    assert pair.residual < 1e-10


@pytest.mark.parametrize("text", ["0", "[1, -2]", "[]", "nan", "[[1]]"])
def test_distances_of_a_question_must_be_positive(text: str) -> None:
    with pytest.raises(QuestionError, match="q: got"):
        theory.distances().parse(text)
    assert theory.distances().parse("2").tolist() == [2.0]


def test_window_rates_are_averages_of_the_rates() -> None:
    found = theory.window_rates(SimpleNamespace(mu=1.0, sigma2=0.4, t_max=1.0, window=0.25), None)
    nodes, weights = np.polynomial.legendre.leggauss(20)
    for row, centre in enumerate(found["centres"]):
        some = [mixture_rates.rates(1.0, 0.4, centre + 0.125 * x) for x in nodes]
        for name in ("production", "flux", "rate", "backward_flux"):
            mean = 0.5 * sum(w * getattr(one, name) for w, one in zip(weights, some, strict=True))
            assert found[name][row] == pytest.approx(mean, abs=1e-11)


def test_phases_and_their_wrong_twin() -> None:
    found = theory.phases(SimpleNamespace(mu_max=1.0, sigma_max=2.0, n_side=4), None)
    assert found["phases"].tolist() == [[0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 1, 1], [2, 2, 2, 2]]
    assert found["unit_variance"].tolist() == [[0, 0, 0, 1]] * 3 + [[2, 2, 2, 2]]
    middle = np.argmin(np.abs(found["sigma_boundary"] - 1.0))
    assert found["mu_boundary"][middle] == pytest.approx(math.sqrt(0.5), abs=1e-3)  # the grid of sigma


# -- comparison, claims --------------------------------------------------


def path_outcome(replica: int, direction: str, shift: float) -> Outcome:
    """Planted paths: every mean is 1 + shift."""
    numbers = ("system", "environment", "total", "negative", "negative_left", "integral", "integral_left", "hill")
    counts = {f"{name}_counts": np.ones(len(edges) - 1) for name, edges in EDGES.items()}
    values = {**dict.fromkeys(numbers, 1.0 + shift), **counts, "n_paths": 100.0}
    values |= {"running": np.array([1.0, 1.0 + shift]), "capped": np.full(CAPS.size, 1.0 + shift)}
    return Outcome({"direction": direction}, replica, values)


def test_fluctuations_average_over_replicas() -> None:
    bundles = [path_outcome(k, d, s) for d in ("forward", "backward") for k, s in enumerate((-0.1, 0.1, 0.3))]
    law = {f"{name}_density": np.ones(len(edges) - 1) for name, edges in EDGES.items()}
    law |= {"system_backward": np.ones(50), "negative": 0.5, "capped": np.ones(CAPS.size), "tail_index": math.inf}
    produced = {"total": 1.0, "system": 0.7, "environment": 0.3, "residual": 0.0}
    points = [{"sigma2": s, "t_max": t} for s in (0.1, 1.0) for t in (1.0, 10.0)]
    data = {
        "bundles": Outcomes(bundles),
        "short-bundles": Outcomes([path_outcome(k, "forward", s) for k, s in enumerate((0.0, 0.2))]),
        "laws": Outcomes([Outcome(point, None, law) for point in points]),
        "production": Outcomes([Outcome(point, None, produced) for point in points]),
    }
    table = comparison.fluctuations(data)
    row = pick(table, "total", setting="forward").iloc[0]
    assert (row["simulation"], row["theory"]) == (pytest.approx(1.1), 1.0)
    assert row["simulation_error"] == pytest.approx(0.2 / math.sqrt(3.0))
    assert pick(table, "system", setting="backward")["theory"].iloc[0] == -0.7
    assert pick(table, "environment", setting="backward")["theory"].iloc[0] == pytest.approx(1.7)
    significance = claims.significance({"fluctuations": table}, "forward", "total")
    assert significance.mean == pytest.approx(1.1 / (0.2 / math.sqrt(3.0)))
    gap = claims.difference({"fluctuations": table}, "fluctuations", "total", setting="forward")
    assert (gap.mean, gap.count) == (pytest.approx(0.1), 3)
    assert pick(table, "running", setting="short")["n"].tolist() == [50.0, 100.0]
    assert pick(table, "running_median", setting="forward")["low"].isna().all()  # three replicas have no interval


def rates_table() -> pd.DataFrame:
    builder = TableBuilder()
    t = np.array([0.0, 0.15, 0.3])
    builder.curve("flux_curve", {"t": np.array([0.0, 0.1, 0.15, 0.3])}, theory=np.array([4.0, 9.0, 2.0, 1.0]))
    builder.curve(
        "flux_lattice", {"t": t}, simulation=np.array([4.0, 2.2, -1.0]), simulation_error=0.0, direction="forward"
    )
    builder.curve("flux_lattice", {"t": t}, simulation=np.array([4.0, 1.2, 1.0]), direction="backward")
    builder.curve("flux_window", {"t": t}, simulation=t, simulation_error=0.1, count=4, direction="forward")
    return builder.frame()


def test_estimators_read_planted_rates() -> None:
    tables = {"rates": rates_table()}
    assert claims.largest_gap(tables, "flux", "flux", "forward").mean == pytest.approx(2.0)
    assert claims.largest_gap(tables, "flux", "flux", "forward", sign=-1.0).mean == pytest.approx(2.1)
    assert claims.largest_gap(tables, "flux", "flux", "forward", less="backward").mean == pytest.approx(0.5)
    assert claims.largest_rise(tables, "flux").mean == pytest.approx(5.0)
    assert claims.smallest(tables, "flux").mean == pytest.approx(1.0)
    assert claims.window(tables, "flux", "forward", 0.2) == Estimate(0.15, 0.1, count=4)
    with pytest.raises(ValueError, match="not all of"):
        claims.at_times(tables, "flux", np.array([0.2]))


def test_generation_table_measures_the_deviation_from_the_data() -> None:
    rows = [
        Outcome(
            {"mu": 4.0, "sigma2": 2.25, "drift": "exact"},
            k,
            {
                "times": np.array([0.0, 5.0]),
                "variances": np.array([1.0, v]),
                "variance": v,
                "escaped": 0.0,
                "counts": np.ones(len(ENDS) - 1),
                "n_paths": 200.0,
            },
        )
        for k, v in enumerate((18.25, 20.075))
    ]
    target = {"x": np.zeros(1), "density": np.ones(1), "s": np.zeros(1), "variance": np.ones(1)}
    data = {
        "clouds": Outcomes([]),
        "circles": Outcomes([]),
        "generated": Outcomes(rows),
        "targets": Outcomes([Outcome({"sigma2": 2.25}, None, target)]),
    }
    table = comparison.generation(data)
    assert pick(table, "variance_deviation")["simulation"].iloc[0] == pytest.approx(0.05)
    assert pick(table, "variance_deviation")["simulation_error"].iloc[0] == pytest.approx(0.05)
    assert pick(table, "variance")["theory"].iloc[0] == 18.25


def test_glass_table_sets_samples_beside_the_theory_of_every_time() -> None:
    def solved(t: float, level: float) -> Outcome:
        q = np.concatenate(([0.05], DISTANCES))
        curves = {name: np.full(q.size, level) for name in ("potential", "slope", "curvature")}
        zeros = {"slope_zeros": np.array([1.0, 2.0]), "curvature_zeros": np.array([]), "grid_zeros": np.array([0.3])}
        return Outcome({"t": t}, None, {"q": q, **curves, **zeros, "residual": 0.0})

    def sampled(t: float, replica: int, value: float) -> Outcome:
        curves = {name: np.full(DISTANCES.size, value) for name in ("potential", "slope", "curvature")}
        return Outcome({"t": t}, replica, curves)

    samples = [sampled(t, k, t + k) for t in (0.1, 0.4) for k in (0, 1)]
    data = {"potentials-of-pairs": Outcomes([solved(0.1, 5.0), solved(0.4, 7.0)]), "sampled-pairs": Outcomes(samples)}
    tables = {"glass": comparison.glass(data)}
    own = claims.sampled_difference(tables, "potential", 0.5, at=0.1, of=0.1)
    other = claims.sampled_difference(tables, "potential", 0.5, at=0.1, of=0.4)
    assert (own.mean, own.error) == (pytest.approx(0.6 - 5.0), pytest.approx(0.5))
    assert other.mean == pytest.approx(0.6 - 7.0)
    assert pick(tables["glass"], "slope_zero", at=0.1)["theory"].tolist() == [1.0, 2.0]
    assert pick(tables["glass"], "curvature_zeros", at=0.1)["theory"].iloc[0] == 0.0


def test_dossiers_grid_moves_the_first_inflection() -> None:
    """At t = 0.01: 0.164 and 0.425 by differences of differences, 0.1544 and 0.425 by the derivative itself."""
    problem = pair_potential.Problem(1.0, 0.1, 0.01)
    assert theory.grid_zeros(problem) == pytest.approx([0.164, 0.425], abs=6e-4)
    exact = [pair_potential.at(q, problem)[2] for q in (0.154, 0.155)]
    assert exact[0] < 0.0 < exact[1]


def test_landscape_table_finds_planted_gaps() -> None:
    """The free energy is U plus a constant plus a bump of 0.3 at one of three states: the largest gap is 0.2."""
    x = np.linspace(-1.0, 1.0, 5)
    potentials = {
        "mu": np.array([1.0, 1.0]), "sigma2": np.array([1.0, 1.0]), "t": np.array([0.5, 0.0]),
        "x": np.array([x, x]), "u": np.array([x**2, x**2]), "curvature": np.array([2.0, 2.0]),
    }  # fmt: skip
    shown = x[::2][None, :]
    direct = {"x": shown, "energy": shown**2 + 4.0 + np.array([[0.3, 0.0, 0.0]]), "half": 0.0 * shown}
    point = {"mu": 1.0, "sigma2": 1.0}
    known = {"t_speciation": 0.35, "t_unstable": math.nan, "t_unit_variance": 0.3}
    phases = {"sigma": np.array([0.5, 1.0]), "mu": np.array([0.1, 0.9]), "phases": np.array([[0.0, 1.0], [0.0, 1.0]])}
    boundaries = {
        "phases": np.array([[0, 1], [0, 0]]), "unit_variance": np.zeros((2, 2)),
        "sigma_boundary": np.ones(2), "mu_boundary": np.ones(2),
    }  # fmt: skip
    data = {
        "potentials": Outcomes([Outcome({}, None, potentials)]),
        "free-energies": Outcomes([Outcome({}, 0, direct)]),
        "onsets": Outcomes([Outcome(point, 0, {"t_root": 0.36})]),
        "speciation": Outcomes([Outcome(point, None, known)]),
        "plane": Outcomes([Outcome({}, 0, phases)]),
        "boundaries": Outcomes([Outcome({}, None, boundaries)]),
    }
    table = comparison.landscape(data)
    numbers = {
        "largest_gap_energy": 0.2,
        "largest_gap_root": 0.01,
        "largest_gap_unit": 0.06,
        "compared": 3.0,
        "differing_phases": 0.25,
        "differing_unit_variance": 0.5,
    }
    for name, value in numbers.items():
        assert claims.bare_value({"landscape": table}, "landscape", name).mean == pytest.approx(value), name
    spots = pick(table, "phase")
    assert spots[(spots["mu"] == 0.9) & (spots["sigma"] == 1.0)]["simulation"].tolist() == [1.0]


def test_targets_and_contours_are_those_of_the_marginals() -> None:
    found = theory.target(SimpleNamespace(mu=4.0, sigma2=2.25, t_max=5.0), None)
    assert found["density"].sum() * (found["x"][1] - found["x"][0]) == pytest.approx(1.0, abs=1e-12)
    assert found["variance"][-1] == pytest.approx(18.25)
    assert found["variance"][0] == pytest.approx(1.0 + 17.25 * math.exp(-10.0))
    circles = theory.contours(SimpleNamespace(mu=4.0, sigma2=1.0, t=3.0), None)
    centre = 4.0 * math.exp(-3.0)
    assert np.hypot(circles["x"][0] - centre, circles["y"][0] - centre) == pytest.approx(np.full(91, 2.0))


def test_law_solver_and_potential_rows() -> None:
    found = theory.law(SimpleNamespace(mu=1.0, sigma2=1.0, t_max=10.0, n_start=1000), None)
    widths = np.diff(EDGES["system"])
    # beyond +-5 lies what either end has beyond 3.3 standard deviations, P = 0.001 each
    assert (found["system_density"] * widths).sum() == pytest.approx(0.998, abs=1e-3)
    mirrored = found["system_backward"][::-1] * widths
    assert mirrored == pytest.approx(found["system_density"] * widths, abs=2e-3)  # lattice points on edges
    assert math.isinf(found["tail_index"])
    p = SimpleNamespace(mu=(1.0, 4.0), sigma2=(1.0, 2.25), t=(0.35, 0.0), x_max=(3.0, 12.0), n_points=13)
    rows = theory.potential(p, None)
    assert rows["u"].shape == (2, 13)
    assert rows["u"][1, -1] < rows["u"][1, -2] < 0.0  # falls far out
    assert rows["curvature"][0] == pytest.approx(1.0 - 2.0 * math.exp(-0.7))
