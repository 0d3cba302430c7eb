"""The door of the sizes: how many networks each experiment of a scale needs, as tables. `scripts/sizes.py`."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from atlas.config import Atlas, PaperConfig, load_atlas
from atlas.planning import budget, measured
from atlas.planning.door import KNOWN_ERRORS, networks_at, precision_of, rows_of
from atlas.planning.measured import MeasuredError
from atlas.planning.model import CostModel
from atlas.planning.sizes import FACTOR, FAR, LEAST, SECONDS, STANDINGS, Measure, Now, Size, Sizes, added, sizes_of
from atlas.planning.work import Work, signatures

Pairs = Sequence[tuple[Sizes, Size]]
SYMBOLS = {"reproduced": "✓", "refuted": "✗", "inconclusive": "?"}
Places = dict[str, dict[str, Now]]  # paper → experiment → what it is now


def now_of(paper: PaperConfig, scale: str, model: CostModel) -> dict[str, Now]:
    """Every experiment of a paper at a scale: networks, core seconds in kernels by the middle of the estimate."""
    found = {}
    for name in paper.experiments:
        task = paper.experiment(name, scale)
        known = model.of(paper.key, "simulate", name, task.protocol)
        work = None if known is None else Work.of(signatures(task, known.costs.names))
        seconds = math.nan if known is None or work is None else known.seconds(work).middle
        found[name] = Now(networks_at(paper, name, scale), seconds)
    return found


def in_words(seconds: float) -> str:
    """Core seconds to two digits; what was never measured is not guessed."""
    if math.isnan(seconds):
        return "not measured"
    return f"{seconds:.0f}" if abs(seconds) >= 10 else f"{seconds:.2g}"


def number(value: float) -> str:
    """Two significant digits, no powers of ten."""
    return "" if math.isnan(value) else f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"


def empty_table(title: str, left: Sequence[str], columns: Sequence[str]) -> Table:
    """A table without rows, numbers to the right."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, justify="left" if column in left else "right", no_wrap=True)
    return table


def table_of_sizes(pairs: Pairs, title: str, networks: str, seconds: str, asked: str) -> Table:
    """A row per experiment with other networks than now."""
    columns = ("paper", "experiment", "networks", networks, seconds, asked, "error/tol.")
    table = empty_table(title, ("paper", "experiment", asked), columns)
    for paper, size in pairs:
        cost = in_words(abs(size.seconds))
        check = size.check.removeprefix(f"{paper.paper}.")
        table.add_row(
            paper.paper, size.name, str(size.now.networks), str(size.networks), cost, check, number(size.ratio)
        )
    return table


def table_without(checks: Sequence[Measure]) -> Table:
    """One-sided checks that need no more networks."""
    title = f"decided without: one-sided, {FAR:g} half-widths or more from the bound"
    columns = ("check", "is", "error/unit", "half-widths", "verdict")
    table = empty_table(title, ("check", "is", "verdict"), columns)
    for check in checks:
        outcome = check.outcome
        row = (str(check), f"{outcome.observed}, {check.criterion}", number(check.ratio), number(check.distance()))
        table.add_row(*row, outcome.verdict)
    return table


def table_apart(checks: Sequence[Measure], places: Places) -> Table:
    """Checks that a person must decide about."""
    columns = ("check", "error/tol.", "times", "core s", "half-widths", "verdict", "networks of")
    table = empty_table("for a person to decide", ("check", "verdict", "networks of"), columns)
    for check in checks:
        here = places[check.row.claim.rpartition(".")[0]]
        asked = (number(check.factor), in_words(added(check, here))) if check.helped else ("", "")
        distance = number(check.distance()) if check.usable else ""
        table.add_row(
            str(check), number(check.ratio), *asked, distance, SYMBOLS[check.outcome.verdict], networks_of(check)
        )
    return table


def networks_of(check: Measure) -> str:
    """The experiments whose networks a check asks for, in short, or why none help."""
    if not check.usable:
        return "(no error bar)"
    if not check.helped:
        return "(no scatter)"
    others = len(check.behind) - 1
    return f"{check.behind[0]} + {others}" if others else check.behind[0]


