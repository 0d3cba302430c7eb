"""The probe at a distance from a reference: one-site averages, equations, anchors, limits."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.log_determinant import log_determinant, thermal_radius
from atlas.meanfield.probe import Probe, Reference, static_reference
from atlas.meanfield.probe_path import Chart, LocalEntropy, require_converged
from atlas.meanfield.probe_site import site_moments
from atlas.meanfield.stationary import delta_static

BETA_TILDE = 1e6


@pytest.mark.parametrize(
    ("a", "b", "c", "e"), [(0.3, -0.7, 0.4, -0.5), (30.0, 4.0, -6.0, -8.0), (-2.0, 0.0, 0.0, -0.05)]
)
def test_site_averages_against_adaptive_quadrature(a: float, b: float, c: float, e: float) -> None:
    def weight(y: float) -> float:
        return math.exp(a * math.tanh(y) ** 2 + b * math.tanh(y) + c * y + e * y * y)

    def average(f: object) -> float:
        return quad(lambda y: f(y) * weight(y), -40, 40, points=[-1, 0, 1], limit=400, epsabs=0, epsrel=1e-11)[0]  # type: ignore[operator]

    total = average(lambda y: 1.0)
    found = site_moments(a, np.array([b]), np.array([c]), e)[0]
    statistics = (lambda y: math.tanh(y) ** 2, math.tanh, lambda y: y, lambda y: y * y)
    means = [average(f) / total for f in statistics]
    assert found[0] == pytest.approx(math.log(total), rel=1e-9)  # of the adaptive rule
    assert found[1:5] == pytest.approx(means, rel=1e-8, abs=1e-10)
    pairs = [(i, j) for i in range(4) for j in range(i, 4)]
    for (i, j), value in zip(pairs, found[5:], strict=True):
        both = average(lambda y, i=i, j=j: statistics[i](y) * statistics[j](y)) / total
        assert value == pytest.approx(both - means[i] * means[j], rel=1e-6, abs=1e-9)  # the twin cancels digits


def test_two_narrow_peaks_are_both_found() -> None:
    """a phi² with a large a has two peaks; b > 0 makes the right one exp(2 b phi) heavier."""
    found = site_moments(400.0, np.array([0.5]), np.array([0.0]), -50.0)[0]
    peak = math.atanh(found[2] / math.tanh(0.5 * found[2] / found[2])) if found[2] == 0 else math.sqrt(found[1])
    # both peaks have the same |phi| to O(b/a): <phi>/√<phi²> = tanh(b √<phi²>)
    assert found[2] / peak == pytest.approx(math.tanh(0.5 * peak), rel=2e-2)


def test_a_weight_without_integral_is_refused() -> None:
    with pytest.raises(ValueError, match="quadratic coefficient"):
        site_moments(0.0, np.zeros(1), np.zeros(1), 0.1)


@pytest.mark.parametrize("temperature", [0.0, 1e-2])
def test_jacobian_against_differences(temperature: float) -> None:
    probe = Probe(static_reference(1.5), temperature, 4, 81)
    theta = np.array([math.log(0.3), 0.05, 0.2, 0.1, 0.3, 0.05, -1e-3])
    jacobian = probe.equations(theta, 0.0)[2]
    for k in range(7):
        up, down = (probe.equations(theta + s * 1e-5 * np.eye(7)[k], 0.0)[0] for s in (1, -1))
        assert (up - down) / 2e-5 == pytest.approx(jacobian[:, k], rel=1e-6, abs=1e-7)  # step² and rounding/step


@pytest.mark.parametrize("side", [1, -1])
def test_chart_is_its_own_inverse_and_its_slopes_are_right(side: int) -> None:
    chart = Chart(Probe(static_reference(1.5), 1e-3, 4, 41), side)
    scaled = np.array([-1.2, 0.7, 0.4, -0.1, 0.2, 0.3, -0.02])
    assert chart.scaled(chart.theta(scaled)) == pytest.approx(scaled, rel=1e-12)
    slopes = chart.slopes(scaled)
    for k in range(7):
        up, down = (chart.theta(scaled + s * 1e-6 * np.eye(7)[k]) for s in (1, -1))
        assert (up - down) / 2e-6 == pytest.approx(slopes[:, k], rel=1e-6, abs=1e-8)


# g, d/R, d: Omega, p, q_tilde, Q_tilde, o (dossier m-shape, Numerics (A), beta_tilde = 1e6)
ANCHORS = [
    (1.1, 0.261177, -9.57987e-06, -1.5578e-04, 0.093518, 0.058946, 0.065008),
    (1.1, 0.655318, -1.87287e-05, 2.5260e-04, 0.093444, 0.081931, -0.084019),
    (1.2, 0.070642, -2.32467e-04, -1.7321e-03, 0.173387, 0.170849, 0.171547),
    (1.5, 1.070699, -1.26737e-04, -6.2997e-04, 0.353003, 0.053929, 0.093615),
    (1.5, 0.062982, -2.78378e-03, -6.9021e-03, 0.352705, 0.351350, 0.351691),
    (2.0, 0.205984, -1.04078e-02, -6.4751e-03, 0.530814, 0.523545, 0.524478),
    (3.0, 0.177558, -2.50701e-02, -4.0655e-03, 0.700730, 0.698462, 0.698596),
    (3.0, 4.971633, -2.15213e-02, 6.6690e-03, 0.715350, 0.629380, -0.620180),
]


@pytest.mark.parametrize(("g", "d", "omega", "p", "q", "Q", "o"), ANCHORS)
def test_anchors_of_the_dossier(g: float, d: float, omega: float, p: float, q: float, Q: float, o: float) -> None:
    state = require_converged(LocalEntropy.static(g, 1 / BETA_TILDE).at(d))
    assert state.omega == pytest.approx(omega, abs=6e-8 if g <= 2 else 2e-7)  # printed digits; d to 1e-6
    assert state.p == pytest.approx(p, rel=1e-3)  # printed digits; 3e-4 where d is small
    assert (state.q_tilde, state.Q_tilde, state.o) == pytest.approx(
        (q, Q, o), abs=1e-6 if g <= 2 else 4e-6
    )  # printed digits; d to 1e-6


# beta, g, d²/(2 D): Omega, lambda, P, Q (dossier m-shape, Numerics (B))
HEAT = [
    (100, 1.2, 0.5, -6.75e-4, 7.89e-3, 0.0943, 0.0768),
    (100, 1.2, 0.02, -0.216798, 20.83, 0.1846, 0.1824),
    (1000, 1.5, 0.1, -2.5799e-3, 7.5445e-3, 0.31600, 0.30721),
    (1000, 2.0, 0.05, -9.9189e-3, 8.985e-3, 0.50122, 0.49543),
]


@pytest.mark.parametrize(("beta", "g", "ratio", "omega", "field", "P", "Q"), HEAT)
def test_anchors_at_finite_temperature(
    beta: float, g: float, ratio: float, omega: float, field: float, P: float, Q: float
) -> None:
    solver = LocalEntropy.static(g, 1 / beta, 1 / beta)
    state = require_converged(solver.at(math.sqrt(ratio) * solver.independent_distance))
    assert state.omega == pytest.approx(omega, abs=1e-6)  # stated accuracy
    assert -state.p == pytest.approx(field, rel=1e-3)  # printed digits
    assert (state.o, state.Q_tilde) == pytest.approx((P, Q), abs=6e-5)


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.25])
def test_derivative_is_the_difference_quotient(ratio: float) -> None:
    """dOmega/dd = -2 d p: only a stationary point of the action has it."""
    solver = LocalEntropy.static(1.2, 1 / BETA_TILDE)
    d = ratio * solver.independent_distance
    up, down = (solver.at(d * (1 + s)).omega for s in (1e-3, -1e-3))
    assert solver.at(d).derivative == pytest.approx((up - down) / (2e-3 * d), rel=2e-4)  # (step)² times curvature


def test_the_way_does_not_matter() -> None:
    """Solved after a detour and directly: the same point to the solver's tolerance."""
    direct, detour = (LocalEntropy.static(1.5, 1 / BETA_TILDE) for _ in range(2))
    detour.curve([1.1, 0.1, 0.9])
    one, other = direct.at(0.4), detour.at(0.4)
    assert (one.omega, one.p, one.o) == pytest.approx((other.omega, other.p, other.o), rel=1e-7)


