"""What the config of icl-spin-glass may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Weights = Literal["merged", "separate"]
Mixing = Literal["published", "equal"]
MIXING = "X -> X L as published (columns L^T L), or X -> X L^T (equal correlations); L L^T = (1 - c) I + c 1 1^T"


class Dimension(Physics):
    """Tokens of a dimension."""

    D: Axis[int] = parameter("dimension of the tokens", ge=1, le=200)


class DataPoint(Dimension):
    """Prompts of linear regression."""

    N: Axis[int] = parameter("tokens of a prompt", ge=1, le=10_000)
    P: Axis[int] = parameter("tasks, one prompt each", ge=1, le=100_000)


class Trained(DataPoint):
    """Linear attention trained on prompts."""

    correlation: Axis[float] = parameter("correlation of tokens, the query included", ge=0, lt=1, default=0.0)
    mixing: Axis[Mixing] = parameter(MIXING, default="published")
    weights: Axis[Weights] = parameter("one matrix W, or W = W_q^T W_k", default="merged", seeded=False)


class Scenery(Physics):
    """An energy over random weights."""

    D: int = parameter("dimension of the tokens", ge=1, le=100)
    N: int = parameter("tokens of a prompt", ge=1, le=10_000)
    task_numbers: tuple[int, ...] = parameter("numbers of tasks, one surface each", ge=1, le=100_000)
    lambda0: float = parameter("strength of the ridge", ge=0)


class Context(Physics):
    """One context with several tasks."""

    D: int = parameter("dimension of the tokens", ge=1, le=100)
    N: int = parameter("tokens of the context", ge=1, le=10_000)
    P: int = parameter("tasks", ge=1, le=100_000)


class Covariance(Physics):
    """A sample covariance of tokens."""

    D: Axis[int] = parameter("dimension of the tokens", ge=1, le=1000)
    N: Axis[int] = parameter("tokens", ge=1, le=1_000_000)


class Ridge(DataPoint):
    """Prompts with a ridge and a temperature."""

    lambda0: Axis[float] = parameter("strength of the ridge", ge=0)
    beta: float = parameter("inverse temperature", gt=0, default=100.0)
    correlation: Axis[float] = parameter("correlation of tokens, the query included", ge=0, lt=1, default=0.0)
    mixing: Axis[Mixing] = parameter(MIXING, default="published")


class RidgePair(Ridge):
    """Prompts with two ridges."""

    lambda0_other: float = parameter("a second ridge, for another exact solution on the same data sets", ge=0)


class RidgePoint(Dimension):
    """Infinitely many tasks."""

    N: Axis[int] = parameter("tokens of a prompt", ge=1, le=10_000)
    lambda0: Axis[float] = parameter("strength of the ridge", ge=0)


class TaskPoint(Dimension):
    """A number of tasks."""

    P: Axis[int] = parameter("tasks", ge=1, le=100_000)


class ContrastPlane(Physics):
    """A plane of numbers of tasks and of tokens."""

    D: int = parameter("dimension of the tokens", ge=1, le=100)
    lambda0: float = parameter("strength of the ridge", gt=0)
    beta: float = parameter("inverse temperature", gt=0, default=100.0)
    P_low: int = parameter("fewest tasks", ge=1)
    P_high: int = parameter("most tasks", ge=2)
    N_low: int = parameter("fewest tokens", ge=1)
    N_high: int = parameter("most tokens", ge=2)


class Laws(DataPoint):
    """Widths of couplings and fields."""

    N_reference: int = parameter("tokens of the laws against which distances are measured", ge=1, default=20)


class Ratio(Physics):
    """A ratio of dimension and number of tokens."""

    ratio: Axis[float] = parameter("D/N", gt=0, le=1)


class Bins(Numerics):
    """Histograms of couplings and fields."""

    reach: tuple[float, ...] = parameter(
        "half-widths of the histograms of h_A, h_B, J_C, J_D, J_E, centred at 0", gt=0, le=10
    )
    bins: int = parameter("bins", ge=2, le=10_000, default=100)


class Training(Numerics):
    """Full-batch Adam."""

    lr: float = parameter("learning rate", gt=0, le=10)
    weight_decay: float = parameter("weight decay wd, added to the gradient: a ridge of wd/2", ge=0, default=0.0)


class Rate(Numerics):
    """Full-batch Adam without weight decay."""

    lr: float = parameter("learning rate", gt=0, le=10)


class Embedding(Numerics):
    """Neighbour embedding and interpolation."""

    perplexity: float = parameter("perplexity of the embedding", gt=1, default=30.0)
    neighbours: int = parameter("points from which the surface is interpolated", ge=2, default=100)
    smoothing: float = parameter("smoothing of the interpolation", ge=0, default=50.0)


class DrawSizes(ExperimentSizes):
    """Data sets per replica."""

    draws: int = parameter("data sets per replica", ge=1, le=100_000)


class TrainingSizes(ExperimentSizes):
    """Sizes of a training."""

    epochs: int = parameter("epochs", ge=1, le=1_000_000)
    tests: int = parameter("prompts of new tasks on which the loss is tested", ge=1, le=1_000_000)
    every: int = parameter("epochs between tests on the way; 0: only at the end", ge=0, default=0)


class ScenerySizes(ExperimentSizes):
    """Sizes of the energy surface."""

    n_points: int = parameter("random weights", ge=20, le=10_000)
    n_grid: int = parameter("grid points per direction", ge=5, le=1000)
    steps: int = parameter("steps of the embedding", ge=10, le=10_000)


class EpochSizes(ExperimentSizes):
    """Length of a training."""

    epochs: int = parameter("epochs", ge=10, le=1_000_000)


class Instances(TheorySizes):
    """Data sets over which theory averages."""

    instances: int = parameter("independent data sets", ge=1, le=10_000)


class TestedInstances(Instances):
    """Data sets, and test prompts where tokens are correlated."""

    tests: int = parameter("test prompts where no closed form is known", ge=1, default=2000)


class PlaneSizes(Instances):
    """Points of a plane."""

    n_points: int = parameter("points per direction", ge=2, le=200)


PROTOCOLS = {
    "couplings": Protocol(physics=DataPoint, numerics=Bins, sizes=DrawSizes),
    "training": Protocol(physics=Trained, numerics=Training, sizes=TrainingSizes),
    "landscape": Protocol(physics=Scenery, numerics=Embedding, sizes=ScenerySizes),
    "covariance": Protocol(physics=Covariance, sizes=ExperimentSizes),
    "fixed-context": Protocol(physics=Context, numerics=Rate, sizes=EpochSizes),
    "hessian": Protocol(physics=DataPoint, sizes=ExperimentSizes),
}

SOLVERS = {
    "hamiltonian": Protocol(physics=Ridge, sizes=Instances),
    "coupling-laws": Protocol(physics=Laws),
    "messages": Protocol(physics=Ridge, sizes=Instances),
    "ridge": Protocol(physics=RidgePair, sizes=TestedInstances),
    "infinite-tasks": Protocol(physics=RidgePoint),
    "contrast": Protocol(physics=Ridge, sizes=Instances),
    "contrast-plane": Protocol(physics=ContrastPlane, sizes=PlaneSizes),
    "minimum-norm": Protocol(physics=DataPoint, sizes=Instances),
    "drawn-couplings": Protocol(physics=Ridge, sizes=Instances),
    "marchenko-pastur": Protocol(physics=Ratio),
    "inverse-covariance": Protocol(physics=Context),
    "zero-modes": Protocol(physics=TaskPoint),
}
