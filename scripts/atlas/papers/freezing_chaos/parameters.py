"""What the config of freezing-chaos may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Integrator = Literal["rk4", "euler"]
Precision = Literal["float32", "float64"]


class Gain(Physics):
    """The random network: its only control parameter."""

    g: Axis[float] = parameter("gain of the couplings, J_ij ~ N(0, g²/N)", unit="1", ge=0, le=20)


class GainRegulation(Gain):
    """The random network with the regulated dynamics; all gamma see the same couplings and starts."""

    gamma: Axis[float] = parameter(
        "regulation: 0 rate network, 1 gradient flow of E", unit="1", ge=0, le=1, seeded=False
    )


class Dale(Physics):
    """Sparse excitatory-inhibitory couplings, Dale's law on average."""

    f: float = parameter("share of excitatory neurons", unit="1", ge=0, le=1, default=0.4)
    mu_e: float = parameter("mean of excitatory couplings times √N", unit="1", default=0.6)
    mu_i: Axis[float] = parameter("mean of inhibitory couplings times √N", unit="1")
    sigma: Axis[float] = parameter("sigma_e = sigma_i: spread of couplings times √N", unit="1", ge=0, le=20)
    alpha: float = parameter("share of couplings that are present", unit="1", ge=0, le=1, default=0.8)


class DaleRegulation(Dale):
    """Excitatory-inhibitory couplings with the regulated dynamics."""

    gamma: Axis[float] = parameter(
        "regulation: 0 rate network, 1 gradient flow of E", unit="1", ge=0, le=1, seeded=False
    )


class StageStepping(Numerics):
    """Steps of the three stages (Runge-Kutta of order 4 in all)."""

    dt: float = parameter("time step of the rate network", unit="tau", gt=0, le=0.5, default=0.1)
    dt_gradient: float = parameter("time step of the gradient flow", unit="tau", gt=0, le=0.2, default=0.1)
    late_share: float = parameter("last share of each stage that is averaged", unit="1", gt=0, le=1, default=0.5)


class TangentStepping(Numerics):
    """How state and tangent vector are stepped together."""

    integrator: Integrator = parameter("rk4 (order 4) or explicit euler (order 1)", default="rk4")
    dt: Axis[float] = parameter("time step", unit="tau", gt=0, le=0.5)
    discard: float = parameter("first share of the run that is not averaged", unit="1", ge=0, lt=1, default=0.3)


class JacobianStepping(Numerics):
    """Steps of the two stages before the Jacobians are taken (Runge-Kutta of order 4)."""

    dt: float = parameter("time step of the rate network", unit="tau", gt=0, le=0.5, default=0.1)
    dt_gradient: float = parameter("time step of the gradient flow", unit="tau", gt=0, le=0.2, default=0.1)
    separation: float = parameter("step of the finite differences", unit="1", gt=0, le=0.01, default=1e-5)


class DescentStepping(Numerics):
    """Explicit Euler, the published scheme."""

    dt: Axis[float] = parameter("time step", unit="tau", gt=0, le=0.5)


class DifferenceStepping(Numerics):
    """Finite differences of the energy."""

    separation: float = parameter("step of the central differences", unit="1", gt=0, le=0.01, default=1e-4)


class ReadoutStepping(Numerics):
    """Reservoir driven by a sine, read out linearly (explicit Euler, published step)."""

    dt: float = parameter("time between kept states", unit="tau", gt=0, le=0.1, default=0.01)
    substeps: Axis[int] = parameter("time steps between kept states; 1 is the published step", ge=1, le=100)
    period: int = parameter("period of the sine", unit="kept states", ge=4, le=100_000, default=100)
    relative_penalty: float = parameter("ridge penalty over training steps", unit="1", gt=0, le=1, default=1e-6)
    train_share: float = parameter(
        "share of the states after the first that are trained on", unit="1", gt=0, lt=1, default=2 / 3
    )


class LatencyStepping(Numerics):
    """The latency experiment (explicit Euler, published step; bins of one step)."""

    dt: float = parameter("time step", unit="tau", gt=0, le=0.1, default=0.01)
    r_max: float = parameter("saturation of the logistic activation", unit="1/step", gt=0, le=1, default=0.2)
    pulse: float = parameter("input added to x in a stimulated bin", unit="1", ge=0, le=10, default=0.001)
    bins: int = parameter("bins of the stimulation", ge=1, le=10_000, default=100)
    cap: int = parameter("largest latency", unit="steps", ge=1, le=100_000, default=2000)