def test_maximum_is_the_independent_pair() -> None:
    solver = LocalEntropy.static(2.0, 1e-3, 1e-3)
    R = solver.independent_distance
    assert pytest.approx(math.sqrt(2 * solver.reference.x2), rel=1e-10) == R
    assert solver.at(R).omega == 0.0
    near = solver.at(0.999 * R)
    assert near.omega == pytest.approx(0.0, abs=1e-6)  # second order in the relative distance 1e-3
    assert near.derivative > 0 > solver.at(1.001 * R).derivative


def test_plateau_at_zero_temperature_is_the_volume_of_a_fixed_point() -> None:
    """Omega(d -> 0) -> -l(g) at T = 0 (no left wall)."""
    solver = LocalEntropy.static(1.5, 0.0)
    level = log_determinant(1.5).l
    near = [abs(require_converged(solver.at(x * solver.independent_distance)).omega + level) for x in (0.2, 0.1, 0.05)]
    assert near[2] < 2e-5 < near[0]
    assert near[0] > near[1] > near[2]


def test_below_the_transition_the_peak_is_thermal() -> None:
    """x* = 0: at p = 0 beta_tilde d² = 1/(1 - g²) and Omega = 0; it falls on both sides."""
    solver = LocalEntropy.static(0.9, 1 / BETA_TILDE)
    d = math.sqrt(1 / (1 - 0.81) / BETA_TILDE)
    state = require_converged(solver.at(d))
    assert state.omega == pytest.approx(0.0, abs=1e-8)  # corrections of order T
    assert abs(state.derivative * d) < 1e-4  # dOmega/d ln d, again of order T
    assert solver.at(0.7 * d).derivative > 0 > solver.at(1.4 * d).derivative


