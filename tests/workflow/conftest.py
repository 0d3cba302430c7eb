"""Sandboxes for the tests of the workflow; what they can do stands in workflow_sandbox."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from workflow_sandbox import Sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """The checkout with the toy as its only paper; nothing has run in it."""
    return Sandbox.fresh(tmp_path / "sandbox")


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A sandbox in which the toy was run once at smoke scale, for all tests and workers. READ ONLY."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent  # the session's own folder, which its workers share
    with (base / "finished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "finished.done").exists():
            done = Sandbox.fresh(base / "finished").run()
            assert done.returncode == 0, done.stdout + done.stderr
            (base / "finished.done").touch()
    return Sandbox(base / "finished")


@pytest.fixture
def finished(finished_once: Sandbox, tmp_path: Path) -> Sandbox:
    """A finished run in a folder of the test's own, to be edited at will."""
    return finished_once.copy(tmp_path / "finished")
