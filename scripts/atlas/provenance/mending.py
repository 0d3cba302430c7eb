"""Mending: which files a run must make again although Snakemake takes them for up to date.

Snakemake compares the parameters of a job with its own notes, never reads an output again, and does not miss an
intermediate file while the last ones are there. A figure edited by hand, a truncated table, a deleted record, the
output of another seed put in place, or results whose notes were lost therefore stay as they are. Before a run every
record is checked against its files, the config and the code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from atlas.provenance.checks import (
    check_code,
    check_config,
    check_ledger,
    check_outputs,
    check_records,
    check_seeds,
)
from atlas.provenance.closure import CodeGraph
from atlas.provenance.expectation import Expectation
from atlas.provenance.ledger import LEDGER, job_of
from atlas.provenance.verification import VerifyError, gathered

CHECKS = (check_records, check_outputs, check_seeds, check_config, check_code)
# Breaks of a job that making it again mends. Another lock is for the user to decide on.
MENDED = {"record-edited", "record-misplaced", "output-changed", "output-missing", "two-makers", "seed-changed"}
MENDED |= {"config-changed", "code-changed"}


def to_remake(results: Path, root: Path, expected: Expectation, code: CodeGraph) -> dict[str, str]:
    """The record of each job of the config that must be made again, or the ledger → why, in one line.

    ``results``: results/<scale> below the repository ``root``; the files are relative to it. Jobs that never ran are
    left out: Snakemake sees to them. Empty where nothing has run.
    """
    try:
        evidence, unreadable = gathered(results, root, expected=expected, code=code)
    except VerifyError:
        return {}
    here = results.relative_to(root).as_posix()
    reasons = {found.what.partition(": ")[0]: found.what for found in unreadable}
    for found in (each for check in CHECKS for each in check(evidence) if each.kind in MENDED):
        for place in found.places:
            reasons.setdefault(place, found.what)
    for place in _gone(results, here, expected):
        reasons.setdefault(place, f"{place}: is gone")
    known = {f"{here}/{place}" for place in expected.places().values()}
    reasons = {place: why for place, why in sorted(reasons.items()) if place in known}
    for found in check_ledger(evidence):
        if found.kind == "ledger":
            reasons.setdefault(f"{here}/{LEDGER}", found.what)
    return reasons


def _gone(results: Path, here: str, expected: Expectation) -> Iterator[str]:
    """Records of jobs that the ledger lists and the config names, which are not on disk."""
    places = expected.places()
    try:
        listed = [job_of(record) for record in json.loads((results / LEDGER).read_bytes())["records"]]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for job in listed:
        if job in places and not (results / places[job]).is_file():
            yield f"{here}/{places[job]}"
