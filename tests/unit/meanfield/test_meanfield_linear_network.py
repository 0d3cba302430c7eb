"""Covariances of linear networks: direct inversions, Lyapunov equations, exact identities of the closures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov

from atlas.meanfield.linear_network import closure_distances, linear_network, pair_traces, propagator

N = 40
J = np.random.default_rng(0).standard_normal((N, N)) * 0.9 / math.sqrt(N)
RESPONSE = np.array([0.7, 0.6 / (1 + 0.5j), 0.4 / (1 - 1.2j)])
WEIGHTS = np.array([0.5, 1.5, 0.25])


def test_covariance_against_direct_inversion() -> None:
    direct = sum(w * propagator(J, s) @ propagator(J, s).conj().T for w, s in zip(WEIGHTS, RESPONSE, strict=True))
    network = linear_network(J)
    assert network.covariance(RESPONSE, WEIGHTS) == pytest.approx(direct, abs=1e-11)  # cond(V)² of rounding
    assert network.covariance(RESPONSE, WEIGHTS, rows=7) == pytest.approx(direct[:7], abs=1e-11)
    scaled = linear_network(2 * J).scaled(0.5)
    assert scaled.covariance(RESPONSE, WEIGHTS) == pytest.approx(direct, abs=1e-11)


def test_naive_closure_against_the_lyapunov_equation() -> None:
    direct = sum(w * solve_discrete_lyapunov(abs(s) * J, np.eye(N)) for w, s in zip(WEIGHTS, RESPONSE, strict=True))
    assert linear_network(J).naive_covariance(RESPONSE, WEIGHTS) == pytest.approx(direct, abs=1e-11)


def test_field_covariance_against_direct_matrices() -> None:
    transfer, noise, drive = RESPONSE / 0.8, np.array([0.3, 0.2, 0.4]), 0.7
    direct = np.zeros((N, N), dtype=complex)
    for w, length, s, c in zip(WEIGHTS, transfer, RESPONSE, noise, strict=True):
        A = propagator(J, s)
        through = s * J @ A
        C = c * A @ A.conj().T
        direct += w * abs(length) ** 2 * (J @ C @ J.T + drive * (np.eye(N) + through + through.conj().T))
    found = linear_network(J).field_covariance(transfer, RESPONSE, noise, drive, WEIGHTS)
    assert found == pytest.approx(direct.real, abs=1e-11)


def test_unit_step_solves_the_lyapunov_equation() -> None:
    """dt = 1, white noise: at equal times the linear and the naive matrix are both the Lyapunov solution."""
    n, chi, variance = 64, 0.6, 0.5
    omega = 2 * np.pi * np.arange(n) / n
    weights = np.full(n, variance * (1 - (0.9 * chi) ** 2) / n)
    exact = solve_discrete_lyapunov(chi * J, np.eye(N) * variance * (1 - (0.9 * chi) ** 2))
    network, response = linear_network(J), chi * np.exp(-1j * omega)
    # aliasing over n = 64 lags: (chi rho(J))^64 = 1e-15
    assert network.covariance(response, weights).real == pytest.approx(exact, abs=1e-10)
    assert network.naive_covariance(response, weights).real == pytest.approx(exact, abs=1e-10)
    shift = network.covariance(response, weights * np.exp(1j * omega).real).real  # symmetrised lag 1
    assert np.abs(shift - network.naive_covariance(response, weights * np.exp(1j * omega).real).real).max() > 0.01


@pytest.mark.parametrize("response", [0.8, 0.7 / (1 + 0.6j)])
def test_the_emergent_drive_restores_the_equivalence(response: complex) -> None:
    found = closure_distances(J, response)
    assert found.restored < 1e-12
    assert found.naive > 0.3


def test_diverging_closure_is_refused() -> None:
    with pytest.raises(ValueError, match="below 1"):
        closure_distances(J, 1.3)


def test_without_couplings_only_the_diagonal() -> None:
    network = linear_network(np.zeros((5, 5)))
    assert network.covariance(RESPONSE, WEIGHTS) == pytest.approx(np.eye(5) * WEIGHTS.sum())
    assert network.growth(1.0, 0.5) == 0.5


def test_pair_traces_of_a_large_network() -> None:
    g, n = 1.5, 900
    big = np.random.default_rng(2).standard_normal((n, n)) * g / math.sqrt(n)
    traces = pair_traces(big, g, 0.55 / (1 + 0.5j), 0.5 / (1 - 0.3j))
    # one matrix: fluctuations of order 1/N in a trace, amplified by 1/(1 - g²|S|²) = 2.2
    assert traces.trace_phi == pytest.approx(traces.trace_phi_theory, rel=0.02)
    assert traces.trace_x == pytest.approx(traces.trace_x_theory, rel=0.02)
    assert traces.residual < 1e-11


def test_pair_traces_without_couplings_and_out_of_range() -> None:
    found = pair_traces(np.zeros((6, 6)), 0.0, 0.3 + 0.1j, 0.2)
    assert (found.trace_phi, found.trace_phi_theory) == pytest.approx((1.0, 1.0), rel=1e-14)
    with pytest.raises(ValueError, match="below 1"):
        pair_traces(J, 0.9, 1.2, 0.1)


def test_mean_diagonal_is_the_spectrum() -> None:
    """(1/N) Tr A A^† = 1/(1 - g²|S|²), one matrix of N = 900: order 1/N amplified."""
    n = 900
    big = np.random.default_rng(4).standard_normal((n, n)) / math.sqrt(n)
    A = propagator(big, 0.6 + 0.2j)
    assert np.sum(np.abs(A) ** 2) / n == pytest.approx(1 / (1 - 0.4), rel=0.02)


def test_bad_couplings_are_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        linear_network(np.zeros((3, 4)))
