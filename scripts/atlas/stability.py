"""Stability of verdicts: one paper under several root seeds, and how often each verdict of each claim came out.

The first seed is that of config/config.yaml, the others follow from it by name. Every seed runs in a folder of its own,
results/stability/<paper>.<scale>/<seed>, so that no result of the usual run is touched and an interrupted call goes on.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from atlas.config import ConfigError, load_atlas
from atlas.determinism.workspace import Workspace, WorkspaceError
from atlas.files import write_text
from atlas.provenance.chain import VERDICTS, read_claims
from atlas.provenance.digests import sha256_text

LARGEST_SEED = 2**63  # exclusive, as the config allows


@dataclass(frozen=True)
class ClaimStability:
    """How a claim came out: verdict → number of seeds, and per seed its verdict."""

    claim: str
    counts: dict[str, int]
    verdicts: dict[int, str]

    @property
    def flips(self) -> bool:
        """Whether not all seeds gave one verdict."""
        return len(self.counts) > 1

    @property
    def contradicts(self) -> bool:
        """Whether one seed reproduced what another refuted."""
        return {"reproduced", "refuted"} <= self.counts.keys()


def seeds_from(root_seed: int, count: int) -> list[int]:
    """``count`` root seeds: the given one, then seeds derived from it by a digest; more of them begin the same."""
    derived = (int(sha256_text(f"{root_seed}/stability/{number}")[:15], 16) for number in range(1, count))
    return [root_seed, *(seed % LARGEST_SEED for seed in derived)][:count]


def tally(runs: Iterable[tuple[int, Sequence[dict[str, Any]]]]) -> list[ClaimStability]:
    """The claims of several seeds' verdicts, counted; a claim that a seed lacks counts as ``missing`` there."""
    found = {seed: {claim["id"]: str(claim.get("verdict")) for claim in claims} for seed, claims in runs}
    names = list(dict.fromkeys(name for verdicts in found.values() for name in verdicts))
    told = []
    for name in names:
        verdicts = {seed: by_claim.get(name, "missing") for seed, by_claim in found.items()}
        told.append(ClaimStability(name, dict(sorted(Counter(verdicts.values()).items())), verdicts))
    return told


def run_seeds(
    root: Path, paper: str, scale: str, seeds: Sequence[int], cores: str, say: Callable[[str], None]
) -> list[ClaimStability]:
    """Run the paper under each root seed, or go on with what is there; raises WorkspaceError."""
    runs = []
    for number, seed in enumerate(seeds, start=1):
        say(f"{number} of {len(seeds)}: root seed {seed}")
        place = Workspace.at(root / "results" / "stability" / f"{paper}.{scale}" / str(seed), root, paper, scale)
        place.run("--root-seed", str(seed), cores=cores)
        runs.append((seed, read_claims(place.folder / VERDICTS)))
    return tally(runs)


def table(claims: Sequence[ClaimStability], paper: str, scale: str) -> Table:
    """One row per claim."""
    shown = Table(title=f"{paper} at {scale} scale: verdicts over root seeds", title_justify="left")
    for column in ("claim", "verdicts", "stable"):
        shown.add_column(column, overflow="fold")
    for each in claims:
        counts = ", ".join(f"{count} × {verdict}" for verdict, count in each.counts.items())
        stable = "[red]contradicts itself[/]" if each.contradicts else "[yellow]flips[/]" if each.flips else "yes"
        shown.add_row(each.claim, counts, stable)
    return shown


def main(root: Path, words: Sequence[str] | None = None) -> int:
    """Exit code 0 when every claim has one verdict under all seeds, 1 when some verdict flips, 2 without an answer."""
    parser = argparse.ArgumentParser(prog="scripts/stability.py", description=__doc__)
    parser.add_argument("--paper", required=True, help="a key of config/papers")
    parser.add_argument("--scale", default="smoke")
    parser.add_argument("--seeds", type=int, default=5, help="how many root seeds (default: 5)")
    parser.add_argument("--cores", default="all")
    args = parser.parse_args(words)
    if args.seeds < 2:
        parser.error(f"--seeds: got {args.seeds}; allowed: 2 or more")
    console = Console()
    try:
        atlas = load_atlas(root / "config", {"papers": [args.paper], "scale": args.scale})
        seeds = seeds_from(atlas.root_seed, args.seeds)
        claims = run_seeds(
            root, args.paper, args.scale, seeds, args.cores, lambda text: console.print(text, highlight=False)
        )
    except (ConfigError, WorkspaceError) as error:
        Console(stderr=True, soft_wrap=True).print(f"stability: {error}", markup=False, highlight=False)
        return 2
    facts = [{**asdict(each), "flips": each.flips, "contradicts": each.contradicts} for each in claims]
    answer = {"paper": args.paper, "scale": args.scale, "root_seeds": seeds, "claims": facts}
    path = root / "results" / f"stability.{args.paper}.{args.scale}.json"
    write_text(path, json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
    console.print(table(claims, args.paper, args.scale))
    return int(any(each.flips for each in claims))
