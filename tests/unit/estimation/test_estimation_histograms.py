"""Histograms and distances: closed forms of Gaussians, and scipy's distances as twins."""

import math

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import ks_2samp, kstest

from atlas.estimation.histograms import (
    density_from_counts,
    density_of_samples,
    ks_distance,
    ks_distance_counts,
    ks_distance_samples,
    kurtosis_ratio,
    kurtosis_ratio_of_moments,
    overlap,
)

EDGES = np.array([-1.0, 0.0, 0.5, 2.0])


def test_density_of_known_samples() -> None:
    result = density_of_samples([[-0.5, 0.1, 0.2, 7.0], [-0.5, -0.5, 0.2, 1.0]], EDGES)
    # counts 1 2 0 and 2 1 1 of 4, over widths 1, 1/2, 3/2
    np.testing.assert_allclose(result.density, [(1 + 2) / 8, (4 + 2) / 8, (0 + 2 / 3) / 8], rtol=1e-14)
    # error of two networks: half their difference
    np.testing.assert_allclose(result.error, [1 / 8, 2 / 8, 2 / 3 / 8], rtol=1e-14)
    assert (result.networks, result.outside) == (2, 1 / 8)
    assert (result.density * np.diff(EDGES)).sum() == pytest.approx(1 - result.outside)


def test_counts_without_totals_are_normalised_to_one() -> None:
    result = density_from_counts([[1, 2, 3]], EDGES)
    assert (result.density * np.diff(EDGES)).sum() == pytest.approx(1.0)
    assert np.isnan(result.error).all()  # one network


def test_density_errors_cover_the_exact_bin_probabilities() -> None:
    rng = np.random.default_rng(0)
    edges = np.linspace(-2, 2, 9)
    exact = np.diff(ndtr(edges)) / np.diff(edges)
    z = [
        (d.density - exact) / d.error
        for d in (density_of_samples(rng.standard_normal((20, 200)), edges) for _ in range(200))
    ]
    # one s.e. of 20 networks covers 67 % (Student, 19 dof); 1600 weakly correlated bins: 4 sigma = 5 %
    assert abs(np.mean(np.abs(z) < 1) - 0.670) < 0.05


@pytest.mark.parametrize(
    ("counts", "edges", "totals"),
    [
        ([[1, 2]], EDGES, None),
        ([[1, 2, 3]], EDGES[::-1], None),
        ([[1, 2, 3]], [0.0], None),
        ([[0, 0, 0]], EDGES, None),
        ([[1, 2, 3]], EDGES, [5]),
        ([[1, 2, 3]], EDGES, [6, 6]),
    ],
)
def test_inconsistent_histograms_are_refused(counts: object, edges: object, totals: object) -> None:
    with pytest.raises(ValueError, match="allowed"):
        density_from_counts(counts, edges, totals)  # type: ignore[arg-type]


def test_ks_distances_agree_with_scipy() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((4, 50)), rng.normal(0.3, 1.2, 130)
    b[:20] = a.flat[:20]  # ties
    assert ks_distance(a, ndtr) == pytest.approx(kstest(a.ravel(), "norm").statistic, abs=1e-14)
    assert ks_distance_samples(a, b) == pytest.approx(ks_2samp(a.ravel(), b).statistic, abs=1e-14)


def test_ks_distance_of_shifted_gaussians_is_the_closed_form() -> None:
    grid = (np.arange(20000) + 0.5) / 20000
    from scipy.special import ndtri

    samples = ndtri(grid)  # quantiles: their empirical law is exact to 1/(2n)
    # sup |F(x) - F(x - d)| = 2 F(d/2) - 1 at the midpoint
    shifted = ks_distance(samples, lambda x: ndtr(x - 0.4))
    assert shifted == pytest.approx(2 * ndtr(0.2) - 1, abs=1 / 20000)
    assert ks_distance(samples, ndtr) == pytest.approx(1 / 40000, abs=1e-9)
    # one sample: the jump from 0 to 1 at the median is 1/2 away on both sides, elsewhere the far side counts
    assert ks_distance([0.0], ndtr) == 0.5
    assert ks_distance([0.4], ndtr) == pytest.approx(ndtr(0.4))
    assert ks_distance([-0.4], ndtr) == pytest.approx(ndtr(0.4))


def test_stated_size_of_the_ks_distance_under_the_law() -> None:
    rng = np.random.default_rng(2)
    values = [ks_distance(rng.standard_normal(400), ndtr) for _ in range(400)]
    # mean of Kolmogorov's law sqrt(pi/2) ln 2 = 0.8687, less O(1/sqrt n) (0.2/20); scatter 0.26/sqrt(400) * 4
    assert np.mean(values) * 20 == pytest.approx(0.8687, abs=0.055)


def test_ks_distance_of_counts_is_bounded_by_that_of_the_samples() -> None:
    samples = np.random.default_rng(3).normal(0.2, 1.0, 3000)
    edges = np.linspace(-2, 2, 81)
    counts = np.histogram(samples, edges)[0]
    tails = (int((samples < -2).sum()), int((samples > 2).sum()))
    binned = ks_distance_counts(counts, edges, ndtr, *tails)
    true = ks_distance(samples, ndtr)
    largest_share = max(counts.max() / 3000, np.diff(ndtr(edges)).max())
    assert true - largest_share <= binned <= true
    with pytest.raises(ValueError, match="counts"):
        ks_distance_counts(np.zeros(80), edges, ndtr)


@pytest.mark.parametrize("bad", [[], [0.0, math.nan]])
def test_ks_distance_refuses_no_samples_and_nan(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="samples"):
        ks_distance(bad, ndtr)


def test_overlap_of_gaussians_is_the_closed_form() -> None:
    edges = np.linspace(-9, 9, 3601)
    p = np.diff(ndtr(edges)) / np.diff(edges)
    q = np.diff(ndtr(edges - 1.0)) / np.diff(edges)
    assert overlap(p, q, edges) == pytest.approx(2 * ndtr(-0.5), abs=1e-9)  # the crossing 0.5 is an edge
    assert overlap(p, p, edges) == pytest.approx(1.0, abs=1e-12)
    assert overlap([1.0, 0.0], [0.0, 1.0], [0.0, 1.0, 2.0]) == 0.0


def test_overlap_refuses_other_shapes_and_negative_densities() -> None:
    with pytest.raises(ValueError, match="shapes"):
        overlap([1.0], [1.0, 2.0], [0, 1, 2])
    with pytest.raises(ValueError, match="negative"):
        overlap([1.0, -1.0], [1.0, 2.0], [0, 1, 2])


def test_kurtosis_ratio_of_known_laws() -> None:
    assert kurtosis_ratio([1.0, -1.0, 1.0]) == pytest.approx(1 / 3)  # two-valued: m4 = m2^2
    grid = (np.arange(200000) + 0.5) / 100000 - 1
    assert kurtosis_ratio(grid) == pytest.approx(0.6, abs=1e-9)  # uniform: (1/5) / (3/9)
    assert kurtosis_ratio_of_moments(2.0, 12.0) == 1.0
    assert math.isnan(kurtosis_ratio([0.0, 0.0]))
