"""Times and errors of the solvers at typical points: the bars' own, and every question that a paper answers.

An answer is timed after one call that loads and compiles, with the caches of earlier answers emptied. Errors are held
against the same solver at about twice its resolution (`finer`), where it has one; of a closed form and of an equation
that is solved to rounding the residual is shown; of sampled answers the standard error. Thirty-digit references of the
Gaussian averages and of the stationary state are in the tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from atlas.benchmarks.finer import finer
from atlas.benchmarks.timing import calls, seconds
from atlas.questions import Answer
from atlas.solve import forget, papers, questions

FINER, RESIDUAL, CLOSED, SAMPLED = "finer", "residual", "closed form", "standard error"
HALVED = "half step"  # which the solver itself takes for its residual
_SMALL = 1e-6  # numbers below count as this one in a relative error
_SHORT, _REPEATS = 0.05, 9  # seconds below which the best of so many calls is taken

# "paper theory name=value ...", what its error is held against, bar in milliseconds
POINTS: tuple[tuple[str, str, float | None], ...] = (
    ("continual-learning first-task alpha=1.5 beta=5", FINER, None),
    ("continual-learning first-task alpha=2 beta=20 kl=true branch=high", FINER, None),
    ("continual-learning second-task alpha2=1 r0=0.5", FINER, 1000.0),
    ("continual-learning second-task alpha2=2 r0=1", FINER, 1000.0),
    ("diffusion-physics rates mu=2 sigma2=0.5 t=0.5", FINER, None),
    ("diffusion-physics production-integral mu=2 sigma2=0.5 t1=2", FINER, None),
    ("diffusion-physics speciation mu=2 sigma2=0.5", RESIDUAL, None),
    ("diffusion-physics franz-parisi mu=2 sigma2=0.5 t=0.5 q=[1,2,4]", HALVED, None),
    ("equilibrium-measure replica g=1.5 beta=1e4", FINER, 100.0),
    ("equilibrium-measure replica g=2 gamma=0.5 beta=100", FINER, 100.0),
    ("equilibrium-measure null-phase g=0.5 gamma=0.5", CLOSED, None),
    ("fermi-bose replica alpha=1 Delta=0.5 d_F=1", FINER, 3000.0),
    ("freezing-chaos null-phase g=0.5", CLOSED, None),
    ("freezing-chaos ei-spectrum f=0.8 mu_e=1 mu_i=-4 sigma_e=1 sigma_i=1 alpha=0.2 n_units=1000", CLOSED, None),
    ("icl-spin-glass infinite-tasks D=10 N=20 lambda0=0.1", CLOSED, None),
    ("icl-spin-glass zero-modes D=10 P=50", CLOSED, None),
    ("icl-spin-glass ridge D=8 N=20 P=500 lambda0=0.1", RESIDUAL, None),
    ("kinetic-energy dmft g=1.5", FINER, None),
    ("kinetic-energy dmft g=3", FINER, None),
    ("kinetic-energy gradient g=1.5", FINER, None),
    ("langevin-machine quadrature J=[[0.5]] temperature=1", FINER, None),
    ("langevin-machine quadrature J=[[0.5,1],[-1,0.5]] temperature=0.5", FINER, None),
    ("linear-equivalence dmft g=1.5", FINER, None),
    ("linear-equivalence dmft g=2 phi=erf D=0.1", FINER, None),
    ("linear-equivalence dmft g=1.5 dt=0.1", FINER, None),
    ("linear-equivalence covariance-identity g=0.8 a=0.5,0.2 b=0.4,-0.1 n_units=300 seed=1", RESIDUAL, None),
    ("m-shape franz-parisi g=1.5 beta=1e3 d=0.5", FINER, None),
    ("m-shape log-determinant g=1.5", FINER, None),
    ("m-shape local-entropy g=1.5 d=0.3", FINER, None),
    ("m-shape range g=1.5", FINER, None),
    ("meta-predictive weight-moments m=1 pi=0.3 Xi=1 fan_in=100", CLOSED, None),
    ("neuron-synapse static g=1.5 k=0.5", FINER, None),
    ("neuron-synapse static g=1.5 k=0.5 rule=homeostatic", FINER, None),
    ("neuron-synapse fold k=2", FINER, None),
    ("neuron-synapse annealed g=1.5 k=0.5", RESIDUAL, None),
    ("neuron-synapse dmft g=1.5 k=0.5 dt=0.25", SAMPLED, None),
    ("reconstruction two-replica g=1.5 eta=0.01 times=[1,5,10]", FINER, None),
    ("reconstruction two-replica g=1.5 eta=0.01 dt=0 times=[1,5,10]", FINER, None),
    ("reconstruction mismatch g=1.5", FINER, None),
    ("spiking-modes single-neuron current=2", CLOSED, None),
    ("spiking-modes parameters n_units=100 modes=3", CLOSED, None),
)
GAINS = (1.001, 1.5, 3.0)


@dataclass(frozen=True)
class Point:
    """What is asked: paper (or room), solver, parameters, the call, what its error is held against, bar (ms)."""

    room: str
    solver: str
    given: str
    call: Callable[[], Answer]
    against: str
    bar: float | None = None


@dataclass(frozen=True)
class TheoryRow:
    """One solver at one point: milliseconds, the bar they should stay below, the same in millions of the machine's
    tanh in float64 (a ratio), the calls of functions that it makes (no time: the same on every machine), largest
    relative error of a quantity and what it is held against (nan: nothing)."""

    room: str
    solver: str
    given: str
    milliseconds: float
    bar: float | None
    mega_tanh: float
    calls: int
    error: float
    against: str

    @property
    def missed(self) -> bool:
        return self.bar is not None and self.milliseconds > self.bar

    @property
    def name(self) -> str:
        return f"{self.room}/{self.solver}/{self.given}"


def points() -> Iterator[Point]:
    """The bars' own solvers, then the questions in the order of the papers."""
    yield from barred()
    for text, against, bar in POINTS:
        paper, theory, *given = text.split()
        question = questions(paper)[theory]
        values = question.values(dict(word.split("=", 1) for word in given))[0]
        yield Point(paper, theory, " ".join(given), _asked(question.solve, values), against, bar)


