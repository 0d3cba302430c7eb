"""What theory says for reconstruction: one function per solver, one call per point of its grid.

Each returns named values with their error bounds; nothing here knows of a simulation. `ASK` names the theories that
one may ask directly.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from atlas.meanfield import mismatch as copies
from atlas.meanfield import two_replica as pair
from atlas.meanfield.lyapunov import lyapunov_max
from atlas.meanfield.stationary import stationary
from atlas.questions import Answer, Question, array, number

Values = dict[str, Any]
SMALLEST_STEP, STEPS = 0.05, 400  # of the coarsest map behind an extrapolated answer: its step and largest number
LONGEST = 150.0  # time that one may ask for


def flow_and_map(g: float, eta: Any, dt: float, t_max: float) -> tuple[pair.TwoReplica, pair.TwoReplica]:
    """The flow, and the map at dt, over 0 ... t_max; the flow from the maps at 2 dt, dt, dt/2."""
    flow, maps = pair.extrapolated(g, eta, 2 * dt, math.ceil(t_max / (2 * dt) - 1e-9))
    return flow, maps[1]


def two_replica(p: Any, streams: Any) -> Values:
    """times (T,) at steps of 2 dt, distance and variance (T,) of the flow, the same of the map at dt, residual."""
    flow, at_dt = flow_and_map(p.g, p.eta, p.dt, p.t_max)
    return {
        "times": flow.times,
        "distance": flow.distance[0],
        "variance": flow.variance,
        "distance_map": at_dt.distance[0, ::2],
        "variance_map": at_dt.variance[::2],
        "residual": flow.residual,
    }


def two_replica_range(p: Any, streams: Any) -> Values:
    """eta (K,) evenly spaced in its logarithm; times (T,), distance (K, T), variance (T,) of the flow; map at dt."""
    eta = np.geomspace(p.eta_low, p.eta_high, p.n_eta)
    eta[-1] = p.eta_high  # geomspace may end a rounding above 1
    flow, at_dt = flow_and_map(p.g, eta, p.dt, p.t_max)
    return {
        "eta": eta,
        "times": flow.times,
        "distance": flow.distance,
        "distance_map": at_dt.distance[:, ::2],
        "variance": flow.variance,
        "residual": flow.residual,
    }


def exponents(p: Any, streams: Any) -> Values:
    """The stationary state and its exponents at g: delta0, phi2, lyapunov_max, lambda_mismatch at the step dt, q0."""
    state, classical = stationary(p.g), lyapunov_max(p.g)
    found = copies.mismatch_exponent(p.g, p.dt)
    return {
        "delta0": state.delta0,
        "phi2": state.phi2,
        "lyapunov_max": classical.lyapunov_max,
        "lambda_mismatch": found.lambda_mismatch,
        "mismatch_per_step": found.lambda_mismatch * p.dt,
        "q0": found.q0,
        "residual": max(state.residual, classical.residual),
    }


def ask_two_replica(g: float, eta: float, dt: float, times: Any) -> Answer:
    """Distance to an imperfect copy from a common start x(0) ~ N(0, 1), and variance <x²>, at given times."""
    from scipy.interpolate import CubicSpline

    wanted = np.atleast_1d(np.asarray(times, dtype=float))
    if wanted.ndim != 1 or not wanted.size or wanted.min() < 0.0 or wanted.max() > LONGEST:
        raise ValueError(f"times: got {wanted.tolist()}; allowed: a list of numbers from 0 to {LONGEST:g}")
    t_max = max(float(wanted.max()), 1.0)
    if dt == 0.0:
        step = max(SMALLEST_STEP, t_max / STEPS)
        found = pair.extrapolated(g, eta, step, math.ceil(t_max / step - 1e-9))[0]
    else:
        found = pair.two_replica(g, eta, dt, math.ceil(t_max / dt - 1e-9))
    # times off the grid of the map are read off a cubic spline through it
    curves = (CubicSpline(found.times, curve)(wanted) for curve in (found.distance[0], found.variance))
    distance, variance = ([float(value) for value in curve] for curve in curves)
    return Answer({"distance": distance, "variance": variance}, found.residual)


def ask_mismatch(g: float, dt: float) -> Answer:
    """Growth rate of the distance to an imperfect copy that is put back after every step dt."""
    found = copies.mismatch_exponent(g, dt)
    return Answer({"lambda_mismatch": found.lambda_mismatch}, found.residual)


GAIN = number("g", "gain of the couplings", unit="1", low=0.0, high=10.0)
ASK = {
    "two-replica": Question(
        ask_two_replica,
        (
            GAIN,
            number("eta", "relative error of the copy's couplings", unit="1", low=0.0, high=1.0),
            number("dt", "step of the Euler map; 0: extrapolated to zero", unit="tau", low=0.0, high=1.0, default=0.05),
            array("times", "times since the common start", unit="tau"),
        ),
    ),
    "mismatch": Question(
        ask_mismatch,
        (
            GAIN,
            number("dt", "step of the Euler map", unit="tau", low=0.0, high=1.0, open_low=True, default=0.01),
        ),
    ),
}
UNASKED = {"exponents": "mismatch answers the one exponent, the dmft of kinetic-energy the other"}
