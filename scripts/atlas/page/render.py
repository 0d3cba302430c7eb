"""The site as texts and as files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from atlas.page.behaviour import SCRIPT
from atlas.page.corpus import corpus_of
from atlas.page.jobs import STAGES
from atlas.page.numbers import seconds
from atlas.page.packing import packed, tight
from atlas.page.reading import read_results
from atlas.page.site import GENERAL
from atlas.page.stored import Stored, read_stored
from atlas.page.styles import STYLE
from atlas.page.templates import TEMPLATES

if TYPE_CHECKING:
    from atlas.config import PaperConfig
    from atlas.page.views import Corpus, PaperView

SYMBOL = {"reproduced": "✓", "refuted": "✗", "inconclusive": "?"}


def render(corpus: Corpus, way: str = ".") -> dict[str, str]:
    """The site: file (from the folder of the front page) → text; every text of the results is escaped.

    ``way``: from that folder to the folder of the results. The same corpus gives the same texts.
    """
    environment = _environment()

    def page(template: str, depth: int, **more: Any) -> str:
        up = "../" * depth
        base = up if way == "." else up + quote(f"{way}/")
        text = environment.get_template(template).render(
            corpus=corpus, here=template, site=up, base=base, stages=STAGES, **more
        )
        return tight(text.strip()) + "\n"

    def paper_text(paper: PaperView) -> str:
        return page("paper", 2, paper=paper, records=packed(page("records", 2, paper=paper)))

    pages = {"index.html": page("front", 0)}
    pages |= {paper.address: paper_text(paper) for paper in corpus.papers}
    parts = {"curves": _curves(corpus), "bench": packed(page("bench", 1)) if corpus.bench else ""}
    pages |= {f"page/{name}.html": page(name, 1, **parts) for name in GENERAL}
    return {**pages, "page/atlas.css": STYLE.lstrip(), "page/atlas.js": SCRIPT.lstrip()}


def _curves(corpus: Corpus) -> str:
    """The data of all plots that move, by their anchors; empty where there are none."""
    data = {each.anchor: each.data for paper in corpus.papers for each in paper.explorations}
    return packed(json.dumps(data, ensure_ascii=False, separators=(",", ":"))) if data else ""


def _environment() -> Any:
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.DictLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seconds"] = seconds
    # For what this package made itself of plain data: MathML.
    environment.filters["markup"] = Markup
    environment.globals["symbol"] = SYMBOL
    return environment


def write_page(results: Path, papers: Mapping[str, PaperConfig], output: Path, config: Path | None = None) -> str:
    """Write the site of the results of one scale and return the text of its front page.

    results: the folder results/<scale>, beside which the other doors write; papers: the configs by key; output:
    the front page; config: the folder of the configs, with the expected verdicts (None: nothing but the results
    is shown). Each file is written whole or not at all, the front page last. Raises PageError when a result is
    missing.
    """
    from atlas.files import write_text

    way = Path(os.path.relpath(results, output.parent)).as_posix()
    found = read_results(results, papers)
    stored = Stored() if config is None else read_stored(results.parent, found.scale, config)
    pages = render(corpus_of(found, stored), way)
    for file, text in sorted(pages.items(), key=lambda item: item[0] == "index.html"):
        (output.parent / file).parent.mkdir(parents=True, exist_ok=True)
        write_text(output if file == "index.html" else output.parent / file, text)
    return pages["index.html"]
