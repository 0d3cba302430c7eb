"""One run of the workflow as a user sees it: the config checked first, a lock of a dead run removed, a live one
respected, progress with an estimate, and the reason of a failure in the end.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from atlas.config import Atlas, ConfigError, load_atlas
from atlas.failures import failure
from atlas.provenance.record import RecordError
from atlas.scheduler import LOCAL, SLURM, SchedulerError, Watch, cancel_jobs, executor, slurm_words, wait_for_jobs
from atlas.warm import planner
from atlas.warm.door import warm_process

STEP = re.compile(r"(\d+) of (\d+) steps \(\d+%\) done")
# A job's message; not a line of the table of job counts, which begins with the same words.
MESSAGE = re.compile(r"^(?:Job \d+: )?((?:simulate|theory|compare|plot|judge|crate|page)(?:: | (?! ))\S.*)$")
PROFILES = Path("workflow/profiles")
PATIENCE = 5  # seconds for Snakemake to end by itself after an interruption
OWNER = "results/.run-owner"
REASONS = 5  # how many reasons for making something again are told


class RunError(Exception):
    """A run that cannot start or did not finish, said in one line."""


def arguments(words: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Options of the run, and what is passed on to Snakemake as it is."""
    parser = argparse.ArgumentParser(prog="scripts/run.py", description=__doc__)
    parser.add_argument("--scale", help="smoke, desk or paper (default: as in config/config.yaml)")
    parser.add_argument("--papers", help="keys with commas, or all")
    parser.add_argument("--root-seed", type=int, help="another root of all randomness")
    parser.add_argument("--cores", help="at most so many at a time (default: all; with a cluster: as its profile says)")
    parser.add_argument("--profile", help="a folder of workflow/profiles")
    args, rest = parser.parse_known_args(words)
    check(args, rest)
    return args, rest


def check(args: argparse.Namespace, rest: Sequence[str]) -> None:
    """Refuse in one line what Snakemake would answer with a page, or would take for something else."""
    if args.cores not in (None, "all") and not (args.cores.isdecimal() and int(args.cores) > 0):
        raise RunError(f"--cores: got {args.cores!r}; allowed: all, or a whole number > 0")
    known = sorted(path.parent.name for path in PROFILES.glob("*/config.yaml"))
    if args.profile and args.profile not in known:
        raise RunError(f"--profile: got {args.profile!r}; allowed: {', '.join(known)}")
    if any(word.split("=")[0] in ("--config", "-C") for word in rest):
        raise RunError("--config: is made by this script; use --scale, --papers and --root-seed")


def dry(rest: Sequence[str]) -> bool:
    """Whether the words ask Snakemake only to say what it would do (`-n`, `-np`, `--dry-run`)."""
    return any(word in ("--dry-run", "--dryrun") or re.fullmatch(r"-[a-zA-Z]*n[a-zA-Z]*", word) for word in rest)


@contextmanager
def ownership(root: Path) -> Iterator[None]:
    """Hold the directory for this run; RunError when another live run holds it.

    The kernel drops the lock with its process, so that a killed run leaves nothing to clean up. A shared disk passes
    locks on between machines, if it has any.
    """
    path = root / OWNER
    path.parent.mkdir(exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise RunError(
                f"another run owns this directory (process {file.read().strip() or 'unknown'}): wait for it"
            ) from None
        except OSError:
            pass  # a disk without locks: nobody but the user keeps two runs apart
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()} on {platform.node()}")
        file.flush()
        yield


def foreign_run(root: Path) -> int | None:
    """Process id of a live Snakemake that works in this directory, if any (one started without this script).

    Those that a batch system runs on this machine, one for each job, do not count.
    """
    import psutil

    for process in psutil.process_iter(["pid", "ppid", "cmdline", "cwd"]):
        words = process.info["cmdline"] or []
        is_run = any(Path(word).name == "snakemake" for word in words[:3]) or words[1:3] == [
            "-m",
            "snakemake",
        ]
        if (
            is_run
            and "--nolock" not in words
            and process.info["cwd"] == str(root)
            and os.getpid() not in (process.info["pid"], process.info["ppid"])  # nor the one that waits for its words
        ):
            return int(process.info["pid"])
    return None


