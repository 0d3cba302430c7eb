"""How cost grows with the number of neurons, of states and of time steps: exponents fitted in log-log."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from atlas.benchmarks.learning import predictive_group
from atlas.benchmarks.rows import COLUMNS, FAR, KernelRow
from atlas.benchmarks.timing import side_by_side
from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.rate import integrate
from atlas.meanfield.linear_network import linear_network
from atlas.meanfield.two_replica import two_replica

_UNITS = 2000  # where states vary


@dataclass(frozen=True)
class GrowthRow:
    """Cost of one step or answer at several places of a variable; fitted and expected exponent."""

    what: str
    variable: str
    places: tuple[float, ...]
    exponent: float
    expected: float


def exponent(places: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of the least-squares line through (ln place, ln cost); nan for fewer than two places."""
    if len(places) < 2:
        return math.nan
    return float(np.polyfit(np.log(places), np.log(costs), 1)[0])


def row(what: str, variable: str, cost: Iterable[tuple[float, float]], expected: float) -> GrowthRow:
    """A row of (place, cost) pairs."""
    places, costs = zip(*sorted(cost), strict=True)
    return GrowthRow(what, variable, places, exponent(places, costs), expected)


def growth_of_kernels(rows: Sequence[KernelRow]) -> list[GrowthRow]:
    """From rows that are measured already, float32: N at 64 states, at one state from memory, states at N = 2000."""
    found = []
    single = [each for each in rows if each.dtype == "float32"]
    for kernel in ("euler", "rk4", "gradient", "langevin"):
        own = [each for each in single if each.room == "rate" and each.kernel == kernel]
        many = [(each.n_units, each.step_us) for each in own if each.n_states == COLUMNS]
        one = [(each.n_units, each.step_us) for each in own if each.n_states == 1 and each.n_units >= FAR]
        wide = [(each.n_states, each.step_us) for each in own if each.n_units == _UNITS and each.n_states >= 16]
        parts = [("N", many, 2.0), ("states", wide, 1.0)]
        found += [row(f"{kernel}, 64 states" if name == "N" else f"{kernel}, N = 2000", name, cost, want)
                  for name, cost, want in parts if cost]  # fmt: skip
        if one:
            found.append(row(f"{kernel}, one state", "N", one, 2.0))
    for kernel in dict.fromkeys(each.kernel for each in single if each.room == "plastic"):
        cost = [(each.n_units, each.step_us) for each in single if each.kernel == kernel and each.n_units >= 1000]
        found += [row(kernel, "N", cost, 2.0)] if cost else []
    return found


def growth_in_time() -> list[GrowthRow]:
    """Time steps of a run, of a two-time theory and of a belief's series; neurons of an eigendecomposition."""
    rng = np.random.default_rng(0)
    J, x = gaussian_couplings(rng, 500, 1.5), gaussian_states(rng, 500, 16)
    matrices = {n: rng.standard_normal((n, n)) * (0.8 / math.sqrt(n)) for n in (200, 400, 800)}
    kinds: tuple[tuple[str, str, dict[float, Callable[[], object]], float], ...] = (
        ("rate network, rk4, N = 500", "steps",
         {n: _run(lambda n: integrate(x, J, 0.1, n), n) for n in (10, 20, 40)}, 1.0),
        ("two copies, two-time theory", "steps",
         {n: _run(lambda n: two_replica(1.5, 0.01, 0.05, n), n) for n in (1500, 3000, 6000)}, 2.0),
        ("predictive coding, N = 100", "times",
         {T: _run(predictive_group(T, 100, 25).kernels[0].run, 5) for T in (10, 20, 40)}, 1.0),
        ("linear network, all modes", "N", {n: _run(lambda n: linear_network(matrices[n]), n) for n in matrices}, 3.0),
    )  # fmt: skip
    found = []
    for what, variable, calls, expected in kinds:
        time = side_by_side({str(place): call for place, call in calls.items()}, rounds=3)
        found.append(row(what, variable, ((place, time[str(place)]) for place in calls), expected))
    return found


def _run(call: Callable[[int], object], n: int) -> Callable[[], object]:
    return lambda: call(n)
