"""Which claims the measured error bars leave inconclusive when other numbers of networks are run.

Standard errors over networks fall as 1/sqrt(networks). A check is judged again with its measured value and the error

    error * sqrt(measured networks / planned networks),

for the least favourable of the experiments behind it: all that its comparisons read, or only those that its arguments
name. Not counted: that larger sizes change the value (finite size) and the error of one network. A number without a
statistical error keeps its verdict.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atlas.claims.judge import criterion_of_check
from atlas.claims.verdict import Verdict, combine
from atlas.config import Atlas, PaperConfig
from atlas.config.definition import SCALES, Check, Claim
from atlas.estimation.estimate import Estimate

FILE = Path("config/precision.csv")
COLUMNS = ("claim", "check", "scale", "observed", "error", "count", "power")


@dataclass(frozen=True)
class Precision:
    """The measured value of one check at one scale: value, standard error, samples.

    power: what is wrong with the claim's control or witness, empty if nothing is.
    """

    claim: str
    check: str
    scale: str
    observed: float
    error: float
    count: float
    power: str


@dataclass(frozen=True)
class Doubt:
    """A claim that would stay inconclusive: the check, and how many times as many networks would decide it."""

    claim: str
    check: str
    more: float

    def __str__(self) -> str:
        if math.isinf(self.more):
            return f"{self.claim} ({self.check})"
        return f"{self.claim} ({self.check}: about {self.more:.2g} times as many networks)"


def from_verdicts(results: Path, atlas: Atlas) -> list[Precision]:
    """The checks of all verdicts below a folder of results, for the claims that the configs have."""
    rows = []
    known = {claim.id for paper in atlas.papers.values() for claim in paper.claims}
    for scale in SCALES:
        for path in sorted((results / scale).glob("*/verdicts.json")):
            claims = json.loads(path.read_text(encoding="utf-8"))["claims"]
            rows += [_row(claim, check, scale) for claim in claims if claim["id"] in known for check in claim["checks"]]
    return rows


def _row(claim: Mapping[str, Any], check: Mapping[str, Any], scale: str) -> Precision:
    observed, error, count = (float(check[name]) for name in ("observed", "error", "count"))
    return Precision(claim["id"], check["name"], scale, observed, error, count, _power(claim))


def _power(claim: Mapping[str, Any]) -> str:
    """What is wrong with the trials of a claim, in words."""
    for trial, needed in (("control", "refuted"), ("witness", "reproduced")):
        verdict = (claim.get(trial) or {}).get("verdict", needed)
        if verdict != needed:
            return f"its {trial} is {verdict}"
    return ""


def render(rows: Iterable[Precision]) -> str:
    """Rows as text of a CSV file; values to twelve digits, as checks of theory alone need them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        numbers = (f"{row.observed:.12g}", f"{row.error:.3g}", f"{row.count:.6g}")
        writer.writerow((row.claim, row.check, row.scale, *numbers, row.power))
    return out.getvalue()


def parse(text: str) -> list[Precision]:
    """The inverse of `render`; raises ValueError."""
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        observed, error, count = (float(row[name]) for name in ("observed", "error", "count"))
        rows.append(Precision(row["claim"], row["check"], row["scale"], observed, error, count, row["power"]))
    return rows


def experiments_behind(paper: PaperConfig, claim: Claim, check: Check) -> list[str]:
    """The experiments whose networks a check averages over: those that its arguments name, else all it could read."""
    words = {key: word for key, word in check.arguments.items() if isinstance(word, str)}
    comparisons = [name for name in claim.comparisons if name in words.values()] or claim.comparisons
    read = [each for name in comparisons for each in paper.comparisons[name].experiments]
    words.pop("comparison", None)  # an experiment may be called like it
    return [each for each in read if each in words.values()] or list(dict.fromkeys(read))


def networks_ratio(behind: Iterable[str], planned: Mapping[str, int], measured: Mapping[str, int]) -> float:
    """Planned over measured networks for the least favourable experiment; 1 where there is none."""
    return min((planned[name] / measured[name] for name in behind), default=1.0)


def doubts(
    paper: PaperConfig,
    rows: Iterable[Precision],
    plan: Callable[[str], tuple[str, int]],
    networks: Callable[[str, str], int],
) -> list[Doubt]:
    """The claims that stay inconclusive; `plan`: experiment → (scale whose sizes it has, networks); `networks`:
    (experiment, scale) → networks of that scale."""
    known = {(row.claim, row.check, row.scale): row for row in rows}
    found = []
    for claim in paper.claims:
        planned = [_planned(paper, claim, check, known, plan, networks) for check in claim.checks]
        measured = [(check, *each) for check, each in zip(claim.checks, planned, strict=True) if each]
        found += _doubt(claim, measured)
    return found


def _doubt(claim: Claim, measured: list[tuple[Check, Precision, float]]) -> list[Doubt]:
    """At most one doubt about a claim from its measured checks, each with planned over measured networks."""
    if not measured:
        return []  # nothing can be said
    if measured[0][1].power:
        return [Doubt(claim.id, measured[0][1].power, math.inf)]
    verdicts = [_verdict(*each) for each in measured]
    if combine(verdicts) != "inconclusive":
        return []
    first = measured[verdicts.index("inconclusive")]
    return [Doubt(claim.id, first[0].name, _more(*first))]


def _planned(
    paper: PaperConfig,
    claim: Claim,
    check: Check,
    known: Mapping[tuple[str, str, str], Precision],
    plan: Callable[[str], tuple[str, int]],
    networks: Callable[[str, str], int],
) -> tuple[Precision, float] | None:
    """What was measured of a check at the planned sizes or the nearest below, and planned over measured networks."""
    behind = experiments_behind(paper, claim, check)
    planned = {name: plan(name) for name in behind}
    lowest = min((SCALES.index(scale) for scale, _ in planned.values()), default=len(SCALES) - 1)
    at = [scale for scale in SCALES[: lowest + 1] if (claim.id, check.name, scale) in known]
    if not at:
        return None
    counts = {name: count for name, (_, count) in planned.items()}
    ratio = networks_ratio(behind, counts, {name: networks(name, at[-1]) for name in behind})
    return known[claim.id, check.name, at[-1]], ratio


def _verdict(check: Check, row: Precision, ratio: float) -> Verdict:
    """The verdict on a check with `ratio` times the measured networks."""
    count = row.count if math.isinf(row.count) else row.count * ratio
    error = row.error if math.isinf(row.count) else row.error / math.sqrt(ratio)
    return criterion_of_check(check).judge(Estimate(row.observed, error, count=count)).verdict


def _more(check: Check, row: Precision, ratio: float) -> float:
    """How many times as many networks decide; infinite above a thousand."""
    for more in (1.2**power for power in range(1, 39)):
        if _verdict(check, row, ratio * more) != "inconclusive":
            return more
    return math.inf
