"""The toy corpus and its page, made once for all tests that only read them."""

from __future__ import annotations

import pytest
from page_corpus import NASTY, ToyCorpus
from page_html import Page, parse, unpacked

from atlas.page.render import write_page


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> ToyCorpus:
    """Two papers of two topics, one with markup in its title."""
    papers = {"toy-a": ("Energy of a toy", "networks"), "toy-b": (NASTY, "spin glasses")}
    return ToyCorpus(tmp_path_factory.mktemp("toy"), papers)


@pytest.fixture(scope="session")
def site(toy: ToyCorpus) -> dict[str, Page]:
    """Every page of the toy corpus, parsed and unpacked: file below the results → page."""
    write_page(toy.results, toy.papers, toy.results / "index.html", toy.root / "config")
    places = [toy.results / "index.html", *sorted((toy.results / "page").rglob("*.html"))]
    return {
        place.relative_to(toy.results).as_posix(): unpacked(parse(place.read_text(encoding="utf-8")))
        for place in places
    }


@pytest.fixture(scope="session")
def page(site: dict[str, Page]) -> Page:
    """The front page."""
    return site["index.html"]


@pytest.fixture(scope="session")
def paper(site: dict[str, Page]) -> Page:
    """The page of the paper toy-a."""
    return site["page/papers/toy-a.html"]
