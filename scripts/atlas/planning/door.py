"""The door of the plan: reads configs and measured rows, prints tables. `scripts/plan.py` and `scripts/costs.py`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from atlas.config import Atlas, ConfigError, PaperConfig, load_atlas
from atlas.config.definition import SCALES
from atlas.files import write_text
from atlas.planning import budget, measured, precision, probe
from atlas.planning.measured import Measured, MeasuredError
from atlas.planning.model import CostModel
from atlas.planning.plan import PaperPlan, duration, plan_paper, total, warnings
from atlas.planning.terms import TermError
from atlas.planning.work import replicas
from atlas.provenance.record import RecordError

Errors = Sequence[precision.Precision]
KNOWN_ERRORS = (ConfigError, MeasuredError, RecordError, TermError, budget.BudgetError, OSError)


def rows_of(root: Path, atlas: Atlas, results: Path | None = None) -> tuple[list[Measured], list[Measured]]:
    """Committed rows and those of the runs in results/ (or another folder)."""
    model = CostModel(atlas, [])
    names = {
        (paper, stage, protocol): costs.names
        for paper in atlas.papers
        for (stage, protocol), costs in model.costs(paper).items()
    }
    path = root / measured.FILE
    committed = measured.parse(path.read_text(encoding="utf-8"), str(measured.FILE)) if path.exists() else []
    return committed, measured.from_records(results or root / "results", atlas, names)


def precision_of(root: Path, atlas: Atlas) -> list[precision.Precision]:
    """The measured error bars of the checks: committed, replaced by those of runs in results/."""
    path = root / precision.FILE
    try:
        rows = precision.parse(path.read_text(encoding="utf-8")) if path.exists() else []
    except (KeyError, ValueError):
        raise MeasuredError(f"{precision.FILE}: cannot be read; write it anew with `make costs`") from None
    return [*rows, *precision.from_verdicts(root / "results", atlas)]


def table_of_papers(plans: Sequence[PaperPlan], scale: str) -> Table:
    """Jobs, core hours and memory, a row per paper."""
    table = Table(title=f"plan of scale {scale}", title_justify="left", header_style="bold")
    for column in ("paper", "jobs", "core hours", "least", "most", "longest job", "memory MB"):
        table.add_column(column, justify="left" if column == "paper" else "right")
    for plan in plans:
        table.add_row(plan.paper.key, str(plan.jobs), *hours(plan.seconds), duration(plan.longest), memory(plan))
    if len(plans) > 1:
        longest = max(plan.longest for plan in plans)
        table.add_row("all", str(sum(plan.jobs for plan in plans)), *hours(total(plans)), duration(longest), "")
    return table


def hours(seconds: budget.Range) -> tuple[str, str, str]:
    """Middle, least and most in hours."""
    middle, low, high = (shown(each / 3600) for each in (seconds.middle, seconds.low, seconds.high))
    return middle, low, high


def shown(number: float) -> str:
    """Two digits before the point at least, two significant ones else."""
    return f"{number:.0f}" if number >= 10 else f"{number:.2g}" if number >= 0.01 else "< 0.01"


def memory(plan: PaperPlan) -> str:
    """The memory of the largest job."""
    return f"{plan.memory_mb.middle:.0f} (to {plan.memory_mb.high:.0f})"


def table_of_tasks(plan: PaperPlan) -> Table:
    """The same, a row per experiment and theory of one paper."""
    table = Table(title=plan.paper.key, title_justify="left", header_style="bold")
    for column in ("task", "jobs", "core hours", "least", "most", "longest job", "memory MB", "measured"):
        table.add_column(column, justify="left" if column in ("task", "measured") else "right")
    for task in sorted(plan.tasks, key=lambda each: -each.seconds.middle):
        needed = f"{task.memory_mb.middle:.0f}"
        longest = duration(float(task.cut.jobs.max()))
        table.add_row(task.name, str(len(task.cut.jobs)), *hours(task.seconds), longest, needed, ", ".join(task.scales))
    return table


def networks_at(paper: PaperConfig, name: str, scale: str) -> int:
    """Networks per point of an experiment at a scale."""
    return replicas(paper.experiment(name, scale))


def doubt_lines(atlas: Atlas, rows: Errors, chosen: dict[budget.Key, tuple[str, int]]) -> list[str]:
    """The claims that stay inconclusive, a line per paper."""
    lines = []
    for paper in atlas.papers.values():
        own = [row for row in rows if row.claim.rpartition(".")[0] == paper.key]
        if not own:
            lines.append(f"{paper.key}: no verdicts measured, so that nothing can be said of its claims")
            continue
        found = precision.doubts(
            paper,
            own,
            lambda name, key=paper.key: chosen[key, "simulate", name],  # type: ignore[misc]
            lambda name, scale, paper=paper: networks_at(paper, name, scale),  # type: ignore[misc]
        )
        lines += [f"{paper.key}: {', '.join(map(str, found))}"] if found else []
    return lines


def at_scale(atlas: Atlas) -> dict[budget.Key, tuple[str, int]]:
    """Every experiment with the sizes and networks of the atlas' scale."""
    return {
        (paper.key, "simulate", name): (atlas.scale, networks_at(paper, name, atlas.scale))
        for paper in atlas.papers.values()
        for name in paper.experiments
    }


