"""What the config of diffusion-physics may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Direction = Literal["forward", "backward"]
Generator = Literal["exact", "frozen"]
OU = "1/rate"  # the unit of time: inverse rate of the Ornstein-Uhlenbeck process


class Data(Physics):
    """A mixture of two Gaussians in one dimension."""

    mu: Axis[float] = parameter("distance of the modes from 0", ge=0, le=20)
    sigma2: Axis[float] = parameter("variance of a mode", gt=0, le=100)


class Walk(Data):
    """A process between data and noise."""

    direction: Axis[Direction] = parameter("forward: noising from the data; backward: generating from noise")
    t_max: float = parameter("time T of the noise", unit=OU, gt=0, le=50)


class Plane(Physics):
    """Two clusters in the plane, means +-(mu, mu)."""

    mu: float = parameter("both coordinates of a mean", ge=0, le=20)
    sigma2: float = parameter("variance of a cluster per direction", gt=0, le=100)
    direction: Axis[Direction] = parameter("forward: noising from the data; backward: generating from noise")
    t_max: float = parameter("time T of the noise", unit=OU, gt=0, le=50)


class Generated(Data):
    """Generation by the exact drift, or by the drift of the data's own potential, U at t = 0 held."""

    drift: Axis[Generator] = parameter("exact: from noise at T, drift at T - s; frozen: from the data, drift at t = 0")
    t_max: float = parameter("time T", unit=OU, gt=0, le=50)


class Moment(Data):
    """The mixture at a time of the forward process."""

    t: Axis[float] = parameter("time of the forward process", unit=OU, ge=0, le=50)


class Late(Data):
    """The mixture at a time of the forward process, data excluded."""

    t: Axis[float] = parameter("time of the forward process", unit=OU, gt=0, le=50)


class Curves(Physics):
    """Several mixtures, one entry per curve."""

    mu: tuple[float, ...] = parameter("distances of the modes from 0, one per curve", ge=0, le=20)
    sigma2: tuple[float, ...] = parameter("variances of a mode, one per curve", gt=0, le=100)
    t: tuple[float, ...] = parameter("times of the forward process, one per curve", unit=OU, ge=0, le=50)
    x_max: tuple[float, ...] = parameter("largest |x| shown, one per curve", gt=0, le=1000)


class PhasePlane(Physics):
    """A rectangle of the plane of mu and sigma."""

    mu_max: float = parameter("largest distance of the modes from 0", gt=0, le=20)
    sigma_max: float = parameter("largest standard deviation of a mode", gt=0, le=20)


class Span(Data):
    """A stretch of the forward process from the data on."""

    t_max: Axis[float] = parameter("its end", unit=OU, gt=0, le=50)


class Contour(Physics):
    """Two clusters in the plane at a time of the forward process, means +-(m, m)."""

    mu: float = parameter("both coordinates of a mean of the data", ge=0, le=20)
    sigma2: float = parameter("variance of a cluster of the data per direction", gt=0, le=100)
    t: Axis[float] = parameter("time of the forward process", unit=OU, ge=0, le=50)


class Stepping(Numerics):
    """Euler-Maruyama: weak order 1."""

    dt: float = parameter("time step", unit=OU, gt=0, le=0.1, default=0.01)


class WindowStepping(Stepping):
    """Rates averaged over windows of time."""

    window: float = parameter("length of a window, a multiple of dt", unit=OU, gt=0, le=10)


class Windows(Numerics):
    """Rates averaged over windows of time."""

    window: float = parameter("length of a window", unit=OU, gt=0, le=10)


class Differences(Numerics):
    """Derivatives by central differences with common random numbers."""

    h: float = parameter("difference of q, relative to q", gt=0, le=0.2, default=0.02)


class PathSizes(ExperimentSizes):
    """Sizes of a bundle of paths."""

    n_paths: int = parameter("paths of a replica", ge=10, le=10_000_000)


class RunningSizes(PathSizes):
    """Sizes of a bundle of paths with running means."""

    every: int = parameter("paths between two points of a running mean", ge=1, le=1_000_000, default=100)


class CloudSizes(PathSizes):
    """Sizes of a bundle of paths of which some are shown."""

    n_shown: int = parameter("paths shown", ge=1, le=100, default=6)


class SampleSizes(ExperimentSizes):
    """Sizes of a Monte Carlo average."""

    n_samples: int = parameter("samples of a replica", ge=10, le=10_000_000)


class LatticeSizes(ExperimentSizes):
    """Sizes of a direct quadrature."""

    n_points: int = parameter("points of the lattice of states", ge=11, le=1_000_000)


class CurveSizes(ExperimentSizes):
    """Sizes of directly integrated curves."""

    n_shown: int = parameter("points of a curve", ge=5, le=1001, default=25)
    n_points: int = parameter("points of the lattice of X_0", ge=11, le=1_000_000, default=4001)


class PlaneSizes(ExperimentSizes):
    """Sizes of a classified plane."""

    n_side: int = parameter("points of the plane per side", ge=4, le=1000)


class PhaseSizes(TheorySizes):
    """Sizes of a classified plane."""

    n_side: int = parameter("points of the plane per side", ge=4, le=1000)


class ShapeSizes(TheorySizes):
    """Sizes of a curve over x."""

    n_points: int = parameter("points of a curve, odd", ge=11, le=10_001, default=401)


class LawSizes(TheorySizes):
    """Sizes of the law of the entropies."""

    n_start: int = parameter("lattice points of the start", ge=10, le=100_000, default=4000)


class DistanceSizes(TheorySizes):
    """Sizes of a curve over q."""

    n_q: int = parameter("points of the curve over q", ge=11, le=10_001)


PROTOCOLS = {
    "trajectories": Protocol(physics=Walk, numerics=Stepping, sizes=RunningSizes),
    "windows": Protocol(physics=Walk, numerics=WindowStepping, sizes=PathSizes),
    "clouds": Protocol(physics=Plane, numerics=Stepping, sizes=CloudSizes),
    "generation": Protocol(physics=Generated, numerics=Stepping, sizes=PathSizes),
    "currents": Protocol(physics=Moment, sizes=LatticeSizes),
    "free-energy": Protocol(physics=Curves, sizes=CurveSizes),
    "classification": Protocol(physics=PhasePlane, sizes=PlaneSizes),
    "onset": Protocol(physics=Data, sizes=ExperimentSizes),
    "pairs": Protocol(physics=Late, numerics=Differences, sizes=SampleSizes),
}

SOLVERS = {
    "rates": Protocol(physics=Moment),
    "window-rates": Protocol(physics=Span, numerics=Windows),
    "production-integral": Protocol(physics=Span),
    "landmarks": Protocol(physics=Data),
    "law": Protocol(physics=Span, sizes=LawSizes),
    "potential": Protocol(physics=Curves, sizes=ShapeSizes),
    "speciation": Protocol(physics=Data),
    "target": Protocol(physics=Span),
    "contours": Protocol(physics=Contour),
    "phases": Protocol(physics=PhasePlane, sizes=PhaseSizes),
    "franz-parisi": Protocol(physics=Late, sizes=DistanceSizes),
}
