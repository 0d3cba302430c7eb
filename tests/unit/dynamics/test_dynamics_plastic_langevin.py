"""Langevin dynamics of the joint quasi-potential: gradient by differences, exact averages without couplings."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.dynamics.couplings import gaussian_couplings
from atlas.dynamics.plastic_langevin import PlasticEnergy, sample
from atlas.dynamics.resolvent import response_trace


def energy(J: np.ndarray, x: np.ndarray, k: float) -> float:
    phi = np.tanh(x)
    F = -x + J @ phi + k * (phi @ phi) / len(x) * phi
    return float(F @ F) / 2


@pytest.mark.parametrize("states", [1, 9])  # gemv and gemm
def test_gradient_against_differences(states: int) -> None:
    rng = np.random.default_rng(2)
    J = gaussian_couplings(rng, 8, 1.2, dtype="float64")
    x = np.ascontiguousarray(rng.standard_normal((8, states)))
    own = PlasticEnergy(J, x, 0.7)
    own.evaluate(x)
    for r in range(states):
        assert own.energy()[r] * 8 == pytest.approx(energy(J, x[:, r], 0.7), rel=1e-12)
        for i in range(8):
            d = np.zeros(8)
            d[i] = 1e-5
            slope = (energy(J, x[:, r] + d, 0.7) - energy(J, x[:, r] - d, 0.7)) / 2e-5
            assert own.gradient[i, r] == pytest.approx(slope, abs=1e-8)  # difference error 1e-10, rounding 1e-10


def test_without_couplings_the_state_is_gaussian() -> None:
    """J = 0, k = 0: E = |x|²/2, so that E/N = T/2 and q = <tanh²>; the scheme is exact to order dt²."""
    J, x = np.zeros((100, 100)), np.zeros((100, 10))
    found = sample(x, J, 0.0, 0.5, 0.05, np.random.default_rng(3), 200, 2000)
    z = np.random.default_rng(4).standard_normal(200_000)
    assert found.energy.mean() == pytest.approx(0.25, abs=0.004)  # 1000 coordinates, 50 correlation times: 0.0016
    assert found.q.mean() == pytest.approx((np.tanh(np.sqrt(0.5) * z) ** 2).mean(), abs=0.005)
    assert abs(found.overlap) < 0.01  # q/50/sqrt(10 * 45), at least


def test_overlap_of_equal_means_is_their_square() -> None:
    """A long cold run of a state that cannot leave its well is its own mean: k large, J = 0."""
    x = np.full((50, 2), 3.0)
    found = sample(x, np.zeros((50, 50)), 4.0, 1e-6, 0.01, np.random.default_rng(1), 500, 100)
    assert found.overlap == pytest.approx(found.q.mean(), rel=1e-4)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="temperature"):
        sample(np.zeros((4, 2)), np.zeros((4, 4)), 0.0, 0.0, 0.1, np.random.default_rng(0), 1, 1)


def test_response_of_known_matrices() -> None:
    assert response_trace(np.zeros((5, 5))) == pytest.approx(1.0)
    assert response_trace(0.5 * np.eye(5)) == pytest.approx(4.0)
    upper = np.array([[0.0, 0.6], [0.0, 0.0]])  # (1 - J)^-1 = [[1, 0.6], [0, 1]]
    assert response_trace(upper) == pytest.approx((2 + 0.36) / 2)
