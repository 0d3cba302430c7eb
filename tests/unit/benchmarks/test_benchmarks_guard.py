"""Speed has not fallen behind the kept table: a few kernels measured again (ratios, not times), solvers' calls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from atlas.benchmarks.guard import best, fallen, from_csv, ratios
from atlas.benchmarks.kernels import rate_group
from atlas.benchmarks.learning import contrastive_group, predictive_group
from atlas.benchmarks.plastic import plastic_group
from atlas.benchmarks.rows import Group, measured
from atlas.benchmarks.theory import counted, points

KEPT = Path(__file__).parents[3] / "config" / "benchmarks.csv"
TRIES = 5


def _named(group: Group) -> dict[tuple[str, str], float]:
    return ratios(measured(group, rounds=9)[0], [])


@pytest.mark.slow
def test_ratios_of_kernels_have_not_fallen() -> None:
    """Within a factor of two (see `guard`), the best of up to five tries of each row: another process can spoil one."""
    kept = from_csv(KEPT.read_text(encoding="utf-8"))
    groups = (
        rate_group(1000, 64, "float32"),
        plastic_group(1000),
        contrastive_group(196, 300, 100),
        predictive_group(14, 100, 25),
    )
    now: dict[tuple[str, str], float] = {}
    for _ in range(TRIES):
        for group in groups:
            now = best(now, _named(group))
        assert now.keys() <= kept.keys(), "a row that is measured is not kept: `make bench KEEP=1`"
        if not fallen(now, kept):
            return
    raise AssertionError("\n".join(fallen(now, kept)))


@pytest.mark.slow
def test_solvers_do_not_call_more() -> None:
    """Counted, not timed. Bars' own solvers and all questions; the first call loads and compiles."""
    kept = from_csv(KEPT.read_text(encoding="utf-8"))
    now = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for each in points():
            each.call()
            now[f"{each.room}/{each.solver}/{each.given}", "calls"] = float(counted(each))
    assert now.keys() == {key for key in kept if key[1] == "calls"}, "`make bench KEEP=1`"
    assert fallen(now, kept) == []
