"""The end of a run: numbers as a reader sees them, the cost by stage, the share of time outside kernels."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

from atlas import summary


def record(stage: str, start: float, wall: float, kernel: float, **more: Any) -> dict[str, Any]:
    """A record with what the summary reads."""
    started, ended = (datetime.fromtimestamp(moment, UTC).isoformat() for moment in (start, start + wall))
    locked = {"status": "locked", "differences": []}
    head = {"paper": "toy", "stage": stage, "packages": locked, "kernel_seconds": kernel}
    return {**head, "started": started, "ended": ended, **more}


def cells(table: Table) -> list[list[str]]:
    """The rows of a table."""
    return [list(row) for row in zip(*(column.cells for column in table.columns), strict=True)]  # type: ignore[arg-type]


def test_cost_is_summed_by_paper_and_stage() -> None:
    start = 1.0e9
    records = [
        record("simulate", start, 4.0, 3.0, peak_memory_mb=100.0),
        record("simulate", start, 6.0, 5.0, peak_memory_mb=300.0),
        record("plot", start, 1.0, 0.0),
    ]
    rows = cells(summary.cost_table(records))
    assert rows == [["toy", "plot", "1", "1.0", "0.0", "0"], ["toy", "simulate", "2", "10.0", "8.0", "300"]]


def test_overhead_counts_core_time_and_only_jobs_of_this_run() -> None:
    now = time.time()
    records = [record("simulate", now - 9, 8.0, 12.0), record("simulate", now - 5000, 8.0, 500.0)]
    line = summary.overhead_line(records, now - 10, 2)
    # 12 of 2 x 10 core seconds in kernels; the clock moves on by far less than the rounding
    assert line == "1 jobs in 10 s on 2 cores; 12 core seconds in kernels, overhead 40%"
    assert summary.overhead_line(records[1:], now - 10, 2) == "nothing was out of date: no job ran"


@pytest.mark.parametrize(
    ("kind", "limits", "value", "observed", "allowed"),
    [
        ("within", {"expected": 0.5, "tolerance": 0.15}, (0.49372, 0.0141), "0.49372 ± 0.014", "0.5 ± 0.15"),
        ("between", {"low": 3.2e-10, "high": 3.4e-10}, (3.3e-10, 0.0), "3.3e-10", "3.2e-10 … 3.4e-10"),
        ("below", {"bound": 1e-10}, ("nan", "nan"), "nan", "≤ 1e-10"),
        ("above", {"bound": 0}, (2, "inf"), "2 ± inf", "≥ 0"),
    ],
)
def test_numbers_of_a_check(
    kind: str, limits: dict[str, float], value: tuple[Any, Any], observed: str, allowed: str
) -> None:
    check = {"kind": kind, **limits, "observed": value[0], "error": value[1]}
    assert summary.observed(check) == observed
    assert summary.allowed(check, summary.short) == allowed


def test_one_row_per_check_with_the_claim_on_the_first(tmp_path: Path) -> None:
    check = {"kind": "below", "observed": 1.0, "error": 0.0, "bound": 2.0, "margin": 0.5}
    claim = {
        "id": "toy.C1",
        "verdict": "inconclusive",
        "control": {"verdict": "reproduced"},
        "checks": [{**check, "name": "one"}, {**check, "name": "two", "margin": "nan"}],
    }
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "verdicts.json").write_text(json.dumps({"claims": [claim]}))
    rows = cells(summary.verdict_table(tmp_path, ["toy"]))
    assert [row[0] for row in rows] == ["toy.C1", ""]
    assert "inconclusive" in rows[0][1]
    assert [row[5] for row in rows] == ["+0.50", "+nan"]
    assert [row[6] for row in rows] == ["reproduced", ""]


def test_drift_from_the_lock_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Each package once, over all jobs that drifted."""

    def drifted(*names: str) -> dict[str, Any]:
        differences = [{"package": name, "locked": "2.4", "live": "2.3" if name != "b" else None} for name in names]
        return record("plot", 0, 1, 0, packages={"status": "drifted", "differences": differences})

    records = [drifted("numpy", "b"), record("plot", 0, 1, 0), drifted("b", "c", "d")]
    (line,) = summary.drift_lines(records)
    Console(soft_wrap=True).print(line)
    said = capsys.readouterr().out
    packages = "numpy 2.3 (lock: 2.4), b missing (lock: 2.4), c 2.3 (lock: 2.4) and 1 more"
    assert said == f"drifted: 2 of 3 jobs ran with packages that differ from the lock: {packages}\n"
    assert summary.drift_lines(records[1:2]) == []
