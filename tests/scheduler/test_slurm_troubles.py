"""What goes wrong on a cluster: each is told in one line or mended, and nothing that was finished is lost."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
from slurm_cluster import Cluster
from slurm_runs import (
    BATH,
    DESCENT,
    HEAT,
    at_work,
    jobs_of,
    kill,
    outputs,
    records,
    run,
    run_log,
    running,
    slow_down,
    wait_for,
)
from workflow_sandbox import TIMEOUT, Sandbox

CONFIG = "config/papers/toy.yaml"
ASKED = "simulate: {mem_mb: 500, runtime: 5}"


def one_line(text: str) -> str:
    """The one line on stderr."""
    assert text.startswith("run: "), text
    assert text.count("\n") == 1, text
    return text.strip()


def logs_told(line: str) -> list[str]:
    """The logs that a line names."""
    return re.search(r"\(log: (.*)\)$", line)[1].split(", ")  # type: ignore[index]  # the assertion is the test


def test_job_killed_by_its_memory_limit_gets_more_and_ends_well(idle: Cluster, sandbox: Sandbox) -> None:
    """It needs 600 MB besides its libraries: too much for 500, enough for twice as much."""
    slow_down(sandbox, 2, memory_mb=600)
    done = run(sandbox, DESCENT)
    assert done.returncode == 0, done.stderr
    jobs = jobs_of(idle, sandbox)
    assert [job["memory"] for job in jobs] == ["500M", "1000M"] or [job["memory"] for job in jobs] == ["1000M", "500M"]
    assert {job["memory"]: job["state"] for job in jobs} == {"500M": "FAILED", "1000M": "COMPLETED"}
    assert {job["limit"] for job in jobs} == {"5:00", "10:00"}
    assert (sandbox.root / DESCENT).is_file()


def test_job_that_never_has_memory_enough_is_told_with_its_log(idle: Cluster, sandbox: Sandbox) -> None:
    slow_down(sandbox, 2, memory_mb=600)
    done = run(sandbox, "--retries", "0", DESCENT)
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert "was killed at its memory limit (resources.simulate.mem_mb of the paper's config" in line
    assert "exceeded memory limit" in (sandbox.root / logs_told(line)[-1]).read_text()


def test_job_over_its_time_limit_is_told_with_its_log_and_the_others_are_kept(idle: Cluster, sandbox: Sandbox) -> None:
    sandbox.edit(CONFIG, ASKED, ASKED.replace("runtime: 5", "runtime: 1"))
    slow_down(sandbox, 600)
    done = run(sandbox, "--retries", "0", HEAT)
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert "ran into its time limit (resources.simulate.runtime of the paper's config" in line
    assert "DUE TO TIME LIMIT" in (sandbox.root / logs_told(line)[-1]).read_text()
    assert set(outputs(sandbox)) == {"theory toy/bath"}


def test_controller_killed_in_the_middle_and_restarted(idle: Cluster, sandbox: Sandbox, local: Sandbox) -> None:
    slow_down(sandbox, 6)
    with running(sandbox, HEAT) as process:
        wait_for(lambda: len(at_work(idle, sandbox)) == 2, process)
        idle.save()
        idle.kill_controller()
        time.sleep(3)
        idle.start_controller()
        said = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0, said
    made = outputs(sandbox)
    assert set(made) == {"simulate toy/descent chunk 0", "theory toy/bath", "compare toy/heat"}
    assert made == {job: outputs(local)[job] for job in made}


def test_controller_away_for_long_ends_the_run_in_one_line_at_worst(
    idle: Cluster, sandbox: Sandbox, local: Sandbox
) -> None:
    """Longer than the commands of Slurm try: Snakemake's plugin may forget its jobs then, or Slurm itself does."""
    slow_down(sandbox, 6)
    with running(sandbox, HEAT, env={"ATLAS_SILENCE": "60"}) as process:
        wait_for(lambda: len(at_work(idle, sandbox)) == 2, process)
        idle.kill_controller()  # what it has not yet written down is forgotten
        time.sleep(40)
        idle.start_controller()
        end = time.monotonic() + TIMEOUT
        while process.poll() is None and time.monotonic() < end:
            idle.take_back_node()  # which may be drained at any time from now on, with jobs waiting for it
            time.sleep(2)
        _, said = process.communicate(timeout=1)
    if process.returncode:
        one_line(said)
    idle.take_back_node()
    before = records(sandbox)
    done = run(sandbox, HEAT)
    assert done.returncode == 0, done.stdout + done.stderr
    after = records(sandbox)
    assert {path: after[path] for path in before} == before
    assert outputs(sandbox) == {job: outputs(local)[job] for job in outputs(sandbox)}


