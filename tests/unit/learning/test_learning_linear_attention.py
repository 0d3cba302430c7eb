"""learning.linear_attention and attention_training: forward pass against plain loops, gradients against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.learning import attention_training as training
from atlas.learning import linear_attention as la


def plain_prediction(u: np.ndarray, x: np.ndarray, W: np.ndarray) -> float:
    """Attention of one prompt by sums over tokens: (1/(N+1)) Σ_i X_{D,i} (X_i . W X_last)."""
    D, N = len(u), len(x) - 1
    columns = [np.append(one, u @ one) for one in x[:-1]] + [np.append(x[-1], 0.0)]
    last = W @ columns[-1]
    return sum(column[D] * (column @ last) for column in columns) / (N + 1)


def case() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    u, x = la.tokens(rng, 7, 3, 5)
    return u, x, rng.standard_normal((4, 4))


def test_forward_pass_is_that_of_plain_sums() -> None:
    u, x, W = case()
    found = la.forward(la.prompt_matrices(u, x), W)
    np.testing.assert_allclose(found, [plain_prediction(*one, W) for one in zip(u, x, strict=True)], rtol=1e-12)


def test_contexts_and_features_give_the_forward_pass() -> None:
    u, x, W = case()
    drawn = la.draw(np.random.default_rng(1), 7, 3, 5)  # the same first draws
    np.testing.assert_array_equal(drawn.task, u)
    X = la.prompt_matrices(u, x)
    np.testing.assert_allclose(la.features(drawn) @ W.ravel(), la.forward(X, W), rtol=1e-12)
    A, h = la.quadratic_form(drawn)
    by_form = W.ravel() @ A @ W.ravel() - 2 * h @ W.ravel() + np.mean(drawn.target**2)
    assert by_form == pytest.approx(la.forward_loss(X, drawn.target, W), rel=1e-12)


@pytest.mark.parametrize("kind", ["published", "equal"])
def test_contexts_of_mixed_tokens_give_the_forward_pass(kind: str) -> None:
    mix = la.mixing_matrix(kind, 0.4, 5)
    u, x = la.tokens(np.random.default_rng(1), 7, 3, 5, mix)
    W = np.random.default_rng(2).standard_normal((4, 4))
    drawn = la.draw(np.random.default_rng(1), 7, 3, 5, mix=mix)
    np.testing.assert_allclose(la.features(drawn) @ W.ravel(), la.forward(la.prompt_matrices(u, x), W), rtol=1e-10)
    np.testing.assert_allclose(drawn.target, (u * x[:, -1]).sum(axis=1), rtol=1e-10)


def test_without_the_query_the_sum_is_divided_by_its_tokens() -> None:
    a, b = (la.draw(np.random.default_rng(1), 4, 3, 5, query_counts=counts) for counts in (True, False))
    np.testing.assert_allclose(b.context, a.context * 6 / 5, rtol=1e-12)


def test_blocks_of_prompts_do_not_show() -> None:
    many = la.draw(np.random.default_rng(3), la.BLOCK + 3, 2, 2)
    assert many.context.shape == (la.BLOCK + 3, 3)
    np.testing.assert_array_equal(many.context[:2], la.draw(np.random.default_rng(3), la.BLOCK, 2, 2).context[:2])


def test_gradient_by_hand_is_the_difference_quotient() -> None:
    u, x, W = case()
    drawn = la.draw(np.random.default_rng(1), 7, 3, 5)
    X, step = la.prompt_matrices(u, x), 0.1  # a central difference of a quadratic is exact at any step
    A, h = la.quadratic_form(drawn)
    slopes = np.zeros_like(W)
    for index in np.ndindex(*W.shape):
        moved = np.zeros_like(W)
        moved[index] = step
        slopes[index] = la.forward_loss(X, drawn.target, W + moved) - la.forward_loss(X, drawn.target, W - moved)
    slopes /= 2 * step
    scale = np.abs(slopes).max()
    np.testing.assert_allclose(la.gradient(drawn, W), slopes, atol=1e-11 * scale)
    np.testing.assert_allclose(training.form_gradient(A, h, W), slopes, atol=1e-11 * scale)


def test_separate_gradient_is_the_difference_quotient() -> None:
    drawn = la.draw(np.random.default_rng(1), 7, 3, 5)
    A, h = la.quadratic_form(drawn)
    rng = np.random.default_rng(4)
    Wq, Wk = rng.standard_normal((2, 5, 4))

    def loss(Wq: np.ndarray, Wk: np.ndarray) -> float:
        w = (Wq.T @ Wk).ravel()
        return float(w @ A @ w - 2 * h @ w)

    step = 1e-5  # the loss is of degree four: error of the difference 1e-10, rounding 1e-11 of its size
    for which, found in enumerate(training.separate_gradient(A, h, Wq, Wk)):
        for index in ((0, 0), (2, 1), (4, 3)):
            moved = np.zeros_like(Wq)
            moved[index] = step
            up, down = ((Wq + moved, Wk), (Wq - moved, Wk)) if which == 0 else ((Wq, Wk + moved), (Wq, Wk - moved))
            assert found[index] == pytest.approx((loss(*up) - loss(*down)) / (2 * step), rel=1e-6)


def test_fixed_context_gradient_is_the_difference_quotient() -> None:
    rng = np.random.default_rng(5)
    D = 3
    C = rng.standard_normal((D, 20))
    C = C @ C.T / 20
    u, W = rng.standard_normal((4, D)), rng.standard_normal((D + 1, D))

    def loss(W: np.ndarray) -> float:
        return float(np.mean([np.sum((C @ (W[:D] + np.outer(one, W[D])) - np.eye(D)) ** 2) for one in u]))

    slopes = np.zeros_like(W)
    for index in np.ndindex(*W.shape):
        moved = np.zeros_like(W)
        moved[index] = 0.1  # exact at any step for a quadratic
        slopes[index] = (loss(W + moved) - loss(W - moved)) / 0.2
    np.testing.assert_allclose(training.fixed_context_gradient(C, u, W), slopes, rtol=1e-9, atol=1e-10)
    assert training.distance_to_ideal(np.vstack([np.eye(D), np.zeros(D)])) == 0.0


def test_loss_over_all_queries_is_the_mean_over_gaussian_queries() -> None:
    drawn = la.draw(np.random.default_rng(6), 3, 4, 8)
    W = np.random.default_rng(7).standard_normal((5, 5))
    queries = np.random.default_rng(8).standard_normal((200_000, 4))
    miss = queries @ (drawn.context @ W[:, :4] - drawn.task).T
    exact = la.prompt_loss(drawn, W)
    assert np.mean(miss**2) == pytest.approx(exact, rel=0.01)  # standard error 0.3 %
    one = la.prompt_loss(drawn, W, all_queries=False)
    assert one == pytest.approx(np.mean((la.features(drawn) @ W.ravel() - drawn.target) ** 2), rel=1e-12)


def test_adam_reaches_the_ridge_of_half_the_weight_decay() -> None:
    drawn = la.draw(np.random.default_rng(9), 200, 3, 10)
    A, h = la.quadratic_form(drawn)
    W0 = np.random.default_rng(10).standard_normal((4, 4)) / 2
    seen: list[int] = []
    W = training.train_merged(A, h, W0, 0.01, 0.2, 4000, lambda epoch, _: seen.append(epoch))
    ridge = np.linalg.solve(A + 0.1 * np.eye(16), h).reshape(4, 4)
    np.testing.assert_allclose(W, ridge, atol=1e-6)  # 4000 steps of 0.01 settle to rounding of Adam's last steps
    assert seen == list(range(4001))


def test_adam_of_the_form_is_adam_of_the_prompts() -> None:
    """A plain loop of Kingma and Ba's rule with the gradient over the prompts, ten epochs."""
    drawn = la.draw(np.random.default_rng(11), 50, 3, 6)
    A, h = la.quadratic_form(drawn)
    W0 = np.random.default_rng(12).standard_normal((4, 4))
    found = training.train_merged(A, h, W0, 0.02, 0.0, 10)
    W, m, v = W0.copy(), np.zeros((4, 4)), np.zeros((4, 4))
    for t in range(1, 11):
        g = la.gradient(drawn, W)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        W = W - 0.02 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    np.testing.assert_allclose(found, W, rtol=1e-9)


