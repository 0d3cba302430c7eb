"""One kernel at one size, held against the parts that it is made of and against plain numpy: a row of ratios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from atlas.benchmarks.timing import allocated, side_by_side

PRODUCT_BAR, MEMORY_BAR = 0.85, 0.80  # least shares of the measured product's and memory's rates
LARGE, COLUMNS = 1000, 64  # neurons, and columns of a product, from which the first is asked for
FAR = 2000  # neurons from which the second is: smaller matrices stay in the cache, and memory does not bound them


Reference = Callable[[], object]


@dataclass(frozen=True)
class Kernel:
    """What is timed, and which of the group's references it is held against (name: how many calls make a step).

    run(n): takes n steps; run(0) only what a call does before them. limit: the references that bound its speed;
    parts: all without which it cannot be done; twin: the same in plain numpy. work: operations or bytes of a step.
    """

    name: str
    run: Callable[[int], object]
    limit: Mapping[str, float]
    twin: Mapping[str, float]
    work: float
    parts: Mapping[str, float] = field(default_factory=dict)  # beyond the limit's
    steps: int = 1  # of a timed call
    unit: str = "GF/s"
    bar: float | None = None


@dataclass(frozen=True)
class Group:
    """Kernels of one size with their references. state: bytes of the state, the unit of what a step allocates."""

    room: str
    n_units: int
    n_states: int
    dtype: str
    state: int
    kernels: Sequence[Kernel]
    references: Mapping[str, Reference]


@dataclass(frozen=True)
class KernelRow:
    """One kernel at one size, one thread.

    step_us: microseconds per step. rate: of its work, in `unit`. limit_share: time of the bare limit (products, or the
    least pass over the same memory), measured side by side, over its own (1: the limit is all it costs). parts_share:
    the same with all parts that it cannot do without (other products, tanh, normal numbers). numpy_ratio: time of
    plain numpy over its own. allocated: bytes that a step allocates over those of the state.
    """

    room: str
    kernel: str
    n_units: int
    n_states: int
    dtype: str
    step_us: float
    rate: float
    unit: str
    limit_share: float
    parts_share: float
    bar: float | None
    numpy_ratio: float
    allocated: float

    @property
    def missed(self) -> bool:
        """Whether it stays below its bar."""
        return self.bar is not None and self.limit_share < self.bar

    @property
    def name(self) -> str:
        return f"{self.room}/{self.kernel}/N={self.n_units}/R={self.n_states}/{self.dtype}"


def repeated(step: Reference) -> Callable[[int], object]:
    """A kernel whose call is one step."""

    def run(n: int) -> None:
        for _ in range(n):
            step()

    return run


def product_bar(n_units: int, n_states: int) -> float | None:
    """The bar of a kernel that is bound by matrix products, where there is one; few columns: by the memory."""
    if n_states == 1:
        return memory_bar(n_units)
    return PRODUCT_BAR if n_units >= LARGE and n_states >= COLUMNS else None


def memory_bar(n_units: int) -> float | None:
    """The bar of a kernel that is bound by the memory."""
    return MEMORY_BAR if n_units >= FAR else None


def measured(group: Group, *, rounds: int = 7) -> tuple[list[KernelRow], dict[str, float]]:
    """The rows of a group, and the seconds of its references."""
    contestants = {f"run {one.name}": _call(one) for one in group.kernels}
    time = side_by_side({**group.references, **contestants}, rounds=rounds)
    rows = []
    for one in group.kernels:
        step = time[f"run {one.name}"] / one.steps
        limit, parts, twin = (_total(each, time) for each in (one.limit, one.parts, one.twin))
        rows.append(
            KernelRow(
                room=group.room,
                kernel=one.name,
                n_units=group.n_units,
                n_states=group.n_states,
                dtype=group.dtype,
                step_us=1e6 * step,
                rate=1e-9 * one.work / step,
                unit=one.unit,
                limit_share=limit / step,
                parts_share=(limit + parts) / step,
                bar=one.bar,
                numpy_ratio=twin / step,
                allocated=allocated(one.run) / group.state,
            )
        )
    return rows, {name: time[name] for name in group.references}


def _call(kernel: Kernel) -> Callable[[], object]:
    return lambda: kernel.run(kernel.steps)


def _total(parts: Mapping[str, float], time: Mapping[str, float]) -> float:
    return sum(count * time[name] for name, count in parts.items())
