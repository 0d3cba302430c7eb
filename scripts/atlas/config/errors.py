"""Problems of a config, said in one line each: file, line, key path, what stands there, what is allowed."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

KeyPath = tuple[str | int, ...]

SHOWN_CHARACTERS = 60
_PLAIN_KEY = re.compile(r"[\w.+-]+")


class ConfigError(ValueError):
    """A config that cannot be used.

    `problems` holds one line for each problem found; the message is the first of them and the number of the
    others.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = [" ".join(problem.split()) for problem in problems]
        more = len(self.problems) - 1
        super().__init__(self.problems[0] + (f" (and {more} more)" if more else ""))

    def __reduce__(self) -> tuple[type[ConfigError], tuple[list[str]]]:
        return type(self), (self.problems,)


@dataclass(frozen=True)
class Problem:
    """One problem: the key path at which it stands and what is wrong there."""

    path: KeyPath
    text: str


def show(value: Any) -> str:
    """A value on one line, as JSON, cut where it gets long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    text = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def show_number(number: float) -> str:
    """A number with all its digits, whole ones without a decimal point."""
    return str(int(number)) if abs(number) < 1e19 and number == int(number) else repr(number)


def show_path(path: KeyPath) -> str:
    """`physics.gain-scan.g` or `claims[2].checks[0].kind`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
            continue
        text += ("." if text else "") + (part if _PLAIN_KEY.fullmatch(part) else show(part))
    return text


def got(value: Any, allowed: str) -> str:
    """The sentence of every refused value."""
    return f"got {show(value)}; allowed: {allowed}"


def unknown(what: str, name: Any, known: Iterable[str]) -> str:
    """The sentence of every unknown name, with the nearest known one."""
    names = [str(each) for each in known]
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    listed = ", ".join(names[:30]) + (", …" if len(names) > 30 else "")
    return f"unknown {what} {show(name)}; {hint}allowed: {listed or 'none'}"
