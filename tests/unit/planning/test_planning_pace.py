"""Snakemake's limit of jobs per second is gone unless somebody asked for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from atlas.planning.pace import without_rate_limit

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"
SNAKEFILE = f"""
import sys
sys.path.insert(0, {str(SCRIPTS)!r})
from atlas.planning.pace import without_rate_limit
onstart:
    before = workflow.scheduler.job_rate_limiter
    without_rate_limit(workflow)
    print("limit", before is not None, workflow.scheduler.job_rate_limiter is not None, file=sys.stderr)
rule all:
    input: "0", "1"
rule made:
    output: "{{name}}"
    wildcard_constraints: name="[01]"
    shell: "touch {{output}}"
"""


@pytest.mark.parametrize(
    ("words", "kept"),
    [([], False), (["--max-jobs-per-timespan", "7/1s"], True), (["--max-jobs-per-timespan", "100/2s"], True)],
)
def test_of_snakemake_itself(words: list[str], kept: bool, tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", *words], cwd=tmp_path, text=True, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert f"limit True {kept}" in done.stderr  # Snakemake sets one by itself: else this room has no purpose any more
    assert sorted(path.name for path in tmp_path.glob("[01]")) == ["0", "1"]


def test_of_another_snakemake() -> None:
    without_rate_limit(SimpleNamespace())
    settings = SimpleNamespace(max_jobs_per_timespan=SimpleNamespace(max_jobs=100, timespan=1))
    other = SimpleNamespace(scheduler=SimpleNamespace(), scheduling_settings=settings)
    without_rate_limit(other)
    assert vars(other.scheduler) == {}
