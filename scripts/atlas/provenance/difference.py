"""Diff: two runs or two figures; the same, the same data drawn otherwise, or other data, and by how much.

Deviations are given in standard errors, |a - b| / sqrt(e_a² + e_b²) with the errors e that stand beside a
value in the column ``<name>_error``, and relative, |a - b| / max(|a|, |b|).
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from atlas.provenance.chain import VERDICTS, read_claims
from atlas.provenance.digests import sha256_file
from atlas.provenance.ledger import LEDGER, Job, job_name, job_of
from atlas.provenance.record import SUFFIX, read_records

SAME, DRAWING, DATA = "same", "same data, other drawing", "other data"
ERROR = "_error"


class DiffError(ValueError):
    """Two things that cannot be compared."""


@dataclass(frozen=True)
class Deviation:
    """The largest deviation of its kind: where (row, column), both values, and the size."""

    where: str
    column: str
    a: float
    b: float
    size: float


@dataclass(frozen=True)
class TableDifference:
    """Two tables: rows that only one has, cells that differ, the largest deviations (None: there is none)."""

    only_a: int
    only_b: int
    cells: int
    in_errors: Deviation | None
    relative: Deviation | None

    @property
    def same(self) -> bool:
        """Whether both hold the same rows with the same values."""
        return not (self.only_a or self.only_b or self.cells)


@dataclass(frozen=True)
class Difference:
    """One compared thing: its name, one of the three verdicts above, why, and by how much."""

    name: str
    verdict: str
    causes: tuple[str, ...]
    table: TableDifference | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def compare_figures(a: Path, b: Path) -> Difference:
    """Two figures, each named by any of its files: their plotted numbers, then their drawings byte by byte.

    Raises DiffError when one has no CSV of its numbers.
    """
    one, other = _figure_files(a), _figure_files(b)
    table = compare_tables(one[".csv"], other[".csv"])
    if not table.same:
        return Difference(f"{a} {b}", DATA, (), table)
    drawings = sorted((one.keys() | other.keys()) - {".csv"})
    unlike = [suffix for suffix in drawings if not _equal(one.get(suffix), other.get(suffix))]
    return Difference(f"{a} {b}", DRAWING if unlike else SAME, tuple(unlike), table)


def _figure_files(path: Path) -> dict[str, Path]:
    stem = path.name.partition(".")[0]
    files = {file.name[len(stem) :]: file for file in sorted(path.parent.glob(f"{stem}.*"))}
    files.pop(SUFFIX, None)
    if ".csv" not in files:
        raise DiffError(f"{path}: no {stem}.csv with its numbers beside it")
    return files


def _equal(a: Path | None, b: Path | None) -> bool:
    return a is not None and b is not None and sha256_file(a) == sha256_file(b)


def compare_tables(a: Path, b: Path) -> TableDifference:
    """Two CSV tables, rows matched by their texts and their order; raises DiffError for what is no table."""
    one, other = _rows(a), _rows(b)
    pairs = [(key, one[key], other[key]) for key in one if key in other]
    cells, in_errors, relative = 0, None, None
    for (texts, _), row_a, row_b in pairs:
        where = " ".join(texts)
        for column in row_a.keys() | row_b.keys():
            x, y = row_a.get(column, math.nan), row_b.get(column, math.nan)
            if x == y or (math.isnan(x) and math.isnan(y)):
                continue
            cells += 1
            relative = _larger(relative, Deviation(where, column, x, y, _relative(x, y)))
            spread = math.hypot(row_a.get(f"{column}{ERROR}", 0.0), row_b.get(f"{column}{ERROR}", 0.0))
            if spread > 0:
                in_errors = _larger(in_errors, Deviation(where, column, x, y, abs(x - y) / spread))
    return TableDifference(len(one.keys() - other.keys()), len(other.keys() - one.keys()), cells, in_errors, relative)


def _relative(x: float, y: float) -> float:
    size = max(abs(x), abs(y))
    return abs(x - y) / size if math.isfinite(size) and size > 0 else math.inf


def _larger(known: Deviation | None, new: Deviation) -> Deviation | None:
    """The larger of two deviations; equal ones by name, so that the answer does not depend on the order."""
    if math.isnan(new.size):
        return known
    order = (new.size, new.where, new.column)
    return new if known is None or order > (known.size, known.where, known.column) else known


def _rows(path: Path) -> dict[tuple[tuple[str, ...], int], dict[str, float]]:
    """Numbers by column (empty: nan) of each row of a CSV, by its texts and its count among such rows."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DiffError(f"{path}: cannot be read as a table ({type(error).__name__})") from None
    seen: Counter[tuple[str, ...]] = Counter()
    found = {}
    for row in rows:
        numbers = {column: value for column, text in row.items() if (value := _number(text)) is not None}
        texts = tuple(text for column, text in row.items() if column not in numbers)
        found[texts, seen[texts]] = numbers
        seen[texts] += 1
    return found