def unlock(root: Path) -> None:
    """Remove the lock that a killed run left behind; RunError when a live run holds it."""
    if not any((root / ".snakemake" / "locks").glob("*")):
        return
    owner = foreign_run(root)
    if owner is not None:
        raise RunError(f"another run owns this directory (process {owner}): wait for it")
    for lock in (root / ".snakemake" / "locks").glob("*"):
        lock.unlink(missing_ok=True)


def sweep(root: Path, scale: str) -> None:
    """Remove what jobs of ended runs were writing when they were killed; no job may be at work."""
    for part in list((root / "results" / scale).rglob(".*.part*")):
        if part.is_dir():  # the source that a crate was copying
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def remade(root: Path, atlas: Atlas) -> list[str]:
    """Outputs that no longer are what their records, the config and the code say: made again, each with its reason."""
    from atlas.provenance.closure import CodeGraph
    from atlas.provenance.expectation import Expectation
    from atlas.provenance.facts import STORE
    from atlas.provenance.mending import to_remake

    results = root / "results" / atlas.scale
    files = to_remake(results, root, Expectation(atlas), CodeGraph.build(root / "scripts", root / STORE))
    reasons = list(dict.fromkeys(files.values()))
    for reason in reasons[:REASONS]:
        print(f"make again: {reason}", flush=True)
    if len(reasons) > REASONS:
        print(f"make again: … and {len(reasons) - REASONS} more (scripts/audit.py verify tells all)", flush=True)
    return list(files)


def place_of_jobs(args: argparse.Namespace, rest: Sequence[str]) -> str:
    """The executor of this run: ``local``, or the name of a batch system."""
    return executor(PROFILES / args.profile / "config.yaml" if args.profile else None, rest)


def command(args: argparse.Namespace, rest: Sequence[str], again: Sequence[str] = ()) -> list[str]:
    """Snakemake's words in this run; ``again``: outputs to make again whatever Snakemake's notes say.

    Where a batch system does the jobs, cores would bound the threads of each job by those of this machine: they are
    passed on only when the user names them.
    """
    cores = args.cores or ("all" if place_of_jobs(args, rest) == LOCAL else None)
    chosen = [f"scale={args.scale}"] if args.scale else []
    chosen += [f"papers={args.papers}"] if args.papers else []
    chosen += [f"root_seed={args.root_seed}"] if args.root_seed is not None else []
    words = ["--cores", cores] if cores else []
    words += [*(["--forcerun", *again] if again else []), "--rerun-incomplete"]
    words += ["--workflow-profile", f"workflow/profiles/{args.profile}"] if args.profile else []
    return [*words, *rest, *(["--config", *chosen] if chosen else [])]  # last: it takes all words that follow


def follow(lines: Iterable[str], console: Console) -> list[str]:
    """Show progress from Snakemake's own messages; the lines of its closing summary are printed as they come."""
    kept: list[str] = []
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("planning", total=None)
        for line in lines:
            kept.append(line)
            if found := STEP.search(line):
                progress.update(task, completed=int(found[1]), total=int(found[2]))
            elif found := MESSAGE.match(line):
                progress.update(task, description=found[1][:60])
                if not console.is_terminal:
                    print(found[1], flush=True)
    return kept


def end(process: subprocess.Popen[str]) -> None:
    """Wait until Snakemake and its jobs have ended, asking ever more firmly: it passes no signal on to them.

    Ctrl-C in a terminal has reached all of them already; who was started in the background may ignore it.
    """
    import psutil

    for firmer in (None, signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if firmer is not None:
            with suppress(psutil.NoSuchProcess):
                family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
                for each in family:
                    with suppress(psutil.NoSuchProcess):
                        each.send_signal(firmer)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=PATIENCE)
            return


def environment() -> dict[str, str]:
    """The variables of Snakemake and of what it starts."""
    return {**os.environ, "ATLAS_QUIET": "1", "PYTHONUNBUFFERED": "1"}


