"""Outcomes on disk: what simulations and theories hand to comparisons.

An outcome is what one work item gave: a point of the grid (the values of its axes), the replica (which network;
none for a theory) and named values (floats or arrays). A file holds the outcomes of one job as a NumPy archive
without timestamps, so that equal numbers are equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from atlas.files import whole


@dataclass(frozen=True)
class Outcome:
    """Values of one work item: ``point`` axis → value, ``replica`` network number or None, ``values`` by name."""

    point: Mapping[str, Any]
    replica: int | None
    values: Mapping[str, Any]

    def at(self, **axes: Any) -> bool:
        """Whether the point has these values of these axes (axes that it lacks do not match)."""
        return all(name in self.point and self.point[name] == value for name, value in axes.items())


class Outcomes(Sequence[Outcome]):
    """All outcomes of one experiment or theory, in the order of the grid."""

    def __init__(self, rows: Iterable[Outcome]) -> None:
        self._rows = list(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def at(self, **axes: Any) -> Outcomes:
        """Those at a point of the grid, e.g. ``at(g=1.5, integrator="rk4")``; raises KeyError when there is none."""
        found = Outcomes(row for row in self._rows if row.at(**axes))
        if not len(found):
            raise KeyError(f"no outcome at {axes}")
        return found

    def points(self) -> list[dict[str, Any]]:
        """The distinct points, in order of first appearance."""
        seen: dict[str, dict[str, Any]] = {}
        for row in self._rows:
            seen.setdefault(json.dumps(row.point, sort_keys=True), dict(row.point))
        return list(seen.values())

    def stack(self, name: str) -> np.ndarray:
        """One named value of all outcomes, stacked along a first axis of length len(self)."""
        return np.stack([np.asarray(row.values[name]) for row in self._rows])

    def one(self) -> Outcome:
        """The only outcome; raises ValueError when there is not exactly one."""
        if len(self._rows) != 1:
            raise ValueError(f"expected one outcome, found {len(self._rows)}")
        return self._rows[0]


def write_outcomes(path: Path, rows: Sequence[Outcome]) -> None:
    """Write outcomes to one archive; equal outcomes give equal bytes."""
    heads = [{"point": dict(row.point), "replica": row.replica} for row in rows]
    arrays = {
        f"{index}/{name}": np.asarray(value) for index, row in enumerate(rows) for name, value in row.values.items()
    }
    with whole(path) as temporary:
        np.savez(temporary, allow_pickle=False, **{"items": np.array(json.dumps(heads)), **arrays})


def read_outcomes(paths: Iterable[Path]) -> Outcomes:
    """Read the archives of one experiment (its chunks in order) or theory."""
    rows: list[Outcome] = []
    for path in paths:
        with np.load(path, allow_pickle=False) as archive:
            heads = json.loads(str(archive["items"]))
            values: list[dict[str, Any]] = [{} for _ in heads]
            for key in archive.files:
                if key != "items":
                    index, name = key.split("/", 1)
                    array = archive[key]
                    values[int(index)][name] = float(array) if array.ndim == 0 else array
            rows += [Outcome(head["point"], head["replica"], value) for head, value in zip(heads, values, strict=True)]
    return Outcomes(rows)
