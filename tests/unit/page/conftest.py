"""The toy corpus and its page, made once for all tests that only read them."""

from __future__ import annotations

import pytest
from page_corpus import NASTY, ToyCorpus
from page_html import Page, parse

from atlas.page.render import write_page


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> ToyCorpus:
    """Two papers of two topics, one with markup in its title."""
    papers = {"toy-a": ("Energy of a toy", "networks"), "toy-b": (NASTY, "spin glasses")}
    return ToyCorpus(tmp_path_factory.mktemp("toy"), papers)


@pytest.fixture(scope="session")
def page(toy: ToyCorpus) -> Page:
    """The page of the toy corpus, parsed."""
    return parse(write_page(toy.results, toy.papers, toy.results / "index.html"))