@contextmanager
def snakemake_ahead(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Snakemake in its own process, reading its libraries until `call` tells what to do; ended with the context."""
    process = subprocess.Popen(
        [sys.executable, planner.__file__, "snakemake"],
        cwd=root,
        env=environment(),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.poll() is None:  # nothing was to do: `call` returns only when it has ended
            process.kill()
            process.communicate()


def tell(process: subprocess.Popen[str], words: Sequence[str], environment: dict[str, str]) -> None:
    """Tell the waiting Snakemake its words and the variables of its jobs."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it has ended: its last words are read like any others
        json.dump({"words": list(words), "environment": environment}, process.stdin)
        process.stdin.close()
    process.stdin = None


def call(
    process: subprocess.Popen[str],
    words: Sequence[str],
    root: Path,
    log: Path,
    console: Console,
    env: dict[str, str],
    jobs: str = LOCAL,
) -> list[str]:
    """Let the waiting Snakemake run and return its lines; when this process is interrupted, only after that has ended.

    ``env``: variables that its jobs get besides those of this process. ``jobs``: the executor that does them.
    """
    tell(process, words, env)
    assert process.stdout is not None
    watch = Watch(root, process.kill)
    if jobs == SLURM:
        watch.start()
    try:
        with log.open("wb", buffering=0) as file:
            kept = follow(written(process.stdout, file, watch.hear), console)
        code = process.wait()
    except BaseException as error:
        end(process)
        if jobs == SLURM and isinstance(error, KeyboardInterrupt):
            cancel_jobs(root)
        raise
    finally:
        watch.over.set()
    if watch.fired:
        raise RunError(f"Snakemake lost sight of its Slurm jobs; the same command continues (whole log: {log})")
    if code:
        raise RunError(failure(kept, log))
    return kept


def run(root: Path, words: Sequence[str]) -> None:
    """One run; raises RunError or ConfigError."""
    args, rest = arguments(words)
    with snakemake_ahead(root) as process:
        started_run(root, args, rest, process)


def started_run(root: Path, args: argparse.Namespace, rest: list[str], process: subprocess.Popen[str]) -> None:
    """One run with its words understood and Snakemake's process at the start."""
    overrides = {"scale": args.scale, "papers": args.papers, "root_seed": args.root_seed}
    atlas = load_atlas(root / "config", overrides)
    console, started = Console(), time.time()
    log = root / "results" / f"run.{atlas.scale}.log"
    with ownership(root):
        unlock(root)
        jobs = place_of_jobs(args, rest)
        if jobs == SLURM and not dry(rest):
            rest = [*rest, *slurm_words(rest)]
            wait_for_jobs(root, lambda text: print(text, flush=True))
        if not dry(rest):
            sweep(root, atlas.scale)
        again = remade(root, atlas)
        with nullcontext(dict[str, str]()) if dry(rest) or jobs != LOCAL else warm_process(environment()) as env:
            kept = call(process, command(args, rest, again), root, log, console, env, jobs)
    if dry(rest):
        print("\n".join(kept))
        return
    from atlas.summary import show

    cores = int(args.cores) if (args.cores or "all") != "all" else os.cpu_count() or 1
    show(root / "results" / atlas.scale, list(atlas.papers), started, cores if jobs == LOCAL else None)


def written(lines: Iterable[str], file: BinaryIO, hear: Callable[[], None]) -> Iterator[str]:
    """Pass the lines on and keep them in the run's log; a full disk must not hide why the run ends."""
    for line in lines:
        hear()
        text = line.rstrip("\n")
        with suppress(OSError):
            file.write(f"{text}\n".encode())
        yield text


def main(root: Path, words: Sequence[str]) -> int:
    """Exit code 0, or 1 with one line on stderr."""
    os.chdir(root)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a batch system: as by Ctrl-C
    try:
        run(root, words)
    except (ConfigError, OSError, RecordError, RunError, SchedulerError) as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("run: interrupted; the same command continues", file=sys.stderr)
        return 130
    return 0
