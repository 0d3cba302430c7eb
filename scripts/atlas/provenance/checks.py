"""The single checks of a scale's records: each derives something again from disk and names what differs.

Every check takes an ``Evidence`` and yields findings; none runs a job or changes a file. Findings that say
the same of several jobs carry the same words, so that they can be told once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from atlas.provenance.chain import Chain
from atlas.provenance.closure import Closure, ClosureError, CodeGraph
from atlas.provenance.digests import canonical_json, sha256_file, sha256_json
from atlas.provenance.ledger import LEDGER, Job, job_name, job_of, lasting
from atlas.provenance.record import LOCK, SUFFIX, own_digest

# What stages put below results/<scale>/<paper>/, and the neighbours of papers that belong to none.
OUTPUT_FOLDERS = ("simulation", "theory", "comparison", "figures")
NO_PAPERS = ("benchmarks", "logs", "source")


class Expected(Protocol):
    """Today's config, asked record by record (see ``expectation.Expectation``)."""

    @property
    def root_seed(self) -> int: ...
    def slice_of(self, record: Mapping[str, Any]) -> dict[str, Any] | None: ...
    def upstream_of(self, record: Mapping[str, Any]) -> set[Job]: ...
    def scopes_of(self, record: Mapping[str, Any]) -> set[str] | None: ...


@dataclass(frozen=True)
class Finding:
    """One thing that no longer agrees: kind of break, one line, the records and files it bears on."""

    kind: str
    what: str
    places: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass
