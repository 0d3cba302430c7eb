"""What the records and the end of a run say of its packages, in the locked environment and beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from workflow_sandbox import Sandbox

LOCK = "requirements/runtime.lock"
RECORD = Path("results/smoke/toy/verdicts.record.json")


def test_run_in_the_locked_environment_says_so_and_a_drifted_one_ends_with_one_line(finished: Sandbox) -> None:
    """The tests run in a virtual environment with the locked packages; a lock with another version makes it drift."""
    told = json.loads((finished.root / RECORD).read_text())
    assert (told["environment"]["manager"], told["packages"]["status"]) == ("venv", "locked")
    found = re.search(r"^threadpoolctl==(\S+)", (finished.root / LOCK).read_text(), flags=re.MULTILINE)
    assert found
    finished.edit(LOCK, f"\n{found[0]}", "\nthreadpoolctl==99.0.0")
    done = finished.run("--forcerun", "judge")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((finished.root / RECORD).read_text())
    assert (told["environment"]["manager"], told["packages"]["status"]) == ("venv", "drifted")
    (line,) = [line for line in done.stdout.splitlines() if "drifted" in line]
    jobs = len(list((finished.root / "results" / "smoke").rglob("*.record.json")))
    packages = f"threadpoolctl {found[1]} (lock: 99.0.0)"
    assert line == f"drifted: 1 of {jobs} jobs ran with packages that differ from the lock: {packages}"
