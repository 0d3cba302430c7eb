"""The whole benchmark in one process, group after group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

from atlas.benchmarks.growth import GrowthRow, growth_in_time, growth_of_kernels
from atlas.benchmarks.kernels import SIZES, rate_group, rounds
from atlas.benchmarks.learning import learning_groups
from atlas.benchmarks.machine import Limits, Machine, limits, machine
from atlas.benchmarks.plastic import SIZES as PLASTIC_SIZES
from atlas.benchmarks.plastic import plastic_group
from atlas.benchmarks.rows import Group, KernelRow, measured
from atlas.benchmarks.theory import TheoryRow, measured_point, points
from atlas.solve import plain

LEARNING_ROUNDS = 7


@dataclass
class Benchmark:
    """All that was measured. products: GF/s of the bare product by "dtype N R"; seconds: of wall time in all."""

    machine: Machine
    limits: Limits
    products: dict[str, float] = field(default_factory=dict)
    kernels: list[KernelRow] = field(default_factory=list)
    theory: list[TheoryRow] = field(default_factory=list)
    growth: list[GrowthRow] = field(default_factory=list)
    seconds: float = 0.0

    def plain(self) -> dict[str, Any]:
        """The same in JSON types; nan becomes null."""
        content: dict[str, Any] = plain(asdict(self))
        return content


def groups() -> Iterator[tuple[str, Callable[[], Group], int]]:
    """What is measured, who makes its arrays, and in how many rounds."""
    for size in SIZES:
        yield "rate N={} R={} {}".format(*size), lambda size=size: rate_group(*size), rounds(size[0], size[1])  # type: ignore[misc]
    for n in PLASTIC_SIZES:
        yield f"plastic N={n}", lambda n=n: plastic_group(n), 15  # type: ignore[misc]
    for number, group in enumerate(learning_groups(), 1):
        yield f"learning {number}", group, LEARNING_ROUNDS


def benchmark(say: Callable[[str], object] = lambda text: None) -> Benchmark:
    """Measure everything; `say` is told what comes next."""
    start = perf_counter()
    say("limits")
    found = Benchmark(machine(), limits())
    for name, make, turns in groups():
        say(name)
        group = make()
        rows, references = measured(group, rounds=turns)
        found.kernels += rows
        if group.room == "rate":
            operations = 2e-9 * group.n_units**2 * group.n_states
            found.products[f"{group.dtype} {group.n_units} {group.n_states}"] = operations / references["product"]
        del group  # its arrays are large
    for point in points():
        say(f"{point.room} {point.solver} {point.given}")
        found.theory.append(measured_point(point, found.limits.tanh_float64))
    say("growth")
    found.growth = [*growth_of_kernels(found.kernels), *growth_in_time()]
    found.seconds = perf_counter() - start
    return found
