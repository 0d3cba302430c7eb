"""Tasks, work items, chunks: what the jobs of an experiment or a theory compute.

The grid of a task is the cartesian product of its axes in declared order (physics, numerics, sizes). A work
item of an experiment is a (point, network replica), of a theory a point. Items are ordered points first,
replicas within; chunk k is items[k * chunk_size : (k + 1) * chunk_size].

Seed scope of an item: "paper/experiment/axis=value,…/replica" with the seeded axes of physics and sizes
sorted by name, each value as repr gives it. It holds names and values, never positions: another point,
order, chunk size or scale changes no number, and a scalar turned into a list keeps its name. Axes of
numerics are not in it: two methods see the same couplings and starts. A theory's scope has no replica.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from atlas.config.slices import plain

MAX_ITEMS = 1_000_000


class Setting:
    """All parameters of one work item as attributes; immutable, comparable, picklable."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        # only reached for a missing name; dunder look-ups of pickle and copy must fail the ordinary way
        raise AttributeError(f"no parameter {name!r}; there are: {', '.join(self.__dict__) or 'none'}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"settings are immutable: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"settings are immutable: {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Setting) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.items()))

    def __repr__(self) -> str:
        return f"Setting({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def as_dict(self) -> dict[str, Any]:
        """The parameters as a new dict, in declared order."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Item:
    """One unit of work: a point of the grid, for experiments with the number of the network."""

    point: dict[str, Any]
    replica: int | None
    setting: Setting
    seed_scope: str


@dataclass(frozen=True)
class GridAxis:
    """One axis of a task's grid with its values at a scale."""

    name: str
    values: tuple[Any, ...]
    seeded: bool


@dataclass(frozen=True)
class Task:
    """An experiment or a theory at one scale."""

    paper: str
    kind: str
    name: str
    protocol: str
    axes: tuple[GridAxis, ...]
    constants: dict[str, Any]
    order: tuple[str, ...]
    networks: int | None
    chunk_size: int | None
    _chunk_slices: dict[int, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """The number of work items, without making them."""
        return math.prod(len(axis.values) for axis in self.axes) * (self.networks or 1)

    @property
    def chunks(self) -> int:
        """The number of jobs."""
        return 1 if self.chunk_size is None else -(-self.size // self.chunk_size)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All work items."""
        return tuple(self._items(range(self.size)))

    def chunk(self, k: int) -> tuple[Item, ...]:
        """The work items of job k; raises IndexError outside 0 … chunks - 1."""
        return tuple(self._items(self._range(k)))

    def slice(self) -> dict[str, Any]:
        """What of the config the whole task depends on: protocol, parameters, work items; not chunks."""
        return {**self._head(), "items": self._rows(range(self.size))}

    def chunk_slice(self, k: int, root_seed: int) -> dict[str, Any]:
        """What of the config job k depends on."""
        if k not in self._chunk_slices:
            self._chunk_slices[k] = {**self._head(), "items": self._rows(self._range(k))}
        return {**self._chunk_slices[k], "root_seed": root_seed}

    def _range(self, k: int) -> range:
        if not 0 <= k < self.chunks:
            raise IndexError(f"{self.name} has chunks 0 to {self.chunks - 1}, not {k}")
        step = self.size if self.chunk_size is None else self.chunk_size
        return range(k * step, min((k + 1) * step, self.size))

    def _values(self, number: int) -> tuple[tuple[Any, ...], int | None]:
        """The axis values and the replica of one work item, from its number as digits of a mixed radix."""
        number, replica = divmod(number, self.networks or 1)
        values: list[Any] = []
        for axis in reversed(self.axes):
            number, digit = divmod(number, len(axis.values))
            values.append(axis.values[digit])
        return tuple(reversed(values)), None if self.networks is None else replica

    def _items(self, numbers: range) -> Iterator[Item]:
        names = [axis.name for axis in self.axes]
        for values, replica in map(self._values, numbers):
            point = dict(zip(names, values, strict=True))
            every = self.constants | point
            setting = Setting({name: every[name] for name in self.order})
            yield Item(point, replica, setting, self.seed_scope(point, replica))

    def seed_scope(self, point: Mapping[str, Any], replica: int | None) -> str:
        """The scope of the random streams of one item (see the module's docstring)."""
        names = sorted(axis.name for axis in self.axes if axis.seeded)
        values = ",".join(f"{name}={point[name]!r}" for name in names)
        scope = f"{self.paper}/{self.name}/{values}"
        return scope if replica is None else f"{scope}/{replica}"

    def _head(self) -> dict[str, Any]:
        return {
            "paper": self.paper,
            self.kind: self.name,
            "protocol": self.protocol,
            "constants": {name: plain(value) for name, value in sorted(self.constants.items())},
            "axes": [axis.name for axis in self.axes] + ["replica"] * (self.networks is not None),
            "seeded": sorted(axis.name for axis in self.axes if axis.seeded),
        }

    def _rows(self, numbers: range) -> list[list[Any]]:
        rows = map(self._values, numbers)
        if self.networks is None:
            return [plain(values) for values, _ in rows]
        return [[*plain(values), replica] for values, replica in rows]
