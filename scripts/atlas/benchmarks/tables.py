"""The benchmark as text tables of at most 120 columns: limits first, all else as ratios with the times beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from atlas.benchmarks.growth import GrowthRow
from atlas.benchmarks.machine import Limits, Machine
from atlas.benchmarks.rows import KernelRow
from atlas.benchmarks.run import Benchmark
from atlas.benchmarks.theory import TheoryRow

MISSED, KEPT = "✗", "✓"


def print_all(console: Console, found: Benchmark) -> None:
    """Every table."""
    print_machine(console, found.machine, found.limits)
    rate = [row for row in found.kernels if row.room == "rate"]
    print_rates(console, rate, found.products)
    print_kernels(console, [row for row in found.kernels if row.room != "rate"])
    print_theory(console, found.theory)
    print_growth(console, found.growth)
    print_missed(console, found)


def table_of(title: str, columns: Sequence[str], left: Sequence[str]) -> Table:
    """An empty table; columns named in `left` are text."""
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    for name in columns:
        table.add_column(name, justify="left" if name in left else "right", no_wrap=True)
    return table


def print_machine(console: Console, machine: Machine, limits: Limits) -> None:
    """The machine in one line, its limits in a table."""
    head = f"{machine.host}: {machine.cpu}, {machine.cpus} CPUs, load {machine.load}; {machine.blas}"
    console.print(head, soft_wrap=True)
    table = table_of("measured limits of one thread", ("limit", "float32", "float64", "unit"), ("limit", "unit"))
    table.add_row("product, N = 2000, 64 columns", f"{limits.gemm_float32:.1f}", f"{limits.gemm_float64:.1f}", "GF/s")
    table.add_row("memory, 64 MB read", f"{limits.bandwidth:.1f}", "", "GB/s")
    table.add_row("tanh", f"{limits.tanh_float32:.1f}", f"{limits.tanh_float64:.1f}", "ns")
    table.add_row("normal number", f"{limits.normal_float32:.1f}", f"{limits.normal_float64:.1f}", "ns")
    console.print(table)


def print_rates(console: Console, rows: Sequence[KernelRow], products: dict[str, float]) -> None:
    """Rate networks: by type, kernel and N; for each number of states the share of the bare product and the gain."""
    states = sorted({row.n_states for row in rows})
    columns = ("dtype", "N", "kernel", *(f"R = {r}" for r in states), "alloc.")
    title = "rate networks: share of the bare product's rate (✗ below its bar), of all parts, gain over plain numpy"
    table = table_of(title, columns, ("dtype", "kernel"))
    by_place = {(row.dtype, row.n_units, row.kernel, row.n_states): row for row in rows}
    for dtype, n in dict.fromkeys((row.dtype, row.n_units) for row in rows):
        bare = [products.get(f"{dtype} {n} {r}") for r in states]
        table.add_row(dtype, str(n), "product, GF/s", *("" if rate is None else f"{rate:.1f}" for rate in bare), "")
        for kernel in dict.fromkeys(row.kernel for row in rows):
            own = [by_place.get((dtype, n, kernel, r)) for r in states]
            worst = max((row.allocated for row in own if row), default=0.0)
            table.add_row(dtype, str(n), kernel, *("" if row is None else _cell(row) for row in own), _states(worst))
        table.add_section()
    console.print(table)


def _cell(row: KernelRow) -> str:
    mark = "" if row.bar is None else MISSED if row.missed else KEPT
    return f"{row.limit_share:.0%}{mark} {row.parts_share:.0%} x{row.numpy_ratio:.2f}"


def _states(allocated: float) -> str:
    return f"{allocated:.2g} {MISSED}" if allocated else "0"


def print_kernels(console: Console, rows: Sequence[KernelRow]) -> None:
    """The other kernels, one row each."""
    columns = ("room", "kernel", "N", "rows", "us per step", "rate", "of its limit", "x numpy", "allocated")
    table = table_of("plastic synapses and learning: limit = least pass, or bare products", columns, ("room", "kernel"))
    for row in rows:
        mark = "" if row.bar is None else f" {MISSED if row.missed else KEPT}"
        table.add_row(
            row.room, row.kernel, str(row.n_units), str(row.n_states), f"{row.step_us:.0f}",
            f"{row.rate:.1f} {row.unit}", f"{row.limit_share:.0%}{mark}", f"{row.numpy_ratio:.2f}",
            _states(row.allocated),
        )  # fmt: skip
    console.print(table)
    console.print("allocated (alloc.): what a step allocates, in units of the state's size")


def print_theory(console: Console, rows: Sequence[TheoryRow]) -> None:
    """One row per solver and point."""
    columns = ("paper", "solver at", "ms", "bar", "Mtanh", "error", "against")
    title = "theory: time, the same in millions of tanh (float64), relative error"
    table = table_of(title, columns, ("paper", "solver at", "against"))
    table.columns[1].no_wrap = False
    for row in rows:
        bar = "" if row.bar is None else f"{row.bar:g} {MISSED if row.missed else KEPT}"
        error = "" if math.isnan(row.error) else f"{row.error:.1g}"
        table.add_row(
            row.room,
            escape(f"{row.solver} {row.given}"),
            f"{row.milliseconds:.3g}",
            bar,
            f"{row.mega_tanh:.2g}",
            error,
            row.against,
        )
    console.print(table)


def print_growth(console: Console, rows: Sequence[GrowthRow]) -> None:
    """Fitted against expected exponents."""
    columns = ("cost of", "grows with", "at", "fitted", "expected")
    table = table_of("growth: exponents fitted in log-log", columns, ("cost of", "grows with", "at"))
    for row in rows:
        places = ", ".join(f"{place:g}" for place in row.places)
        table.add_row(row.what, row.variable, places, f"{row.exponent:.2f}", f"{row.expected:g}")
    console.print(table)


def print_missed(console: Console, found: Benchmark) -> None:
    """All that stays below its bar, in one list."""
    slow = [row for row in found.kernels if row.missed]
    late = [row for row in found.theory if row.missed]
    lines = [f"{row.name}: {row.limit_share:.0%} of its limit, bar {row.bar:.0%}" for row in slow]
    lines += [f"{row.name}: {row.milliseconds:.3g} ms, bar {row.bar:g}" for row in late]
    console.print(
        f"measured in {found.seconds:.0f} s; bars: {len(lines)} missed"
        + "".join(f"\n  {MISSED} {line}" for line in lines),
        soft_wrap=True,
    )
