"""Records as a graph of files: which job made a file, which jobs used it, and what hangs on a job."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atlas.provenance.ledger import job_name, job_of

Record = Mapping[str, Any]
VERDICTS = "verdicts.json"


@dataclass(frozen=True)
class Chain:
    """Records of one scale by the path of their file, with both directions of the graph of files.

    ``makers``: file → records that state it as an output (more than one is a fault). ``users``: file →
    records that state it as an input. All paths are relative to the repository ``root``.
    """

    root: Path
    records: dict[str, Record]
    makers: dict[str, list[str]]
    users: dict[str, list[str]]

    @classmethod
    def of(cls, records: Mapping[str, Record], root: Path) -> Chain:
        """The chain of these records."""
        makers, users = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        for place, record in sorted(records.items()):
            for file in record["outputs"]:
                makers[file].append(place)
            for file in record["inputs"]:
                users[file].append(place)
        return cls(root, dict(records), dict(makers), dict(users))

    def maker(self, file: str) -> str | None:
        """The record of the job that made a file; None when no record states it."""
        return self.makers[file][0] if file in self.makers else None

    def name(self, place: str) -> str:
        """The job of a record, in words."""
        return job_name(job_of(self.records[place]))

    def upstream(self, places: Iterable[str]) -> list[str]:
        """These records and all on whose outputs they stand, sorted."""
        waiting, found = list(places), set[str]()
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                makers = (self.maker(file) for file in self.records[place]["inputs"])
                waiting += [maker for maker in makers if maker]
        return sorted(found)

    def downstream(self, places: Iterable[str], files: Iterable[str] = ()) -> list[str]:
        """These records, the users of these files, and all that stands on them, sorted."""
        waiting, found = list(places), set[str]()
        waiting += [user for file in files for user in self.users.get(file, ())]
        while waiting:
            place = waiting.pop()
            if place not in found:
                found.add(place)
                outputs = self.records[place]["outputs"]
                waiting += [user for file in outputs for user in self.users.get(file, ())]
        return sorted(found)

    def taint(self, places: Iterable[str], files: Iterable[str] = ()) -> Taint:
        """The figures and claims that stand on these records or use these files.

        A claim counts when the table of one of its comparisons, or the judging itself, stands on them.
        """
        direct = {*places, *(user for file in files for user in self.users.get(file, ()))}
        reached = self.downstream(direct)
        figures = [self.records[place] for place in reached if self.records[place]["stage"] == "plot"]
        tables = {file for place in reached for file in self.records[place]["outputs"]} | set(files)
        claims: list[str] = []
        for place in reached:
            if self.records[place]["stage"] == "judge":
                all_of_them = place in set(places)
                claims += [
                    claim["id"]
                    for claim in self.claims(place)
                    if all_of_them or self.evidence(place, claim) & tables or not self.evidence(place, claim)
                ]
        return Taint(tuple(f"{figure['paper']}/{figure['name']}" for figure in figures), tuple(claims))

    def claims(self, judge: str) -> list[dict[str, Any]]:
        """The claims in the verdicts that a judge's record states; empty when the file cannot be read."""
        files = [file for file in self.records[judge]["outputs"] if file.endswith(VERDICTS)]
        return [claim for file in files for claim in read_claims(self.root / file)]

    def evidence(self, judge: str, claim: Mapping[str, Any]) -> set[str]:
        """The comparison tables, among the judge's inputs, on which a claim rests."""
        named = {Path(str(item)).name.removesuffix(".csv") for item in claim.get("evidence", ())}
        return {file for file in self.records[judge]["inputs"] if Path(file).stem in named}


@dataclass(frozen=True)
class Taint:
    """``figures`` as paper/figure and ``claims`` by id that stand on something broken."""

    figures: tuple[str, ...]
    claims: tuple[str, ...]


def read_claims(verdicts: Path) -> list[dict[str, Any]]:
    """The claims of a verdicts file; empty when it is missing or not of its format."""
    try:
        content = json.loads(verdicts.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    claims = content.get("claims") if isinstance(content, dict) else content
    if not isinstance(claims, list):
        return []
    return [claim for claim in claims if isinstance(claim, dict) and isinstance(claim.get("id"), str)]
