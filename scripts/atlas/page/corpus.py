"""Everything that the templates show, put together from the results."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from atlas.claims.verdict import VERDICTS
from atlas.page.captions import caption_view
from atlas.page.checks import check_view
from atlas.page.exploring import exploration_data
from atlas.page.jobs import Provenance, codes_of, cost_by_stage, cost_of, package_state, snakemake
from atlas.page.mathml import MathError, mathml
from atlas.page.reading import FigureFiles, PageError, PaperResults, Results, first_sentence
from atlas.page.site import paper_page
from atlas.page.stored import Stored, changes
from atlas.page.views import ClaimView, Corpus, EquationView, ExplorationView, FigureView, PaperView

NOTHING = Stored()


def corpus_of(results: Results, stored: Stored = NOTHING) -> Corpus:
    """The view of some results and of what the other doors have written beside them."""
    provenance = Provenance(results.records)
    papers = [_paper(paper, results, provenance, stored) for paper in results.papers]
    keys = {paper.key for paper in papers}
    records = [record for record in results.records if record["paper"] in keys]
    claims = [claim for paper in papers for claim in paper.claims]
    now = {claim.id: claim.verdict for claim in claims}
    return Corpus(
        scale=results.scale,
        papers=papers,
        counts=_counts(claims),
        cost=cost_of(records),
        last=last_moment(records),
        packages=_packages(records),
        topics=sorted({paper.meta.topic for paper in papers}),
        changes=None if stored.expected is None else changes(stored.expected, now, keys),
        expected=len(now),
        bench=stored.bench,
        determinism=stored.determinism,
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


def _paper(paper: PaperResults, results: Results, provenance: Provenance, stored: Stored) -> PaperView:
    key = paper.config.key
    records = [record for record in results.records if record["paper"] == key]
    jobs = provenance.of_paper(key)
    places = {f"packages {job.packages}; {job.machine}" for job in jobs}
    claims = [_claim(claim, key, results.scale, provenance, stored) for claim in paper.claims]
    return PaperView(
        key=key,
        meta=paper.config.meta,
        address=paper_page(key),
        verdicts=quote(f"{key}/verdicts.json"),
        equations=_equations(paper),
        claims=sorted(claims, key=lambda claim: natural(claim.number)),
        figures=[_figure(figure, paper, results.scale, provenance) for figure in paper.figures],
        explorations=_explorations(paper, results),
        counts=_counts(claims),
        cost=cost_of(records),
        stages=cost_by_stage(records),
        last=last_moment(records),
        packages=_packages(records),
        jobs=[(job, provenance.behind(job)) for job in jobs],
        codes=codes_of(jobs),
        machine=places.pop() if len(places) == 1 else "",
    )


def _equations(paper: PaperResults) -> list[EquationView]:
    try:
        return [
            EquationView(each.kind, each.about, "".join(mathml(part) for part in each.tex.split("\\qquad")))
            for each in paper.config.meta.equations
        ]
    except MathError as error:
        raise PageError(f"{paper.config.path}: {error}") from None


def _explorations(paper: PaperResults, results: Results) -> list[ExplorationView]:
    views = []
    for name, each in paper.config.explorations.items():
        file = f"{paper.config.key}/comparison/{each.comparison}.csv"
        views.append(
            ExplorationView(
                anchor=f"{paper.config.key}.{name}",
                title=each.title,
                about=each.about,
                table=(each.comparison, quote(file)),
                data=exploration_data(each, results.folder / file),
            )
        )
    return views


def _figure(figure: FigureFiles, paper: PaperResults, scale: str, provenance: Provenance) -> FigureView:
    key, config = paper.config.key, paper.config.figures[figure.name]

    def address(suffix: str) -> str:
        return quote(f"{key}/figures/{figure.name}.{suffix}")

    return FigureView(
        files=figure,
        anchor=f"{key}/{figure.name}",
        title=config.title,
        alt=f"{figure.name}: {first_sentence(figure.caption)}",
        source=address("svg"),
        downloads=[(each, address(each)) for each in figure.formats],
        caption=caption_view(figure.caption, config.title),
        chain=provenance.of_figure(key, figure.name),
        regenerate=snakemake(scale, f"results/{scale}/{key}/figures/{figure.name}.svg"),
        explain=_explain(f"{key}/{figure.name}", scale),
    )


def _claim(claim: Mapping[str, Any], key: str, scale: str, provenance: Provenance, stored: Stored) -> ClaimView:
    expected = (stored.expected or {}).get(claim["id"])
    return ClaimView(
        id=claim["id"],
        number=claim["id"].rpartition(".")[2],
        record=claim,
        verdict=claim["verdict"],
        checks=[check_view(check, claim) for check in claim["checks"]],
        evidence=[(name, quote(f"{key}/comparison/{name}.csv")) for name in claim.get("evidence", [])],
        chain=provenance.of_claim(key, claim),
        regenerate=snakemake(scale, f"results/{scale}/{key}/verdicts.json"),
        explain=_explain(claim["id"], scale),
        why=expected.why if expected and expected.verdict == claim["verdict"] else "",
        stability=_stability(claim["id"], stored.stability.get(key)),
    )


def _stability(claim: str, answer: Mapping[str, Any] | None) -> str:
    """How often each verdict came out over root seeds, in words; empty where nobody asked."""
    found = next((each for each in (answer or {}).get("claims", ()) if each["claim"] == claim), None)
    if answer is None or found is None:
        return ""
    often = sorted(found["counts"].items(), key=lambda pair: (-pair[1], pair[0]))
    counts = ", ".join(f"{count} × {verdict}" for verdict, count in often)
    return f"{counts} over {len(answer['root_seeds'])} root seeds at {answer['scale']} scale"


def _explain(what: str, scale: str) -> str:
    return f"python scripts/audit.py explain {what} --scale {scale}"
