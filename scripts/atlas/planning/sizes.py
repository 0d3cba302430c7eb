"""How many networks each experiment of a scale needs: standard errors of at most a third of the tolerances.

A check with measured standard error e over networks and tolerance s (`Criterion.scale`: the tolerance, half the width,
or the unit of a one-sided margin) has the ratio r = e/s. Standard errors fall as 1/sqrt(networks): r <= 1/3 needs

    networks * (3 r)²,      rounded up,      of every experiment behind the check.

More than one experiment behind a check: its variance is a sum v_1/n_1 + v_2/n_2 + … of which only the whole is known,
so that the cheapest numbers cannot be told and all experiments grow by the same factor, which is safe for any shares.
In the same way numbers of networks that are at least (3 r)² times the present ones, some larger and some smaller, keep
the sum below its bound. An experiment with one network per point has no scatter over networks and is left out, unless
nothing else is behind the check.

Four kinds of checks (`Standing`):

fine      r <= 1/3
more      r > 1/3: its experiments need more networks
without   one-sided, r > 1/3, but at least FAR half-widths h from its bound: the unit of a one-sided margin is no
          tolerance, and more networks would not change the verdict
apart     r > 1/3, but more networks do not help (no scatter over networks, no experiment, no error bar), or it takes
          more than FACTOR times as many or more than an allowed time: a person decides

Fewer networks would do where every check of an experiment stays `fine` or `without` and keeps room: its value CLEAR
half-widths or more from its bounds, one that decides and one that other draws may move it by (for a value in the middle
of a tolerance r <= 0.30, and less with few samples). Never fewer than LEAST networks. A check that is open, was not
measured, is `apart` or showed no scatter at all keeps all of its networks. Not known here: the error bars of controls
and witnesses, and which experiments are compared network by network.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from atlas.claims.criterion import Above, Below, Criterion, Outcome, confidence_half_width
from atlas.claims.judge import criterion_of_check
from atlas.config import PaperConfig
from atlas.estimation.estimate import Estimate
from atlas.planning.precision import Precision, experiments_behind

Standing = Literal["fine", "more", "without", "apart"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)

SHARE = 1 / 3  # of its tolerance: the largest standard error
FAR = 3.0  # half-widths: at the bound itself such a distance has a chance of 0.6 % with three samples, less with more
CLEAR = 2.0  # half-widths that must be left to a decided check with fewer networks
LEAST = 4  # networks: from fewer, a standard error is itself known to 1/sqrt(2 (n - 1)) = 50 % or worse
FACTOR = 30.0  # more times as many networks are another question than a larger run
ROUNDING = 1e-12  # relative: networks that differ by less have all said the same, and tell nothing of others
SECONDS = 600.0  # core seconds that one check may ask for


@dataclass(frozen=True)
class Now:
    """An experiment at a scale: its networks per point, its time in kernels (core s; nan where never measured)."""

    networks: int
    seconds: float


@dataclass(frozen=True)
class Measure:
    """A check with what was measured of it; `behind`: the experiments whose networks it averages over.

    of_theory: whether its estimator reads theory alone.
    """

    criterion: Criterion
    row: Precision
    behind: tuple[str, ...]
    of_theory: bool

    def __str__(self) -> str:
        return f"{self.row.claim}.{self.row.check}"

    @property
    def ratio(self) -> float:
        """Standard error over tolerance."""
        return self.row.error / self.criterion.scale

    @property
    def factor(self) -> float:
        """How many times as many networks make the error a third of the tolerance: (3 r)²; below 1 for fewer."""
        return (self.ratio / SHARE) ** 2

    @property
    def scatters(self) -> bool:
        """Whether the error is one over networks, so that their number matters."""
        return math.isfinite(self.row.count)

    @property
    def usable(self) -> bool:
        """Whether there is an error bar at all: two samples or more."""
        return self.row.count >= 2 and math.isfinite(self.row.error) and math.isfinite(self.row.observed)

    @property
    def helped(self) -> bool:
        """Whether more networks make the error smaller."""
        return self.scatters and self.usable and bool(self.behind)

    @property
    def one_sided(self) -> bool:
        """Whether the unit of the margin is no tolerance."""
        return isinstance(self.criterion, Above | Below)

    def estimate(self, factor: float = 1.0) -> Estimate:
        """The measured value with the error bar of `factor` times as many networks."""
        count = self.row.count * factor
        return Estimate(self.row.observed, self.row.error / math.sqrt(factor), count=count)

    @property
    def outcome(self) -> Outcome:
        """The verdict as measured."""
        return self.criterion.judge(self.estimate())

    def distance(self, factor: float = 1.0) -> float:
        """Distance of the value from the nearest end of the allowed interval in half-widths h, inside or outside."""
        half_width = confidence_half_width(self.estimate(factor))
        away = abs(self.criterion.distance(self.row.observed))
        return away / half_width if half_width > 0 else math.inf if half_width == 0 else math.nan

    def far(self, factor: float = 1.0) -> bool:
        """Whether a one-sided check is decided by FAR half-widths."""
        return self.one_sided and self.distance(factor) >= FAR

    def does_with(self, factor: float) -> bool:
        """Whether `factor` times as many networks, no more than now, keep the check precise and decided, with room."""
        precise = self.ratio / math.sqrt(factor) <= SHARE
        return self.far(factor) or (precise and self.distance(factor) >= CLEAR)

    @property
    def fewest(self) -> float:
        """The smallest factor <= 1 of networks that would still do."""
        varies = self.row.error > ROUNDING * max(abs(self.row.observed), self.criterion.scale)
        if not varies or self.row.power or not self.does_with(1.0):
            return 1.0
        low, high = 0.0, 1.0
        while high - low > 1e-10:
            middle = (low + high) / 2
            low, high = (low, middle) if self.does_with(middle) else (middle, high)
        return high


def measures(paper: PaperConfig, rows: Iterable[Precision], now: Mapping[str, Now]) -> list[Measure]:
    """The measured checks of a paper, of several rows of one the last; what was not measured is left out."""
    known = {(row.claim, row.check): row for row in rows}
    found = []
    for claim in paper.claims:
        for check in claim.checks:
            row = known.get((claim.id, check.name))
            if row is not None:
                behind = scattering(experiments_behind(paper, claim, check), now)
                found.append(Measure(criterion_of_check(check), row, behind, check.estimator.startswith("theory")))
    return found


def unmeasured(paper: PaperConfig, rows: Iterable[Precision]) -> dict[str, list[str]]:
    """Claim.check → the experiments behind it, of the checks without a row."""
    known = {(row.claim, row.check) for row in rows}
    return {
        f"{claim.id}.{check.name}": experiments_behind(paper, claim, check)
        for claim in paper.claims
        for check in claim.checks
        if (claim.id, check.name) not in known
    }


def scattering(behind: Iterable[str], now: Mapping[str, Now]) -> tuple[str, ...]:
    """The experiments with several networks per point; all where each has one."""
    names = tuple(behind)
    return tuple(name for name in names if now[name].networks > 1) or names


def added(check: Measure, now: Mapping[str, Now]) -> float:
    """Core seconds that a check above a third asks for, of the experiments whose time is known."""
    costs = (extra(now[name], grown(now[name].networks, check.factor)) for name in check.behind)
    return sum(cost for cost in costs if not math.isnan(cost))


def grown(networks: int, factor: float) -> int:
    """networks * factor rounded up; a hair above a whole number is rounding of the machine."""
    return math.ceil(networks * factor * (1 - 1e-9))


def extra(now: Now, networks: int) -> float:
    """Core seconds that other networks add, negative for fewer: work items are alike, so that time is proportional."""
    return now.seconds * (networks / now.networks - 1)


def standing(check: Measure, now: Mapping[str, Now], seconds: float = SECONDS) -> Standing:
    """Which of the four kinds a check is of; `seconds`: core seconds that one check may ask for."""
    if check.usable and check.ratio <= SHARE:
        return "fine"
    if check.far():
        return "without"
    if not check.helped:
        return "apart"
    return "apart" if check.factor > FACTOR or added(check, now) > seconds else "more"


@dataclass(frozen=True)
class Size:
    """An experiment: its networks now and needed, the check that needs most of them, core seconds added or saved."""

    name: str
    now: Now
    networks: int
    check: str
    ratio: float

    @property
    def seconds(self) -> float:
        """Core seconds that the needed networks add; negative where they save."""
        return extra(self.now, self.networks)


@dataclass(frozen=True)
class Sizes:
    """A paper: the needed networks of the experiments that checks average over, and the kind of each measured check."""

    paper: str
    sizes: list[Size]
    standings: list[tuple[Measure, Standing]]
    unmeasured: list[str]

    @property
    def more(self) -> list[Size]:
        """Experiments that need more networks, the dearest first."""
        return sorted((each for each in self.sizes if each.networks > each.now.networks), key=lambda each: -_cost(each))

    @property
    def fewer(self) -> list[Size]:
        """Experiments that could do with fewer, the largest saving first."""
        return sorted((each for each in self.sizes if each.networks < each.now.networks), key=lambda each: -_cost(each))

    def without_check(self, now: Mapping[str, Now]) -> list[Now]:
        """The experiments of the paper whose networks no check averages over: those of figures alone."""
        known = {size.name for size in self.sizes}
        return [each for name, each in now.items() if name not in known]

    def of(self, kind: Standing) -> list[Measure]:
        """The checks of a kind."""
        return [check for check, each in self.standings if each == kind]


def _cost(size: Size) -> float:
    return 0.0 if math.isnan(size.seconds) else abs(size.seconds)


def sizes_of(paper: PaperConfig, rows: Iterable[Precision], now: Mapping[str, Now], seconds: float = SECONDS) -> Sizes:
    """The sizes of a paper from the measured rows of one scale; `now`: every experiment at that scale."""
    listed = list(rows)
    kinds = [(check, standing(check, now, seconds)) for check in measures(paper, listed, now)]
    open_checks = unmeasured(paper, listed)
    needs: dict[str, list[tuple[int, str, float]]] = {}
    for check, kind in kinds:
        factor = check.factor if kind == "more" else check.fewest
        for name in check.behind if check.scatters else ():
            needs.setdefault(name, []).append((grown(now[name].networks, factor), str(check), check.ratio))
    for check, _ in kinds:
        if not (check.scatters or check.of_theory):  # a bound or a rank of many networks has no error bar
            for name in needs.keys() & check.behind:
                needs[name].append((now[name].networks, str(check), math.nan))
    for check_name, behind in open_checks.items():
        for name in behind:
            needs.setdefault(name, []).append((now[name].networks, check_name, math.nan))
    found = []
    for name, asked in needs.items():
        most, check_name, ratio = max(asked, key=lambda each: each[0])
        least = min(now[name].networks, LEAST)
        if most < least:
            most, check_name, ratio = least, "no fewer than that", math.nan
        found.append(Size(name, now[name], most, check_name, ratio))
    return Sizes(paper.key, found, kinds, list(open_checks))
