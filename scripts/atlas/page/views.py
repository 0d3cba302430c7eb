"""What the templates show, as plain data: the corpus, its papers, claims and figures. No markup, no files.

Addresses of files are relative to the folder of the results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atlas.page.captions import CaptionView
from atlas.page.checks import CheckView
from atlas.page.jobs import Code, Cost, JobGroup
from atlas.page.reading import FigureFiles
from atlas.page.stored import Change

ONE_COLUMN = 300.0  # points; a journal column has 244 (86 mm)


@dataclass(frozen=True)
class ClaimView:
    """One claim: its record, its checks, the chain behind it, how it came out under other seeds."""

    id: str
    number: str
    record: Mapping[str, Any]
    verdict: str
    checks: list[CheckView]
    evidence: list[tuple[str, str]]
    chain: list[JobGroup]
    regenerate: str
    explain: str
    why: str
    stability: str


@dataclass(frozen=True)
class FigureView:
    """One figure: its files with addresses, its caption, and the chain behind it."""

    files: FigureFiles
    anchor: str
    title: str
    alt: str
    source: str
    downloads: list[tuple[str, str]]
    caption: CaptionView
    chain: list[JobGroup]
    regenerate: str
    explain: str

    @property
    def wide(self) -> bool:
        """Whether the figure is drawn over both columns of a journal page."""
        return self.files.size is not None and self.files.size[0] > ONE_COLUMN


@dataclass(frozen=True)
class EquationView:
    """One equation: its kind (model or theory), what it says, its MathML, one element for each part between wide spaces."""

    kind: str
    about: str
    markup: str


@dataclass(frozen=True)
class ExplorationView:
    """Curves that a reader can move through: ``data`` for the page's script, and the table they are from."""

    anchor: str
    title: str
    about: str
    table: tuple[str, str]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class PaperView:
    """One paper with its counts, claims, figures, costs and jobs (each with those on whose outputs it stands).

    ``codes``: the code that its jobs ran, told once for all jobs of one digest.

    ``machine``: where all its jobs ran; empty when they ran in several environments, which the jobs then say.
    """

    key: str
    meta: Any
    address: str
    verdicts: str
    equations: list[EquationView]
    claims: list[ClaimView]
    figures: list[FigureView]
    explorations: list[ExplorationView]
    counts: dict[str, int]
    cost: Cost
    stages: list[tuple[str, Cost]]
    last: str
    packages: list[tuple[str, str, int]]
    jobs: list[tuple[JobGroup, list[JobGroup]]]
    codes: list[Code]
    machine: str

    @property
    def refuted(self) -> list[ClaimView]:
        """The claims that did not hold."""
        return [claim for claim in self.claims if claim.verdict == "refuted"]

    @property
    def locked(self) -> bool:
        """Whether every job ran with the packages of the lock."""
        return bool(self.packages) and all(state == "locked" for state, _, _ in self.packages)


@dataclass(frozen=True)
class Corpus:
    """The whole site: what holds for all papers together, and what the other doors have written."""

    scale: str
    papers: list[PaperView]
    counts: dict[str, int]
    cost: Cost
    last: str
    packages: list[tuple[str, str, int]]
    topics: list[str]
    changes: list[Change] | None
    expected: int
    bench: Mapping[str, Any] | None
    determinism: tuple[Mapping[str, Any], ...]

    @property
    def refuted(self) -> list[ClaimView]:
        """Every refuted claim."""
        return [claim for paper in self.papers for claim in paper.refuted]

    @property
    def explorations(self) -> int:
        """How many plots a reader can move."""
        return sum(len(paper.explorations) for paper in self.papers)
