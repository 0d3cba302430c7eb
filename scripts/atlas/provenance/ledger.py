"""The ledger: all records of one scale in one file, sorted, so that two runs can be laid side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from atlas.provenance.digests import sha256_json
from atlas.provenance.record import read_records

LEDGER = "ledger.json"
# What may differ between two runs that agree: when, where and how fast, and hence the record's own digest.
VOLATILE = frozenset(
    {"environment", "packages", "started", "ended", "kernel_seconds", "peak_memory_mb", "record_digest"}
)

Job = tuple[str, str, str, int]


def job_of(record: Mapping[str, Any]) -> Job:
    """(stage, paper, name, chunk) of a record, sortable: absent parts are "" and -1."""
    chunk = record["chunk"]
    return (record["stage"], record["paper"] or "", record["name"] or "", -1 if chunk is None else int(chunk))


def job_name(job: Job) -> str:
    """A job in words, e.g. ``simulate kinetic-energy/gain-scan chunk 3``."""
    stage, paper, name, chunk = job
    place = "/".join(part for part in (paper, name) if part)
    return " ".join(part for part in (stage, place, f"chunk {chunk}" if chunk >= 0 else "") if part)


def lasting(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without its volatile parts: what a second run on the same class of machine must repeat."""
    return {key: value for key, value in record.items() if key not in VOLATILE}


def ledger_digest(records: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 over the lasting parts of all records, in any order; equal for two runs that agree in them."""
    return sha256_json(sorted(sha256_json(lasting(record)) for record in records))


def collect(
    results_scale_dir: Path, papers: Iterable[str] | None = None, jobs: Collection[Job] | None = None
) -> dict[str, Any]:
    """The ledger of one scale: {scale, jobs, ledger_digest, kernel_seconds, records}, records sorted by job,
    of the given ``papers`` or all. With ``jobs`` only theirs: what earlier configs left on disk (a chunk beyond
    the last one, a theory that was taken out) is no part of the run.

    Raises RecordError for an unreadable record. Write it with ``canonical_json`` or with sorted keys.
    """
    chosen = None if papers is None else set(papers)
    found = read_records(results_scale_dir)
    records = sorted((each for each in found if chosen is None or each["paper"] in chosen), key=job_of)
    records = [each for each in records if jobs is None or job_of(each) in jobs]
    return {
        "scale": results_scale_dir.name,
        "jobs": len(records),
        "ledger_digest": ledger_digest(records),
        "kernel_seconds": round(sum(record.get("kernel_seconds", 0.0) for record in records), 3),
        "records": records,
    }
