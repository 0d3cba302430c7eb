"""Stationary states of driven and autonomous networks, flow and map: anchors, limits, plain twins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import erf

from atlas.meanfield import dimension, driven, driven_map
from atlas.meanfield.discrete import euler_stationary
from atlas.meanfield.stationary import stationary


@pytest.mark.parametrize(
    ("g", "delta0", "phi2", "chi", "g_chi"),
    [
        (1.5, 0.74769, 0.34209, 0.65791, 0.98686),
        (2.0, 1.92481, 0.51318, 0.48682, 0.97364),
    ],
)
def test_anchors_of_the_autonomous_tanh_network(g: float, delta0: float, phi2: float, chi: float, g_chi: float) -> None:
    state = driven.solve(g).state
    found = (state.delta0, state.phi2, state.chi, state.g_chi)
    assert found == pytest.approx((delta0, phi2, chi, g_chi), abs=6e-6)  # the anchors' last printed digit


def test_against_the_solver_without_drive() -> None:
    for g in (1.1, 2.0, 6.0):
        state, other = driven.solve(g).state, stationary(g)
        assert state.delta0 == pytest.approx(other.delta0, rel=1e-12)
        assert state.chi == pytest.approx(other.dphi_mean, rel=1e-12)
        ratios, others = driven.participation_ratios(g), dimension.participation_ratios(g)
        assert (ratios.pr_phi, ratios.pr_x) == pytest.approx((others.pr_phi, others.pr_x), rel=1e-7)


def test_large_gain_of_the_erf_unit() -> None:
    """phi -> sign: g chi -> 0.93594, Delta_0/g² -> 2 (1 - 2/pi); corrections fall with 1/g."""
    state = driven.solve(20.0, "erf").state
    assert state.g_chi == pytest.approx(0.93594, abs=0.002)
    assert state.delta0 / 400 == pytest.approx(2 * (1 - 2 / math.pi), abs=0.03)


@pytest.mark.parametrize("phi", ["tanh", "erf"])
def test_without_couplings_the_drive_alone(phi: str) -> None:
    tau = np.linspace(0, 5, 11)
    assert driven.correlations(0.0, phi, 0.7, tau)[0] == pytest.approx(0.7 * np.exp(-tau), rel=1e-10)
    solved = driven_map.solve(0.0, phi, 0.7, 0.2)
    k = np.arange(20)
    assert solved.delta[:20] == pytest.approx(2 * 0.7 * 0.2 / (1 - 0.64) * 0.8**k, rel=1e-9)
    ratios = driven_map.participation_ratios(0.0, phi, 0.7, 0.2)
    assert (ratios.pr_phi, ratios.pr_x) == pytest.approx((1.0, 1.0), rel=1e-9)


@pytest.mark.parametrize(("g", "phi", "D"), [(1.5, "erf", 0.5), (2.0, "tanh", 0.0), (1.2, "tanh", 0.05)])
def test_equation_of_motion(g: float, phi: str, D: float) -> None:
    """Delta'' = Delta - g² C by differences of order h⁴; Delta'(0+) = -D by a one-sided formula of the same order."""
    h = 0.01
    tau = 1.0 + h * np.arange(-2, 3)
    delta, c = driven.correlations(g, phi, D, tau)
    second = (-delta[0] + 16 * delta[1] - 30 * delta[2] + 16 * delta[3] - delta[4]) / (12 * h * h)
    assert second == pytest.approx(delta[2] - g * g * c[2], abs=1e-6)  # rounding 1e-11/h²
    start = driven.correlations(g, phi, D, h * np.arange(5))[0]
    slope = (-25 * start[0] + 48 * start[1] - 36 * start[2] + 16 * start[3] - 3 * start[4]) / (12 * h)
    assert slope == pytest.approx(-D, abs=1e-6)


