"""The page as text and as a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from atlas.page.behaviour import SCRIPT
from atlas.page.corpus import Corpus, corpus_of
from atlas.page.numbers import seconds
from atlas.page.reading import read_results
from atlas.page.styles import STYLE
from atlas.page.templates import TEMPLATES

if TYPE_CHECKING:
    from atlas.config import PaperConfig

SYMBOL = {"reproduced": "✓", "refuted": "✗", "inconclusive": "?"}


def render(corpus: Corpus, base: str = "") -> str:
    """The page as HTML; every text is escaped. The same corpus gives the same text.

    ``base`` is put before the addresses of the ledger and the crate.
    """
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
    environment.globals["symbol"] = SYMBOL
    # Both are constants of this package, not data.
    style, script = Markup(STYLE), Markup(SCRIPT)
    files = {"ledger": f"{base}ledger.json", "crate": f"{base}ro-crate-metadata.json"}
    page = environment.get_template("page")
    return page.render(corpus=corpus, style=style, script=script, files=files) + "\n"


def write_page(results: Path, papers: Mapping[str, PaperConfig], output: Path) -> str:
    """Write the page of the results of one scale (whole or not at all) and return its text.

    results: the folder results/<scale>; papers: the configs by key; output: the HTML file, from whose folder
    figures and tables are linked. Raises PageError when a result is missing.
    """
    from atlas.files import write_text

    way = Path(os.path.relpath(results, output.parent)).as_posix()
    base = "" if way == "." else quote(f"{way}/")
    text = render(corpus_of(read_results(results, papers), base), base)
    write_text(output, text)
    return text
