"""meanfield.coupling_laws and wishart: widths against sampled prompts and the dossier, distances, densities."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield import coupling_laws as laws
from atlas.meanfield import in_context as ic
from atlas.meanfield import wishart

DOSSIER = {"h_A": 0.019, "h_B": 0.063, "J_C": 0.0089, "J_D": 0.028, "J_E": 0.076}


@pytest.mark.parametrize(("block", "sd"), DOSSIER.items())
def test_widths_are_the_dossiers(block: str, sd: float) -> None:
    """D = 5, N = 100, P = 1000; the dossier's are sampled, with two digits: 6 %."""
    assert laws.law(block, 5, 100, 1000).sd == pytest.approx(sd, rel=0.06)


def test_second_moments_are_those_of_sampled_prompts() -> None:
    D, N, n = 3, 4, 400_000
    drawn = ic.sample(np.random.default_rng(1), n, D, N)
    c, x = drawn.context * (N + 1) / N, drawn.query
    y = (drawn.task * x).sum(axis=1)
    found = {
        "h_A": np.mean((y * c[:, 0] * x[:, 1]) ** 2), "h_A_diagonal": np.var(y * c[:, 0] * x[:, 0]),
        "h_B": np.mean((y * c[:, 3] * x[:, 0]) ** 2), "J_E": np.mean((c[:, 3] ** 2 * x[:, 0] * x[:, 1]) ** 2),
    }  # fmt: skip
    for block, value in found.items():
        assert laws.law(block, D, N, 1).sd ** 2 == pytest.approx(value, rel=0.15)  # heavy tails: 2 to 5 %
    assert laws.law("h_A_diagonal", D, N, 1).mean == pytest.approx(np.mean(y * c[:, 0] * x[:, 0]), rel=0.02)
    squares = c**2
    row, column, neither = laws.law("J_C", D, N, 1).widths ** 2
    assert row == pytest.approx(np.mean(squares[:, 0] ** 2), rel=0.05)
    assert neither == pytest.approx(np.mean(squares[:, 0] * squares[:, 1]), rel=0.05)
    assert column == pytest.approx(3 * neither, rel=1e-12)
    assert laws.law("J_D", D, N, 1).widths[1] ** 2 == pytest.approx(
        np.mean(squares[:, :3].mean(axis=1) * squares[:, 3]), rel=0.12
    )  # 4 %


def test_shares_of_pairs_by_counting() -> None:
    D = 4
    kinds = [0, 0, 0]
    for i in range(D * D):
        for j in range(i):
            (m, n), (k, l) = divmod(i, D), divmod(j, D)  # noqa: E741
            kinds[0 if m == k else 1 if n == l else 2] += 1
    np.testing.assert_allclose(laws.law("J_C", D, 9, 10).shares, np.array(kinds) / sum(kinds), rtol=1e-12)


def test_divergence_of_two_gaussians() -> None:
    p, q = (laws.Law(np.array([1.0]), np.array([0.0]), np.array([sd])) for sd in (1.0, 1.5))
    exact = (math.log(1.5) + 0.5 / 1.5**2 - 0.5) / math.log(2)
    assert laws.divergence_bits(p, q) == pytest.approx(exact, rel=1e-8)
    assert laws.divergence_bits(p, p) == pytest.approx(0.0, abs=1e-12)
    grid = np.linspace(-9, 9, 2001)
    assert np.trapezoid(q.density(grid), grid) == pytest.approx(1.0, abs=1e-8)


def test_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match="block: got 'J_F'"):
        laws.law("J_F", 5, 10, 10)
    with pytest.raises(ValueError, match="D, N, P"):
        laws.law("J_C", 1, 10, 10)


def test_marchenko_pastur_has_mass_mean_and_variance() -> None:
    """1, 1 and D/N."""
    x = np.linspace(*wishart.edges(0.2), 200_001)
    p = wishart.density(x, 0.2)
    for power, wanted in ((0, 1.0), (1, 1.0), (2, 1.2)):
        assert np.trapezoid(p * x**power, x) == pytest.approx(wanted, abs=1e-6)
    with pytest.raises(ValueError, match="ratio"):
        wishart.density(x, 1.5)


def test_inverse_moments_are_those_of_sampled_matrices() -> None:
    rng = np.random.default_rng(2)
    D, N = 4, 30
    found = []
    for _ in range(4000):
        x = rng.standard_normal((D, N))
        found.append(np.sum((np.linalg.inv(x @ x.T / N) - np.eye(D)) ** 2) / D**2)
    error = np.std(found) / math.sqrt(len(found))
    assert wishart.inverse_distance(D, N) == pytest.approx(np.mean(found), abs=5 * error)
    with pytest.raises(ValueError, match="N: got 7"):
        wishart.inverse_distance(4, 7)
