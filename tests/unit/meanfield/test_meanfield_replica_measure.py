"""Replica theory of the measure exp(-beta E): closed forms, reference values, a plain twin of the free entropy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield import replica_symmetric
from atlas.meanfield.gradient import gradient_equilibrium
from atlas.meanfield.null_phase import null_phase
from atlas.meanfield.replica_measure import (
    Model,
    full_solution,
    replica_solution,
    saddle_map,
    symmetric_solution,
)
from atlas.meanfield.replica_newton import Sites
from atlas.meanfield.replica_site import field_averages

# dossier equilibrium-measure, Anchors at beta = 1e4: g, gamma, q, r, qhat, E<x^2>
ANCHORS = [
    (0.8, 0.0, 2.77350e-4, 0.00999723, 0.0, 2.77504e-4),
    (1.0, 0.0, 7.04185e-3, 0.00992958, 0.0, 7.14185e-3),
    (1.2, 0.0, 0.173451, 0.00826549, 0.0, 0.249869),
    (0.4, 0.2, 1.29003e-4, 0.0103407, -0.00706, 1.29037e-4),
    (1.0, 0.2, 0.0857355, 0.00906597, -1.0025, 0.102102),
    (1.19, 0.2, 0.236022, 0.00748104, -0.37163, 0.392246),
    (0.4, 0.5, 1.48667e-4, 0.0109588, -0.02285, 1.48711e-4),
    (0.8, 0.5, 0.0169083, 0.0105284, -8.3134, 0.0174897),
    (1.0, 0.5, 0.174081, 0.00793117, -1.0009, 0.250388),
    (0.4, 0.8, 1.78019e-4, 0.0117705, -0.05049, 1.78083e-4),
    (0.8, 0.8, 0.0613754, 0.00921188, -3.6699, 0.0694675),
    (1.19, 0.8, 0.362393, 0.00574908, -0.61403, 0.82292),
]


@pytest.mark.parametrize(("g", "gamma", "q", "r", "qhat", "x2"), ANCHORS)
def test_anchors_of_the_dossier(g: float, gamma: float, q: float, r: float, qhat: float, x2: float) -> None:
    state = symmetric_solution(g, gamma, beta=1e4)
    # six printed digits; of qhat four or five decimals
    assert (state.q, state.r, state.x2) == pytest.approx((q, r, x2), rel=6e-6)
    assert state.qhat == pytest.approx(qhat, rel=1e-6, abs=6e-5 if abs(qhat) > 0.9 else 6e-6)
    assert state.residual < 1e-10
    assert state.quadrature < 1e-10


@pytest.mark.parametrize("g", [0.3, 0.98, 1.0, 1.2, 2.0])
def test_independent_couplings_are_gaussian(g: float) -> None:
    """gamma = 0: x ~ N(0, D_T) by another solver, qhat = 0, E/N = T/2, sqrt(beta) r = 1 - q."""
    for beta in (30.0, 1e4):
        state, exact = symmetric_solution(g, 0.0, beta=beta), gradient_equilibrium(g, 1.0 / beta)
        # residual 1e-11, times the condition of the root near g = 1 (about beta^(1/2))
        assert state.q == pytest.approx(exact.phi2, rel=1e-8)
        assert state.x2 == pytest.approx(exact.delta_t, rel=1e-8)
        assert state.qhat * state.q == pytest.approx(0.0, abs=1e-10)
        assert 2.0 * beta * state.energy == pytest.approx(1.0, abs=1e-9)
        assert math.sqrt(beta) * state.r == pytest.approx(1.0 - state.q, abs=1e-10)


def test_without_couplings_the_sites_are_free() -> None:
    """g = 0: q = E tanh²(z/√beta), sqrt(beta) r = beta E x tanh x, by a plain sum over a fine grid."""
    beta = 50.0
    x = np.linspace(-3, 3, 20001)
    w = np.exp(-beta * x**2 / 2)
    w /= w.sum()
    state = symmetric_solution(0.0, 0.3, beta=beta)
    assert state.q == pytest.approx(float(w @ np.tanh(x) ** 2), rel=1e-10)
    assert state.r * math.sqrt(beta) == pytest.approx(float(beta * w @ (x * np.tanh(x))), rel=1e-10)
    assert state.energy == pytest.approx(0.5 / beta, rel=1e-3) or state.energy > 0


@pytest.mark.parametrize(("g", "gamma"), [(0.8, 0.0), (0.5, 0.5), (0.4, 0.8), (0.9, -0.3)])
def test_cold_null_phase_is_linear_theory(g: float, gamma: float) -> None:
    state, linear = symmetric_solution(g, gamma, beta=1e8), null_phase(g, gamma)
    # corrections are of order beta q² = 1e-7 times the square of the susceptibility
    assert 1e8 * state.q == pytest.approx(linear.beta_q, rel=1e-5)
    assert 1e4 * state.r == pytest.approx(linear.rho, rel=1e-5)


def test_reference_point_of_the_map() -> None:
    """dossier, Numerics, check 1: an arbitrary point with a ridge, all six equations."""
    root = math.sqrt(200.0)
    u = np.array([0.05, 0.02, 0.03 * root, 0.004 * root, -0.8, 1.7])
    image = saddle_map(Model(0.9, 0.4, 200.0, 0.05), u) / np.array([1, 1, root, root, 1, 1])
    expected = (0.0257289, 0.00666689, 0.0324020, -0.00930812, -4.672925, 3.503399)
    assert image == pytest.approx(expected, rel=3e-6)  # the last printed digit


def free_entropy(model: Model, u: np.ndarray) -> float:
    """-beta f as the dossier writes it (r, R unscaled), by plain sums: a twin that shares no code with the solver."""
    q, Q, r, R, qhat, Qhat = u
    g2, beta, gamma = model.g**2, model.beta, model.gamma
    rhat, Rhat = beta * g2 * gamma * r, beta * g2 * gamma * R
    sigma2, B = 1 + beta * g2 * (q - Q), model.g * math.sqrt(beta * Q)
    z, weight = np.polynomial.hermite_e.hermegauss(24)
    weight = weight / weight.sum()
    x = np.linspace(-4, 4, 4001)
    phi, total = np.tanh(x), 0.0
    for u_field, u_weight in zip(z, weight, strict=True):
        field = Rhat / B * z + math.sqrt(Qhat - Rhat**2 / B**2) * u_field
        y = math.sqrt(beta) * x - (rhat - Rhat) * phi - B * z[:, None]
        log_w = (qhat - Qhat / 2) * phi**2 + field[:, None] * phi - y**2 / (2 * sigma2) - beta * model.eta * x**2
        total += u_weight * float(weight @ np.log(np.exp(log_w).sum(axis=1) * (x[1] - x[0])))
    own = Q * Qhat / 2 - q * qhat + R * Rhat - r * rhat + beta * g2 * gamma / 2 * (r**2 - R**2)
    return own - 0.5 * math.log(sigma2) + total


def test_the_equations_are_the_gradient_of_the_free_entropy() -> None:
    """d(-beta f)/du vanishes exactly where the map has a fixed point; at another point each derivative is the mismatch.

    d/dqhat = q' - q, d/dQhat = (Q - Q')/2, d/dr = beta g² gamma (r' - r), d/dR = -beta g² gamma (R' - R),
    d/dq = qhat' - qhat, d/dQ = (Qhat - Qhat')/2.
    """
    model = Model(0.9, 0.4, 200.0, 0.05)
    u = np.array([0.05, 0.02, 0.03, 0.004, -0.8, 1.7])
    root = math.sqrt(model.beta)
    scale = np.array([1, 1, root, root, 1, 1])
    mismatch = saddle_map(model, u * scale) / scale - u
    stiffness = model.beta * model.g**2 * model.gamma
    expected = np.array(
        [
            mismatch[4],
            -mismatch[5] / 2,
            stiffness * mismatch[2],
            -stiffness * mismatch[3],
            mismatch[0],
            -mismatch[1] / 2,
        ]
    )
    gradient = []
    for index, value in enumerate(u):
        step = 1e-4 * abs(value)
        shift = np.eye(6)[index] * step
        gradient.append((free_entropy(model, u + shift) - free_entropy(model, u - shift)) / (2 * step))
    # central differences: relative step² = 1e-8, rounding 1e-15/step
    assert np.array(gradient) == pytest.approx(expected, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize(("g", "gamma"), [(0.5, 0.5), (1.02, 0.0), (1.2, 0.0), (1.19, 0.2), (1.19, 0.5), (1.19, 0.8)])
def test_overlap_is_lost_from_any_start(g: float, gamma: float) -> None:
    """dossier, Exact properties (i): Q/q = 0.1 ... 0.9 all flow to Q = R = 0, and to the symmetric solution."""
    own = symmetric_solution(g, gamma, beta=1e4)
    assert own.stability < 1.0
    for ratio in (0.1, 0.5, 0.9):
        state = full_solution(g, gamma, 1e4, ratio=ratio)
        assert 1e-6 * state.q > state.Q  # the residual bounds it by 1e-11/(1 - stability)
        assert abs(state.R) < 1e-6 * state.r
        assert state.q == pytest.approx(own.q, rel=1e-6)
        assert state.residual < 1e-10


@pytest.mark.parametrize(("g", "gamma"), [(0.9, 0.2), (0.6667, 0.8), (0.8, 0.5), (0.9, 1.0), (1.1, 0.0)])
def test_starts_with_overlap_converge_close_to_the_line(g: float, gamma: float) -> None:
    """Soft directions: between the line and the gain at which q stays finite as beta grows. All six equations hold."""
    for beta in (1e4, 1e6):
        state = full_solution(g, gamma, beta)
        root = math.sqrt(beta)
        u = np.array([state.q, state.Q, state.r * root, state.R * root, state.qhat, state.Qhat])
        gap = np.abs(saddle_map(Model(g, gamma, beta), u) - u)
        unit = np.array([state.q, state.q, u[2], u[2], 1 / state.q, 1 / state.q])
        assert np.max(gap / unit) < 1e-10  # the bar of every answer
        assert 1e-6 * state.q > state.Q


def test_antisymmetric_couplings_keep_an_overlap_above_their_line() -> None:
    """gamma < 0: the symmetric solution repels, and the iteration ends at Q > 0, a fixed point on finer nodes too."""
    assert symmetric_solution(1.2, -0.1, beta=1e4).stability > 1.0
    assert symmetric_solution(1.0, -0.1, beta=1e4).stability < 1.0  # below the line 1/0.9
    state = full_solution(1.2, -0.1, 1e4)
    assert 0.5 < state.Q / state.q < 1.0
    root = 100.0
    u = np.array([state.q, state.Q, state.r * root, state.R * root, state.qhat, state.Qhat])
    assert saddle_map(Model(1.2, -0.1, 1e4), u, 30) == pytest.approx(u, rel=1e-6)  # 20 against 30 field nodes


@pytest.mark.parametrize(("gamma", "g"), [(-0.3, 1.6), (-0.5, 5.0), (-0.8, 7.5)])
def test_strongly_antisymmetric_couplings_converge_on_a_grid_that_holds_the_density(
    gamma: float, g: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Residual below the bar from beta = 100 to 1e4; a wider and finer grid over x moves no image by more than 1e-9."""
    for beta in (1e2, 1e4):
        state = replica_solution(g, gamma, beta=beta)
        assert state.residual < 1e-10
        assert 0.1 * state.q < state.Q < state.q
        root = math.sqrt(beta)
        u = np.array([state.q, state.Q, state.r * root, state.R * root, state.qhat, state.Qhat])
        image = saddle_map(Model(g, gamma, beta), u)
        with monkeypatch.context() as wider:
            wider.setattr(replica_symmetric, "TAIL", 55.0)
            wider.setattr(replica_symmetric, "PER_WIDTH", 0.37)
            assert saddle_map(Model(g, gamma, beta), u) == pytest.approx(image, rel=1e-9)  # exp(-38) times large terms


