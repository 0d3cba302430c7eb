"""The benchmark as text tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from atlas.benchmarks.kernels import KernelRow
from atlas.benchmarks.machine import Limits, Machine

BAR = 0.70  # least share of the bare product's rate for the rate network at N = 2000, R = 64


def print_machine(console: Console, machine: Machine, limits: Limits) -> None:
    """One line for the machine, one for its limits."""
    console.print(
        f"{machine.host}: {machine.cpu}, {machine.cpus} CPUs, load {machine.load}; {machine.blas}",
        soft_wrap=True,
    )
    console.print(
        f"measured limits of one thread: product {limits.gemm_float32:.1f} GF/s float32, "
        f"{limits.gemm_float64:.1f} GF/s float64; memory {limits.bandwidth:.1f} GB/s; "
        f"tanh {limits.tanh_float32:.1f} ns float32, {limits.tanh_float64:.1f} ns float64",
        soft_wrap=True,
    )


def print_kernels(console: Console, rows: Sequence[KernelRow]) -> None:
    """One row per kernel and size; the size with a bar is marked."""
    table = Table(title="kernels: rate over the bare product's, gain over a numpy loop")
    for name in ("N", "R", "dtype", "kernel", "us per step", "GF/s", "of the product", "x numpy"):
        table.add_column(name, justify="left" if name in ("dtype", "kernel") else "right")
    previous = None
    for row in rows:
        size = (row.n_units, row.n_states, row.dtype)
        if previous not in (None, size):
            table.add_section()
        previous = size
        table.add_row(
            str(row.n_units),
            str(row.n_states),
            row.dtype,
            row.kernel,
            f"{row.step_us:.0f}",
            f"{row.rate:.1f}",
            f"{row.product_share:.0%}" + _mark(row),
            f"{row.numpy_ratio:.2f}",
        )
    console.print(table)


def _mark(row: KernelRow) -> str:
    barred = row.kernel in ("euler", "rk4") and (row.n_units, row.n_states) == (2000, 64)
    return "" if not barred else (" ok" if row.product_share >= BAR else f" below {BAR:.0%}")


def to_json(machine: Machine, limits: Limits, rows: Sequence[KernelRow], solvers: Sequence[object] = ()) -> str:
    """The same numbers as one JSON object."""
    record = {
        "machine": asdict(machine),
        "limits": asdict(limits),
        "kernels": [asdict(row) for row in rows],
        "solvers": list(solvers),
    }
    return json.dumps(record, indent=1, sort_keys=True)
