"""What the config of continual-learning may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

import math
from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Optimiser = Literal["adam", "momentum"]
Branch = Literal["low", "high"]
Scenario = Literal["sequential", "permuted"]
Learner = Literal["variational", "without-kl", "metaplastic", "plain"]


class OneTask(Physics):
    """A perceptron that learns one teacher."""

    alpha: Axis[float] = parameter("patterns per weight, P/N", gt=0, le=20)
    gamma: float = parameter("weight of the KL divergence from the uniform prior", ge=0, le=100, default=0.0)


class Held(Physics):
    """A perceptron whose magnetisations keep their length."""

    alpha: float = parameter("patterns per weight, P/N", gt=0, le=20)
    q_star: Axis[float] = parameter("imposed |m|²/N", gt=0, lt=1, seeded=False)


class Sampled(Physics):
    """The Boltzmann measure of one task."""

    alpha: Axis[float] = parameter("patterns per weight, P/N", gt=0, le=20)
    beta: float = parameter("inverse temperature", gt=0, le=1000)


class TwoTasks(Physics):
    """A perceptron that learns a second teacher after a first one."""

    alpha1: float = parameter("patterns of the first task per weight", gt=0, le=20)
    alpha2: tuple[float, ...] = parameter(
        "patterns of the second task per weight, each after the same first", gt=0, le=20
    )
    r0: tuple[float, ...] = parameter("correlations of the teachers, each after the same first task", ge=-1, le=1)
    gamma: Axis[float] = parameter(
        "weight of the KL divergence from the first task's weights", ge=0, le=100, seeded=False
    )
    gamma1: float = parameter(
        "weight of the KL divergence in the first task (uniform prior)", ge=0, le=100, default=0.0
    )


class Layered(Physics):
    """A layered network that learns several sets of images, one after another."""

    scenario: Axis[Scenario] = parameter("sequential: MNIST, then Fashion-MNIST; permuted: pixel permutations of MNIST")
    learner: Axis[Learner] = parameter(
        "variational, the same without its KL term, binary weights with metaplasticity, plain binary weights",
        seeded=False,
    )
    n_permutations: int = parameter("tasks of the permuted scenario", ge=2, le=50, default=5)
    gamma: float = parameter("weight of the KL term, against the loss summed over a task's images", ge=0, default=1.0)
    meta: float = parameter("m_meta of the metaplastic update", ge=0, le=100, default=1.35)


class LoadAt(Physics):
    """One task in theory."""

    alpha: Axis[float] = parameter("patterns per weight, P/N", gt=0, le=20)
    beta: Axis[float] = parameter("inverse temperature", gt=0, le=1e4)
    kl: Axis[bool] = parameter("whether the KL divergence from the uniform prior counts", default=False)
    branch: Axis[Branch] = parameter("start: small or large overlaps", default="low")


class Curve(Physics):
    """All saddle points of one task, stable or not."""

    beta: Axis[float] = parameter("inverse temperature", gt=0, le=1e4)
    kl: bool = parameter("whether the KL divergence from the uniform prior counts", default=False)
    alpha_start: float = parameter("load at which the curve starts", gt=0, le=1, default=0.1)


class Windowed(Physics):
    """One task in theory with the inner Gaussian cut, as sampling or a short grid cuts it."""

    alpha: Axis[float] = parameter("patterns per weight, P/N", gt=0, le=20)
    beta: Axis[float] = parameter("inverse temperature", gt=0, le=1e4)
    branch: Axis[Branch] = parameter("start: small or large overlaps", default="low")
    window: Axis[float] = parameter("largest |x| of the inner Gaussian", gt=0, finite=False, default=math.inf)


class LengthAt(Physics):
    """One task in theory with q* imposed."""

    alpha: float = parameter("patterns per weight, P/N", gt=0, le=20)
    beta: float = parameter("inverse temperature", gt=0, le=1e4)


class SecondAt(Physics):
    """A second task in theory."""

    alpha1: Axis[float] = parameter("patterns of the first task per weight", gt=0, le=20)
    alpha2: Axis[float] = parameter("patterns of the second task per weight", ge=0, le=20)
    r0: Axis[float] = parameter("correlation of the teachers", ge=-1, le=1)
    gamma: Axis[float] = parameter("weight of the KL divergence", ge=0, le=100)
    beta: float = parameter("inverse temperature of both tasks", gt=0, le=1e4)
    kl: bool = parameter("whether the first task has the KL divergence from the uniform prior", default=False)


class Training(Numerics):
    """How a perceptron is trained."""

    optimiser: Optimiser = parameter("momentum: 0.9; adam: 0.9, 0.999, decoupled decay", default="adam")
    lr: float = parameter("learning rate", gt=0, le=1, default=5e-3)
    decay: float = parameter("decoupled weight decay of Adam", ge=0, le=1, default=0.0)
    block: int = parameter("patterns in a step; 0: max(P/20, 10)", ge=0, le=100_000, default=32)


class Descent(Numerics):
    """Full-batch gradient descent."""

    lr: float = parameter("learning rate", gt=0, le=1, default=0.01)
    window: int = parameter("steps over which the error must stand still", ge=2, le=100_000, default=1000)
    still: float = parameter("standard deviation of the error that counts as still", gt=0, default=5e-4)


class TwoTrainings(Numerics):
    """How both tasks are trained."""

    optimiser1: Optimiser = parameter("of the first task", default="momentum")
    lr1: float = parameter("learning rate of the first task", gt=0, le=1, default=1e-3)
    optimiser2: Optimiser = parameter("of the second task", default="adam")
    lr2: float = parameter("learning rate of the second task", gt=0, le=1, default=5e-3)
    block: int = parameter("patterns in a step", ge=1, default=32)
    enough: float = parameter("p1 at which the first task is over (checked every 50 epochs)", gt=0, le=2, default=0.99)


class LangevinStepping(Numerics):
    """Langevin dynamics by the Leimkuhler-Matthews scheme."""

    dt: float = parameter("time step", gt=0, le=0.1, default=0.002)


class LayerTraining(Numerics):
    """How a layered network is trained: Adam (0.9, 0.99), mean cross-entropy."""

    lr_sequential: float = parameter("learning rate, sequential scenario", gt=0, le=1, default=0.005)
    lr_permuted: float = parameter("learning rate, permuted scenario", gt=0, le=1, default=0.01)
    batch: int = parameter("images in a step", ge=1, default=64)
    scale: float = parameter("standard deviation of the first fields and hidden weights", gt=0, default=0.1)
    folder: str = parameter("folder of full-size idx files; empty: the committed 14 x 14 images", default="")


class CurveNumerics(Numerics):
    """How far a curve of saddle points is followed."""

    angle: float = parameter("largest artanh(r/sqrt(q))", gt=0.5, le=10, default=4.6)


class TrainSizes(ExperimentSizes):
    """Sizes of a training."""

    n_units: int = parameter("weights N", ge=2, le=100_000)
    epochs: int = parameter("epochs", ge=1, le=1_000_000)
    n_kept: int = parameter("epochs of which the curve is kept, evenly", ge=1, le=10_000, default=60)


class TwoSizes(ExperimentSizes):
    """Sizes of two trainings."""

    n_units: int = parameter("weights N", ge=2, le=100_000)
    epochs1: int = parameter("epochs of the first task (at most)", ge=1, le=1_000_000)
    epochs2: int = parameter("epochs of the second task", ge=1, le=1_000_000)
    n_kept: int = parameter("epochs of each task of which the curve is kept", ge=1, le=10_000, default=40)


class StepSizes(ExperimentSizes):
    """Sizes of a relaxation or of a chain."""

    n_units: int = parameter("weights N", ge=2, le=100_000)
    n_steps: int = parameter("steps (at most)", ge=10, le=10_000_000)


class LayerSizes(ExperimentSizes):
    """Sizes of layered networks and of their tasks."""

    width: int = parameter("units of both hidden layers", ge=2, le=10_000)
    n_train: int = parameter("training images of a task", ge=10)
    n_test: int = parameter("test images of a task", ge=10)
    epochs_sequential: int = parameter("epochs of each task, sequential scenario", ge=1)
    epochs_permuted: int = parameter("epochs of each task, permuted scenario", ge=1)


class CurveSizes(TheorySizes):
    """A solver that gives a curve."""

    n_points: int = parameter("points of the curve", ge=5, le=10_000)


PROTOCOLS = {
    "learning": Protocol(physics=OneTask, numerics=Training, sizes=TrainSizes),
    "held": Protocol(physics=Held, numerics=Training, sizes=TrainSizes),
    "relaxation": Protocol(physics=OneTask, numerics=Descent, sizes=StepSizes),
    "boltzmann": Protocol(physics=Sampled, numerics=LangevinStepping, sizes=StepSizes),
    "two-tasks": Protocol(physics=TwoTasks, numerics=TwoTrainings, sizes=TwoSizes),
    "layered": Protocol(physics=Layered, numerics=LayerTraining, sizes=LayerSizes),
}

SOLVERS = {
    "first-task": Protocol(physics=LoadAt),
    "curve": Protocol(physics=Curve, numerics=CurveNumerics, sizes=CurveSizes),
    "windowed": Protocol(physics=Windowed),
    "imposed": Protocol(physics=LengthAt, sizes=CurveSizes),
    "second-task": Protocol(physics=SecondAt),
}