def test_stability_is_the_multiplier_of_a_small_overlap() -> None:
    """Power iteration of the full map at small (Q, rho_R, Qhat) beside the 3 x 3 matrix; gamma = 0: g² <phi'>²."""
    own = symmetric_solution(1.2, 0.0, beta=1e3)
    assert own.stability == pytest.approx(1.2**2 * (1.0 - own.q) ** 2, rel=1e-8)
    own = symmetric_solution(3.0, -0.5, beta=100.0)
    base, unit = np.array([own.q, 0, own.r * 10.0, 0, own.qhat, 0]), np.array([1 / own.q, 1.0, own.q])
    v, growth = np.array([own.q, 0.1, 1 / own.q]), 0.0
    for _ in range(30):
        u = base.copy()
        u[[1, 3, 5]] = v * 1e-6 / np.linalg.norm(v * unit)
        image = saddle_map(Model(3.0, -0.5, 100.0), u)[[1, 3, 5]]
        growth, v = float(np.linalg.norm(image * unit) / np.linalg.norm(u[[1, 3, 5]] * unit)), image
    assert growth == pytest.approx(own.stability, rel=1e-4)  # terms of the next order in the overlap, 1e-6


def test_asked_solution_is_the_attracting_one() -> None:
    assert replica_solution(1.2, 0.5, beta=1e3).Q == 0.0
    state = replica_solution(2.5, -0.5, beta=50.0)
    assert 0.1 * state.q < state.Q
    assert state.residual < 1e-10


