"""Metrics of generated samples: plain twins, and what the symmetry of the sign asks of them."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.estimation import samples


def planted() -> tuple[np.ndarray, np.ndarray]:
    """Samples and data on one side of their mean (1, 1, ..)."""
    rng = np.random.default_rng(1)
    return rng.normal(size=(9, 5)) + 1.0, rng.normal(size=(7, 5)) * 0.3 + 1.0


def test_distances_are_those_of_a_plain_loop() -> None:
    phi, data = planted()
    plain = np.array([[np.mean((a - b) ** 2) for b in data] for a in phi])
    np.testing.assert_allclose(samples.square_distances(phi, data), plain, rtol=1e-10)
    own = [min(np.sqrt(np.mean((a - b) ** 2)) for j, b in enumerate(data) if j != i) for i, a in enumerate(data)]
    assert samples.self_nearest(data) == pytest.approx(np.mean(own), rel=1e-7)


def test_metrics_do_not_see_the_sign_of_a_sample() -> None:
    phi, data = planted()
    signs = np.where(np.arange(9) % 2, -1.0, 1.0)[:, None]
    for metric in (samples.aligned_nearest, samples.either_nearest):
        distance, which = metric(phi, data)
        turned, same = metric(signs * phi, data)
        np.testing.assert_allclose(turned, distance, rtol=1e-12)
        np.testing.assert_array_equal(same, which)
    moments = samples.second_moments(data)
    assert samples.moment_distance(signs * phi, moments) == pytest.approx(samples.moment_distance(phi, moments))
    assert samples.moment_distance(-data, moments) == pytest.approx(0.0, abs=1e-12)
    assert samples.moment_distance(np.zeros((3, 5)), moments) == pytest.approx(1.0)


def test_either_sign_is_the_nearer_of_both() -> None:
    data = np.array([[1.0, 0.0], [0.0, 1.0]])
    distance, which = samples.either_nearest(np.array([[-1.0, 0.0]]), data)
    assert distance[0] == pytest.approx(0.0, abs=1e-12)
    assert which[0] == 0
    np.testing.assert_array_equal(samples.side(np.array([[-1.0, 0.2], [0.0, 0.0]]), data.mean(axis=0)), [-1, 1])


def test_components_of_a_planted_cloud() -> None:
    rng = np.random.default_rng(2)
    axes = np.linalg.qr(rng.normal(size=(4, 4)))[0].T
    data = rng.normal(size=(4000, 4)) * [3.0, 1.0, 0.3, 0.1] @ axes + 5.0
    found = samples.components(data, 2)
    assert abs(found.axes[0] @ axes[0]) == pytest.approx(1.0, abs=1e-3)  # angle of order 1/(3 sqrt(4000))
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(2), atol=1e-12)
    assert np.all(found.axes[np.arange(2), np.abs(found.axes).argmax(axis=1)] > 0)
    np.testing.assert_allclose(found.of(data).mean(axis=0), 0.0, atol=1e-10)


def test_switches() -> None:
    assert samples.switches(np.array([1, 1, 3, 3, 1, 6])) == 3


def test_covariances_match_themselves_and_not_other_places() -> None:
    """Of 20000 rows of a known law: 1 up to 1 % noise whatever the signs of the rows; 0 to 0.1 for exchanged places."""
    rng = np.random.default_rng(11)
    mixing = rng.normal(size=(30, 30)) / np.sqrt(30)
    data, other = (1.5 + rng.normal(size=(20000, 30)) @ mixing.T for _ in range(2))
    assert samples.covariance_match(data, data) == pytest.approx(1.0)
    assert samples.covariance_match(other * rng.choice([-1.0, 1.0], (20000, 1)), data) > 0.98
    assert abs(samples.covariance_match(other, data[:, rng.permutation(30)])) < 0.25  # 435 pairs: 0.05, correlated
    alone = 1.5 + rng.normal(size=(20000, 30)) * data.std(axis=0)  # the same means and variances, no pairs
    assert abs(samples.covariance_match(alone, data)) < 0.25


def test_covariance_match_by_hand() -> None:
    """Three places, off-diagonal covariances (1, 2, 3) and (2, 4, 5): their correlation is 3/sqrt(2 * 14/3)."""
    roots = [
        np.linalg.cholesky(np.array([[9.0, a, b], [a, 9.0, c], [b, c, 9.0]])) for a, b, c in ((1, 2, 3), (2, 4, 5))
    ]
    signs = np.array(np.meshgrid(*3 * [[-1.0, 1.0]])).reshape(3, -1)
    found, data = (20.0 + (root @ signs).T for root in roots)
    assert samples.covariance_match(-found, data) == pytest.approx(3.0 / np.sqrt(2.0 * 14.0 / 3.0))