def sentences(papers: Sequence[Sizes], places: Places) -> list[str]:
    """What the tables come to, a sentence a line."""
    fine, more, without, apart = ([check for paper in papers for check in paper.of(kind)] for kind in STANDINGS)
    checks = [*fine, *more, *without, *apart]
    larger, smaller = (
        [size for paper in papers for size in paper.more],
        [size for paper in papers for size in paper.fewer],
    )
    silent = [now for paper in papers for now in paper.without_check(places[paper.paper])]
    missing = [name for paper in papers for name in paper.unmeasured]
    timeless = [
        f"{key}/{name}" for key, each in places.items() for name, now in each.items() if math.isnan(now.seconds)
    ]
    lines = [
        f"{len(checks)} checks measured, {sum(check.scatters for check in checks)} with an error over networks",
        f"{len(checks) - len(fine)} above a third of their tolerance or without error bar: "
        f"{len(more)} by more networks, {len(without)} decided without, {len(apart)} for a person",
        f"to add: {in_words(total(size.seconds for size in larger))} core seconds in {len(larger)} experiments",
        f"to save: {in_words(-total(size.seconds for size in smaller))} core seconds in {len(smaller)} experiments, "
        "as far as controls and witnesses allow",
        f"no check with an error over networks reads {len(silent)} experiments: "
        f"{in_words(total(now.seconds for now in silent))} core seconds",
    ]
    lines += [f"not measured at this scale, their networks stay: {', '.join(missing)}"] if missing else []
    return lines + ([f"time never measured, not counted: {', '.join(timeless)}"] if timeless else [])


def total(seconds: Iterable[float]) -> float:
    """The sum of what is known."""
    return sum(each for each in seconds if not math.isnan(each))


def show_sizes(console: Console, papers: Sequence[Sizes], places: Places, scale: str, seconds: float) -> None:
    """Tables that have rows, then the sentences."""
    more = [(paper, size) for paper in papers for size in paper.more]
    fewer = [(paper, size) for paper in papers for size in paper.fewer]
    without = [check for paper in papers for check in paper.of("without")]
    apart = [check for paper in papers for check in paper.of("apart")]
    if more:
        title = f"scale {scale}: more networks, for errors of at most a third of the tolerance"
        console.print(table_of_sizes(more, title, "needed", "core s to add", "asked for by"))
    if fewer:
        title = f"scale {scale}: fewer networks would do (at least {LEAST})"
        console.print(table_of_sizes(fewer, title, "would do", "core s to save", "held by"))
    if without:
        console.print(table_without(without))
    if apart:
        console.print(table_apart(apart, places))
        limits = f"more than {FACTOR:g} times as many networks or {number(seconds)} core seconds for one check"
        console.print(f"for a person: {limits}, or no networks that would help", highlight=False)
    for line in sentences(papers, places):
        console.print(line, highlight=False)
    console.print("nothing was changed: sizes are chosen by hand, in the config, before the next run", highlight=False)


def chosen(root: Path, atlas: Atlas, seconds: float) -> tuple[list[Sizes], Places]:
    """The sizes of every paper of the atlas, and its experiments as they are; raises MeasuredError."""
    rows = [row for row in precision_of(root, atlas) if row.scale == atlas.scale]
    claims = {claim.id for paper in atlas.papers.values() for claim in paper.claims}
    rows = [row for row in rows if row.claim in claims]
    if not rows:
        wanted = f"`make figures SCALE={atlas.scale}` and `make costs` first"
        raise MeasuredError(f"no error bars measured at scale {atlas.scale}: {wanted}")
    model = CostModel(atlas, measured.newest(*rows_of(root, atlas)))
    places = {key: now_of(paper, atlas.scale, model) for key, paper in atlas.papers.items()}
    return [sizes_of(paper, rows, places[key], seconds) for key, paper in atlas.papers.items()], places


def show(root: Path, words: Sequence[str]) -> None:
    """Parse, choose, print; raises the KNOWN_ERRORS."""
    about = "Networks that bring every standard error to a third of its tolerance."
    parser = argparse.ArgumentParser(prog="scripts/sizes.py", description=about)
    parser.add_argument("--scale", default="desk", help="smoke, desk (the default) or paper")
    parser.add_argument("--papers", help="keys with commas, or all")
    parser.add_argument("--budget", help="core time that one check may ask for, such as 10m (the default)")
    args = parser.parse_args(words)
    seconds = budget.parse_budget(args.budget) if args.budget is not None else SECONDS
    atlas = load_atlas(root / "config", {"scale": args.scale, "papers": args.papers or "all"})
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console = Console(soft_wrap=True, width=120)
    show_sizes(console, *chosen(root, atlas, seconds), atlas.scale, seconds)


def main(root: Path, words: Sequence[str]) -> int:
    """Exit code 0, or 2 with one line on stderr."""
    try:
        show(root, words)
    except KNOWN_ERRORS as error:
        print(f"sizes: {error}", file=sys.stderr)
        return 2
    return 0
