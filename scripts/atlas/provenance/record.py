"""The record that every job writes beside its outputs, and the reader of all records of one scale.

A record is one JSON object:

    stage, scale, paper, name, chunk   which job (paper, name, chunk null where a stage has none)
    config, config_digest              the slice of the config that the job depends on, and its SHA-256
    root_seed, seed_keys               the root of all randomness, the names of the streams drawn from
    code {digest, modules}             the import closure: module → SHA-256 of its syntax tree
    inputs, outputs                    path → SHA-256; paths relative to the repository, forward slashes
    environment, packages              the live process; the live packages against the lock
    started, ended                     UTC, ISO 8601
    kernel_seconds, peak_memory_mb     time in the science itself, the largest resident memory
    record_digest                      SHA-256 of all of the above: an edited record contradicts itself
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from atlas.files import write_text
from atlas.provenance.closure import Closure
from atlas.provenance.digests import sha256_file, sha256_json
from atlas.provenance.environment import compare_with_lock, environment, peak_memory_mb

FORMAT = 1
SUFFIX = ".record.json"
LOCK = Path("requirements/runtime.lock")


class RecordError(ValueError):
    """A record is unreadable or not of this format."""


def relative_path(path: Path, root: Path) -> str:
    """``path`` relative to the repository, with forward slashes; raises RecordError when it lies outside."""
    try:
        return Path(os.path.abspath(path)).relative_to(os.path.abspath(root)).as_posix()
    except ValueError:
        raise RecordError(f"{path}: lies outside the repository {root}") from None


def record_path(output: Path) -> Path:
    """Where the record of an output belongs: beside it (``a/b.npz`` → ``a/b.record.json``)."""
    return output.with_suffix(SUFFIX)


def write_record(
    path: Path,
    *,
    stage: str,
    scale: str,
    paper: str | None,
    name: str | None,
    chunk: int | None,
    config: Mapping[str, Any],
    config_digest: str,
    root_seed: int,
    seed_keys: Sequence[str],
    code: Closure,
    inputs: Sequence[Path],
    outputs: Sequence[Path],
    started: datetime | float,
    ended: datetime | float,
    kernel_seconds: float,
    root: Path,
) -> dict[str, Any]:
    """Digest inputs and outputs, add the environment of this process, write the record as one whole file.

    ``root``: the repository; all paths are stored relative to it. ``started`` and ``ended``: aware datetimes,
    or seconds since 1970. Returns the record. Raises RecordError for a path outside the repository, OSError
    for a missing file.
    """
    facts: dict[str, Any] = {
        "format": FORMAT,
        "stage": stage,
        "scale": scale,
        "paper": paper or None,
        "name": name or None,
        "chunk": chunk,
        "config": dict(config),
        "config_digest": config_digest,
        "root_seed": root_seed,
        "seed_keys": sorted(set(seed_keys)),
        "code": {"digest": code.digest, "modules": code.modules},
        "inputs": {relative_path(file, root): sha256_file(file) for file in inputs},
        "outputs": {relative_path(file, root): sha256_file(file) for file in outputs},
        "environment": environment(),
        "packages": compare_with_lock(root / LOCK),
        "started": _moment(started),
        "ended": _moment(ended),
        "kernel_seconds": kernel_seconds,
        "peak_memory_mb": peak_memory_mb(),
    }
    record = {key: value for key, value in facts.items() if key != "peak_memory_mb" or value is not None}
    record["record_digest"] = sha256_json(record)
    write_text(path, json.dumps(record, indent=1, sort_keys=True, allow_nan=False) + "\n")
    return record


def _moment(time: datetime | float) -> str:
    if not isinstance(time, datetime):
        time = datetime.fromtimestamp(time, UTC)
    if time.tzinfo is None:
        raise RecordError(f"time {time}: has no time zone; use datetime.now(UTC)")
    return time.astimezone(UTC).isoformat(timespec="milliseconds")


def own_digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record without its own digest; equals ``record["record_digest"]`` unless it was edited."""
    return sha256_json({key: value for key, value in record.items() if key != "record_digest"})


def read_record(path: Path) -> dict[str, Any]:
    """One record; raises RecordError when it cannot be read or lacks a part."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RecordError(f"{path}: cannot be read as a record ({type(error).__name__})") from None
    needed = {"stage", "paper", "name", "chunk", "config", "code", "inputs", "outputs", "record_digest"}
    lacking = sorted(needed - set(record)) if isinstance(record, dict) else sorted(needed)
    if lacking:
        raise RecordError(f"{path}: is no record of a job; it lacks {', '.join(lacking)}")
    return dict(record)


def record_files(results_scale_dir: Path) -> list[Path]:
    """All record files below one scale's results, sorted, without the dot files of unfinished writes."""
    found = results_scale_dir.rglob(f"*{SUFFIX}")
    return sorted(path for path in found if not path.name.startswith("."))


def read_records(results_scale_dir: Path) -> list[dict[str, Any]]:
    """All records below one scale's results, sorted by path; RecordError for the first unreadable one."""
    return [read_record(path) for path in record_files(results_scale_dir)]
