"""Two runs of one paper stage by stage: bitwise equal, or by how much they deviate.

Outcomes (simulate, theory) are compared item by item, so that chunks do not matter: the deviation of an array is
max |a - b| over the largest |a| of the task; residuals and error bounds are compared, not measured. Tables (compare,
plot) are compared on the scale of each quantity, and as ``audit diff`` does in standard errors. Verdicts are compared
claim by claim.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from atlas.determinism.tables import scaled_deviation
from atlas.determinism.workspace import Workspace
from atlas.outcomes import read_outcomes
from atlas.provenance.chain import VERDICTS, read_claims
from atlas.provenance.difference import compare_tables

FOLDERS = {"simulate": "simulation", "theory": "theory", "compare": "comparison", "plot": "figures"}
Items = dict[tuple[str, str, int | None, str], np.ndarray]


@dataclass(frozen=True)
class StageDeviation:
    """``compared`` things of a stage, of which ``unlike`` are not bitwise equal; the largest deviations.

    ``relative`` and ``errors`` (in standard errors; None where there are none) are 0 when all is equal.
    """

    stage: str
    compared: int
    unlike: int
    relative: float
    errors: float | None
    worst: str

    @property
    def words(self) -> str:
        """A cell of the table."""
        if not self.compared:
            return "nothing"
        if not self.unlike:
            return "bitwise"
        if self.stage == "judge":
            return f"{self.unlike} of {self.compared} changed"
        size = f"{self.relative:.1e}"
        return size if self.errors is None else f"{size}, {self.errors:.2g} se"


def deviations(reference: Workspace, other: Workspace) -> list[StageDeviation]:
    """Every stage of the other run against the reference."""
    return [
        *(_of_outcomes(stage, reference, other) for stage in ("simulate", "theory")),
        *(_of_tables(stage, reference, other) for stage in ("compare", "plot")),
        _of_verdicts(reference, other),
    ]


def items(run: Workspace, stage: str) -> Items:
    """Every value of every work item of a stage: (task, point, network, name) → array."""
    folder = run.folder / FOLDERS[stage]
    found: Items = {}
    for path in sorted(folder.rglob("*.npz")):
        task = path.stem if path.parent == folder else path.parent.name
        for row in read_outcomes([path]):
            point = json.dumps(dict(row.point), sort_keys=True)
            for name, value in row.values.items():
                found[task, point, row.replica, name] = np.asarray(value)
    return found


def is_bound(name: str) -> bool:
    """Whether a value is an error bound: rounding, whose size means nothing when it moves."""
    return name == "residual" or name.endswith(("_error", "_residual"))


def magnitude(values: np.ndarray) -> float:
    """The largest finite |value|; 0 for words and where there is none."""
    if values.dtype.kind not in "fiub":
        return 0.0
    return float(np.max(np.abs(values[np.isfinite(values)], dtype=float), initial=0.0))


def deviation(a: np.ndarray, b: np.ndarray, scale: float | None = None) -> float:
    """max |a - b| / scale (inf for other shapes or where only one is finite; 0 for equal bytes).

    ``scale``: max |a| by default; else the largest value of the quantity, of which a is a part.
    """
    if a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes():
        return 0.0
    if a.shape != b.shape or a.dtype.kind not in "fiub" or not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return math.inf
    finite = np.isfinite(a)
    one, other = np.asarray(a[finite], dtype=float), np.asarray(b[finite], dtype=float)
    largest, size = float(np.max(np.abs(one - other), initial=0.0)), magnitude(a) if scale is None else scale
    return largest / size if size > 0 else (math.inf if largest > 0 else 0.0)


def _of_outcomes(stage: str, reference: Workspace, other: Workspace) -> StageDeviation:
    one, two = items(reference, stage), items(other, stage)
    scales: dict[tuple[str, str], float] = {}  # the largest value of a quantity in a task
    for (task, _, _, name), value in one.items():
        scales[task, name] = max(scales.get((task, name), 0.0), magnitude(value))
    sizes = {
        key: deviation(one[key], two[key], scales[key[0], key[3]]) if key in one and key in two else math.inf
        for key in one | two
    }
    unlike = [key for key in sizes if sizes[key] > 0 or one[key].tobytes() != two[key].tobytes()]
    sizes = {key: 0.0 if is_bound(key[3]) and sizes[key] < math.inf else sizes[key] for key in sizes}
    if not unlike:
        return StageDeviation(stage, len(sizes), 0, 0.0, None, "")
    worst = max(unlike, key=lambda key: sizes[key])
    task, point, replica, name = worst
    place = f"{task} {point} {name}" + ("" if replica is None else f", network {replica}")
    return StageDeviation(stage, len(sizes), len(unlike), sizes[worst], None, place)


def _of_tables(stage: str, reference: Workspace, other: Workspace) -> StageDeviation:
    """Tables of a stage; a figure counts as unlike when any of its files differs."""
    folder = FOLDERS[stage]
    unlike, relative, errors, worst = 0, 0.0, None, ""
    tables = sorted((reference.folder / folder).glob("*.csv"))
    for path in tables:
        twin = other.folder / folder / path.name
        if all(_same(file, twin.with_name(file.name)) for file in _beside(path)):
            continue
        unlike += 1
        if not twin.is_file():
            relative, worst = math.inf, f"{path.stem}: missing"
            continue
        size, place = scaled_deviation(path, twin)
        if size > relative:
            relative, worst = size, place
        found = compare_tables(path, twin)
        if found.in_errors:
            errors = max(errors or 0.0, found.in_errors.size)
    return StageDeviation(stage, len(tables), unlike, relative, errors, worst)


def _beside(table: Path) -> list[Path]:
    """The outputs of the job that wrote a table."""
    return [path for path in table.parent.glob(f"{table.stem}.*") if not path.name.endswith(".record.json")]


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def _of_verdicts(reference: Workspace, other: Workspace) -> StageDeviation:
    one, two = (
        {claim["id"]: str(claim.get("verdict")) for claim in read_claims(run.folder / VERDICTS)}
        for run in (reference, other)
    )
    changed = [f"{claim}: {one[claim]} → {two.get(claim, 'missing')}" for claim in one if one[claim] != two.get(claim)]
    return StageDeviation("judge", len(one), len(changed), 0.0, None, "; ".join(changed))