def test_separate_weights_learn() -> None:
    drawn = la.draw(np.random.default_rng(13), 400, 3, 20)
    A, h = la.quadratic_form(drawn)
    Wq, Wk = np.random.default_rng(14).standard_normal((2, 4, 4)) / 2
    W = training.train_separate(A, h, Wq, Wk, 0.01, 0.0, 2000)
    best = np.linalg.lstsq(A, h, rcond=1e-10)[0]
    reached = W.ravel() @ A @ W.ravel() - 2 * h @ W.ravel()
    assert reached == pytest.approx(best @ A @ best - 2 * h @ best, rel=1e-3)  # the product can be any matrix


def test_adam_solves_the_fixed_context_problem() -> None:
    rng = np.random.default_rng(15)
    x = rng.standard_normal((4, 40))
    C = x @ x.T / 40
    distance = training.train_fixed_context(C, rng.standard_normal((40, 4)) / 2, np.zeros((5, 4)), 0.01, 3000)
    assert distance[0] == pytest.approx(1 / 4)  # |I|²/D²
    assert distance[-1] == pytest.approx(
        np.sum((np.linalg.inv(C) - np.eye(4)) ** 2) / 16, rel=1e-3
    )  # Adam's last steps are of size 1e-4


def test_mixed_tokens_have_their_covariance() -> None:
    equal = la.mixing_matrix("equal", 0.3, 2)
    _, x = la.tokens(np.random.default_rng(16), 40_000, 1, 2, equal)
    np.testing.assert_allclose(np.cov(x[:, :, 0].T), 0.7 * np.eye(3) + 0.3, atol=0.03)  # standard error 0.005 to 0.007
    published = la.mixing_matrix("published", 0.3, 2)
    assert published is not None
    _, x = la.tokens(np.random.default_rng(16), 40_000, 1, 2, published)
    np.testing.assert_allclose(np.cov(x[:, :, 0].T), published.T @ published, atol=0.03)
    assert la.mixing_matrix("equal", 0.0, 2) is None
    with pytest.raises(ValueError, match="mixing"):
        la.mixing_matrix("equal", 1.0, 2)


def test_contrast_ratio_of_the_ideal_solution() -> None:
    assert la.contrast_ratio(np.diag([1.0] * 20 + [0.0])) == pytest.approx(math.sqrt(20 / 21))


def test_blocks_are_entries_of_fields_and_couplings() -> None:
    drawn = la.draw(np.random.default_rng(17), 30, 3, 5)
    A, h = la.quadratic_form(drawn)
    found = la.blocks(drawn)
    assert [found[name].size for name in ("h_A", "h_A_diagonal", "h_B", "J_C", "J_D", "J_E")] == [6, 3, 3, 36, 27, 3]
    np.testing.assert_array_equal(found["h_A_diagonal"], h[[0, 5, 10]])
    np.testing.assert_array_equal(found["h_B"], h[[12, 13, 14]])
    assert found["J_C"][0] == -A[0, 1]
    assert found["J_D"][0] == -A[0, 12]
    assert found["J_E"][0] == -A[12, 13]