def say_claims(console: Console, lines: Sequence[str]) -> None:
    """What the error bars would leave open."""
    head = "claims that would stay inconclusive, by measured errors that fall as 1/sqrt(networks):"
    console.print(head if lines else "no claim would stay inconclusive by the measured errors", highlight=False)
    for line in lines:
        console.print(f"  {line}", highlight=False)


def show_scale(console: Console, atlas: Atlas, model: CostModel, rows: Errors, details: bool) -> None:
    """The plan of a scale."""
    plans = [plan_paper(paper, atlas.scale, model) for paper in atlas.papers.values()]
    for plan in plans:
        if plan.missing:
            names = ", ".join(plan.missing)
            console.print(f"{plan.paper.key}: never measured, not counted: {names}", highlight=False)
    for plan in plans if details or len(plans) == 1 else []:
        console.print(table_of_tasks(plan))
    console.print(table_of_papers(plans, atlas.scale))
    found = [line for plan in plans for line in warnings(plan)]
    for line in found:
        console.print(f"[yellow]warning[/] {line}", highlight=False)
    say_claims(console, doubt_lines(atlas, rows, at_scale(atlas)))


def table_of_rungs(chosen: budget.Choice, ladders: dict[budget.Key, Sequence[budget.Rung]], title: str) -> Table:
    """The sizes of every task that does not get those of scale `paper` in full."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in ("paper", "task", "sizes of", "networks", "core hours", "least", "most"):
        table.add_column(column, justify="left" if column in ("paper", "task", "sizes of") else "right")
    for key, rung in chosen.rungs.items():
        paper, stage, name = key
        networks = f"{rung.networks} of {ladders[key][-1].networks}" if stage == "simulate" else ""
        if rung != ladders[key][-1]:
            table.add_row(paper, name, rung.scale, networks, *hours(rung.seconds))
    table.add_row("all, with those below", "", "", "", *hours(chosen.seconds))
    return table


def show_budget(console: Console, atlas: Atlas, model: CostModel, rows: Errors, seconds: float, cores: int) -> None:
    """The largest sizes that fit."""
    ladders, missing = budget.ladders_of(atlas.papers.values(), model)
    if missing:
        names = ", ".join(f"{paper}/{name}" for paper, _, name in missing)
        console.print(f"never measured, not counted: {names}", highlight=False)
    fixed = sum(row.seconds for paper in atlas.papers for row in model.fixed(paper))
    fixed += sum(model.overhead(stage) for _, stage, _ in ladders)
    chosen = budget.choose(ladders, fixed, seconds, cores)
    console.print(table_of_rungs(chosen, ladders, f"sizes for {duration(seconds)} on {cores} cores"))
    top = sorted(key[2] for key, rung in chosen.rungs.items() if rung == ladders[key][-1])
    console.print(f"at all their sizes of scale paper, {len(top)} tasks: {', '.join(top)}", highlight=False)
    low, high = (duration(each / cores) for each in (chosen.seconds.low, chosen.seconds.high))
    bound = f"at most {duration(chosen.wall(cores))} on {cores} cores by the middle of the estimate"
    console.print(f"{bound} ({low} to {high} of work for each core)", highlight=False)
    plan = {key: (rung.scale, rung.networks) for key, rung in chosen.rungs.items()}
    whole = {key: plan.get(key, both) for key, both in at_scale(atlas).items()}
    say_claims(console, doubt_lines(atlas, rows, whole))


def show(root: Path, words: Sequence[str]) -> None:
    """Parse, plan, print; raises the KNOWN_ERRORS."""
    parser = argparse.ArgumentParser(prog="scripts/plan.py", description="Jobs, core hours and memory of a scale.")
    parser.add_argument("--scale", default="paper", help="smoke, desk or paper (the default)")
    parser.add_argument("--papers", help="keys with commas, or all")
    parser.add_argument("--budget", help="a time such as 2h: the largest sizes that fit")
    parser.add_argument("--cores", default="all")
    parser.add_argument("--tasks", action="store_true", help="a row for every experiment and theory")
    args = parser.parse_args(words)
    atlas = load_atlas(root / "config", {"scale": args.scale, "papers": args.papers or "all"})
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console = Console(soft_wrap=True, width=120)
    committed, own = rows_of(root, atlas)
    rows = measured.newest(committed, own)
    if not rows:
        raise MeasuredError("no measured run: `make figures SCALE=smoke` first, or restore config/costs.csv")
    model, errors = CostModel(atlas, rows), precision_of(root, atlas)
    if args.budget:
        show_budget(console, atlas, model, errors, budget.parse_budget(args.budget), cores_of(args.cores))
    else:
        show_scale(console, atlas, model, errors, args.tasks)
    machines = sorted({row.machine for row in rows if row.paper in atlas.papers})
    console.print(f"measured on: {'; '.join(machines)}", highlight=False)


def cores_of(text: str) -> int:
    """A number of cores; raises BudgetError."""
    if text == "all":
        return os.cpu_count() or 1
    if not text.isdecimal() or int(text) < 1:
        raise budget.BudgetError(f"CORES: got {text!r}; allowed: all, or a whole number > 0")
    return int(text)


def main(root: Path, words: Sequence[str]) -> int:
    """Exit code 0, or 2 with one line on stderr."""
    try:
        show(root, words)
    except KNOWN_ERRORS as error:
        print(f"plan: {error}", file=sys.stderr)
        return 2
    return 0


def write_costs(root: Path, words: Sequence[str]) -> int | str:
    """Write config/costs.csv and config/precision.csv from the records of runs; rows of tasks not run are kept.

    Of several folders with runs of one machine the later counts, with the least disturbed times of all.
    """
    parser = argparse.ArgumentParser(prog="scripts/costs.py", description="Keep what runs cost, for plans.")
    parser.add_argument("folders", nargs="*", type=Path, help="results of runs (default: results)")
    parser.add_argument("--probe", help="keys of papers with commas, or all: measure items of each size anew")
    args = parser.parse_args(words)
    try:
        atlas = load_atlas(root / "config", {"papers": "all"})
        rows = kept_rows(root, atlas, args.folders or [root / "results"])
        if not rows:
            return "costs: no records of runs: `make figures` first"
        if args.probe:
            rows = with_probes(load_atlas(root / "config", {"papers": args.probe}), rows)
        errors = precision_of(root, atlas)
        errors += [row for folder in args.folders for row in precision.from_verdicts(folder, atlas)]
    except KNOWN_ERRORS as error:
        return f"costs: {error}"
    rows.sort(key=lambda row: (row.paper, row.stage, row.name, row.scale, str(row.work)))
    checks = last_checks(atlas, errors)
    write_text(root / measured.FILE, measured.render(rows))
    write_text(root / precision.FILE, precision.render(checks))
    print(f"{measured.FILE}: {len(rows)} rows; {precision.FILE}: {len(checks)} rows")
    return 0


def kept_rows(root: Path, atlas: Atlas, folders: Sequence[Path]) -> list[Measured]:
    """The committed rows of tasks that the configs still have, and those of runs in their place."""
    committed, _ = rows_of(root, atlas)
    known = [row for row in committed if measured.protocol_of(atlas, *row.task) == row.protocol]
    runs = [rows_of(root, atlas, folder)[1] for folder in folders]
    return measured.newest(known, measured.least_disturbed(runs))


def with_probes(atlas: Atlas, rows: Sequence[Measured]) -> list[Measured]:
    """The rows, those of the atlas' papers measured anew at the scales that need no cluster, on this machine."""
    model, found = CostModel(atlas, rows), list[Measured]()
    for key, paper in atlas.papers.items():
        names = {name: costs.names for (stage, name), costs in model.costs(key).items() if stage == "simulate"}
        for scale in SCALES[:-1]:
            for row in probe.probed(paper, scale, names, rows, atlas.root_seed):
                print(f"{key}/{row.name}, {scale}: {duration(row.seconds)} for {row.work}", flush=True)
                found.append(row)
    done = {(probe.place(row.machine), *row.task, row.scale) for row in found}
    return found + [row for row in rows if (probe.place(row.machine), *row.task, row.scale) not in done]


def last_checks(atlas: Atlas, errors: Errors) -> list[precision.Precision]:
    """The last row of each check and scale, of the claims that the configs have."""
    last = {(row.claim, row.check, row.scale): row for row in errors}
    every = (claim for paper in atlas.papers.values() for claim in paper.claims)
    claims = {(claim.id, check.name) for claim in every for check in claim.checks}
    return [row for (claim, check, _), row in sorted(last.items()) if (claim, check) in claims]
