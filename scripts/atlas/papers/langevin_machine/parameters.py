"""What the config of langevin-machine may say: the protocols that are simulated and the solvers that are asked."""

from __future__ import annotations

from typing import Literal

from atlas.config import Axis, ExperimentSizes, Numerics, Physics, Protocol, TheorySizes, parameter

Method = Literal["euler-maruyama", "leimkuhler-matthews"]
Data = Literal["mnist", "fashion"]


class Law(Physics):
    """One or two neurons in the Langevin dynamics, or in the noisy rate dynamics without its feedback."""

    J: tuple[float, ...] = parameter("couplings, row by row: one number or four", ge=-20, le=20)
    temperature: float = parameter("temperature T", gt=0, le=100)
    feedback: bool = parameter("whether the force has the term that makes it a gradient", default=True)


class LawAt(Physics):
    """The measure of one or two neurons."""

    J: tuple[float, ...] = parameter("couplings, row by row: one number or four", ge=-20, le=20)
    temperature: float = parameter("temperature T", gt=0, le=100)


class FewLearner(Physics):
    """Two neurons that learn a few data points."""

    J: tuple[float, ...] = parameter("first couplings, row by row: four numbers", ge=-20, le=20)
    temperature: float = parameter("temperature T", gt=0, le=100)
    data: tuple[float, ...] = parameter("states of the data points, one after another", ge=-10, le=10)


class Learner(Physics):
    """A machine that learns pictures of some classes."""

    data: Data = parameter("set of pictures", default="mnist")
    classes: tuple[int, ...] = parameter("classes that are learned", ge=0, le=9)
    crop: int = parameter("central pixels that are kept, of 14", ge=2, le=28)
    side: int = parameter("pixels of a side after averaging; N is its square", ge=2, le=28)
    temperature: float = parameter("temperature T", gt=0, le=100)
    g: float = parameter("gain of the first couplings, J_ij ~ N(0, g²/N), J_ii = 0", ge=0, le=20, default=2.0)


class Memoriser(Learner):
    """A machine that learns P pictures."""

    P: Axis[int] = parameter("pictures that are learned", ge=1, le=100_000, seeded=False)
    corruption: float = parameter("standard deviation of the noise on a picture to be denoised", ge=0, default=0.5)


class Painter(Learner):
    """A machine whose pictures are looked at."""

    unit: int = parameter("neuron whose state is followed, numbered from 0", ge=0)


class FewStepping(Numerics):
    """How few neurons are stepped and observed."""

    dt: Axis[float] = parameter("time step", gt=0, le=0.5)
    method: Axis[Method] = parameter("integrator", default="euler-maruyama")
    t_between: float = parameter("time between observations", gt=0, default=0.1)


class Learning(Numerics):
    """How couplings are learned."""

    dt: float = parameter("time step", gt=0, le=0.5, default=0.01)
    rate: float = parameter("learning rate k", gt=0, le=1)
    decay: float = parameter("weight decay per update, lambda", ge=0, lt=1, default=2e-6)
    n_t: int = parameter("Langevin steps of the chains between two updates", ge=1, le=100_000, default=10)


class PictureLearning(Learning):
    """How couplings learn pictures."""

    batch: int = parameter("pictures in an update", ge=1, default=100)
    replacement: bool = parameter("whether batches are drawn with replacement", default=False)
    folder: str = parameter("folder of full-size idx files; empty: the committed 14 x 14 pictures", default="")


class Ascending(Numerics):
    """The exact ascent of the likelihood."""

    rate: float = parameter("learning rate k", gt=0, le=1)
    decay: float = parameter("weight decay per update, lambda", ge=0, lt=1, default=2e-6)


class FewSizes(ExperimentSizes):
    """Sizes of a run of few neurons."""

    n_chains: int = parameter("independent chains", ge=2, le=1_000_000)
    t_burn: float = parameter("time before measuring", ge=0)
    t_measure: float = parameter("time of measuring", gt=0)


class FewLearningSizes(ExperimentSizes):
    """Sizes of the learning of few neurons."""

    n_chains: int = parameter("persistent chains", ge=2, le=1_000_000)
    updates: int = parameter("updates", ge=1, le=1_000_000)
    t_measure: float = parameter("time over which the first gradient is averaged", gt=0)


class MachineSizes(ExperimentSizes):
    """Sizes of a machine that is trained and then generates."""

    n_train: int = parameter("training pictures", ge=2, le=100_000)
    n_chains: int = parameter("persistent chains", ge=2, le=100_000)
    updates: int = parameter("updates of the couplings", ge=1, le=10_000_000)
    n_generated: int = parameter("chains that generate, from N(0, 1)", ge=2, le=100_000)
    n_steps: int = parameter("steps of generation", ge=100, le=10_000_000)
    explorers: int = parameter("chains that are followed for long", ge=1, le=1000, default=4)
    explore_steps: int = parameter("steps for which they are followed", ge=400, le=100_000_000)


class MemorySizes(ExperimentSizes):
    """Sizes of machines that learn few or many pictures."""

    n_chains: int = parameter("persistent chains", ge=2, le=100_000)
    updates: int = parameter("updates of the couplings", ge=1, le=10_000_000)
    n_generated: int = parameter("chains that generate, from N(0, 1)", ge=2, le=100_000)
    n_steps: int = parameter("steps of generation", ge=1, le=10_000_000)
    n_denoised: int = parameter("held-out pictures that are denoised", ge=2, le=100_000)


class PainterSizes(ExperimentSizes):
    """Sizes of a machine whose pictures are looked at."""

    n_train: int = parameter("training pictures", ge=2, le=100_000)
    n_chains: int = parameter("persistent chains", ge=2, le=100_000)
    updates: int = parameter("updates of the couplings", ge=1, le=10_000_000)
    n_shown: int = parameter("chains that generate, from N(0, 1), a square number", ge=4, le=400, default=36)
    shown: tuple[int, ...] = parameter("steps of generation at which all of them are shown", ge=1, le=10_000_000)
    first: int = parameter("step from which the first chain is followed, up to the last one shown", ge=0)


class AscentSizes(TheorySizes):
    """Length of the exact ascent."""

    updates: int = parameter("updates", ge=1, le=1_000_000)


PROTOCOLS = {
    "few-units": Protocol(physics=Law, numerics=FewStepping, sizes=FewSizes),
    "few-learning": Protocol(physics=FewLearner, numerics=Learning, sizes=FewLearningSizes),
    "machine": Protocol(physics=Learner, numerics=PictureLearning, sizes=MachineSizes),
    "memory": Protocol(physics=Memoriser, numerics=PictureLearning, sizes=MemorySizes),
    "painting": Protocol(physics=Painter, numerics=PictureLearning, sizes=PainterSizes),
}

SOLVERS = {
    "quadrature": Protocol(physics=LawAt),
    "ascent": Protocol(physics=FewLearner, numerics=Ascending, sizes=AscentSizes),
}
