"""The rate network: closed forms, plain twins, orders of convergence, no allocation, reproducibility."""

import tracemalloc

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from atlas.dynamics.activation import LINEAR
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.observers import Moments
from atlas.dynamics.rate import integrate
from atlas.dynamics.schemes import STAGES


def network(n: int, r: int, g: float = 1.5, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    return gaussian_couplings(rng, n, g, dtype=dtype), gaussian_states(rng, n, r, dtype=dtype)


def euler_twin(x: np.ndarray, J: np.ndarray, dt: float, n_steps: int) -> np.ndarray:
    for _ in range(n_steps):
        x = x + dt * (-x + J @ np.tanh(x))
    return x


def butcher_tableau() -> tuple[np.ndarray, np.ndarray]:
    """(A, b) of the five-stage scheme with all stages kept, from the two-register coefficients."""
    stages = STAGES["rk4"]
    shares = np.zeros((len(stages), len(stages)))  # shares[s, i]: of k_i in the increment of stage s
    register = np.zeros(len(stages))
    for s, (a, b) in enumerate(stages):
        register = a * register
        register[s] += 1
        shares[s] = b * register
    return np.array([shares[:s].sum(axis=0) for s in range(len(stages))]), shares.sum(axis=0)


def runge_kutta_twin(x: np.ndarray, J: np.ndarray, dt: float, n_steps: int) -> np.ndarray:
    A, b = butcher_tableau()
    for _ in range(n_steps):
        k: list[np.ndarray] = []
        for s in range(len(b)):
            stage = x + dt * sum((A[s, i] * k[i] for i in range(s)), np.zeros_like(x))
            k.append(-stage + J @ np.tanh(stage))
        x = x + dt * sum((b[i] * k[i] for i in range(len(b))), np.zeros_like(x))
    return x


def test_the_eight_order_conditions_of_order_four() -> None:
    A, b = butcher_tableau()
    c = A.sum(axis=1)
    sums = [b.sum(), b @ c, b @ c**2, b @ A @ c, b @ c**3, b @ (c * (A @ c)), b @ A @ c**2, b @ A @ A @ c]
    # rounding of sums of five terms; a wrong last digit of a 13-digit fraction would show
    np.testing.assert_allclose(sums, [1, 1 / 2, 1 / 3, 1 / 6, 1 / 4, 1 / 8, 1 / 12, 1 / 24], rtol=0, atol=1e-14)


@pytest.mark.parametrize("states", [1, 3, 12])
@pytest.mark.parametrize(("method", "twin"), [("euler", euler_twin), ("rk4", runge_kutta_twin)])
def test_kernel_equals_its_plain_twin(method: str, twin, states: int) -> None:
    J, x = network(60, states)
    expected = twin(x.copy(), J, 0.1, 30)
    integrate(x, J, 0.1, 30, method=method)
    # 30 steps of rounding 1e-16, amplified by chaos (exponent about 0.1) over 3 time units: far below 1e-12
    np.testing.assert_allclose(x, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n_steps", [1, 3])
def test_linear_network_euler_is_the_matrix_power(n_steps: int) -> None:
    J, x = network(25, 6)
    step = np.eye(25) + 0.1 * (J - np.eye(25))
    expected = np.linalg.matrix_power(step, n_steps) @ x
    integrate(x, J, 0.1, n_steps, method="euler", activation=LINEAR)
    np.testing.assert_allclose(x, expected, rtol=0, atol=1e-13)  # rounding of sums of 25 terms of order one


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_order_of_convergence_on_the_linear_network(method: str, order: int) -> None:
    J, start = network(25, 6)
    exact = expm(2.0 * (J - np.eye(25))) @ start
    errors = []
    for n_steps in (20, 40, 80):
        x = start.copy()
        integrate(x, J, 2.0 / n_steps, n_steps, method=method, activation=LINEAR)
        errors.append(np.abs(x - exact).max())
    # halving dt divides the error by 2^order; the next order adds a relative dt ~ 0.1 to it
    observed = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(observed, order, rtol=0, atol=0.15)


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("rk4", 4)])
def test_order_of_convergence_on_the_tanh_network(method: str, order: int) -> None:
    J, start = network(20, 1, g=2.0)
    exact = solve_ivp(lambda t, y: -y + J @ np.tanh(y), (0, 2), start[:, 0], method="DOP853", rtol=1e-13, atol=1e-13).y[
        :, -1
    ]
    errors = []
    for n_steps in (20, 40, 80):
        x = start.copy()
        integrate(x, J, 2.0 / n_steps, n_steps, method=method)
        errors.append(np.abs(x[:, 0] - exact).max())
    observed = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(observed, order, rtol=0, atol=0.25)  # next order: relative dt |J|^2


def test_activity_decays_below_the_transition() -> None:
    J, x = network(300, 4, g=0.5)
    integrate(x, J, 0.2, 500)
    # decay rate 1 - max Re(lambda) >= 1 - 0.5 (1 + 0.1) at N = 300: below e^{-45} of the start after t = 100
    assert np.abs(x).max() < 1e-18


