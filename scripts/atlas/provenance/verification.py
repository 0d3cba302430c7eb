"""Verify: derive every digest of a scale's results again from disk; say what differs and what it taints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from atlas.provenance.chain import Chain, Taint
from atlas.provenance.checks import CHECKS, Evidence, Expected, Finding
from atlas.provenance.closure import CodeGraph
from atlas.provenance.record import SUFFIX, RecordError, read_record, record_files, relative_path

# Breaks that explain others, told first.
CAUSES = {"lock-changed", "code-missing", "code-changed", "config-changed", "not-in-config", "seed-changed"}
STAGES = ("simulate", "theory", "compare", "plot", "judge", "page", "crate")


class VerifyError(ValueError):
    """Verify was asked about something that it cannot look at."""


@dataclass(frozen=True)
class Broken:
    """One broken link: its kind, one line on what changed, the jobs it bears on, what it taints."""

    kind: str
    what: str
    jobs: tuple[str, ...]
    taint: Taint


@dataclass(frozen=True)
class Report:
    """Outcome of verify: ``broken`` (causes first), ``notes`` that break nothing, how much was checked."""

    scale: str
    broken: tuple[Broken, ...]
    notes: tuple[str, ...]
    records: int
    files: int

    @property
    def sound(self) -> bool:
        """Whether every link holds."""
        return not self.broken

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form, with ``sound``."""
        return {"sound": self.sound, **asdict(self)}


def verify(
    results: Path,
    root: Path,
    *,
    expected: Expected | None = None,
    code: CodeGraph | None = None,
    paths: Iterable[Path] = (),
) -> Report:
    """Check all records of one scale, or those behind the given files and folders, without running a job.

    ``results``: results/<scale> below the repository ``root``. ``expected``: today's config, asked record by
    record. ``code``: today's code. Derived again from disk: digests of outputs, of inputs, of config slices,
    of code closures, of the lock; each record against itself; every input against its maker's record; the
    ledger. Raises VerifyError for a place without records or a path no job made.
    """
    evidence, findings = gathered(results, root, expected=expected, code=code, paths=paths)
    findings += (found for check in CHECKS for found in check(evidence))
    return Report(
        results.name,
        _merged(findings, evidence.chain),
        tuple(_notes(evidence)),
        len(evidence.places),
        evidence.files_read(),
    )


def gathered(
    results: Path,
    root: Path,
    *,
    expected: Expected | None = None,
    code: CodeGraph | None = None,
    paths: Iterable[Path] = (),
) -> tuple[Evidence, list[Finding]]:
    """What the checks look at, and a finding for each record that cannot be read; as ``verify``."""
    results, root = results.resolve(), root.resolve()
    records, unreadable = _read(results, root)
    if not records and not unreadable:
        raise VerifyError(f"{results}: holds no record of any job")
    chain = Chain.of(records, root)
    wanted = [_place_or_folder(path, chain, results) for path in paths]
    places = chain.upstream(place for found in wanted for place in found) if wanted else sorted(records)
    return Evidence(chain, results, places, not wanted, expected, code), [] if wanted else unreadable


def _read(results: Path, root: Path) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
    records, unreadable = {}, []
    for path in record_files(results):
        place = relative_path(path, root)
        try:
            records[place] = read_record(path)
        except RecordError as error:
            reason = str(error).partition(": ")[2]
            beside = sorted(path.parent.glob(f"{path.name.removesuffix(SUFFIX)}.*"))
            files = tuple(relative_path(file, root) for file in beside if file != path)
            unreadable.append(Finding("record-unreadable", f"{place}: {reason}", (), files))
    return records, unreadable


def _place_or_folder(path: Path, chain: Chain, results: Path) -> list[str]:
    """The records of what a path names: a folder, an output or a record."""
    place = relative_path(path.resolve(), chain.root)
    found = [name for name in chain.records if name == place or name.startswith(f"{place}/")]
    found = found or chain.makers.get(place, [])
    if not found:
        raise VerifyError(f"{place}: no record in {results.name} says who made it")
    return found


def _merged(findings: list[Finding], chain: Chain) -> tuple[Broken, ...]:
    """Findings with the same words told once, with all their jobs; causes first, then along the stages."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.what), []).append(finding)
    merged = []
    for (kind, what), group in groups.items():
        places = sorted({place for finding in group for place in finding.places})
        files = sorted({file for finding in group for file in finding.files})
        jobs = sorted((_stage_rank(chain, place), chain.name(place)) for place in places)
        first = jobs[0][0] if jobs else -1
        broken = Broken(kind, what, tuple(name for _, name in jobs), chain.taint(places, files))
        merged.append((first, broken))
    merged.sort(key=lambda item: (item[1].kind not in CAUSES, item[0]))
    return tuple(broken for _, broken in merged)


def _stage_rank(chain: Chain, place: str) -> int:
    stage = chain.records[place]["stage"]
    return STAGES.index(stage) if stage in STAGES else len(STAGES)


def _notes(evidence: Evidence) -> list[str]:
    """Facts an auditor should know that break no link: packages other than the lock's, mixed processors."""
    drifted: Counter[str] = Counter()
    for _, record in evidence.selected():
        for item in record.get("packages", {}).get("differences", ()):
            drifted[f"{item['package']} {item['live'] or 'missing'} instead of {item['locked']}"] += 1
    notes = [f"{count} jobs ran with {what}" for what, count in sorted(drifted.items())]
    classes = {
        record["environment"]["processor"]["class"]
        for _, record in evidence.selected()
        if "class" in record.get("environment", {}).get("processor", {})
    }
    if len(classes) > 1:
        notes.append(f"jobs ran on processors of different classes: {', '.join(sorted(classes))}")
    return notes
