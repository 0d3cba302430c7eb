"""Ratios that are kept beside the configs, and what has fallen behind them.

Of kernels, ratios of times measured side by side are kept: they move little between machines of one kind. The band
is a factor of two: caches, clock rates under load and versions of BLAS move a ratio by up to a half, a lost
optimisation (a copy in a step, a kernel that is no longer compiled) by more. Of solvers the number of calls is kept:
most answer in less than some milliseconds, spent in the interpreter, and no limit of the machine that we measure says
how fast that is (the ratio to its tanh differs by 2.4 between two machines). More iterations or nodes of an outer
loop are more calls; what a compiled inner loop does is not seen.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from atlas.benchmarks.machine import Machine
from atlas.benchmarks.rows import KernelRow
from atlas.benchmarks.theory import TheoryRow

Ratios = Mapping[tuple[str, str], float]
BAND = 2.0
COLUMNS = ("name", "ratio", "value")
LARGER_IS_BETTER = {"limit share": True, "numpy over own time": True, "calls": False}


def ratios(kernels: Sequence[KernelRow], theory: Sequence[TheoryRow]) -> dict[tuple[str, str], float]:
    """(row, kind) -> ratio of a kernel, calls of a solver."""
    found = {}
    for row in kernels:
        found[row.name, "limit share"] = row.limit_share
        found[row.name, "numpy over own time"] = row.numpy_ratio
    for each in theory:
        found[each.name, "calls"] = float(each.calls)
    return found


def to_csv(machine: Machine, values: Ratios) -> str:
    """The table with the machine's name in a comment."""
    out = io.StringIO()
    out.write("# ratios (of solvers: calls) measured by `make bench KEEP=1` ")
    out.write(f"on {machine.cpu}, {machine.cpus} CPUs, load {machine.load}; ")
    out.write(f"{machine.blas}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((*key, f"{value:.3g}") for key, value in sorted(values.items()))
    return out.getvalue()


def from_csv(text: str) -> dict[tuple[str, str], float]:
    """The kept ratios; ValueError for another table."""
    rows = list(csv.reader(line for line in text.splitlines() if line and not line.startswith("#")))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise ValueError(f"benchmarks: got the columns {rows[0] if rows else []}; allowed: {', '.join(COLUMNS)}")
    return {(name, kind): float(value) for name, kind, value in rows[1:]}


def best(first: Ratios, second: Ratios) -> dict[tuple[str, str], float]:
    """The better of two measurements of each row (another process can spoil one)."""
    found = dict(first)
    for key, value in second.items():
        better = max if LARGER_IS_BETTER[key[1]] else min
        found[key] = better(value, found.get(key, value))
    return found


def fallen(now: Ratios, kept: Ratios, band: float = BAND) -> list[str]:
    """One line for each ratio that is worse than the kept one by more than the band (better ones are no failure)."""
    lines = []
    for key in sorted(now.keys() & kept.keys()):
        worse = kept[key] / now[key] if LARGER_IS_BETTER[key[1]] else now[key] / kept[key]
        if worse > band:
            lines.append(f"{key[0]}: {key[1]} {now[key]:.3g}, kept {kept[key]:.3g}, worse by {worse:.2g}")
    return lines