def test_two_units_rotate_at_the_known_frequency() -> None:
    # x' = -x + w S x with S the rotation generator: x(t) = e^{-t} (cos w t, sin w t)
    J, x = np.array([[0.0, -3.0], [3.0, 0.0]]), np.array([[1.0], [0.0]])
    integrate(x, J, 0.01, 100, activation=LINEAR)
    # global error of order 4: about (|lambda| dt)^4 |lambda| t / 120 = 2.6e-8
    np.testing.assert_allclose(x[:, 0], np.exp(-1) * np.array([np.cos(3), np.sin(3)]), rtol=0, atol=1e-7)


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("states", [1, 16])
def test_nothing_of_the_size_of_a_state_is_allocated_in_the_steps(method: str, dtype: type, states: int) -> None:
    J, x = network(400, states, dtype=dtype)
    integrate(x, J, 0.1, 1, method=method)
    peaks = []
    for n_steps in (1, 120):  # 120 steps include a finite check
        tracemalloc.start()
        integrate(x, J, 0.1, n_steps, method=method)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    slack = 4000  # bytes: views, scalars and interpreter objects; a state is at least 1600 bytes, J 640 kB
    assert peaks[1] - peaks[0] < 1000
    assert peaks[1] < 2 * x.nbytes + slack


def test_state_is_advanced_in_place_and_couplings_stay() -> None:
    J, x = network(50, 8)
    before, address, kept = J.copy(), x.ctypes.data, x
    integrate(x, J, 0.1, 5)
    assert kept is x
    assert x.ctypes.data == address
    np.testing.assert_array_equal(J, before)


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_same_seed_same_bits_with_or_without_observers_and_in_pieces(method: str, dtype: type) -> None:
    J, start = network(200, 8, dtype=dtype)
    plain, seen, pieces = start.copy(), start.copy(), start.copy()
    integrate(plain, J, 0.1, 50, method=method)
    integrate(seen, J, 0.1, 50, method=method, observe=[Moments()], every=3)
    integrate(pieces, J, 0.1, 20, method=method)
    integrate(pieces, J, 0.1, 30, method=method, first_step=20)
    assert plain.tobytes() == seen.tobytes()
    assert plain.tobytes() == pieces.tobytes()


def test_float32_agrees_with_float64_over_short_times() -> None:
    J, x = network(500, 8, g=2.0)
    J32, x32 = J.astype(np.float32), x.astype(np.float32)
    integrate(x, J, 0.1, 20)
    integrate(x32, J32, 0.1, 20)
    # single rounding 6e-8 of J and x, sums of 500 terms, growth e^{0.3 t} over t = 2: some 1e-6 times |x| < 8
    np.testing.assert_allclose(x32, x, rtol=0, atol=3e-5)
    assert np.abs(x32 - x).max() > 1e-8  # the single-precision path was taken


def test_observers_see_step_starts_and_the_true_velocity() -> None:
    J, x = network(40, 3)
    seen: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]] = []

    def watch(step: int, x: np.ndarray, phi: np.ndarray, v: np.ndarray) -> None:
        seen.append((step, x.copy(), phi.copy(), v.copy()))

    start = x.copy()
    integrate(x, J, 0.1, 7, observe=[watch], every=2, first_step=3)
    assert [s for s, *_ in seen] == [4, 6, 8]
    expected = start
    for step in range(3, 9):
        if step % 2 == 0:
            _, state, phi, v = seen[step // 2 - 2]
            # twin and kernel differ by rounding only over six steps
            np.testing.assert_allclose(state, expected, rtol=0, atol=1e-13)
            np.testing.assert_allclose(phi, np.tanh(expected), rtol=0, atol=1e-13)
            np.testing.assert_allclose(v, -expected + J @ np.tanh(expected), rtol=0, atol=1e-13)
        expected = runge_kutta_twin(expected, J, 0.1, 1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"dt": 0.0}, "dt"),
        ({"dt": np.nan}, "dt"),
        ({"n_steps": -1}, "n_steps"),
        ({"every": 0}, "every"),
        ({"method": "heun"}, "method"),
    ],
)
def test_bad_arguments_are_named(change: dict, field: str) -> None:
    J, x = network(5, 1)
    arguments = {"dt": 0.1, "n_steps": 1, **change}
    with pytest.raises(ValueError, match=f"^{field}: got .*; allowed: "):
        integrate(x, J, **arguments)


@pytest.mark.parametrize("where", ["state", "couplings", "step"])
def test_non_finite_states_raise_one_clear_line(where: str) -> None:
    J, x = network(20, 2)
    if where == "state":
        x[3, 1] = np.inf
    if where == "couplings":
        J[0, 0] = np.nan
    with pytest.raises(FloatingPointError, match=r"^state not finite after step \d+: .*"):
        integrate(x, J, 2.5 if where == "step" else 0.1, 2000 if where == "step" else 1, method="euler")


@pytest.mark.slow
def test_stationary_variance_of_the_chaotic_network() -> None:
    # dossier kinetic-energy, anchors at g = 2: Delta_0 = 1.92481, Gamma_0 = 0.127907
    x2, v2 = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        J = gaussian_couplings(rng, 1000, 2.0)
        x = gaussian_states(rng, 1000, 8)
        moments = Moments()
        integrate(x, J, 0.2, 150)
        integrate(x, J, 0.2, 200, observe=[moments], every=2, first_step=150)
        x2.append(moments.x2.mean())
        v2.append(moments.v2.mean())
    # scatter between networks of N = 1000 is about 3 % and 10 %: 3 standard errors over 4 networks
    assert np.mean(x2) == pytest.approx(1.92481, rel=0.045)
    assert np.mean(v2) == pytest.approx(0.127907, rel=0.15)
