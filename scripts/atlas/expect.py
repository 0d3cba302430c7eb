"""The committed verdicts against those of a run, on disk: config/verdicts.<scale>.csv and results/<scale>."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from atlas.claims.expectation import ExpectationError, differences, parse_expectation, render_expectation
from atlas.config import ConfigError, load_atlas
from atlas.files import write_text


def expectation_file(root: Path, scale: str) -> Path:
    """Where the expectation of a scale stands."""
    return root / "config" / f"verdicts.{scale}.csv"


def verdicts_of(root: Path, scale: str, papers: Collection[str]) -> dict[str, str]:
    """Claim → verdict of those papers that have results at this scale."""
    files = sorted((root / "results" / scale).glob("*/verdicts.json"))
    chosen = [file for file in files if file.parent.name in papers]
    return {claim["id"]: claim["verdict"] for file in chosen for claim in json.loads(file.read_text())["claims"]}


def paper_of(claim: str) -> str:
    """The key in front of a claim's name."""
    return claim.rpartition(".")[0]


def compare(root: Path, scale: str | None, papers: str | None = None) -> int | str:
    """0 when the verdicts are the committed ones, else the differences as text.

    ``papers``: keys with commas, as `make figures` takes them; all by default, also those that were not run.
    """
    try:
        atlas = load_atlas(root / "config", {"scale": scale, "papers": papers or "all"})
        scale = atlas.scale
        path = expectation_file(root, scale)
        if not path.exists():
            return f"expect: {path.relative_to(root)}: does not exist; write it with --write"
        found = verdicts_of(root, scale, atlas.papers)
        if not found:
            return f"expect: results/{scale} holds no verdicts: run `make figures SCALE={scale}` first"
        expected = parse_expectation(path.read_text(encoding="utf-8"))
        if papers:
            expected = {claim: row for claim, row in expected.items() if paper_of(claim) in atlas.papers}
        lines = differences(expected, found)
    except (ConfigError, ExpectationError) as error:
        return f"expect: {error}"
    print(f"{len(found)} verdicts at scale {scale}: {'as expected' if not lines else f'{len(lines)} differ'}")
    return "\n".join(lines) or 0


def write(root: Path, scale: str | None) -> int | str:
    """Take the run's verdicts as the expectation; the reasons of unchanged ones are kept.

    A paper without results at this scale keeps its rows, so that a new paper can be written alone; rows of papers
    without a config go.
    """
    try:
        atlas = load_atlas(root / "config", {"scale": scale, "papers": "all"})
        path = expectation_file(root, atlas.scale)
        previous = parse_expectation(path.read_text(encoding="utf-8")) if path.exists() else {}
        absent = [key for key in atlas.papers if not (root / "results" / atlas.scale / key / "verdicts.json").exists()]
        kept = {claim: row.verdict for claim, row in previous.items() if paper_of(claim) in absent}
        write_text(path, render_expectation({**kept, **verdicts_of(root, atlas.scale, atlas.papers)}, previous))
    except (ConfigError, ExpectationError) as error:
        return f"expect: {error}"
    return 0
