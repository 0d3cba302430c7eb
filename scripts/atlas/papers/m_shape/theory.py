"""What theory says for m-shape: one function per solver, one call per point of its grid.

Distances d are rms distances, in units of R = √(2 D) where a ratio is given; part B (franz-parisi) uses d2 = d² in
units of 2 D. Every point of a curve carries its residual and whether it converged.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import log_ndtr

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.gradient import gradient_equilibrium
from atlas.meanfield.log_determinant import log_determinant as volume
from atlas.meanfield.log_determinant import thermal_radius
from atlas.meanfield.minimal_energy_iteration import FIRST_START, SECOND_START, published_reference
from atlas.meanfield.probe_path import LocalEntropy, ProbeState, require_converged
from atlas.meanfield.stationary import delta_static
from atlas.questions import Answer, Question, choice, number

Values = dict[str, Any]
STARTS = {"first": FIRST_START, "second": SECOND_START}
FIELDS = ("omega", "derivative", "p", "q_tilde", "Q_tilde", "o", "q_hat", "Q_hat", "o_hat", "residual")


def curve_values(states: Sequence[ProbeState]) -> Values:
    """Arrays over the distances of a curve; `converged` 1 or 0, numbers of other points are nan."""
    named: Values = {name: np.array([getattr(state, name) for state in states]) for name in FIELDS}
    return named | {
        "d": np.array([state.d for state in states]),
        "converged": np.array([float(state.converged) for state in states]),
    }


def local_entropy(p: Any, streams: Any) -> Values:
    """Omega(d) of the static reference (fixed points) at ratios of R; with `step` also the difference quotient."""
    solver = LocalEntropy.static(p.g, 0.0 if math.isinf(p.beta_tilde) else 1 / p.beta_tilde)
    R = math.sqrt(2 * delta_static(p.g))
    ratios = np.array(p.ratios[:: p.stride])
    values = curve_values(solver.curve(ratios * R)) | {"ratio": ratios, "R": R, "D": R * R / 2}
    if p.step:
        up, down = (np.array([solver.at(r * R * (1 + s)).omega for r in ratios]) for s in (p.step, -p.step))
        values["difference"] = (up - down) / (2 * p.step * ratios * R)
    return values


def thermal_peak(p: Any, streams: Any) -> Values:
    """Omega(d) below the transition, where x* = 0, at ratios of the thermal radius √(v/beta_tilde), v = 1/(1 - g²)."""
    solver = LocalEntropy.static(p.g, 1 / p.beta_tilde)
    radius = math.sqrt(1 / (1 - p.g**2) / p.beta_tilde)
    ratios = np.array(p.ratios[:: p.stride])
    return curve_values(solver.curve(ratios * radius)) | {"ratio": ratios, "R": radius}


def window_entropy(p: Any, streams: Any) -> Values:
    """Omega at d = rms(x*) + offset, the published window: rms(x*) = √D is the distance from x* to the origin."""
    solver = LocalEntropy.static(p.g, 1 / p.beta_tilde)
    rms = math.sqrt(delta_static(p.g))
    offsets = np.array(p.offsets)
    return curve_values(solver.curve(rms + offsets)) | {"offset": offsets, "rms": rms}


def franz_parisi(p: Any, streams: Any) -> Values:
    """Omega(d2) of reference and probe both at 1/beta, at ratios of 2 D: omega, lambda = -p, q, Q, P."""
    T = 1 / p.beta
    solver = LocalEntropy.static(p.g, T, T)
    D = gradient_equilibrium(p.g, T).delta_t
    ratios = np.array(p.ratios[:: p.stride])
    found = curve_values(solver.curve(np.sqrt(2 * D * ratios)))
    return found | {"ratio": ratios, "D": D, "lambda": -found["p"]}


def range(p: Any, streams: Any) -> Values:
    """Left end of the range: beta_tilde d² = v at p = -t beta_tilde/2, beta_tilde -> inf; root = √v."""
    found = thermal_radius(p.g, p.t)
    return {"v": found.v, "root": math.sqrt(found.v), "susceptibility": found.susceptibility,
            "residual": found.residual, "rms": math.sqrt(delta_static(p.g))}  # fmt: skip


def log_determinant(p: Any, streams: Any) -> Values:
    """l(g) and the variance D of a fixed point."""
    found = volume(p.g)
    return {"l": found.l, "D": found.delta_static, "residual": found.residual}


def published_iteration(p: Any, streams: Any) -> Values:
    """The published zero-temperature iteration, deterministic: histories of q and delta_Q, rms(x*) at its end."""
    found = published_reference(p.g, p.steps, STARTS[p.start], p.n_grid)
    return {
        "step": np.arange(p.steps + 1, dtype=float),
        "q": found.q,
        "delta_Q": found.delta_Q,
        "Q_hat": found.Q_hat,
        "rms": math.sqrt(found.x2),
        "static_q": delta_static(p.g) / p.g**2,
    }


def published_probe(p: Any, streams: Any) -> Values:
    """Omega(d) against the state of the published iteration after its steps, at ratios of its own R'."""
    found = published_reference(p.g, p.steps, FIRST_START, p.n_grid)
    solver = LocalEntropy(found.reference(), 1 / p.beta_tilde)
    R = solver.independent_distance
    ratios = np.array(p.ratios[:: p.stride])
    return curve_values(solver.curve(ratios * R)) | {"ratio": ratios, "R": R, "rms": math.sqrt(found.x2)}


