"""Replica theory of one and two tasks: quadratures against plain twins, limits, exact relations, ends of branches."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import log_ndtr, logsumexp, ndtr

from atlas.meanfield import first_task as one
from atlas.meanfield import second_task as two
from atlas.meanfield.errors import NotConverged
from atlas.meanfield.imposed_length import imposed
from atlas.meanfield.magnetisation_site import Site, jump, law, moments
from atlas.meanfield.probit_channel import Fields, Overlaps, fields
from atlas.meanfield.probit_window import windowed_fields
from atlas.meanfield.settling import settled


def energy_part(q: float, r: float, q_star: float, beta: float) -> float:
    """G_E on plain grids: z to 9 standard deviations, x to 40."""
    z, x = np.linspace(-9, 9, 1201), np.linspace(-40, 40, 2001)
    h = (math.sqrt(q_star - q) * x + math.sqrt(q) * z[:, None]) / math.sqrt(1 - q_star)
    f = logsumexp(beta * log_ndtr(-h) - x * x / 2, axis=1) + math.log((x[1] - x[0]) / math.sqrt(2 * math.pi))
    weight = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    return float(2 * (weight * ndtr(-z * r / math.sqrt(q - r * r))) @ f)


@pytest.mark.parametrize(("rows", "reach"), [(400, 20), (401, 400), (50, 60)])
def test_columns_convolved_with_a_kernel(rows: int, reach: int) -> None:
    draw = np.random.default_rng(rows)
    columns, kernel = draw.normal(size=(rows, 3)), draw.normal(size=2 * reach + 1)
    plain = [np.convolve(column, kernel, "full")[reach : reach + rows] for column in columns.T]
    found = two.convolved(columns, kernel)
    assert found == pytest.approx(np.array(plain).T, abs=1e-14 * np.abs(kernel).sum() * np.abs(columns).max())


def test_fields_are_derivatives_of_the_energy_part() -> None:
    q, r, q_star, beta, alpha, e = 0.6, 0.5, 0.7, 20.0, 1.2, 1e-4
    found = fields(alpha, beta, Overlaps.of(1 - q_star, q_star - q, q - r * r, r))
    slopes = [
        (energy_part(*(np.array([q, r, q_star]) + d), beta) - energy_part(*(np.array([q, r, q_star]) - d), beta))
        / (2 * e)
        for d in np.eye(3) * e
    ]
    expected = [-2 * alpha * slopes[0], alpha * slopes[1], alpha * slopes[2]]
    # central differences: e² times third derivatives, about 1e-5 of the fields
    assert [found.q_hat, found.r_hat, found.q_star_hat] == pytest.approx(expected, rel=1e-4)


def test_negative_overlap_mirrors_the_field() -> None:
    there, back = (fields(0.8, 20.0, Overlaps.of(0.3, 0.1, 0.35, r)) for r in (0.5, -0.5))
    assert back.r_hat == pytest.approx(there.r_hat, rel=1e-12)  # at given q - r² only the teacher's side of w changes
    assert back.q_hat != pytest.approx(there.q_hat, rel=0.1)


def test_wide_window_is_no_window() -> None:
    overlaps = Overlaps.of(0.08, 0.027, 0.36, 0.73)
    cut, whole = windowed_fields(1.2, 20.0, overlaps, 40.0), fields(1.2, 20.0, overlaps)
    assert [cut.q_hat, cut.r_hat, cut.curvature] == pytest.approx(
        [whole.q_hat, whole.r_hat, whole.curvature], rel=1e-6
    )  # 160 Legendre nodes


def plain_moments(b: float, curvature: float, kappa: float) -> list[float]:
    half, weights = np.polynomial.legendre.leggauss(150)
    m, weights = np.concatenate([0.5 * half - 0.5, 0.5 * half + 0.5]), np.tile(weights, 2)
    s = -(1 + m) / 2 * np.log((1 + m) / 2) - (1 - m) / 2 * np.log((1 - m) / 2)
    e = np.exp(curvature * m * m + b * m + kappa * s - abs(b)) * weights
    e /= e.sum()
    return [e @ m, e @ (1 - m * m), e @ m**2 - (e @ m) ** 2, e @ np.sign(m)]


@pytest.mark.parametrize(("curvature", "kappa"), [(0.0, 0.0), (12.0, 0.0), (-25.0, 0.0), (-16.0, 20.0), (10.0, 2.0)])
def test_site_averages(curvature: float, kappa: float) -> None:
    b = np.array([-3.0, 0.0, 0.7, 40.0])
    found = moments(b, Site(curvature, kappa))
    for i, field in enumerate(b):
        expected = plain_moments(float(field), curvature, kappa)
        got = [found.mean[i], found.rest[i], found.variance[i], found.sign[i]]
        assert got == pytest.approx(expected, rel=1e-7, abs=1e-8)  # 150 Legendre nodes on each side of 0


def test_flat_site_is_the_langevin_function() -> None:
    b = np.array([0.5, 5.0, 200.0])
    assert moments(b, Site(0.0, 0.0)).mean == pytest.approx(1 / np.tanh(b) - 1 / b, abs=1e-10)


def test_weights_of_a_jump() -> None:
    """int sign(u) u exp(-u²) du = 1 on a step at which sign itself errs by a percent."""
    u = np.arange(-40, 41) * 0.25
    assert 0.25 * jump(81) @ (u * np.exp(-u * u)) == pytest.approx(1.0, abs=1e-12)
    shifted = np.exp(-((u - 0.1) ** 2))
    assert 0.25 * jump(81) @ shifted == pytest.approx(math.sqrt(math.pi) * math.erf(0.1), abs=1e-12)


def test_law_is_normalised_and_gives_the_mean() -> None:
    site, b = Site(-3.0, 0.0), np.array([1.0, -2.0])
    u, probabilities = law(b, np.array([0.3, 0.7]), site)
    assert probabilities.sum() == pytest.approx(1.0)
    assert probabilities @ np.tanh(u) == pytest.approx(np.array([0.3, 0.7]) @ moments(b, site).mean)


def test_nothing_learned_without_patterns() -> None:
    found = one.first_task(1e-6, 20.0)
    assert found.overlaps.q_star == pytest.approx(1 / 3, abs=1e-4)  # flat m
    assert abs(found.overlaps.r) < 1e-3
    assert found.epsilon == pytest.approx(0.5, abs=1e-3)
    strict = one.first_task(1e-6, 100.0, True)
    assert strict.overlaps.q_star == pytest.approx(1 / 102, rel=0.01)  # exp(beta s) is about (1 - m²)^(beta/2)


@pytest.mark.parametrize(
    ("alpha", "q", "r", "q_star", "epsilon"),
    [(0.3, 0.35961, 0.24849, 0.55282, 0.39969), (0.6, 0.61886, 0.43625, 0.73821, 0.33682)],
)
def test_tabulated_values_where_their_grid_reaches(
    alpha: float, q: float, r: float, q_star: float, epsilon: float
) -> None:
    found = one.first_task(alpha, 20.0)
    overlaps = [found.overlaps.q, found.overlaps.r, found.overlaps.q_star]
    assert overlaps == pytest.approx([q, r, q_star], abs=3e-4)  # their grid ends at |x| = 7
    assert found.epsilon == pytest.approx(epsilon, abs=2e-4)


@pytest.mark.parametrize(
    ("alpha", "epsilon"), [(1.2, 0.22772), (1.4, 0.18211), (1.54, 0.134), (1.56, 0.0235), (1.6, 0.0174)]
)
def test_tabulated_values_are_those_of_a_cut_gaussian(alpha: float, epsilon: float) -> None:
    assert one.first_task(alpha, 20.0, window=7.0).epsilon == pytest.approx(epsilon, abs=1e-3)  # digits of the table
    if alpha < 1.56:
        assert one.first_task(alpha, 20.0).epsilon > epsilon + 0.03  # whole, the branch is another


@pytest.mark.slow
def test_branches_end_where_the_curve_turns() -> None:
    points = one.followed(20.0, False, np.linspace(0.0, 4.0, 24), 0.3)
    ends = one.spinodals(20.0, False, points)
    # close to its end the branch has a small basin, which a start from small overlaps may miss
    assert one.first_task(ends.alpha_up - 0.2, 20.0).epsilon > ends.epsilon_up
    assert one.first_task(ends.alpha_up + 0.01, 20.0).epsilon < 0.01
    assert one.first_task(ends.alpha_down + 0.01, 20.0, branch="high").epsilon < ends.epsilon_down
    assert one.first_task(ends.alpha_down - 0.01, 20.0, branch="high").epsilon > 0.2
    for point in points:
        assert point.residual < 1e-7  # every point of the curve solves the equations


def reference(r0: float) -> two.Reference:
    return two.Reference.of(one.first_task(2.0, 20.0), r0)


def test_second_task_site_against_a_plain_double_integral() -> None:
    hats, gamma, r0 = Fields(30.0, 4.0, -3.0), 0.1, 0.4
    ref = reference(r0)
    site = Site(hats.curvature, 20.0 * gamma)
    overlaps, p1, p2 = two.at_sites(hats, site, ref)
    x = np.linspace(-7, 7, 141)
    weight = np.outer(np.exp(-x * x / 2) / math.sqrt(2 * math.pi) * 0.1, ref.probabilities)
    q = r = q_star = plain1 = plain2 = 0.0
    for side in (1.0, -1.0):
        b = math.sqrt(30.0) * x[:, None] + side * 4.0 + 2.0 * ref.u
        found = moments(b.ravel(), site)
        mean, rest, sign = (each.reshape(b.shape) for each in (found.mean, found.rest, found.sign))
        share = 0.5 * (1 + side * r0) * weight
        q += float(np.vdot(share, mean**2))
        r += side * float(np.vdot(share, mean))
        q_star += float(np.vdot(share, 1 - rest))
        plain1 += float(np.vdot(share, sign))
        plain2 += side * float(np.vdot(share, sign))
    assert [overlaps.q, overlaps.r, overlaps.q_star, p1, p2] == pytest.approx([q, r, q_star, plain1, plain2], abs=1e-6)


def test_second_task_without_patterns_forgets_little_and_learns_nothing() -> None:
    first = one.first_task(2.0, 20.0)
    found = two.second_task(first, 0.0, 0.5)
    assert found.epsilon1 == pytest.approx(first.epsilon, abs=2e-3)
    assert found.p2 == pytest.approx(0.5 * found.p1, abs=1e-7)  # teacher 2 is seen through teacher 1 only


def test_equal_teachers_have_equal_errors() -> None:
    found = two.second_task(one.first_task(2.0, 20.0), 1.0, 1.0)
    assert found.epsilon1 == pytest.approx(found.epsilon2, abs=1e-9)
    assert found.epsilon1 < 0.002


def test_without_divergence_the_first_task_does_not_matter() -> None:
    first = one.first_task(2.0, 20.0)
    there, back = (two.second_task(first, 0.6, r0, gamma=0.0) for r0 in (0.4, -0.4))
    single = one.first_task(0.6, 20.0)
    assert there.epsilon2 == pytest.approx(single.epsilon, abs=1e-5)
    assert back.epsilon2 == pytest.approx(there.epsilon2, abs=1e-5)
    assert back.p1 == pytest.approx(-there.p1, abs=1e-5)
    assert there.p1 == pytest.approx(0.4 * there.p2, abs=1e-5)


def test_second_teacher_found_exactly() -> None:
    found = two.second_task(one.first_task(2.0, 20.0), 5.0, 0.5)
    assert found.epsilon2 < 1e-3
    assert found.epsilon1 == pytest.approx(1 / 3, abs=1e-3)  # arccos(r0)/pi


def test_imposed_length_of_the_free_state_is_the_free_state() -> None:
    free = one.first_task(0.6, 20.0)
    held = imposed(0.6, 20.0, free.overlaps.q_star)
    assert held.overlaps.q == pytest.approx(free.overlaps.q, abs=1e-5)
    assert held.epsilon == pytest.approx(free.epsilon, abs=1e-5)


def test_settling_finds_alternating_fixed_points_and_says_when_there_is_none() -> None:
    found = settled(lambda s: np.array([-0.9 * s[0] + 1.9]), np.array([0.0]), tolerance=1e-10)
    assert found == pytest.approx([1.0])
    with pytest.raises(NotConverged):
        settled(lambda s: s + 1.0, np.array([0.0]), tolerance=1e-10, limit=50)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: one.first_task(-1.0, 20.0),
        lambda: one.first_task(1.0, 0.0),
        lambda: one.first_task(1.0, 20.0, branch="middle"),
        lambda: two.second_task(one.first_task(0.3, 20.0), 1.0, 2.0),
        lambda: two.second_task(one.first_task(0.3, 20.0), -1.0, 0.0),
        lambda: imposed(1.0, 20.0, 1.0),
    ],
)
def test_wrong_parameters_are_refused(ask: object) -> None:
    with pytest.raises(ValueError, match=r"allowed|must be"):
        ask()  # type: ignore[operator]
