"""The values a parameter may take: single values with bounds, lists of them, axes and ranges.

An axis holds one value, a list of distinct values, or (numbers) a range {start, stop, spacing} whose number
of points stands in the sizes of a scale. Values of a range are rounded to 12 significant digits so that a
value is a name: it enters file contents and seed keys, and the same point of a finer grid has the same name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from atlas.config.errors import got, show, show_number, unknown

T = TypeVar("T")
SPACINGS = ("linear", "log")
RANGE_KEYS = ("start", "stop", "spacing")
RANGE_DIGITS = 12


class RefusedError(ValueError):
    """A value that a parameter does not allow, with what it allows."""


@dataclass(frozen=True)
class Axis(Generic[T]):
    """The values of a sweepable parameter: `values`, or the range start … stop when there are none yet."""

    values: tuple[T, ...] = ()
    start: float = math.nan
    stop: float = math.nan
    spacing: str = "linear"

    @property
    def is_range(self) -> bool:
        """Whether the number of points has to come from the sizes."""
        return not self.values

    def expand(self, points: int) -> tuple[Any, ...]:
        """The values; `points` counts only for a range.

        linear: start (1 - f) + stop f;  log: start^(1 - f) stop^f;  f = i/(points - 1), i = 0 … points - 1,
        each rounded to 12 significant digits, the ends exact.
        """
        if not self.is_range:
            return self.values
        inner = (self._value(i / (points - 1)) for i in range(1, points - 1))
        rounded = (float(f"{value:.{RANGE_DIGITS}g}") + 0.0 for value in inner)
        return (self.start, *rounded, self.stop)

    def _value(self, fraction: float) -> float:
        if self.spacing == "log":
            return math.exp(math.log(self.start) * (1 - fraction) + math.log(self.stop) * fraction)
        return self.start * (1 - fraction) + self.stop * fraction


@dataclass(frozen=True)
class Bounds:
    """Limits on every single value of a parameter."""

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    finite: bool = True

    def hold(self, value: float) -> bool:
        """Whether the number lies within the limits; nan never does."""
        return not (
            math.isnan(value)
            or (self.finite and math.isinf(value))
            or (self.ge is not None and value < self.ge)
            or (self.gt is not None and value <= self.gt)
            or (self.le is not None and value > self.le)
            or (self.lt is not None and value >= self.lt)
        )

    def __str__(self) -> str:
        signs = (("≥", self.ge), (">", self.gt), ("≤", self.le), ("<", self.lt))
        return " and ".join(f"{sign} {show_number(limit)}" for sign, limit in signs if limit is not None)


@dataclass(frozen=True)
class ValueSpec:
    """What one field accepts: kind and bounds of its single values, and whether it holds one or many."""

    kind: type
    bounds: Bounds
    choices: tuple[Any, ...] = ()
    optional: bool = False
    axis: bool = False
    listed: bool = False

    @classmethod
    def of(cls, hint: Any, bounds: Bounds) -> ValueSpec:
        """The spec of an annotation; raises TypeError for one that configs cannot hold."""
        origin, arguments = get_origin(hint), get_args(hint)
        axis = origin is Axis
        listed = origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis
        inner = arguments[0] if axis or listed else hint
        optional = False
        if get_origin(inner) in (Union, UnionType):
            rest = [each for each in get_args(inner) if each is not NoneType]
            if len(rest) != 1:
                raise TypeError(f"a parameter cannot be {hint!r}: one kind of value, with or without None")
            inner, optional = rest[0], len(rest) < len(get_args(inner))
        choices = get_args(inner) if get_origin(inner) is Literal else ()
        kind = type(choices[0]) if choices else inner
        if kind not in (float, int, bool, str) or any(type(choice) is not kind for choice in choices):
            raise TypeError(f"a parameter cannot be {hint!r}: allowed are float, int, bool, str, Literal, tuple, Axis")
        return cls(kind, bounds, choices, optional, axis, listed)

    @property
    def allows_range(self) -> bool:
        """Whether a {start, stop} range makes sense: axes of numbers that are not whole."""
        return self.axis and self.kind is float

    @property
    def allowed(self) -> str:
        """The allowed values in words, for messages and documentation."""
        text = self.allowed_single
        if self.listed:
            return f"list of: {text}"
        if self.allows_range:
            return f"{text}, list or {{start, stop}}"
        return f"{text}, or list" if self.axis else text

    @property
    def allowed_single(self) -> str:
        """The allowed single values in words."""
        if self.choices:
            text = "one of " + ", ".join(str(choice) for choice in self.choices)
        else:
            words = {float: "number", int: "whole number", bool: "true or false", str: "text"}
            text = f"{words[self.kind]} {self.bounds}".strip()
        return f"{text}, or null" if self.optional else text

    def check(self, value: Any) -> Any:
        """The value a config's value stands for (an Axis for axes); raises RefusedError."""
        if self.axis:
            return value if isinstance(value, Axis) else self._axis(value)
        if self.listed:
            return self._listed(value)
        return self.single(value)

    def single(self, value: Any, prefix: str = "") -> Any:
        """One value; whole numbers pass for float and become float, bool never passes for a number."""
        if value is None and self.optional:
            return None
        if self.kind is float and type(value) is int and abs(value) < 10**300:
            value = float(value)
        fits = type(value) is self.kind and (not self.choices or value in self.choices)
        if not fits or (self.kind in (float, int) and not self.bounds.hold(value)):
            raise RefusedError(prefix + got(value, self.allowed))
        return value + 0.0 if self.kind is float else value  # -0.0 and 0.0 are one value, with one name

    def _listed(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or not value:
            raise RefusedError(got(value, self.allowed))
        return tuple(self.single(each) for each in value)

    def _axis(self, value: Any) -> Axis[Any]:
        if isinstance(value, dict) and self.allows_range:
            return self._range(value)
        if not isinstance(value, list | tuple):
            return Axis((self.single(value),))
        if not value:
            raise RefusedError(f"got []; allowed: {self.allowed}, not empty")
        seen: dict[Any, None] = {}
        for each in map(self.single, value):
            if each in seen:
                raise RefusedError(f"got {show(each)} twice; allowed: a list of distinct values")
            seen[each] = None
        return Axis(tuple(seen))

    def _range(self, value: dict[str, Any]) -> Axis[Any]:
        for key in value:
            if key not in RANGE_KEYS:
                raise RefusedError(unknown("key of a range", key, RANGE_KEYS))
        if "start" not in value or "stop" not in value:
            raise RefusedError(got(value, self.allowed))
        start, stop = (self.single(value[key], f"{key}: ") for key in ("start", "stop"))
        spacing = value.get("spacing", SPACINGS[0])
        if spacing not in SPACINGS:
            raise RefusedError(f"spacing: {got(spacing, ' or '.join(SPACINGS))}")
        if None in (start, stop) or math.isinf(start) or math.isinf(stop) or not start < stop:
            raise RefusedError(got(value, "finite start below stop"))
        if spacing == "log" and start <= 0:
            raise RefusedError(got(value, "start > 0 with log spacing"))
        return Axis((), start, stop, spacing)
