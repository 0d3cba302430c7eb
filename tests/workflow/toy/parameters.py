"""What the config of toy may say."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, parameter


class Gain(Physics):
    """The random network."""

    g: Axis[float] = parameter("gain of the couplings", unit="1", ge=0, le=20)


class GainTemperature(Gain):
    """Its gradient dynamics at a temperature."""

    temperature: Axis[float] = parameter("temperature of exp(-E/T)", unit="2 E/N", gt=0, le=10)


class Stepping(Numerics):
    """How the network is stepped."""

    integrator: Axis[Literal["rk4", "euler"]] = parameter("integrator", default="rk4")
    dt: float = parameter("time step", unit="tau", gt=0, le=1)


class NoiseStepping(Numerics):
    """How the gradient dynamics is stepped."""

    dt: float = parameter("time step", unit="tau", gt=0, le=0.5)


class NetworkSizes(ExperimentSizes):
    """Sizes of a run of the network."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=1000)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


PROTOCOLS = {
    "stationary": Protocol(physics=Gain, numerics=Stepping, sizes=NetworkSizes),
    "langevin": Protocol(physics=GainTemperature, numerics=NoiseStepping, sizes=NetworkSizes),
}

SOLVERS = {
    "dmft": Protocol(physics=Gain),
    "equilibrium": Protocol(physics=GainTemperature),
}
