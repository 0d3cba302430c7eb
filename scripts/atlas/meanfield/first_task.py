"""Learning one task by the perceptron in the space of magnetisations: replica-symmetric saddle points.

The measure is exp(-beta L) over m in [-1, 1]^N (flat), L the data term, with kl the term beta s(m) of KL to the uniform
prior as well. With the fields q^, r^, A of `probit_channel` and b = sqrt(q^) z + r^ at a site,

    q = E_z <m>²,  r = E_z <m>,  q* = E_z <m²>,  p1 = E_z <sign m>,  epsilon = arccos(p1)/pi.

Unknowns are the free coordinates s of `Overlaps`; the residual is max |s(new) - s|, of relative size in every gap.
A branch is followed beyond its end with the angle between student and teacher (s2) as the parameter and alpha as an
unknown: alpha(s2) has a maximum where the low branch ends and a minimum where the high branch does (spinodals).

Source: dossier continual-learning, Theory 1-3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from atlas.meanfield.errors import NotConverged, require_positive
from atlas.meanfield.fixed_point import newton
from atlas.meanfield.magnetisation_site import Site, law, moments
from atlas.meanfield.probit_channel import REACH, Fields, Overlaps, fields, normal_density
from atlas.meanfield.probit_window import windowed_fields
from atlas.meanfield.settling import settled

Array = NDArray[np.float64]
BRANCHES = ("low", "high")
STARTS = {"low": np.array([0.0, 0.0, 0.3]), "high": np.array([3.5, 7.0, 3.5])}
TOLERANCE = 1e-8
HALVINGS = 8  # of a step along the curve
FINEST = 1e-3  # step of z: fields that need a finer one are none that a saddle point has
LIMITS = (-20.0, 20.0)  # of s: beyond it a gap is below the rounding of a number


@dataclass(frozen=True)
class FirstTask:
    """A saddle point. epsilon: generalisation error; residual: largest mismatch of the coordinates s."""

    alpha: float
    beta: float
    kl: bool
    overlaps: Overlaps
    fields: Fields
    p1: float
    residual: float

    @property
    def epsilon(self) -> float:
        return error_of(self.p1)

    def site(self) -> Site:
        """The weights of a site."""
        return Site(self.fields.curvature, self.beta if self.kl else 0.0)

    def law(self) -> tuple[Array, Array]:
        """Nodes and probabilities of artanh(m1 W), the magnetisation in the direction of the teacher."""
        z, weights = site_nodes(self.fields, self.site())
        return law(math.sqrt(self.fields.q_hat) * z + self.fields.r_hat, weights, self.site())


def error_of(p: float) -> float:
    """arccos(p)/pi, p cut to [-1, 1]."""
    return math.acos(min(1.0, max(-1.0, p))) / math.pi


def site_nodes(hats: Fields, site: Site) -> tuple[Array, Array]:
    """Nodes z and weights of Dz: the trapezoid rule with a step that resolves the strip of the site's averages."""
    step = max(FINEST, min(0.25, 2.0 * math.pi * site.smooth / (28.0 * math.sqrt(hats.q_hat) + 1e-300)))
    count = math.ceil(REACH / step)
    z: Array = np.arange(-count, count + 1, dtype=np.float64) * step
    return z, normal_density(z) * step


def at_sites(hats: Fields, site: Site) -> tuple[Overlaps, float]:
    """Order parameters and p1 of given fields."""
    z, weights = site_nodes(hats, site)
    found = moments(math.sqrt(hats.q_hat) * z + hats.r_hat, site)
    r = float(weights @ found.mean)
    unexplained = float(weights @ (found.mean - r) ** 2)
    overlaps = Overlaps.of(float(weights @ found.rest), float(weights @ found.variance), unexplained, r)
    return overlaps, float(weights @ found.sign)


def channel(alpha: float, beta: float, overlaps: Overlaps, window: float = math.inf) -> Fields:
    """The conjugate fields, with the inner Gaussian whole or cut at +-window."""
    if math.isinf(window):
        return fields(alpha, beta, overlaps)
    return windowed_fields(alpha, beta, overlaps, window)


def bounded(s: Array) -> Overlaps:
    """The overlaps of coordinates that an extrapolation may have thrown far away."""
    return Overlaps(np.clip(s, *LIMITS))


def image(s: Array, alpha: float, beta: float, kl: bool, window: float = math.inf) -> Array:
    """One turn of the saddle-point equations, in free coordinates."""
    hats = channel(alpha, beta, bounded(s), window)
    return at_sites(hats, Site(hats.curvature, beta if kl else 0.0))[0].s


def completed(s: Array, alpha: float, beta: float, kl: bool, window: float = math.inf) -> FirstTask:
    """The saddle point at converged coordinates."""
    here = bounded(s)
    hats = channel(alpha, beta, here, window)
    after, p1 = at_sites(hats, Site(hats.curvature, beta if kl else 0.0))
    return FirstTask(alpha, beta, kl, here, hats, p1, float(np.max(np.abs(after.s - here.s))))


