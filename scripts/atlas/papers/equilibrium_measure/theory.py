"""What theory says for equilibrium-measure: one function per solver, one call per point of its grid.

Each returns named values; nothing here knows of a simulation. `ASK` names the theories that one may ask directly.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from atlas.meanfield import null_phase as linear
from atlas.meanfield import replica_measure as rs
from atlas.meanfield.errors import NotConverged
from atlas.meanfield.gaussian import tanh_averages
from atlas.meanfield.static_cavity import static_cavity as cavity
from atlas.meanfield.stationary import delta_static
from atlas.meanfield.two_time import two_time as paths_of
from atlas.meanfield.zero_temperature import zero_temperature as cold
from atlas.papers.equilibrium_measure.protocol import published_run
from atlas.questions import Answer, Question, number

Values = dict[str, Any]
NAMES = ("q", "Q", "r", "R", "qhat", "Qhat", "x2", "energy")
PUSHES = (0.0, 5.0)  # times at which the response is compared, tau


def order_parameters(state: rs.ReplicaMeasure) -> Values:
    """The order parameters, rho = sqrt(beta) r, beta_q, twice the energy over T, stability, residual."""
    values = {name: float(value) for name, value in asdict(state).items() if name in (*NAMES, "stability", "residual")}
    return values | {
        "rho": math.sqrt(state.beta) * state.r,
        "beta_q": state.beta * state.q,
        "beta_x2": state.beta * state.x2,
        "energy_over_half_t": 2.0 * state.beta * state.energy,
        "sigma_xphi": (state.r - state.R)
        * (1.0 + state.beta * state.g**2 * (state.q - state.Q) * (1.0 + state.gamma))
        / math.sqrt(state.beta),
    }


def replica(p: Any, streams: Any) -> Values:
    """The symmetric replica solution at (g, gamma, beta)."""
    return order_parameters(rs.symmetric_solution(p.g, p.gamma, beta=p.beta))


def replica_from_overlap(p: Any, streams: Any) -> Values:
    """All six equations from a start with Q/q = R/r = ratio; nan where the residual stays above its tolerance."""
    try:
        return order_parameters(rs.full_solution(p.g, p.gamma, p.beta, ratio=p.ratio))
    except NotConverged as error:
        own = order_parameters(rs.symmetric_solution(p.g, p.gamma, beta=p.beta))
        return dict.fromkeys(own, math.nan) | {"stability": own["stability"], "residual": error.residual}


def replica_on_line(p: Any, streams: Any) -> Values:
    """The symmetric replica solution on the line g = 1/(1 + gamma)."""
    return order_parameters(rs.symmetric_solution(linear.critical_gain(p.gamma), p.gamma, beta=p.beta))


def null_phase(p: Any, streams: Any) -> Values:
    """Below the line by eps: rho, chi = beta q in closed form, chi eps; beta q by replica theory at beta = 1e8."""
    g = linear.critical_gain(p.gamma) - p.eps
    null = linear.null_phase(g, p.gamma)
    state = rs.symmetric_solution(g, p.gamma, beta=1e8)
    return {
        "g": g,
        "rho": null.rho,
        "rho_eps": null.rho * p.eps,
        "chi": null.beta_q,
        "chi_eps": null.beta_q * p.eps,
        "beta_q": 1e8 * state.q,
    }


def static_limit(p: Any, streams: Any) -> Values:
    """T -> 0 at gamma = 0, g = 1 + eps: q = <phi²> of the static line, q/eps, the same with q at twice the distance."""
    q, off = (tanh_averages(delta_static(1.0 + eps)).phi2 for eps in (p.eps, 2.0 * p.eps))
    return {"q": q, "q_over_eps": q / p.eps, "q_over_eps_detuned": off / p.eps}


def static_cavity(p: Any, streams: Any) -> Values:
    """Time-independent mean-field solution: C, R (integrated response), stability."""
    state = cavity(p.g, p.gamma)
    return {"C": state.C, "R": state.R, "stability": state.stability, "residual": state.residual}


def zero_temperature(p: Any, streams: Any) -> Values:
    """The single-state solution at T = 0: q, chi, rtilde, minus_xi (nan above the line)."""
    state = cold(p.g, p.gamma)
    return {"q": state.q, "chi": state.chi, "rtilde": state.rtilde, "minus_xi": state.minus_xi}


def iteration(p: Any, streams: Any) -> Values:
    """Damped iteration of the six equations by quadrature from q = 1e-6, Q = 1e-7: steps, q, Q."""
    model = rs.Model(p.g, p.gamma, p.beta)
    u = np.array([1e-6, 1e-7, 0.0, 0.0, 0.0, 0.0])
    path = [u[:2]]
    for _ in range(p.n_steps):
        u = p.damping * u + (1.0 - p.damping) * rs.saddle_map(model, u)
        path.append(u[:2])
    q, Q = np.array(path).T
    return {"steps": np.arange(p.n_steps + 1.0), "q": q, "Q": Q}


def published(p: Any, streams: Any) -> Values:
    """The published Monte-Carlo iteration: steps, q, Q, r, R (repeats, steps + 1), stop (repeats,)."""
    rng = streams("samples")
    runs = [
        published_run(p.g, p.gamma, p.beta, p.n_steps, p.n_fields, p.n_proposals, p.damping, rng)
        for _ in range(p.repeats)
    ]
    values: Values = {name: np.array([getattr(run, name) for run in runs]) for name in ("q", "Q", "r", "R")}
    return values | {"steps": np.arange(p.n_steps + 1.0), "stop": np.array([float(run.stop) for run in runs])}


def two_time(p: Any, streams: Any) -> Values:
    """Two-time mean-field theory of the noisy network, mean over repeats: times, mean, equal, their standard errors,
    response to two pushes (2, T) and its error.
    """
    n_steps = round(p.t_max / p.dt) + 1
    start = (np.arange(p.n_paths) + 0.5) / p.n_paths  # uniform in (0, 1), evenly
    runs, rng = [], streams("paths")
    for _ in range(p.repeats):
        state = paths_of(p.g, p.gamma, p.sigma, p.dt, n_steps, start, rng)
        runs.append((state.mean, state.equal, *(state.R[:, round(time / p.dt)] for time in PUSHES)))
    values = np.array(runs)
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(p.repeats)
    return {
        "times": state.times,
        "mean": mean[0],
        "mean_error": error[0],
        "equal": mean[1],
        "equal_error": error[1],
        "response": mean[2:],
        "response_error": error[2:],
    }


def ask_replica(g: float, gamma: float, beta: float) -> Answer:
    """The attracting replica-symmetric saddle point of the measure exp(-beta E)."""
    state = rs.replica_solution(g, gamma, beta=beta)
    return Answer({name: getattr(state, name) for name in NAMES}, state.residual)


def ask_null_phase(g: float, gamma: float) -> Answer:
    """Response and scaled fluctuation below the transition line, in closed form."""
    state = linear.null_phase(g, gamma)
    quantities = {"rho": state.rho, "beta_q": state.beta_q, "g_critical": state.g_critical}
    return Answer(quantities, abs(state.rho * (1.0 - gamma * g * g * state.rho) - 1.0))


GAIN = number("g", "gain of the couplings", low=0.0, high=10.0)
SYMMETRY = number("gamma", "symmetry of the couplings", low=-1.0, high=1.0, default=0.0)
ASK = {
    "replica": Question(
        ask_replica,
        (GAIN, SYMMETRY, number("beta", "inverse temperature", unit="N/E", low=0.0, high=1e12, open_low=True)),
    ),
    "null-phase": Question(ask_null_phase, (GAIN, number("gamma", "symmetry of the couplings", low=-1.0, high=1.0))),
}
UNASKED = {
    "replica-from-overlap": "the same equations as replica, from another start",
    "replica-on-line": "replica answers it at g = 1/(1 + gamma)",
    "static-limit": "replica answers it at large beta",
    "static-cavity": "another closure, compared with replica in F4 and F6",
    "zero-temperature": "null-phase answers it: the branch exists below the line only",
}