def left_boundary(p: Any, streams: Any) -> Values:
    """Smallest d2 with Omega(d2) = -drop (for g >= 2, where the plateau -l(g) lies below that: -l(g) - drop)."""
    T = 1 / p.beta
    solver = LocalEntropy.static(p.g, T, T)
    level = -p.drop - (volume(p.g).l if p.g >= 2 else 0.0)
    low, high = math.log(1e-3 * math.sqrt(T)), math.log(0.999 * solver.independent_distance)
    x = math.log(0.3 * math.sqrt(2 * gradient_equilibrium(p.g, T).delta_t))
    residual = math.inf
    for _ in builtins.range(60):  # Newton in ln d on ln(-Omega), kept inside the bracket; Omega rises with d
        state = require_converged(solver.at(math.exp(x)))
        residual = abs(state.omega / level - 1)
        if residual < 1e-8:
            break
        low, high = (x, high) if state.omega < level else (low, x)
        slope = state.derivative * state.d / state.omega
        x = x - math.log(state.omega / level) / slope
        if not low < x < high:
            x = (low + high) / 2
    if not residual < 1e-8:
        raise NotConverged(residual, "left boundary")
    return {"d2": math.exp(2 * x), "D": gradient_equilibrium(p.g, T).delta_t, "residual": residual}


def equilibrium(p: Any, streams: Any) -> Values:
    """Variance D of an equilibrium state at a temperature."""
    found = gradient_equilibrium(p.g, p.temperature)
    return {"D": found.delta_t, "residual": found.residual}


def sample_maximum(p: Any, streams: Any) -> Values:
    """m(n) √(2/pi)/√beta_tilde, m(n) the expected largest of n standard normal numbers: how far the samples reach."""
    grid = np.linspace(0, 10, 10_001)  # m(n) = ∫ (1 - Phi(x)^n - Phi(-x)^n) dx over x > 0; trapezoid, error 1e-7
    expected = float(np.trapezoid(1 - sum(np.exp(p.n_samples * log_ndtr(sign * grid)) for sign in (1, -1)), grid))
    return {"maximum": expected, "width": expected * math.sqrt(2 / math.pi / p.beta_tilde)}


@lru_cache(maxsize=8)
def published_solver(g: float, temperature: float) -> LocalEntropy:
    """The probe of the published reference after exactly 1000 steps from the first start, on a 24 x 24 grid."""
    return LocalEntropy(published_reference(g, 1000, FIRST_START, 24).reference(), temperature)


