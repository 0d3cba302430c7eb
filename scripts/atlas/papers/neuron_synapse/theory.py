"""What theory says for neuron-synapse: one function per solver, one call per point of its grid.

Each returns named values; nothing here knows of a simulation. `ASK` names the theories that one may ask directly;
`UNASKED` says of the others why not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from atlas.meanfield import plastic_annealed, plastic_measure, plastic_paths, plastic_static
from atlas.meanfield.lyapunov import lyapunov_max
from atlas.meanfield.stationary import stationary
from atlas.questions import Answer, Question, choice, number, whole_number

Values = dict[str, Any]
LAGS = (5.0, 10.0)  # at which a question about the dynamics is answered


def branch(p: Any, streams: Any) -> Values:
    """The non-zero fixed points of a rule, parametrised by q: q (n,), g (n,), g2M (n,)."""
    rule = plastic_static.rule_of(p.rule, p.k, p.theta)
    q = np.concatenate([np.geomspace(1e-4, 0.02, 8)[:-1], np.linspace(0.02, 0.97, p.n_points - 7)])
    g = plastic_static.branch(rule, q)
    inside = g > 0.0
    g2M = [g_ * g_ * plastic_static.susceptibility(q_, g_, rule) for q_, g_ in zip(q[inside], g[inside], strict=True)]
    return {"q": q[inside], "g": g[inside], "g2M": np.array(g2M)}


def static(p: Any, streams: Any) -> Values:
    """Number of non-zero fixed points at a gain, the smallest and the largest q with their g² M (nan: none)."""
    found = plastic_static.roots(p.g, plastic_static.rule_of(p.rule, p.k, p.theta))
    ends = (found[0], found[-1]) if found else (plastic_static.Root(math.nan, math.nan, 0.0),) * 2
    return {
        "count": float(len(found)),
        "q_low": ends[0].q,
        "q_high": ends[1].q,
        "g2M_low": ends[0].g2M,
        "g2M_high": ends[1].g2M,
        "residual": max((root.residual for root in found), default=0.0),
    }


def fold(p: Any, streams: Any) -> Values:
    """The smallest gain with a non-zero fixed point and its q."""
    found = plastic_static.fold(plastic_static.rule_of("hebbian", p.k))
    return {"g_fold": found.g_fold, "q_fold": found.q_fold, "residual": found.residual}


def silent_response(p: Any, streams: Any) -> Values:
    """chi = 1/(1 - g²) of the silent state, for every k."""
    return {"chi": 1.0 / ((1.0 - p.g) * (1.0 + p.g))}


def chaos(p: Any, streams: Any) -> Values:
    """The network without plasticity: q, gamma0 = <v²>, maximal Lyapunov exponent."""
    state, exponent = stationary(p.g), lyapunov_max(p.g)
    return {
        "q": state.phi2,
        "gamma0": state.gamma0,
        "lyapunov": exponent.lyapunov_max,
        "residual": max(state.residual, exponent.residual),
    }


def dmft(p: Any, streams: Any) -> Values:
    """Sampled dynamical mean-field theory: tau (L,), c_phi (L,), q, gamma0, with standard errors over batches."""
    how = plastic_paths.Sampling(p.batches, p.n_paths, p.dt)
    found = plastic_paths.sampled(p.g, p.k, p.p, streams("paths"), how)
    kept = found.tau <= p.t_lag + 1e-9
    return {
        "tau": found.tau[kept],
        "c_phi": found.c_phi[kept],
        "c_phi_error": found.c_phi_error[kept],
        "q": found.phi2,
        "q_error": found.phi2_error,
        "gamma0": found.gamma0,
        "gamma0_error": found.gamma0_error,
        "residual": found.residual,
    }


def measure(p: Any, streams: Any) -> Values:
    """The measure exp(-beta E): q, energy, stability of zero overlap (below 1: stable)."""
    found = plastic_measure.measure(p.g, p.k, p.beta)
    return {"q": found.q, "energy": found.energy, "stability": found.stability, "residual": found.residual}


def annealed(p: Any, streams: Any) -> Values:
    """Annealed potential over q: q (n,), sigma (n,), its largest value and where."""
    q = np.linspace(0.005, 0.97, p.n_points)
    sigma = [plastic_annealed.annealed(float(value), p.g, p.k).sigma for value in q]
    top = plastic_annealed.peak(p.g, p.k)
    return {"q": q, "sigma": np.array(sigma), "sigma_max": top.sigma_max, "q_at_max": top.q_at_max}


def ask_static(g: float, k: float, rule: str, theta: float) -> Answer:
    """All non-zero joint fixed points at gain g: q and g² M (above 1: unstable), smallest q first."""
    found = plastic_static.roots(g, plastic_static.rule_of(rule, k, theta))
    listed = [{"q": root.q, "g2M": root.g2M} for root in found]
    return Answer({"roots": listed}, max((root.residual for root in found), default=0.0))


def ask_fold(k: float) -> Answer:
    """The fold of the Hebbian branch: smallest gain with a non-zero fixed point (1 at q = 0 where there is no fold)."""
    found = plastic_static.fold(plastic_static.rule_of("hebbian", k))
    return Answer({"g_fold": found.g_fold, "q_fold": found.q_fold}, found.residual)


def ask_annealed(g: float, k: float) -> Answer:
    """Largest value over q of the annealed potential of fixed points, and where."""
    found = plastic_annealed.peak(g, k)
    return Answer({"sigma_max": found.sigma_max, "q_at_max": found.q_at_max}, found.residual)


def ask_dmft(g: float, k: float, p: float, dt: float, seed: int) -> Answer:
    """Sampled dynamical mean-field theory: phi2 and C_phi at lags 5 and 10 with standard errors over batches."""
    found = plastic_paths.sampled(g, k, p, np.random.default_rng(seed), plastic_paths.Sampling(dt=dt))
    at = [float(np.interp(lag, found.tau, found.c_phi)) for lag in LAGS]
    errors = [float(np.interp(lag, found.tau, found.c_phi_error)) for lag in LAGS]
    quantities = {"phi2": found.phi2, "phi2_error": found.phi2_error, "c_phi": at, "c_phi_error": errors}
    return Answer(quantities, found.residual)


GAIN = number("g", "gain of the quenched couplings", low=0.0, high=10.0, open_low=True)
STRENGTH = number("k", "strength of the plasticity", low=-10.0, high=10.0)
ASK = {
    "static": Question(
        ask_static,
        (
            GAIN,
            STRENGTH,
            choice("rule", "rule of plasticity", plastic_static.RULES, "hebbian"),
            number("theta", "threshold of the homeostatic rule", low=0.0, high=1.0, open_low=True, default=0.5),
        ),
    ),
    "fold": Question(ask_fold, (STRENGTH,)),
    "annealed": Question(ask_annealed, (GAIN, STRENGTH)),
    "dmft": Question(
        ask_dmft,
        (
            GAIN,
            STRENGTH,
            number("p", "time constant of the synapses", unit="tau", low=0.0, high=100.0, open_low=True, default=2.5),
            number("dt", "step of the times", unit="tau", low=0.01, high=1.0, default=0.1),
            whole_number("seed", "seed of the paths", low=0, high=2**63 - 1, default=0),
        ),
    ),
}
UNASKED = {
    "silent-response": "a closed form, 1/(1 - g²)",
    "chaos": "the dmft of kinetic-energy answers it: the same network without plasticity",
    "measure": "a temperature at which chains are compared (N11), not a state of the network",
}
