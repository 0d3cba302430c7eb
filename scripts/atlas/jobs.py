"""What every job script does around its science: read the spec, refuse a stale one, time the kernels, write the record.

A job script is `run(stage, work)`: `work` gets a `Job` that knows its paper, its task, its inputs and outputs. The
workflow passes the digest of the config slice for which it planned the job; the job derives the slice anew from the
config files and refuses to run when they were edited in between, so that no output can belong to another config.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from atlas.config import Atlas, ConfigError, PaperConfig, load_atlas, slice_digest
from atlas.provenance.closure import ROOM_MODULES, Closure, ClosureError, CodeGraph
from atlas.provenance.facts import STORE
from atlas.provenance.record import RecordError
from atlas.threads import THREAD_VARIABLES

if TYPE_CHECKING:
    from atlas.config.seeds import Streams

SCRIPTS = Path(__file__).resolve().parents[1]


class JobError(Exception):
    """A job that cannot do its work, said in one line."""


@dataclass
class Job:
    """One job of one stage: its place in the config, its files, and the account that its record will give."""

    stage: str
    atlas: Atlas
    paper: PaperConfig
    name: str
    chunk: int | None
    inputs: list[Path]
    outputs: list[Path]
    kernel_seconds: float = 0.0
    seed_keys: list[str] = field(default_factory=list)

    @cached_property
    def config(self) -> dict[str, Any]:
        """The slice of the config on which this job depends."""
        return config_slice(self.atlas, self.stage, self.paper.key, self.name, self.chunk)

    @cached_property
    def room(self) -> ModuleType:
        """The module of the paper's room that serves this stage."""
        return importlib.import_module(f"atlas.papers.{self.paper.room}.{ROOM_MODULES[self.stage]}")

    def function(self, name: str) -> Callable[..., Any]:
        """The public function of the room that does what the config calls `name` (dashes become underscores)."""
        word = name.replace("-", "_").lower()
        found = getattr(self.room, word, None)
        if not callable(found):
            raise JobError(f"{self.room.__name__} has no function {word!r} that {self.paper.path} asks for")
        return found

    @contextmanager
    def kernel(self) -> Iterator[None]:
        """Count the time spent inside as time in kernels (the rest of a job is overhead)."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.kernel_seconds += time.perf_counter() - start

    def streams(self, scope: str) -> Streams:
        """The random streams of one work item; their keys go into the record."""
        from atlas.config.seeds import Streams

        return Streams(self.atlas.root_seed, scope)

    def progress(self, items: Iterable[Any], total: int) -> Iterator[Any]:
        """Pass the items on, saying after each how many are done and how long the rest may take."""
        start = time.perf_counter()
        for done, item in enumerate(items, start=1):
            yield item
            spent = time.perf_counter() - start
            print(
                f"{done} of {total} done, {spent:.1f} s, about {spent / done * (total - done):.1f} s to go",
                flush=True,
            )


def config_slice(atlas: Atlas, stage: str, paper: str, name: str, chunk: int | None) -> dict[str, Any]:
    """The part of the config that one job depends on, as plain JSON types; the workflow and the audit ask here too."""
    config = atlas.papers[paper]
    if stage == "simulate":
        return config.experiment(name, atlas.scale).chunk_slice(chunk or 0, atlas.root_seed)
    if stage == "theory":
        return {**config.theory(name, atlas.scale).slice(), "root_seed": atlas.root_seed}
    if stage == "compare":
        return config.comparison_slice(name)
    if stage == "plot":
        return config.figure_slice(name, atlas.scale)
    return config.judge_slice()


def arguments(stage: str) -> argparse.Namespace:
    """The command line that the workflow gives to every job script."""
    parser = argparse.ArgumentParser(prog=f"scripts/{stage}.py", description=f"One {stage} job of the Atlas.")
    parser.add_argument("--scale", required=True)
    parser.add_argument("--paper", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--chunk", type=int)
    parser.add_argument("--root-seed", type=int, required=True)
    parser.add_argument("--digest", help="of the config slice for which the job was planned")
    parser.add_argument("--config-dir", type=Path, default=Path("config"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--inputs", type=Path, nargs="*", default=[])
    parser.add_argument("--outputs", type=Path, nargs="+", required=True)
    parser.add_argument("--record", type=Path, required=True)
    return parser.parse_args()


def open_job(stage: str, args: argparse.Namespace) -> Job:
    """The job that the command line names; raises JobError when the config is no longer the planned one."""
    overrides = {"scale": args.scale, "root_seed": args.root_seed, "papers": [args.paper]}
    atlas = load_atlas(args.config_dir, overrides)
    job = Job(stage, atlas, atlas.papers[args.paper], args.name, args.chunk, args.inputs, args.outputs)
    if args.digest and slice_digest(job.config) != args.digest:
        raise JobError(f"{job.paper.path} was edited while the run was on: start the run again")
    return job


def run(stage: str, work: Callable[[Job], None]) -> None:
    """Do one job and write its record; a known error is one line on stderr and exit code 1."""
    args = arguments(stage)
    for variable in THREAD_VARIABLES:  # before numpy is imported, so that BLAS obeys
        os.environ[variable] = str(args.threads)
    started = time.time()
    try:
        job = open_job(stage, args)
        code = code_of(job)
        work(job)
        if code_of(job) != code:
            raise JobError("its code was edited while the job ran: start the run again")
        record(job, code, args.record, started)
    except (ClosureError, ConfigError, JobError, RecordError) as error:
        sys.exit(f"{stage}: {error}")


def code_of(job: Job) -> Closure:
    """The first-party code that the job can reach, as it is on disk now."""
    return CodeGraph.build(SCRIPTS, SCRIPTS.parent / STORE).closure(job.stage, job.paper.room)


def record(job: Job, code: Closure, path: Path, started: float) -> None:
    """Write the job's record beside its output."""
    from atlas.provenance.record import write_record

    write_record(
        path,
        stage=job.stage,
        scale=job.atlas.scale,
        paper=job.paper.key,
        name=job.name,
        chunk=job.chunk,
        config=job.config,
        config_digest=slice_digest(job.config),
        root_seed=job.atlas.root_seed,
        seed_keys=job.seed_keys,
        code=code,
        inputs=job.inputs,
        outputs=job.outputs,
        started=started,
        ended=time.time(),
        kernel_seconds=job.kernel_seconds,
        root=SCRIPTS.parent,
    )
