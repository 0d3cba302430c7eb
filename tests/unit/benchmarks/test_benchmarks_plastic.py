"""The benchmark of plastic synapses times what it says: its plain steps are the model's, its rows are complete."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.benchmarks.plastic import BYTES, plain_step, plain_tangent, plastic_group
from atlas.benchmarks.rows import measured
from atlas.benchmarks.timing import allocated


def test_plain_steps_are_the_model_and_its_derivative() -> None:
    rng = np.random.default_rng(0)
    n, dt, p, eps = 12, 0.1, 2.5, 1e-6
    J, A, D = (rng.standard_normal((n, n)) / n for _ in range(3))
    x, dx = rng.standard_normal(n), rng.standard_normal(n)
    phi = np.tanh(x)
    kept = A.copy()
    moved = plain_step(J, kept, x, dt, p)
    assert moved == pytest.approx(x + dt * (-x + (J + A) @ phi), rel=1e-12)
    assert kept == pytest.approx(A + dt / p * (np.outer(phi, phi) / n - A), rel=1e-12)
    other, far = A + eps * D, D.copy()
    shifted = plain_step(J, other, x + eps * dx, dt, p)
    assert plain_tangent(J, A, far, x, dx, dt, p) == pytest.approx((shifted - moved) / eps, abs=1e-5)  # order eps
    assert far == pytest.approx((other - kept) / eps, abs=1e-5)


def test_rows_of_a_small_network() -> None:
    rows, _ = measured(plastic_group(40), rounds=1)
    assert [row.kernel for row in rows] == list(BYTES)
    assert all(min(row.step_us, row.rate, row.limit_share, row.numpy_ratio) > 0 for row in rows)


def test_steps_of_plastic_networks_allocate_nothing() -> None:
    group = plastic_group(200)
    for kernel in group.kernels:
        assert allocated(kernel.run) == 0