def fixed_point(g: float, D: float, dt: float, n: int) -> np.ndarray:
    """The erf map by plain damped iteration on a frequency grid, as in the dossier."""
    omega = 2 * np.pi * np.fft.fftfreq(n, dt)
    power = np.abs(dt / (np.exp(1j * omega * dt) - 1 + dt)) ** 2
    c_x = np.fft.ifft(power * 2 * D / dt).real
    for _ in range(400):
        c_phi = 2 / np.pi * np.arcsin(np.pi / 2 * c_x / (1 + np.pi / 2 * c_x[0]))
        new = np.fft.ifft(power * (g * g * np.fft.fft(c_phi).real + 2 * D / dt)).real
        c_x = 0.5 * c_x + 0.5 * new
    return c_x


@pytest.mark.parametrize(("g", "dt"), [(1.5, 0.5), (0.8, 0.1), (1.5, 1.0)])
def test_map_against_damped_iteration(g: float, dt: float) -> None:
    solved = driven_map.solve(g, "erf", 0.5, dt)
    twin = fixed_point(g, 0.5, dt, 1024)
    shown = min(40, len(solved.delta))
    assert solved.delta[:shown] == pytest.approx(twin[:shown], abs=1e-9)  # 400 iterations: (1 + 0.71)/2 to the 400th


def test_map_without_drive_against_the_euler_solver() -> None:
    for dt in (0.1, 0.5):
        solved, other = driven_map.solve(2.0, "tanh", 0.0, dt), euler_stationary(2.0, dt)
        assert solved.state.delta0 == pytest.approx(other.delta0, rel=1e-9)
        assert solved.delta[:20] == pytest.approx(other.delta[:20], rel=1e-8)


def test_driven_anchors() -> None:
    state = driven_map.solve(1.5, "erf", 0.5, 0.5).state
    assert state.phi2 == pytest.approx(0.4803, abs=5e-5)  # printed digits
    assert state.cubic == pytest.approx(0.799, abs=5e-4)
    assert driven_map.participation_ratios(1.5, "erf", 0.5, 0.5).pr_phi == pytest.approx(0.4638, abs=5e-5)


def test_small_step_approaches_the_flow() -> None:
    """The map errs by O(dt): what is left after one extrapolation falls with dt²."""
    exact = driven.solve(1.5, "tanh", 0.3).state.delta0
    coarse, middle, fine = (driven_map.solve(1.5, "tanh", 0.3, dt).state.delta0 for dt in (0.04, 0.02, 0.01))
    first, second = 2 * middle - coarse, 2 * fine - middle
    assert second == pytest.approx(exact, rel=1e-4)
    assert abs(second - exact) < 0.3 * abs(first - exact)


def test_unit_step_has_no_memory() -> None:
    """dt = 1: x <- J phi + noise, white: Delta_0 = g² <phi²> + 2 D."""
    solved = driven_map.solve(1.5, "erf", 0.5, 1.0)
    assert solved.delta[1] == 0.0
    assert solved.delta[0] == pytest.approx(2.25 * solved.state.phi2 + 1.0, rel=1e-12)


def ratios_by_double_sum(g: float, phi: str, D: float, dt: float, n: int) -> tuple[float, float]:
    """Participation ratios by plain sums over pairs of frequencies (Theory 10, with the drive by App. B)."""
    solved = driven_map.solve(g, phi, D, dt)
    grid = driven_map.spectra(solved, n)
    pair = 1 / (1 - g * g * np.conj(grid.response)[:, None] * grid.response[None, :])
    own = g * g * np.abs(grid.transfer) ** 2 * grid.c_phi  # C_x without the part that the drive makes directly
    phi_sum = grid.c_phi @ np.abs(pair) ** 2 @ grid.c_phi
    x_sum = grid.c_x @ (2 * pair.real - 1) @ grid.c_x + own @ np.abs(pair) ** 2 @ own
    return grid.c_phi.sum() ** 2 / phi_sum, grid.c_x.sum() ** 2 / x_sum


