"""The files of a new paper, from the templates beside this module; nothing is written here.

In a template `$key`, `$room` and `$title` stand for the paper. The templates figure.yaml, figure.py and claim.yaml are
repeated for each figure and claim and put in where `$figures` or `$claims` stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template

from atlas.config import room_of
from atlas.scaffold.names import function_of

TEMPLATES = Path(__file__).resolve().parent / "templates"
ROOM = ("__init__", "parameters", "simulation", "theory", "comparison", "figures", "claims")


def places(key: str) -> tuple[Path, Path, Path]:
    """Where a paper stands in the repository: its config, the folder of its room, the test of its room."""
    room = room_of(key)
    config, test = Path(f"config/papers/{key}.yaml"), Path(f"tests/papers/test_{room}_room.py")
    return config, Path("scripts/atlas/papers") / room, test


def skeleton(key: str, title: str, figures: Sequence[str], claims: Sequence[str]) -> dict[Path, str]:
    """File in the repository → its text, for a paper with names that `names` has checked."""
    config, room, test = places(key)
    shown = json.dumps(title or "TODO: the paper's title", ensure_ascii=False)  # JSON text is YAML text too
    words = {"key": key, "room": room.name, "title": shown}
    drawn = [{**words, "figure": name, "function": function_of(name)} for name in figures]
    judged = [{**words, "claim": label} for label in claims]
    blocks = {"figures": repeated("figure.yaml", drawn), "claims": repeated("claim.yaml", judged)}
    files = {config: filled("paper.yaml", {**words, **blocks})}
    for name in ROOM:
        more = {"figures": repeated("figure.py", drawn)} if name == "figures" else {}
        files[room / f"{name}.py"] = filled(f"{name}.py", {**words, **more})
    files[test] = filled("test_room.py", words)
    return files


def filled(template: str, words: Mapping[str, str]) -> str:
    """One template with its words; KeyError for a word that it has and nobody gives."""
    return Template((TEMPLATES / f"{template}.template").read_text(encoding="utf-8")).substitute(words)


def repeated(template: str, all_words: Iterable[Mapping[str, str]]) -> str:
    """One template for each of several sets of words, one after another."""
    return "".join(filled(template, words) for words in all_words)
