"""What the config of m-shape may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Equations = Literal["published", "right", "no-overlap-conjugate"]
Start = Literal["first", "second"]


class Gain(Physics):
    """The random network: its only control parameter."""

    g: Axis[float] = parameter("gain of the couplings, J_ij ~ N(0, g²/N)", unit="1", ge=0, le=10)


class GainTemperature(Gain):
    """The gradient dynamics of the kinetic energy at a temperature."""

    temperature: Axis[float] = parameter("temperature T of exp(-E/T)", unit="E", gt=0, le=10)


class Field(Gain):
    """A probe that is held by a field p = -t beta_tilde/2 of the distance."""

    t: Axis[float] = parameter("t = -2 p/beta_tilde", unit="1", gt=0, le=100, default=2.0)


class Window(Gain):
    """The published local entropy at a distance close to rms(x*), the window in which its program samples."""

    delta: Axis[float] = parameter("d - rms(x*)", unit="1", ge=-0.1, le=0.1, seeded=False)
    beta_tilde: float = parameter("inverse temperature of the probe", unit="1/E", gt=0, default=1e6)


class RangeField(Gain):
    """The published range: the measure exp(-beta_tilde E + p |y - x*|²)."""

    p: Axis[float] = parameter("distance field", unit="1", seeded=False)
    beta_tilde: float = parameter("inverse temperature of the probe", unit="1/E", gt=0, default=1e6)


class Ray(Gain):
    """Energy along a ray, against the gain by the distance field."""

    field_ratio: Axis[float] = parameter("p/beta_tilde", unit="1", ge=-10, le=10, seeded=False)


class Curve(Gain):
    """The local entropy at given distances."""

    beta_tilde: Axis[float] = parameter(
        "inverse temperature of the probe (.inf allowed)", unit="1/E", gt=0, finite=False
    )
    ratios: tuple[float, ...] = parameter("distances in units of R = √(2 D)", unit="R", gt=0, le=3)


class Thermal(Gain):
    """The thermal peak below the transition, where x* = 0."""

    beta_tilde: float = parameter("inverse temperature of the probe", unit="1/E", gt=0, default=1e6)
    ratios: tuple[float, ...] = parameter("distances in units of the thermal radius", unit="1", gt=0, le=10)


class HeatCurve(Gain):
    """The finite-temperature potential at given squared distances."""

    beta: Axis[float] = parameter("inverse temperature of reference and probe", unit="1/E", gt=0)
    ratios: tuple[float, ...] = parameter("squared distances in units of 2 D", unit="2 D", gt=0, le=4)


class Offsets(Gain):
    """The local entropy in the published window, in the right theory."""

    beta_tilde: float = parameter("inverse temperature of the probe", unit="1/E", gt=0, default=1e6)
    offsets: tuple[float, ...] = parameter("d - rms(x*)", unit="1", ge=-0.1, le=0.1)


class IterationStart(Gain):
    """The published zero-temperature iteration from one of two starts."""

    start: Axis[Start] = parameter(
        "(q, dQ, dqh, Qh) = (0.5, 0.5, 0.3, 0.5) first, (0.1, 0.9, -1, 0.1) second", default="first"
    )


class LeftBoundary(Gain):
    """Where the potential of the finite-temperature theory has fallen."""

    beta: Axis[float] = parameter("inverse temperature of reference and probe", unit="1/E", gt=0)
    drop: float = parameter(
        "Omega there: -drop below the plateau where this exists (g >= 2), else -drop", gt=0, default=0.01
    )


class Samples(Physics):
    """The largest of n standard normal numbers."""

    n_samples: Axis[int] = parameter("n", ge=2, le=10_000_000)
    beta_tilde: float = parameter("inverse temperature of the probe", unit="1/E", gt=0, default=1e6)


class Leapfrog(Numerics):
    """Hybrid Monte Carlo of exp(-E/T); the step is shortened as 1/(g - 0.5) above g = 1.5."""

    leapfrog_steps: int = parameter("leapfrog steps per proposal", ge=1, le=1000, default=20)
    leapfrog_step: float = parameter(
        "leapfrog step up to g = 1.5 (unit mass, momenta of variance T)", unit="tau", gt=0, default=0.45
    )


class EulerSteps(Numerics):
    """Euler-Maruyama steps."""

    dt: float = parameter("time step", unit="tau", gt=0, le=1, default=0.1)


class RootSearch(Numerics):
    """The published search of roots."""

    start_scale: float = parameter("standard deviation of the starts, per unit", unit="1", gt=0, default=100.0)
    accept: float = parameter("rms velocity below which a start counts as a root", unit="1/tau", gt=0, default=1e-6)
    tolerance: float = parameter("rms distance above which a root is new", unit="1", gt=0, default=1e-3)


class Trajectory(RootSearch):
    """Trajectories from roots."""

    dt: float = parameter("time step (published)", unit="tau", gt=0, le=1, default=0.1)
    temperature: float = parameter("temperature of the Langevin run (published)", unit="E", gt=0, default=1e-6)


class Conjugates(Numerics):
    """Which saddle-point equations the emulated iteration uses for the conjugates; the samples are the same."""

    equations: Axis[Equations] = parameter(
        "conjugate equations: published, right, or published without o_hat", default="published"
    )


class DifferenceNumerics(Numerics):
    """A finite difference beside the derivative."""

    step: float = parameter(
        "relative step in d of the central difference of Omega (0: none)", unit="1", ge=0, le=0.1, default=0.0
    )


class ChainSizes(ExperimentSizes):
    """Sizes of the Monte Carlo chains."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=10_000)
    n_chains: int = parameter("chains per network", ge=2, le=1024, default=12)
    burn_in: int = parameter("proposals dropped", ge=0)
    samples: int = parameter("states kept per chain", ge=1)
    every: int = parameter("proposals between kept states", ge=1, default=10)


