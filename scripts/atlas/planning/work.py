"""The work of a task: how many items it has of each size.

Sizes are the numbers of the blocks `numerics` and `sizes`; parameters of the model do not change with the scale and
are left out, as is an axis that only numbers the networks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from atlas.config import PaperConfig
from atlas.config.grid import Task
from atlas.config.parameters import SPLIT_FIELDS, Protocol, declared

NUMBERING = ("network",)  # an axis of sizes that numbers the networks: replicas by another way

Signature = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Work:
    """Work items counted by their sizes."""

    items: tuple[tuple[Signature, float], ...]

    @classmethod
    def of(cls, signatures: Iterable[Signature]) -> Work:
        """Count the items."""
        return cls(tuple(sorted(Counter(signatures).items())))

    @property
    def count(self) -> float:
        """How many items."""
        return sum(number for _, number in self.items)

    def times(self, factor: float) -> Work:
        """The same with `factor` times as many items of each size."""
        return Work(tuple((signature, number * factor) for signature, number in self.items))

    def __str__(self) -> str:
        return "; ".join(
            f"{number:g} {' '.join(f'{name}={value:.12g}' for name, value in signature)}".strip()
            for signature, number in self.items
        )

    @classmethod
    def parse(cls, text: str) -> Work:
        """The inverse of str(); raises ValueError."""
        items = []
        for part in text.split("; "):
            number, *pairs = part.split(" ")
            named = (pair.partition("=") for pair in pairs)
            items.append((tuple((name, float(value)) for name, _, value in named), float(number)))
        return cls(tuple(items))


def size_names(protocol: Protocol) -> tuple[str, ...]:
    """The names of a protocol's sizes and numerics."""
    names = [*declared(protocol.numerics), *declared(protocol.sizes)]
    return tuple(name for name in names if name not in (*SPLIT_FIELDS, *NUMBERING))


def signature(names: Iterable[str], values: Mapping[str, Any]) -> Signature:
    """The sizes among the values of one item that are numbers."""
    return tuple(
        (name, float(values[name]))
        for name in names
        if isinstance(values.get(name), int | float) and not isinstance(values[name], bool)
    )


def signatures(task: Task, names: Iterable[str]) -> list[Signature]:
    """The sizes of every item of a task, in the order of its items."""
    chosen = tuple(names)
    return [signature(chosen, item.setting.as_dict()) for item in task.items]


def replicas(task: Task) -> int:
    """Networks per point, counted by replicas and by an axis that numbers them."""
    numbered = [len(axis.values) for axis in task.axes if axis.name in NUMBERING]
    return (task.networks or 1) * (numbered[0] if numbered else 1)


def tasks_of(paper: PaperConfig, scale: str) -> dict[tuple[str, str], Task]:
    """(stage, name) → task: the experiments and theories of a paper at a scale."""
    simulations = {("simulate", name): paper.experiment(name, scale) for name in paper.experiments}
    return simulations | {("theory", name): paper.theory(name, scale) for name in paper.theories}
