"""A small strict reader of HTML: a tree of elements, and an error where tags do not close in order.

End tags that HTML implies may be missing; packed parts are put where the page's script puts them.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input"}
# An open element that a start tag ends (HTML, section 13.1.2.4).
ENDS = {
    **{tag: {"td", "th"} for tag in ("td", "th")},
    "tr": {"td", "th", "tr"},
    "li": {"li"},
    **{tag: {"dt", "dd"} for tag in ("dt", "dd")},
    **{tag: {"p"} for tag in ("p", "div", "ul", "dl", "table", "pre", "figure", "section", "article")},
    **{f"h{level}": {"p"} for level in range(1, 7)},
}
OMITTABLE = {"td", "th", "tr", "li", "dt", "dd", "p"}


@dataclass
class Element:
    """One element: its tag, attributes, children and text."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def content(self) -> str:
        """Its text with all white space, as ``textContent`` in a browser."""
        return "".join(child if isinstance(child, str) else child.content for child in self.children)

    @property
    def text(self) -> str:
        return " ".join(self.content.split())

    def all(self, tag: str = "", class_: str = "", **attributes: str) -> Iterator[Element]:
        """Elements below this one, in order, with this tag, class and attributes (data_kind for data-kind)."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        for child in self.children:
            if isinstance(child, Element):
                fits = all(child.attributes.get(name) == value for name, value in wanted.items())
                if (not tag or child.tag == tag) and (not class_ or class_ in child.classes) and fits:
                    yield child
                yield from child.all(tag, class_, **attributes)

    def children_of(self, tag: str) -> list[Element]:
        """The direct children with this tag."""
        return [child for child in self.children if isinstance(child, Element) and child.tag == tag]

    def one(self, tag: str = "", class_: str = "", **attributes: str) -> Element:
        """The only such element."""
        (found,) = self.all(tag, class_, **attributes)
        return found


Page = Element


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("document", {})]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        assert len(set(names)) == len(names), f"{tag}: attribute given twice"
        while self.open[-1].tag in ENDS.get(tag, ()):
            self.open.pop()
        element = Element(tag, {name: value or "" for name, value in attributes}, self.open[-1])
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1].tag in OMITTABLE - {tag}:
            self.open.pop()
        assert self.open[-1].tag == tag, f"</{tag}> where <{self.open[-1].tag}> is open"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse(text: str) -> Page:
    """The document; AssertionError when tags do not nest."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is never closed"
    return reader.open[0]


def inflated(script: Page) -> str:
    """What a packed script element holds, by the standard library alone."""
    return zlib.decompress(base64.b64decode(script.text, validate=True), wbits=-15).decode()


def unpacked(page: Page) -> Page:
    """The document after its script put the packed records where they belong."""
    for script in page.all("script", "packed", id="records"):
        homes = {each.attributes["id"]: each for each in page.all() if "id" in each.attributes}
        for piece in parse(inflated(script)).children_of("div"):
            home = homes[piece.attributes["data-for"]]
            for child in piece.children:
                if isinstance(child, Element):
                    child.parent = home
                home.children.append(child)
    return page
