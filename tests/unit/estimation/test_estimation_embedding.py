"""estimation.embedding: affinities, the gradient against differences, and clusters that stay apart."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.estimation import embedding


def test_affinities_have_the_perplexity() -> None:
    x = np.random.default_rng(1).standard_normal((30, 3))
    distance = embedding.squared_distances(x)
    assert distance[3, 7] == pytest.approx(np.sum((x[3] - x[7]) ** 2), rel=1e-10)
    p = embedding.affinities(distance, 8.0)
    assert p.sum() == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(p, p.T, rtol=1e-12)
    equal = embedding.affinities(1.0 - np.eye(12), 10.9)  # all at one distance: uniform, entropy log 11
    np.testing.assert_allclose(equal[~np.eye(12, dtype=bool)], 1 / (12 * 11), rtol=0.3)
    with pytest.raises(ValueError, match="perplexity"):
        embedding.affinities(distance, 29.5)


def test_gradient_is_the_difference_quotient() -> None:
    rng = np.random.default_rng(2)
    p = embedding.affinities(embedding.squared_distances(rng.standard_normal((12, 4))), 4.0)
    y = rng.standard_normal((12, 2))

    def divergence(y: np.ndarray) -> float:
        kernel = 1.0 / (1.0 + embedding.squared_distances(y))
        np.fill_diagonal(kernel, 0.0)
        off = ~np.eye(len(y), dtype=bool)
        return float(np.sum(p[off] * np.log(p[off] / (kernel / kernel.sum())[off])))

    found = embedding.gradient(p, y)
    for index in ((0, 0), (5, 1), (11, 0)):
        step = np.zeros_like(y)
        step[index] = 1e-5
        slope = (divergence(y + step) - divergence(y - step)) / 2e-5
        assert found[index] == pytest.approx(slope, rel=1e-6)  # second-order difference of a smooth function


def test_two_far_clusters_stay_apart() -> None:
    rng = np.random.default_rng(3)
    x = np.concatenate([rng.standard_normal((25, 6)), 40 + rng.standard_normal((25, 6))])
    y = embedding.embed(x, rng, perplexity=8.0, steps=250)
    inner = embedding.squared_distances(y)
    assert inner[:25, :25].max() < inner[:25, 25:].min()
    np.testing.assert_allclose(y.mean(axis=0), 0.0, atol=1e-9)
