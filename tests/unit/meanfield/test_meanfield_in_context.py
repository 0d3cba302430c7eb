"""meanfield.in_context: law of the contexts against tokens, population loss, infinite tasks, zero modes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield import in_context as ic


@pytest.mark.parametrize("kind", ["none", "equal", "published"])
def test_law_of_contexts_is_that_of_tokens(kind: str) -> None:
    """Moments of bounded functions of features and targets (the features have heavy tails), against token by token."""
    rng = np.random.default_rng(1)
    P, D, N = 60_000, 2, 3
    u = rng.standard_normal((P, D)) / math.sqrt(D)
    equal = 0.6 * np.eye(N + 1) + 0.4
    mix = {"none": np.eye(N + 1), "equal": np.linalg.cholesky(equal).T, "published": np.linalg.cholesky(equal)}[kind]
    x = np.einsum("pnd,nm->pmd", rng.standard_normal((P, N + 1, D)), mix)  # X -> X M for tokens as columns
    y = np.einsum("pnd,pd->pn", x[:, :N], u)
    c = np.concatenate([np.einsum("pn,pnd->pd", y, x[:, :N]), (y**2).sum(axis=1)[:, None]], axis=1) / (N + 1)
    s = np.einsum("pm,pn->pmn", c, x[:, N]).reshape(P, -1)
    target = (u * x[:, N]).sum(axis=1)
    other = np.random.default_rng(2)
    if kind == "none":
        drawn, label = ic.features(ic.sample(other, P, D, N))
    else:
        covariance = ic.mixed_covariance(kind, 0.4, N)
        np.testing.assert_allclose(covariance, mix.T @ mix, atol=1e-12)
        drawn, label = ic.features(ic.sample_correlated(other, P, D, covariance))

    def moments(s: np.ndarray, t: np.ndarray) -> np.ndarray:
        both = np.column_stack([np.tanh(4 * s), np.sin(t), np.cos(2 * s), np.cos(3 * t)])
        return np.concatenate([both.mean(axis=0), (both.T @ both / len(s))[np.triu_indices(both.shape[1])]])

    spread = np.std([moments(s[k::20], target[k::20]) for k in range(20)], axis=0) / math.sqrt(20)
    gap = np.abs(moments(drawn, label) - moments(s, target))
    assert (gap < 7.0 * spread).all()  # five standard errors of the difference of two samples


def test_population_averages_are_those_of_many_prompts() -> None:
    D, N = 4, 7
    drawn = ic.sample(np.random.default_rng(3), 200_000, D, N)
    A_11, A_22 = ic.second_moments(D, N)
    squares = (drawn.context**2).mean(axis=0)
    np.testing.assert_allclose(squares, [A_11] * D + [A_22], rtol=0.03)  # standard error below 1 %
    weights = np.random.default_rng(4).standard_normal(D * (D + 1))
    exact = ic.population_loss(weights, D, N)
    assert ic.sampled_loss(weights, drawn, all_queries=True) == pytest.approx(exact, rel=0.03)
    assert ic.sampled_loss(weights, drawn, all_queries=False) == pytest.approx(exact, rel=0.03)


def test_infinite_tasks_at_zero_ridge_and_as_the_minimum() -> None:
    found = ic.infinite_tasks(20, 100, 0.0)
    assert found.w == pytest.approx(101 / 121, rel=1e-14)
    assert found.loss == pytest.approx(21 / 121, rel=1e-12)
    D, N, lambda0 = 5, 30, 0.05
    kappa, (A_11, A_22) = N / (N + 1), ic.second_moments(D, N)
    A = np.diag([A_11] * D * D + [A_22] * D)
    h = np.append(np.eye(D).ravel() * kappa / D, np.zeros(D))
    weights = np.linalg.solve(A + lambda0 * np.eye(len(h)), h)
    point = ic.infinite_tasks(D, N, lambda0)
    np.testing.assert_allclose(weights, np.append(point.w * np.eye(D).ravel(), np.zeros(D)), atol=1e-14)
    assert ic.population_loss(weights, D, N) == pytest.approx(point.loss, rel=1e-12)
    assert ic.contrast_ratio(weights, D) == pytest.approx(math.sqrt(D / (D + 1)))


def test_finite_tasks_factor_is_that_of_least_squares() -> None:
    """Loss of least squares at P = 45 p over that of infinitely many tasks: the dossier's 2 %."""
    D, N, P = 10, 40, 5000
    losses = []
    for seed in range(4):
        s, y = ic.features(ic.sample(np.random.default_rng(seed), P, D, N))
        losses.append(ic.population_loss(np.linalg.lstsq(s, y, rcond=None)[0], D, N))
    ratio = np.mean(losses) / ic.infinite_tasks(D, N, 0.0).loss
    assert ratio == pytest.approx(ic.finite_tasks_factor(D, P), rel=0.02)


def test_zero_modes_count_the_rank() -> None:
    for D, P in ((3, 2), (3, 11), (3, 12), (3, 40), (4, 19)):
        drawn = ic.sample(np.random.default_rng(P), P, D, 9)
        s, _ = ic.features(drawn)
        assert ic.zero_modes(D, P) == (D + 1) ** 2 - np.linalg.matrix_rank(s)
    assert ic.zero_modes(10, 10) == 111
    assert ic.zero_modes(10, 1000) == 11
    assert ic.zero_modes(20, 400) / 441 == pytest.approx(0.093, abs=5e-4)  # stored results of the authors
    assert ic.zero_modes(20, 100) / 441 == pytest.approx(0.773, abs=5e-4)


def test_features_of_matrices_are_those_of_contexts() -> None:
    rng = np.random.default_rng(5)
    X = rng.standard_normal((4, 3, 6))
    X[:, -1, -1] = 0.0
    s = ic.features_of_matrices(X).reshape(4, 3, 3)
    c = (X @ X.transpose(0, 2, 1))[:, :, -1] / 6
    np.testing.assert_allclose(s, c[:, :, None] * X[:, None, :, -1], rtol=1e-12)


def test_bad_sizes_are_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match="D: got 0"):
        ic.infinite_tasks(0, 3, 0.1)
    with pytest.raises(ValueError, match="lambda0"):
        ic.infinite_tasks(2, 3, -0.1)
    with pytest.raises(ValueError, match="P: got 6"):
        ic.finite_tasks_factor(2, 6)
    with pytest.raises(ValueError, match="mixing"):
        ic.mixed_covariance("equal", 1.0, 3)
