"""What the config of equilibrium-measure may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter


class Network(Physics):
    """The random network."""

    g: Axis[float] = parameter("gain of the couplings, variance g²/N", ge=0, le=10)
    gamma: Axis[float] = parameter("symmetry of the couplings, E[J_ij J_ji] = gamma g²/N", ge=-1, le=1)


class Measure(Network):
    """The measure exp(-beta E) of the network."""

    beta: Axis[float] = parameter("inverse temperature", unit="N/E", gt=0, le=1e12)


class NoisyNetwork(Network):
    """The network with white noise."""

    sigma: float = parameter("strength of the noise", unit="tau^-1/2", ge=0, le=10)


class SmallNetwork(Physics):
    """A network of three neurons with a given leading eigenvalue of J."""

    leading: Axis[float] = parameter("largest real part of the eigenvalues of J (a real eigenvalue)", gt=0, le=10)


class OnLine(Physics):
    """A point on the transition line."""

    gamma: Axis[float] = parameter("symmetry of the couplings", gt=-1, le=1)
    beta: Axis[float] = parameter("inverse temperature", unit="N/E", gt=0, le=1e12)


class Distance(Physics):
    """A distance from the transition."""

    gamma: Axis[float] = parameter("symmetry of the couplings", gt=-1, le=1, default=0.0)
    eps: Axis[float] = parameter("distance from the critical gain", gt=0, le=2)


class Stepping(Numerics):
    """How dx/dt = -x + J phi is stepped: explicit Euler (published) or Runge-Kutta of order 4."""

    dt: float = parameter("time step", unit="tau", gt=0, le=1, default=0.1)


class Leapfrog(Numerics):
    """Hybrid Monte Carlo of exp(-beta E)."""

    leapfrog_steps: int = parameter("leapfrog steps per proposal", ge=1, le=1000, default=10)
    leapfrog_step: float = parameter("leapfrog step (unit mass, momenta of variance T)", gt=0, le=2, default=0.4)


class Start(Numerics):
    """Where the iteration of the saddle-point equations starts."""

    ratio: float = parameter("Q/q and R/r of the start", gt=0, lt=1, default=0.9)


class Published(Numerics):
    """The published Monte-Carlo iteration."""

    damping: float = parameter("share of the old value that is kept", ge=0, lt=1, default=0.2)


class TraceSizes(ExperimentSizes):
    """Sizes of runs whose activities are shown."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    n_shown: int = parameter("neurons whose activity is kept", ge=1, le=50, default=20)
    t_max: float = parameter("time shown", unit="tau", gt=0, default=20.0)


class ActivitySizes(ExperimentSizes):
    """Sizes of long runs of the network."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    t_transient: float = parameter("time before measuring", unit="tau", ge=0)
    t_measure: float = parameter("time of measuring", unit="tau", gt=0)


class OrbitSizes(ExperimentSizes):
    """Sizes of the runs of three neurons."""

    n_states: int = parameter("initial states", ge=1, le=50, default=6)
    t_max: float = parameter("time shown", unit="tau", gt=0, default=15.0)


class ChainSizes(ExperimentSizes):
    """Sizes of the Monte Carlo chains."""

    n_units: Axis[int] = parameter("neurons N", ge=2, le=10_000)
    n_chains: int = parameter("independent chains per network, each from N(0, 1)", ge=2, le=1024, default=8)
    burn_in: int = parameter("proposals dropped", ge=0)
    samples: int = parameter("proposals kept", ge=1)


class NoisySizes(ExperimentSizes):
    """Sizes of the noisy network."""

    n_units: int = parameter("neurons N", ge=2, le=100_000)
    t_max: float = parameter("time of the run", unit="tau", gt=0)


class IterationSizes(TheorySizes):
    """A run of the iteration."""

    n_steps: int = parameter("steps of the iteration", ge=1, le=100_000)


class PublishedSizes(IterationSizes):
    """The published Monte-Carlo iteration."""

    n_fields: int = parameter("samples of (u, v) per step (published: 60000)", ge=2, le=100_000)
    n_proposals: int = parameter("samples of x per step (published: 10000)", ge=2, le=100_000)
    repeats: int = parameter("independent runs", ge=2, le=100, default=2)


class PathSizes(TheorySizes):
    """Sample paths of the two-time theory."""

    n_paths: int = parameter("sample paths of a run", ge=2, le=1_000_000)
    t_max: float = parameter("time of the paths", unit="tau", gt=0)
    repeats: int = parameter("independent runs", ge=2, le=100, default=4)


PROTOCOLS = {
    "traces": Protocol(physics=Network, numerics=Stepping, sizes=TraceSizes),
    "activity": Protocol(physics=Network, numerics=Stepping, sizes=ActivitySizes),
    "orbits": Protocol(physics=SmallNetwork, numerics=Stepping, sizes=OrbitSizes),
    "chains": Protocol(physics=Measure, numerics=Leapfrog, sizes=ChainSizes),
    "noisy": Protocol(physics=NoisyNetwork, numerics=Stepping, sizes=NoisySizes),
}

SOLVERS = {
    "replica": Protocol(physics=Measure),
    "replica-from-overlap": Protocol(physics=Measure, numerics=Start),
    "replica-on-line": Protocol(physics=OnLine),
    "null-phase": Protocol(physics=Distance),
    "static-limit": Protocol(physics=Distance),
    "static-cavity": Protocol(physics=Network),
    "zero-temperature": Protocol(physics=Network),
    "iteration": Protocol(physics=Measure, numerics=Published, sizes=IterationSizes),
    "published": Protocol(physics=Measure, numerics=Published, sizes=PublishedSizes),
    "two-time": Protocol(physics=NoisyNetwork, numerics=Stepping, sizes=PathSizes),
}
