"""Null phase, static mean-field solution, zero temperature: closed forms, the dossier's anchors, plain averages."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.fixed_point import anderson, newton
from atlas.meanfield.null_phase import critical_gain, null_phase
from atlas.meanfield.replica_measure import replica_solution
from atlas.meanfield.static_cavity import static_cavity
from atlas.meanfield.stationary import delta_static
from atlas.meanfield.zero_temperature import maximiser, zero_temperature, zero_temperature_map


@pytest.mark.parametrize(
    ("g", "gamma", "C", "R"),
    [
        (0.5, 0.5, 0.0, 1.171573),
        (0.8, 0.5, 0.188516, 1.233312),
        (1.0, 0.2, 0.180037, 0.989939),
        (1.19, 0.0, 0.165807, 0.834193),
    ],
)
def test_anchors_of_the_dossier(g: float, gamma: float, C: float, R: float) -> None:
    state = static_cavity(g, gamma)
    assert pytest.approx((C, R), abs=1e-6) == (state.C, state.R)  # the printed digits
    assert state.residual < 1e-10


def test_independent_couplings_follow_the_static_line() -> None:
    for g in (1.001, 1.1, 1.5, 3.0):
        state = static_cavity(g, 0.0)
        assert state.x2 == pytest.approx(delta_static(g), rel=1e-8)  # another solver; root condition 1/(g - 1)
        assert pytest.approx(1.0 - state.C, rel=1e-10) == state.R


def test_the_averages_against_sampled_sites() -> None:
    """x = zeta + w phi(x) solved for sampled zeta by plain iteration."""
    state = static_cavity(0.8, 0.5)
    w = 0.8**2 * 0.5 * state.R
    zeta = 0.8 * math.sqrt(state.C) * np.random.default_rng(1).standard_normal(200_000)
    x = zeta.copy()
    for _ in range(200):
        x = zeta + w * np.tanh(x)
    dphi = 1 - np.tanh(x) ** 2
    # 200000 samples: relative errors about 0.3 % and 0.05 %, tested at 5 of them
    assert (np.tanh(x) ** 2).mean() == pytest.approx(state.C, rel=0.015)
    assert (dphi / (1 - w * dphi)).mean() == pytest.approx(state.R, rel=0.003)


def test_response_peaks_at_one_plus_gamma() -> None:
    for gamma in (-0.5, 0.2, 0.8):
        g_critical = critical_gain(gamma)
        assert pytest.approx(1 + gamma) == static_cavity(g_critical, gamma).R
        assert null_phase(g_critical * (1 - 1e-9), gamma).rho == pytest.approx(1 + gamma, rel=1e-7)
        assert pytest.approx(1 + gamma, rel=1e-3) == static_cavity(g_critical * 1.0001, gamma).R  # slope of order 1


def test_null_phase_solves_its_equations() -> None:
    for g, gamma in ((0.8, 0.0), (0.5, 0.5), (0.4, 0.8), (3.0, -1.0)):
        state = null_phase(g, gamma)
        assert state.rho == pytest.approx(1.0 / (1.0 - gamma * g * g * state.rho), rel=1e-14)
        assert state.beta_q == pytest.approx(state.rho**2 / (1 - (g * state.rho) ** 2), rel=1e-13)
    reference = [null_phase(*point).beta_q for point in ((0.8, 0.0), (0.5, 0.5), (0.4, 0.8))]
    assert reference == pytest.approx([2.77778, 2.08963, 1.78162], rel=4e-6)  # the dossier's digits
    assert null_phase(0.5, -1.0).g_critical == math.inf
    with pytest.raises(ValueError, match="null phase needs"):
        null_phase(0.7, 0.5)


def test_null_phase_is_the_trace_of_the_linear_network() -> None:
    """rho = tr (1 - J)^-1/N and beta q = tr [(1 - J)^T (1 - J)]^-1/N for one large random matrix."""
    n, g, gamma = 600, 0.5, 0.5
    rng = np.random.default_rng(5)
    G = rng.standard_normal((n, n))
    a, b = (math.sqrt(1 + gamma) + math.sqrt(1 - gamma)) / 2, (math.sqrt(1 + gamma) - math.sqrt(1 - gamma)) / 2
    inverse = np.linalg.inv(np.eye(n) - g / math.sqrt(n) * (a * G + b * G.T))
    state = null_phase(g, gamma)
    # linear statistics fluctuate by about 1/N; 2 % is ten times that
    assert np.trace(inverse) / n == pytest.approx(state.rho, rel=0.02)
    assert (inverse**2).sum() / n == pytest.approx(state.beta_q, rel=0.02)


def test_zero_temperature_is_the_null_phase_below_the_line_and_nothing_above() -> None:
    state, linear = zero_temperature(0.5, 0.5), null_phase(0.5, 0.5)
    assert (state.q, state.chi, state.rtilde, state.minus_xi) == (0.0, linear.beta_q, 0.0, linear.rho)
    assert not zero_temperature(1.1, 0.0).admissible
    assert static_cavity(1.1, 0.0).stability > 1.0  # why: its zero-energy branch has no admissible chi


def test_zero_temperature_map_is_the_cold_limit_of_the_replica_equations() -> None:
    """A solution with Q > 0 (gamma < 0) at low temperature, rescaled, is a fixed point but for terms of order T."""
    misses = []
    for beta in (1e2, 1e3):
        s = replica_solution(1.3, -0.2, beta=beta)
        root = math.sqrt(beta)
        state = np.array(
            [s.q, beta * (s.q - s.Q), s.Qhat / beta**2, s.R / root, -(s.r - s.R) * root, -(s.qhat - s.Qhat / 2) / beta]
        )
        image = zero_temperature_map(1.3, -0.2, state)
        misses.append(np.abs(image[[0, 1, 2, 4]] / state[[0, 1, 2, 4]] - 1).max())
    assert misses[1] < 0.05  # T chi/q, the thermal part of the fluctuation, is of this order
    assert misses[1] < misses[0]


def test_maximiser_against_a_fine_grid() -> None:
    rng = np.random.default_rng(2)
    field, shift = rng.standard_normal(20), rng.standard_normal(20)
    x = maximiser(field, shift, 0.3, 0.4, 1.7)
    fine = np.linspace(-8, 8, 160_001)
    phi = np.tanh(fine)
    for h, s, found in zip(field, shift, x, strict=True):
        value = -0.3 * phi**2 + h * phi - (fine - 0.4 * phi - s) ** 2 / (2 * 1.7)
        assert found == pytest.approx(fine[value.argmax()], abs=1.1e-4)  # the step of the fine grid


def test_fixed_point_solvers_know_when_they_failed() -> None:
    ones = np.ones(2)
    found = anderson(lambda u: np.cos(u), ones, lambda u: np.ones_like(u))
    assert found.u == pytest.approx(0.7390851332151607, rel=1e-10)  # the fixed point of the cosine
    assert newton(lambda u: u**2 - 2.0, ones).u == pytest.approx(math.sqrt(2.0), rel=1e-11)
    with pytest.raises(NotConverged):
        anderson(lambda u: u + 1.0, ones, lambda u: np.ones_like(u), limit=20)
    with pytest.raises(NotConverged):
        newton(lambda u: u**2 + 1.0, ones)