class OverlapStepping(Numerics):
    """Two nearby states (Runge-Kutta of order 4, double precision)."""

    dt: float = parameter("time step", unit="tau", gt=0, le=0.5, default=0.1)
    separation: float = parameter("rms distance of the two states at the start", unit="1", gt=0, le=1, default=1e-3)


class StageSizes(ExperimentSizes):
    """Sizes of a run of three stages: rate network, gradient flow, rate network."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    n_shown: int = parameter("neurons whose activity is kept", ge=2, le=50, default=6)
    t_stage: float = parameter("length of a stage", unit="tau", gt=0)


class TangentSizes(ExperimentSizes):
    """Sizes of a run with a tangent vector, from x(0) ~ N(0, 1)."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    n_states: int = parameter("initial states per network", ge=1, le=1024, default=1)
    t_max: float = parameter("length of the run", unit="tau", ge=2)


class JacobianSizes(ExperimentSizes):
    """Sizes of a run of the rate network and then the gradient flow."""

    n_units: int = parameter("neurons N", ge=2, le=5_000)
    t_vanilla: float = parameter("time of the rate network", unit="tau", ge=0)
    t_gradient: float = parameter("time of the gradient flow", unit="tau", ge=0)


class DescentSizes(ExperimentSizes):
    """Sizes of a descent from x(0) ~ N(0, 1)."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    t_max: float = parameter("length of the run", unit="tau", gt=0)


class StateSizes(ExperimentSizes):
    """Sizes of a check at random states."""

    n_units: int = parameter("neurons N", ge=2, le=1_000)
    n_states: int = parameter("random states", ge=1, le=1024, default=5)


class ReadoutSizes(ExperimentSizes):
    """Sizes of the reservoir and its run."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    n_steps: int = parameter("kept states of the run", ge=10, le=1_000_000)
    n_discard: int = parameter("first kept states that are dropped", ge=0, le=1_000_000)
    tau_max: int = parameter("largest shift of the target", unit="kept states", ge=1, le=1_000, default=10)


class LatencySizes(ExperimentSizes):
    """Sizes of the latency experiment."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    n_frequencies: int = parameter("frequencies between 1 and the number of bins", ge=2, le=1_000)


class OverlapSizes(ExperimentSizes):
    """Sizes of a run of two nearby states."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    t_transient: float = parameter("time of the rate network before", unit="tau", ge=0)
    t_max: float = parameter("time followed", unit="tau", gt=0)


class MatrixSizes(ExperimentSizes):
    """Sizes of matrices whose spectra are taken."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=10_000)


class DaleSizes(TheorySizes):
    """Couplings of a finite network: the outlier grows with √N."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=100_000)


class ShiftSizes(TheorySizes):
    """Shifts of the target."""

    tau_max: int = parameter("largest shift of the target", unit="kept states", ge=1, le=1_000, default=10)


class Period(Numerics):
    """The drive."""

    period: int = parameter("period of the sine", unit="kept states", ge=4, le=100_000, default=100)


PROTOCOLS = {
    "stages": Protocol(physics=Gain, numerics=StageStepping, sizes=StageSizes),
    "dale-stages": Protocol(physics=Dale, numerics=StageStepping, sizes=StageSizes),
    "tangent": Protocol(physics=GainRegulation, numerics=TangentStepping, sizes=TangentSizes),
    "jacobians": Protocol(physics=Gain, numerics=JacobianStepping, sizes=JacobianSizes),
    "force-check": Protocol(physics=Gain, numerics=DifferenceStepping, sizes=StateSizes),
    "descent": Protocol(physics=GainRegulation, numerics=DescentStepping, sizes=DescentSizes),
    "readout": Protocol(physics=GainRegulation, numerics=ReadoutStepping, sizes=ReadoutSizes),
    "latency": Protocol(physics=DaleRegulation, numerics=LatencyStepping, sizes=LatencySizes),
    "overlap": Protocol(physics=GainRegulation, numerics=OverlapStepping, sizes=OverlapSizes),
    "silence-spectrum": Protocol(physics=Gain, sizes=MatrixSizes),
    "dale-eigenvalues": Protocol(physics=Dale, sizes=MatrixSizes),
}

SOLVERS = {
    "silence": Protocol(physics=Gain),
    "dmft": Protocol(physics=Gain),
    "dale-spectrum": Protocol(physics=Dale, sizes=DaleSizes),
    "perfect-fit": Protocol(physics=Physics, numerics=Period, sizes=ShiftSizes),
}
