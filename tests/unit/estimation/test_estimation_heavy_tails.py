"""Tail index, block means and distribution-free intervals against exact laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from atlas.estimation.heavy_tails import (
    block_means,
    curve_of_running_means,
    hill_index,
    median_of_means,
    running_means,
)


@pytest.mark.parametrize("alpha", [0.8, 1.5, 3.0])
def test_hill_index_of_a_power_law(alpha: float) -> None:
    samples = np.random.default_rng(1).random(100_000) ** (-1.0 / alpha)
    assert hill_index(samples, 2500) == pytest.approx(alpha, rel=0.08)  # alpha/sqrt(k) is 2 %


def test_hill_index_does_not_depend_on_the_unit_and_is_infinite_for_equal_samples() -> None:
    samples = np.random.default_rng(2).random(1000) ** -1.0
    assert hill_index(7.0 * samples, 50) == pytest.approx(hill_index(samples, 50), rel=1e-12)
    assert math.isinf(hill_index(np.ones(10), 3))


def test_hill_index_refuses_bad_input() -> None:
    with pytest.raises(ValueError, match="k: got 10"):
        hill_index(np.ones(10), 10)
    with pytest.raises(ValueError, match="must be > 0"):
        hill_index(np.array([1.0, 0.0, 0.0]), 2)


def test_block_means_leave_out_the_rest() -> None:
    assert block_means(np.arange(11.0), 2) == pytest.approx([2.0, 7.0])
    with pytest.raises(ValueError, match="blocks: got 4"):
        block_means(np.ones(3), 4)


@pytest.mark.parametrize("n", [6, 10, 40, 101])
def test_interval_has_the_stated_coverage_and_no_tighter_one_has(n: int) -> None:
    values = np.arange(float(n))
    middle, low, high = median_of_means(values)
    j = int(low) + 1
    assert (middle, high) == (0.5 * (n - 1), float(n - j))
    assert 2.0 * binom.cdf(j - 1, n, 0.5) <= 0.05 < 2.0 * binom.cdf(j, n, 0.5)


def test_few_blocks_have_no_interval() -> None:
    middle, low, high = median_of_means([3.0, 1.0, 2.0, 5.0, 4.0])
    assert middle == 3.0
    assert math.isnan(low)
    assert math.isnan(high)
    with pytest.raises(ValueError, match="no block"):
        median_of_means([])


def test_many_blocks_by_the_normal_approximation() -> None:
    _, low, _ = median_of_means(np.arange(2000.0))
    assert low + 1 == pytest.approx(binom.ppf(0.025, 2000, 0.5), abs=2)


def test_running_means_by_hand() -> None:
    assert running_means([1.0, 3.0, 5.0, 7.0, 100.0], 2) == pytest.approx([2.0, 4.0])
    mean, error, spread = curve_of_running_means([[1.0, 2.0], [3.0, 2.0]])
    assert mean == pytest.approx([2.0, 2.0])
    assert error == pytest.approx([1.0, 0.0])
    assert spread == pytest.approx([math.sqrt(2.0), 0.0])