class Evidence:
    """What the checks look at: the chain, the selected records, and today's config, code and lock.

    ``whole``: no record is left out. What is None is not checked.
    """

    chain: Chain
    results: Path
    places: list[str]
    whole: bool
    expected: Expected | None = None
    code: CodeGraph | None = None
    _digests: dict[str, str | None] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.chain.root

    def selected(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The records to check with the path of each."""
        return ((place, self.chain.records[place]) for place in self.places)

    def digest(self, file: str) -> str | None:
        """SHA-256 of a file of the repository as it is on disk; None when it is not there."""
        if file not in self._digests:
            path = self.root / file
            self._digests[file] = sha256_file(path) if path.is_file() else None
        return self._digests[file]

    def files_read(self) -> int:
        return len(self._digests)


def short(digest: str | None) -> str:
    """The first digits of a digest, enough to tell two apart by eye."""
    return digest[:12] if digest else "none"


def check_records(evidence: Evidence) -> Iterator[Finding]:
    """Each record agrees with itself and lies beside the outputs that it states."""
    for place, record in evidence.selected():
        if own_digest(record) != record["record_digest"]:
            yield Finding("record-edited", f"{place}: the record was edited after the job wrote it", (place,))
        if sha256_json(record["config"]) != record["config_digest"]:
            yield Finding("record-edited", f"{place}: its config slice does not have the digest it states", (place,))
        if Closure.of(record["code"]["modules"]).digest != record["code"]["digest"]:
            yield Finding("record-edited", f"{place}: its modules do not have the code digest it states", (place,))
        stem = place.removesuffix(SUFFIX)
        strays = [file for file in record["outputs"] if not file.startswith(f"{stem}.")]
        here = PurePosixPath(place).parts
        if strays or record["scale"] not in here or (record["paper"] and record["paper"] not in here):
            about = strays[0] if strays else f"{record['scale']}/{record['paper'] or ''}"
            yield Finding("record-misplaced", f"{place}: the record is about another place, {about}", (place,))


def check_outputs(evidence: Evidence) -> Iterator[Finding]:
    """Each output is on disk with the digest its job wrote down, and one job alone claims it."""
    for place, record in evidence.selected():
        for file, stated in record["outputs"].items():
            found = evidence.digest(file)
            if found is None:
                yield Finding("output-missing", f"{file}: its job wrote it, it is gone", (place,), (file,))
            elif found != stated:
                states = f"recorded {short(stated)}, on disk {short(found)}"
                what = f"{file}: changed after its job wrote it ({states})"
                yield Finding("output-changed", what, (place,), (file,))
            if len(evidence.chain.makers[file]) > 1 and evidence.chain.makers[file][0] == place:
                what = f"{file}: claimed by {len(evidence.chain.makers[file])} records"
                yield Finding("two-makers", what, tuple(evidence.chain.makers[file]), (file,))


def check_links(evidence: Evidence) -> Iterator[Finding]:
    """Each input is what its maker recorded as an output, or, where no job made it, what is on disk."""
    results = evidence.results.relative_to(evidence.root).as_posix()
    for place, record in evidence.selected():
        for file, used in record["inputs"].items():
            maker = evidence.chain.maker(file)
            if maker is not None:
                made = evidence.chain.records[maker]["outputs"][file]
                if made != used:
                    job = evidence.chain.name(place)
                    what = f"{file}: {job} used {short(used)}, its maker now records {short(made)}"
                    yield Finding("link-broken", what, (place,), ())
            elif file.startswith(f"{results}/"):
                yield Finding("input-unrecorded", f"{file}: used as an input, no record says who made it", (place,))
            elif evidence.digest(file) != used:
                found = evidence.digest(file)
                state = f"on disk {short(found)}" if found else "gone from disk"
                yield Finding("input-changed", f"{file}: used as {short(used)}, now {state}", (place,))


def check_config(evidence: Evidence) -> Iterator[Finding]:
    """Each config slice is what today's config gives; each job stands on all jobs that the config names."""
    if evidence.expected is None:
        return
    for place, record in evidence.selected():
        name, today = evidence.chain.name(place), evidence.expected.slice_of(record)
        if today is None:
            yield Finding(
                "not-in-config", f"{name}: no such job in today's config (a leftover: may be deleted)", (place,)
            )
            continue
        makers = {evidence.chain.maker(file) for file in record["inputs"]}
        stands_on = {job_of(evidence.chain.records[maker]) for maker in makers if maker}
        absent = sorted(evidence.expected.upstream_of(record) - stands_on)
        if absent:
            what = f"{name}: did not use {job_name(absent[0])}{_and_more(absent)}, which the config names"
            yield Finding("input-absent", what, (place,))
        changes = list(slice_changes(record["config"], today))
        if changes:
            _, paper, task, _ = job_of(record)
            what = f"config of {paper}/{task or 'claims'}: {changes[0]}{_and_more(changes)}"
            yield Finding("config-changed", what, (place,))


def check_seeds(evidence: Evidence) -> Iterator[Finding]:
    """Each job drew from the config's root seed, and only from the streams of its own work items."""
    if evidence.expected is None:
        return
    for place, record in evidence.selected():
        if record["root_seed"] != evidence.expected.root_seed:
            what = f"root_seed: run with {record['root_seed']}, the config says {evidence.expected.root_seed}"
            yield Finding("seed-changed", what, (place,))
        scopes = evidence.expected.scopes_of(record)
        if scopes is not None:
            strays = [key for key in record["seed_keys"] if key.rpartition("/")[0] not in scopes]
            for key in strays[:1]:
                what = f"{place}: drew from {key}, which is no work item of this job"
                yield Finding("seed-changed", what, (place,))


def slice_changes(recorded: Any, today: Any, path: str = "") -> Iterator[str]:
    """Where two JSON values differ, as ``key.path: recorded → today``."""
    if canonical_json(recorded) == canonical_json(today):  # nearly always, and one text is cheaper than every leaf's
        return
    if isinstance(recorded, dict) and isinstance(today, dict):
        for key in sorted(recorded.keys() | today.keys()):
            below = f"{path}.{key}" if path else key
            if key not in recorded or key not in today:
                yield f"{below}: {'new' if key in today else 'gone'}"
            else:
                yield from slice_changes(recorded[key], today[key], below)
    elif _lists_of_one_length(recorded, today):
        for index, (one, other) in enumerate(zip(recorded, today, strict=True)):
            yield from slice_changes(one, other, f"{path}[{index}]")
    else:
        yield f"{path or 'slice'}: {_brief(recorded)} → {_brief(today)}"


def _lists_of_one_length(one: Any, other: Any) -> bool:
    return isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other)


