"""The benchmark's bookkeeping and its plain twins (no timing is asserted)."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from atlas.benchmarks.kernels import plain_euler, plain_gradient, plain_rk, rate_group
from atlas.benchmarks.learning import contrastive_group, machine_group, predictive_group
from atlas.benchmarks.machine import Limits, Machine
from atlas.benchmarks.rows import COLUMNS, FAR, LARGE, Group, Kernel, KernelRow, measured, product_bar
from atlas.benchmarks.run import Benchmark
from atlas.benchmarks.tables import print_all
from atlas.benchmarks.theory import TheoryRow
from atlas.benchmarks.timing import allocated, peak, side_by_side
from atlas.benchmarks.twins import (
    plain_contrastive,
    plain_inference,
    plain_spikes,
    plain_spikes_back,
    plain_statistic,
)
from atlas.dynamics.gradient import gradient_flow
from atlas.dynamics.rate import integrate
from atlas.learning.contrastive import contrastive_gradient
from atlas.learning.langevin_machine import statistic
from atlas.learning.predictive_coding import PredictiveNetwork
from atlas.learning.spike_slab import SpikeSlabLayer, reservoir_start
from atlas.learning.spiking_backprop import backward
from atlas.learning.spiking_network import Neuron, run

MACHINE = Machine("h", "c", 2, 0.1, "b")
LIMITS = Limits(1, 2, 3, 4, 5, 6, 7)


def test_the_numpy_loops_do_the_same_work() -> None:
    rng = np.random.default_rng(0)
    J, x = rng.standard_normal((30, 30)) / 5, rng.standard_normal((30, 6))
    moved = x.copy()
    integrate(moved, J, 0.1, 20, method="euler")
    np.testing.assert_allclose(moved, plain_euler(x, J, 0.1, 20), rtol=0, atol=1e-12)  # rounding over t = 2
    moved = x.copy()
    gradient_flow(moved, J, 0.1, 1)
    np.testing.assert_allclose(moved, plain_gradient(x, J, 0.1), rtol=0, atol=1e-14)
    moved = x.copy()
    integrate(moved, J, 0.01, 1)
    np.testing.assert_allclose(moved, plain_rk(x, J, 0.01), rtol=0, atol=1e-9)  # both of order 4: dt^5


def test_the_twins_of_learning_give_the_kernels_results() -> None:
    rng = np.random.default_rng(1)
    x, W, labels = rng.random((9, 5)), rng.standard_normal((5, 7)), rng.integers(0, 3, 9)
    found = contrastive_gradient(W, x, labels, 0.2, 0.1)[0]
    np.testing.assert_allclose(plain_contrastive(W, x, labels, 0.2, 0.1), found, rtol=0, atol=1e-14)
    J, states = rng.standard_normal((6, 6)), rng.standard_normal((8, 6))
    expected = statistic(states, np.tanh(states), J)
    np.testing.assert_allclose(plain_statistic(states, J), expected, rtol=0, atol=1e-13)


def test_the_twins_of_spiking_networks_do_the_same_work() -> None:
    rng = np.random.default_rng(4)
    W_in, W = 8 * rng.standard_normal((7, 3)), rng.standard_normal((7, 7))
    x, direct = rng.standard_normal((40, 5, 3)), rng.standard_normal((40, 5, 7))
    neuron = Neuron(1.0)
    course = run(W_in, W, x, neuron)
    spikes, trains = plain_spikes(W_in, W, x, neuron)
    assert spikes.sum() > 20  # there is something to compare
    np.testing.assert_array_equal(spikes, course.s[1:])
    np.testing.assert_allclose(trains, course.r[1:], rtol=0, atol=1e-13)
    by_input, (by_matrix,) = backward(W, x, course, direct, neuron)
    for one, two in zip(plain_spikes_back(W, x, course, direct, neuron), (by_input, by_matrix), strict=True):
        np.testing.assert_allclose(one, two, rtol=0, atol=1e-12 * np.abs(two).max())  # rounding over 40 steps


@pytest.mark.parametrize("noisy", [True, False])
def test_the_twin_of_inference_moves_as_the_kernel(noisy: bool) -> None:
    rng = np.random.default_rng(2)
    T, batch, eta = 4, 3, 0.01
    start = reservoir_start(rng, (5, 8, 4), 0.3, 0.3, np.float64)
    into, rec, out = (SpikeSlabLayer(*each, noisy=noisy) for each in start)
    net = PredictiveNetwork((into, rec, out))
    x, labels = rng.random((T, batch, 5)), rng.integers(0, 4, batch)
    noise = net.noise(rng, T * batch, batch)
    r = net.forward(x, noise)
    for _ in range(2):
        r = plain_inference(net, r, x, labels, noise, eta)
    found = net.infer(x, labels, noise, eta, 2)[0]
    np.testing.assert_allclose(r.reshape(T * batch, -1), found, rtol=0, atol=1e-9)  # the kernel's 1e-9 in D


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ratios_follow_from_the_times(dtype: str) -> None:
    rows, references = measured(rate_group(20, 3, dtype), rounds=1)
    assert [row.kernel for row in rows] == ["euler", "rk4", "gradient", "langevin"]
    for row, products in zip(rows, (1, 5, 2, 2), strict=True):
        assert row.rate * row.step_us == pytest.approx(products * 2 * 20**2 * 3 * 1e-3)
        assert row.limit_share == pytest.approx(1e6 * products * references["product"] / row.step_us)
        assert 0 < row.numpy_ratio < math.inf
        assert row.bar is None
        assert not row.missed


def test_bars_are_asked_of_large_kernels_only() -> None:
    places = [(LARGE, COLUMNS), (FAR, 1), (LARGE, 16), (LARGE - 1, COLUMNS), (FAR - 1, 1)]
    assert [product_bar(*place) for place in places] == [0.85, 0.80, None, None, None]


@pytest.mark.parametrize("group", [rate_group(300, 64, "float32"), rate_group(300, 1, "float64")])
def test_steps_of_rate_networks_allocate_nothing(group: Group) -> None:
    for kernel in group.kernels:
        assert allocated(kernel.run) == 0


def test_what_a_step_allocates_is_found() -> None:
    assert peak(lambda: np.ones(100_000)) >= 800_000
    assert allocated(lambda n: [np.ones(100_000).sum() for _ in range(n)]) == pytest.approx(800_000, rel=0.05)
    held = np.ones(10)
    assert allocated(lambda n: [held.sum() for _ in range(n)]) == 0


def test_groups_of_learning_are_measured() -> None:
    for make in (lambda: contrastive_group(6, 8, 5), lambda: predictive_group(3, 8, 5), lambda: machine_group(8, 5)):
        rows, _ = measured(make(), rounds=1)
        assert all(min(row.step_us, row.limit_share, row.parts_share, row.numpy_ratio) > 0 for row in rows)


def test_every_function_takes_part_in_every_round() -> None:
    calls = {"a": 0, "b": 0}

    def count(name: str) -> None:
        calls[name] += 1

    times = side_by_side({name: lambda name=name: count(name) for name in calls}, rounds=3, least_seconds=0)
    assert set(times) == {"a", "b"}
    assert calls == {"a": 4, "b": 4}  # once to warm up (least_seconds 0: too long to try again), then once per round


def test_shares_add_up() -> None:
    kernel = Kernel("k", lambda n: None, {"a": 2.0}, {"c": 1.0}, 1.0, {"b": 1.0, "a": -1.0})
    references: dict[str, Any] = {name: (lambda: sum(range(20_000))) for name in "abc"}
    rows, time = measured(Group("r", 1, 1, "float32", 1, [kernel], references), rounds=1)
    share = rows[0].parts_share / rows[0].limit_share
    assert share == pytest.approx((time["a"] + time["b"]) / (2 * time["a"]))


def test_tables_mark_what_misses_the_bar() -> None:
    shape = {"room": "rate", "kernel": "rk4", "n_units": 2000, "n_states": 64, "dtype": "float32"}
    rest = {"step_us": 1.0, "rate": 2.0, "unit": "GF/s", "parts_share": 0.9, "bar": 0.85, "numpy_ratio": 1.0}
    rows = [
        KernelRow(**(shape | rest | {"limit_share": 0.84, "allocated": 0.0})),  # type: ignore[arg-type]
        KernelRow(**(shape | rest | {"room": "learning", "limit_share": 0.86, "allocated": 2.0})),  # type: ignore[arg-type]
    ]
    theory = [
        TheoryRow("p", "slow", "g=1", 3.0, 1.0, 0.1, 9, 1e-9, "finer"),
        TheoryRow("p", "s", "", 1.0, 2.0, 0.1, 9, math.nan, ""),
    ]
    found = Benchmark(MACHINE, LIMITS, {"float32 2000 64": 70.0}, rows, theory)
    out = io.StringIO()
    print_all(Console(file=out, width=120), found)
    for said in ("84%✗", "86% ✓", "2 ✗", "1 ✗", "2 ✓", "bars: 2 missed", "p/slow/g=1: 3 ms"):
        assert said in out.getvalue()
    assert found.plain()["theory"][1]["error"] is None
    assert max(len(line) for line in out.getvalue().splitlines()) <= 120