def first_task(
    alpha: float,
    beta: float,
    kl: bool = False,
    branch: str = "low",
    start: Array | None = None,
    window: float = math.inf,
) -> FirstTask:
    """The saddle point reached from small (low) or large (high) overlaps, or from coordinates `start`.

    alpha > 0: patterns per weight; beta > 0; window: see `probit_window`. Beyond the end of a branch the other one is
    reached. ValueError for a parameter out of range, NotConverged when the residual stays above 1e-8.
    """
    require_positive("alpha", alpha)
    require_positive("beta", beta)
    if branch not in BRANCHES:
        raise ValueError(f"branch: got {branch!r}; allowed: {', '.join(BRANCHES)}")
    begin = STARTS[branch] if start is None else start
    found = settled(
        lambda s: image(s, alpha, beta, kl, window), begin, tolerance=TOLERANCE, limit=1200, what="first task"
    )
    return completed(found, alpha, beta, kl, window)


def at_angle(angle: float, beta: float, kl: bool, start: Array) -> tuple[FirstTask, Array]:
    """The saddle point with s2 = angle, whatever alpha it takes; start and second result: (s0, s1, ln alpha)."""

    def mismatch(v: Array) -> Array:
        s = np.array([v[0], v[1], angle])
        try:
            return image(s, math.exp(min(5.0, v[2])), beta, kl) - s
        except (ValueError, OverflowError):  # astray: Newton takes a smaller step
            return np.full(3, math.inf)

    found = newton(mismatch, start, tolerance=TOLERANCE, step=1e-5, limit=25, what="first task at an angle")
    s = np.array([found.u[0], found.u[1], angle])
    return completed(s, math.exp(found.u[2]), beta, kl), found.u


def followed(beta: float, kl: bool, angles: Array, alpha: float) -> list[FirstTask]:
    """The whole curve of saddle points over increasing s2, from the low branch at load alpha on.

    Where the step between two angles is too long for Newton, points halfway lead there.
    """
    first = first_task(alpha, beta, kl)
    v = np.array([first.overlaps.s[0], first.overlaps.s[1], math.log(alpha)])
    old_angle, old = float(first.overlaps.s[2]), v
    found = [first]
    slope = np.zeros(3)
    for angle in angles[angles > old_angle]:
        goals = [float(angle)]
        while goals:
            try:
                point, v = at_angle(goals[-1], beta, kl, old + slope * (goals[-1] - old_angle))
            except (NotConverged, np.linalg.LinAlgError):
                if len(goals) > HALVINGS:
                    raise
                goals.append(0.5 * (old_angle + goals[-1]))
                continue
            slope = (v - old) / (goals[-1] - old_angle)
            old_angle, old = goals.pop(), v
        found.append(point)
    return found


@dataclass(frozen=True)
class Spinodals:
    """Where the low branch ends (alpha_up, from error epsilon_up) and where the high one does."""

    alpha_up: float
    epsilon_up: float
    alpha_down: float
    epsilon_down: float
    residual: float


def spinodals(beta: float, kl: bool, curve: list[FirstTask]) -> Spinodals:
    """The extrema of alpha along a followed curve; nan for a branch whose end the curve does not reach."""
    loads = np.array([point.alpha for point in curve])
    rises = np.diff(loads) > 0
    turns = np.flatnonzero(rises[1:] != rises[:-1]) + 1
    found = [extremum(beta, kl, curve[turn - 1 : turn + 2]) for turn in turns[:2]]
    ends = [(point.alpha, point.epsilon) for point in found] + [(math.nan, math.nan)] * (2 - len(found))
    return Spinodals(*ends[0], *ends[1], max((point.residual for point in found), default=0.0))


def extremum(beta: float, kl: bool, three: list[FirstTask]) -> FirstTask:
    """The extremum of alpha(s2) between three saddle points, of which the middle one is the outermost."""
    angles = [float(point.overlaps.s[2]) for point in three]
    turns_down = three[1].alpha > three[0].alpha
    s = np.array([point.overlaps.s[:2] for point in three])
    loads = np.log([point.alpha for point in three])

    def at(angle: float) -> FirstTask:
        start = [np.interp(angle, angles, column) for column in (s[:, 0], s[:, 1], loads)]
        return at_angle(float(angle), beta, kl, np.array(start))[0]

    def height(angle: float) -> float:
        return -at(angle).alpha if turns_down else at(angle).alpha

    # alpha is flat there: an angle to 1e-4 is an alpha to 1e-8
    found = minimize_scalar(height, bounds=(angles[0], angles[2]), method="bounded", options={"xatol": 1e-4})
    return at(float(found.x))
