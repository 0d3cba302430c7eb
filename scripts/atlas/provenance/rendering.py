"""The audit's answers for a terminal, as rich trees and tables. Words only: nothing is derived here."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from atlas.provenance.difference import Deviation, Difference, RunDifference
from atlas.provenance.verification import Broken, Report

VERDICT_COLOURS = {"reproduced": "green", "refuted": "red", "inconclusive": "yellow"}
SHOWN = 6


def shortened(names: tuple[str, ...] | list[str], most: int = SHOWN) -> str:
    """The first names and how many more there are."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def render_report(report: Report) -> RenderableType:
    """Each broken link with what it taints, or one line that all holds."""
    head = f"{report.scale}: {report.records} records and {report.files} files derived again from disk"
    lines: list[RenderableType] = [Text(head)]
    lines += [Text(f"note: {note}", style="yellow") for note in report.notes]
    if report.sound:
        return Group(*lines, Text("every link holds", style="green"))
    links = "1 broken link" if len(report.broken) == 1 else f"{len(report.broken)} broken links"
    return Group(*lines, Text(links, style="red"), *(render_broken(broken) for broken in report.broken))


def render_broken(broken: Broken) -> Tree:
    """One broken link: its jobs, the figures and claims that stand on it."""
    tree = Tree(f"[red]{broken.kind}[/red] {escape(broken.what)}")
    if broken.jobs:
        tree.add(escape(f"jobs: {shortened(broken.jobs)}"))
    if broken.taint.figures:
        tree.add(escape(f"taints figures: {shortened(broken.taint.figures, 20)}"))
    if broken.taint.claims:
        tree.add(escape(f"taints verdicts: {shortened(broken.taint.claims, 20)}"))
    return tree


def render_explanation(answer: Mapping[str, Any], *, full: bool = False) -> RenderableType:
    """The tree from what was asked down to seeds, functions, modules and config lines.

    Chunks of one experiment are told together unless ``full``.
    """
    tree = Tree(f"[bold]{escape(answer['question'])}[/bold]")
    if "claim" in answer:
        _add_claim(tree, answer["claim"])
    told: set[str] = set()
    for name in answer["roots"]:
        _add_job(tree, name, answer["jobs"], told, full)
    return tree


def _add_claim(tree: Tree, claim: Mapping[str, Any]) -> None:
    colour = VERDICT_COLOURS.get(str(claim.get("verdict")), "white")
    branch = tree.add(f"claim: {escape(str(claim.get('sentence', '')))} [{colour}]{claim.get('verdict')}[/{colour}]")
    for check in claim.get("checks", ()):
        facts = " ".join(f"{key}={check[key]}" for key in ("observed", "error", "margin", "verdict") if key in check)
        branch.add(escape(f"check {check.get('name')}: {facts}"))
    control = claim.get("control")
    if isinstance(control, Mapping):
        branch.add(escape(f"negative control: {control.get('about', '')} → {control.get('verdict')}"))
    _add_config(branch, claim["config"], full=False)


def _add_config(tree: Tree, blocks: list[Mapping[str, Any]], *, full: bool) -> None:
    for block in blocks:
        lines = dedent(block["text"]).splitlines()
        span = str(block["first"]) if len(lines) == 1 else f"{block['first']}-{block['last']}"
        branch = tree.add(escape(f"config {block['file']}:{span} {block['key']}"))
        shown = lines if full or len(lines) <= 8 else [*lines[:7], f"… {len(lines) - 7} more lines"]
        branch.add(Text("\n".join(shown), style="dim"))


def _add_job(tree: Tree, name: str, jobs: Mapping[str, Any], told: set[str], full: bool) -> None:
    job = jobs[name]
    branch = tree.add(f"[bold]{escape(name)}[/bold]" + (" (see above)" if name in told else ""))
    if name in told:
        return
    told.add(name)
    for file, digest in job["outputs"].items():
        branch.add(escape(f"{file}  sha256 {digest[:12]}"))
    _add_facts(branch, [job], full)
    groups: dict[tuple[str, str], list[str]] = {}
    for item in job["inputs"]:
        maker = item["made_by"]
        if maker is None or maker not in jobs:
            branch.add(escape(f"input {item['file']}  sha256 {item['sha256'][:12]}"))
        else:
            stage, task = jobs[maker]["stage"], jobs[maker]["name"] or ""
            members = groups.setdefault((stage, maker if full else task), [])
            members += [maker] if maker not in members else []
    for members in groups.values():
        if len(members) == 1:
            _add_job(branch, members[0], jobs, told, full)
        else:
            _add_chunks(branch, members, jobs, told)


def _add_chunks(tree: Tree, members: list[str], jobs: Mapping[str, Any], told: set[str]) -> None:
    """All chunks of one experiment in one branch."""
    first = members[0].partition(" chunk ")[0]
    again = " (see above)" if members[0] in told else ""
    branch = tree.add(f"[bold]{escape(first)}[/bold] in {len(members)} chunks{again}")
    if not again:
        told.update(members)
        _add_facts(branch, [jobs[name] for name in members], full=False)


