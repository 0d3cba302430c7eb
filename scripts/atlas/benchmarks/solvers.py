"""Times of the mean-field solvers against their bars, with each solver's own residual.

Accuracies are held against 30-digit arithmetic in the tests; here the residual shows that the timed call converged.
Caches of earlier answers are emptied before each call, so that the time is that of a first question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from atlas.solve import forget

GAINS = (1.001, 1.5, 2.0, 3.0, 4.0, 10.0)


@dataclass(frozen=True)
class SolverRow:
    """One solver at one gain: best time of several, the bar that it should stay below (None: no bar), residual."""

    solver: str
    g: float
    milliseconds: float
    bar: float | None
    residual: float


def solvers() -> list[tuple[str, Callable[[float], Any], float, float]]:
    """(name, call, bar in ms, largest gain for which the bar is promised)."""
    from atlas.meanfield.correlation import correlation
    from atlas.meanfield.dimension import participation_ratios
    from atlas.meanfield.gradient import gradient_equilibrium
    from atlas.meanfield.lyapunov import lyapunov_max
    from atlas.meanfield.stationary import stationary

    lags = np.linspace(0.0, 40.0, 800)
    return [
        ("stationary state", stationary, 1.0, 10.0),
        ("Delta, C_phi, Gamma on 800 lags", lambda g: correlation(g, lags), 10.0, 4.0),
        ("Lyapunov exponent", lyapunov_max, 15.0, 3.0),
        ("participation ratios", participation_ratios, float("inf"), 0.0),
        ("gradient equilibrium, T = 0.01", lambda g: gradient_equilibrium(g, 0.01), float("inf"), 0.0),
    ]


def measure_solvers(repeats: int = 9) -> list[SolverRow]:
    """Every solver at every gain; the best of `repeats` calls after one warm-up."""
    rows = []
    for name, call, bar, promised in solvers():
        for g in GAINS:
            call(g)
            best = min(_timed(call, g) for _ in range(repeats))
            residual = float(call(g).residual)
            rows.append(SolverRow(name, g, 1e3 * best, bar if g <= promised else None, residual))
    return rows


def _timed(call: Callable[[float], Any], g: float) -> float:
    forget()
    start = time.thread_time()
    call(g)
    return time.thread_time() - start


def print_solvers(console: Console, rows: Sequence[SolverRow]) -> None:
    """One line per solver, gains as columns: milliseconds, ✗ where a bar is missed; the largest residual."""
    table = Table(title="solvers: milliseconds by gain", title_justify="left", header_style="bold")
    table.add_column("solver")
    for g in GAINS:
        table.add_column(f"g = {g:g}", justify="right")
    table.add_column("bar", justify="right")
    table.add_column("residual", justify="right")
    for name in dict.fromkeys(row.solver for row in rows):
        own = [row for row in rows if row.solver == name]
        bars = [row.bar for row in own if row.bar is not None]
        cells = [f"{row.milliseconds:.2f}{' ✗' if row.bar and row.milliseconds > row.bar else ''}" for row in own]
        table.add_row(name, *cells, f"{bars[0]:g}" if bars else "", f"{max(row.residual for row in own):.1g}")
    console.print(table)


def plain(rows: Sequence[SolverRow]) -> list[dict[str, Any]]:
    """The rows as JSON types."""
    return [asdict(row) for row in rows]
