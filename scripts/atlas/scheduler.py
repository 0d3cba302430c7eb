"""What a run must know of the batch system that does its jobs: which one it is, what an earlier run left in its queue,
and what the end of a job means.
"""

from __future__ import annotations

import getpass
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import yaml

LOCAL = "local"
SLURM = "slurm"
PAUSE = 10.0  # seconds between two looks at the queue
ANSWER = 60.0  # seconds for Slurm to answer
SILENCE = 600.0  # seconds; Snakemake looks at its jobs every 3 minutes and waits 1.5 minutes for their files
SHOWN = 5  # numbers of jobs that are told
# How a Slurm job ended, in words that say what can be done; states that are not here speak for themselves.
TIME = "ran into its time limit (resources.{stage}.runtime of the paper's config, times the attempt)"
MEMORY = "was killed at its memory limit (resources.{stage}.mem_mb of the paper's config, times the attempt)"
ENDS = {
    "TIMEOUT": TIME,
    "OUT_OF_MEMORY": MEMORY,
    "NODE_FAIL": "lost its node",
    "CANCELLED": "was cancelled",
    "PREEMPTED": "had to make room for another job",
    "BOOT_FAIL": "found a node that did not start",
    "DEADLINE": "met its deadline",
}
# The same in Slurm's own log of the job: it calls a job failed that its memory watch has killed.
MARKS = {
    re.compile(r"slurmstepd.*DUE TO TIME LIMIT"): TIME,
    re.compile(r"slurmstepd.*(?:exceeded memory limit|oom.kill)", re.IGNORECASE): MEMORY,
    re.compile(r"slurmstepd.*DUE TO NODE FAILURE"): "lost its node",
}
STATE = re.compile(r"SLURM-job '(?P<job>[^']+)' failed.*?SLURM status is: '(?P<state>\w+)'")
GROUP = re.compile(r"Error in group .*\n\s+log: \S+/(?P<job>\d+)\.log")
REFUSED = re.compile(r"The error message was '(?P<why>.*)")


class SchedulerError(Exception):
    """A batch system that cannot be used, said in one line."""


def executor(profile: Path | None, words: Sequence[str]) -> str:
    """The executor that the words for Snakemake choose, or the profile; ``local`` where neither does."""
    for index, word in enumerate(words):
        name, _, value = word.partition("=")
        if name in ("--executor", "-e"):
            return value or "".join(words[index + 1 : index + 2])
    if profile is None:
        return LOCAL
    settings = yaml.safe_load(profile.read_text(encoding="utf-8")) or {}
    return str(settings.get("executor", LOCAL))


def ask(*words: str) -> str | None:
    """What a command of Slurm answers; None when it fails or takes too long."""
    try:
        done = subprocess.run(words, text=True, capture_output=True, timeout=ANSWER, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def slurm_words(words: Sequence[str]) -> list[str]:
    """What a run through Slurm adds to the words for Snakemake on this cluster.

    Raises SchedulerError where there is no Slurm, or it does not answer.
    """
    if shutil.which("sbatch") is None:
        raise SchedulerError("no command sbatch here: start the run where jobs are submitted, on a login node")
    config = ask("scontrol", "show", "config")
    if config is None:
        raise SchedulerError(
            "Slurm does not answer (scontrol show config): is its controller up? then the same command"
        )
    accounts = re.search(r"^AccountingStorageType\s*=\s*(\S+)", config, flags=re.MULTILINE)
    kept = accounts is not None and accounts[1] not in ("(null)", "none", "accounting_storage/none")
    said = any(word.startswith("--slurm-status-command") for word in words)
    return [] if kept or said else ["--slurm-status-command", "squeue"]


def jobs_at_work(root: Path) -> list[str]:
    """Numbers of this user's Slurm jobs that work in a directory: those of a run that was killed live on.

    Raises SchedulerError when Slurm does not say.
    """
    answer = ask("squeue", "--noheader", "--user", getpass.getuser(), "--format", "%i|%Z")
    if answer is None:
        raise SchedulerError("Slurm does not say what is in its queue (squeue): is its controller up?")
    lines = [line.strip().partition("|") for line in answer.splitlines()]
    return [number for number, _, place in lines if place and Path(place).resolve() == root.resolve()]


def wait_for_jobs(root: Path, say: Callable[[str], None], pause: float = PAUSE) -> None:
    """Let the jobs of an earlier run end first: they write what this run would make, and lose nothing that way."""
    told: list[str] = []
    while found := jobs_at_work(root):
        if not told:
            few = " ".join(found[:SHOWN]) + (" …" if len(found) > SHOWN else "")
            say(f"waiting for {len(found)} Slurm jobs of an earlier run (to end them: scancel {few})")
            told = found
        time.sleep(pause)


def cancel_jobs(root: Path) -> None:
    """Cancel what works in a directory; Snakemake does so itself only where it heard the interruption.

    A Slurm that does not answer keeps its jobs: the next run waits for them.
    """
    with suppress(SchedulerError):
        if found := jobs_at_work(root):
            ask("scancel", *found)


class Watch(threading.Thread):
    """Ends a Snakemake that waits for ever: it said nothing for long, and none of its jobs is in Slurm's queue.

    Its plugin forgets jobs whose state it could not ask for while the controller was down, and does not find those
    that ended so long ago that Slurm has forgotten them. What they made is on disk; the same command continues.
    """

    def __init__(self, root: Path, stop: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.root, self.stop = root, stop
        self.patience = float(os.environ.get("ATLAS_SILENCE", SILENCE))
        self.heard = time.monotonic()
        self.over = threading.Event()
        self.fired = False

    def hear(self) -> None:
        """Snakemake has said something."""
        self.heard = time.monotonic()

    def run(self) -> None:
        """Look from time to time, until the run is over."""
        while not self.over.wait(self.patience / 5):
            try:
                busy = bool(jobs_at_work(self.root))
            except SchedulerError:
                busy = True
            if busy:
                self.hear()
            elif time.monotonic() - self.heard > self.patience:
                self.fired = True
                self.stop()
                return


def ending(stage: str, report: Sequence[str], logs: Sequence[str]) -> str | None:
    """How the batch system says that a job ended; None where it only says that it did.

    ``stage``: the rule whose job it was; ``report``: the lines of Snakemake's report; ``logs``: the job's logs, that of
    the batch system last.
    """
    said = "\n".join(report)
    if found := REFUSED.search(said):
        return f"{stage}: Slurm refused the job: {found['why'].strip().rstrip(chr(39) + '.')}"
    if not (found := STATE.search(said) or GROUP.search(said)):
        return None
    kept = [Path(log).read_text(errors="replace") for log in logs if Path(log).is_file()]
    marked = [words for mark, words in MARKS.items() if any(mark.search(text) for text in kept)]
    words = ENDS.get(found.groupdict().get("state", "")) or (marked[0] if marked else None)
    if words is None and logs and not Path(logs[-1]).is_file():
        words = f"left no log: does its node see {Path.cwd()}?"
    key = stage if stage != "group" else "<stage>"
    return f"{stage}: Slurm job {found['job']} {words.format(stage=key)}" if words else None
