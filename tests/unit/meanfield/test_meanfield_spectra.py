"""Lyapunov exponent and participation ratios against other discretisations, exact spectra and limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import eigh_tridiagonal

from atlas.meanfield.correlation import correlation
from atlas.meanfield.dimension import participation_ratios
from atlas.meanfield.lyapunov import lyapunov_max, sinc_hamiltonians
from atlas.meanfield.stationary import stationary


def test_poschl_teller_levels() -> None:
    """-d^2 - 6 sech^2 has exactly the levels -4 (even) and -1 (odd)."""
    h, n = 0.1, 200
    even, odd = sinc_hamiltonians(-6 / np.cosh(h * np.arange(n)) ** 2, h)
    # aliasing exp(-pi^2/h)... far below rounding (pi/h)^2 1e-16; cut at 20: exp(-40)
    assert np.linalg.eigvalsh(even)[0] == pytest.approx(-4, abs=1e-11)
    assert np.linalg.eigvalsh(odd)[0] == pytest.approx(-1, abs=1e-11)


def ground_level(g: float, step: float) -> float:
    """Ground state of -d^2/dtau^2 + 1 - g^2 C_dphi by three-point differences, even boundary at 0."""
    t_max = 12 / stationary(g).kappa
    n = int(t_max / step)
    step = t_max / n
    tau = (np.arange(n) + 0.5) * step  # half-shifted grid: the mirror point of tau_0 is itself
    diagonal = 2 / step**2 + 1 - g * g * correlation(g, tau).c_dphi
    diagonal[0] -= 1 / step**2
    return eigh_tridiagonal(diagonal, np.full(n - 1, -1 / step**2), select="i", select_range=(0, 0))[0][0]


@pytest.mark.parametrize("g", [1.2, 2.0, 3.0])
def test_lyapunov_by_finite_differences(g: float) -> None:
    h = 0.04
    coarse, middle, fine = (ground_level(g, s) for s in (2 * h, h, h / 2))
    first = (4 * middle - coarse) / 3
    second = (4 * fine - middle) / 3
    level = (16 * second - first) / 15  # h^2 and h^4 removed, h^6 ~ 1e-9 left
    expected = -1 + math.sqrt(1 - level)
    assert lyapunov_max(g).lyapunov_max == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("g", [1.001, 1.1, 1.5, 2.0, 2.5, 3.0])
def test_odd_level_vanishes(g: float) -> None:
    result = lyapunov_max(g)
    assert abs(result.odd_level) < 1e-10  # time translation; the stated accuracy of the levels
    assert result.residual < 1e-8
    assert result.ground_level < 0 < result.lyapunov_max
    assert result.lyapunov_max == pytest.approx(-1 + math.sqrt(1 - result.ground_level), rel=1e-9)


@pytest.mark.slow
def test_odd_level_at_large_gain() -> None:
    for g in (6.0, 10.0):
        assert abs(lyapunov_max(g).odd_level) < 1e-8


def test_lyapunov_near_and_below_the_transition() -> None:
    eps = 1e-5
    # E_0 = -3 kappa^2 = -eps^2: lambda = eps^2/2 (1 + O(eps)); 1e-10 is resolved, not lost in rounding
    assert lyapunov_max(1 + eps).lyapunov_max == pytest.approx(eps**2 / 2, rel=10 * eps)
    assert lyapunov_max(0.4).lyapunov_max == -0.6
    assert lyapunov_max(1.0).lyapunov_max == 0.0


@pytest.mark.parametrize("g", [3.0, 4.0])
def test_participation_by_double_integral(g: float) -> None:
    """The formulas of the dossier on a plain two-dimensional frequency grid."""
    state = stationary(g)
    dw = state.kappa**2 / 2  # several points in the resonance of half-width kappa^2
    w = dw * np.arange(-round(30 / dw), round(30 / dw) + 1)
    dt = 0.03
    tau = np.arange(0, 40 / state.kappa, dt)
    values = correlation(g, tau).c_phi
    values[0] /= 2
    half = np.cos(np.outer(w[w >= 0], tau)) @ values * 2 * dt
    c_phi = np.concatenate((half[:0:-1], half))
    transfer = state.dphi_mean / (1 + 1j * w)
    weight = 1 / np.abs(1 - g * g * np.conj(transfer)[:, None] * transfer[None, :]) ** 2
    c_x = g * g * c_phi / (1 + w**2)
    power = np.abs(transfer) ** 2
    x_weight = weight * (2 - g**4 * power[:, None] * power)
    got = participation_ratios(g)
    # trapezoid over a pole at distance >= kappa^2 = 2 dw: exp(-2 pi 2) = 3e-6
    assert got.pr_phi == pytest.approx(c_phi.sum() ** 2 / (c_phi @ weight @ c_phi), rel=2e-5)
    assert got.pr_x == pytest.approx(c_x.sum() ** 2 / (c_x @ x_weight @ c_x), rel=2e-5)


def test_pair_trace_of_a_random_matrix() -> None:
    """(1/N) Tr C(w1) C(w2) with C = (1 - g^2 |S|^2) A A^*, A = (1 - S J)^{-1}, C_phi = 1, one network."""
    g, n = 3.0, 600
    chi = stationary(g).dphi_mean
    J = np.random.default_rng(5).standard_normal((n, n)) * g / math.sqrt(n)
    first, second = (chi / (1 + 1j * w) for w in (0.9, 1.3))

    def covariance(s: complex) -> np.ndarray:
        a = np.linalg.inv(np.eye(n) - s * J)
        return (1 - g * g * abs(s) ** 2) * a @ a.conj().T

    trace = np.sum(covariance(first) * covariance(second).T).real / n
    expected = 1 / abs(1 - g * g * np.conj(first) * second) ** 2
    assert trace == pytest.approx(expected, rel=0.1)  # one matrix: fluctuation of order 1/sqrt(N) ~ 4 %


@pytest.mark.parametrize("g", [1.001, 1.5, 3.0, 6.0])
def test_spectra_integrate_to_the_variances(g: float) -> None:
    got = participation_ratios(g)
    assert got.residual < 1e-8  # Parseval, for the spectra that enter the ratios
    assert 0 < got.pr_x <= got.pr_phi < 1


def test_participation_vanishes_at_the_transition() -> None:
    # only the scale eps is left: PR/N = const eps^3, and x = phi to leading order
    near, nearer = participation_ratios(1 + 1e-4), participation_ratios(1 + 0.5e-4)
    assert near.pr_phi / nearer.pr_phi == pytest.approx(8, rel=1e-3)  # corrections O(eps)
    assert near.pr_x == pytest.approx(near.pr_phi, rel=1e-3)
    assert math.isnan(participation_ratios(0.9).pr_phi)


@pytest.mark.parametrize("bad", [-0.5, math.nan, 11.0])
def test_bad_gain(bad: float) -> None:
    for function in (lyapunov_max, participation_ratios):
        with pytest.raises(ValueError, match="the gain must be in"):
            function(bad)
