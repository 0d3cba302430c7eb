"""Quadrature of one and two neurons: the dossier's numbers, closed forms, limits, its own gradient."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield import few_units
from atlas.meanfield.errors import NotConverged

PAIR = np.array([[0.0, 1.5], [-0.8, 0.4]])
POINTS = np.array([[1.0, 0.7], [-0.4, 1.2], [0.9, -1.1]])


def test_one_neuron_of_the_dossier() -> None:
    """J = 2, T = 1 and J = 0, T = 1, eight decimals."""
    found = few_units.measure([[2.0]], 1.0)
    assert found.log_z == pytest.approx(1.82822267, abs=1e-8)
    assert found.x2[0, 0] == pytest.approx(4.08830562, abs=1e-8)
    assert found.energy == pytest.approx(0.24363802, abs=1e-8)
    assert found.u_phi[0, 0] == pytest.approx(0.19885115, abs=1e-8)
    free = few_units.measure([[0.0]], 1.0)
    assert free.log_z == pytest.approx(0.5 * math.log(2 * math.pi), abs=1e-12)
    assert free.u_phi[0, 0] == pytest.approx(0.60570551, abs=1e-8)


def test_two_neurons_of_the_dossier() -> None:
    found = few_units.measure(PAIR, 0.5)
    assert found.log_z == pytest.approx(0.85010222, abs=1e-8)
    assert found.energy == pytest.approx(0.59014210, abs=1e-8)
    np.testing.assert_allclose(found.x2, [[0.67938053, 0.28307703], [0.28307703, 0.42815073]], atol=1e-8)
    np.testing.assert_allclose(found.u_phi, [[0.22427519, -0.14410329], [0.37512476, 0.33684601]], atol=1e-8)
    assert found.residual < 1e-10


@pytest.mark.parametrize("temperature", [0.1, 2.0])
def test_without_couplings_the_measure_is_gaussian(temperature: float) -> None:
    found = few_units.measure(np.zeros((2, 2)), temperature)
    assert found.log_z == pytest.approx(math.log(2 * math.pi * temperature), abs=1e-11)
    assert found.energy == pytest.approx(temperature, rel=1e-11)
    np.testing.assert_allclose(found.x2, temperature * np.eye(2), atol=1e-11)


def test_neurons_without_common_couplings_factorise() -> None:
    both = few_units.measure(np.diag([2.0, 0.5]), 1.0)
    each = [few_units.measure([[J]], 1.0) for J in (2.0, 0.5)]
    assert both.log_z == pytest.approx(sum(one.log_z for one in each), abs=1e-10)
    assert both.u_phi[0, 0] == pytest.approx(each[0].u_phi[0, 0], abs=1e-10)


def test_slope_of_log_z_is_the_statistic() -> None:
    """T d ln Z/dJ_ij = <u_i phi_j>, by central differences of order 1e-10."""
    h = 1e-5
    for place in np.ndindex(2, 2):
        moved = [PAIR.copy(), PAIR.copy()]
        moved[0][place] += h
        moved[1][place] -= h
        slope = (few_units.measure(moved[0], 0.5).log_z - few_units.measure(moved[1], 0.5).log_z) / (2 * h)
        assert 0.5 * slope == pytest.approx(few_units.measure(PAIR, 0.5).u_phi[place], abs=1e-8)


def test_gradient_is_that_of_the_likelihood() -> None:
    exact = few_units.differences(PAIR, 0.5, POINTS)
    np.testing.assert_allclose(few_units.gradient(PAIR, 0.5, POINTS), exact, atol=1e-9)
    transposed = few_units.gradient(PAIR, 0.5, POINTS).T
    assert np.abs(transposed - exact).max() > 0.1


def test_ascent_climbs_and_follows_its_rule() -> None:
    course, residual = few_units.ascent(PAIR, 0.5, POINTS, 0.05, 1e-3, 5)
    assert course.shape == (6, 2, 2)
    np.testing.assert_allclose(course[1], 0.999 * PAIR + 0.05 * few_units.gradient(PAIR, 0.5, POINTS), atol=1e-10)
    first, last = (few_units.log_likelihood(J, 0.5, POINTS) for J in (course[0], course[-1]))
    assert last > first
    assert residual < 1e-8


def test_density_is_normalised_and_that_of_the_energy() -> None:
    x = np.linspace(-12, 12, 601)
    for J in ([[2.0]], PAIR):
        found = few_units.density(J, 1.0, x)
        assert found.sum() * (x[1] - x[0]) == pytest.approx(1.0, abs=1e-9)
    middle = few_units.density([[2.0]], 1.0, np.array([0.0, 1.0]))
    u = 1.0 - 2.0 * math.tanh(1.0)
    assert middle[1] / middle[0] == pytest.approx(math.exp(-0.5 * u * u), rel=1e-12)


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(ValueError, match="allowed: finite"):
        few_units.measure(np.zeros((3, 3)), 1.0)
    with pytest.raises(ValueError, match="temperature"):
        few_units.measure([[1.0]], 0.0)
    with pytest.raises(NotConverged):
        few_units.measure([[900.0, 0.0], [0.0, 900.0]], 1e-4)
