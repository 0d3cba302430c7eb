"""Two-replica theory: a plain twin with full matrices, the linear closed form, limits, the dossier's table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield.gaussian import tanh_odd_coefficients
from atlas.meanfield.two_replica import (
    TOLERANCE,
    extrapolated,
    forward_pass,
    identity_coefficients,
    linear_distance,
    tanh_coefficients,
    two_replica,
)
from atlas.meanfield.two_replica_rows import site_products

Z = np.arange(-9.0, 9.0, 0.15)
W = np.exp(-Z * Z / 2) * 0.15 / math.sqrt(2 * math.pi)
Q0 = float(W @ np.tanh(Z) ** 2)


def phi_phi(v1: float, v2: float, w: float) -> float:
    """E tanh(u1) tanh(u2) for Gaussians of variances v1, v2 and covariance w, by double quadrature."""
    rho = w / math.sqrt(v1 * v2)
    second = math.sqrt(v2) * (rho * Z[:, None] + math.sqrt(max(1 - rho * rho, 0.0)) * Z[None, :])
    return float((W * np.tanh(math.sqrt(v1) * Z)) @ np.tanh(second) @ W)


def plain_twin(g: float, eta: float, dt: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Equations (6) of the dossier with full matrices for both covariances: C and C_12, (n+1, n+1)."""
    same, covariances = np.zeros((n + 1, n + 1)), []
    for c in (1.0, math.sqrt(1 - eta * eta)):
        C, R, P = (np.zeros((n + 1, n + 1)) for _ in range(3))
        C[0, 0] = 1.0
        v = C if c == 1.0 else same
        for t in range(n + 1):
            for s in range(t + 1):
                P[t, s] = P[s, t] = c * g * g * phi_phi(v[t, t], v[s, s], C[t, s])
            for s in range(t):
                R[t, s + 1] = (1 - dt) * R[t, s] + dt * P[t, s]
            for s in range(t):
                R[s, t] = (1 - dt) * R[s, t - 1] + dt * P[s, t - 1]
            if t < n:
                C[t + 1, 0] = C[0, t + 1] = (1 - dt) * C[t, 0]
                for s in range(t + 1):
                    new = (1 - dt) ** 2 * C[t, s] + dt * (1 - dt) * (R[s, t] + R[t, s]) + dt * dt * P[t, s]
                    C[t + 1, s + 1] = C[s + 1, t + 1] = new
        same = C if c == 1.0 else same
        covariances.append(C)
    return covariances[0], covariances[1]


@pytest.mark.parametrize(("g", "eta"), [(0.7, 0.3), (2.0, 0.6), (3.0, 1.0)])
def test_plain_twin(g: float, eta: float) -> None:
    C, C12 = plain_twin(g, eta, 0.25, 16)
    found = two_replica(g, eta, 0.25, 16)
    # the twin's quadrature and the truncated series (1e-11 of phi²)
    np.testing.assert_allclose(found.variance, np.diag(C), rtol=1e-9)
    np.testing.assert_allclose(found.distance[0], 2 * np.diag(C - C12), rtol=0, atol=1e-9)


TABLE = [
    (0.5, [2.35e-4, 1.90e-4, 1.74e-5, 1.54e-7]),
    (0.8, [6.55e-4, 7.47e-4, 3.58e-4, 6.74e-5]),
    (2.0, [6.78e-3, 2.28e-2, 0.140, 0.544]),
]


@pytest.mark.parametrize(("g", "expected"), TABLE)
def test_table_of_the_dossier(g: float, expected: list[float]) -> None:
    found = two_replica(g, 0.1, 0.1, 100).distance[0, [10, 20, 50, 100]]
    np.testing.assert_allclose(found, expected, rtol=3e-3)  # half of the last printed digit


@pytest.mark.parametrize(("dt", "expected"), [(0.1, 0.003591), (0.05, 0.003489), (0.025, 0.003441)])
def test_linear_map_has_the_dossiers_values(dt: float, expected: float) -> None:
    deficit = np.array([1 - math.sqrt(1 - 0.04)])
    gap = forward_pass(0.7, deficit, dt, round(2 / dt), identity_coefficients)[1]
    assert 2 * gap[0, -1] == pytest.approx(expected, abs=6e-7)
    # the map's error is of first order: 0.003394 + dt 0.00195 within its curvature
    assert 2 * gap[0, -1] - 0.0033941 == pytest.approx(dt * 0.00189, rel=0.06)


def test_linear_flow_is_the_closed_form() -> None:
    deficit, dt = np.array([1 - math.sqrt(1 - 0.25)]), 0.1
    maps = [forward_pass(1.3, deficit, dt / 2**k, 30 * 2**k, identity_coefficients) for k in range(3)]
    gaps = [2 * gap[0, :: 2**k] for k, (_, gap) in enumerate(maps)]
    variances = [variance[:: 2**k] for k, (variance, _) in enumerate(maps)]
    t = np.arange(31) * dt
    third = (8 * gaps[2] - 6 * gaps[1] + gaps[0]) / 3
    # remaining error dt³/8 times the third derivative's scale (2 g)³
    np.testing.assert_allclose(third[10:], linear_distance(1.3, 0.5, t)[10:], rtol=2e-3)
    variance = (8 * variances[2] - 6 * variances[1] + variances[0]) / 3
    exact = linear_distance(1.3, 1.0, t) / 2 + np.exp(-2 * t)  # eta = 1: the two are independent but for the start
    np.testing.assert_allclose(variance, exact, rtol=2e-3)


