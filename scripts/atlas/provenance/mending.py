"""Mending: which files a run must make again although Snakemake takes them for up to date.

Snakemake compares the parameters of a job with its own notes and never reads an output again: a figure edited
by hand, a truncated table, the output of another seed put in place, or results whose notes were lost stay as
they are. Before a run, every record is therefore checked against its files, the config and the code.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from atlas.provenance.checks import (
    Expected,
    check_code,
    check_config,
    check_ledger,
    check_outputs,
    check_records,
    check_seeds,
)
from atlas.provenance.closure import CodeGraph
from atlas.provenance.ledger import LEDGER
from atlas.provenance.verification import VerifyError, gathered

CHECKS = (check_records, check_outputs, check_seeds, check_config, check_code)
# Breaks that making the job again mends. A file that is gone is seen by Snakemake itself, a job that is no longer in
# the config has no rule, and another lock is for the user to decide on.
MENDED = {"record-edited", "record-misplaced", "output-changed", "two-makers", "seed-changed"}
MENDED |= {"config-changed", "code-changed", "input-absent"}


def to_remake(
    results: Path, root: Path, papers: Collection[str], expected: Expected, code: CodeGraph
) -> dict[str, str]:
    """One output of each job of these papers that must be made again → why, in one line.

    ``results``: results/<scale> below the repository ``root``; outputs are relative to it. A record that cannot be
    read stands for itself. Empty where nothing has run.
    """
    try:
        evidence, unreadable = gathered(results, root, expected=expected, code=code)
    except VerifyError:
        return {}
    files = {found.what.partition(": ")[0]: found.what for found in unreadable}
    for found in (each for check in CHECKS for each in check(evidence) if each.kind in MENDED):
        for place in found.places:
            files.setdefault(place, found.what)
    here = results.relative_to(root).as_posix()
    ours = tuple(f"{here}/{paper}/" for paper in papers)
    files = {file: why for file, why in sorted(files.items()) if file.startswith(ours)}
    for found in check_ledger(evidence):
        files.setdefault(f"{here}/{LEDGER}", found.what)
    return files