def test_bad_input_is_refused() -> None:
    for g, gamma, beta in ((-1.0, 0.0, 1.0), (1.0, 1.5, 1.0), (1.0, 0.0, 0.0), (math.nan, 0.0, 1.0)):
        with pytest.raises(ValueError, match="must be"):
            symmetric_solution(g, gamma, beta=beta)
    with pytest.raises(ValueError, match="start needs"):
        full_solution(1.0, 0.0, 100.0, ratio=1.0)


def test_sites_in_fields_against_a_plain_sum() -> None:
    """Means and covariances of phi, phi², m, m², m phi on a grid ten times finer."""
    Gamma, S, A = -0.7, 0.02, 6.0
    h, xi = np.array([0.0, 3.0, -8.0]), np.array([0.05, -1.5, 4.0])
    x, fine = np.linspace(-8, 8, 1601), np.linspace(-8, 8, 16001)
    found = field_averages(A * np.tanh(x) ** 2, x, np.tanh(x), Gamma, h, xi, S)
    phi = np.tanh(fine)
    for row, field, shift in zip(found, h, xi, strict=True):
        m = fine - Gamma * phi - shift
        w = np.exp(A * phi**2 + field * phi - m**2 / (2 * S) - A)
        w /= w.sum()
        statistics = np.array([phi, phi**2, m, m**2, m * phi])
        mean = statistics @ w
        away = statistics - mean[:, None]
        covariance = (away * w) @ away.T
        # the trapezoid rule is exact to rounding at this step; what is left out weighs exp(-37)
        assert row[:5] == pytest.approx(mean, rel=1e-11, abs=1e-12)
        assert row[5] == pytest.approx(float(w @ fine**2), rel=1e-11)
        assert row[6:] == pytest.approx(covariance[np.triu_indices(5)], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("beta", [50.0, 1e4])
def test_jacobian_of_the_equations_against_differences(beta: float) -> None:
    p = np.array([0.2, 0.6 / beta, 0.5, 0.3, 0.1, 0.02 * beta])
    model = Model(2.1, -0.5, beta)

    def image(p: np.ndarray) -> np.ndarray:
        return Sites(model, p, p[0] - p[1], 12).image

    jacobian = Sites(model, p, p[0] - p[1], 12).jacobian()
    for k in range(6):
        step = np.eye(6)[k] * 1e-5 * p[k]
        quotient = (image(p + step) - image(p - step)) / (2e-5 * p[k])
        # (step)²; sums round by 1e-13 of the terms, the largest of which is g²/(2 S), over the step of 1e-5
        terms = max(float(np.abs(image(p)).max()), 2.1**2 / (2.0 * (1.0 / beta + 2.1**2 * p[1])))
        assert quotient * p[k] == pytest.approx(jacobian[:, k] * p[k], rel=1e-6, abs=1e-8 * terms)


@pytest.mark.parametrize(("g", "gamma"), [(1.98, -0.5), (5.0, -0.8), (4.95, -0.8)])
def test_branch_with_overlap_is_found_close_to_the_line_when_cold(g: float, gamma: float) -> None:
    """Both sides of g (1 + gamma) = 1 at beta = 1e6: all six equations hold."""
    state = replica_solution(g, gamma, beta=1e6)
    u = np.array([state.q, state.Q, state.r * 1e3, state.R * 1e3, state.qhat, state.Qhat])
    unit = np.array([state.q, state.q, u[2], u[2], 1 / state.q, 1 / state.q])
    assert np.max(np.abs(saddle_map(Model(g, gamma, 1e6), u) - u) / unit) < 1e-10  # the bar of every answer
    assert state.stability > 1.0  # the symmetric solution repels
    assert 0.5 * state.q < state.Q < state.q
