"""Fewer bytes, the same page: what is packed comes back, and no tag that a browser needs is left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_corpus import ToyCorpus
from page_html import Element, Page, inflated, parse

from atlas.page.corpus import corpus_of
from atlas.page.packing import packed, tight
from atlas.page.reading import read_results
from atlas.page.render import render


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_packed_text_comes_back_and_cannot_end_its_element(text: str) -> None:
    script = Element("script", {}, children=[packed(text)])
    assert inflated(script) == text
    assert not set(packed(text)) & set("<>&")


def test_repeated_words_cost_little() -> None:
    assert len(packed("simulate scan chunk " * 1000)) < 200  # 20000 letters; deflate says "again" 258 letters at a time


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a class="x" href="../a.csv#b">t</a>', "<a class=x href=../a.csv#b>t</a>"),
        ('<a title="two words" id="">t</a>', '<a title="two words" id="">t</a>'),
        ('<path d="M1"/>', '<path d="M1"/>'),  # without quotes the slash would belong to the value
        ('<i title="a=&#34;b&#34;">="c"</i>', '<i title="a=&#34;b&#34;">="c"</i>'),  # text is not touched
        ("<tr><td>1</td> <td>2</td></tr>\n<tr><th>3</th></tr></table>", "<tr><td>1<td>2<tr><th>3</table>"),
        ("<thead><tr><th>1</th></tr></thead>", "<thead><tr><th>1</thead>"),
        ("<ul><li>1</li>\n<li>2<ul><li>3</li></ul></li></ul>", "<ul><li>1<li>2<ul><li>3</ul></ul>"),
        ("<p>1</p>\n<p>2</p>\n<ul></ul>", "<p>1\n<p>2\n<ul></ul>"),
        ("<p>1</p> <a>2</a>", "<p>1</p> <a>2</a>"),  # a link does not end a paragraph
        ("<dl><dt>1</dt><dd>2</dd></dl>", "<dl><dt>1<dd>2</dl>"),
    ],
)
def test_only_what_html_implies_is_left_out(page: str, expected: str) -> None:
    assert tight(page) == expected


def tree(page: Page) -> list[object]:
    """Tags, attributes and words of a document, without the white space between them."""
    words = [" ".join(child.split()) if isinstance(child, str) else tree(child) for child in page.children]
    return [page.tag, page.attributes, [each for each in words if each]]


def test_tight_site_is_the_same_tree(toy: ToyCorpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(read_results(toy.results, toy.papers))
    short = render(corpus)
    monkeypatch.setattr("atlas.page.render.tight", lambda page: page)
    full = render(corpus)
    for file in (each for each in full if each.endswith(".html")):
        # What is packed is compared as it is: it was made tight before, which says the same.
        trees = [parse(text) for text in (short[file], full[file])]
        for each in trees:
            for script in each.all("script", "packed", id="records"):
                script.children = [parse(inflated(script))]
        assert tree(trees[0]) == tree(trees[1])
        assert len(short[file]) < len(full[file])
