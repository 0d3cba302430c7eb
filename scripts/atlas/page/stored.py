"""What the other doors have written beside the results: expected verdicts, stability, determinism, benchmarks.

Each of them may be missing; the page then says how to make it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atlas.claims.expectation import ExpectationError, Expected, claim_order, parse_expectation
from atlas.page.reading import PageError


@dataclass(frozen=True)
class Change:
    """A verdict that is not the committed one; ``expected`` or ``now`` is empty where there is none."""

    claim: str
    expected: str
    now: str
    why: str


@dataclass(frozen=True)
class Stored:
    """``expected``: claim → committed verdict (None: no table for this scale); ``stability``: paper → its answer;
    ``determinism``: one answer per paper and scale; ``bench``: the benchmark's numbers or None."""

    expected: Mapping[str, Expected] | None = None
    stability: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    determinism: tuple[Mapping[str, Any], ...] = ()
    bench: Mapping[str, Any] | None = None


def read_stored(results: Path, scale: str, config: Path) -> Stored:
    """Read what is there. results: the folder of all scales; config: the folder of the configs."""
    return Stored(
        _expected(config / f"verdicts.{scale}.csv"),
        _stability(results, scale),
        tuple(determinism(_json(path)) for path in sorted(results.glob("determinism.*.json"))),
        _bench(results / "bench.json"),
    )


def _bench(path: Path) -> Mapping[str, Any] | None:
    """The benchmark's numbers; None where there is none, or one of a release that measured other rows."""
    content = _json(path) if path.is_file() else {}
    return content if {"machine", "limits", "kernels", "theory", "growth"} <= content.keys() else None


def _expected(path: Path) -> Mapping[str, Expected] | None:
    if not path.is_file():
        return None
    try:
        return parse_expectation(path.read_text(encoding="utf-8"))
    except (ExpectationError, UnicodeDecodeError) as error:
        raise PageError(f"{path}: {error}") from None


def _stability(results: Path, scale: str) -> dict[str, Mapping[str, Any]]:
    """The answer of each paper: of this scale where there is one, else of another, which it names."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(results.glob("stability.*.json")):
        answer = _json(path)
        if answer["paper"] not in found or answer["scale"] == scale:
            found[answer["paper"]] = answer
    return found


def determinism(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of `make determinism` with words: each row gets ``cells`` by stage and its ``promise``."""
    rows = []
    for row in answer["rows"]:
        unlike = [each["stage"] for each in row["stages"] if each["unlike"]]
        kept = not row["bitwise"] if row["failure"] else not (unlike if row["bitwise"] else "judge" in unlike)
        promise = f"{'bitwise' if row['bitwise'] else 'verdicts'} {'kept' if kept else 'BROKEN'}"
        tried = row["bitwise"] or not row["failure"]
        cells = {each["stage"]: _cell(each) for each in row["stages"]}
        rows.append({**row, "cells": cells, "promise": promise if tried else "not tried"})
    return {**answer, "rows": rows}


def _cell(stage: Mapping[str, Any]) -> str:
    if not stage["compared"]:
        return "nothing"
    if not stage["unlike"]:
        return "bitwise"
    if stage["stage"] == "judge":
        return f"{stage['unlike']} of {stage['compared']} changed"
    size = f"{stage['relative']:.1e}"
    return size if stage["errors"] is None else f"{size}, {stage['errors']:.2g} se"


def _json(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PageError(f"{path}: cannot be read ({type(error).__name__})") from None
    if not isinstance(content, dict):
        raise PageError(f"{path}: is not an object")
    return content


def changes(expected: Mapping[str, Expected], now: Mapping[str, str], papers: Collection[str]) -> list[Change]:
    """The claims of these papers whose verdict is not the committed one, in order."""
    known = {claim: row for claim, row in expected.items() if claim.rpartition(".")[0] in papers}
    found = []
    for claim in sorted({*known, *now}, key=claim_order):
        row = known.get(claim)
        if row is None or now.get(claim) != row.verdict:
            found.append(Change(claim, row.verdict if row else "", now.get(claim, ""), row.why if row else ""))
    return found