@pytest.mark.parametrize(
    ("g", "phi", "D", "dt"), [(1.5, "erf", 0.5, 0.5), (3.0, "tanh", 0.0, 0.25), (0.7, "tanh", 1.0, 0.2)]
)
def test_participation_by_double_sum(g: float, phi: str, D: float, dt: float) -> None:
    found = driven_map.participation_ratios(g, phi, D, dt)
    # trapezoid over a resonance at distance ln|z| of the circle: n = 1200 leaves below 1e-8 at these gains
    assert (found.pr_phi, found.pr_x) == pytest.approx(ratios_by_double_sum(g, phi, D, dt, 1200), rel=1e-7)


def test_driven_participation_of_the_flow_by_extrapolation() -> None:
    exact = driven.participation_ratios(1.2, "erf", 0.5)
    maps = [driven_map.participation_ratios(1.2, "erf", 0.5, dt) for dt in (0.04, 0.02)]
    for name in ("pr_phi", "pr_x"):
        coarse, fine = (getattr(one, name) for one in maps)
        assert 2 * fine - coarse == pytest.approx(getattr(exact, name), rel=1e-3)  # O(dt²) = 4e-4 is left


def test_pair_trace_of_the_preactivations_with_drive() -> None:
    """(1/N) Tr C_x(w1) C_x(w2) of one large random network against the formula behind the driven ratio."""
    g, n, drive, c_phi = 1.0, 700, 0.8, 0.3
    J = np.random.default_rng(3).standard_normal((n, n)) * g / math.sqrt(n)
    responses = [0.6 / (1 + 0.4j), 0.5 / (1 - 0.2j)]

    def field_covariance(s: complex) -> np.ndarray:
        A = np.linalg.inv(np.eye(n) - s * J)
        C = c_phi * (1 - g * g * abs(s) ** 2) * A @ A.conj().T
        through = s * J @ A
        return J @ C @ J.T + drive * (np.eye(n) + through + through.conj().T)

    trace = np.sum(field_covariance(responses[0]) * field_covariance(responses[1]).T).real / n
    pair = 1 / (1 - g * g * np.conj(responses[0]) * responses[1])
    diagonal = g * g * c_phi + drive
    expected = diagonal**2 * (2 * pair.real - 1) + (g * g * c_phi) ** 2 * abs(pair) ** 2
    assert trace == pytest.approx(expected, rel=0.02)  # fluctuation of one matrix, a few 1/√N of the variable part


def test_spectrum_of_a_geometric_sequence() -> None:
    """sum_k b^|k| e^{-i k θ} = (1 - b²)/|1 - b e^{iθ}|²; lags wrap around without error."""
    theta = 2 * np.pi * np.arange(64) / 64
    exact = (1 - 0.49) / np.abs(1 - 0.7 * np.exp(1j * theta)) ** 2
    assert driven_map.spectrum(0.7 ** np.arange(200.0), 64) == pytest.approx(exact, rel=1e-12)


def test_single_unit_by_sampling() -> None:
    """A driven erf unit without couplings: <phi²> by the arcsine law against samples, four standard errors."""
    state = driven.solve(0.0, "erf", 1.0).state
    x = np.random.default_rng(1).standard_normal(200_000)
    samples = erf(math.sqrt(math.pi) * x / 2) ** 2
    assert abs(samples.mean() - state.phi2) < 4 * samples.std() / math.sqrt(200_000)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: driven.solve(1.5, "relu", 0.0), "phi"),
        (lambda: driven.solve(-1.0), "gain"),
        (lambda: driven.solve(1.5, "erf", -0.1), "noise"),
        (lambda: driven.solve(1.00001), "gain"),
        (lambda: driven.correlations(2.0, "tanh", 0.0, [-1.0]), "lags"),
        (lambda: driven_map.solve(2.0, "tanh", 0.0, 1.5), "step"),
    ],
)
def test_bad_questions(call: object, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        call()  # type: ignore[operator]


def test_below_the_transition_without_drive_nothing_moves() -> None:
    assert driven.solve(0.9).state.delta0 == 0.0
    assert math.isnan(driven_map.participation_ratios(0.9, "tanh", 0.0, 0.25).pr_phi)