def ask_franz_parisi(g: float, beta: float, d: float) -> Answer:
    """Franz-Parisi potential at inverse temperature beta and squared distance d (in units of 2 D)."""
    solver = LocalEntropy.static(g, 1 / beta, 1 / beta)
    D = gradient_equilibrium(g, 1 / beta).delta_t
    state = solver.at(math.sqrt(2 * D * d))
    if not state.converged:
        raise NotConverged(state.residual, "franz-parisi")
    quantities = {
        "D": D, "omega": state.omega, "lambda": -state.p, "P": state.o, "Q": state.Q_tilde, "q": state.q_tilde,
    }  # fmt: skip
    return Answer(quantities, state.residual)


def ask_log_determinant(g: float) -> Answer:
    """l(g) = (1/N) ln |det(1 - J phi')| at a typical fixed point, and the fixed points' variance."""
    found = volume(g)
    return Answer({"l": found.l, "delta_static": found.delta_static}, found.residual)


def ask_local_entropy(g: float, beta_tilde: float, d: float, reference: str) -> Answer:
    """Local entropy s(d) around a reference at rms distance d: the saddle point by Newton's method."""
    T = 0.0 if math.isinf(beta_tilde) else 1 / beta_tilde
    solver = LocalEntropy.static(g, T) if reference == "static" else published_solver(g, T)
    state = solver.at(d)
    if not state.converged:
        raise NotConverged(state.residual, "local-entropy")
    quantities = {
        "omega": state.omega,
        "s": state.omega + 0.5 * math.log(2 * math.pi * T) if T > 0 else -math.inf,
        "derivative": state.derivative,
        "p_hat": state.p,
        "q_tilde": state.q_tilde,
        "Q_tilde": state.Q_tilde,
        "o": state.o,
        "q_tilde_hat": state.q_hat,
        "Q_tilde_hat": state.Q_hat,
        "delta_o_hat": state.o_hat,
        "reference_q": solver.reference.q,
        "reference_x2": solver.reference.x2,
    }
    return Answer(quantities, state.residual)


def ask_range(g: float, beta_tilde: float, p_hat: float) -> Answer:
    """Left end of the range at a field p_hat < 0: d, v = beta_tilde d², and E phi'² v."""
    found = thermal_radius(g, -2 * p_hat / beta_tilde)
    quantities = {"d": math.sqrt(found.v / beta_tilde), "v": found.v, "susceptibility": found.susceptibility}
    return Answer(quantities, found.residual)


GAIN = number("g", "gain of the couplings", low=0.0, high=10.0)
BETA_TILDE = number("beta_tilde", "inverse temperature of the probe", unit="1/E", low=0.0, open_low=True, default=1e6)
ASK = {
    "franz-parisi": Question(
        ask_franz_parisi,
        (
            GAIN,
            number("beta", "inverse temperature of reference and probe", unit="1/E", low=0.0, open_low=True, high=1e12),
            number("d", "squared distance in units of 2 D", unit="2 D", low=0.0, open_low=True, high=10.0),
        ),
    ),
    "log-determinant": Question(ask_log_determinant, (GAIN,)),
    "local-entropy": Question(
        ask_local_entropy,
        (
            GAIN,
            BETA_TILDE,
            number("d", "rms distance (not squared)", low=0.0, open_low=True, high=100.0),
            choice("reference", "fixed points, or the published iteration", ("static", "published"), "static"),
        ),
    ),
    "range": Question(
        ask_range,
        (
            GAIN,
            number(
                "beta_tilde",
                "inverse temperature of the probe",
                unit="1/E",
                low=0.0,
                open_low=True,
                high=1e300,
                default=1e6,
            ),
            number("p_hat", "field of the distance, < 0", low=-1e300, high=-1e-300, default=-1e6),
        ),
    ),
}
UNASKED = {
    "window-entropy": "local-entropy answers it at d = rms(x*) + offset",
    "left-boundary": "franz-parisi answers it as a level of omega",
    "equilibrium": "franz-parisi answers it as D",
    "sample-maximum": "a number of n only, tested in closed form",
}
