"""Snakemake in a process that reads its libraries while the run that started it still checks the config.

    python planner.py snakemake        the second word is for whoever looks at the list of processes

What to do comes over standard input once it is known, as JSON: {"words": […], "environment": {…}}. A run that ends
before says nothing, and so does this process.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from contextlib import suppress
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2]
# What Snakemake and the rules' common part begin with, and besides the rooms' parameters.
AHEAD = (
    "snakemake.cli",
    "snakemake.workflow",
    "atlas.config",
    "atlas.jobs",
    "atlas.page.site",
    "atlas.planning.order",
    "atlas.provenance.closure",
)


def main() -> None:
    """Import, wait for the words, be Snakemake."""
    gc.set_threshold(50_000, 20, 100)  # as the rules do: modules stay, looking for cycles among them finds nothing
    sys.path[0] = os.getcwd()  # as for `python -m snakemake`
    sys.path.insert(0, str(SCRIPTS))  # as the rules do
    rooms = (f"atlas.papers.{path.parent.name}.parameters" for path in SCRIPTS.glob("atlas/papers/*/parameters.py"))
    for name in (*AHEAD, *rooms):
        with suppress(Exception):  # the run's own check tells what is wrong with a room, in one line
            importlib.import_module(name)
    text = sys.stdin.buffer.read()
    if not text:
        return
    request = json.loads(text)
    os.environ.update(request["environment"])
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    sys.argv = ["snakemake", *request["words"]]
    from snakemake.cli import main as snakemake

    snakemake()


if __name__ == "__main__":
    main()
