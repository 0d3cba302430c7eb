"""What the config of meta-predictive may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Learner = Literal["mpl", "pc"]
Reader = Literal["mpl", "pc", "sas", "rnn"]
Images = Literal["mnist", "fashion"]


class Rows(Physics):
    """Images read row by row, one answer after the last row."""

    images: Axis[Images] = parameter("set of images")
    learner: Axis[Learner] = parameter("meta predictive learning or plain predictive coding", seeded=False)
    pi_high: float = parameter("pi starts uniform up to here", ge=0, le=0.99, default=0.1)
    xi_high: float = parameter("Xi starts uniform up to here", ge=0, le=10, default=0.1)


class Ring(Physics):
    """The toy language of letters on a ring."""

    alpha: Axis[float] = parameter("training sequences per neuron, M/N", gt=0, le=200)
    pi_high: float = parameter("pi starts uniform up to here", ge=0, le=0.99, default=0.1)
    xi_high: float = parameter("Xi starts uniform up to here", ge=0, le=10, default=0.1)
    length: int = parameter("letters of a sequence", ge=2, le=30, default=11)


class Text(Physics):
    """A real text, letter by letter."""

    learner: Axis[Reader] = parameter(
        "meta predictive learning, plain predictive coding, or both networks by back-propagation", seeded=False
    )
    length: int = parameter("letters that a sequence predicts", ge=2, le=500, default=25)
    xi_start: float = parameter("first Xi (pi starts at 0; at Xi = 0 its gradient is infinite)", gt=0, default=1e-4)


class Law(Physics):
    """Weights of one spike-and-slab law."""

    m: float = parameter("parameter m (the mean weight times the fan-in)", ge=-1e3, le=1e3)
    pi: float = parameter("weight of the spike", ge=0, le=0.99)
    xi: float = parameter("parameter Xi", ge=0, le=1e3)
    fan_in: Axis[int] = parameter("inputs of a neuron", ge=1, le=1_000_000)


class Grammar(Physics):
    """The grammar of the toy language."""

    letters: int = parameter("letters on the ring", ge=2, le=1000, default=26)
    branches: int = parameter("allowed followers of a letter", ge=1, le=1000, default=2)
    length: int = parameter("letters of a sequence", ge=2, le=30, default=11)


class Chain(Physics):
    """Markov models of the text."""

    length: int = parameter("letters that a sequence predicts", ge=2, le=500, default=25)
    max_order: int = parameter("largest number of letters before", ge=0, le=4, default=3)


class Learning(Numerics):
    """Inference and learning: Adam (0.9, 0.999) whose rates are halved every `halving` epochs."""

    eta: float = parameter("step of the beliefs", gt=0, le=1, default=0.1)
    lr: float = parameter("rate of m", gt=0, le=10)
    lr_law: float = parameter("rate of pi and Xi", ge=0, le=1)
    decay: float = parameter("decoupled weight decay", ge=0, le=1, default=1e-4)
    halving: int = parameter("epochs after which rates are halved", ge=1, le=10_000, default=20)
    fresh: bool = parameter("new noise for the step of the parameters", default=True)


class Sampling(Numerics):
    """How networks are drawn from a law."""

    block: int = parameter("fields drawn at once", ge=1, le=1_000_000, default=2000)


class RowSizes(ExperimentSizes):
    """Sizes of a training on images."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    n_train: int = parameter("training images", ge=10, le=60_000)
    n_test: int = parameter("test images", ge=10, le=60_000)
    batch: int = parameter("images in a step", ge=1, le=10_000)
    epochs: int = parameter("epochs", ge=1, le=10_000)
    n_inference: int = parameter("steps of inference", ge=1, le=10_000)


class RingSizes(ExperimentSizes):
    """Sizes of a training on letters."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    batch: int = parameter("sequences in a step (at most)", ge=1, le=10_000)
    epochs: int = parameter("epochs", ge=1, le=10_000)
    n_inference: int = parameter("steps of inference", ge=1, le=10_000)
    repeats: int = parameter("generated strings per first letter", ge=1, le=10_000)
    longest: int = parameter("length of the longest generated strings", ge=10, le=1_000_000, default=10)


class TextSizes(ExperimentSizes):
    """Sizes of a training on the text."""

    n_units: int = parameter("neurons N", ge=2, le=10_000)
    n_train: int = parameter("training sequences", ge=10, le=100_000)
    n_test: int = parameter("test sequences", ge=10, le=100_000)
    batch: int = parameter("sequences in a step", ge=1, le=10_000)
    epochs: int = parameter("epochs", ge=1, le=10_000)
    n_inference: int = parameter("steps of inference", ge=1, le=10_000)


class LawSizes(ExperimentSizes):
    """Fields that are drawn."""

    n_fields: int = parameter("fields per network", ge=10, le=10_000_000)


class ChainSizes(TheorySizes):
    """Sequences that a Markov model is counted and tested on."""

    n_train: int = parameter("training sequences", ge=10, le=100_000)
    n_test: int = parameter("test sequences", ge=10, le=100_000)


PROTOCOLS = {
    "rows": Protocol(physics=Rows, numerics=Learning, sizes=RowSizes),
    "ring": Protocol(physics=Ring, numerics=Learning, sizes=RingSizes),
    "text": Protocol(physics=Text, numerics=Learning, sizes=TextSizes),
    "ensemble": Protocol(physics=Law, numerics=Sampling, sizes=LawSizes),
}

SOLVERS = {
    "weight-moments": Protocol(physics=Law),
    "grammar": Protocol(physics=Grammar),
    "chains": Protocol(physics=Chain, sizes=ChainSizes),
}
