"""JSON schemas and documentation of the configs, generated from the typed definition.

`documents` gives every file of workflow/schemas: for config.yaml and for papers in general, and for each
paper with the parameters that its room declares. Writing them is the caller's.
"""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from atlas.config.definition import CRITERIA, SCALES, AtlasFile, PaperFile
from atlas.config.load import room_of
from atlas.config.parameters import Block, Protocol, TheorySizes, declared, specs
from atlas.config.values import SPACINGS, ValueSpec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_JSON_TYPES = {float: "number", int: "integer", bool: "boolean", str: "string"}


def known_definitions(papers_dir: Path) -> dict[str, Any]:
    """The declarations of every paper's room in the folder of the package atlas.papers, by key."""
    rooms = sorted(path.parent.name for path in papers_dir.glob("*/parameters.py"))
    return {room.replace("_", "-"): importlib.import_module(f"atlas.papers.{room}.parameters") for room in rooms}


def documents(definitions: Mapping[str, Any]) -> dict[str, str]:
    """File name → text of every schema and page of documentation."""
    made = {
        "config.schema.json": _json(schema_of(AtlasFile)),
        "paper.schema.json": _json(schema_of(PaperFile)),
        "config.md": config_page(),
    }
    for key, definition in sorted(definitions.items()):
        made[f"{key}.schema.json"] = _json(paper_schema(definition))
        made[f"{key}.md"] = paper_page(key, definition)
    return made