def test_what_cannot_be_solved_is_marked() -> None:
    """Between the mirror image at T = 0 and infinity there is no configuration."""
    solver = LocalEntropy.static(1.2, 0.0)
    state = solver.at(1.8 * solver.independent_distance)
    assert not state.converged
    assert math.isnan(state.omega)
    assert state.residual > 1e-9
    with pytest.raises(NotConverged):
        require_converged(state)


@pytest.mark.parametrize(
    ("g", "temperature", "d"), [(0.9, 0.0, 0.1), (1.0, 0.1, 0.1), (1.5, -1.0, 0.1), (1.5, 0.1, 0.0), (-1.0, 0.1, 1.0)]
)
def test_bad_input_is_refused(g: float, temperature: float, d: float) -> None:
    with pytest.raises(ValueError, match=r"g = |temperature|d = "):
        LocalEntropy.static(g, temperature).at(d)


def test_a_listed_reference_of_the_static_law_is_the_static_reference() -> None:
    static = static_reference(1.5)
    listed = Reference(1.5, 0.0, static.q, static.x_star.copy(), static.z2.copy(), static.weights.copy())
    one, other = (LocalEntropy(r, 1e-3).at(0.8) for r in (static, listed))
    assert one.omega == other.omega


@pytest.mark.parametrize(
    ("g", "l"),
    [(1.1, 2.4454e-5), (1.2, 2.36537e-4), (1.5, 2.79521e-3), (2.0, 1.06831e-2), (3.0, 2.51964e-2), (4.0, 3.40523e-2)],
)
def test_volumes_of_the_dossier(g: float, l: float) -> None:  # noqa: E741
    assert log_determinant(g).l == pytest.approx(l, rel=2e-5)  # printed digits


