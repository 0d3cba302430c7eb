"""The regulated flow: limits, energy law, tangents by finite differences, exponents of a linear problem."""

import numpy as np
import pytest

from atlas.dynamics import gradient, rate, regulated
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.logistic import logistic
from atlas.dynamics.noise import normal


def network(n: int, r: int, g: float = 1.5, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(61)
    return gaussian_couplings(rng, n, g, dtype=dtype), gaussian_states(rng, n, r, dtype=dtype)


def force_twin(x: np.ndarray, J: np.ndarray, gamma: float) -> np.ndarray:
    F = -x + J @ np.tanh(x)
    return F - gamma * (1 - np.tanh(x) ** 2) * (J.T @ F)


@pytest.mark.parametrize("states", [1, 12])
@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0])
def test_force_equals_its_twin(gamma: float, states: int) -> None:
    J, x = network(50, states)
    flow = regulated.RegulatedFlow(J, x, gamma)
    flow.q[:] = 2.0
    flow.drive = 0.25
    flow.add(x, -0.5)
    # sums of 50 terms of order one in double precision
    np.testing.assert_allclose(flow.q, force_twin(x, J, gamma) + 0.25 - 1.0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("method", ["euler", "rk4"])
def test_the_ends_are_the_rate_network_and_the_gradient_flow(method: str) -> None:
    J, start = network(40, 3)
    for gamma, twin in ((0.0, rate.integrate), (1.0, gradient.gradient_flow)):
        x, y = start.copy(), start.copy()
        regulated.integrate(x, J, gamma, 0.05, 60, method=method)
        twin(y, J, 0.05, 60, method=method)
        np.testing.assert_allclose(x, y, rtol=0, atol=1e-12)  # same equations, another order of rounding


def test_energy_falls_at_the_rate_of_the_squared_gradient() -> None:
    J, x = network(40, 2)
    before, slope = gradient.energy(x, J), (gradient.force(x, J) ** 2).sum(axis=0)
    h = 1e-6
    regulated.integrate(x, J, 1.0, h, 1, method="euler")
    # dE/dt = -|grad E|^2, next order h E''/2 ~ 1e-6 * curvature 10
    np.testing.assert_allclose((before - gradient.energy(x, J)) / h, slope, rtol=1e-4)


def test_descent_is_asserted() -> None:
    J, x = network(60, 2)
    with pytest.raises(FloatingPointError, match=r"^energy of state"):
        regulated.integrate(x, J, 0.0, 0.1, 200, require_descent=True)  # the rate network does not descend


@pytest.mark.parametrize("gamma", [0.0, 0.4, 1.0])
def test_tangents_are_the_derivative_of_the_flow(gamma: float) -> None:
    n, r, k = 20, 2, 3
    J, x = network(n, r)
    z = np.random.default_rng(3).standard_normal((n, r * (1 + k)))
    z[:, :r] = x
    flow = regulated.RegulatedTangentFlow(J, z, r, gamma)
    flow.add(z, 0.0)
    tangents = z[:, r:].reshape(n, r, k)
    h = 1e-6
    for column in range(k):
        ahead, behind = (force_twin(x + s * h * tangents[:, :, column], J, gamma) for s in (1, -1))
        expected = (ahead - behind) / (2 * h)
        # central differences: h^2 times third derivatives 1e-11, rounding 1e-15/h = 1e-9
        np.testing.assert_allclose(flow.q[:, r:].reshape(n, r, k)[:, :, column], expected, rtol=0, atol=1e-7)
    np.testing.assert_allclose(flow.q[:, :r], force_twin(x, J, gamma), rtol=0, atol=1e-12)


def test_all_exponents_at_silence_are_minus_the_squared_singular_values() -> None:
    rng, singular = np.random.default_rng(5), np.array([0.2, 0.8, 1.1, 1.4])
    left, right = (np.linalg.qr(rng.standard_normal((4, 4)))[0] for _ in range(2))
    J = np.ascontiguousarray(np.eye(4) - left @ np.diag(singular) @ right)
    found = regulated.lyapunov(np.zeros((4, 1)), J, 1.0, 0.05, 80, rng, n_vectors=4, block=10)
    # rk4: 2 (2 * 0.05)^4/120 = 2e-6; levels 0.57 apart are aligned to exp(-17) after 60 blocks of 0.5
    np.testing.assert_allclose(found.local[60:, 0].mean(axis=0), -(singular**2), rtol=0, atol=1e-5)


def test_rates_are_the_growth_of_a_small_separation() -> None:
    J, x = network(60, 1, 2.0)
    vector = normal(np.random.default_rng(4), (60, 2))[:, 1:]  # the kernel's own first tangent
    twin, near = x.copy(), x + 1e-7 * vector / np.linalg.norm(vector)
    growth = []
    for _ in range(10):
        for _ in range(10):
            twin, near = (y + 0.02 * force_twin(y, J, 0.5) for y in (twin, near))
        growth.append(np.log(np.linalg.norm(near - twin) / 1e-7) / 0.2)
        near = twin + (near - twin) * (1e-7 / np.linalg.norm(near - twin))
    found = regulated.lyapunov(x, J, 0.5, 0.02, 10, np.random.default_rng(4), block=10, method="euler")
    np.testing.assert_allclose(found.local[:, 0, 0], growth, rtol=0, atol=1e-5)  # curvature and rounding at 1e-7
    np.testing.assert_allclose(x, twin, rtol=0, atol=1e-12)


def test_logistic_activation_by_finite_differences() -> None:
    activation, x = logistic(0.2), np.linspace(-30, 30, 41)[:, None]
    phi, slope, ahead, behind = (np.empty_like(x) for _ in range(4))
    activation.phi(x, phi)
    activation.dphi(x, phi, slope)
    activation.phi(x + 1e-5, ahead)
    activation.phi(x - 1e-5, behind)
    np.testing.assert_allclose(phi, 0.2 / (1 + np.exp(-x)), rtol=0, atol=1e-16)
    np.testing.assert_allclose(slope, (ahead - behind) / 2e-5, rtol=0, atol=1e-10)  # rounding 1e-16/1e-5


@pytest.mark.parametrize(
    ("change", "field"), [({"n_vectors": 9}, "n_vectors"), ({"n_blocks": 0}, "n_blocks"), ({"gamma": np.nan}, "gamma")]
)
def test_bad_arguments_are_named(change: dict, field: str) -> None:
    J, x = network(5, 1)
    arguments = {"gamma": 1.0, "dt": 0.1, "n_blocks": 1, **change}
    with pytest.raises(ValueError, match=f"^{field}: got .*; allowed: "):
        regulated.lyapunov(x, J, rng=np.random.default_rng(0), **arguments)
    with pytest.raises(ValueError, match=r"^r_max: got 0"):
        logistic(0.0)
