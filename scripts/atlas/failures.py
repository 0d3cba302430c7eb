"""Why a run failed, in one line: read from what Snakemake said, the logs of the job and those of the batch system."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from atlas.scheduler import ending

FAILED = re.compile(r"^Error in rule (\w+):")
GROUP = re.compile(r"^    message: Error in group (\w+)")
FINISHED = re.compile(r"^Finished jobid: (\S+)")
JOB = re.compile(r"^\s+jobid: (\S+)")
LOGS = re.compile(r"^\s+log:\s+(\S.*)")
LOG = re.compile(r"[^\s,]+\.log\b")
PROGRESS = re.compile(r"^\d+ of \d+ done, ")  # what jobs say while all is well
LITTLE = 2**20  # bytes on a disk: too few to write even what went wrong


def reports(lines: Sequence[str]) -> list[list[str]]:
    """Snakemake's reports of jobs that failed, each line by line."""
    found: list[list[str]] = []
    for line in lines:
        if FAILED.match(line) or GROUP.match(line):
            found.append([line])
        elif found and line[:1].isspace():
            found[-1].append(line)
    return found


def lasting(kept: Sequence[str]) -> list[list[str]]:
    """The reports of jobs that failed for good: not of those that ended well when they were tried again."""
    ended = {each[1] for line in kept if (each := FINISHED.match(line))}
    return [each for each in reports(kept) if not ended & {found[1] for line in each if (found := JOB.match(line))}]


def logs_of(report: Sequence[str]) -> list[str]:
    """The logs that a report names first: the job's own, then that of the batch system."""
    found = (LOG.findall(each[1]) for line in report if (each := LOGS.match(line)))
    return next(found, [])


def told(report: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """The rule, the report and the logs of a failed job; of a group its member that failed, which only the batch
    system's log of the group tells.
    """
    head, logs = FAILED.match(report[0]), logs_of(report)
    if head:
        return head[1], list(report), logs
    members = [each for log in logs if Path(log).is_file() for each in reports(Path(log).read_text().split("\n"))]
    if not members:
        return "group", list(report), logs
    return members[0][0].split()[-1].rstrip(":"), [*members[0], *report], [*logs_of(members[0]), *logs]


def last_words(log: str) -> list[str]:
    """What a job said in the end of its log, without its progress."""
    words = Path(log).read_text(errors="replace").split("\n") if Path(log).is_file() else []
    return [word.strip() for word in words if word.strip() and not PROGRESS.match(word)]


def failure(kept: Sequence[str], log: Path) -> str:
    """What went wrong: how a job ended, or the last line of its log, or Snakemake's own words."""
    for report in lasting(kept):
        stage, lines, logs = told(report)
        end, said = ending(stage, lines, logs), [word for each in logs[:1] for word in last_words(each)]
        if not logs and end is None:
            continue
        if not said and shutil.disk_usage(log.parent).free < LITTLE:
            return f"no space left on the disk of {log.parent}; with room the same command continues"
        reason = end or (said[-1] if said else f"{stage} ended without a word, killed?")
        there = [each.removeprefix(f"{Path.cwd()}/") for each in logs if Path(each).is_file()]
        return f"{reason} (log: {', '.join(there or ([str(log)] if end else logs))})"
    lines = [line.strip() for line in kept if line.strip()]
    known = [line for line in lines if re.search("[Ee]rror|Exception", line)]
    if known and known[-1].endswith(":") and known[-1] != lines[-1]:  # a headline: the reason follows it
        known.append(lines[lines.index(known[-1]) + 1])
    return f"{known[-1] if known else 'the run failed'} (whole log: {log})"