def test_linear_distance_at_the_dossiers_point() -> None:
    assert linear_distance(0.7, 0.2, np.array([2.0]))[0] == pytest.approx(0.003394, abs=6e-7)


def test_equal_networks_stay_together_and_unrelated_ones_share_only_the_start() -> None:
    found = two_replica(1.7, [0.0, 1.0], 0.1, 60)
    assert not found.distance[0].any()
    shared = (1 - 0.1) ** (2 * np.arange(61))
    np.testing.assert_allclose(found.distance[1], 2 * (found.variance - shared), rtol=1e-12)


def test_first_step_is_exact() -> None:
    """d(dt) = 2 (1 - c) g² q0 dt²: only the field of the start acts."""
    found = two_replica(1.4, [0.01, 0.5], 0.2, 1)
    c = np.sqrt(1 - np.array([0.01, 0.5]) ** 2)
    np.testing.assert_allclose(found.distance[:, 1], 2 * (1 - c) * 1.4**2 * Q0 * 0.04, rtol=1e-10)


def test_small_mismatches_keep_their_relative_accuracy() -> None:
    """To leading order d is proportional to eta²; plain differences of C would lose all digits at eta = 1e-8."""
    found = two_replica(2.0, [1e-8, 1e-6], 0.1, 50).distance
    np.testing.assert_allclose(found[1, 1:] / found[0, 1:], 1e4, rtol=1e-8)


def test_several_mismatches_in_one_pass_are_those_of_single_passes() -> None:
    together = two_replica(1.5, [0.05, 0.2], 0.1, 40)
    for k, eta in enumerate((0.05, 0.2)):
        np.testing.assert_array_equal(together.distance[k], two_replica(1.5, eta, 0.1, 40).distance[0])


def test_saturation_and_growth_rate_of_the_dossier() -> None:
    """g = 2: d(60)/(2 delta0) = 0.968 at eta = 0.1, and slope 0.225 of ln d between 1e-4 and 1e-2 at eta = 1e-3."""
    found = two_replica(2.0, [0.1, 1e-3], 0.2, 300)
    assert found.distance[0, -1] / (2 * 1.92481) == pytest.approx(0.968, abs=1.5e-3)
    window = (found.distance[1] > 1e-4) & (found.distance[1] < 1e-2)
    slope = np.polyfit(found.times[window], np.log(found.distance[1][window]), 1)[0]
    assert slope == pytest.approx(0.225, rel=0.03)  # a fit in place of the two crossings


def test_extrapolation_error_is_the_residual() -> None:
    coarse, maps = extrapolated(2.0, 0.1, 0.1, 50)
    fine, _ = extrapolated(2.0, 0.1, 0.05, 100)
    deviation = np.abs(coarse.distance[0, 10:] / fine.distance[0, 20::2] - 1)
    assert 0 < deviation.max() < coarse.residual  # the residual is that of the order below
    assert [one.dt for one in maps] == [0.1, 0.05, 0.025]
    assert coarse.dt == 0.0


@pytest.mark.parametrize("variance", [0.05, 0.9, 3.9])
def test_coefficients_are_those_of_the_gaussian_module(variance: float) -> None:
    a = tanh_coefficients(4.0)(variance)
    expected = tanh_odd_coefficients(variance, 1e-14)[: a.size]
    np.testing.assert_allclose(a[: expected.size], expected, rtol=0, atol=1e-14)
    # what is cut off is the tolerance of phi²
    assert float(np.sum(a**2)) == pytest.approx(float(np.sum(tanh_odd_coefficients(variance) ** 2)), rel=TOLERANCE)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.95, 1.0])
def test_site_products_against_plain_sums(rho: float) -> None:
    a, b = tanh_coefficients(4.0)(1.0), tanh_coefficients(4.0)(2.5)
    n = min(a.size, b.size)
    delta = np.array([0.0, 0.2, 1e-9]) * rho
    cross, gap = np.zeros(3), np.zeros(3)
    powers = 2 * np.arange(n) + 1
    weight = a[:n] * b[:n]
    for kernel in (site_products, site_products.py_func):
        same = kernel(a, b, n, rho, delta, cross, gap)
        assert same == pytest.approx(float(weight @ rho**powers), rel=1e-14, abs=1e-300)
        assert same == pytest.approx(phi_phi(1.0, 2.5, rho * math.sqrt(2.5)), abs=1e-9)
        np.testing.assert_allclose(cross, [weight @ (rho - d) ** powers for d in delta], rtol=1e-13)
        assert gap[0] == 0.0
        assert gap[1] == pytest.approx(same - cross[1], rel=1e-12)
        slope = float(weight @ (powers * rho ** (powers - 1)))
        assert gap[2] == pytest.approx(delta[2] * slope, rel=1e-7)  # the next order is 1e-9 relative times n


def test_a_dead_network_is_no_trouble() -> None:
    found = two_replica(0.0, 0.5, 1.0, 5)
    assert not found.distance.any()
    assert found.variance[1:].max() < 1e-270


@pytest.mark.parametrize(
    ("g", "eta", "dt", "n_steps"),
    [(-0.1, 0.1, 0.1, 10), (11.0, 0.1, 0.1, 10), (1.0, 1.1, 0.1, 10), (1.0, math.nan, 0.1, 10), (1.0, 0.1, 0.0, 10),
     (1.0, 0.1, 1.5, 10), (1.0, 0.1, 0.1, 0), (1.0, 0.1, 0.1, 6001)],
)  # fmt: skip
def test_bad_arguments_are_refused(g: float, eta: float, dt: float, n_steps: int) -> None:
    with pytest.raises(ValueError, match=r"allowed|must be"):
        two_replica(g, eta, dt, n_steps)
