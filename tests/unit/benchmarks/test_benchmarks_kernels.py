"""The benchmark's bookkeeping (no timing is asserted)."""

import io
import json
import math

import numpy as np
import pytest
from rich.console import Console

from atlas.benchmarks.kernels import PRODUCTS, KernelRow, measure, plain_euler
from atlas.benchmarks.machine import Limits, Machine
from atlas.benchmarks.tables import print_kernels, to_json
from atlas.benchmarks.timing import side_by_side
from atlas.dynamics.rate import integrate


def test_the_numpy_loop_does_the_same_work() -> None:
    rng = np.random.default_rng(0)
    J, x = rng.standard_normal((30, 30)) / 5, rng.standard_normal((30, 6))
    expected = plain_euler(x, J, 0.1, 20)
    integrate(x, J, 0.1, 20, method="euler")
    np.testing.assert_allclose(x, expected, rtol=0, atol=1e-12)  # rounding over t = 2


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_ratios_follow_from_the_times(dtype: str) -> None:
    rows = measure(20, 3, dtype, rounds=1)
    assert [row.kernel for row in rows] == list(PRODUCTS)
    for row in rows:
        assert (row.n_units, row.n_states, row.dtype) == (20, 3, dtype)
        assert row.rate * row.step_us == pytest.approx(PRODUCTS[row.kernel] * 2 * 20**2 * 3 * 1e-3)
        assert 0 < row.product_share < math.inf
    # product_share and numpy_ratio are (products x reference time)/step time: their quotient is one constant
    quotients = [row.product_share / row.numpy_ratio for row in rows]
    np.testing.assert_allclose(quotients, quotients[0])


def test_every_function_takes_part_in_every_round() -> None:
    calls = {"a": 0, "b": 0}

    def count(name: str) -> None:
        calls[name] += 1

    times = side_by_side({name: lambda name=name: count(name) for name in calls}, rounds=3, least_seconds=0)
    assert set(times) == {"a", "b"}
    assert calls == {"a": 5, "b": 5}  # twice to warm up, then once per round


def test_tables_mark_what_misses_the_bar() -> None:
    rows = [KernelRow("rk4", 2000, 64, "float32", 1.0, 2.0, share, 1.0) for share in (0.69, 0.71)]
    out = io.StringIO()
    print_kernels(Console(file=out, width=120), rows)
    assert "69% below 70%" in out.getvalue()
    assert "71% ok" in out.getvalue()
    record = json.loads(to_json(Machine("h", "c", 2, 0.1, "b"), Limits(1, 2, 3, 4, 5), rows))
    assert [row["product_share"] for row in record["kernels"]] == [0.69, 0.71]
    assert record["machine"]["host"] == "h"
