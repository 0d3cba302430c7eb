"""Runs of a sandbox through Slurm: the words, a run in the background, what it left in Slurm's memory."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from slurm_cluster import Cluster
from workflow_sandbox import TIMEOUT, Sandbox

from atlas.provenance.ledger import job_name, job_of
from atlas.provenance.record import read_records

PROFILE = ("--profile", "slurm")
# The profile's waits are those of a real cluster; here a look at the queue costs nothing and the disk is local.
FAST = ("--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1", "--latency-wait", "5")
# A table of the toy and the two jobs it rests on: a run of three Slurm jobs, where the whole toy is not asked for.
HEAT = "results/smoke/toy/comparison/heat.csv"
DESCENT = "results/smoke/toy/simulation/descent/0.npz"
BATH = "results/smoke/toy/theory/bath.npz"


def words(*more: str, scale: str = "smoke") -> list[str]:
    """scripts/run.py with the profile, as `make figures PROFILE=slurm` calls it."""
    return [*Sandbox.run_words()[:2], "--scale", scale, *PROFILE, *FAST, *more]


def run(sandbox: Sandbox, *more: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """One run to its end."""
    return sandbox.call(*words(*more), env=env)


@contextmanager
def running(sandbox: Sandbox, *more: str, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A run in the background, in a process group of its own, killed in the end."""
    process = subprocess.Popen(
        words(*more),
        cwd=sandbox.root,
        env=sandbox.environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)
        process.communicate()


def kill(process: subprocess.Popen[str]) -> None:
    """The run and its Snakemake, as a power cut of the login node does; jobs of Slurm live on."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until the condition holds; AssertionError when the run ends before."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert process.poll() is None, "".join(process.communicate())
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def jobs_of(cluster: Cluster, sandbox: Sandbox) -> list[dict[str, str]]:
    """What Slurm remembers of the jobs of one sandbox."""
    return [job for job in cluster.jobs() if job["folder"] == str(sandbox.root)]


def at_work(cluster: Cluster, sandbox: Sandbox) -> list[dict[str, str]]:
    """Those that run now."""
    return [job for job in jobs_of(cluster, sandbox) if job["state"] == "RUNNING"]


def slow_down(sandbox: Sandbox, seconds: float, *, memory_mb: int = 0) -> None:
    """Let the toy's descent sleep for each of its four networks, holding so much memory; its numbers stay the same."""
    file = sandbox.root / "scripts" / "atlas" / "papers" / "toy" / "simulation.py"
    head, name, body = file.read_text(encoding="utf-8").partition("def langevin(")
    before, quotes, after = body.partition('"""\n')
    lines = f"    import time\n\n    block = bytearray({memory_mb} * 2**20)\n    time.sleep({seconds})\n    del block\n"
    file.write_text(head + name + before + quotes + lines + after, encoding="utf-8")


def run_log(sandbox: Sandbox) -> str:
    """All that Snakemake said in the last run."""
    return (sandbox.root / "results" / "run.smoke.log").read_text(encoding="utf-8")


def outputs(sandbox: Sandbox) -> dict[str, dict[str, str]]:
    """Job -> digests of its outputs, of all that is finished."""
    return {job_name(job_of(record)): record["outputs"] for record in read_records(sandbox.results())}


def records(sandbox: Sandbox) -> dict[str, bytes]:
    """Path below the paper's results -> the record of each job that is finished, times included."""
    place = sandbox.results() / "toy"
    found = (path for path in place.rglob("*.record.json") if not path.name.startswith("."))
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}
