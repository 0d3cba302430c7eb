"""The size of the site of the whole atlas: the real configs, with results made up in their usual shape."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from page_corpus import ToyCorpus

from atlas.claims.judge import Question, judge_with
from atlas.config import PaperConfig, load_atlas
from atlas.estimation.estimate import Estimate
from atlas.page.corpus import corpus_of
from atlas.page.reading import FORMATS, FigureFiles, PaperResults, Results
from atlas.page.render import render
from atlas.page.site import MOST_BYTES, size_in_words

ROOT = Path(__file__).resolve().parents[3]
MODULES = {f"atlas.room{index}.module": "" for index in range(40)}  # of one job; those of the real ones are 30 to 60


def digest(*words: object) -> str:
    """64 hexadecimal digits that no compression can make short, as those of real files."""
    return hashlib.sha256(repr(words).encode()).hexdigest()


def observed(claim: Any, question: Question) -> Estimate:
    """A number of the usual length in print: every tenth anywhere, the others what the check (or its control) needs."""
    chance = random.Random(str(question))
    check = next(each for each in claim.checks if each.name == question.check)
    far = question.part == "control" or chance.random() < 0.1
    inside = {
        "within": lambda: check.expected + 0.1 * check.tolerance,
        "between": lambda: 0.45 * check.low + 0.55 * check.high,
        "below": lambda: check.bound - abs(check.bound) - 0.1,
        "above": lambda: check.bound + abs(check.bound) + 0.1,
    }
    # A few digits more than the config has, as computed numbers have them.
    mean = chance.uniform(-9, 9) if far else inside[check.kind]() * (1 + chance.uniform(-1e-4, 1e-4))
    return Estimate(mean, (abs(mean) + 1e-9) * 10 ** chance.uniform(-5, -3), 1.0, 10)


def curves(each: Any, _: Path) -> dict[str, Any]:
    """The data of a plot with one slider of eight values and fifty places: those of the real ones have 350 numbers."""
    chance = random.Random(each.title)
    line = [float(f"{chance.random():.4g}") for _ in range(50)]
    return {
        "shared": line,
        "x": each.x_label,
        "y": each.y_label,
        "log": each.log,
        "range": [None, None],
        "start": [0],
        "quantities": list(each.quantities.values()),
        "sliders": [{"name": words, "values": list(range(8))} for words in each.sliders.values()],
        "curves": {str(place): [{"y": [float(f"{chance.random():.4g}") for _ in line]}] for place in range(8)},
    }


def jobs(paper: PaperConfig) -> Iterator[dict[str, Any]]:
    """One record per task, as a ledger holds it; of a simulation one for each of three chunks."""
    here = f"results/desk/{paper.key}"
    tables = {name: f"{here}/comparison/{name}.csv" for name in paper.comparisons}
    made = {name: [f"{here}/simulation/{name}/{chunk}.npz" for chunk in range(3)] for name in paper.experiments}
    solved = {name: f"{here}/theory/{name}.npz" for name in paper.theories}
    for name, files in made.items():
        keys = [f"{paper.key}/{name}/g=1.5,n_units=1000/{replica}/couplings" for replica in range(9)]
        for chunk, file in enumerate(files):
            yield record(paper.key, "simulate", name, [file], chunk=chunk, keys=keys[3 * chunk : 3 * chunk + 3])
    for name, file in solved.items():
        yield record(paper.key, "theory", name, [file])
    for name, comparison in paper.comparisons.items():
        sources = [file for each in comparison.experiments for file in made[each]]
        yield record(
            paper.key, "compare", name, [tables[name]], [*sources, *(solved[each] for each in comparison.theories)]
        )
    for name, figure in paper.figures.items():
        files = [f"{here}/figures/{name}.{suffix}" for suffix in (*FORMATS, "caption.txt")]
        yield record(paper.key, "plot", name, files, [tables[each] for each in figure.comparisons])
    yield record(paper.key, "judge", None, [f"{here}/verdicts.json"], list(tables.values()))


def record(
    paper: str,
    stage: str,
    name: str | None,
    outputs: list[str],
    inputs: list[str] | None = None,
    chunk: int | None = None,
    keys: list[str] | None = None,
) -> dict[str, Any]:
    code = digest(paper, stage)
    return {
        "paper": paper,
        "stage": stage,
        "name": name,
        "chunk": chunk,
        "scale": "desk",
        "config_digest": digest(paper, stage, name, chunk),
        "code": {"digest": code, "modules": MODULES},
        "seed_keys": keys or [],
        "root_seed": 20250807,
        "outputs": {file: digest(file) for file in outputs},
        "inputs": {file: digest(file) for file in inputs or []},
        "started": f"2026-01-01T10:{random.Random(code).randrange(60):02}:00.000+00:00",
        "ended": "2026-01-01T11:00:00.123+00:00",
        "kernel_seconds": 1.5,
        "peak_memory_mb": 171.4,
        "packages": {"status": "locked"},
        "environment": {"manager": "venv"},
    }


def results_of(paper: PaperConfig) -> PaperResults:
    figures = [
        FigureFiles(
            name,
            f"{each.title}. {each.caption} Parameters: g = 1.1, 1.5, 2, networks = 10. Lines: {each.theory};"
            f" markers: {each.simulation}. Error bars: standard error over networks. Scale: desk.",
            FORMATS,
            (500.0, 170.0),
            each.reconstruction,
        )
        for name, each in paper.figures.items()
    ]
    return PaperResults(
        paper, [judge_with(claim, partial(observed, claim)).to_dict() for claim in paper.claims], figures
    )


def test_site_of_the_whole_atlas_is_below_a_megabyte(monkeypatch: pytest.MonkeyPatch) -> None:
    """Besides figures and tables; what is not made up here (benchmark, reasons of expectations) has a twentieth."""
    papers = load_atlas(ROOT / "config", {"papers": "all", "scale": "desk"}).papers
    monkeypatch.setattr("atlas.page.corpus.exploration_data", curves)
    records = [each for paper in papers.values() for each in jobs(paper)]
    found = Results(Path("results/desk"), "desk", records, [results_of(paper) for paper in papers.values()])
    sizes = {file: len(text.encode()) for file, text in render(corpus_of(found)).items()}
    assert all(sizes[f"page/papers/{key}.html"] > 10_000 for key in papers)  # nothing was left out
    assert sum(sizes.values()) < 0.95 * MOST_BYTES, sizes


def test_build_says_the_size(toy: ToyCorpus, site: object, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [toy.results / "index.html", *(path for path in (toy.results / "page").rglob("*") if path.is_file())]
    total = sum(len(file.read_bytes()) for file in files)
    assert size_in_words(files[0], toy.papers) == f"{total / 1e3:.0f} kB besides figures and tables"
    monkeypatch.setattr("atlas.page.site.MOST_BYTES", total - 1)
    assert "more than the" in size_in_words(files[0], toy.papers)
