"""A run that is killed, starved of disk or doubled: nothing finished is lost, and the same command continues."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from audit_drill import verify
from workflow_sandbox import TIMEOUT, Sandbox

CORES = 2  # of Sandbox.run


@pytest.fixture
def unrun(finished: Sandbox) -> Sandbox:
    """The files of the finished sandbox, nothing run in them: what it makes can be laid beside `finished_once`."""
    shutil.rmtree(finished.root / "results")
    shutil.rmtree(finished.root / ".snakemake")
    (finished.root / "results").mkdir()
    return finished


def records(sandbox: Sandbox) -> dict[Path, bytes]:
    """The records of the jobs that are finished."""
    found = (sandbox.results() / "toy").rglob("*.record.json")
    return {path: path.read_bytes() for path in found if not path.name.startswith(".")}


@contextmanager
def running(sandbox: Sandbox, *words: str, limit: Callable[[], None] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A command in a process group of its own, killed as a group in the end."""
    process = subprocess.Popen(
        words,
        cwd=sandbox.root,
        env=sandbox.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=limit,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> bool:
    """Whether the condition held before the process ended."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if condition():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    raise TimeoutError


def locked(sandbox: Sandbox) -> bool:
    """Whether Snakemake's lock lies in the directory."""
    return any((sandbox.root / ".snakemake/locks").glob("*"))


def kill_after(sandbox: Sandbox, jobs: int, delay: float) -> bool:
    """Start a run and kill its whole group once so many jobs are finished, a little later; whether it was killed."""
    with running(sandbox, *sandbox.run_words()) as process:
        killed = wait_for(lambda: len(records(sandbox)) >= jobs, process)
        time.sleep(delay)
        return killed and process.poll() is None


def kill_and_continue(sandbox: Sandbox, moments: list[tuple[int, float]]) -> int:
    """Kill a run at each moment, checking that no finished job is made again; returns how often it was killed."""
    kills = 0
    for jobs, delay in moments:
        before = records(sandbox)
        kills += kill_after(sandbox, jobs, delay)
        after = records(sandbox)
        # Same bytes, times included: what was finished was not made a second time, but for the jobs that ended in the
        # moment of the kill before Snakemake had noted it, one per core.
        again = [path for path in before if after.get(path) != before[path]]
        assert len(again) <= CORES, again
    return kills


def test_killed_run_continues_to_the_same_ledger(unrun: Sandbox, finished_once: Sandbox) -> None:
    # First in the middle of the first jobs, then among the last.
    assert kill_and_continue(unrun, [(1, 0.3), (7, 0.5)]) == 2
    assert locked(unrun)  # the dead run's lock is still there
    before = records(unrun)
    done = unrun.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert sum(path.read_bytes() != content for path, content in before.items()) <= CORES
    assert unrun.ledger()["ledger_digest"] == finished_once.ledger()["ledger_digest"]
    assert verify(unrun)["sound"]
    assert not list(unrun.results().rglob(".*.part*"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_run_killed_at_random_moments_continues_to_the_same_ledger(
    unrun: Sandbox, finished_once: Sandbox, seed: int
) -> None:
    draw = random.Random(seed)
    moments = sorted((draw.randint(0, 10), draw.uniform(0, 3)) for _ in range(5))
    assert kill_and_continue(unrun, moments) >= 4  # the last may come when all is done
    done = unrun.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert unrun.ledger()["ledger_digest"] == finished_once.ledger()["ledger_digest"]
    assert verify(unrun)["sound"]


def test_run_left_with_the_lock_of_a_dead_run_goes_on(finished: Sandbox) -> None:
    lock = finished.root / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(exist_ok=True)
    lock.write_text("results/smoke/index.html\n")
    (finished.root / "results/.run-owner").write_text("999999")
    assert finished.snakemake("--quiet").returncode != 0  # Snakemake alone refuses
    done = finished.run()
    assert done.returncode == 0, done.stderr
    assert not locked(finished)


@pytest.mark.parametrize("live", ["run.py", "snakemake"])
def test_live_run_is_respected_in_one_line(sandbox: Sandbox, live: str) -> None:
    words = sandbox.run_words()
    if live == "snakemake":
        words = [sys.executable, "-m", "snakemake", "--cores", "1", "--config", "scale=smoke"]
    with running(sandbox, *words) as process:
        assert wait_for(lambda: locked(sandbox), process)
        refused = sandbox.run()
        assert process.poll() is None  # the first run is not disturbed
        assert locked(sandbox)
    assert refused.returncode == 1
    assert refused.stderr.startswith("run: another run owns this directory (process ")
    assert refused.stderr.count("\n") == 1
    if live == "snakemake":
        assert f"(process {process.pid})" in refused.stderr


LARGEST = 20_000  # bytes: between the records (7 kB) and the drawings (40 kB) of the toy


def test_full_disk_is_one_line_and_nothing_finished_is_lost(finished: Sandbox) -> None:
    """A limit on the size of files stands in for a full disk: the same error in the middle of a write."""
    finished.edit("config/papers/toy.yaml", "height_mm: 60", "height_mm: 70")
    kept = {path: content for path, content in records(finished).items() if "figures" not in path.parts}

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))

    with running(finished, *finished.run_words(), limit=small_files) as process:
        _, said = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 1
    assert said.startswith("run: ")
    assert said.count("\n") == 1, said
    assert "File too large" in said
    assert {path: path.read_bytes() for path in kept} == kept
    assert not list(finished.results().rglob(".*.part*"))
    done = finished.run()
    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in kept} == kept
    assert verify(finished)["sound"]


@pytest.fixture
def small_disk(unrun: Sandbox) -> Iterator[Callable[[str], bool]]:
    """Gives results/ of the sandbox a disk of its own; the function changes its size."""
    place = str(unrun.root / "results")

    def mount(*options: str) -> bool:
        words = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", place]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    if not mount("size=60k"):
        pytest.skip("needs the right to mount a tmpfs")
    yield lambda size: mount("remount", f"size={size}")
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.slow
def test_really_full_disk_is_one_line_and_the_run_continues(
    unrun: Sandbox, finished_once: Sandbox, small_disk: Callable[[str], bool]
) -> None:
    done = unrun.run()
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "no space left" in done.stderr.lower()
    assert small_disk("50m")
    done = unrun.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert unrun.ledger()["ledger_digest"] == finished_once.ledger()["ledger_digest"]
    assert verify(unrun)["sound"]
