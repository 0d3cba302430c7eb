"""What theory says for kinetic-energy: one function per solver, one call per point of its grid.

Each returns named values with their error bounds; nothing here knows of a simulation. `ASK` names the theories that
one may ask directly, with their parameters (see scripts/solve.py); `UNASKED` says of the others why not.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from atlas.meanfield import correlation as lags
from atlas.meanfield import discrete, expansion, paths
from atlas.meanfield import gradient as descent
from atlas.meanfield import potential as landscape
from atlas.meanfield.dimension import participation_ratios
from atlas.meanfield.lyapunov import lyapunov_max
from atlas.meanfield.stationary import StationaryDMFT, stationary
from atlas.questions import Answer, Question, number

Values = dict[str, Any]


def state_values(state: StationaryDMFT) -> Values:
    """The fields of a stationary state but its gain."""
    return {name: value for name, value in asdict(state).items() if name != "g"}


def dmft(p: Any, streams: Any) -> Values:
    """Stationary mean-field theory at g: delta0, gamma0, phi2, dphi_mean, kappa, delta_static, residual."""
    return state_values(stationary(p.g))


def near_critical(p: Any, streams: Any) -> Values:
    """Exact order parameters at g = 1 + eps beside their series; every value with its error bound.

    static_ratio = delta_static/delta0, gradient_ratio = Delta_T/delta0 at T = gamma0, energy = gamma0/2.
    """
    state = stationary(1.0 + p.eps)
    matched = descent.gradient_equilibrium(1.0 + p.eps, state.gamma0)
    exact = {
        "delta0": state.delta0,
        "gamma0": state.gamma0,
        "energy": state.gamma0 / 2,
        "delta_static": state.delta_static,
        "static_ratio": state.delta_static / state.delta0,
        "gradient_ratio": matched.delta_t / state.delta0,
    }
    series = {
        "delta0_series": float(expansion.delta0_series(p.eps)),
        "gamma0_leading": float(expansion.gamma0_series(p.eps, 1)),
        "gamma0_next": float(expansion.gamma0_series(p.eps, 2)),
        "gamma0_published": float(expansion.gamma0_published_series(p.eps)),
    }
    errors = {f"{name}_error": 1e-8 * value for name, value in exact.items()}  # bound of the solver near g = 1
    return exact | errors | series | {f"{name}_error": 0.0 for name in series}


def potential(p: Any, streams: Any) -> Values:
    """V(Delta; delta0 (1 + detune))/delta0² over ratio = Delta/delta0 in [0, 1]."""
    delta0 = stationary(p.g).delta0 * (1.0 + p.detune)
    ratio = np.linspace(0.0, 1.0, p.n_points)
    return {"ratio": ratio, "potential": landscape.potential(p.g, delta0, ratio * delta0).v_scaled}


def correlation(p: Any, streams: Any) -> Values:
    """Delta(tau), C_phi(tau) and Gamma(tau) over lags 0 ... t_lag."""
    curves = lags.correlation(p.g, np.linspace(0.0, p.t_lag, p.n_points))
    named = {name: getattr(curves, name) for name in ("tau", "delta", "c_phi", "gamma")}
    return {**named, "residual": curves.residual}


def euler_map(p: Any, streams: Any) -> Values:
    """Stationary state of the explicit Euler map: delta0, gamma0, and the published effective temperature.

    t_eff solves e_inc(T) = gamma0/2 with the increment formula (dossier, The published effective temperature).
    """
    state = discrete.euler_stationary(p.g, p.dt)
    values = {"delta0": state.delta0, "gamma0": state.gamma0, "residual": state.residual}
    return values | {"t_eff": effective_temperature(p.g, p.dt, state.gamma0 / 2)}


def increment_energy(g: float, temperature: float, dt: float) -> float:
    """e_inc = T dt + (dt²/2) T (1 + g² <phi'²>): half the mean squared Euler-Maruyama increment per neuron.

    First order in dt beyond the leading term; <|grad E|²> = T <laplacian E> holds in equilibrium.
    """
    from atlas.meanfield.gaussian import trapezoid_nodes

    equilibrium = descent.gradient_equilibrium(g, temperature)
    z, w = trapezoid_nodes(math.sqrt(equilibrium.delta_t))
    dphi = 1.0 - np.tanh(math.sqrt(equilibrium.delta_t) * z) ** 2
    return temperature * dt * (1.0 + dt * (1.0 + g * g * float(w @ dphi**2)) / 2.0)


def effective_temperature(g: float, dt: float, level: float) -> float:
    """T at which the increments' energy equals a level; nan where the level is zero (below the transition)."""
    from scipy.optimize import brentq

    if not level > 0:
        return math.nan
    return float(brentq(lambda T: increment_energy(g, T, dt) - level, level / dt / 4, level / dt, rtol=1e-10))


def gradient(p: Any, streams: Any) -> Values:
    """Equilibrium of the gradient dynamics at T: delta_t, phi2, energy = T/2, and its increment reading."""
    state = descent.gradient_equilibrium(p.g, p.temperature)
    values = {name: value for name, value in asdict(state).items() if name not in ("g", "temperature")}
    return values | {"increment": increment_energy(p.g, p.temperature, p.dt)}


def matched_gradient(p: Any, streams: Any) -> Values:
    """Delta_T/delta0 at the temperature that matches the energies, T = gamma0, and at the published reading of it.

    The published reading gives T = gamma0/(2 dt) to leading order (dossier, The published effective temperature).
    """
    state = stationary(p.g)
    matched = descent.gradient_equilibrium(p.g, state.gamma0)
    published = descent.gradient_equilibrium(p.g, state.gamma0 / (2 * p.dt))
    return {
        "delta_t": matched.delta_t,
        "variance_ratio": matched.delta_t / state.delta0,
        "variance_ratio_published": published.delta_t / state.delta0,
    }


def sample_paths(p: Any, streams: Any) -> Values:
    """Sample paths of the effective single neuron in the stationary state: times (T,), x (n_paths, T)."""
    times = np.arange(0.0, p.t_max + p.dt_shown / 2, p.dt_shown)
    drawn = paths.single_site_paths(p.g, p.dt_shown, len(times), p.n_paths, streams("paths"))
    return {"times": times, "x": drawn.x}


def ask_dmft(g: float) -> Answer:
    """The stationary chaotic state and its derived numbers at gain g."""
    state = stationary(g)
    exponent, ratios = lyapunov_max(g), participation_ratios(g)
    named = state_values(state)
    residual = max(named.pop("residual"), exponent.residual, ratios.residual)
    quantities = named | {
        "lyapunov_max": exponent.lyapunov_max,
        "half_life": lags.half_life(g),
        "pr_phi": ratios.pr_phi,
        "pr_x": ratios.pr_x,
    }
    return Answer(quantities, residual)


def ask_gradient(g: float, temperature: float | None) -> Answer:
    """Equilibrium of the gradient dynamics at gain g and a temperature (by default the gamma0 of g)."""
    temperature = stationary(g).gamma0 if temperature is None else temperature
    state = descent.gradient_equilibrium(g, temperature)
    quantities = {
        "temperature": temperature,
        "delta_t": state.delta_t,
        "phi2": state.phi2,
        "energy": state.energy,
    }
    return Answer(quantities, state.residual)


GAIN = number("g", "gain of the couplings", unit="1", low=0.0, high=10.0)
ASK = {
    "dmft": Question(ask_dmft, (GAIN,)),
    "gradient": Question(
        ask_gradient,
        (
            GAIN,
            number("temperature", "temperature of exp(-E/T)", unit="2 E/N", low=0.0, default="gamma0 of g"),
        ),
    ),
}
UNASKED = {
    "near-critical": "dmft answers at g = 1 + eps; the series beside it are closed forms",
    "euler-map": "a bias of the integrator at one step, not a state of the model",
    "matched-gradient": "gradient answers at its default temperature, gamma0 of g",
}
