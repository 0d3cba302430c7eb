"""Roots of the rate network: known roots, exactness, counting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from atlas.dynamics.fixed_points import closed_under_sign, find_roots, levenberg_marquardt, pair_distances, velocity


def ferromagnet(n: int, g: float) -> np.ndarray:
    """J = g/n for all pairs: the roots are 0 and ±m on all sites with m = g tanh(m)."""
    return np.full((n, n), g / n)


def test_roots_of_a_ferromagnet() -> None:
    m = brentq(lambda x: x - 1.5 * math.tanh(x), 0.1, 2.0, xtol=1e-14)
    found = find_roots(ferromagnet(8, 1.5), np.random.default_rng(1), max_starts=60, start_scale=3.0)
    levels = sorted(found.roots.mean(axis=1))
    assert levels == pytest.approx([-m, 0.0, m], abs=1e-9)  # roots are polished to 1e-12 in the velocity
    assert found.roots.std(axis=1).max() < 1e-9
    assert found.distinct[-1] == 3
    assert found.converged[-1] >= 50


def test_the_search_stops_when_it_finds_nothing_new() -> None:
    found = find_roots(np.zeros((4, 4)), np.random.default_rng(2), max_starts=10_000, stop_share=0.05)
    assert found.distinct[-1] == 1  # the origin is the only root without couplings, and is on the list from the start
    assert found.converged[-1] == 21  # 1/21 is the first share below 0.05


def test_states_are_minima_of_the_speed() -> None:
    """What is no root is a local minimum: no small step lowers |v|²."""
    rng = np.random.default_rng(3)
    J = rng.normal(0, 1.5 / math.sqrt(20), (20, 20))
    start = rng.normal(0, 100, (16, 20))
    kept = start.copy()
    states, speeds = levenberg_marquardt(start, J)
    assert (start == kept).all()
    assert speeds == pytest.approx(np.sqrt((velocity(states, J) ** 2).mean(axis=1)), rel=1e-12)
    assert (speeds < 1e-10).any()


def test_velocity_is_the_networks() -> None:
    rng = np.random.default_rng(4)
    J, x = rng.normal(size=(5, 5)), rng.normal(size=(3, 5))
    for row, v in zip(x, velocity(x, J), strict=True):
        assert v == pytest.approx(J @ np.tanh(row) - row, rel=1e-13)


def test_mirror_images_are_added_once_and_the_origin_left_out() -> None:
    roots = np.array([[0.0, 0.0], [1.0, 2.0], [-1.0, -2.0], [3.0, 0.0]])
    closed = closed_under_sign(roots)
    assert sorted(map(tuple, closed.tolist())) == [(-3.0, 0.0), (-1.0, -2.0), (1.0, 2.0), (3.0, 0.0)]
    assert closed_under_sign(np.zeros((1, 4))).shape == (0, 4)


def test_pair_distances_are_rms() -> None:
    states = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 2.0]])
    expected = sorted([math.sqrt(25 / 2), math.sqrt(4 / 2), math.sqrt(13 / 2)])
    assert sorted(pair_distances(states)) == pytest.approx(expected, rel=1e-12)
