"""Speed has not fallen behind the kept ratios: a few rows measured again (ratios, not times)."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas.benchmarks.guard import fallen, from_csv, ratios
from atlas.benchmarks.kernels import rate_group
from atlas.benchmarks.learning import contrastive_group, predictive_group
from atlas.benchmarks.machine import limits
from atlas.benchmarks.plastic import plastic_group
from atlas.benchmarks.rows import measured
from atlas.benchmarks.theory import measured_point, points

KEPT = Path(__file__).parents[3] / "config" / "benchmarks.csv"
SOLVERS = ("stationary state", "correlation, 800 lags", "log-determinant")


@pytest.mark.slow
def test_ratios_have_not_fallen() -> None:
    """Within a factor of two (see `guard`); three tries, since another process can spoil one."""
    kept = from_csv(KEPT.read_text(encoding="utf-8"))
    groups = (
        rate_group(1000, 64, "float32"),
        plastic_group(1000),
        contrastive_group(196, 300, 100),
        predictive_group(14, 100, 25),
    )
    behind: list[str] = []
    for _ in range(3):
        kernels = [row for group in groups for row in measured(group, rounds=9)[0]]
        tanh_ns = limits().tanh_float64
        theory = [measured_point(point, tanh_ns) for point in points() if point.solver in SOLVERS]
        now = ratios(kernels, theory)
        assert now.keys() <= kept.keys(), "a row that is measured is not kept: `make bench KEEP=1`"
        behind = fallen(now, kept)
        if not behind:
            return
    raise AssertionError("\n".join(behind))
