"""Which files the site has, and which it reads besides the results of its scale: for the rule that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

GENERAL = ("ask", "cost", "determinism")  # pages besides the front and the papers
# Bytes of the site besides figures and tables, at most: a reader can send it whole, and a slow line (1 Mbit/s) brings
# all of it in eight seconds. The build says the size, and when it is above.
MOST_BYTES = 1_000_000


def paper_page(key: str) -> str:
    """The page of one paper, from the folder of the front page."""
    return f"page/papers/{key}.html"


def site_files(papers: Iterable[str]) -> list[str]:
    """The files of the site but its front page, from the folder of that: one page per paper, and what all share."""
    pages = [paper_page(key) for key in papers]
    return [*pages, *(f"page/{name}.html" for name in GENERAL), "page/atlas.css", "page/atlas.js"]


def size_in_words(front: Path, papers: Iterable[str]) -> str:
    """The size of a site on disk besides figures and tables, and whether it is above what it may have."""
    files = [front, *(front.parent / file for file in site_files(papers))]
    total = sum(file.stat().st_size for file in files)
    words = f"{total / 1e3:.0f} kB besides figures and tables"
    return words if total <= MOST_BYTES else f"{words}: more than the {MOST_BYTES / 1e3:.0f} kB that it may have"


def stored_files(results: Path, config: Path) -> list[str]:
    """What the other doors have written and the site shows, those files that are there.

    results: the folder of all scales; config: the folder of the configs.
    """
    patterns = ("determinism.*.json", "stability.*.json", "bench.json")
    found = [*config.glob("verdicts.*.csv"), *(path for each in patterns for path in results.glob(each))]
    return sorted(path.as_posix() for path in found)
