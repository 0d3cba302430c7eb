"""What the config of spiking-modes may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, parameter

Images = Literal["mnist", "fashion"]
Unit = Literal["spiking", "rate"]


class Task(Physics):
    """A network on a task; learners of one replica share task, first weights and order."""

    modes: Axis[int] = parameter("modes P of the recurrent weights; 0: free weights", ge=0, le=10_000, seeded=False)
    unit: Axis[Unit] = parameter("spiking neurons or rates", seeded=False, default="spiking")
    t_ref: Axis[float] = parameter("refractory time", unit="ms", ge=0, le=100, seeded=False, default=2.0)
    sharpness: Axis[float] = parameter(
        "k of the smooth spike (1 + tanh k(U - 1))/2; 0: a step", ge=0, le=1000, seeded=False, default=0.0
    )
    win_std: float = parameter("standard deviation of the first input weights", gt=0, le=100)


class Digits(Task):
    """Images by Bernoulli spikes, answered from the peaks of the filtered trains."""

    images: Axis[Images] = parameter("set of images", default="mnist")


class Context(Task):
    """The sign of the one of two noisy signals that a context line names."""

    offset: float = parameter("size of the mean of a signal", gt=0, le=10, default=0.5)
    switch_share: Axis[float] = parameter(
        "share of training trials that exchange their contexts at 60 % of the time", ge=0, le=1, default=0.0
    )


class Current(Physics):
    """Unconnected neurons under a constant current."""

    current: Axis[float] = parameter("current, thresholds", ge=-100, le=100)
    t_ref: float = parameter("refractory time", unit="ms", ge=0, le=100, default=2.0)
    dt: Axis[float] = parameter("step", unit="ms", gt=0, le=10)


class Counting(Physics):
    """Numbers that a network has."""

    n_units: Axis[int] = parameter("units N", ge=1, le=1_000_000, default=100)
    modes: Axis[int] = parameter("modes P", ge=1, le=1_000_000)


class Classes(Physics):
    """Classes that an answer chooses from."""

    classes: int = parameter("classes", ge=2, le=1000, default=10)


class Learning(Numerics):
    """Time steps, and Adam (0.9, 0.999) on batches with gradients clipped to a norm."""

    dt: float = parameter("step", unit="ms", gt=0, le=10, default=1.0)
    n_steps: int = parameter("steps of a trial", ge=10, le=100_000, default=100)
    lr: float = parameter("learning rate", gt=0, le=1)
    clip: float = parameter("largest norm of the gradient of all parameters", gt=0, le=1e9, default=20.0)


class Driven(Numerics):
    """How driven neurons are followed."""

    n_steps: int = parameter("steps", ge=10, le=1_000_000, default=2000)


class TaskSizes(ExperimentSizes):
    """Sizes of a training."""

    n_units: int = parameter("units N", ge=2, le=10_000)
    batch: int = parameter("trials in a batch", ge=1, le=10_000)
    batches: int = parameter("batches of training", ge=2, le=100_000)
    n_test: int = parameter("test trials", ge=10, le=60_000)
    prunings: int = parameter("pruned shares from 0 to 1 that are tested; 0: none", ge=0, le=101, default=0)


class DigitSizes(TaskSizes):
    """Sizes of a training on images."""

    n_train: int = parameter("training images", ge=10, le=60_000)


PROTOCOLS = {
    "digits": Protocol(physics=Digits, numerics=Learning, sizes=DigitSizes),
    "context": Protocol(physics=Context, numerics=Learning, sizes=TaskSizes),
    "driven": Protocol(physics=Current, numerics=Driven, sizes=ExperimentSizes),
}

SOLVERS = {
    "single-neuron": Protocol(physics=Current),
    "parameters": Protocol(physics=Counting),
    "levels": Protocol(physics=Classes),
}
