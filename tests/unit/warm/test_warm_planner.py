"""Snakemake's waiting process: it is Snakemake once it has its words, and nothing before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import snakemake

from atlas.running import snakemake_ahead, tell
from atlas.warm import planner

SNAKEFILE = """
import os, sys
print("seen", os.environ["ATLAS_SEEN"], sys.stdin.read(), workflow.basedir, sep="|", file=sys.stderr)
rule all:
    output: "made"
    shell: "printf $ATLAS_SEEN >{output}"
"""


def waiting(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, planner.__file__, "snakemake"],
        cwd=folder,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def test_nothing_to_do(tmp_path: Path) -> None:
    process = waiting(tmp_path)
    assert process.communicate("", timeout=60)[0] == ""
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_it_is_snakemake_in_the_folder_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    request = {"words": ["--cores", "1"], "environment": {"ATLAS_SEEN": "höher"}}
    process = waiting(tmp_path)
    out = process.communicate(json.dumps(request), timeout=60)[0]
    assert process.returncode == 0, out
    assert f"seen|höher||{tmp_path}" in out  # standard input is at its end: no job waits for a keyboard
    assert (tmp_path / "made").read_text() == "höher"


def test_exit_code_is_snakemakes(tmp_path: Path) -> None:
    with snakemake_ahead(tmp_path) as process:
        tell(process, ["--version"], {})
        assert process.communicate(timeout=60)[0].strip() == snakemake.__version__
        assert process.returncode == 0
    with snakemake_ahead(tmp_path) as process:
        tell(process, ["--cores", "1"], {})
        assert "No Snakefile found" in process.communicate(timeout=60)[0]
        assert process.returncode == 1


def test_a_run_that_ends_before_leaves_no_process(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="bad config"), snakemake_ahead(tmp_path) as process:
        raise ValueError("bad config")
    assert process.returncode is not None
