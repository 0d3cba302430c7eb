"""What the config of neuron-synapse may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

RuleName = Literal["hebbian", "feedback", "homeostatic"]
Start = Literal["strong", "weak"]
Precision = Literal["float32", "float64"]


class Plastic(Physics):
    """A network with plastic synapses."""

    g: Axis[float] = parameter("gain of the quenched couplings, J_ij ~ N(0, g²/N)", ge=0, le=10)
    k: Axis[float] = parameter("strength of the plasticity", ge=-10, le=10)
    p: Axis[float] = parameter("time constant of the synapses", unit="tau", gt=0, le=1000, default=2.5)
    rule: Axis[RuleName] = parameter("pair of factors that drives the synapses", default="hebbian")
    theta: float = parameter("activity at which the homeostatic rule changes sign", gt=0, le=1, default=0.5)


class Started(Plastic):
    """A network that starts strongly or weakly active, with the same couplings."""

    start: Axis[Start] = parameter(
        "strong: x ~ N(0, 4²), A at its fixed point for it; weak: x ~ N(0, 0.3²), A = 0", default="strong", seeded=False
    )


class Swept(Physics):
    """A network whose gain is moved slowly up and down again."""

    k: Axis[float] = parameter("strength of the Hebbian plasticity", ge=0, le=10)
    p: float = parameter("time constant of the synapses", unit="tau", gt=0, default=2.5)
    g_low: float = parameter("smallest gain", ge=0, le=10)
    g_high: float = parameter("largest gain", gt=0, le=10)
    g_step: float = parameter("step of the gain", gt=0, le=1)


class Sought(Physics):
    """The gain from which on a strongly active start survives, between two gains."""

    k: Axis[float] = parameter("strength of the Hebbian plasticity", ge=0, le=10)
    p: float = parameter("time constant of the synapses", unit="tau", gt=0, default=2.5)
    g_low: float = parameter("a gain at which activity dies", ge=0, le=10)
    g_high: float = parameter("a gain at which activity survives", gt=0, le=10)


class Heated(Physics):
    """The measure exp(-beta E) of the joint quasi-potential."""

    g: Axis[float] = parameter("gain of the quenched couplings", ge=0, le=10)
    k: Axis[float] = parameter("strength of the Hebbian plasticity", ge=-10, le=10)
    beta: Axis[float] = parameter("inverse temperature", unit="N/E", gt=0, le=1e6)


class Gain(Physics):
    """A network without plasticity."""

    g: Axis[float] = parameter("gain of the quenched couplings", ge=0, le=10)


class Strength(Physics):
    """A strength of Hebbian plasticity."""

    k: Axis[float] = parameter("strength of the Hebbian plasticity", ge=-10, le=10)


class StaticRule(Physics):
    """A rule of plasticity."""

    k: Axis[float] = parameter("strength of the plasticity", ge=-10, le=10)
    rule: Axis[RuleName] = parameter("pair of factors that drives the synapses", default="hebbian")
    theta: float = parameter("activity at which the homeostatic rule changes sign", gt=0, le=1, default=0.5)


class StaticPoint(StaticRule):
    """A rule of plasticity at a gain."""

    g: Axis[float] = parameter("gain of the quenched couplings", gt=0, le=10)


class Hebbian(Physics):
    """A network with Hebbian plasticity."""

    g: Axis[float] = parameter("gain of the quenched couplings", gt=0, le=10)
    k: Axis[float] = parameter("strength of the Hebbian plasticity", ge=-10, le=10)


class HebbianDynamics(Hebbian):
    """A network with Hebbian plasticity of given speed."""

    p: Axis[float] = parameter("time constant of the synapses", unit="tau", gt=0, le=1000, default=2.5)


class Stepping(Numerics):
    """Neurons by an exponential Adams-Bashforth rule, synapses by the midpoint rule (both of order 2)."""

    dt: float = parameter("time step", unit="tau", gt=0, le=0.5, default=0.1)
    precision: Precision = parameter("floating point type of state and couplings", default="float32")


class TangentStepping(Stepping):
    """As Stepping, with a tangent vector of the joint flow."""

    t_norm: float = parameter("time between normalisations of the tangent vector", unit="tau", gt=0, default=1.0)


class LangevinStepping(Numerics):
    """Langevin dynamics by the Leimkuhler-Matthews scheme (stationary averages of order 2)."""

    dt: float = parameter("time step", unit="tau", gt=0, le=0.5, default=0.05)


class PathNumerics(Numerics):
    """Sampled mean-field theory."""

    dt: float = parameter("step of the times", unit="tau", gt=0, le=1, default=0.1)


class RunSizes(ExperimentSizes):
    """Sizes of a run of the network."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=20_000)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


