"""What the config of reconstruction may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Integrator = Literal["rk4", "euler"]
Precision = Literal["float32", "float64"]


class Gain(Physics):
    """The random network."""

    g: Axis[float] = parameter("gain of the couplings, J_ij ~ N(0, g²/N)", unit="1", ge=0, le=10)


class GainMismatch(Gain):
    """A network and its imperfect copy; the copies of one network share their random part."""

    eta: Axis[float] = parameter(
        "relative error of the copy's couplings, J2 = √(1 - eta²) J + eta J'", unit="1", ge=0, le=1, seeded=False
    )


class OneMismatch(Gain):
    """A network and its imperfect copy, one size of the error for all gains."""

    eta: float = parameter("relative error of the copy's couplings", unit="1", gt=0, le=1)


class MismatchRange(Gain):
    """A network and imperfect copies over a range of errors, in one pass."""

    eta_low: float = parameter("smallest relative error", unit="1", gt=0, le=1)
    eta_high: float = parameter("largest relative error", unit="1", gt=0, le=1)


class Learning(Numerics):
    """How the data are made and the student is trained."""

    dt: float = parameter("step of the Euler map", unit="tau", gt=0, le=1)
    chunk_length: int = parameter(
        "points of a chunk, in which the student predicts the next from the last", ge=2, le=1000
    )
    batch: int = parameter("chunks of a batch", ge=1, le=100_000, default=250)
    learning_rate: float = parameter("learning rate of Adam", unit="1", gt=0, le=10)
    precision: Precision = parameter("floating point type of the training", default="float64")


class Stepping(Numerics):
    """The Euler map that network and copy follow."""

    dt: float = parameter("step of the Euler map", unit="tau", gt=0, le=1)
    precision: Precision = parameter("floating point type of state and couplings", default="float32")


class TangentStepping(Numerics):
    """How network and tangent vector are stepped."""

    integrator: Integrator = parameter("rk4 (order 4) or explicit euler (order 1)", default="rk4")
    dt: float = parameter("time step", unit="tau", gt=0, le=1)
    precision: Precision = parameter("floating point type of state and couplings", default="float32")


class StudentSizes(ExperimentSizes):
    """Sizes of the training and of the free runs after it."""

    n_units: int = parameter("neurons N", ge=10, le=100_000)
    n_trajectories: int = parameter("trajectories that the student is trained on", ge=1, le=100_000)
    n_points: int = parameter("points of each trajectory, from its start", ge=2, le=100_000)
    epochs: int = parameter("passes over the data", ge=1, le=10_000)
    n_starts: int = parameter("new starts of the free runs", ge=1, le=1000)
    t_predict: float = parameter("length of the free runs", unit="tau", gt=0)
    n_pairs: int = parameter("pairs of couplings kept for display", ge=2, le=1_000_000)


class CopySizes(ExperimentSizes):
    """Sizes of the runs of a network beside its copy."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    n_states: int = parameter("starts per network", ge=1, le=1024)
    t_max: float = parameter("length of a run", unit="tau", gt=0)
    t_between: float = parameter("time between observations", unit="tau", gt=0, default=0.5)


class ExponentSizes(ExperimentSizes):
    """Sizes of a measurement of exponents."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    n_states: int = parameter("starts per network", ge=1, le=1024, default=1)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


class MapNumerics(Numerics):
    """The Euler map, solved at dt, and extrapolated to zero from twice, once and half this step."""

    dt: float = parameter("step of the map", unit="tau", gt=0, le=0.5)


class PublishedStep(Numerics):
    """The step that the mismatch exponent depends on."""

    dt: float = parameter("step of the published protocol", unit="tau", gt=0, le=1, default=0.01)


class SpanSizes(TheorySizes):
    """A solver over a span of time."""

    t_max: float = parameter("end of the span", unit="tau", gt=0, le=200)


class RangeSizes(SpanSizes):
    """A solver over a span of time for several errors."""

    n_eta: int = parameter("number of errors, evenly spaced in their logarithm", ge=4, le=200)


PROTOCOLS = {
    "student": Protocol(physics=Gain, numerics=Learning, sizes=StudentSizes),
    "copies": Protocol(physics=GainMismatch, numerics=Stepping, sizes=CopySizes),
    "classical": Protocol(physics=Gain, numerics=TangentStepping, sizes=ExponentSizes),
    "mismatch": Protocol(physics=OneMismatch, numerics=Stepping, sizes=ExponentSizes),
}

SOLVERS = {
    "two-replica": Protocol(physics=GainMismatch, numerics=MapNumerics, sizes=SpanSizes),
    "two-replica-range": Protocol(physics=MismatchRange, numerics=MapNumerics, sizes=RangeSizes),
    "exponents": Protocol(physics=Gain, numerics=PublishedStep),
}