def _add_facts(tree: Tree, jobs: list[Mapping[str, Any]], full: bool) -> None:
    """Function, config, seeds, code and environment of one job, or of the chunks of one experiment."""
    job = jobs[0]
    if "function" in job:
        tree.add(escape(f"function {job['function']}"))
    _add_config(tree, job["config"], full=full)
    keys = [key for each in jobs for key in each["seed_keys"]]
    if keys:
        ends = keys[0] if len(keys) == 1 else f"{keys[0]} … {keys[-1]}"
        branch = tree.add(escape(f"seeds: root {job['root_seed']}, {len(keys)} streams: {ends}"))
        if full:
            branch.add(escape("\n".join(keys)))
    modules = sorted(job["code"]["modules"], key=_plumbing)
    branch = tree.add(escape(f"code {job['code']['digest'][:12]}: {len(modules)} modules"))
    branch.add(Text(shortened(modules, 999 if full else 12), style="dim"))
    tree.add(escape(_environment(job)))
    seconds = sum(each.get("kernel_seconds", 0.0) for each in jobs)
    tree.add(escape(f"ran {job.get('started')}, {seconds:.1f} s in kernels"))


def _plumbing(module: str) -> tuple[bool, bool, str]:
    """Order of modules for a reader: the room of the paper, the science, then config, records, packages."""
    rooms = module.split(".")
    return (
        rooms[1:2] in ([], ["config"], ["provenance"]) or rooms[-1] == "papers",
        "papers" not in rooms,
        module,
    )


def _environment(job: Mapping[str, Any]) -> str:
    packages, processor = job.get("packages", {}), job.get("processor", {})
    blas = [pool for pool in job.get("threadpools", ()) if pool.get("user_api") == "blas"]
    words = [
        f"Python {job['python']['version']}" if "python" in job else "",
        f"packages {packages.get('status')} ({job.get('manager')})" if packages else "",
        f"{processor.get('model', '')} {processor.get('class', '')}".strip(),
        " ".join(f"{pool.get('internal_api')} {pool.get('version')} {pool.get('architecture')}" for pool in blas[:1]),
        " ".join(f"{key}={value}" for key, value in job.get("threads", {}).items() if key == "OMP_NUM_THREADS"),
    ]
    return "environment: " + ", ".join(word for word in words if word)


def render_difference(found: Difference | RunDifference) -> RenderableType:
    """The verdict, then job by job what differs and by how much."""
    if isinstance(found, Difference):
        return _figure_difference(found)
    lines: list[RenderableType] = [
        Text(f"{found.verdict}: {found.equal_jobs} jobs equal, {len(found.differences)} differ")
    ]
    for side, names in (("first", found.only_a), ("second", found.only_b)):
        if names:
            lines.append(Text(f"only in the {side}: {shortened(names)}"))
    lines += [Text(f"verdict {change}", style="red") for change in found.verdicts]
    if found.differences:
        table = Table("job", "verdict", "differs in", "largest, in standard errors", "largest, relative")
        for each in found.differences:
            errors, relative = _sizes(each)
            table.add_row(*map(escape, (each.name, each.verdict, "; ".join(each.causes), errors, relative)))
        lines.append(table)
    return Group(*lines)


def _figure_difference(found: Difference) -> RenderableType:
    if found.table is None or found.table.same:
        drawn = f" ({', '.join(found.causes)})" if found.causes else ""
        return Text(f"{found.verdict}{drawn}")
    errors, relative = _sizes(found)
    rows = f"{found.table.cells} numbers differ; rows only in one: {found.table.only_a}, {found.table.only_b}"
    return Text(f"{found.verdict}: {rows}\nlargest, in standard errors: {errors}\nlargest, relative: {relative}")


def _sizes(found: Difference) -> tuple[str, str]:
    if found.table is None:
        return "", ""
    return _size(found.table.in_errors), _size(found.table.relative)


def _size(deviation: Deviation | None) -> str:
    if deviation is None:
        return "none"
    values = f"{deviation.a:.6g}, {deviation.b:.6g}"
    return f"{deviation.size:.3g} ({deviation.column} of {deviation.where}: {values})"


def render_environment(facts: Mapping[str, Any], packages: Mapping[str, Any]) -> RenderableType:
    """The live process and how its packages stand to the lock."""
    table = Table(show_header=False, box=None)
    for key, value in facts.items():
        values = [_plain(item) for item in value] if isinstance(value, list) else [_plain(value)]
        for text in values:
            table.add_row(key, escape(text))
    status = f"packages: {packages['status']} ({packages['compared']} compared with the lock)"
    lines: list[RenderableType] = [
        table,
        Text(status, style="green" if packages["status"] == "locked" else "red"),
    ]
    for item in packages["differences"]:
        lines.append(Text(f"  {item['package']}: locked {item['locked']}, live {item['live'] or 'missing'}"))
    return Group(*lines)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
