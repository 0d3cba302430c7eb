"""Kinetic energy, its gradient and Langevin dynamics: finite differences, exact laws, plain twins."""

import tracemalloc

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from atlas.dynamics.activation import LINEAR, TANH, Activation
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.gradient import (
    Descent,
    GradientFlow,
    IncrementEnergy,
    Langevin,
    energy,
    force,
    gradient_flow,
)
from atlas.dynamics.noise import normal
from atlas.dynamics.observers import Moments

METHODS = Langevin.METHODS


def network(n: int, r: int, g: float = 1.5, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(21)
    return gaussian_couplings(rng, n, g, dtype=dtype), gaussian_states(rng, n, r, dtype=dtype)


def energy_twin(x: np.ndarray, J: np.ndarray) -> np.ndarray:
    return 0.5 * ((-x + J @ np.tanh(x)) ** 2).sum(axis=0)


def force_twin(x: np.ndarray, J: np.ndarray) -> np.ndarray:
    v = -x + J @ np.tanh(x)
    return v - (1 - np.tanh(x) ** 2) * (J.T @ v)


@pytest.mark.parametrize("states", [1, 4, 12])
def test_energy_and_force_equal_their_twins(states: int) -> None:
    J, x = network(60, states)
    before = x.copy()
    # sums of 60 terms of order one in float64
    np.testing.assert_allclose(energy(x, J), energy_twin(x, J), rtol=1e-13)
    np.testing.assert_allclose(force(x, J), force_twin(x, J), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(x, before)


def test_force_is_minus_the_gradient_by_finite_differences() -> None:
    J, x = network(12, 3)
    h, difference = 1e-5, np.empty_like(x)
    for i in range(len(x)):
        shift = np.zeros_like(x)
        shift[i] = h
        difference[i] = -(energy(x + shift, J) - energy(x - shift, J)) / (2 * h)
    # central differences: h^2 = 1e-10 times third derivatives (~10), rounding 1e-15 E/h = 1e-9
    np.testing.assert_allclose(force(x, J), difference, rtol=0, atol=2e-8)


def test_a_used_register_is_scaled_and_added_to() -> None:
    J, x = network(30, 5)
    flow = GradientFlow(J, x)
    flow.q[:] = 2.0
    flow.add(x, -0.5)
    np.testing.assert_allclose(flow.q, -1.0 + force_twin(x, J), rtol=0, atol=1e-12)
    np.testing.assert_allclose(flow.phi, np.tanh(x), rtol=0, atol=1e-15)
    np.testing.assert_allclose(flow.energy(), energy_twin(x, J), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("a", [0.0, -0.567])
def test_one_pass_of_tanh_has_the_bits_of_array_by_array(a: float, dtype: type) -> None:
    J, x = network(37, 11, dtype=dtype)
    like_tanh = Activation("tanh by parts", TANH.phi, TANH.dphi)
    fused, by_parts = GradientFlow(J, x), GradientFlow(J, x, like_tanh)
    for flow in (fused, by_parts):
        flow.q[:] = x[::-1]
        flow.add(x, a, 0.037)
    assert fused.q.tobytes() == by_parts.q.tobytes()


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_gradient_flow_converges_at_its_order(method: str, order: int) -> None:
    J, start = network(15, 1)
    exact = solve_ivp(
        lambda t, y: force_twin(y[:, None], J)[:, 0],
        (0, 1),
        start[:, 0],
        method="DOP853",
        rtol=1e-13,
        atol=1e-13,
    ).y[:, -1]
    errors = []
    for n_steps in (40, 80, 160):
        x = start.copy()
        gradient_flow(x, J, 1.0 / n_steps, n_steps, method=method)
        errors.append(np.abs(x[:, 0] - exact).max())
    observed = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(observed, order, rtol=0, atol=0.3)  # leading order; curvature * dt up to 0.15


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradient_flow_descends_to_a_minimum(dtype: type) -> None:
    J, x = network(100, 6, dtype=dtype)
    first = energy(x, J)
    gradient_flow(x, J, 0.1, 4000, require_descent=True)
    assert np.all(energy(x, J) < 0.02 * first)


def test_a_long_flow_has_the_bits_of_short_ones() -> None:
    """From fifty steps on it keeps a transposed copy of J, which no number shows."""
    J, start = network(500, 12)
    x, y = start.copy(), start.copy()
    gradient_flow(x, J, 0.1, 50)
    for first in range(0, 50, 10):
        gradient_flow(y, J, 0.1, 10, first_step=first)
    assert x.tobytes() == y.tobytes()


def test_too_large_a_step_is_reported_as_rising_energy() -> None:
    J, x = network(100, 6)
    with pytest.raises(FloatingPointError, match=r"^energy of state \d rose from .* to .* before step \d+"):
        gradient_flow(x, J, 1.0, 50, require_descent=True)


def test_descent_compares_each_state_with_itself() -> None:
    watch, v = Descent(), np.array([[1.0, 2.0]])
    watch(0, v, v, v)
    watch(1, v, v, v * [0.9, 1.0])
    with pytest.raises(FloatingPointError, match=r"^energy of state 0 rose"):
        watch(2, v, v, v * [0.91, 0.5])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_langevin_equals_its_plain_twin(method: str, dtype: type) -> None:
    J, x = network(40, 6, dtype=dtype)
    temperature, dt, n_steps = 0.1, 0.05, 20
    rng, state = np.random.default_rng(3), x.astype(np.float64)

    def draw() -> np.ndarray:
        return normal(rng, x.shape, dtype).astype(np.float64)

    old = draw() if method == "leimkuhler-matthews" else None
    for _ in range(n_steps):
        drift, new = dt * force_twin(state, J.astype(np.float64)), draw()
        if old is None:
            state = state + drift + np.sqrt(2 * temperature * dt) * new
        else:
            state = state + drift + np.sqrt(temperature * dt / 2) * (old + new)
            old = new
    Langevin(x, J, temperature, dt, np.random.default_rng(3), method=method).run(n_steps)
    # rounding of 20 steps with sums of 40 terms; the gradient flow contracts or grows slowly over t = 1
    np.testing.assert_allclose(x, state, rtol=0, atol=2e-5 if dtype == np.float32 else 1e-13)


@pytest.mark.parametrize(("method", "factor"), [("euler-maruyama", 4 / 3), ("leimkuhler-matthews", 1.0)])
def test_stationary_variance_of_a_quadratic_energy(method: str, factor: float) -> None:
    # J = 0: E = x^2/2, x' = (1 - dt) x + noise; Euler-Maruyama has variance T/(1 - dt/2), L-M exactly T
    dt, temperature = 0.5, 0.3
    J, x = np.zeros((100, 100)), np.zeros((100, 200))
    moments, walk = Moments(), Langevin(x, J, temperature, dt, np.random.default_rng(8), method=method)
    walk.run(60)
    walk.run(100, observe=[moments])
    # 2e4 entries, 100 steps with correlation 0.5^k: 1.2e6 independent squares, s.e. 0.13 %; 4 of them
    assert moments.x2.mean() == pytest.approx(factor * temperature, rel=0.0052)


def test_increment_energy_of_a_quadratic_energy() -> None:
    # <dx^2>/2 = (dt^2 Var + 2 T dt)/2 = T dt/(1 - dt/2) for Euler-Maruyama with J = 0
    dt, temperature = 0.5, 0.3
    J, x = np.zeros((100, 100)), np.zeros((100, 200))
    measured = IncrementEnergy()
    walk = Langevin(x, J, temperature, dt, np.random.default_rng(9), method="euler-maruyama")
    walk.run(60)
    walk.run(100, increments=[measured])
    # increments are negatively correlated between steps; at most 2e6 squares, s.e. below 0.15 %; 4 of them
    assert measured.values.mean() == pytest.approx(temperature * dt / (1 - dt / 2), rel=0.006)
    assert measured.values.shape == (200,)
    assert measured.count == 100


def one_unit_variance(j: float, temperature: float) -> float:
    """<x^2> of the density exp(-(-x + j tanh x)^2/(2 T)) by the trapezoid rule (exact to 1e-10 here)."""
    x = np.linspace(-12, 12, 4001)
    weight = np.exp(-((-x + j * np.tanh(x)) ** 2) / (2 * temperature))
    return float((weight * x**2).sum() / weight.sum())


@pytest.mark.parametrize(("method", "bias"), [("euler-maruyama", True), ("leimkuhler-matthews", False)])
def test_stationary_law_of_one_self_coupled_unit(method: str, bias: bool) -> None:
    j, temperature = -1.0, 0.3  # curvature between 1 and 4
    exact = one_unit_variance(j, temperature)
    x, moments = np.zeros((1, 20000)), Moments()
    walk = Langevin(x, np.array([[j]]), temperature, 0.15, np.random.default_rng(10), method=method)
    walk.run(100)
    walk.run(200, observe=[moments], every=5)
    # 2e4 independent units, 30 time units of relaxation time ~ 0.3-1: more than 4e5 squares, s.e. < 0.3 %
    relative = moments.x2.mean() / exact - 1
    if bias:  # harmonic estimate dt * curvature/2 with curvature up to 4: some 10-30 %
        assert 0.05 < relative < 0.4
    else:  # second order in dt * curvature <= 0.6: below 3 % plus 4 standard errors
        assert abs(relative) < 0.03


@pytest.mark.parametrize("method", METHODS)
def test_runs_in_pieces_and_with_observers_have_the_same_bits(method: str) -> None:
    J, start = network(50, 9, dtype=np.float32)
    results = []
    for pieces, observe in (((40,), []), ((15, 25), []), ((40,), [Moments()])):
        x = start.copy()
        walk = Langevin(x, J, 0.1, 0.05, np.random.default_rng(5), method=method)
        for n_steps in pieces:
            walk.run(n_steps, observe=observe, increments=[IncrementEnergy()] if observe else [])
        assert walk.step == 40
        results.append(x.tobytes())
    assert len(set(results)) == 1


def test_zero_temperature_is_the_gradient_flow() -> None:
    J, start = network(30, 6)
    x, y = start.copy(), start.copy()
    Langevin(x, J, 0.0, 0.05, np.random.default_rng(0)).run(20)
    gradient_flow(y, J, 0.05, 20)
    np.testing.assert_allclose(x, y, rtol=0, atol=1e-13)  # x + dt F with and without a fused rounding


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_allocated_in_the_steps(method: str) -> None:
    J, x = network(300, 16)
    walk = Langevin(x, J, 0.1, 0.05, np.random.default_rng(0), method=method)
    walk.run(1)
    tracemalloc.start()
    walk.run(120)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4000  # views and scalars; a state is 38 kB


def test_observed_velocity_is_the_rate_networks() -> None:
    J, x = network(30, 2)
    seen = []
    start = x.copy()
    Langevin(x, J, 0.1, 0.05, np.random.default_rng(0)).run(
        3, observe=[lambda step, x, phi, v: seen.append((step, phi.copy(), v.copy()))], every=5
    )
    ((step, phi, v),) = seen
    assert step == 0
    np.testing.assert_allclose(phi, np.tanh(start), rtol=0, atol=1e-15)
    np.testing.assert_allclose(v, -start + J @ np.tanh(start), rtol=0, atol=1e-13)


def test_linear_network_energy_is_the_quadratic_form() -> None:
    J, x = network(20, 3)
    A = J - np.eye(20)
    np.testing.assert_allclose(energy(x, J, LINEAR), 0.5 * ((A @ x) ** 2).sum(axis=0), rtol=1e-13)
    np.testing.assert_allclose(force(x, J, LINEAR), -A.T @ A @ x, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"temperature": -1.0}, "temperature"), ({"temperature": np.nan}, "temperature"), ({"dt": 0.0}, "dt"),
     ({"method": "heun"}, "method")],
)  # fmt: skip
def test_bad_arguments_are_named(change: dict, field: str) -> None:
    J, x = network(5, 1)
    arguments = {"temperature": 0.1, "dt": 0.1, "rng": np.random.default_rng(0), **change}
    with pytest.raises(ValueError, match=f"^{field}: got .*; allowed: "):
        Langevin(x, J, **arguments)


def test_unstable_langevin_raises() -> None:
    J, x = network(20, 2)
    with pytest.raises(FloatingPointError, match="state not finite"), np.errstate(all="ignore"):
        Langevin(x, J, 0.1, 5.0, np.random.default_rng(0)).run(2000)