def _number(text: str | None) -> float | None:
    if not text:
        return math.nan
    try:
        return float(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class RunDifference:
    """Two runs: overall verdict, jobs that differ or that only one has, claims whose verdict changed."""

    verdict: str
    equal_jobs: int
    differences: tuple[Difference, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    verdicts: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form."""
        return asdict(self)


def compare_runs(a: Path, b: Path) -> RunDifference:
    """Two runs, each a results/<scale> folder or a ledger, job by job.

    Equal means equal digests of all outputs. For jobs that differ: which of their config, root seed, seed
    keys, code (by module), packages, processor and inputs differ, and, where both tables are on disk, by how
    much. Raises DiffError when one holds no records.
    """
    one, other = _run(a), _run(b)
    differences = []
    for job in sorted(one.keys() & other.keys()):
        found = _compare_job(job, one[job], other[job], a, b)
        if found.verdict != SAME:
            differences.append(found)
    only_a, only_b = (tuple(job_name(job) for job in sorted(jobs)) for jobs in (one.keys() - other, other.keys() - one))
    verdicts = {found.verdict for found in differences}
    overall = DATA if DATA in verdicts or only_a or only_b else DRAWING if verdicts else SAME
    equal = len(one.keys() & other.keys()) - len(differences)
    return RunDifference(overall, equal, tuple(differences), only_a, only_b, tuple(_changed_verdicts(a, b)))


def _run(path: Path) -> dict[Job, Mapping[str, Any]]:
    """The records of a run by job."""
    if path.is_dir():
        records: list[dict[str, Any]] = read_records(path)
    else:
        try:
            records = json.loads(path.read_text(encoding="utf-8"))["records"]
        except (OSError, ValueError, KeyError, TypeError):
            raise DiffError(f"{path}: is neither a folder of results nor a ledger") from None
    if not records:
        raise DiffError(f"{path}: holds no record of any job")
    return {job_of(record): record for record in records}


def _outputs(record: Mapping[str, Any]) -> dict[str, str]:
    """Outputs by path below results/<scale>."""
    return {_below(file, record["scale"]): digest for file, digest in record["outputs"].items()}


def _below(file: str, scale: str) -> str:
    return file.partition(f"/{scale}/")[2] or file


def _compare_job(job: Job, one: Mapping[str, Any], other: Mapping[str, Any], a: Path, b: Path) -> Difference:
    outputs = _outputs(one), _outputs(other)
    unlike = sorted(
        file for file in outputs[0].keys() | outputs[1].keys() if outputs[0].get(file) != outputs[1].get(file)
    )
    if not unlike:
        return Difference(job_name(job), SAME, (), None)
    drawn = job[0] == "plot" and not any(file.endswith(".csv") for file in unlike)
    table = None
    for file in unlike:
        paths = [_folder(run) / file for run in (a, b)]
        if file.endswith(".csv") and all(path.is_file() for path in paths):
            table = compare_tables(*paths)
    return Difference(job_name(job), DRAWING if drawn else DATA, tuple(_causes(one, other)), table)


def _folder(run: Path) -> Path:
    return run if run.is_dir() else run.parent


def _causes(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """What else differs between two records of one job: the possible causes of their difference."""
    if one["root_seed"] != other["root_seed"]:
        yield f"root seed {one['root_seed']}, {other['root_seed']}"
    if one["config_digest"] != other["config_digest"]:
        yield "config"
    modules = one["code"]["modules"], other["code"]["modules"]
    changed = sorted(
        name for name in modules[0].keys() | modules[1].keys() if modules[0].get(name) != modules[1].get(name)
    )
    if changed:
        yield f"code: {', '.join(changed[:3])}{f' and {len(changed) - 3} more' if len(changed) > 3 else ''}"
    if one.get("packages") != other.get("packages"):
        yield "packages"
    if _class(one) != _class(other):
        yield f"processor {_class(one)}, {_class(other)}"
    inputs = [
        {_below(file, record["scale"]): digest for file, digest in record["inputs"].items()} for record in (one, other)
    ]
    if inputs[0] != inputs[1]:
        yield "inputs"


def _class(record: Mapping[str, Any]) -> str:
    return str(record.get("environment", {}).get("processor", {}).get("class", "unknown"))


def _changed_verdicts(a: Path, b: Path) -> Iterator[str]:
    one, other = (
        {
            claim["id"]: claim.get("verdict")
            for path in sorted(_folder(run).glob(f"*/{VERDICTS}"))
            for claim in read_claims(path)
        }
        for run in (a, b)
    )
    for claim in sorted(one.keys() & other.keys()):
        if one[claim] != other[claim]:
            yield f"{claim}: {one[claim]} → {other[claim]}"


def compare(a: Path, b: Path) -> Difference | RunDifference:
    """Two runs or two figures, whatever the two paths name; raises DiffError."""
    for path in (a, b):
        if not path.exists():
            raise DiffError(f"{path}: does not exist")
    runs = [path.is_dir() or path.name == LEDGER for path in (a, b)]
    if runs[0] != runs[1]:
        raise DiffError(f"{a} and {b}: one is a run and the other a figure")
    return compare_runs(a, b) if runs[0] else compare_figures(a, b)
