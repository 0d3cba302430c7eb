"""The published zero-temperature iteration: its map against a plain twin, its fate on both sides of g = 1."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from atlas.meanfield.minimal_energy_iteration import FIRST_START, SECOND_START, half_grid, published_reference


def test_one_step_against_a_plain_twin() -> None:
    g, (q, delta_Q, dq_hat, Q_hat) = 1.3, FIRST_START
    S = 1 + g * g * delta_Q
    z1, z2, w = half_grid(6)
    x = []
    for a, b in zip(z1, z2, strict=True):

        def cost(y: float, a: float = a, b: float = b) -> float:
            phi = math.tanh(y)
            return y * y / (2 * S) - dq_hat * phi**2 - math.sqrt(Q_hat) * a * phi - g * math.sqrt(q) / S * b * y

        grid = np.linspace(-10, 10, 2001)
        place = grid[int(np.argmin([cost(y) for y in grid]))]
        x.append(
            minimize_scalar(cost, bounds=(place - 0.02, place + 0.02), method="bounded", options={"xatol": 1e-12}).x
        )
    x_star, phi = np.array(x), np.tanh(np.array(x))
    expected = [
        w @ phi**2,
        (w @ (z1 * phi)) / math.sqrt(Q_hat),
        -g * g / (2 * S) + g * (w @ (z2 * x_star)) / (2 * S * math.sqrt(q)),
        (g / S) ** 2 * (w @ (x_star - g * math.sqrt(q) * z2) ** 2),
    ]
    found = published_reference(g, 1, FIRST_START, 6)
    after = [found.q[1], found.delta_Q[1], found.dq_hat[1], found.Q_hat[1]]
    assert after == pytest.approx((np.array(FIRST_START) + expected) / 2, rel=1e-6)  # of the bounded minimiser


def test_below_the_transition_it_converges_to_the_origin() -> None:
    for start in (FIRST_START, SECOND_START):
        found = published_reference(0.9, 600, start, 40)
        assert found.q[-1] < 1e-20
        assert found.delta_Q[-1] == pytest.approx(1 / 0.19, rel=1e-4)  # the grid ends at 5.5


def test_above_the_transition_delta_q_runs_away() -> None:
    first, second = (published_reference(1.1, 600, start, 90) for start in (FIRST_START, SECOND_START))
    assert first.delta_Q[[100, 200, 400, 600]] == pytest.approx([13.6, 31, 71, 115], rel=0.01)  # printed digits
    assert first.q[600] == pytest.approx(0.0350, rel=2e-3)
    assert second.q[600] == pytest.approx(0.0189, rel=3e-3)


@pytest.mark.parametrize(("steps", "n_grid"), [(0, 90), (1, 7), (1, 2)])
def test_bad_sizes_are_refused(steps: int, n_grid: int) -> None:
    with pytest.raises(ValueError, match="allowed"):
        published_reference(1.1, steps, FIRST_START, n_grid)
