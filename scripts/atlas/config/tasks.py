"""From the blocks of a paper's file and the room's declarations to tasks, for every scale."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from atlas.config.definition import SCALES, PaperFile
from atlas.config.errors import Problem, got, unknown
from atlas.config.grid import MAX_ITEMS, GridAxis, Task
from atlas.config.parameters import (
    SPLIT_FIELDS,
    Axis,
    Block,
    ExperimentSizes,
    Protocol,
    TheorySizes,
    declared,
    specs,
)
from atlas.config.validation import validate

B = TypeVar("B", bound=Block)


@dataclass(frozen=True)
class TaskKey:
    """Which task: experiment or theory, its name, and the protocol or solver it uses."""

    kind: str
    name: str
    protocol: str


def task_keys(paper: PaperFile) -> list[TaskKey]:
    """All tasks of a paper in the order of its file."""
    experiments = [TaskKey("experiment", name, each.protocol) for name, each in paper.experiments.items()]
    return experiments + [TaskKey("theory", name, each.solver) for name, each in paper.theories.items()]


def make_tasks(
    paper: PaperFile,
    protocols: Mapping[str, Protocol],
    solvers: Mapping[str, Protocol],
    problems: list[Problem],
) -> dict[tuple[str, str], Task]:
    """The tasks by (name, scale); problems of parameters are added to `problems` and leave their task out."""
    tasks: dict[tuple[str, str], Task] = {}
    keys = task_keys(paper)
    _unknown_tasks(paper, [key.name for key in keys], problems)
    for key in keys:
        known, what = (protocols, "protocol") if key.kind == "experiment" else (solvers, "solver")
        if key.protocol not in known:
            group = "experiments" if key.kind == "experiment" else "theories"
            problems.append(Problem((group, key.name, what), unknown(what, key.protocol, known)))
            continue
        protocol = known[key.protocol]
        if (key.kind == "experiment") is not issubclass(protocol.sizes, ExperimentSizes):
            raise TypeError(f"{what} {key.protocol}: sizes of experiments, and only they, derive from ExperimentSizes")
        physics = _block(protocol.physics, paper.physics, ("physics",), key, problems)
        numerics = _block(protocol.numerics, paper.numerics, ("numerics",), key, problems)
        for scale in SCALES:
            sizes = _block(protocol.sizes, paper.sizes.of(scale), ("sizes", scale), key, problems)
            if physics is None or numerics is None or sizes is None:
                continue
            task = _task(paper.paper.key, key, scale, (physics, numerics, sizes), problems)
            if task is not None:
                tasks[key.name, scale] = task
    return tasks


def _unknown_tasks(paper: PaperFile, names: list[str], problems: list[Problem]) -> None:
    blocks: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [
        (("physics",), paper.physics),
        (("numerics",), paper.numerics),
        *((("sizes", scale), paper.sizes.of(scale)) for scale in SCALES),
    ]
    for path, block in blocks:
        for name in block:
            if name not in names:
                problems.append(Problem((*path, name), unknown("experiment or theory", name, names)))


def _block(
    cls: type[B], given: Mapping[str, Any], path: tuple[str, ...], key: TaskKey, problems: list[Problem]
) -> B | None:
    if key.name not in given and declared(cls):
        names = ", ".join(declared(cls))
        problems.append(Problem((*path, key.name), f"is missing; needed: the block of {key.kind} {key.name} ({names})"))
        return None
    return validate(cls, given.get(key.name, {}), (*path, key.name), problems)


def _task(
    paper: str, key: TaskKey, scale: str, blocks: tuple[Block, Block, TheorySizes], problems: list[Problem]
) -> Task | None:
    before = len(problems)
    sizes = blocks[2]
    points = sizes.points
    axes: list[GridAxis] = []
    constants: dict[str, Any] = {}
    order: list[str] = []
    for block, can_be_seeded in zip(blocks, (True, False, True), strict=True):
        for name, stated in declared(type(block)).items():
            value = getattr(block, name)
            if isinstance(value, Axis):
                values = _expand(name, value, points, ("sizes", scale, key.name, "points"), problems)
                axes.append(GridAxis(name, values, can_be_seeded and stated.seeded))
            elif name not in SPLIT_FIELDS:
                constants[name] = value
            order += [name] * (name not in SPLIT_FIELDS)
    for name in points:
        if name not in _ranges(blocks):
            problems.append(
                Problem(("sizes", scale, key.name, "points", name), unknown("range", name, _ranges(blocks)))
            )
    split = (sizes.networks, sizes.chunk) if isinstance(sizes, ExperimentSizes) else (None, None)
    count = math.prod(len(axis.values) for axis in axes) * (split[0] or 1)
    if count > MAX_ITEMS:
        where = ("sizes", scale, key.name)
        problems.append(Problem(where, f"makes {count} work items; allowed: at most {MAX_ITEMS}"))
    if len(problems) > before:
        return None
    return Task(paper, key.kind, key.name, key.protocol, tuple(axes), constants, tuple(order), *split)


def _ranges(blocks: tuple[Block, ...]) -> list[str]:
    """The axes that are given as {start, stop}."""
    axes = [(block, name) for block in blocks for name, spec in specs(type(block)).items() if spec.axis]
    return [name for block, name in axes if getattr(block, name).is_range]


def _expand(
    name: str, axis: Axis[Any], points: Mapping[str, int], path: tuple[str, ...], problems: list[Problem]
) -> tuple[Any, ...]:
    if axis.is_range and name not in points:
        problems.append(Problem((*path, name), f"is missing; needed: the number of points of the range of {name}"))
        return ()
    values = axis.expand(points.get(name, 0))
    if any(not low < high for low, high in itertools.pairwise(values)) and axis.is_range:
        text = got(points[name], f"fewer points: values of {name} coincide at 12 significant digits")
        problems.append(Problem((*path, name), text))
    return values