def _asked(solve: Callable[..., Answer], values: Mapping[str, Any]) -> Callable[[], Answer]:
    return lambda: solve(**values)


def barred() -> Iterator[Point]:
    """Solvers below the questions that have a bar of their own."""
    from atlas.meanfield import correlation, lyapunov, stationary

    lags = np.linspace(0.0, 40.0, 800)

    def state(g: float) -> Answer:
        found = stationary.stationary(g)
        named = {name: getattr(found, name) for name in ("delta0", "gamma0", "delta_static")}
        return Answer(named, found.residual)

    def curves(g: float) -> Answer:
        found = correlation.correlation(g, lags)
        return Answer({"delta": found.delta, "c_phi": found.c_phi, "gamma": found.gamma}, found.residual)

    def exponent(g: float) -> Answer:
        found = lyapunov.lyapunov_max(g)
        return Answer({"lyapunov_max": found.lyapunov_max}, found.residual)

    for g in GAINS:
        yield Point("meanfield", "stationary state", f"g={g:g}", lambda g=g: state(g), FINER, 1.0)  # type: ignore[misc]
        yield Point("meanfield", "correlation, 800 lags", f"g={g:g}", lambda g=g: curves(g), FINER, 10.0)  # type: ignore[misc]
        yield Point("meanfield", "Lyapunov exponent", f"g={g:g}", lambda g=g: exponent(g), FINER, 15.0)  # type: ignore[misc]
    yield Point("m-shape", "Franz-Parisi, 40 points", "g=1.5 beta=1e3", _franz_parisi, FINER, 5000.0)


def _franz_parisi() -> Answer:
    from atlas.meanfield.probe_path import LocalEntropy

    solver = LocalEntropy.static(1.5, 1e-3, 1e-3)
    states = solver.curve(solver.independent_distance * np.sqrt(np.linspace(0.025, 1.5, 40)))
    return Answer({"omega": np.array([each.omega for each in states])}, max(each.residual for each in states))


def measured_point(point: Point, tanh_ns: float) -> TheoryRow:
    """Time after one warm-up call, then the error. tanh_ns: nanoseconds of the machine's tanh in float64."""
    with np.errstate(divide="ignore", invalid="ignore"):  # of trial steps that a solver takes back
        return _measured_point(point, tanh_ns)


def _measured_point(point: Point, tanh_ns: float) -> TheoryRow:
    answer = point.call()
    best = _best(point.call)
    return TheoryRow(
        point.room,
        point.solver,
        point.given,
        1e3 * best,
        point.bar,
        1e3 * best / tanh_ns,
        counted(point),
        _error(point, answer),
        point.against,
    )


def counted(point: Point) -> int:
    """Calls of functions in one answer, caches emptied; the first answer, which loads and compiles, comes before."""
    forget()
    return calls(point.call)


def _best(call: Callable[[], Answer]) -> float:
    """Best of nine calls of a short solver, one of a long one; caches emptied before each."""
    forget()
    best = seconds(call)
    for _ in range(_REPEATS - 1 if best < _SHORT else 0):
        forget()
        best = min(best, seconds(call))
    return best


def _error(point: Point, answer: Answer) -> float:
    if point.against == FINER:
        with finer():
            return relative_error(answer.quantities, point.call().quantities)
    if point.against == SAMPLED:
        return float(answer.quantities["phi2_error"] / answer.quantities["phi2"])
    return math.nan if point.against == CLOSED else float(answer.residual)


def numbers(value: Any) -> list[float]:
    """All numbers of an answer, in order; complex ones as two."""
    if isinstance(value, Mapping):
        return [each for inner in value.values() for each in numbers(inner)]
    if isinstance(value, list | tuple):
        return [each for inner in value for each in numbers(inner)]
    if value is None or isinstance(value, str | bool):
        return []
    flat = np.atleast_1d(np.asarray(value)).ravel()
    return [float(part) for each in flat for part in ((each.real, each.imag) if np.iscomplexobj(flat) else (each,))]


def relative_error(found: Any, reference: Any) -> float:
    """Largest difference of two answers' numbers, relative to the reference's or to 1e-6; nan beside nan is none."""
    a, b = np.array(numbers(found)), np.array(numbers(reference))
    if a.shape != b.shape:
        raise ValueError(f"answers of {a.size} and {b.size} numbers")
    both = np.isnan(a) & np.isnan(b)
    gap = np.where(both, 0.0, np.abs(a - b) / np.maximum(np.abs(b), _SMALL))
    return float(gap.max(initial=0.0))


def unasked() -> set[str]:
    """Questions of the papers of which no point is timed."""
    asked = {" ".join(text.split()[:2]) for text, _, _ in POINTS}
    return {f"{paper} {theory}" for paper in papers() for theory in questions(paper)} - asked
