"""Neurons and synapses together: kernels against plain numpy twins, the flow against an independent integrator."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from atlas.dynamics import plastic_network as passes
from atlas.dynamics.couplings import gaussian_couplings
from atlas.dynamics.plastic_network import PlasticNetwork, aligned
from atlas.dynamics.plasticity_rules import PAIRS, Pair, pair_of

P = 2.5
RULES = [("hebbian", 1.3), ("feedback", 0.8), ("homeostatic", 1.5)]


def factors(pair: Pair, x: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    phi = np.tanh(x)
    a = pair.target * target + pair.post[0] * phi + pair.post[1] * phi**3
    return phi, a, pair.pre[0] * phi + pair.pre[1] * phi**3


def twin(J: np.ndarray, x: np.ndarray, A: np.ndarray, pair: Pair, dt: float, steps: int, target: np.ndarray) -> tuple:
    """The scheme of the module, plainly: J and A as receiver x sender."""
    e, E = math.exp(-dt / P), math.exp(-dt)
    x, A, before, seen = x.copy(), A.copy(), None, []
    for _ in range(steps):
        phi, a, b = factors(pair, x, target)
        new = e * A + (1 - e) * np.outer(a, b) / len(x)
        h = (J + (A + new) / 2) @ phi
        seen.append(((phi**2).mean(), ((h - x) ** 2).mean()))
        before = h if before is None else before
        x = E * x + (1 - E) * h + (1 - (1 - E) / dt) * (h - before)
        A, before = new, h
    return x, A, np.array(seen)


def drawn(n: int, g: float = 1.6, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    J = gaussian_couplings(rng, n, g, dtype="float64")
    return J, rng.standard_normal(n), 0.3 * rng.standard_normal((n, n)) / n, rng.standard_normal(n)


@pytest.mark.parametrize(("rule", "k"), RULES)
def test_run_against_the_plain_twin(rule: str, k: float) -> None:
    J, x, A, target = drawn(23)
    pair = pair_of(rule, k, 0.6, 0.4)
    net = PlasticNetwork(J, x, pair, p=P, dt=0.1, A=A, target=target)
    net.run(30)
    net.run(20)  # continues where it stopped
    late_x, late_A, seen = twin(J.T, x, A.T, pair, 0.1, 50, target)
    assert net.x == pytest.approx(late_x, rel=1e-11, abs=1e-12)  # rounding of 50 steps
    assert pytest.approx(late_A, rel=1e-11, abs=1e-13) == net.A.T
    assert net.activity == pytest.approx(seen[30:, 0], rel=1e-11)
    assert net.speed == pytest.approx(seen[30:, 1], rel=1e-10)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_four_rows_at_a_time_give_the_bits_of_one(dtype: str) -> None:
    n, rng = 37, np.random.default_rng(2)
    J, A, D = rng.standard_normal((3, n, n)).astype(dtype)
    a, da, source, change, weight, slope = rng.standard_normal((6, n)).astype(dtype)
    e, mean, scale = (np.dtype(dtype).type(value) for value in (0.9, 0.95, 1.1))
    found = []
    for top in (0, 36):
        B, h = A.copy(), np.zeros(n, dtype)
        passes._four_rows(J, B, e, mean, a, source, weight, h, top)
        passes._one_row(J, B, e, mean, a, source, weight, h, top)
        C, E, (h2, dh, squares) = A.copy(), D.copy(), np.zeros((3, n), dtype)
        rest = (e, mean, scale, a, da, source, change, weight, slope, h2, dh, squares, True, top)
        passes._four_rows_tangent(J, C, E, *rest)
        passes._one_row_tangent(J, C, E, *rest)
        assert np.array_equal(B, C)
        assert np.array_equal(h, h2)
        found.append((B, h, E, dh, squares))
    assert all(np.array_equal(one, four) for one, four in zip(*found, strict=True))
    assert found[0][1] == pytest.approx(weight @ (J + mean * A), rel=1e-4, abs=1e-4)
    assert found[0][3] == pytest.approx(slope @ (J + mean * A) + weight @ D * mean * scale, rel=1e-4, abs=1e-4)


def test_where_couplings_lie_in_memory_changes_no_bit() -> None:
    J, x, A, _ = drawn(30)
    room = np.empty(J.size + 1)
    shifted = room[1:].reshape(J.shape)
    shifted[...] = J
    runs = []
    for couplings in (aligned(J), shifted):
        net = PlasticNetwork(couplings, x, pair_of("hebbian", 1.3), p=P, dt=0.1, A=A)
        assert net.J.ctypes.data % 64 == net.A.ctypes.data % 64 == 0
        net.run(40)
        runs.append((net.x, net.A))
    assert all(np.array_equal(one, other) for one, other in zip(*runs, strict=True))


def reference(J: np.ndarray, x: np.ndarray, A: np.ndarray, pair: Pair, time: float) -> np.ndarray:
    """The flow by an independent integrator of high order."""
    n = len(x)

    def flow(_: float, state: np.ndarray) -> np.ndarray:
        y, B = state[:n], state[n:].reshape(n, n)
        phi, a, b = factors(pair, y, np.zeros(n))
        return np.concatenate([-y + (J + B) @ phi, ((np.outer(a, b) / n - B) / P).ravel()])

    done = solve_ivp(flow, (0.0, time), np.concatenate([x, A.ravel()]), rtol=1e-10, atol=1e-12)
    return done.y[:n, -1]


def test_the_scheme_is_of_second_order_in_the_step() -> None:
    """From a state where x moves slowly the start-up of both rules (first order, once) is second order too."""
    J, x, A, _ = drawn(12)
    pair = pair_of("hebbian", 1.3)
    exact = reference(J.T, x, A.T, pair, 4.0)
    errors = []
    for dt in (0.1, 0.05, 0.025):
        # A at its half step: dA/dt dt/2 before the start
        _, a, b = factors(pair, x, np.zeros(12))
        half = A + 0.5 * dt / P * (A - np.outer(b, a) / 12)
        net = PlasticNetwork(J, x, pair, p=P, dt=dt, A=half)
        net.run(round(4.0 / dt))
        errors.append(np.abs(net.x - exact).max())
    ratios = np.array(errors[:-1]) / errors[1:]
    assert errors[0] < 5e-3
    assert np.all((ratios > 3.3) & (ratios < 5.0))  # 4 up to the next order


@pytest.mark.parametrize(("rule", "k"), RULES)
def test_tangent_vector_against_two_copies(rule: str, k: float) -> None:
    """Growth of a separation of 1e-6 of two copies with the same J equals that of the tangent vector."""
    J, x, A, _ = drawn(20, seed=3)
    pair = pair_of(rule, k)
    net = PlasticNetwork(J, x, pair, p=P, dt=0.1, A=A)
    net.start_tangent(np.random.default_rng(5))
    dx, D = net._dx.copy(), net._D.copy()
    assert (dx**2).sum() + (D**2).sum() == pytest.approx(1.0, rel=1e-6)
    rates = net.run_tangent(3, 10)
    eps = 1e-6
    copies = [PlasticNetwork(J, x + s * eps * dx, pair, p=P, dt=0.1, A=A + s * eps * D) for s in (-1, 1)]
    for copy in copies:
        copy.run(30)
    gap_x, gap_A = copies[1].x - copies[0].x, copies[1].A - copies[0].A
    growth = math.log(math.sqrt((gap_x**2).sum() + (gap_A**2).sum()) / (2 * eps))
    assert rates.sum() * 10 * 0.1 == pytest.approx(growth, abs=1e-6)  # eps² and the rounding of differences
    assert copies[0].x + gap_x / 2 == pytest.approx(net.x, abs=1e-9)


def test_exponent_of_the_silent_state_is_the_larger_of_neurons_and_synapses() -> None:
    """x = 0, A = 0: the Jacobian is block triangular, J - 1 and -1/p; slow synapses decide below their crossing."""
    J, _, _, _ = drawn(60, g=0.8, seed=7)
    leading = -1.0 + np.linalg.eigvals(J).real.max()
    for p, expected in ((1.0, leading), (20.0, -1 / 20.0)):
        net = PlasticNetwork(J, np.zeros(60), pair_of("hebbian", 1.0), p=p, dt=0.05)
        net.start_tangent(np.random.default_rng(1))
        net.run_tangent(150, 20)
        assert net.run_tangent(200, 20).mean() == pytest.approx(expected, abs=5e-3)  # a complex pair turns


def test_fast_synapses_add_the_local_feedback() -> None:
    """p -> 0: the plastic input is q a(x_i); compared with that flow integrated on its own."""
    J, x, _, _ = drawn(30, seed=9)

    def flow(_: float, y: np.ndarray) -> np.ndarray:
        phi = np.tanh(y)
        return -y + J.T @ phi + (phi**2).mean() * 0.9 * phi

    done = solve_ivp(flow, (0.0, 3.0), x, rtol=1e-10, atol=1e-12).y[:, -1]
    net = PlasticNetwork(J, x, pair_of("hebbian", 0.9), p=1e-3, dt=0.005)
    net.align()
    net.run(600)
    assert net.x == pytest.approx(done, abs=5e-3)  # A lags by half a step


def test_mirror_symmetry() -> None:
    J, x, A, _ = drawn(25)
    runs = []
    for sign in (1.0, -1.0):
        net = PlasticNetwork(J, sign * x, pair_of("homeostatic", 1.2), p=P, dt=0.1, A=A)
        net.run(40)
        runs.append((net.x, net.A))
    assert np.array_equal(runs[0][0], -runs[1][0])
    assert np.array_equal(runs[0][1], runs[1][1])


def test_single_precision_follows_double() -> None:
    J, x, A, _ = drawn(40, seed=4)
    found = []
    for kind in (np.float32, np.float64):
        net = PlasticNetwork(J.astype(kind), x.astype(kind), pair_of("hebbian", 1.0), p=P, dt=0.1, A=A.astype(kind))
        net.run(20)
        assert net.x.dtype == net.A.dtype == kind
        found.append(net.x)
    assert found[0] == pytest.approx(found[1], abs=1e-5)  # 2 time constants of growth of 1e-7


def test_frozen_synapses_stay() -> None:
    J, x, A, _ = drawn(20)
    net = PlasticNetwork(J, x, pair_of("hebbian", 1.0), p=P, dt=0.1, A=A)
    net.run(5)
    kept = net.A.copy()
    net.freeze()
    net.run(5)
    assert np.array_equal(net.A, kept)


def test_aligned_synapses_are_a_fixed_point() -> None:
    J, x, _, _ = drawn(15)
    net = PlasticNetwork(J, x, pair_of("feedback", 0.7), p=P, dt=1e-9)
    net.align()
    phi, a, b = net.factors()
    assert net.A.T @ phi == pytest.approx((b * phi).mean() * a, rel=1e-12)  # plastic input q a(x_i)
    kept = net.A.copy()
    net.run(1)
    assert pytest.approx(kept, rel=1e-9) == net.A


def test_refusals() -> None:
    J, x, _, _ = drawn(5)
    with pytest.raises(ValueError, match="allowed: hebbian, feedback, homeostatic"):
        pair_of("oja", 1.0)
    assert set(PAIRS) == {"hebbian", "feedback", "homeostatic"}
    with pytest.raises(ValueError, match="p, dt"):
        PlasticNetwork(J, x, pair_of("hebbian", 1.0), p=0.0, dt=0.1)
    with pytest.raises(ValueError, match="shapes"):
        PlasticNetwork(J, x[:-1], pair_of("hebbian", 1.0), p=1.0, dt=0.1)
    net = PlasticNetwork(J, x * np.inf, pair_of("hebbian", 1.0), p=1.0, dt=0.1)
    with pytest.raises(FloatingPointError):
        net.run(1)
