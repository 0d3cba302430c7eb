"""What the config of fermi-bose may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

DataSet = Literal["mnist", "fashion"]
D_F = "squared distance d_F to which fermion pairs are pushed apart"
D_FS = "squared distances d_F to which fermion pairs are pushed apart, one layer each from the same start"
STRENGTHS = "sizes eps of an attack, in grey values (0 to 1)"


class TanhUnit(Physics):
    """A tanh unit on pairs of noisy inputs."""

    alpha: Axis[float] = parameter("pairs per weight", gt=0, le=20)
    delta: Axis[float] = parameter("noise of the inputs, Delta", gt=0, le=10)
    d_f: Axis[float] = parameter(D_F, ge=0, le=20)
    beta: float = parameter("inverse temperature", gt=0, le=300, default=50.0)
    lambda_w: float = parameter("weight of |w|²/2 in the energy", gt=0, le=100, default=0.05)
    lambda_b: float = parameter("weight of the boson energy", ge=0, le=6, default=1.0)
    rho_b: float = parameter("share of boson pairs", ge=0, le=1, default=0.5)
    a: float = parameter("rounding of the fermion ramp", gt=0, le=10, default=0.01)
    m: float = parameter("length of the inputs' mean", ge=0, le=10, default=1.0)


class PairRange(Physics):
    """Energies of a pair."""

    d_f: Axis[float] = parameter(D_F, ge=0, le=4)
    lambda_b: float = parameter("weight of the boson energy", ge=0, le=6, default=1.0)
    a: float = parameter("rounding of the fermion ramp", gt=0, le=10, default=0.01)


class Layers(Physics):
    """Networks with one hidden layer on images: contrastive layers for several d_F, and backpropagation."""

    dataset: Axis[DataSet] = parameter("images")
    d_f: tuple[float, ...] = parameter(D_FS, ge=0, le=2)
    per_class: Axis[int] = parameter("training images per class, on average", ge=1, le=6000, default=100)
    imbalance: Axis[float] = parameter(
        "most over least frequent class in training, geometric in between", ge=1, le=1000, default=1.0
    )
    penalty: float = parameter("lambda of (lambda/2N)|W|²", ge=0, le=10, default=0.01)
    strengths: tuple[float, ...] = parameter(STRENGTHS, ge=0, le=1)


class Course(Physics):
    """The course of training at few d_F."""

    dataset: Axis[DataSet] = parameter("images")
    d_f: tuple[float, ...] = parameter(D_FS, ge=0, le=2)
    per_class: int = parameter("training images per class", ge=1, le=6000, default=100)
    penalty: float = parameter("lambda of (lambda/2N)|W|²", ge=0, le=10, default=0.01)
    shown: tuple[int, ...] = parameter("classes of which hidden states are shown", ge=0, le=9)


class Langevin(Numerics):
    """Langevin dynamics with inertia by the scheme BAOAB of Leimkuhler and Matthews."""

    dt: float = parameter("time step", gt=0, le=0.5, default=0.1)
    burn_in: float = parameter("share of the steps before measuring: many 1/sqrt(lambda_w)", gt=0, lt=1, default=0.5)
    wide: float = parameter("standard deviation of the first weights about 0.5, wide start", gt=0, le=10, default=1.0)
    narrow: float = parameter("the same of the narrow start", gt=0, le=10, default=0.2)


class Iteration(Numerics):
    """Iteration of the cavity equations."""

    damping: float = parameter("share of the old state", ge=0, lt=1, default=0.8)
    tolerance: float = parameter("rms mismatch of the means at which the iteration ends", gt=0, le=1e-2, default=1e-4)
    still: float = parameter("largest wobble of M and ln Q that counts as settled", gt=0, le=0.1, default=0.02)


class Training(Numerics):
    """Adam (0.9, 0.999, 1e-8)."""

    lr: float = parameter("learning rate of a contrastive layer", gt=0, le=1, default=0.01)
    lr_readout: float = parameter("learning rate of read-outs and of backpropagation", gt=0, le=1, default=0.001)
    batch: int = parameter("images in a step", ge=2, default=50)
    folder: str = parameter("folder of full-size idx files; empty: the committed 14 x 14 images", default="")


class ChainSizes(ExperimentSizes):
    """Sizes of a chain."""

    n_units: int = parameter("weights N", ge=2, le=100_000)
    n_steps: int = parameter("steps", ge=10, le=10_000_000)
    n_fresh: int = parameter("pairs that were not learned, for the generalisation error", ge=10, default=2000)


class CavitySizes(ExperimentSizes):
    """Sizes of a sample."""

    n_units: int = parameter("weights N", ge=2, le=100_000)
    max_steps: int = parameter("steps (at most)", ge=1, le=100_000)
    n_fresh: int = parameter("pairs that were not learned, for the generalisation error", ge=10, default=4000)


class LayerSizes(ExperimentSizes):
    """Sizes of a network and of its training."""

    n_hidden: int = parameter("hidden units N", ge=2, le=10_000)
    n_test: int = parameter("test images per class", ge=1, le=1000)
    epochs: int = parameter("epochs of a contrastive layer", ge=1)
    readout_epochs: int = parameter("epochs of read-outs and of backpropagation", ge=1)


class CurveSizes(TheorySizes):
    """A solver that gives a curve."""

    n_points: int = parameter("points of the curve", ge=5, le=10_000)


PROTOCOLS = {
    "langevin": Protocol(physics=TanhUnit, numerics=Langevin, sizes=ChainSizes),
    "cavity": Protocol(physics=TanhUnit, numerics=Iteration, sizes=CavitySizes),
    "layers": Protocol(physics=Layers, numerics=Training, sizes=LayerSizes),
    "course": Protocol(physics=Course, numerics=Training, sizes=LayerSizes),
}
SOLVERS = {
    "replica": Protocol(physics=TanhUnit),
    "pair-energy": Protocol(physics=PairRange, sizes=CurveSizes),
}
