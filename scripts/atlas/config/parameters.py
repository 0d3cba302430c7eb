"""How a paper's room declares its parameters: blocks of typed fields with bounds, units and sweepable axes.

A room `atlas/papers/<key with _>/parameters.py` states, per protocol of its simulations and per solver of
its theories,

    class StationaryPhysics(Physics):
        g: Axis[float] = parameter("gain of the couplings", unit="1", ge=0, le=20)

    PROTOCOLS = {"stationary": Protocol(physics=StationaryPhysics, numerics=..., sizes=...)}
    SOLVERS = {"dmft": Protocol(physics=...)}

These declarations are the one source of defaults, bounds, the JSON schema and the documentation of the
configs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, core_schema

from atlas.config.values import Axis, Bounds, RefusedError, ValueSpec

T = TypeVar("T")
MAX_POINTS = 100_000

__all__ = [
    "Axis",
    "Block",
    "ExperimentSizes",
    "Numerics",
    "Parameter",
    "Physics",
    "Protocol",
    "TheorySizes",
    "parameter",
]


@dataclass(frozen=True)
class Parameter:
    """What `parameter(...)` says about a field; makes pydantic check the field by our own `ValueSpec`."""

    about: str
    unit: str
    bounds: Bounds
    seeded: bool

    def spec(self, hint: Any) -> ValueSpec:
        """The check of a field with this annotation; raises TypeError for one that configs cannot hold."""
        return ValueSpec.of(hint, self.bounds)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        spec = self.spec(source)

        def check(value: Any) -> Any:
            try:
                return spec.check(value)
            except RefusedError as refused:
                raise PydanticCustomError("parameter", "{text}", {"text": str(refused)}) from None

        return core_schema.no_info_plain_validator_function(check)


def parameter(
    about: str,
    *,
    unit: str = "1",
    default: Any = ...,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    seeded: bool = True,
    finite: bool = True,
) -> Any:
    """Declare one parameter of a block.

    Parameters
    ----------
    about : what it is, one line
    unit : its unit, "1" when dimensionless
    default : its value when the config does not give it; without one the config must
    ge, gt, le, lt : bounds on every single value (≥, >, ≤, <)
    seeded : whether two values of this axis see different random numbers. False for an axis along which one
        wants the same couplings and starts (common random numbers). Axes of Numerics are never seeded.
    finite : False allows infinity (`.inf`); nan is never allowed

    The annotation may be float, int, bool, str, a Literal, one of them or None, tuple[T, ...] of them, or
    Axis[T].
    """
    info: FieldInfo = Field(default, description=about)
    info.metadata.append(Parameter(about, unit, Bounds(ge, gt, le, lt, finite), seeded))
    return info


class Block(BaseModel):
    """A block of parameters of one task; immutable, knows its fields exactly."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True, protected_namespaces=())


# Functions, not methods: a parameter may have any name.
@cache
def declared(cls: type[Block]) -> Mapping[str, Parameter]:
    """The fields made by `parameter(...)`, in declared order; raises TypeError for any other field."""
    found: dict[str, Parameter] = {}
    for name, info in cls.model_fields.items():
        ours = [each for each in info.metadata if isinstance(each, Parameter)]
        if ours:
            found[name] = ours[0]
        elif name != "points":
            raise TypeError(f"{cls.__name__}.{name} is not declared by parameter(...)")
    return MappingProxyType(found)


@cache
def specs(cls: type[Block]) -> Mapping[str, ValueSpec]:
    """The checks of the declared fields, in declared order."""
    return {name: each.spec(cls.model_fields[name].annotation) for name, each in declared(cls).items()}


class Physics(Block):
    """Parameters of the model: the same at every scale."""


class Numerics(Block):
    """Parameters of the method: steps, integrators, tolerances. Its axes share their random numbers."""


class TheorySizes(Block):
    """Sizes of a theory: how many points each range of the task gets, and what the solver declares more."""

    points: dict[str, Annotated[int, Field(ge=2, le=MAX_POINTS)]] = Field(
        {}, description="number of points of each {start, stop} range of this task"
    )


class ExperimentSizes(TheorySizes):
    """Sizes of an experiment: networks per point, items per job, and what the protocol declares more."""

    networks: int = parameter("independent networks (replicas) per point", ge=1, le=1_000_000)
    chunk: int = parameter("work items (point, network) per job", ge=1, le=1_000_000)


# Fields of the sizes that say how the work is cut, not what one item computes: never part of a setting.
SPLIT_FIELDS = ("networks", "chunk", "points")


@dataclass(frozen=True)
class Protocol:
    """The parameters of one protocol (of a simulation) or solver (of a theory), a class for each block.

    Raises TypeError for a class of the wrong kind or a name declared in two blocks.
    """

    physics: type[Physics] = Physics
    numerics: type[Numerics] = Numerics
    sizes: type[TheorySizes] = TheorySizes

    def __post_init__(self) -> None:
        seen: dict[str, str] = {}
        for block, kind in (("physics", Physics), ("numerics", Numerics), ("sizes", TheorySizes)):
            cls = getattr(self, block)
            if not (isinstance(cls, type) and issubclass(cls, kind)):
                raise TypeError(f"{block} of a Protocol must be a class derived from {kind.__name__}, not {cls!r}")
            for name in declared(cls):
                if name in seen or (name in SPLIT_FIELDS and block != "sizes"):
                    raise TypeError(f"{cls.__name__}.{name} is already a name of {seen.get(name, 'sizes')}")
                seen[name] = block

    def blocks(self) -> tuple[tuple[str, type[Block]], ...]:
        """The classes with the names of their blocks, in the order that fixes the order of a grid."""
        return ("physics", self.physics), ("numerics", self.numerics), ("sizes", self.sizes)
