"""What theory says for diffusion-physics: one function per solver, one call per point of its grid.

Each returns named values; nothing here knows of a simulation. `ASK` names the theories that one may ask directly;
`UNASKED` says of the others why not.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from atlas.meanfield import entropy_law, mixture_potential, mixture_rates, pair_potential
from atlas.papers.diffusion_physics.ranges import CAPS, COARSE, DISTANCES, EDGES, ENDS, FIRST, LAST
from atlas.questions import REQUIRED, Answer, Parameter, Question, QuestionError, array, number

Values = dict[str, Any]
CHECKED = np.array([FIRST, 0.5, 2.0, LAST])  # distances at which the quadrature's accuracy is measured


def rates(p: Any, streams: Any) -> Values:
    """Entropy production, flux and rate of the forward process, flux of the backward process at time t."""
    found = mixture_rates.rates(p.mu, p.sigma2, p.t)
    return {
        "production": found.production,
        "flux": found.flux,
        "rate": found.rate,
        "backward_flux": found.backward_flux,
    }


def window_rates(p: Any, streams: Any) -> Values:
    """Rates averaged over windows of the forward time: centres (W,), production, flux, rate, backward_flux (W,)."""
    edges = np.arange(round(p.t_max / p.window) + 1) * p.window
    pairs = [(float(a), float(b)) for a, b in itertools.pairwise(edges)]
    integrals = [mixture_rates.production_integral(p.mu, p.sigma2, a, b) for a, b in pairs]
    production = np.array([one.value for one in integrals]) / p.window
    flux = np.array([mixture_rates.flux_integral(p.mu, p.sigma2, a, b) for a, b in pairs]) / p.window
    rate = np.diff([mixture_rates.entropy(p.mu, p.sigma2, float(t)) for t in edges]) / p.window
    return {
        "centres": 0.5 * (edges[:-1] + edges[1:]),
        "production": production,
        "flux": flux,
        "rate": rate,
        "backward_flux": production + rate,
        "residual": max(one.residual for one in integrals) / p.window,
    }


def production_integral(p: Any, streams: Any) -> Values:
    """Mean entropy produced up to t_max, the same in both directions, and the parts of the forward process."""
    found = mixture_rates.production_integral(p.mu, p.sigma2, 0.0, p.t_max)
    environment = mixture_rates.flux_integral(p.mu, p.sigma2, 0.0, p.t_max)
    return {
        "total": found.value,
        "environment": environment,
        "system": found.value - environment,
        "residual": found.residual,
    }


def landmarks(p: Any, streams: Any) -> Values:
    """Times and values of the extrema and zeros of the backward rates."""
    return {**vars(mixture_rates.landmarks(p.mu, p.sigma2))}


def law(p: Any, streams: Any) -> Values:
    """Law of the entropies of the forward process: densities over EDGES, share of DS_tot < 0, capped means of
    e^{-DS_tot} and the index of its tail.
    """
    found = entropy_law.entropy_law(p.mu, p.sigma2, p.t_max, p.n_start)
    variables = {
        "system": found.system,
        "environment": found.environment,
        "total": found.total,
        "exponential": np.exp(-found.total),
    }
    backward = {"system_backward": found.density(-found.system, EDGES["system"])}
    return {
        **{f"{name}_density": found.density(values, EDGES[name]) for name, values in variables.items()},
        **backward,
        "negative": found.negative(),
        "capped": found.capped(CAPS),
        "tail_index": entropy_law.tail_index(p.sigma2, p.t_max),
    }


def potential(p: Any, streams: Any) -> Values:
    """U(x, t) - U(0, t), one row per curve: mu, sigma2, t (K,), x (K, n), u (K, n), curvature (K,) = U''(0, t)."""
    rows = list(zip(p.mu, p.sigma2, p.t, p.x_max, strict=True))
    x = np.array([np.linspace(-reach, reach, p.n_points) for *_, reach in rows])
    known = [row[:3] for row in rows]
    return {
        "mu": np.array(p.mu),
        "sigma2": np.array(p.sigma2),
        "t": np.array(p.t),
        "x": x,
        "u": np.array([mixture_potential.potential(one, *row) for one, row in zip(x, known, strict=True)]),
        "curvature": np.array([mixture_potential.curvature(*row) for row in known]),
    }


def speciation(p: Any, streams: Any) -> Values:
    """t_S and t_USB (nan where there is none), and the t_S that unit variance would have."""
    t_s, t_usb = mixture_potential.speciation_time(p.mu, p.sigma2), mixture_potential.unstable_time(p.sigma2)
    unit = mixture_potential.speciation_time(p.mu, 1.0)
    names = ("t_speciation", "t_unstable", "t_unit_variance")
    return {name: math.nan if t is None else t for name, t in zip(names, (t_s, t_usb, unit), strict=True)}


def phases(p: Any, streams: Any) -> Values:
    """Phases on the plane by their boundaries, with those that unit variance would give (wrong), and the boundary.

    sigma_boundary, mu_boundary: mu^2 = sigma^2 - sigma^4/2.
    """
    mu = (np.arange(p.n_side) + 0.5) / p.n_side * p.mu_max
    sigma = (np.arange(p.n_side) + 0.5) / p.n_side * p.sigma_max
    unit = [[mixture_potential.phase(a, s * s if s * s > 2.0 else 1.0) for a in mu] for s in sigma]
    top = np.linspace(0.0, math.sqrt(2.0), 101)
    return {
        "phases": np.array([[mixture_potential.phase(a, s * s) for a in mu] for s in sigma]),
        "unit_variance": np.array(unit),
        "sigma_boundary": top,
        "mu_boundary": np.sqrt(np.maximum(top**2 - 0.5 * top**4, 0.0)),
    }


def target(p: Any, streams: Any) -> Values:
    """Where exact generation leads: density of the data, x, density (n,), and the second moment m^2 + v of the marginal
    at generation time s: s, variance (k,).
    """
    x = np.linspace(ENDS[0], ENDS[-1], 1001)
    s = np.linspace(0.0, p.t_max, 101)
    shapes = [mixture_rates.shape(p.mu, p.sigma2, p.t_max - float(one)) for one in s]
    return {
        "x": x,
        "density": np.exp(entropy_law.log_density(x, p.mu, p.sigma2)),
        "s": s,
        "variance": np.array([one.m2 + one.v for one in shapes]),
    }


def contours(p: Any, streams: Any) -> Values:
    """Circles of two standard deviations about both means in the plane: x, y (2, n)."""
    found = mixture_rates.shape(p.mu, p.sigma2, p.t)
    angle = np.linspace(0.0, 2.0 * math.pi, 91)
    radius, m = 2.0 * math.sqrt(found.v), math.sqrt(found.m2)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    return {"x": np.array([x + m, x - m]), "y": np.array([y + m, y - m])}


def grid_zeros(problem: pair_potential.Problem) -> np.ndarray:
    """Zeros of central differences of central differences of V on the dossier's grid below q = 1: what a grid of that
    step takes for inflections.
    """
    q = np.arange(FIRST, 1.0, COARSE)
    values = np.gradient(np.gradient(pair_potential.pair_potential(q, problem).potential, q), q)
    k = np.flatnonzero(values[1:] * values[:-1] < 0)
    return np.asarray(q[k] - values[k] * COARSE / (values[k + 1] - values[k]))


def franz_parisi(p: Any, streams: Any) -> Values:
    """V, dV/dq, d2V/dq2 over q (the paper's range and DISTANCES) with the zeros of both derivatives, and what a grid of
    step 0.025 makes of those of the second.
    """
    problem = pair_potential.Problem(p.mu, p.sigma2, p.t)
    q = np.unique(np.round(np.concatenate((np.linspace(FIRST, LAST, p.n_q), DISTANCES)), 12))
    found = pair_potential.pair_potential(q, problem)
    return {
        "q": q,
        "potential": found.potential,
        "slope": found.slope,
        "curvature": found.curvature,
        "slope_zeros": pair_potential.zeros(found, problem, 1),
        "curvature_zeros": pair_potential.zeros(found, problem, 2),
        "grid_zeros": grid_zeros(problem),
        "residual": pair_potential.accuracy(problem, CHECKED),
    }


def ask_rates(mu: float, sigma2: float, t: float) -> Answer:
    """Entropy rates at time t of the forward process: production and rate, fluxes of the forward and backward process.

    residual: production = flux + rate to rounding.
    """
    found = mixture_rates.rates(mu, sigma2, t)
    quantities = {
        "entropy_production": found.production,
        "entropy_flux": found.flux,
        "entropy_rate": found.rate,
        "backward_flux": found.backward_flux,
    }
    return Answer(quantities, abs(found.production - found.flux - found.rate))


def ask_production(mu: float, sigma2: float, t0: float, t1: float) -> Answer:
    """Entropy produced between two times, the mean of DS_tot in both directions; residual: gap to the entropies."""
    if not t0 <= t1:
        raise QuestionError(f"t0: got {t0:g}; allowed: at most t1 = {t1:g}")
    found = mixture_rates.production_integral(mu, sigma2, t0, t1)
    return Answer({"integral": found.value}, found.residual)


def ask_speciation(mu: float, sigma2: float) -> Answer:
    """Speciation time and time below which U is unbounded (null where there is none); residual: |U''(0)| at t_S."""
    t_s, t_usb = mixture_potential.speciation_time(mu, sigma2), mixture_potential.unstable_time(sigma2)
    residual = 0.0 if t_s is None else abs(mixture_potential.curvature(mu, sigma2, t_s))
    return Answer({"t_speciation": t_s, "t_unstable": t_usb}, residual)


def ask_franz_parisi(mu: float, sigma2: float, t: float, q: np.ndarray) -> Answer:
    """V at each q, and all zeros of dV/dq and d2V/dq2 in 0.05 < q < 8.1; residual: change of V and its derivatives
    when the quadrature's steps are halved.
    """
    problem = pair_potential.Problem(mu, sigma2, t)
    wanted = np.atleast_1d(q)
    curve = pair_potential.pair_potential(np.concatenate((np.linspace(0.05, 0.3, 26)[:-1], GRID)), problem)
    quantities = {
        "potential": pair_potential.pair_potential(wanted, problem).potential.tolist(),
        "slope_zeros": pair_potential.zeros(curve, problem, 1).tolist(),
        "curvature_zeros": pair_potential.zeros(curve, problem, 2).tolist(),
    }
    return Answer(quantities, pair_potential.accuracy(problem, CHECKED))


GRID = np.linspace(0.3, 8.1, 157)  # on which zeros are looked for, finer below


def distances() -> Parameter:
    """The distances q of a question."""
    given = array("q", "squared distances of the two data points")

    def read(text: str) -> np.ndarray:
        values = np.atleast_1d(given.read(text))
        if values.ndim != 1 or not values.size or not ((values > 0.0) & (values <= 1e4)).all():
            raise ValueError
        return np.asarray(values)

    allowed = "a number or a list of numbers > 0 and <= 10000 as JSON"
    return Parameter("q", given.about, given.unit, read, allowed, REQUIRED, sweep=False)


OU = "1/rate"
MU = number("mu", "distance of the modes from 0", low=0.0, high=20.0)
SIGMA2 = number("sigma2", "variance of a mode", low=1e-6, high=100.0)
TIME = number("t", "time of the forward process", unit=OU, low=0.0, high=50.0)
ASK = {
    "rates": Question(ask_rates, (MU, SIGMA2, TIME)),
    "production-integral": Question(
        ask_production,
        (
            MU,
            SIGMA2,
            number("t0", "start", unit=OU, low=0.0, high=50.0, default=0.0),
            number("t1", "end", unit=OU, low=0.0, high=50.0),
        ),
    ),
    "speciation": Question(ask_speciation, (MU, SIGMA2)),
    "franz-parisi": Question(
        ask_franz_parisi,
        (
            MU,
            number("sigma2", "variance of a mode", low=1e-3, high=100.0),
            number("t", "time of the forward process", unit=OU, low=1e-3, high=50.0),
            distances(),
        ),
    ),
}
UNASKED = {
    "target": "the density and the second moment of a mixture of two Gaussians, closed forms",
    "contours": "circles about the means, closed forms",
    "window-rates": "production-integral answers it: differences of the integral over the windows",
    "landmarks": "extrema and zeros of rates, which can be asked at every time",
}
