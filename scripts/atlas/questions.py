"""Asking a theory one question: the parameters it takes, their ranges, and an answer with its residual.

A paper's room names its questions in `ASK`: theory name → `Question`. scripts/solve.py reads the command line with
them and prints one JSON object per answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

REQUIRED = object()


class QuestionError(ValueError):
    """A question that cannot be asked so, in one line."""


@dataclass(frozen=True)
class Answer:
    """quantities: name → number, list or None; residual: the solver's own error measure; converged: or not."""

    quantities: Mapping[str, Any]
    residual: float
    converged: bool = True


@dataclass(frozen=True)
class Parameter:
    """One parameter of a question: how its text is read, what is allowed, and its default (REQUIRED: none)."""

    name: str
    about: str
    unit: str
    read: Callable[[str], Any]
    allowed: str
    default: Any = REQUIRED
    sweep: bool = True  # comma-separated values make one answer each

    def parse(self, text: str) -> Any:
        """The value of a text; QuestionError when it is malformed or out of range."""
        try:
            return self.read(text)
        except ValueError:
            raise QuestionError(f"{self.name}: got {text!r}; allowed: {self.allowed}") from None


@dataclass(frozen=True)
class Question:
    """What to call and with which parameters. A missing optional parameter is passed as None or its default."""

    solve: Callable[..., Answer]
    parameters: tuple[Parameter, ...] = field(default=())

    def values(self, given: Mapping[str, str]) -> list[dict[str, Any]]:
        """The parameters of each answer wanted: the product of all comma-separated values, in the order given."""
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise QuestionError(f"unknown parameter {name!r}; allowed: {', '.join(known) or 'none'}")
        columns = [self._column(parameter, given) for parameter in self.parameters]
        return [dict(zip(known, row, strict=True)) for row in product(*columns)]

    @staticmethod
    def _column(parameter: Parameter, given: Mapping[str, str]) -> Sequence[Any]:
        if parameter.name not in given:
            if parameter.default is REQUIRED:
                raise QuestionError(f"{parameter.name} is missing; allowed: {parameter.allowed}")
            return [
                None
                if isinstance(parameter.default, str) and parameter.default.endswith(" of g")
                else parameter.default
            ]
        text = given[parameter.name]
        return [parameter.parse(part.strip()) for part in (text.split(",") if parameter.sweep else [text])]


def digits(text: str) -> str:
    """The text of a number; ValueError for an underscore, which Python would take for nothing (1_0 for 10)."""
    if "_" in text:
        raise ValueError
    return text


def number(
    name: str,
    about: str,
    *,
    unit: str = "1",
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
    default: Any = REQUIRED,
) -> Parameter:
    """A real parameter in [low, high] (or (low, high]); a default of the form "… of g" is worked out by the solver."""
    bounds = f"{'>' if open_low else '>='} {low:g}" if low > -math.inf else ""
    upper = f"<= {high:g}" if high < math.inf else ""
    allowed = "a number " + " and ".join(part for part in (bounds, upper) if part) if bounds or upper else "a number"

    def read(text: str) -> float:
        value = float(digits(text))
        inside = (low < value if open_low else low <= value) and value <= high
        if math.isnan(value) or not inside:
            raise ValueError
        return value

    return Parameter(name, about, unit, read, allowed, default)


def whole_number(name: str, about: str, *, low: int, high: int, default: Any = REQUIRED) -> Parameter:
    """An integer parameter in [low, high]."""

    def read(text: str) -> int:
        value = int(digits(text))
        if not low <= value <= high:
            raise ValueError
        return value

    return Parameter(name, about, "1", read, f"an integer from {low} to {high}", default)


def choice(name: str, about: str, options: Sequence[str], default: Any = REQUIRED) -> Parameter:
    """One of some words."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError
        return text

    return Parameter(name, about, "-", read, ", ".join(options), default)


def array(name: str, about: str, *, unit: str = "1", default: Any = REQUIRED) -> Parameter:
    """A list or matrix of finite numbers, given as JSON."""

    def read(text: str) -> np.ndarray:
        try:
            value = np.asarray(json.loads(text), dtype=float)
        except TypeError as error:
            raise ValueError from error
        if not np.isfinite(value).all():
            raise ValueError
        return value

    return Parameter(name, about, unit, read, "a list or matrix of numbers as JSON", default, sweep=False)
