"""From raw data to typed parts, with every problem in the words of the config's user."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from atlas.config.definition import described_pattern
from atlas.config.errors import KeyPath, Problem, got, show, show_number, unknown

M = TypeVar("M", bound=BaseModel)
_TYPE_WORDS = {
    "string_type": "text",
    "int_type": "whole number",
    "int_from_float": "whole number",
    "float_type": "number",
    "bool_type": "true or false",
    "list_type": "list",
    "dict_type": "a block of `key: value`",
    "model_type": "a block of `key: value`",
    "model_attributes_type": "a block of `key: value`",
    "finite_number": "finite number",
    "int_parsing_size": "whole number of ordinary size",
}
_LIMIT_SIGNS = {
    "greater_than_equal": ("≥", "ge"),
    "greater_than": (">", "gt"),
    "less_than_equal": ("≤", "le"),
    "less_than": ("<", "lt"),
}


def validate(model: type[M], data: Any, at: KeyPath, problems: list[Problem]) -> M | None:
    """The data as `model`; on failure None, with the problems added at key path `at`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = [_problem(model, data, each, at) for each in error.errors(include_url=False)]
        problems += _merged(found)
        return None


def _merged(found: list[Problem]) -> list[Problem]:
    """One problem per path and refused value: what the members of a union allow, joined by "or"."""
    merged: dict[tuple[KeyPath, str], str] = {}
    for problem in found:
        head, _, allowed = problem.text.partition("allowed: ")
        key = problem.path, head
        known = merged.get(key)
        merged[key] = allowed if known in (None, allowed) else f"{known} or {allowed}"
    return [Problem(path, head + "allowed: " * bool(text) + text) for (path, head), text in merged.items()]


def _problem(model: type[BaseModel], data: Any, error: Any, at: KeyPath) -> Problem:
    path, reached = _real_path(data, error["loc"])
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "parameter":
        return Problem(at + path, context["text"])
    if kind == "missing":
        needed = _description(model, path)
        return Problem(at + path, "is missing" + (f"; needed: {needed}" if needed else ""))
    if kind == "extra_forbidden":
        return Problem(at + path, unknown("key", path[-1], _keys(model, path[:-1])))
    if "[key]" in error["loc"]:
        text = f"name {show(value)} is not allowed; allowed: {_allowed(kind, context)}"
        return Problem(at + path, text)
    if kind == "value_error":
        return Problem(at + path, str(context.get("error", error["msg"])))
    return Problem(at + path, got(reached if len(path) < len(error["loc"]) else value, _allowed(kind, context)))


def _allowed(kind: str, context: dict[str, Any]) -> str:
    """What pydantic's kind of error would have allowed, in words."""
    if kind in _TYPE_WORDS:
        return _TYPE_WORDS[kind]
    if kind in _LIMIT_SIGNS:
        sign, name = _LIMIT_SIGNS[kind]
        return f"number {sign} {show_number(context[name])}"
    if kind == "literal_error":
        expected = context["expected"].replace("'", "")
        return f"one of {expected}" if " or " in expected else expected
    if kind == "string_pattern_mismatch":
        return described_pattern(context["pattern"])
    if kind in ("too_short", "string_too_short"):
        return "not empty"
    return kind.replace("_", " ")


def _real_path(data: Any, location: Iterable[str | int]) -> tuple[KeyPath, Any]:
    """The part of pydantic's location that is a path in the data (it adds union members and "[key]")."""
    path: KeyPath = ()
    parts = list(location)
    for number, part in enumerate(parts):
        inside = (isinstance(data, dict) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            data = data[part]
            path += (part,)
        elif isinstance(data, dict) and number == len(parts) - 1 and part != "[key]":
            return (*path, part), None
    return path, data


@cache
def _inside(hint: Any) -> tuple[type[BaseModel] | None, Any]:
    """The model an annotation stands for, or the annotation of the members of its dict or list."""
    if get_origin(hint) in (Union, UnionType):
        for each in get_args(hint):
            if each is not NoneType and get_origin(each) is not Literal:
                return _inside(each)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint, None
    arguments = get_args(hint)
    if get_origin(hint) in (dict, list):
        return None, arguments[-1]
    return None, None


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel] | None:
    hint: Any = model
    for part in path:
        found, member = _inside(hint)
        if found is not None:
            info = found.model_fields.get(str(part))
            hint = info.annotation if info else None
        else:
            hint = member
    return _inside(hint)[0]


def _keys(model: type[BaseModel], path: KeyPath) -> list[str]:
    found = _model_at(model, path)
    return list(found.model_fields) if found else []


def _description(model: type[BaseModel], path: KeyPath) -> str:
    found = _model_at(model, path[:-1])
    info = found.model_fields.get(str(path[-1])) if found else None
    return (info.description or "") if info else ""