class PairSizes(ExperimentSizes):
    """Sizes of the Langevin runs."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    n_states: int = parameter("initial states N(0, 1) per network", ge=2, le=1024, default=8)
    t_max: float = parameter("time", unit="tau", gt=0)
    n_points: int = parameter("times kept", ge=5, le=10_000, default=60)


class RootSizes(ExperimentSizes):
    """Sizes of the search of roots."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=1000)
    max_starts: int = parameter("starts per network at most", ge=1)


class TrajectorySizes(RootSizes):
    """Sizes of the trajectories."""

    n_roots: int = parameter("roots from which one starts", ge=1, le=1000, default=10)
    t_max: float = parameter("time at most", unit="tau", gt=0, default=100.0)


class MatrixSizes(ExperimentSizes):
    """Sizes of one random matrix."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=10_000)


class SampleSizes(ExperimentSizes):
    """Sizes of the emulated Monte-Carlo iteration; `networks` counts its seeds."""

    n_outer: int = parameter("samples of (x*, z2, u, w); x* at quantiles", ge=10)
    n_inner: Axis[int] = parameter("samples of y for each of them", ge=10)
    iterations: int = parameter("iterations (damping 1/2)", ge=1)
    averaged: int = parameter("last iterations that are averaged", ge=1)


class ThinSizes(TheorySizes):
    """A curve of which every k-th distance is solved."""

    stride: int = parameter("solve every stride-th of the distances", ge=1, default=1)


class IterationSizes(TheorySizes):
    """Sizes of the published deterministic iteration."""

    steps: int = parameter("steps", ge=600, le=100_000, default=1000)
    n_grid: int = parameter("nodes of z1 and z2 on [-5.5, 5.5]", ge=4, le=1000, default=90)


class ProbeIterationSizes(IterationSizes):
    """The same with a probe at given distances."""

    stride: int = parameter("solve every stride-th of the distances", ge=1, default=1)


PROTOCOLS = {
    "cross-distances": Protocol(physics=GainTemperature, numerics=Leapfrog, sizes=ChainSizes),
    "langevin-pairs": Protocol(physics=GainTemperature, numerics=EulerSteps, sizes=PairSizes),
    "slow-points": Protocol(physics=Gain, numerics=RootSearch, sizes=RootSizes),
    "trajectories": Protocol(physics=Gain, numerics=Trajectory, sizes=TrajectorySizes),
    "published-entropy": Protocol(physics=Window, numerics=Conjugates, sizes=SampleSizes),
    "published-range": Protocol(physics=RangeField, numerics=Conjugates, sizes=SampleSizes),
    "thermal-trace": Protocol(physics=Field, sizes=MatrixSizes),
    "ray": Protocol(physics=Ray, sizes=MatrixSizes),
}

SOLVERS = {
    "local-entropy": Protocol(physics=Curve, numerics=DifferenceNumerics, sizes=ThinSizes),
    "thermal-peak": Protocol(physics=Thermal, sizes=ThinSizes),
    "window-entropy": Protocol(physics=Offsets),
    "franz-parisi": Protocol(physics=HeatCurve, sizes=ThinSizes),
    "range": Protocol(physics=Field),
    "left-boundary": Protocol(physics=LeftBoundary),
    "equilibrium": Protocol(physics=GainTemperature),
    "sample-maximum": Protocol(physics=Samples),
    "log-determinant": Protocol(physics=Gain),
    "published-iteration": Protocol(physics=IterationStart, sizes=IterationSizes),
    "published-probe": Protocol(physics=Curve, sizes=ProbeIterationSizes),
}
