"""How a run reads Snakemake's words: progress, the reason of a failure, what is passed on to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console

from atlas.failures import failure
from atlas.running import RunError, arguments, command, dry, follow, sweep

ERROR = [
    "Error in rule simulate:",
    "    message: None",
    "    jobid: 6",
    "    log: {log} (check log file(s) for error details)",
]


def told(tmp_path: Path, log: str | None, *lines: str) -> str:
    """The words of a failure whose job left this log."""
    path = tmp_path / "job.log"
    if log is not None:
        path.write_text(log)
    return failure([line.format(log=path) for line in lines], tmp_path / "run.log")


def test_failure_tells_the_last_words_of_the_job(tmp_path: Path) -> None:
    log = "1 of 6 done, 0.1 s, about 0.5 s to go\nTraceback …\nValueError: nothing done here\n\n"
    assert told(tmp_path, log, *ERROR) == f"ValueError: nothing done here (log: {tmp_path}/job.log)"


@pytest.mark.parametrize("log", [None, "", "1 of 6 done, 0.1 s, about 0.5 s to go\n"])
def test_job_without_last_words_was_killed(tmp_path: Path, log: str | None) -> None:
    assert told(tmp_path, log, *ERROR) == f"simulate ended without a word, killed? (log: {tmp_path}/job.log)"


def test_failure_without_a_job_tells_snakemakes_reason(tmp_path: Path) -> None:
    end = f" (whole log: {tmp_path}/run.log)"
    assert told(tmp_path, None, "WorkflowError in file x:", "no such thing") == f"no such thing{end}"
    assert told(tmp_path, None, "Error: disk full", "bye") == f"Error: disk full{end}"
    assert told(tmp_path, None) == f"the run failed{end}"


def test_progress_shows_messages_of_jobs_and_not_the_table_of_their_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["job          count", "simulate         4", "judge            1", "Job 3: simulate toy: scan, chunk 1"]
    lines += ["judge toy", "crate: the ledger of smoke", "1 of 7 steps (14%) done"]
    assert follow(lines, Console(force_terminal=False)) == lines
    shown = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert shown == ["simulate toy: scan, chunk 1", "judge toy", "crate: the ledger of smoke"]


def test_words_for_snakemake_stand_before_its_config() -> None:
    args, rest = arguments(["--scale", "smoke", "--papers", "a,b", "target.svg", "--keep-going"])
    words = command(args, rest)
    assert words[-3:] == ["--config", "scale=smoke", "papers=a,b"]
    assert words.index("target.svg") < words.index("--config")


@pytest.mark.parametrize(("words", "is_dry"), [(["-n"], True), (["-np"], True), (["--dry-run"], True), (["-k"], False)])
def test_dry_runs(words: list[str], is_dry: bool) -> None:
    assert dry(words) is is_dry


@pytest.mark.parametrize("word", ["--config", "-C", "--config=scale=desk"])
def test_config_of_snakemake_is_not_for_the_user(word: str) -> None:
    with pytest.raises(RunError, match="use --scale, --papers and --root-seed"):
        arguments([word, "scale=desk"])


def test_job_that_ended_well_when_tried_again_is_not_the_reason(tmp_path: Path) -> None:
    other = [
        line.replace("6", "7").replace("job.log", "other.log").format(log=tmp_path / "other.log") for line in ERROR
    ]
    (tmp_path / "other.log").write_text("ValueError: the reason\n")
    lines = (*ERROR, "Trying to restart job 6.", *other, "Finished jobid: 6 (Rule: simulate)")
    assert told(tmp_path, "Killed\n", *lines).startswith("ValueError: the reason (log: ")


def test_cores_of_this_machine_do_not_bound_the_jobs_of_a_cluster() -> None:
    args, rest = arguments(["--profile", "slurm"])
    assert "--cores" not in command(args, rest)
    args, rest = arguments(["--executor", "slurm"])
    assert "--cores" not in command(args, rest)
    args, rest = arguments(["--profile", "slurm", "--cores", "4"])
    assert "--cores" in command(args, rest)
    args, rest = arguments([])
    words = command(args, rest)
    assert words[words.index("--cores") + 1] == "all"


def test_of_a_group_the_member_is_told_that_failed(tmp_path: Path) -> None:
    """Snakemake reports all members of a group as failed; the batch system's log of the group knows better.

    In that log each member is job 0 of a Snakemake of its own.
    """
    (tmp_path / "F2.log").write_text("ValueError: nothing drawn here\n")
    inner = f"Error in rule plot:\n    message: None\n    jobid: 0\n    log: {tmp_path}/F2.log (check log file(s))\n"
    (tmp_path / "3.log").write_text(f"Finished jobid: 0 (Rule: compare)\n{inner}")
    lines = ["    message: Error in group paper", f"    log: {tmp_path}/3.log (check log file(s) for error details)"]
    lines += ["    jobs:", "        rule compare:", "            jobid: 1", "            log: compare.log (check)"]
    lines += ["    Error in rule compare:", "        jobid: 1", "        log: compare.log (check)"]
    said = f"ValueError: nothing drawn here (log: {tmp_path}/F2.log, {tmp_path}/3.log)"
    assert told(tmp_path, None, *lines) == said
    (tmp_path / "3.log").write_text("slurmstepd: error: *** STEP 3.0 ON n CANCELLED AT now DUE TO TIME LIMIT ***\n")
    said = told(tmp_path, None, *lines)
    assert said.startswith(
        "group: Slurm job 3 ran into its time limit (resources.<stage>.runtime of the paper's config"
    )


def test_what_killed_jobs_were_writing_is_swept_and_nothing_else(tmp_path: Path) -> None:
    """Tables and figures half written, and the half copied source of a crate, which is a folder."""
    desk, other = tmp_path / "results" / "desk", tmp_path / "results" / "smoke"
    half = [desk / "paper" / ".F1.png.abc.part", desk / ".verdicts.abc.part.json", desk / ".source.part" / "a.py"]
    kept = [desk / "paper" / "F1.png", desk / "source" / "a.part.py", other / ".verdicts.abc.part.json"]
    for path in half + kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    sweep(tmp_path, "desk")
    assert not any(path.exists() for path in [*half, desk / ".source.part"])
    assert all(path.exists() for path in kept)
