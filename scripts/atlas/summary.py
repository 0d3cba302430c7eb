"""The end of a run in the terminal: figures, verdicts, cost per stage, and the share of time outside kernels."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from atlas.claims.wording import allowed
from atlas.provenance.record import read_records

DIFFERENCES = 3  # how many packages are named
SYMBOL = {
    "reproduced": "[green]✓ reproduced[/]",
    "refuted": "[red]✗ refuted[/]",
    "inconclusive": "[yellow]? inconclusive[/]",
}


def seconds(record: dict[str, Any]) -> float:
    """Wall seconds of one job."""
    return (datetime.fromisoformat(record["ended"]) - datetime.fromisoformat(record["started"])).total_seconds()


def verdict_table(results: Path, papers: Iterable[str]) -> Table:
    """One row per claim: verdict, observed ± error, margin, outcome of the negative control."""
    table = Table(title="verdicts", title_justify="left", header_style="bold")
    for column in ("claim", "verdict", "check", "observed", "allowed", "margin", "control"):
        table.add_column(column, overflow="fold", no_wrap=column in ("claim", "verdict", "margin", "control"))
    for paper in papers:
        for claim in json.loads((results / paper / "verdicts.json").read_text())["claims"]:
            for index, check in enumerate(claim["checks"]):
                head = (claim["id"], SYMBOL[claim["verdict"]]) if index == 0 else ("", "")
                control = claim["control"]["verdict"] if index == 0 else ""
                table.add_row(
                    *head,
                    check["name"],
                    observed(check),
                    allowed(check, short),
                    f"{float(check['margin']):+.2f}",
                    control,
                )
    return table


def short(value: float) -> str:
    """A number of a criterion in the terminal: five significant digits."""
    return f"{value:.5g}"


def observed(check: dict[str, Any]) -> str:
    """value ± standard error of a check."""
    value, error = float(check["observed"]), float(check["error"])
    return f"{value:.5g} ± {error:.2g}" if error > 0 else f"{value:.6g}"


def cost_table(records: Sequence[dict[str, Any]]) -> Table:
    """One row per paper and stage: jobs, wall time, time in kernels, largest peak memory."""
    table = Table(title="cost", title_justify="left", header_style="bold")
    for column in ("paper", "stage", "jobs", "wall s", "kernel s", "peak MB"):
        table.add_column(column, justify="left" if column in ("paper", "stage") else "right")
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in records:
        groups.setdefault((record["paper"], record["stage"]), []).append(record)
    for (paper, stage), jobs in sorted(groups.items()):
        wall, kernel = sum(map(seconds, jobs)), sum(job["kernel_seconds"] for job in jobs)
        peak = max(job.get("peak_memory_mb") or 0.0 for job in jobs)
        table.add_row(paper, stage, str(len(jobs)), f"{wall:.1f}", f"{kernel:.1f}", f"{peak:.0f}")
    return table


def overhead_line(records: Sequence[dict[str, Any]], since: float, cores: int | None) -> str:
    """Wall time of the run, and the share of its core time that was not spent in kernels.

    ``cores``: of this machine that did the jobs; None where a batch system did them.
    """
    wall = time.time() - since
    fresh = [record for record in records if datetime.fromisoformat(record["started"]).timestamp() >= since - 1]
    if not fresh:
        return "nothing was out of date: no job ran"
    kernel = sum(record["kernel_seconds"] for record in fresh)
    if cores is None:
        return f"{len(fresh)} jobs in {wall:.0f} s through the batch system; {kernel:.0f} core seconds in kernels"
    share = 1 - kernel / (wall * cores)
    spent = f"{kernel:.0f} core seconds in kernels, overhead {share:.0%}"
    return f"{len(fresh)} jobs in {wall:.0f} s on {cores} cores; {spent}"


def drift_lines(records: Sequence[dict[str, Any]]) -> list[str]:
    """One line when jobs ran with other packages than the lock names: how many, and which packages."""
    drifted = [record for record in records if record["packages"]["status"] != "locked"]
    if not drifted:
        return []
    found = dict.fromkeys(difference(each) for record in drifted for each in record["packages"]["differences"])
    named = list(found)[:DIFFERENCES]
    more = f" and {len(found) - len(named)} more" if len(found) > len(named) else ""
    said = f"drifted: {len(drifted)} of {len(records)} jobs ran with packages that differ from the lock"
    return [f"[yellow]{said}: {', '.join(named)}{more}[/]"]


def difference(each: dict[str, Any]) -> str:
    """One package that is not the locked one: numpy 2.3.0 (lock: 2.4.6)."""
    return f"{each['package']} {each['live'] or 'missing'} (lock: {each['locked']})"


def show(results: Path, papers: Sequence[str] | None, since: float, cores: int | None) -> None:
    """Print the summary of the results of one scale."""
    console = Console(soft_wrap=True)
    if not console.is_terminal:
        console = Console(soft_wrap=True, width=120)  # a log has no width of its own
    found = sorted(path.parent.name for path in results.glob("*/verdicts.json"))
    chosen = [paper for paper in found if not papers or paper in papers]
    records = [record for record in read_records(results) if record["paper"] in chosen]
    for paper in chosen:
        for figure in sorted((results / paper / "figures").glob("*.svg")):
            console.print(str(figure), highlight=False)
    console.print(verdict_table(results, chosen))
    console.print(cost_table(records))
    for line in (*drift_lines(records), overhead_line(records, since, cores), f"page: {results}/index.html"):
        console.print(line, highlight=False)
