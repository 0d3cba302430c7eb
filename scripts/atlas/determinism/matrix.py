"""All switches against one reference run of a paper: a table in the terminal, results/determinism.*.{json,md}."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from atlas.config import ConfigError, load_atlas
from atlas.determinism.deviations import FOLDERS, StageDeviation, deviations
from atlas.determinism.probe import probe
from atlas.determinism.switches import STAGES, Switch, all_switches
from atlas.determinism.workspace import Workspace, WorkspaceError
from atlas.files import write_text

REFERENCE = Switch("reference", "1 core, 1 thread, the machine's own kernels", bitwise=True, cores="1")
PIPE_WIDTH = 200


@dataclass(frozen=True)
class Row:
    """One switch: what it changed in the probe or the run, and each stage against the reference.

    ``failure``: why there is nothing to compare, else empty.
    """

    switch: str
    about: str
    bitwise: bool
    effect: str
    stages: tuple[StageDeviation, ...]
    failure: str = ""

    @property
    def kept(self) -> bool:
        """Whether the promise holds: bitwise where promised, else every verdict as in the reference."""
        if self.failure:
            return not self.bitwise
        return not any(each.unlike for each in self.stages if self.bitwise or each.stage == "judge")


def workspace(switch: Switch, folder: Path, source: Path, paper: str, scale: str) -> Workspace:
    """The folder in which one switch runs."""
    place = Workspace.at(folder / switch.name, source, paper, scale)
    if switch.change is not None:
        place.change(switch.change)
    return place


def start_order(run: Workspace) -> list[str]:
    """The outputs of the run's jobs in the order in which these started."""
    records = sorted(run.records(), key=lambda record: str(record["started"]))
    return [sorted(record["outputs"])[0] for record in records]


def row(switch: Switch, place: Workspace, reference: Workspace, usual: dict[str, str]) -> Row:
    """Run one switch and compare."""

    def told(effect: str, stages: Sequence[StageDeviation] = (), failure: str = "") -> Row:
        return Row(switch.name, switch.about, switch.bitwise, effect, tuple(stages), failure)

    effect = ""
    if switch.env:
        found = probe(switch.env)
        if found is None:
            return told("", failure="this machine cannot run it")
        effect = ", ".join(name for name in usual if found[name] != usual[name]) or "none"
    first = [word for word in reversed(start_order(reference)) if f"/{FOLDERS['compare']}/" in word]
    words = ["--prioritize", *first[: max(len(first) // 2, 1)]] if switch.reverse else []
    try:
        place.run(*words, env=switch.env, cores=switch.cores)
    except WorkspaceError as error:
        return told(effect, failure=str(error))
    if switch.reverse:
        effect = "another order" if start_order(place) != start_order(reference) else "none"
    return told(effect, deviations(reference, place))


def matrix(root: Path, paper: str, scale: str, names: Sequence[str], say: Callable[[str], None]) -> list[Row]:
    """A row for each switch (all, or those named). Folders that an interrupted call left behind are gone on with."""
    folder = root / "results" / ".determinism" / f"{paper}.{scale}"
    chosen = [switch for switch in all_switches() if not names or switch.name in names]
    reference = workspace(REFERENCE, folder, root, paper, scale)
    say(f"{REFERENCE.name}: {REFERENCE.about}")
    reference.run(cores=REFERENCE.cores)
    usual = probe({}) or {}
    rows = []
    for number, switch in enumerate(chosen, start=1):
        say(f"{number} of {len(chosen)} {switch.name}: {switch.about}")
        place = workspace(switch, folder, root, paper, scale)
        rows.append(row(switch, place, reference, usual))
    return rows


def table(rows: Sequence[Row], paper: str, scale: str) -> Table:
    """The rows for the terminal."""
    shown = Table(title=f"{paper} at {scale} scale: each run against the reference", title_justify="left")
    for column in ("switch", "switched", *STAGES, "promise"):
        shown.add_column(column, no_wrap=True)
    for each in rows:
        shown.add_row(each.switch, each.effect, *cells(each), promise(each))
    return shown


def cells(each: Row) -> list[str]:
    """One cell per stage."""
    return [each.failure[:60], *[""] * (len(STAGES) - 1)] if each.failure else [stage.words for stage in each.stages]


def promise(each: Row) -> str:
    """What is promised, and whether it holds."""
    if each.failure and not each.bitwise:
        return "not tried"
    return f"{'bitwise' if each.bitwise else 'verdicts'} {'kept' if each.kept else 'BROKEN'}"


def markdown(rows: Sequence[Row], paper: str, scale: str) -> str:
    """The rows as a Markdown table, with the place of the largest deviations below it."""
    head = ["switch", "about", "switched", *STAGES, "promise"]
    lines = [f"# Determinism of {paper} at {scale} scale", "", f"Reference: {REFERENCE.about}.", ""]
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join([r.switch, r.about, r.effect, *cells(r), promise(r)]) + " |" for r in rows]
    worst = [f"- {r.switch}, {stage.stage}: {stage.worst}" for r in rows for stage in r.stages if stage.worst]
    return "\n".join([*lines, "", *worst]) + "\n"


def main(root: Path, words: Sequence[str] | None = None) -> int:
    """Exit code 0 when every promise holds, 1 when one is broken, 2 when nothing could be compared."""
    known = [switch.name for switch in all_switches()]
    parser = argparse.ArgumentParser(prog="scripts/determinism.py", description=__doc__)
    parser.add_argument("--paper", required=True, help="a key of config/papers")
    parser.add_argument("--scale", default="smoke")
    parser.add_argument("--switches", nargs="*", default=[], choices=known, metavar="NAME", help=", ".join(known))
    parser.add_argument("--keep", action="store_true", help="keep the folders of the runs")
    args = parser.parse_args(words)
    console = Console()
    if not console.is_terminal:  # a file or pipe: one line stays one line
        console = Console(width=PIPE_WIDTH)
    try:
        load_atlas(root / "config", {"papers": [args.paper], "scale": args.scale})
        rows = matrix(root, args.paper, args.scale, args.switches, lambda text: console.print(text, highlight=False))
    except (ConfigError, WorkspaceError) as error:
        Console(stderr=True, soft_wrap=True).print(f"determinism: {error}", markup=False, highlight=False)
        return 2
    stem = root / "results" / f"determinism.{args.paper}.{args.scale}"
    plain: dict[str, Any] = {"paper": args.paper, "scale": args.scale, "rows": [asdict(each) for each in rows]}
    write_text(stem.with_name(f"{stem.name}.json"), json.dumps(plain, indent=1, ensure_ascii=False) + "\n")
    write_text(stem.with_name(f"{stem.name}.md"), markdown(rows, args.paper, args.scale))
    console.print(table(rows, args.paper, args.scale))
    if not args.keep:
        for place in (root / "results" / ".determinism" / f"{args.paper}.{args.scale}").iterdir():
            Workspace(place, args.paper, args.scale).remove()
    return 0 if all(each.kept for each in rows) else 1
