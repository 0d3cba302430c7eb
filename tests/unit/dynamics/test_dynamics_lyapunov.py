"""Lyapunov exponents: linear spectrum, exact divergence, separation of two trajectories."""

import numpy as np
import pytest

from atlas.dynamics.activation import LINEAR
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.lyapunov import lyapunov
from atlas.dynamics.noise import normal
from atlas.dynamics.observers import Traces
from atlas.dynamics.rate import integrate


def network(n: int, r: int, g: float, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(41)
    return gaussian_couplings(rng, n, g, dtype=dtype), gaussian_states(rng, n, r, dtype=dtype)


@pytest.mark.parametrize("states", [1, 3])
def test_linear_network_has_the_eigenvalues(states: int) -> None:
    values = np.array([1.5, 1.0, 0.2, -0.4, -1.3, -2.0])
    vectors = np.linalg.qr(np.random.default_rng(0).standard_normal((6, 6)))[0]
    J, x = np.ascontiguousarray(vectors @ np.diag(values) @ vectors.T), np.zeros((6, states))
    result = lyapunov(x, J, 0.05, 20, np.random.default_rng(1), n_vectors=6, block=20, n_align=80, activation=LINEAR)
    # rk4: relative error of exp(lambda dt) below (lambda dt)^5/100 per step, / dt: 3 * 0.15^4/100 = 2e-5
    np.testing.assert_allclose(result.exponents, np.tile(values - 1, (states, 1)), rtol=0, atol=3e-5)
    assert result.local.shape == (20, states, 6)
    # aligned: gaps of 0.5 and 80 time units leave e^-40, so every block gives the same value
    np.testing.assert_allclose(result.local, result.local[:1].repeat(20, 0), rtol=0, atol=1e-9)


def test_euler_gives_the_exponents_of_the_euler_map() -> None:
    J, x = np.diag([0.5, -1.0, -3.0]), np.zeros((3, 1))
    result = lyapunov(
        x, J, 0.1, 5, np.random.default_rng(1), n_vectors=3, n_align=60, method="euler", activation=LINEAR
    )
    exact = np.log(np.abs(1 + 0.1 * (np.diag(J) - 1))) / 0.1
    np.testing.assert_allclose(result.exponents[0], exact, rtol=0, atol=1e-12)  # no time-step error


def test_sum_of_all_exponents_is_the_mean_divergence() -> None:
    n, dt, n_steps = 12, 0.02, 400
    J, x = network(n, 2, 2.0)
    start, trace = x.copy(), Traces()
    result = lyapunov(x, J, dt, n_steps // 10, np.random.default_rng(1), n_vectors=n, block=10, n_align=0)
    y = start.copy()
    integrate(y, J, dt, n_steps + 1, observe=[trace])
    divergence = -n + (np.diag(J)[None, :, None] * (1 - np.tanh(trace.values) ** 2)).sum(axis=1)
    mean = (divergence[1:] + divergence[:-1]).mean(axis=0) / 2
    # log|det| telescopes; trapezoid error dt^2/12 |d/dt|change| / t ~ 1e-5
    np.testing.assert_allclose(result.exponents.sum(axis=1), mean, rtol=0, atol=1e-4)
    np.testing.assert_allclose(x, trace.values[-1], rtol=0, atol=1e-12)  # x was advanced by the same scheme


def test_local_exponents_are_the_growth_of_a_small_separation() -> None:
    n, dt, block, n_blocks = 100, 0.1, 10, 20
    J, x = network(n, 1, 2.5)
    integrate(x, J, dt, 500, method="euler")
    # the kernel's own first tangent: the second column of an (N, 2) draw
    separation, growth = normal(np.random.default_rng(4), (n, 2))[:, 1:], []
    twin = x.copy()
    for _ in range(n_blocks):
        near = twin + separation * (1e-7 / np.linalg.norm(separation))
        for _ in range(block):
            twin, near = (z + dt * (-z + J @ np.tanh(z)) for z in (twin, near))
        separation = near - twin
        growth.append(np.log(np.linalg.norm(separation) / 1e-7) / (block * dt))
    result = lyapunov(x, J, dt, n_blocks, np.random.default_rng(4), block=block, n_align=0, method="euler")
    # a separation of 1e-7 feels curvature at relative 1e-7 and rounding 1e-16/1e-7 per step, over 200 steps
    np.testing.assert_allclose(result.local[:, 0, 0], growth, rtol=0, atol=1e-5)
    assert np.ptp(growth) > 0.1  # local exponents vary: agreement is no accident


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_below_the_transition_the_exponent_is_the_spectral_edge(dtype: type) -> None:
    J, x = network(80, 3, 0.7, dtype)
    integrate(x, J, 0.2, 300)
    result = lyapunov(x, J, 0.2, 400, np.random.default_rng(4), block=5, n_align=100)
    edge = np.linalg.eigvals(J.astype(np.float64)).real.max() - 1
    # at x = 0 the tangent map is J - 1; a complex leading pair gives an error ~ 1/t = 1/400, time step ~ 1e-4
    np.testing.assert_allclose(result.exponents[:, 0], edge, rtol=0, atol=5e-3)


def test_same_seed_same_bits_and_x_in_place() -> None:
    results = []
    for _ in range(2):
        J, x = network(40, 2, 2.0, np.float32)
        kept = x
        result = lyapunov(x, J, 0.1, 5, np.random.default_rng(4), n_vectors=3)
        assert kept is x
        results.append((x.tobytes(), result.local.tobytes()))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"n_vectors": 0}, "n_vectors"), ({"n_vectors": 6}, "n_vectors"), ({"n_blocks": 0}, "n_blocks"),
     ({"block": 0}, "block"), ({"n_align": -1}, "n_align"), ({"dt": 0.0}, "dt")],
)  # fmt: skip
def test_bad_arguments_are_named(change: dict, field: str) -> None:
    J, x = network(5, 1, 1.0)
    arguments = {"dt": 0.1, "n_blocks": 1, **change}
    with pytest.raises(ValueError, match=f"^{field}: got .*; allowed: "):
        lyapunov(x, J, rng=np.random.default_rng(0), **arguments)
