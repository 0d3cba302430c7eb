"""`python -m atlas.config [folder]`: check every config; one line on stderr and exit code 2 if wrong."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from atlas.config.errors import ConfigError
from atlas.config.load import load_atlas


def main(arguments: Sequence[str], definitions: Mapping[str, Any] | None = None) -> int:
    """Check the configs of a folder (default: config); returns the exit code."""
    folder = Path(arguments[0] if arguments else "config")
    try:
        atlas = load_atlas(folder, {"papers": "all"}, definitions)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    claims = sum(len(paper.claims) for paper in atlas.papers.values())
    print(f"{len(atlas.papers)} papers, {claims} claims: the configs are sound")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
