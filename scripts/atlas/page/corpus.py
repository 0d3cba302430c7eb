"""Everything that the template shows, put together from the results: a view of the corpus without markup."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from atlas.claims.verdict import VERDICTS
from atlas.claims.wording import allowed, allowed_interval
from atlas.page.interval import Picture, picture
from atlas.page.jobs import Cost, JobGroup, Provenance, cost_by_stage, cost_of, package_state
from atlas.page.numbers import as_float, number, with_error
from atlas.page.reading import FigureFiles, PaperResults, Results, first_sentence

ONE_COLUMN = 300.0  # points; a journal column has 244 (86 mm)


@dataclass(frozen=True)
class TrialView:
    """What a control or witness made of one check: ``observed`` in words, its verdict and its question."""

    kind: str
    observed: str
    verdict: str
    question: str


@dataclass(frozen=True)
class CheckView:
    """One check in words and as a picture."""

    name: str
    verdict: str
    question: str
    unit: str
    observed: str
    half_width: str
    allowed: str
    margin: str
    undecided: str
    tolerance_reason: str
    picture: Picture
    trials: list[TrialView]


@dataclass(frozen=True)
class ClaimView:
    """One claim: its record, its checks, and the jobs behind it."""

    id: str
    number: str
    record: Mapping[str, Any]
    verdict: str
    checks: list[CheckView]
    evidence: list[tuple[str, str]]
    jobs: list[JobGroup]
    explain: str


@dataclass(frozen=True)
class FigureView:
    """One figure: its files with addresses, and the jobs behind it."""

    files: FigureFiles
    anchor: str
    alt: str
    source: str
    downloads: list[tuple[str, str]]
    jobs: list[JobGroup]
    regenerate: str
    explain: str

    @property
    def wide(self) -> bool:
        """Whether the figure is drawn over both columns of a journal page."""
        return self.files.size is not None and self.files.size[0] > ONE_COLUMN


@dataclass(frozen=True)
class PaperView:
    """One paper with its counts, claims, figures, jobs and costs."""

    key: str
    meta: Any
    claims: list[ClaimView]
    figures: list[FigureView]
    counts: dict[str, int]
    cost: Cost
    stages: list[tuple[str, Cost]]
    jobs: list[JobGroup]
    regenerate: str

    def claim(self, number: str) -> ClaimView | None:
        """The claim of a column of the matrix."""
        return next((claim for claim in self.claims if claim.number == number), None)


@dataclass(frozen=True)
class Corpus:
    """The whole page: ``columns`` of the matrix and what holds for all papers together."""

    scale: str
    papers: list[PaperView]
    columns: list[str]
    counts: dict[str, int]
    cost: Cost
    stages: list[tuple[str, Cost]]
    last: str
    packages: list[tuple[str, str, int]]
    topics: list[str]

    @property
    def refuted(self) -> list[ClaimView]:
        """Every refuted claim."""
        return [claim for paper in self.papers for claim in paper.claims if claim.verdict == "refuted"]


def corpus_of(results: Results, base: str = "") -> Corpus:
    """The view of some results; ``base`` is put before every address of a file (from the page's folder)."""
    provenance = Provenance(results.records)
    papers = [_paper(paper, results, provenance, base) for paper in results.papers]
    keys = {paper.key for paper in papers}
    records = [record for record in results.records if record["paper"] in keys]
    return Corpus(
        scale=results.scale,
        papers=papers,
        columns=sorted({claim.number for paper in papers for claim in paper.claims}, key=natural),
        counts=_counts([claim for paper in papers for claim in paper.claims]),
        cost=cost_of(records),
        stages=cost_by_stage(records),
        last=last_moment(records),
        packages=_packages(records),
        topics=sorted({paper.meta.topic for paper in papers}),
    )


def natural(text: str) -> list[tuple[int, str]]:
    """A sorting key by which C2 comes before C10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", text)]


def last_moment(records: Sequence[Mapping[str, Any]]) -> str:
    """When the last job ended, to the minute, UTC; empty without jobs."""
    moments = [datetime.fromisoformat(record["ended"]) for record in records]
    return f"{max(moments):%d %B %Y, %H:%M} UTC".lstrip("0") if moments else ""


def _packages(records: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, int]]:
    """(state against the lock, manager, how many jobs ran so), most jobs first."""
    found = Counter(package_state(record) for record in records)
    return sorted(((*state, count) for state, count in found.items()), key=lambda row: (-row[2], row))


def _counts(claims: Sequence[ClaimView]) -> dict[str, int]:
    return {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in VERDICTS}


def _paper(paper: PaperResults, results: Results, provenance: Provenance, base: str) -> PaperView:
    key = paper.config.key
    records = [record for record in results.records if record["paper"] == key]
    claims = [_claim(claim, key, results.scale, provenance, base) for claim in paper.claims]
    return PaperView(
        key=key,
        meta=paper.config.meta,
        claims=claims,
        figures=[_figure(figure, key, results.scale, provenance, base) for figure in paper.figures],
        counts=_counts(claims),
        cost=cost_of(records),
        stages=cost_by_stage(records),
        jobs=provenance.of_paper(key),
        regenerate=_snakemake(results.scale, f"{key}/verdicts.json"),
    )


def _figure(figure: FigureFiles, key: str, scale: str, provenance: Provenance, base: str) -> FigureView:
    def address(suffix: str) -> str:
        return base + quote(f"{key}/figures/{figure.name}.{suffix}")

    return FigureView(
        files=figure,
        anchor=f"{key}/{figure.name}",
        alt=f"{figure.name}: {first_sentence(figure.caption)}",
        source=address("svg"),
        downloads=[(each, address(each)) for each in figure.formats],
        jobs=provenance.of_figure(key, figure.name),
        regenerate=_snakemake(scale, f"{key}/figures/{figure.name}.svg"),
        explain=_explain(f"{key}/{figure.name}", scale),
    )


def _claim(claim: Mapping[str, Any], key: str, scale: str, provenance: Provenance, base: str) -> ClaimView:
    return ClaimView(
        id=claim["id"],
        number=claim["id"].rpartition(".")[2],
        record=claim,
        verdict=claim["verdict"],
        checks=[_check(check, claim) for check in claim["checks"]],
        evidence=[(name, base + quote(f"{key}/comparison/{name}.csv")) for name in claim.get("evidence", [])],
        jobs=provenance.of_claim(key, claim),
        explain=_explain(claim["id"], scale),
    )


def _snakemake(scale: str, target: str) -> str:
    return f"snakemake --cores all results/{scale}/{target} --config scale={scale}"


def _explain(what: str, scale: str) -> str:
    return f"python scripts/audit.py explain {what} --scale {scale}"


def _check(check: Mapping[str, Any], claim: Mapping[str, Any]) -> CheckView:
    trials = [(kind, _same(claim.get(kind), check["name"])) for kind in ("control", "witness")]
    control = next((trial for kind, trial in trials if kind == "control"), None)
    off = as_float(control["observed"]) if control else math.nan
    observed, half_width = as_float(check["observed"]), as_float(check["half_width"])
    return CheckView(
        name=check["name"],
        verdict=check["verdict"],
        question=question(check),
        unit="" if check.get("unit", "1") in ("", "1") else check["unit"],
        observed=_observed(check),
        half_width=number(half_width, 2) if half_width > 0 else "",
        allowed=allowed(check, number),
        margin=_signed(as_float(check["margin"])),
        undecided=undecided(check) if check["verdict"] == "inconclusive" else "",
        tolerance_reason=_tolerance(check),
        picture=picture(allowed_interval(check), observed, half_width, off),
        trials=[_trial(kind, trial, check) for kind, trial in trials if trial],
    )


def undecided(check: Mapping[str, Any]) -> str:
    """Why a check is inconclusive: the samples that it would take, or what is wrong with the estimate."""
    needed, given = as_float(check.get("samples_to_decide")), as_float(check.get("count"))
    if math.isfinite(needed):
        return f"about {number(math.ceil(needed), 3)} independent samples would decide; there are {number(given, 3)}"
    if as_float(check["half_width"]) > 0 and math.isfinite(as_float(check["observed"])):
        return "the error bar reaches beyond an end of the allowed interval"
    return str(check.get("reason", ""))


def _tolerance(check: Mapping[str, Any]) -> str:
    what = "Tolerance" if check["kind"] == "within" else "Bound"
    return f"{what}: {check.get('tolerance_reason', '').rstrip('.')}."


def _same(trial: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    """The check of this name in a control or witness, when it was fed with another input."""
    checks = trial["checks"] if trial else []
    return next((check for check in checks if check["name"] == name and check["overridden"]), None)


def _trial(kind: str, trial: Mapping[str, Any], own: Mapping[str, Any]) -> TrialView:
    return TrialView(kind, _observed(trial), trial["verdict"], difference(trial, own))


def _observed(check: Mapping[str, Any]) -> str:
    return with_error(as_float(check["observed"]), as_float(check["error"]))


def _signed(margin: float) -> str:
    text = number(margin, 3)
    return f"+{text}" if margin > 0 else text


def question(check: Mapping[str, Any]) -> str:
    """The estimator with its arguments, as a call."""
    return f"{check['estimator']}({_arguments(check['arguments'])})"


def difference(trial: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """What a control or witness changes in the question of a check."""
    changed = {
        name: value
        for name, value in trial["arguments"].items()
        if name not in own["arguments"] or own["arguments"][name] != value
    }
    if trial["estimator"] != own["estimator"]:
        return f"{trial['estimator']}({_arguments(changed)})"
    return _arguments(changed)


def _arguments(arguments: Mapping[str, Any]) -> str:
    parts = (
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in arguments.items()
    )
    return ", ".join(parts)