def test_volume_is_zero_below_the_transition() -> None:
    assert log_determinant(0.9).l == 0.0


@pytest.mark.parametrize(
    ("g", "root"), [(0.9, 0.55094998), (1.1, 0.54508545), (1.5, 0.54413725), (2.0, 0.54312720), (3.0, 0.54365585)]
)
def test_thermal_radius_of_the_dossier(g: float, root: float) -> None:
    assert math.sqrt(thermal_radius(g, 2.0).v) == pytest.approx(root, abs=1e-8)


def test_thermal_radius_without_couplings_and_without_field() -> None:
    """g = 0: A = 1, v = 1/(1 + t). g < 1, t -> 0: v -> 1/(1 - g²)."""
    assert thermal_radius(0.0, 2.0).v == pytest.approx(1 / 3, rel=1e-12)
    assert thermal_radius(0.5, 1e-9).v == pytest.approx(1 / 0.75, rel=1e-7)


def test_field_of_the_probe_meets_the_thermal_radius() -> None:
    """The probe at d² = v T of field t has p = -t/(2 T) to leading order in T."""
    T, t = 1e-6, 2.0
    state = require_converged(LocalEntropy.static(1.1, T).at(math.sqrt(thermal_radius(1.1, t).v * T)))
    assert state.p == pytest.approx(-t / (2 * T), rel=1e-2)  # corrections of order √T at small D


def test_static_reference_has_the_variance_of_fixed_points() -> None:
    assert static_reference(2.0).x2 == pytest.approx(delta_static(2.0), rel=1e-9)


# beta_tilde; Omega at d/R = 0.25, 0.5, 1.3 of g = 1.2 (dossier m-shape, Theory A7)
TREND = [
    (1e2, (-1.72852e-2, -1.36798e-3, -3.1776e-4)),
    (1e3, (-7.3017e-4, -1.7292e-4, -1.15351e-4)),
    (1e4, (-2.34182e-4, -1.16764e-4, -8.9822e-5)),
    (math.inf, (-1.99505e-4, -1.11614e-4, -8.7166e-5)),
]


@pytest.mark.parametrize(("beta_tilde", "omegas"), TREND)
def test_trend_with_the_probes_temperature(beta_tilde: float, omegas: tuple[float, float, float]) -> None:
    solver = LocalEntropy.static(1.2, 1 / beta_tilde)
    R = math.sqrt(2 * delta_static(1.2))
    for ratio, omega in zip((0.25, 0.5, 1.3), omegas, strict=True):
        state = require_converged(solver.at(ratio * R))
        assert state.omega == pytest.approx(omega, rel=2e-5, abs=2e-8)  # printed digits


def test_the_right_wall_is_crossed() -> None:
    """Past the mirror image at √2 R the probe is stretched beyond -x*: Omega falls on, ever more steeply."""
    solver = LocalEntropy.static(1.2, 1 / BETA_TILDE)
    R = solver.independent_distance
    states = [require_converged(solver.at(x * R)) for x in (1.41, 1.414, 1.416, 1.42)]
    assert all(one.omega > other.omega for one, other in pairwise(states))
    assert all(one.derivative > other.derivative for one, other in pairwise(states))


def test_a_wide_site_is_resolved_on_the_scale_of_tanh() -> None:
    """A broad weight with a notch of width one at the origin, by mpmath with 15 digits: <phi²> and ln Z."""
    found = site_moments(-2.0, np.zeros(1), np.zeros(1), -0.05)[0]
    assert found[1] == pytest.approx(0.480258309607825, rel=1e-11)
    assert found[0] == pytest.approx(0.816398762995574, rel=1e-11)
