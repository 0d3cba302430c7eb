"""kinetic-energy: protocols against plain twins, solvers against closed forms and the dossier's anchors."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from atlas.config import Streams, load_atlas
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.kinetic_energy import comparison, pairs, simulation, theory

ROOT = Path(__file__).resolve().parents[2]
PAPER = load_atlas(ROOT / "config", {"papers": "kinetic-energy"}).papers["kinetic-energy"]


def settings(**values: object) -> SimpleNamespace:
    return SimpleNamespace(**values)


def twin_network(streams: Streams, n: int, g: float, states: int) -> tuple[np.ndarray, np.ndarray]:
    """The same draws, plainly."""
    J = streams("couplings").standard_normal((n, n)) * g / math.sqrt(n)
    return J, streams("states").standard_normal((n, states))


def test_arc_length_against_a_plain_euler_loop() -> None:
    p = settings(
        g=1.8, n_units=30, n_states=3, dt=0.1, integrator="euler", precision="float64", t_transient=4.0, t_measure=3.0
    )
    values = simulation.arc_length(p, Streams(1, "twin"))
    J, x = twin_network(Streams(1, "twin"), 30, 1.8, 3)
    length, late, energies = np.zeros(3), 0.0, []
    for step in range(70):
        v = -x + J @ np.tanh(x)
        if step == 40:
            late = length.mean()
        if step >= 40:
            energies.append((v**2).mean())
        length = length + 0.1 * np.linalg.norm(v, axis=0) / math.sqrt(30)
        x = x + 0.1 * v
    assert values["arc"][-1] == pytest.approx(length.mean(), rel=1e-12)  # rounding of 70 steps
    assert values["rate"] == pytest.approx((length.mean() - late) / 3.0, rel=1e-12)
    assert values["gamma0"] == pytest.approx(np.mean(energies), rel=1e-12)
    assert values["times"][-1] == pytest.approx(7.0)
    assert len(values["late_v2"]) == 30


def test_stationary_averages_against_a_plain_euler_loop() -> None:
    p = settings(
        g=1.8, n_units=25, n_states=2, dt=0.5, integrator="euler", precision="float64",
        t_transient=5.0, t_measure=10.0, x_max=8.0, bins=16,
    )  # fmt: skip
    values = simulation.stationary(p, Streams(2, "twin"))
    J, x = twin_network(Streams(2, "twin"), 25, 1.8, 2)
    seen = []
    for step in range(30):
        v = -x + J @ np.tanh(x)
        if step >= 10:  # every step is observed: the observation interval is one step
            seen.append([(v**2).mean(), (x**2).mean(), (x**4).mean(), (np.linalg.norm(v, axis=0) / 5.0).mean()])
        x = x + 0.5 * v
    expected = np.mean(seen, axis=0)
    found = [values[name] for name in ("gamma0", "delta0", "x4", "speed")]
    assert found == pytest.approx(expected, rel=1e-12)
    assert values["counts"].sum() == 10 * 2 * 25  # one count per tau, unit and state


def test_angles_of_known_vectors() -> None:
    states = np.array([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0], [1.0, 1.0]])
    assert simulation.angles_to(np.array([2.0, 0.0]), states) == pytest.approx([0.0, 90.0, 180.0, 45.0])


def test_angle_between_means_of_planted_clouds() -> None:
    first = np.tile([1.0, 0.0, 0.0], (100, 1))
    second = np.tile([1.0, 1.0, 0.0], (100, 1))
    values = simulation.between(first, second)
    assert values["theta"] == pytest.approx(np.full(len(values["theta"]), 45.0))
    assert values["theta_gradient_itself"] == pytest.approx(0.0, abs=1e-5)  # arccos near 1 keeps half the digits


def test_the_pair_starts_from_the_same_state_with_the_same_couplings() -> None:
    p = settings(
        g=1.5,
        temperature=1e-12,
        n_units=40,
        dt=0.1,
        snapshot_interval=0.1,
        t_transient=0.0,
        snapshots=2,
        x_max=8.0,
        bins=16,
    )
    values = simulation.pair(p, Streams(3, "twin"))
    # The first snapshots are the common start, so that their radii agree exactly.
    assert values["radius_rnn"][0] == values["radius_gradient"][0]
    assert values["radius_rnn"][1] != values["radius_gradient"][1]


def test_below_the_transition_the_energy_decays() -> None:
    """The slowest mode decays as exp(-(1 - g) t): v² falls by exp(-2 * 0.5 * 60) = 1e-26 at g = 0.5."""
    p = settings(
        g=0.5, n_units=60, n_states=1, dt=0.2, integrator="rk4", precision="float64",
        t_transient=60.0, t_measure=2.0, x_max=8.0, bins=16,
    )  # fmt: skip
    assert simulation.stationary(p, Streams(4, "twin"))["gamma0"] < 1e-20


@pytest.mark.parametrize(
    ("g", "delta0", "gamma0", "delta_static"),
    [
        (1.02, 0.0204608, 2.5436e-6, 0.0205275),
        (1.2, 0.2426289, 1.895268e-3, 0.2495130),
        (2.0, 1.9248054, 1.2790685e-1, 2.1214735),
    ],
)
def test_anchors_of_the_dossier(g: float, delta0: float, gamma0: float, delta_static: float) -> None:
    values = theory.dmft(settings(g=g), None)
    assert values["delta0"] == pytest.approx(delta0, rel=3e-6)  # the anchors' last printed digit
    assert values["gamma0"] == pytest.approx(gamma0, rel=2e-5)
    assert values["delta_static"] == pytest.approx(delta_static, rel=3e-6)


def test_the_configs_matched_temperature_is_gamma0() -> None:
    gamma0 = theory.dmft(settings(g=1.5), None)["gamma0"]
    for item in PAPER.experiment("pair-matched", "desk").items:
        assert item.point["temperature"] == pytest.approx(gamma0, rel=1e-12)


def test_increment_energy_without_couplings() -> None:
    """g = 0: x is an Ornstein-Uhlenbeck process; Euler-Maruyama has <dx²>/2 = T dt + dt² T/(2 (1 - dt/2))."""
    for dt in (0.01, 0.1):
        exact = 0.3 * dt + dt**2 * 0.3 / (2 * (1 - dt / 2))
        assert theory.increment_energy(0.0, 0.3, dt) == pytest.approx(exact, abs=0.3 * dt**3 / 2)  # the next order


def test_effective_temperature_inverts_the_increment_energy() -> None:
    T = theory.effective_temperature(1.5, 0.1, 0.0127)
    energy = theory.increment_energy(1.5, T, 0.1)
    assert energy == pytest.approx(0.0127, rel=1e-9)
    assert pytest.approx(0.1093, rel=0.06) == T  # the published value; its reading and finite size
    assert math.isnan(theory.effective_temperature(0.9, 0.1, 0.0))


def test_euler_map_bias_to_leading_order() -> None:
    """The map is the flow with time rescaled by √(1 - dt): gamma0 -> gamma0/(1 - dt), up to a small remainder."""
    flow = theory.dmft(settings(g=2.0), None)["gamma0"]
    for dt in (0.05, 0.1):
        assert theory.euler_map(settings(g=2.0, dt=dt), None)["gamma0"] * (1 - dt) == pytest.approx(flow, rel=1e-3)


def test_sample_paths_have_the_stationary_variance() -> None:
    p = settings(g=1.5, n_paths=400, t_max=50.0, dt_shown=0.5)
    x = theory.sample_paths(p, Streams(5, "paths"))["x"]
    delta0 = theory.dmft(settings(g=1.5), None)["delta0"]
    # 400 independent paths, each about 50/16 correlation times long: standard error below 5 %, tested at 4 of them.
    assert (x**2).mean() == pytest.approx(delta0, rel=0.2)


def planted(points: list[dict], networks: int, values: dict) -> Outcomes:
    return Outcomes(Outcome(point, k, values) for point in points for k in range(networks))


def test_equilibrium_table_puts_simulation_beside_theory() -> None:
    point = {"g": 1.2, "temperature": 0.01}
    data = {
        "monte-carlo": planted([point], 3, {"energy": 0.005, "delta": 0.26, "acceptance": 0.6}),
        "gradient-heat": Outcomes([Outcome({**point, "dt": 0.1}, None, {"delta_t": 0.25})]),
    }
    table = comparison.equilibrium(data)
    row = table[table["quantity"] == "delta"].iloc[0]
    assert (row["simulation"], row["theory"], row["count"]) == (0.26, 0.25, 3)
    assert row["relative_deviation"] == pytest.approx(0.04)
    assert table[table["quantity"] == "energy_over_half_t"].iloc[0]["simulation"] == pytest.approx(1.0)


def test_binned_gaussian_is_its_share_of_the_bin() -> None:
    """A density without deviation: counts drawn as the Gaussian's own shares give theory = simulation in every bin."""
    from scipy.special import ndtr

    from atlas.tables import TableBuilder

    edges = np.linspace(-4, 4, 81)
    shares = np.diff(ndtr(edges / 1.3))
    table = TableBuilder()
    comparison.add_density(table, "density", np.tile(shares, (2, 1)), edges, 1.3**2)
    frame = table.frame()
    inside = shares.sum()  # the density is normalised by the samples inside the edges
    assert (frame["simulation"] * inside).to_numpy() == pytest.approx(frame["theory"].to_numpy(), rel=1e-12)


def test_standardised_distance_of_equal_shapes_is_zero_and_of_others_is_not() -> None:
    from scipy.special import ndtr

    edges = np.linspace(-8, 8, 161)
    counts = {"counts_rnn": np.diff(ndtr(edges)) * 1e6, "counts_gradient": np.diff(ndtr(edges / 1.5)) * 1e6}
    rows = planted([{}], 2, {**counts, "edges": edges})
    assert pairs.standardised_distance(rows, edges, edges).mean < 2e-3  # interpolation within bins of width 0.1
    flat = {"counts_rnn": counts["counts_rnn"], "counts_gradient": (np.abs(edges[:-1] + 0.05) < 2).astype(float)}
    other = planted([{}], 2, {**flat, "edges": edges})
    # sup of the Gaussian's and the uniform's distribution functions, both of variance 1, is 0.057
    assert pairs.standardised_distance(other, edges, edges).mean == pytest.approx(0.057, abs=0.01)