def _and_more(things: Sequence[Any]) -> str:
    return f" (and {len(things) - 1} more)" if len(things) > 1 else ""


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def room_of(paper: str | None) -> str | None:
    """The module name of a paper's room (dashes become underscores)."""
    return paper.replace("-", "_") if paper else None


def check_code(evidence: Evidence) -> Iterator[Finding]:
    """Each job's modules are today's, module by module."""
    if evidence.code is None:
        return
    for place, record in evidence.selected():
        try:
            today = evidence.code.closure(record["stage"], room_of(record["paper"])).modules
        except ClosureError as error:
            yield Finding("code-missing", f"{evidence.chain.name(place)}: {error}", (place,))
            continue
        ran = record["code"]["modules"]
        if ran == today:
            continue
        for module in sorted(ran.keys() | today.keys()):
            if ran.get(module) == today.get(module):
                continue
            state = "reached only now" if module not in ran else "no longer reached"
            if module in ran and module in today:
                state = "changed since the job ran"
            yield Finding("code-changed", f"{module}: {state}", (place,))


def check_lock(evidence: Evidence) -> Iterator[Finding]:
    """Each job ran against today's lock."""
    today = evidence.digest(LOCK.as_posix())
    for place, record in evidence.selected():
        ran = record.get("packages", {}).get("lock")
        if ran != today:
            what = f"{LOCK}: the jobs ran against {short(ran)}, it is now {short(today)}"
            yield Finding("lock-changed", what, (place,))


def check_orphans(evidence: Evidence) -> Iterator[Finding]:
    """Each file among the results is an output that some record states."""
    if not evidence.whole:
        return
    folders = sorted(path for path in evidence.results.iterdir() if path.is_dir())
    for paper in (path for path in folders if path.name not in NO_PAPERS):
        inside = [file for folder in OUTPUT_FOLDERS for file in (paper / folder).rglob("*")]
        for path in sorted([*inside, *paper.glob("*.json")]):
            file = path.relative_to(evidence.root).as_posix()
            if path.is_dir() or path.name.startswith(".") or path.name.endswith(SUFFIX):
                continue
            if file not in evidence.chain.makers:
                yield Finding("no-record", f"{file}: no record says which job made it", (), (file,))


def check_ledger(evidence: Evidence) -> Iterator[Finding]:
    """The ledger of the run, where there is one, lists these records and no others."""
    path = evidence.results / LEDGER
    if not evidence.whole or not path.is_file():
        return
    try:
        listed = {job_of(record): record for record in json.loads(path.read_text(encoding="utf-8"))["records"]}
    except (ValueError, KeyError, TypeError):
        yield Finding("ledger", f"{path.relative_to(evidence.root)}: cannot be read as a ledger")
        return
    papers = {job[1] for job in listed}  # a run of some papers leaves the others out of its ledger
    records = evidence.chain.records
    expected = evidence.expected  # what earlier configs left on disk is no part of the ledger
    current = {
        place: record for place, record in records.items() if expected is None or expected.slice_of(record) is not None
    }
    here = {job_of(record): place for place, record in current.items() if (record["paper"] or "") in papers}
    for job in sorted(listed.keys() - here.keys()):
        files = tuple(listed[job]["outputs"])
        yield Finding(
            "record-missing", f"{' '.join(map(str, files))}: in the ledger, but its record is gone", (), files
        )
    for job in sorted(here.keys() - listed.keys()):
        yield Finding("ledger", "the ledger is older than these records: collect it again", (here[job],))
    for job in sorted(here.keys() & listed.keys()):
        if sha256_json(lasting(listed[job])) != sha256_json(lasting(records[here[job]])):
            what = f"{here[job]}: the ledger states other digests, config or seeds for this job"
            yield Finding("ledger", what, (here[job],))


CHECKS: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    check_lock,
    check_code,
    check_config,
    check_seeds,
    check_records,
    check_orphans,
    check_outputs,
    check_links,
    check_ledger,
)