def _json(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of one kind of config file."""
    schema = {"$schema": DIALECT, **model.model_json_schema()}
    _close(schema)
    return schema


def _close(schema: Any) -> None:
    """Where names must fit a pattern, allow no others (pydantic leaves that open)."""
    if isinstance(schema, dict) and "patternProperties" in schema:
        schema["additionalProperties"] = False
    for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _close(each)


def paper_schema(definition: Any) -> dict[str, Any]:
    """The schema of one paper's file: the general one with the declared parameters in the blocks."""
    schema = schema_of(PaperFile)
    protocols = {**definition.PROTOCOLS, **definition.SOLVERS}
    for kind, names, field in (
        ("Experiment", definition.PROTOCOLS, "protocol"),
        ("Theory", definition.SOLVERS, "solver"),
    ):
        schema["$defs"][kind]["properties"][field]["enum"] = sorted(names)
    for block in ("physics", "numerics"):
        schema["properties"][block]["additionalProperties"] = _any_of(protocols, block)
    for scale in SCALES:
        schema["$defs"]["Sizes"]["properties"][scale]["additionalProperties"] = _any_of(protocols, "sizes")
    return schema


def _any_of(protocols: Mapping[str, Protocol], block: str) -> dict[str, Any]:
    schemas: list[dict[str, Any]] = []
    for protocol in protocols.values():
        schema = block_schema(getattr(protocol, block))
        if schema not in schemas:
            schemas.append(schema)
    return {"anyOf": schemas}


def block_schema(cls: type[Block]) -> dict[str, Any]:
    """The schema of the block of one task."""
    properties: dict[str, Any] = {}
    for name, stated in declared(cls).items():
        info = cls.model_fields[name]
        default = {} if info.is_required() or _infinite(info.default) else {"default": info.default}
        properties[name] = {
            **value_schema(specs(cls)[name]),
            "description": f"{stated.about} [{stated.unit}]",
            **default,
        }
    if issubclass(cls, TheorySizes):
        properties["points"] = TheorySizes.model_json_schema()["properties"]["points"]
    required = [name for name, info in cls.model_fields.items() if info.is_required()]
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def value_schema(spec: ValueSpec) -> dict[str, Any]:
    """The schema of one parameter: a value, and for axes a list of distinct values or a range."""
    single: dict[str, Any] = {"enum": list(spec.choices)} if spec.choices else {"type": _JSON_TYPES[spec.kind]}
    limits = {
        "minimum": spec.bounds.ge,
        "exclusiveMinimum": spec.bounds.gt,
        "maximum": spec.bounds.le,
        "exclusiveMaximum": spec.bounds.lt,
    }
    single |= {name: limit for name, limit in limits.items() if limit is not None}
    value = {"anyOf": [single, {"type": "null"}]} if spec.optional else single
    if spec.listed:
        return {"type": "array", "items": value, "minItems": 1}
    if not spec.axis:
        return value
    forms = [value, {"type": "array", "items": value, "minItems": 1, "uniqueItems": True}]
    if spec.allows_range:
        ends = {"start": single, "stop": single, "spacing": {"enum": list(SPACINGS), "default": SPACINGS[0]}}
        forms.append(
            {
                "type": "object",
                "additionalProperties": False,
                "properties": ends,
                "required": ["start", "stop"],
            }
        )
    return {"anyOf": forms}


def _infinite(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def config_page() -> str:
    """What every key of config.yaml and of a paper's file means."""
    lines = [
        "# The configs",
        "",
        "Generated by `scripts/schema.py` from `scripts/atlas/config/definition.py`; edit that.",
        "Every value is checked when a run starts; `python -m atlas.config` checks them by itself.",
    ]
    for model, title in ((AtlasFile, "config/config.yaml"), (PaperFile, "config/papers/<key>.yaml")):
        lines += ["", f"## {title}", ""]
        for path, part in _parts(model, ""):
            lines += ["", f"### {path}", ""] * bool(path) + _table(part) + [""] * bool(path)
    lines += ["", "## Criteria", "", "| kind | needs | may have |", "|---|---|---|"]
    lines += [f"| {kind} | {', '.join(needed)} | {', '.join(may)} |" for kind, (needed, may) in CRITERIA.items()]
    return "\n".join(_without_double_blanks(lines)) + "\n"


def _parts(model: type[BaseModel], path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """A model and those inside it, with their key paths."""
    yield path, model
    for name, info in model.model_fields.items():
        for inner, suffix in _models(info.annotation, ""):
            yield from _parts(inner, f"{path}.{name}{suffix}".lstrip("."))


def _models(hint: Any, suffix: str) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint, suffix
        return
    shape = ".<name>" if get_origin(hint) is dict else "[ ]" if get_origin(hint) is list else ""
    for each in get_args(hint):
        yield from _models(each, suffix + shape)


def _table(model: type[BaseModel]) -> list[str]:
    rows = ["| key | meaning | default |", "|---|---|---|"]
    for name, info in model.model_fields.items():
        default = "required" if info.is_required() else _default(info.default)
        rows.append(f"| `{name}` | {_cell(info.description or '')} | {default} |")
    return rows


def _default(value: Any) -> str:
    if isinstance(value, BaseModel) or value in ({}, [], "", None):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def paper_page(key: str, definition: Any) -> str:
    """The parameters of one paper's protocols and solvers."""
    lines = [
        f"# Parameters of {key}",
        "",
        f"Generated by `scripts/schema.py` from `atlas/papers/{room_of(key)}/parameters.py`; edit that.",
        "An axis takes one value, a list, or (numbers) a range {start, stop, spacing: linear or log} whose",
        "number of points stands in `sizes.<scale>.<task>.points`. A seeded axis gets other random numbers",
        "at each of its values.",
    ]
    for title, protocols in (("Protocol", definition.PROTOCOLS), ("Solver", definition.SOLVERS)):
        for name, protocol in protocols.items():
            lines += ["", f"## {title} `{name}`", "", *_parameter_table(protocol)]
    return "\n".join(lines) + "\n"


def _parameter_table(protocol: Protocol) -> list[str]:
    rows = [
        "| block | parameter | meaning | unit | allowed | default | seeded axis |",
        "|---|---|---|---|---|---|---|",
    ]
    for block, cls in protocol.blocks():
        for name, stated in declared(cls).items():
            info, spec = cls.model_fields[name], specs(cls)[name]
            default = "required" if info.is_required() else f"`{json.dumps(info.default)}`"
            seeded = ("yes" if stated.seeded and block != "numerics" else "no") if spec.axis else ""
            cells = (block, f"`{name}`", stated.about, stated.unit, spec.allowed, default, seeded)
            rows.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return rows


def _without_double_blanks(lines: list[str]) -> Iterator[str]:
    before = "start"
    for line in lines:
        if line or before:
            yield line
        before = line
