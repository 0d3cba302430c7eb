"""Raw configs from YAML, with the line of every key.

The configs are a plain subset of YAML 1.2: mappings, lists, texts, true/false, null and decimal numbers
(`1e-3` is a number, `no` and `1:30` are texts). Duplicate keys, anchors, aliases, tags and several documents
in a file are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from atlas.config.errors import ConfigError, KeyPath, Problem, show, show_path

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,30})")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Source:
    """A raw config: its data, the name by which messages call it, and the line (from 1) of each key path."""

    name: str
    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: KeyPath) -> int | None:
        """The line of a key, or of the nearest block around it that is there."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def say(self, problem: Problem) -> str:
        """The one line for a problem: `file:line: key.path: text`."""
        line = self.line(problem.path)
        where = self.name if line is None else f"{self.name}:{line}"
        path = show_path(problem.path)
        return f"{where}: {path}: {problem.text}" if path else f"{where}: {problem.text}"

    def error(self, problems: list[Problem]) -> ConfigError:
        """All problems of this config as one error, in the order of the file, missing keys last.

        A misspelt key is also a missing one; the misspelling is the better news.
        """
        ordered = sorted(problems, key=lambda each: (each.text.startswith("is missing"), self.line(each.path) or 0))
        return ConfigError(self.say(problem) for problem in ordered)


def read_source(path: Path, name: str) -> Source:
    """Read one config file; raises ConfigError if it is missing, empty, too large or not plain YAML."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError([f"{name}: no such file"]) from None
    except OSError as error:
        raise ConfigError([f"{name}: cannot be read: {error.strerror}"]) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError([f"{name}: has {len(raw)} bytes; allowed: at most {MAX_BYTES}"])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError([f"{name}:{line}: is not UTF-8 text"]) from None
    return parse_source(text, name)


def parse_source(text: str, name: str) -> Source:
    """Parse the text of a config; raises ConfigError."""
    source = Source(name)
    try:
        events = _skip_to_document(yaml.parse(text, Loader=_Loader), source)
        source.data = _Reader(events, source).value(next(events), ())
        _end_of_document(events, source)
    except yaml.YAMLError as error:
        raise ConfigError([_syntax(error, name)]) from None
    if not isinstance(source.data, dict):
        raise ConfigError([f"{name}: got {show(source.data)}; allowed: a block of `key: value`"])
    if source.problems:
        raise source.error(source.problems)
    return source


def _skip_to_document(events: Iterator[yaml.Event], source: Source) -> Iterator[yaml.Event]:
    next(events)
    if isinstance(next(events), yaml.StreamEndEvent):
        raise ConfigError([f"{source.name}: is empty"])
    return events


def _end_of_document(events: Iterator[yaml.Event], source: Source) -> None:
    next(events)
    after = next(events)
    if not isinstance(after, yaml.StreamEndEvent):
        line = _line(after)
        raise ConfigError([f"{source.name}:{line}: a second document begins; allowed: one document in a file"])


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _syntax(error: yaml.YAMLError, name: str) -> str:
    mark = getattr(error, "problem_mark", None)
    text = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    where = f"{name}:{mark.line + 1}" if mark else name
    return f"{where}: is not valid YAML: {text}"


class _Reader:
    """Builds plain data from parser events and notes the line of every key path."""

    def __init__(self, events: Iterator[yaml.Event], source: Source) -> None:
        self.events = events
        self.source = source

    def value(self, event: Any, path: KeyPath) -> Any:
        line = _line(event)
        self.source.lines.setdefault(path, line)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            self._refuse(line, "anchors and aliases are not used in configs; allowed: the value written out")
        if event.tag is not None and event.tag != "!":
            self._refuse(line, f"tag {show(event.tag)} is not used in configs; allowed: the plain value")
        if len(path) > MAX_DEPTH:
            self._refuse(line, f"is nested too deeply; allowed: at most {MAX_DEPTH} levels")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return resolve(event.value) if event.implicit[0] else event.value

    def _refuse(self, line: int, text: str) -> NoReturn:
        raise ConfigError([f"{self.source.name}:{line}: {text}"])

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for event in iter(lambda: next(self.events), None):
            if isinstance(event, yaml.MappingEndEvent):
                return data
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(line, "a list or block stands as a key; allowed: a word")
            key = event.value
            if key in data:
                first = self.source.lines[(*path, key)]
                text = f"duplicate key, first given in line {first}; allowed: each key once"
                raise ConfigError([f"{self.source.name}:{line}: {show_path((*path, key))}: {text}"])
            self.source.lines[(*path, key)] = line
            data[key] = self.value(next(self.events), (*path, key))
        raise AssertionError("the parser closes every mapping")

    def _sequence(self, path: KeyPath) -> list[Any]:
        data: list[Any] = []
        for event in iter(lambda: next(self.events), None):
            if isinstance(event, yaml.SequenceEndEvent):
                return data
            data.append(self.value(event, (*path, len(data))))
        raise AssertionError("the parser closes every sequence")


def resolve(text: str) -> Any:
    """The value of a plain (unquoted) YAML word: null, true/false, a decimal number, or the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
