"""Which lines of a paper's config a job depends on, found by the marks of the YAML parser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Key = tuple[str, ...]
CONFIG_PAPERS = Path("config/papers")


@dataclass(frozen=True)
class Lines:
    """One block of a config: file below the repository, key path, first and last line (from 1), text."""

    file: str
    key: str
    first: int
    last: int
    text: str


def job_keys(record: Mapping[str, Any]) -> list[Key]:
    """The blocks of the paper's config that a job of this record depends on."""
    name, scale = record["name"] or "", record["scale"]
    parameters = [("physics", name), ("numerics", name), ("sizes", scale, name)]
    by_stage: dict[str, list[Key]] = {
        "simulate": [("experiments", name), *parameters],
        "theory": [("theories", name), *parameters],
        "compare": [("comparisons", name)],
        "plot": [("figures", name), ("style", "figures", name)],
        "judge": [("claims",)],
    }
    return by_stage.get(record["stage"], [])


def config_lines(root: Path, paper: str, keys: list[Key]) -> list[Lines]:
    """The blocks with these key paths in today's config of a paper, in the order asked, without absent ones.

    A part of a path inside a list names the item with that ``id``: ``("claims", "kinetic-energy.C2")``. Empty
    when the file is missing or not YAML.
    """
    path = root / CONFIG_PAPERS / f"{paper}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
        document = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return []
    file, lines = path.relative_to(root).as_posix(), text.splitlines()
    found = []
    for key in keys:
        span = _span(document, key)
        if span is not None:
            block = "\n".join(lines[span[0] : span[1] + 1]).rstrip()
            found.append(Lines(file, ".".join(key), span[0] + 1, span[0] + 1 + block.count("\n"), block))
    return found


def _span(node: yaml.Node | None, key: Key) -> tuple[int, int] | None:
    """First and last line (from 0) of the block below a key path; None when there is none."""
    first = None
    for part in key:
        first, node = _child(node, part)
        if node is None or first is None:
            return None
    return None if first is None or node is None else (first, _last_line(node))


def _child(node: yaml.Node | None, part: str) -> tuple[int | None, yaml.Node | None]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _, name = _child(item, "id")
            if name is not None and name.value == part:
                return item.start_mark.line, item
    return None, None


def _last_line(node: yaml.Node) -> int:
    """The last line that a node fills; the parser puts the end of a block after the comments that follow."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    ends_before = node.end_mark.column == 0 and node.end_mark.line > node.start_mark.line
    return int(node.end_mark.line) - int(ends_before)