def test_killed_run_waits_for_its_orphans_and_loses_nothing(idle: Cluster, sandbox: Sandbox, local: Sandbox) -> None:
    slow_down(sandbox, 6)
    with running(sandbox, HEAT) as process:
        wait_for(lambda: any("descent" in job["comment"] for job in at_work(idle, sandbox)), process)
        kill(process)
    orphans = [job["number"] for job in jobs_of(idle, sandbox) if job["state"] in ("RUNNING", "PENDING")]
    assert orphans
    done = run(sandbox, HEAT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"waiting for {len(orphans)} Slurm jobs of an earlier run (to end them: scancel " in done.stdout
    comments = [job["comment"] for job in jobs_of(idle, sandbox)]
    assert len(comments) == len(set(comments)) == 3, comments  # what the orphans made was not made again
    made = outputs(sandbox)
    assert made == {job: outputs(local)[job] for job in made}


def test_run_that_is_asked_to_stop_cancels_its_jobs(idle: Cluster, sandbox: Sandbox) -> None:
    slow_down(sandbox, 600)
    with running(sandbox, DESCENT) as process:
        wait_for(lambda: bool(at_work(idle, sandbox)), process)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=TIMEOUT)
    assert said.strip() == "run: interrupted; the same command continues"
    end, ended = time.monotonic() + 30, {"CANCELLED", "COMPLETED"}
    while not {job["state"] for job in jobs_of(idle, sandbox)} <= ended and time.monotonic() < end:
        time.sleep(0.5)
    assert {job["state"] for job in jobs_of(idle, sandbox)} <= ended


WRONG = [("--slurm-partition-config", "nowhere.yaml"), ("--default-resources", "slurm_partition=nowhere")]


@pytest.mark.parametrize("words", WRONG, ids=["file", "partition"])
def test_wrong_word_about_the_cluster_is_told(idle: Cluster, sandbox: Sandbox, words: tuple[str, ...]) -> None:
    done = run(sandbox, BATH, "--retries", "0", *words)
    assert done.returncode == 1
    assert re.search(r"nowhere\.yaml|invalid partition", one_line(done.stderr)), run_log(sandbox)


@pytest.fixture
def blind(idle: Cluster, sandbox: Sandbox) -> Iterator[Cluster]:
    """The same cluster, whose node does not see the sandbox: a shared disk that is not mounted there."""
    idle.stop_node()
    idle.start_node(hidden=sandbox.root)
    yield idle
    idle.empty()
    idle.stop_node()
    idle.start_node()


def test_node_that_does_not_see_the_directory_is_told(blind: Cluster, sandbox: Sandbox) -> None:
    done = run(sandbox, "--retries", "0", BATH)
    assert done.returncode == 1
    assert f"left no log: does its node see {sandbox.root}?" in one_line(done.stderr), run_log(sandbox)


@pytest.fixture
def small_disk(sandbox: Sandbox) -> Iterator[Callable[[str], None]]:
    """Gives results/ of the sandbox a disk of its own; the function changes its size."""
    place = str(sandbox.root / "results")

    def mount(*options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", place], check=True)

    mount("size=24k")
    yield lambda size: mount("remount", f"size={size}")
    subprocess.run(["umount", "-l", place], check=True)


def test_full_disk_is_told_and_the_run_continues(
    idle: Cluster, sandbox: Sandbox, local: Sandbox, small_disk: Callable[[str], None]
) -> None:
    done = run(sandbox, "--retries", "0", HEAT)
    assert done.returncode == 1
    assert "no space left" in one_line(done.stderr).lower(), run_log(sandbox)
    before = records(sandbox)
    small_disk("50m")
    done = run(sandbox, HEAT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: content for path, content in records(sandbox).items() if path in before} == before
    assert outputs(sandbox) == {job: outputs(local)[job] for job in outputs(sandbox)}


def test_figure_that_fails_in_a_group_is_told_and_the_others_of_the_group_are_kept(
    idle: Cluster, sandbox: Sandbox, local: Sandbox
) -> None:
    """Table and figure are one Slurm job; each is finished for itself."""
    figures, target = "scripts/atlas/papers/toy/figures.py", "results/smoke/toy/figures/F2.svg"
    head = 'def f2(tables: Mapping[str, pd.DataFrame], style: Any) -> Canvas:\n    """Energy of the gradient dynamics'
    sandbox.edit(figures, head, head.replace('    """', '    raise ValueError("nothing drawn here")\n    """'))
    done = run(sandbox, "--retries", "0", target)
    assert done.returncode == 1
    line = one_line(done.stderr)
    assert "nothing drawn here" in line, run_log(sandbox)
    assert "results/smoke/logs/plot/toy/F2.log" in line
    before = records(sandbox)
    assert "comparison/heat.record.json" in before
    sandbox.edit(figures, '    raise ValueError("nothing drawn here")\n', "")
    done = run(sandbox, target)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: content for path, content in records(sandbox).items() if path in before} == before
    assert outputs(sandbox) == {job: outputs(local)[job] for job in outputs(sandbox)}
