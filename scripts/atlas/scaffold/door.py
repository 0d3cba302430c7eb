"""The command that makes a paper: check everything, write all files or none, say what comes next."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from atlas.config import ConfigError
from atlas.config.load import load_paper
from atlas.scaffold.names import ScaffoldError, check_key, check_title, claim_labels, figure_names
from atlas.scaffold.skeleton import places, skeleton

NEXT = """\
The config is valid and can be planned. What is to be done next, one line each:
  .venv/bin/python -m pytest tests/papers/test_conformance.py {test} -k "{key} or {room}"
CONTRIBUTING.md walks through it."""


def main(root: Path, arguments: Sequence[str]) -> int:
    """Make a paper in the repository `root`; 0, or 2 with one line on stderr and nothing written."""
    parser = argparse.ArgumentParser(prog="paper", description=__doc__)
    parser.add_argument("--key", default="", help="lower-case words joined by dashes: the name of the paper everywhere")
    parser.add_argument("--title", default="", help="the paper's title")
    parser.add_argument("--figures", default="", help="names with commas (default: F1)")
    parser.add_argument("--claims", default="", help="labels with commas (default: C1)")
    given = parser.parse_args(arguments)
    try:
        made = make_paper(root, given.key, given.title, given.figures, given.claims)
    except (ScaffoldError, ConfigError, OSError) as error:
        print(f"paper: {error}; nothing was written", file=sys.stderr)
        return 2
    for path in made:
        print(f"made {path}")
    _, room, test = places(given.key)
    print(NEXT.format(key=given.key, room=room.name, test=test))
    return 0


def make_paper(root: Path, key: str, title: str = "", figures: str = "", claims: str = "") -> list[Path]:
    """Write the skeleton of a paper; the files made, relative to `root`.

    Raises ScaffoldError for names that cannot be used and for a paper of which any part exists, ConfigError for a
    skeleton that would not load, OSError for a folder that cannot be written. Nothing is ever overwritten, and after
    an error nothing new is left.
    """
    labels = claim_labels(check_key(key), claims) or ["C1"]
    files = skeleton(key, check_title(title), figure_names(figures) or ["F1"], labels)
    for place in places(key):
        if os.path.lexists(root / place):
            raise ScaffoldError(f"KEY: {place} exists already; allowed: a key that no paper has")
    check_loads(key, files)
    write_all(root, files, places(key)[1])
    return list(files)


def check_loads(key: str, files: Mapping[Path, str]) -> None:
    """Load the config with the room's parameters from a folder of its own; raises ConfigError."""
    config, room, _ = places(key)
    declared = ModuleType(f"{__name__}.{room.name}")
    sys.modules[declared.__name__] = declared  # where pydantic looks up annotations
    exec(compile(files[room / "parameters.py"], f"{room}/parameters.py", "exec"), declared.__dict__)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / config
        path.parent.mkdir(parents=True)
        path.write_text(files[config], encoding="utf-8")
        load_paper(Path(folder) / "config", key, {key: declared})


def write_all(root: Path, files: Mapping[Path, str], room: Path) -> None:
    """Write new files; when one cannot be written, take back those that could, and the room if it is empty then."""
    written: list[Path] = []
    try:
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            with (root / path).open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(text)
    except BaseException:
        for path in written:
            (root / path).unlink(missing_ok=True)
        with suppress(OSError):
            (root / room).rmdir()
        raise
