"""What the config of linear-equivalence may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Unit = Literal["tanh", "erf"]


class Driven(Physics):
    """The network: gain, unit and drive."""

    g: Axis[float] = parameter("gain of the couplings, J_ij ~ N(0, g²/N)", unit="1", ge=0, le=20)
    phi: Unit = parameter("unit: tanh(x) or erf(sqrt(pi) x/2)")
    D: float = parameter("strength of the white drive, <xi xi> = 2 D delta; 0: autonomous", unit="1/tau", ge=0, le=100)


class Stepping(Numerics):
    """The explicit map; theory is exact for it at the same step."""

    dt: float = parameter("time step of the map", unit="tau", gt=0, le=1)


class FlowStepping(Numerics):
    """The flow, by Runge-Kutta of order 4."""

    dt: float = parameter("time step", unit="tau", gt=0, le=0.5)


class TheoryStepping(Numerics):
    """The map, or the flow."""

    dt: Axis[float] = parameter("time step of the map; 0: continuous time", unit="tau", ge=0, le=1)


class WindowStepping(Stepping):
    """As Stepping, with the windows of the cross-spectra."""

    t_window: float = parameter("length of the Hann windows", unit="tau", gt=0, default=50.0)
    harmonics: tuple[int, ...] = parameter("harmonics of the window: w = 2 pi k/t_window", ge=1, le=1000)


class NetworkSizes(ExperimentSizes):
    """Sizes of a run. The networks are numbered by an axis, so that theory can be given the same couplings."""

    network: Axis[int] = parameter("number of the network: names its couplings", ge=0, le=10_000, seeded=True)
    n_units: Axis[int] = parameter("neurons N", ge=2, le=20_000)
    n_states: int = parameter("trajectories of one network, from N(0, 1) each; two halves", ge=2, le=1024, default=64)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0, default=100.0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


class QuadrupleSizes(NetworkSizes):
    """As NetworkSizes, with the quadruples of units whose fourth moments are taken."""

    quadruples: int = parameter("random quadruples of distinct units", ge=10, le=100_000, default=3000)


class RowSizes(NetworkSizes):
    """As NetworkSizes, with the rows of the cross-spectral matrices that are kept."""

    n_rows: int = parameter("cross-spectra of the first n_rows units with all units", ge=2, le=20_000, default=100)


class LagSizes(ExperimentSizes):
    """Sizes of a run whose autocovariances are measured."""

    n_units: int = parameter("neurons N", ge=2, le=20_000)
    n_states: int = parameter("initial states per network", ge=1, le=1024, default=8)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0, default=100.0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)
    t_lag: float = parameter("largest lag", unit="tau", gt=0, default=20.0)


class CurveSizes(TheorySizes):
    """Order parameters with their curves over the lag."""

    t_lag: float = parameter("largest lag of the curves", unit="tau", gt=0, default=20.0)


class GivenSizes(TheorySizes):
    """Predictions for given couplings."""

    network: Axis[int] = parameter("number of the network: names its couplings", ge=0, le=10_000)
    n_units: Axis[int] = parameter("neurons N", ge=2, le=20_000)
    n_frequencies: int = parameter("frequencies of the sum over the spectrum", ge=16, le=65_536, default=1024)


class GivenRowSizes(GivenSizes):
    """As GivenSizes, for the first rows of the cross-spectral matrices."""

    n_rows: int = parameter("cross-spectra of the first n_rows units with all units", ge=2, le=20_000, default=100)


class Frequencies(Driven):
    """A network at some frequencies."""

    omega: Axis[float] = parameter("frequency w", unit="1/tau", ge=0, le=100)


class ClosureSizes(TheorySizes):
    """One network."""

    network: Axis[int] = parameter("number of the network: names its couplings", ge=0, le=10_000)
    n_units: int = parameter("neurons N", ge=2, le=2000)


PROTOCOLS = {
    "lags": Protocol(physics=Driven, numerics=FlowStepping, sizes=LagSizes),
    "covariance": Protocol(physics=Driven, numerics=Stepping, sizes=NetworkSizes),
    "wick": Protocol(physics=Driven, numerics=Stepping, sizes=QuadrupleSizes),
    "cross-spectra": Protocol(physics=Driven, numerics=WindowStepping, sizes=RowSizes),
    "dimension": Protocol(physics=Driven, numerics=Stepping, sizes=NetworkSizes),
}

SOLVERS = {
    "dmft": Protocol(physics=Driven, numerics=TheoryStepping, sizes=CurveSizes),
    "prediction": Protocol(physics=Driven, numerics=Stepping, sizes=GivenSizes),
    "predicted-spectra": Protocol(physics=Driven, numerics=WindowStepping, sizes=GivenRowSizes),
    "predicted-dimension": Protocol(physics=Driven, numerics=Stepping, sizes=GivenSizes),
    "closure": Protocol(physics=Frequencies, numerics=Stepping, sizes=ClosureSizes),
}
