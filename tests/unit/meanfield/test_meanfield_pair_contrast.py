"""Pair contrast: plain sums over the definitions, the dossier's table, limits, symmetries, stationarity."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from atlas.meanfield import pair_contrast as pc
from atlas.meanfield.errors import NotConverged
from atlas.meanfield.pair_energy import PairModel, gaussian_rows, grid_of

MODEL = PairModel(1.0, 0.5, 1.0)
# dossier: M, Q, q, eps_t, eps_g, D²_B, D²_F, Acc; its grids are good to 1e-3 up to d_F = 1
TABLE = {
    (2.5, 1.0): (1.01832, 1.68625, 1.56674, 0.015393, 0.083648, 0.21475, 1.94153, 0.94161),
    (2.5, 0.1): (0.32797, 0.27550, 0.20401, 0.010524, 0.032142, 0.10283, 0.46059, 0.89429),
    (0.1, 1.0): (0.14612, 0.49548, 0.09405, 0.009648, 0.237391, 0.19569, 0.26402, 0.66099),
    (1.0, 1.0): (0.66945, 0.97571, 0.77827, 0.010376, 0.113422, 0.21241, 1.24931, 0.91237),
    (3.0, 1.0): (1.11376, 1.91866, 1.80984, 0.016567, 0.078859, 0.21197, 2.09943, 0.94610),
}


def point(u: list[float]) -> np.ndarray:
    return np.array([u[0], math.log(u[1]), math.log(u[2])])


@pytest.mark.parametrize(("place", "expected"), TABLE.items(), ids=str)
def test_table_of_the_dossier(place: tuple[float, float], expected: tuple[float, ...]) -> None:
    found = pc.solve_pairs(PairModel(place[0], 0.5, place[1]))
    values = (found.M, found.Q, found.q, found.eps_train, found.eps_test, found.d2_boson, found.d2_fermion)
    assert (*values, found.accuracy) == pytest.approx(expected, rel=1e-3)
    assert found.residual < 1e-8
    assert found.q < found.Q


def test_twice_the_nodes_change_little() -> None:
    coarse, fine = pc.solve_pairs(MODEL), pc.solve_pairs(MODEL, refine=2.0)
    for name in ("M", "Q", "q", "eps_train", "eps_test", "free_entropy"):
        assert getattr(coarse, name) == pytest.approx(getattr(fine, name), rel=1e-4)


def test_hats_are_plain_averages() -> None:
    """All four label pairs, both sides, nested sums over t and tau: no symmetry and no band is used."""
    model = PairModel(0.7, 0.8, 0.6, beta=8.0, a=0.05, rho_b=0.3, lambda_b=1.4, m=1.3)
    mean, q, rest = 0.4, 0.5, 0.3
    t = np.linspace(-6, 6, 49)
    w = np.exp(-0.5 * t * t)
    w /= w.sum()
    tau_l, tau_r = t[:, None], t[None, :]
    slope = square = tilt = 0.0
    for y_l, y_r in ((1, 1), (-1, -1), (1, -1), (-1, 1)):
        share = (model.rho_b if y_l == y_r else 1 - model.rho_b) / 2
        for i, t_l in enumerate(t):
            for j, t_r in enumerate(t):
                z_l = y_l * model.m * mean + model.delta * (math.sqrt(q) * t_l + math.sqrt(rest) * tau_l)
                z_r = y_r * model.m * mean + model.delta * (math.sqrt(q) * t_r + math.sqrt(rest) * tau_r)
                phi_l, phi_r = np.tanh(z_l), np.tanh(z_r)
                d = phi_l - phi_r
                s = model.d_f - d * d
                root = np.sqrt(s * s + model.a)
                energy = 0.7 * d * d if y_l == y_r else 0.25 * (s + root)
                h_l = (1.4 * d if y_l == y_r else -0.5 * (1 + s / root) * d) * (1 - phi_l**2)
                h_r = (-1.4 * d if y_l == y_r else 0.5 * (1 + s / root) * d) * (1 - phi_r**2)
                weight = np.exp(-model.beta * energy) * w[:, None] * w[None, :]
                weight /= weight.sum()
                f_l, f_r = (weight * h_l).sum(), (weight * h_r).sum()
                outer = share * w[i] * w[j]
                slope += outer * (y_l * f_l + y_r * f_r)
                square += outer * (f_l**2 + f_r**2)
                tilt += outer * ((weight * h_l * tau_l).sum() + (weight * h_r * tau_r).sum())
    strength = model.alpha * model.beta
    u = point([mean, q, rest])
    found = pc.hats(model, u, pc.rule_at(model, u))
    # the plain sums end at 6 standard deviations and have a step of a quarter
    assert found.m_hat == pytest.approx(-strength * model.m * slope, rel=1e-5)
    assert found.q_hat == pytest.approx(strength * model.beta * model.delta**2 * square, rel=1e-5)
    assert found.big_q_hat == pytest.approx(strength * model.delta / math.sqrt(rest) * tilt, rel=1e-5)


def test_few_pairs_leave_the_prior() -> None:
    found = pc.solve_pairs(PairModel(0.01, 0.5, 1.0))
    size, mean = found.Q, found.M
    assert size == pytest.approx(0.4, rel=0.03)  # 1/(beta lambda_w), up to O(alpha)
    assert mean < 0.05
    assert found.q < 0.02


def test_no_noise_of_labels_without_mean() -> None:
    found = pc.solve_pairs(replace(MODEL, m=0.0))
    mean = found.M
    assert mean == pytest.approx(0.0, abs=1e-9)
    assert found.accuracy == pytest.approx(0.5)


def test_reflection_is_a_symmetry() -> None:
    u = point([0.6, 0.8, 0.2])
    rule = pc.rule_at(MODEL, u)
    there, back = pc.hats(MODEL, u, rule), pc.hats(MODEL, u * [-1, 1, 1], rule)
    assert back.m_hat == pytest.approx(-there.m_hat, rel=1e-9)
    assert (back.q_hat, back.big_q_hat) == pytest.approx((there.q_hat, there.big_q_hat), rel=1e-9)


def test_free_entropy_is_stationary() -> None:
    """In M, q, V at fixed hats, and in the hats at fixed order parameters."""
    found = pc.solve_pairs(MODEL)
    u = point([found.M, found.q, found.V])
    rule = pc.rule_at(MODEL, u)

    def phi(at: np.ndarray, hats: pc.Hats) -> float:
        return pc.free_entropy(MODEL, at, hats, pc.averaged(MODEL, at, rule)[0])

    for shift in 1e-3 * np.eye(3):
        slope = (phi(u + shift, found.hats) - phi(u - shift, found.hats)) / 2e-3
        assert abs(slope) < 2e-4  # O(step²) and the outer step; terms of Phi have slopes of order 1 to 20
    for name in ("m_hat", "q_hat", "big_q_hat"):
        up, down = (replace(found.hats, **{name: getattr(found.hats, name) * f}) for f in (1.001, 0.999))
        assert abs(phi(u, up) - phi(u, down)) / 2e-3 < 2e-4


def test_noise_hides_the_mean() -> None:
    """Beyond a critical noise M = 0 is the stable solution, below it is not returned."""
    assert pc.solve_pairs(PairModel(2.5, 1.5, 1.0)).accuracy == pytest.approx(0.5, abs=1e-4)
    assert pc.solve_pairs(PairModel(2.5, 0.6, 1.0)).accuracy > 0.8


def test_pushes_along_the_weights() -> None:
    found = pc.solve_pairs(MODEL)
    draws = np.random.Generator(np.random.Philox(3)).standard_normal(200_000)
    field = found.M + 0.5 * math.sqrt(found.q) * draws - 0.3 * math.sqrt(found.q)
    error = 1.5 / math.sqrt(len(draws))  # three standard errors of a share
    assert found.adversarial_accuracy(0.3) == pytest.approx(np.mean(field > 0), abs=error)
    expected = 0.5 * np.mean((1 - np.tanh(field)) ** 2)
    assert found.adversarial_error(0.3) == pytest.approx(expected, abs=3 * error)
    ladder = [found.adversarial_accuracy(k / 10) for k in range(1, 11)]
    assert found.adversarial_area() == pytest.approx(np.mean(ladder))
    assert found.accuracy_printed < found.accuracy


def test_slope_of_the_energies() -> None:
    d2 = np.linspace(0.0, 4.0, 41)
    for same in (True, False):
        difference = (MODEL.energy(d2 + 1e-5, same) - MODEL.energy(d2 - 1e-5, same)) / 2e-5
        assert MODEL.energy_slope(d2, same) == pytest.approx(difference, abs=1e-8)
    assert MODEL.energy(np.array([0.0, 4.0]), False) == pytest.approx([0.5, 0.0], abs=2e-3)  # O(a) off the ramp


def test_products_that_skip_the_far_field() -> None:
    grid = grid_of(MODEL, 4.0, 0.05)
    means = np.linspace(-1.0, 1.0, 101)
    rows = gaussian_rows(grid, means, 0.1, MODEL.band)
    table = grid.tables[-1.0].weight
    assert len(rows.spans) > 1
    assert rows.times(table) == pytest.approx(rows.values @ table, rel=1e-12)
    assert rows.times(table, tau=True) == pytest.approx(rows.with_tau @ table, rel=1e-9, abs=1e-14)
    assert rows.into(table) == pytest.approx(table @ rows.values.T, rel=1e-12)
    assert rows.values.sum(axis=1) == pytest.approx(np.ones(101), rel=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"alpha": 0.0}, "alpha"), ({"d_f": -1.0}, "d_f"), ({"rho_b": 1.5}, "rho_B"), ({"beta": 400.0}, "beta")],
)
def test_refusals(change: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(MODEL, **change)


def test_a_negative_curvature_is_no_number() -> None:
    with pytest.raises(NotConverged):
        pc.curvature(MODEL, pc.Hats(0.0, 0.0, -3.0))
