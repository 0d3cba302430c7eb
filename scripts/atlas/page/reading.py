"""What the page shows, read from disk: the ledger, the verdicts, and the files of each figure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atlas.claims.verdict import VERDICTS

if TYPE_CHECKING:
    from atlas.config import PaperConfig

FORMATS = ("svg", "pdf", "png", "csv")
HEAD = 4000  # bytes of an SVG in which its size is looked for


class PageError(ValueError):
    """Something that the page needs is missing or unreadable, in one line."""


@dataclass(frozen=True)
class FigureFiles:
    """One figure on disk: ``formats`` that are there, ``size`` (width, height) of the SVG when it says so."""

    name: str
    caption: str
    formats: tuple[str, ...]
    size: tuple[float, float] | None
    reconstruction: bool


@dataclass(frozen=True)
class PaperResults:
    """What the results of one scale hold of one paper."""

    config: PaperConfig
    claims: list[dict[str, Any]]
    figures: list[FigureFiles]


@dataclass(frozen=True)
class Results:
    """The results of one scale: ``records`` of all jobs as in the ledger, and the papers in order of key."""

    folder: Path
    scale: str
    records: list[dict[str, Any]]
    papers: list[PaperResults]


def read_results(folder: Path, papers: Mapping[str, PaperConfig]) -> Results:
    """Read ``folder``/ledger.json and, for each paper, its verdicts, captions and sizes of figures.

    folder: results/<scale>; papers: the configs by key. Raises PageError for a file that is missing or not of
    its format.
    """
    ledger = _json(folder / "ledger.json", "records")
    found = [_paper(folder, paper) for _, paper in sorted(papers.items())]
    return Results(folder, str(ledger.get("scale", folder.name)), ledger["records"], found)


def _paper(folder: Path, config: PaperConfig) -> PaperResults:
    here = folder / config.key
    verdicts = _json(here / "verdicts.json", "claims")
    for claim in verdicts["claims"]:
        if claim.get("verdict") not in VERDICTS:
            said = f"{claim.get('id')}: got verdict {claim.get('verdict')!r}"
            raise PageError(f"{here / 'verdicts.json'}: {said}; allowed: {', '.join(VERDICTS)}")
    figures = [_figure(here / "figures", name, figure.reconstruction) for name, figure in config.figures.items()]
    return PaperResults(config, verdicts["claims"], figures)


def _figure(folder: Path, name: str, reconstruction: bool) -> FigureFiles:
    formats = tuple(each for each in FORMATS if (folder / f"{name}.{each}").is_file())
    if "svg" not in formats:
        raise PageError(f"{folder / name}.svg: is missing; needed: every figure of the config")
    caption = " ".join(_text(folder / f"{name}.caption.txt").split())
    with (folder / f"{name}.svg").open("rb") as stream:
        head = stream.read(HEAD).decode("utf-8", errors="replace")
    return FigureFiles(name, caption, formats, svg_size(head), reconstruction)


def svg_size(head: str) -> tuple[float, float] | None:
    """Width and height of an SVG by its viewBox, from the beginning of its text; None when it has none."""
    match = re.search(r'<svg\b[^>]*\bviewBox="([^"]*)"', head)
    if not match:
        return None
    try:
        _, _, width, height = (float(number) for number in match.group(1).split())
    except ValueError:
        return None
    return (width, height) if width > 0 and height > 0 else None


def first_sentence(text: str) -> str:
    """The first sentence of a caption: up to the first stop that a capital, a bracket or the end follows."""
    match = re.match(r"(.+?[.!?])(?=\s+[A-Z(]|\s*$)", text)
    return match.group(1) if match else text


def _json(path: Path, needed: str) -> dict[str, Any]:
    try:
        content = json.loads(_text(path))
    except ValueError as error:
        raise PageError(f"{path}: is not JSON ({' '.join(str(error).split())})") from None
    if not isinstance(content, dict) or not isinstance(content.get(needed), list):
        raise PageError(f"{path}: has no list of {needed}")
    return content


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PageError(f"{path}: cannot be read ({type(error).__name__})") from None
