"""The committed expectation of verdicts: CSV with the columns claim, verdict, why. Pure functions on text.

A run is green whatever its verdicts; a change against the committed table must be explained there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from atlas.claims.verdict import VERDICTS, Verdict

COLUMNS = ("claim", "verdict", "why")


class ExpectationError(ValueError):
    """A table of expected verdicts that cannot be read: one line with the line number."""


@dataclass(frozen=True)
class Expected:
    """The expected verdict of a claim and why."""

    verdict: Verdict
    why: str


def parse_expectation(text: str) -> dict[str, Expected]:
    """Claim id -> expected verdict from CSV text.

    Raises ExpectationError for another header, a row of other length, an unknown verdict, or a claim named
    twice.
    """
    reader = csv.reader(io.StringIO(text))
    header = next(reader, [])
    if tuple(header) != COLUMNS:
        raise ExpectationError(f"line 1: got header {','.join(header)!r}; allowed: {','.join(COLUMNS)}")
    expected: dict[str, Expected] = {}
    for row in reader:
        if not row:
            continue
        if len(row) != len(COLUMNS):
            raise ExpectationError(f"line {reader.line_num}: got {len(row)} fields; allowed: {','.join(COLUMNS)}")
        claim, verdict, why = row
        if verdict not in VERDICTS:
            raise ExpectationError(f"line {reader.line_num}: {claim}: got {verdict!r}; allowed: {', '.join(VERDICTS)}")
        if claim in expected:
            raise ExpectationError(f"line {reader.line_num}: {claim}: named twice")
        expected[claim] = Expected(verdict, why)
    return expected


def differences(expected: Mapping[str, Expected], verdicts: Mapping[str, str]) -> list[str]:
    """The differences between the expectation and a run's verdicts (claim id -> verdict), one line each.

    Changed verdicts, claims missing from the run, and claims unknown to the expectation; in order of the
    claims.
    """
    lines = []
    for claim in sorted({*expected, *verdicts}, key=claim_order):
        if claim not in verdicts:
            lines.append(f"{claim}: missing: expected {expected[claim].verdict}, not in this run")
        elif claim not in expected:
            lines.append(f"{claim}: unknown: {verdicts[claim]} in this run, not in the expectation")
        elif verdicts[claim] != expected[claim].verdict:
            why = f" ({expected[claim].why})" if expected[claim].why else ""
            lines.append(f"{claim}: changed: expected {expected[claim].verdict}{why}, now {verdicts[claim]}")
    return lines


def render_expectation(verdicts: Mapping[str, str], previous: Mapping[str, Expected] | None = None) -> str:
    """CSV text of a run's verdicts, with the `why` from `previous` where the verdict is unchanged.

    Raises ExpectationError for an unknown verdict.
    """
    kept = {} if previous is None else previous
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for claim in sorted(verdicts, key=claim_order):
        if verdicts[claim] not in VERDICTS:
            raise ExpectationError(f"{claim}: got {verdicts[claim]!r}; allowed: {', '.join(VERDICTS)}")
        same = claim in kept and kept[claim].verdict == verdicts[claim]
        writer.writerow((claim, verdicts[claim], kept[claim].why if same else ""))
    return stream.getvalue()


def claim_order(claim: str) -> tuple[str, int, str]:
    """Sort key: paper.C2 before paper.C10, C8a before C8b."""
    stem, _, label = claim.rpartition(".")
    digits = "".join(character for character in label if character.isdigit())
    return stem, int(digits) if digits.isascii() and digits else 0, label
