"""What a run understands of a batch system's words; the batch system itself is in tests/scheduler."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from atlas import scheduler
from atlas.scheduler import SchedulerError, Watch, ending, executor, jobs_at_work, slurm_words, wait_for_jobs

REPORT = "    message: SLURM-job '12' failed, SLURM status is: '{state}'. Detailed failure reason unavailable"
STEP = "slurmstepd-node: error: StepId=12.0 exceeded memory limit (500576256 > 419430400), being killed"
CGROUP = "slurmstepd: error: Detected 1 oom_kill event in StepId=12.0. Some of the step tasks have been OOM Killed."
LIMIT = "slurmstepd: error: *** STEP 12.0 ON node CANCELLED AT 2026-11-22T15:38:30 DUE TO TIME LIMIT ***"


def test_executor_is_chosen_by_words_before_the_profile(tmp_path: Path) -> None:
    profile = tmp_path / "config.yaml"
    profile.write_text("executor: slurm\n")
    assert executor(None, []) == "local"
    assert executor(profile, ["--forceall"]) == "slurm"
    assert executor(profile, ["--executor", "local"]) == "local"
    assert executor(None, ["--executor=lsf"]) == "lsf"
    profile.write_text("# nothing\n")
    assert executor(profile, []) == "local"


@pytest.mark.parametrize(
    ("state", "log", "words"),
    [
        ("TIMEOUT", "", "ran into its time limit (resources.simulate.runtime"),
        ("FAILED", LIMIT, "ran into its time limit (resources.simulate.runtime"),
        ("OUT_OF_MEMORY", "", "was killed at its memory limit (resources.simulate.mem_mb"),
        ("FAILED", STEP, "was killed at its memory limit (resources.simulate.mem_mb"),
        ("FAILED", CGROUP, "was killed at its memory limit (resources.simulate.mem_mb"),
        ("NODE_FAIL", "", "lost its node"),
    ],
)
def test_end_of_a_slurm_job_is_told_with_what_can_be_done(tmp_path: Path, state: str, log: str, words: str) -> None:
    (tmp_path / "12.log").write_text(log)
    said = ending("simulate", [REPORT.format(state=state)], [str(tmp_path / "12.log")])
    assert said is not None
    assert said.startswith(f"simulate: Slurm job 12 {words}")


def test_job_that_failed_by_itself_speaks_for_itself(tmp_path: Path) -> None:
    (tmp_path / "12.log").write_text("slurmstepd: error: something else\n")
    assert ending("plot", [REPORT.format(state="FAILED")], [str(tmp_path / "12.log")]) is None
    assert ending("plot", ["    message: None"], []) is None


def test_job_without_any_log_was_on_a_node_without_the_disk(tmp_path: Path) -> None:
    said = ending("plot", [REPORT.format(state="FAILED")], [str(tmp_path / "12.log")])
    assert said == f"plot: Slurm job 12 left no log: does its node see {Path.cwd()}?"


def test_refused_job_is_told_in_the_words_of_slurm() -> None:
    why = "sbatch: error: invalid partition specified: nowhere"
    report = [f"    message: SLURM sbatch failed. The error message was '{why}", "sbatch: error: Batch job submission"]
    assert ending("theory", report, []) == f"theory: Slurm refused the job: {why}"


def answers(monkeypatch: pytest.MonkeyPatch, *texts: str | None) -> None:
    """Let Slurm's commands answer so, one after another, the last for ever."""
    left = list(texts)
    monkeypatch.setattr(scheduler, "ask", lambda *words: left.pop(0) if len(left) > 1 else left[0])


def test_run_waits_for_the_jobs_that_work_in_its_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = f"7|{tmp_path}\n8|{tmp_path}/\n9|/elsewhere\n"
    answers(monkeypatch, mine, mine, "9|/elsewhere\n")
    assert jobs_at_work(tmp_path) == ["7", "8"]
    said: list[str] = []
    wait_for_jobs(tmp_path, said.append, pause=0.0)
    assert said == ["waiting for 2 Slurm jobs of an earlier run (to end them: scancel 7 8)"]


def test_silent_slurm_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers(monkeypatch, None)
    monkeypatch.setattr(scheduler.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SchedulerError, match="does not answer"):
        slurm_words([])
    with pytest.raises(SchedulerError, match="does not say what is in its queue"):
        jobs_at_work(tmp_path)
    monkeypatch.setattr(scheduler.shutil, "which", lambda name: None)
    with pytest.raises(SchedulerError, match="on a login node"):
        slurm_words([])


@pytest.mark.parametrize(("kind", "squeue"), [("slurmdbd", False), ("none", True), ("(null)", True)])
def test_state_is_asked_with_squeue_where_no_accounts_are_kept(
    monkeypatch: pytest.MonkeyPatch, kind: str, squeue: bool
) -> None:
    place = kind if kind.startswith("(") else f"accounting_storage/{kind}"
    answers(monkeypatch, f"AccountingStorageHost   = localhost\nAccountingStorageType   = {place}\n")
    monkeypatch.setattr(scheduler.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert slurm_words([]) == (["--slurm-status-command", "squeue"] if squeue else [])
    assert slurm_words(["--slurm-status-command=squeue"]) == []


@pytest.mark.parametrize(("queue", "fires"), [("", True), ("7|{here}\n", False), (None, False)])
def test_watch_ends_a_silent_run_only_when_none_of_its_jobs_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, queue: str | None, fires: bool
) -> None:
    answers(monkeypatch, queue and queue.format(here=tmp_path))
    monkeypatch.setenv("ATLAS_SILENCE", "0.05")
    stopped: list[bool] = []
    watch = Watch(tmp_path, lambda: stopped.append(True))
    watch.start()
    end = time.monotonic() + (30 if fires else 0.5)
    while not stopped and time.monotonic() < end:
        time.sleep(0.01)
    watch.over.set()
    watch.join()
    assert bool(stopped) is watch.fired is fires
