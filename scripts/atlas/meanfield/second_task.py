"""Learning a second task after a first one: the Franz-Parisi potential of the perceptron of magnetisations.

The reference m1 is drawn from the measure of the first task (its fields stay), m from
exp[-beta (L_2 + gamma KL(m||m1))].
With B = W1 W2 (= 1 with probability (1 + r0)/2) and kappa = beta gamma a site sees the field

    b = sqrt(q^) x + B r^ + kappa artanh(m1)                       (m and m1 in the direction of teacher 1)

    q = E <m>²,  r = E B <m>,  q* = E <m²>,  p1 = E <sign m>,  p2 = E B <sign m>,  epsilon_t = arccos(p_t)/pi,

E over x normal, B, and the law of m1; <.> as in `magnetisation_site` with weight kappa s(m). Fields from (q, r, q*) at
load alpha2 as for one task (`probit_channel`): every site average is a function of b alone, tabulated once per turn,
convolved with the Gaussian and read by cubic splines (error below 1e-7).

Source: dossier continual-learning, Theory 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft  # scipy.signal would do, but takes a second to load
from scipy.interpolate import CubicSpline

from atlas.meanfield.errors import require_positive
from atlas.meanfield.first_task import FirstTask, bounded, channel, error_of
from atlas.meanfield.magnetisation_site import Site, moments
from atlas.meanfield.probit_channel import REACH, Fields, Overlaps, normal_density
from atlas.meanfield.settling import settled

Array = NDArray[np.float64]
NEGLIGIBLE = 1e-13  # probability of a node of the reference that is left out
TOLERANCE = 1e-7


@dataclass(frozen=True)
class Reference:
    """Law of artanh(m1 W1), and how the teachers agree: r0 = W1.W2/N."""

    u: Array
    probabilities: Array
    r0: float

    @classmethod
    def of(cls, first: FirstTask, r0: float) -> Reference:
        """From a solved first task; ValueError unless -1 <= r0 <= 1."""
        if not -1.0 <= r0 <= 1.0:
            raise ValueError(f"r0: got {r0}; allowed: -1 <= r0 <= 1")
        u, probabilities = first.law()
        kept = probabilities > NEGLIGIBLE
        return cls(u[kept], probabilities[kept] / probabilities[kept].sum(), r0)

    def sides(self) -> list[tuple[float, float]]:
        """The values of B with their probabilities."""
        both = [(1.0, 0.5 * (1.0 + self.r0)), (-1.0, 0.5 * (1.0 - self.r0))]
        return [(side, weight) for side, weight in both if weight > 0.0]


@dataclass(frozen=True)
class SecondTask:
    """A saddle point of the second task. residual: largest mismatch of the coordinates s."""

    alpha2: float
    beta: float
    gamma: float
    overlaps: Overlaps
    fields: Fields
    p1: float
    p2: float
    residual: float

    @property
    def epsilon1(self) -> float:
        return error_of(self.p1)

    @property
    def epsilon2(self) -> float:
        return error_of(self.p2)


def tabulated(site: Site, b_max: float, width: float) -> tuple[Array, Array]:
    """Fields on [-b_max, b_max] and <m>, <m>², <1 - m²>, <m²> - <m>², <sign m> at them (columns).

    A quarter of the strip is a fine enough step for the trapezoid rule, a twelfth of the width for a spline of what was
    convolved; where the width is smaller the spline is of the averages themselves.
    """
    step = max(site.smooth / 25.0, min(site.smooth / 4.0, width / 12.0))
    b: Array = np.arange(max(40, math.ceil(b_max / step)) + 1, dtype=np.float64) * step
    half = moments(b, site)
    columns = np.stack([half.mean, half.mean**2, half.rest, half.variance, half.sign], axis=1)
    mirrored = columns[:0:-1] * np.array([-1.0, 1.0, 1.0, 1.0, -1.0])
    return np.concatenate([-b[:0:-1], b]), np.concatenate([mirrored, columns])


def blurred(b: Array, columns: Array, width: float, centres: Array) -> Array:
    """int Dx columns(centre + width x) at each centre, (centres, columns).

    A Gaussian of several steps is convolved with the table (trapezoid rule), a narrower one is summed over a spline.
    """
    step = float(b[1] - b[0])
    if width > 11.5 * step:
        reach = math.ceil(REACH * width / step)
        x = np.arange(-reach, reach + 1, dtype=np.float64) * (step / width)
        kernel = normal_density(x) * (step / width)
        return np.asarray(CubicSpline(b, convolved(columns, kernel))(centres))
    x = np.arange(-35, 36, dtype=np.float64) * 0.25
    read = CubicSpline(b, columns)(np.add.outer(centres, width * x))
    return np.tensordot(read, normal_density(x) * 0.25, axes=(1, 0))


def convolved(columns: Array, kernel: Array) -> Array:
    """Each column convolved with a kernel of odd length, zeros beyond its ends: sum_j kernel[j] column[i + reach - j].

    By Fourier transform; rounding 1e-16 of the largest entries. Shapes (rows, columns), (2 reach + 1,).
    """
    rows, reach = columns.shape[0], kernel.size // 2
    size = fft.next_fast_len(rows + kernel.size - 1, real=True)
    spectrum = fft.rfft(columns, size, axis=0) * fft.rfft(kernel, size)[:, None]
    return np.asarray(fft.irfft(spectrum, size, axis=0)[reach : reach + rows])


def at_sites(hats: Fields, site: Site, reference: Reference) -> tuple[Overlaps, float, float]:
    """Order parameters, p1 and p2 of given fields."""
    width = math.sqrt(hats.q_hat)
    shifts = site.kappa * reference.u
    furthest = float(np.max(np.abs(shifts))) + abs(hats.r_hat)
    b, columns = tabulated(site, furthest + REACH * width + 1.0, width)
    q = rest = spread = p1 = p2 = r = 0.0
    for side, share in reference.sides():
        averages = share * (reference.probabilities @ blurred(b, columns, width, shifts + side * hats.r_hat))
        r, q = r + side * averages[0], q + averages[1]
        rest, spread = rest + averages[2], spread + averages[3]
        p1, p2 = p1 + averages[4], p2 + side * averages[4]
    return Overlaps.of(float(rest), float(spread), max(float(q - r * r), 1e-12), float(r)), float(p1), float(p2)


def second_task(
    first: FirstTask,
    alpha2: float,
    r0: float,
    gamma: float = 1.0,
    beta: float = 20.0,
    window: float = math.inf,
) -> SecondTask:
    """The saddle point of the second task that continues the reference.

    alpha2 >= 0, beta > 0, gamma >= 0, -1 <= r0 <= 1; ValueError otherwise. NotConverged when the residual stays above
    1e-7: at large alpha2 and r0 the measure shrinks to the second teacher and 1 - q* below rounding.
    """
    require_positive("beta", beta)
    for name, value in (("alpha2", alpha2), ("gamma", gamma)):
        if not (math.isfinite(value) and value >= 0.0):
            raise ValueError(f"{name}: got {value}; allowed: finite number >= 0")
    reference = Reference.of(first, r0)
    kappa = beta * gamma

    def turn(s: Array) -> Array:
        hats = channel(alpha2, beta, bounded(s), window)
        return at_sites(hats, Site(hats.curvature, kappa), reference)[0].s

    start = at_sites(Fields(1e-9, 0.0, 0.0), Site(0.0, kappa), reference)[0].s
    here = bounded(settled(turn, start, tolerance=TOLERANCE, what="second task"))
    hats = channel(alpha2, beta, here, window)
    after, p1, p2 = at_sites(hats, Site(hats.curvature, kappa), reference)
    residual = float(np.max(np.abs(after.s - here.s)))
    return SecondTask(alpha2, beta, gamma, here, hats, p1, p2, residual)
