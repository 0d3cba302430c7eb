"""What the config of kinetic-energy may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Integrator = Literal["rk4", "euler"]
Scheme = Literal["leimkuhler-matthews", "euler-maruyama"]
Precision = Literal["float32", "float64"]


class Gain(Physics):
    """The random network: its only control parameter."""

    g: Axis[float] = parameter("gain of the couplings, J_ij ~ N(0, g²/N)", unit="1", ge=0, le=20)


class GainTemperature(Gain):
    """The gradient dynamics of the kinetic energy at a temperature."""

    temperature: Axis[float] = parameter("temperature T of exp(-E/T)", unit="2 E/N", gt=0, le=10)


class Stepping(Numerics):
    """How dx/dt = -x + J phi is stepped."""

    integrator: Axis[Integrator] = parameter("rk4 (order 4) or explicit euler (order 1)", default="rk4")
    dt: Axis[float] = parameter("time step", unit="tau", gt=0, le=1)
    precision: Precision = parameter("floating point type of state and couplings", default="float32")


class DensityStepping(Stepping):
    """As Stepping, with the bins in which activities are counted."""

    x_max: float = parameter("activities are counted between -x_max and x_max", unit="1", gt=0, default=8.0)
    bins: int = parameter("number of bins", ge=10, le=2000, default=160)


class LangevinStepping(Numerics):
    """How the gradient dynamics is stepped."""

    scheme: Axis[Scheme] = parameter(
        "stationary averages of order 2 (leimkuhler-matthews) or 1", default="leimkuhler-matthews"
    )
    dt: Axis[float] = parameter("time step", unit="tau", gt=0, le=0.5)
    precision: Precision = parameter("floating point type of state and couplings", default="float32")
    x_max: float = parameter("activities are counted between -x_max and x_max", unit="1", gt=0, default=8.0)
    bins: int = parameter("number of bins", ge=10, le=2000, default=160)


class PairStepping(Numerics):
    """How the network and its gradient dynamics are stepped side by side."""

    dt: float = parameter(
        "time step of both (explicit Euler, Euler-Maruyama: the published protocol)", unit="tau", gt=0, le=0.5
    )
    snapshot_interval: float = parameter("time between snapshots", unit="tau", gt=0, default=1.0)
    x_max: float = parameter("activities are counted between -x_max and x_max", unit="1", gt=0, default=8.0)
    bins: int = parameter("number of bins", ge=10, le=2000, default=160)


class LeapfrogStepping(Numerics):
    """Hybrid Monte Carlo of exp(-E/T)."""

    leapfrog_steps: int = parameter("leapfrog steps per proposal", ge=1, le=1000, default=20)
    leapfrog_step: float = parameter(
        "leapfrog step (unit mass, momenta of variance T)", unit="tau", gt=0, le=2, default=0.45
    )


class NetworkSizes(ExperimentSizes):
    """Sizes of a run of the network."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=100_000)
    n_states: int = parameter("initial states per network, N(0, 1) each", ge=1, le=1024, default=1)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


class TraceSizes(ExperimentSizes):
    """Sizes of a run whose activities are shown."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    n_shown: int = parameter("neurons whose activity is kept", ge=1, le=50, default=5)
    t_max: float = parameter("time shown", unit="tau", gt=0)


class LagSizes(NetworkSizes):
    """Sizes of a run whose autocovariances are measured."""

    t_lag: float = parameter("largest lag", unit="tau", gt=0)


class LangevinSizes(ExperimentSizes):
    """Sizes of a run of the gradient dynamics from N(0, 1), measured in consecutive windows."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    n_states: int = parameter("initial states per network", ge=1, le=1024, default=1)
    t_window: float = parameter("length of a window", unit="tau", gt=0)
    windows: int = parameter("number of windows", ge=1, le=1000)


class PairSizes(ExperimentSizes):
    """Sizes of the two runs from the same state with the same couplings."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=100_000)
    t_transient: float = parameter("time before the first snapshot", unit="tau", ge=0)
    snapshots: int = parameter("snapshots M of each run", ge=2, le=100_000)


class ChainSizes(ExperimentSizes):
    """Sizes of the Monte Carlo chains."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    n_chains: int = parameter("chains per network", ge=1, le=1024, default=4)
    burn_in: int = parameter("proposals dropped", ge=0)
    samples: int = parameter("proposals kept", ge=1)


class GainDetune(Gain):
    """The potential at and off its root."""

    detune: Axis[float] = parameter("relative shift of delta0 off the root", unit="1", gt=-1, le=1, default=0.0)


class Distance(Physics):
    """Distance to the transition."""

    eps: Axis[float] = parameter("g - 1", unit="1", gt=0, le=5)


class MapNumerics(Numerics):
    """The explicit Euler map."""

    dt: Axis[float] = parameter("time step of the map", unit="tau", gt=0, le=1)


class IncrementNumerics(Numerics):
    """The gradient dynamics as read off Euler-Maruyama increments."""

    dt: Axis[float] = parameter("time step of the increments", unit="tau", gt=0, le=0.5, default=0.1)


class PublishedStep(Numerics):
    """The step of the published protocol, which its effective temperature depends on."""

    dt: float = parameter("time step of the published protocol", unit="tau", gt=0, le=0.5, default=0.1)


class CurveSizes(TheorySizes):
    """A solver that gives a curve."""

    n_points: int = parameter("points of the curve", ge=10, le=100_000, default=401)


class LagCurveSizes(CurveSizes):
    """Curves over the lag."""

    t_lag: float = parameter("largest lag", unit="tau", gt=0)


class PathSizes(TheorySizes):
    """Sample paths of the effective single neuron."""

    n_paths: int = parameter("paths per gain", ge=1, le=1000, default=5)
    t_max: float = parameter("time shown", unit="tau", gt=0)
    dt_shown: float = parameter("time between points", unit="tau", gt=0, default=0.1)


PROTOCOLS = {
    "stationary": Protocol(physics=Gain, numerics=DensityStepping, sizes=NetworkSizes),
    "traces": Protocol(physics=Gain, numerics=Stepping, sizes=TraceSizes),
    "arc-length": Protocol(physics=Gain, numerics=Stepping, sizes=NetworkSizes),
    "autocovariance": Protocol(physics=Gain, numerics=Stepping, sizes=LagSizes),
    "langevin": Protocol(physics=GainTemperature, numerics=LangevinStepping, sizes=LangevinSizes),
    "pair": Protocol(physics=GainTemperature, numerics=PairStepping, sizes=PairSizes),
    "monte-carlo": Protocol(physics=GainTemperature, numerics=LeapfrogStepping, sizes=ChainSizes),
}

SOLVERS = {
    "dmft": Protocol(physics=Gain),
    "near-critical": Protocol(physics=Distance),
    "potential": Protocol(physics=GainDetune, sizes=CurveSizes),
    "correlation": Protocol(physics=Gain, sizes=LagCurveSizes),
    "euler-map": Protocol(physics=Gain, numerics=MapNumerics),
    "gradient": Protocol(physics=GainTemperature, numerics=IncrementNumerics),
    "matched-gradient": Protocol(physics=Gain, numerics=PublishedStep),
    "sample-paths": Protocol(physics=Gain, sizes=PathSizes),
}
