"""Which files the site has, and which it reads besides the results of its scale: for the rule that makes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

GENERAL = ("ask", "cost", "determinism")  # pages besides the front and the papers


def paper_page(key: str) -> str:
    """The page of one paper, from the folder of the front page."""
    return f"page/papers/{key}.html"


def site_files(papers: Iterable[str]) -> list[str]:
    """The files of the site but its front page, from the folder of that: one page per paper, and what all share."""
    pages = [paper_page(key) for key in papers]
    return [*pages, *(f"page/{name}.html" for name in GENERAL), "page/atlas.css", "page/atlas.js"]


def stored_files(results: Path, config: Path) -> list[str]:
    """What the other doors have written and the site shows, those files that are there.

    results: the folder of all scales; config: the folder of the configs.
    """
    patterns = ("determinism.*.json", "stability.*.json", "bench.json")
    found = [*config.glob("verdicts.*.csv"), *(path for each in patterns for path in results.glob(each))]
    return sorted(path.as_posix() for path in found)