class TraceSizes(ExperimentSizes):
    """Sizes of a run whose activities are shown."""

    n_units: int = parameter("neurons N", ge=2, le=20_000)
    n_shown: int = parameter("neurons whose activity is kept", ge=1, le=50, default=4)
    t_transient: float = parameter("time before showing", unit="tau", ge=0)
    t_max: float = parameter("time shown", unit="tau", gt=0)


class LagSizes(RunSizes):
    """Sizes of a run whose autocorrelation is measured."""

    t_lag: float = parameter("largest lag", unit="tau", gt=0)


class SweepSizes(ExperimentSizes):
    """Sizes of a slow sweep."""

    n_units: int = parameter("neurons N", ge=2, le=20_000)
    t_hold: float = parameter("time at each gain; the second half is measured", unit="tau", gt=0)


class SearchSizes(ExperimentSizes):
    """Sizes of a search."""

    n_units: int = parameter("neurons N", ge=2, le=20_000)
    t_run: float = parameter("time of a run", unit="tau", gt=0)
    halvings: int = parameter("halvings of the interval of gains", ge=1, le=30)


class FreezeSizes(ExperimentSizes):
    """Sizes of a run whose synapses are stopped."""

    n_units: int = parameter("neurons N", ge=2, le=20_000)
    t_before: float = parameter("time shown before the synapses are stopped", unit="tau", gt=0)
    t_after: float = parameter("time shown after it", unit="tau", gt=0)
    t_transient: float = parameter("time before showing", unit="tau", ge=0)


class ChainSizes(ExperimentSizes):
    """Sizes of the Langevin chains."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    n_chains: int = parameter("chains per network", ge=2, le=1024, default=10)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


class MatrixSizes(ExperimentSizes):
    """Sizes of the random matrices."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)


class CurveSizes(TheorySizes):
    """A solver that gives a curve."""

    n_points: int = parameter("points of the curve", ge=10, le=10_000, default=120)


class PathSizes(TheorySizes):
    """Sampled mean-field theory."""

    batches: int = parameter("independent batches of paths", ge=2, le=1000, default=8)
    n_paths: int = parameter("paths in a batch", ge=8, le=100_000, default=128)
    t_lag: float = parameter("largest lag kept", unit="tau", gt=0, le=50, default=30.0)


PROTOCOLS = {
    "joint": Protocol(physics=Started, numerics=TangentStepping, sizes=RunSizes),
    "traces": Protocol(physics=Started, numerics=Stepping, sizes=TraceSizes),
    "autocorrelation": Protocol(physics=Plastic, numerics=Stepping, sizes=LagSizes),
    "hysteresis": Protocol(physics=Swept, numerics=Stepping, sizes=SweepSizes),
    "onset": Protocol(physics=Sought, numerics=Stepping, sizes=SearchSizes),
    "freezing": Protocol(physics=Started, numerics=Stepping, sizes=FreezeSizes),
    "langevin": Protocol(physics=Heated, numerics=LangevinStepping, sizes=ChainSizes),
    "response": Protocol(physics=Gain, sizes=MatrixSizes),
}

SOLVERS = {
    "branch": Protocol(physics=StaticRule, sizes=CurveSizes),
    "static": Protocol(physics=StaticPoint),
    "fold": Protocol(physics=Strength),
    "silent-response": Protocol(physics=Gain),
    "chaos": Protocol(physics=Gain),
    "dmft": Protocol(physics=HebbianDynamics, numerics=PathNumerics, sizes=PathSizes),
    "measure": Protocol(physics=Heated),
    "annealed": Protocol(physics=Hebbian, sizes=CurveSizes),
}
