"""Networks beside imperfect copies: plain loops as twins, the copy's statistics, exact cases."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.dynamics import replicas


def planted(n: int, g: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    J = rng.standard_normal((n, n)) * g / math.sqrt(n)
    np.fill_diagonal(J, 0.0)
    return J, rng.standard_normal((n, 3))


def test_copy_has_the_planted_correlation_and_variance() -> None:
    J, _ = planted(500, 1.5, 1)
    copy = replicas.imperfect_copy(np.random.default_rng(2), J, 1.5, 0.6)
    # 250000 entries: standard errors 0.002 of a correlation and of a relative variance
    assert np.corrcoef(J.ravel(), copy.ravel())[0, 1] == pytest.approx(0.8, abs=0.008)
    assert copy.var() * 500 == pytest.approx(1.5**2, rel=0.015)
    assert not np.diag(copy).any()
    np.testing.assert_array_equal(replicas.imperfect_copy(np.random.default_rng(2), J, 1.5, 0.0), J)


def test_side_by_side_against_a_plain_loop() -> None:
    J, x = planted(20, 1.8, 3)
    copies = [J + 0.1, J.T.copy()]
    run = replicas.side_by_side(x, [J, *copies], 0.1, 25, every=10, n_shown=4)
    states = [x.copy() for _ in range(3)]
    seen = []
    for step in range(21):
        if step % 10 == 0:
            seen.append([s.copy() for s in states])
        states = [s + 0.1 * (-s + K @ np.tanh(s)) for s, K in zip(states, [J, *copies], strict=True)]
    np.testing.assert_allclose(run.times, [0.0, 1.0, 2.0])
    for k in range(2):
        expected = [((row[k + 1] - row[0]) ** 2).mean(axis=0) for row in seen]
        np.testing.assert_allclose(run.distance[k], expected, rtol=1e-12)
    np.testing.assert_allclose(run.variance, [(row[0] ** 2).mean(axis=0) for row in seen], rtol=1e-12)
    np.testing.assert_allclose(run.shown[1, 2], seen[2][1][:4, 0], rtol=1e-12)
    assert run.shown.shape == (3, 3, 4)


def test_equal_networks_stay_together() -> None:
    J, x = planted(15, 2.0, 4)
    run = replicas.side_by_side(x, [J, J.copy()], 0.1, 40, every=20)
    assert not run.distance.any()
    np.testing.assert_allclose(run.variance[0], (x**2).mean(axis=0), rtol=1e-14)  # the start is not changed


def test_mismatch_exponent_against_a_plain_loop() -> None:
    J, x = planted(25, 1.7, 5)
    J2 = J + 1e-3 * np.random.default_rng(6).standard_normal((25, 25))
    start = x.copy()
    found = replicas.mismatch_exponent(x, J, J2, 0.05, 4, 6)
    for column in range(3):
        a, b, eps, logs = start[:, column], start[:, column], 0.0, []
        for step in range(11):
            a = a + 0.05 * (-a + J @ np.tanh(a))
            b = b + 0.05 * (-b + J2 @ np.tanh(b))
            d = np.linalg.norm(b - a)
            if step == 0:
                eps = d
            else:
                logs.append(math.log(d / eps))
                b = a + eps * (b - a) / d
        assert found[column] == pytest.approx(np.mean(logs[4:]) / 0.05, rel=1e-8)


def test_mismatch_exponent_of_a_constant_source() -> None:
    """Without coupling to itself the separation gets the same push every step: ln(1 - dt + 1)/dt."""
    n = 8
    J, J2 = np.zeros((n, n)), np.zeros((n, n))
    J[0, 0] = 5.0  # unit 0 settles at x = 5 tanh x = 4.9995, and drives unit 1 of the copy
    J2[0, 0], J2[1, 0] = 5.0, 1e-6
    x = np.zeros((n, 1))
    x[0] = 4.999091
    found = replicas.mismatch_exponent(x, J, J2, 0.01, 50, 20)
    assert found[0] == pytest.approx(math.log(2 - 0.01) / 0.01, rel=1e-6)  # x_0 is at rest to this accuracy


def test_bad_arguments_are_refused() -> None:
    J, x = planted(6, 1.0, 7)
    with pytest.raises(ValueError, match="eta"):
        replicas.imperfect_copy(np.random.default_rng(0), J, 1.0, 1.5)
    with pytest.raises(ValueError, match="J2"):
        replicas.mismatch_exponent(x, J, J.copy(), 0.1, 1, 1)
    with pytest.raises(ValueError, match="n_measure"):
        replicas.mismatch_exponent(x, J, J + 0.1, 0.1, 1, 0)
    with pytest.raises(ValueError, match="every"):
        replicas.side_by_side(x, [J, J], 0.1, 5, every=0)
