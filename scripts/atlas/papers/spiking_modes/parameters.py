"""What the config of spiking-modes may say: protocols to simulate, solvers to ask."""

from __future__ import annotations

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, parameter


class Model(Physics):
    """TODO: the model in one line; its control parameters."""

    g: Axis[float] = parameter("gain of the couplings, J_ij ~ N(0, g²/N)", unit="1", ge=0, le=20)


class Stepping(Numerics):
    """How the dynamics is stepped."""

    dt: Axis[float] = parameter("time step", unit="tau", gt=0, le=1)


class NetworkSizes(ExperimentSizes):
    """Sizes of a run."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=100_000)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


PROTOCOLS = {"measure": Protocol(physics=Model, numerics=Stepping, sizes=NetworkSizes)}
SOLVERS = {"solve": Protocol(physics=Model)}
