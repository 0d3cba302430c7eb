"""What is simulated for equilibrium-measure: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values: plain
averages of this one network. Streams: `couplings` draws J, `states` the initial states, `noise` all later noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.dynamics import couplings, hmc, observers, rate
from atlas.dynamics.noisy_rate import noisy_run
from atlas.dynamics.overlaps import Overlaps
from atlas.dynamics.schemes import steps

Values = dict[str, Any]
HOT, COOLING_STAGES = 1.0, 12  # temperature at which chains start from N(0, 1), and the steps down from it
PUSHES = (0.0, 5.0)  # times at which the noisy network is pushed, tau


def network(p: Any, streams: Any, dtype: str) -> np.ndarray:
    """Couplings J (N, N) of one network."""
    J: np.ndarray = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, gamma=p.gamma, dtype=dtype)
    return J


def traces(p: Any, streams: Any) -> Values:
    """Activities x_i(t) of some neurons from x(0) uniform in (-1, 1), explicit Euler: times (T,), x (T, n_shown)."""
    J = network(p, streams, "float32")
    x = streams("states").uniform(-1, 1, (p.n_units, 1)).astype(np.float32)
    shown = observers.Traces(range(p.n_shown))
    rate.integrate(x, J, p.dt, steps(p.t_max, p.dt) + 1, method="euler", observe=[shown])
    return {"times": shown.steps * p.dt, "x": np.asarray(shown.values[:, :, 0], float)}


def activity(p: Any, streams: Any) -> Values:
    """Mean x² at late times from x(0) uniform in (-1, 1), Runge-Kutta: x2."""
    J = network(p, streams, "float64")
    x = streams("states").uniform(-1, 1, (p.n_units, 1))
    rate.integrate(x, J, p.dt, steps(p.t_transient, p.dt), method="rk4")
    moments = observers.Moments()
    every = max(1, steps(0.5, p.dt))
    rate.integrate(x, J, p.dt, steps(p.t_measure, p.dt), method="rk4", observe=[moments], every=every)
    return {"x2": float(moments.x2.mean())}


def small_couplings(rng: np.random.Generator, leading: float) -> np.ndarray:
    """Gaussian couplings of three neurons, scaled so that the leading eigenvalue is real and has this value."""
    while True:
        J = rng.standard_normal((3, 3))
        values = np.linalg.eigvals(J)
        top = values[np.argmax(values.real)]
        if abs(top.imag) < 1e-12 and top.real > 0.2:
            return np.ascontiguousarray(J * (leading / top.real))


def orbits(p: Any, streams: Any) -> Values:
    """Three neurons from several states, in mirror pairs: times (T,), x (T, 3, S), energy (T, S) with E = |v|²/2."""
    J = small_couplings(streams("couplings"), p.leading)
    half = streams("states").uniform(-1, 1, (3, (p.n_states + 1) // 2))
    x = np.ascontiguousarray(np.concatenate([half, -half], axis=1)[:, : p.n_states])
    shown, series = observers.Traces(), observers.Series()
    rate.integrate(x, J, p.dt, steps(p.t_max, p.dt) + 1, method="euler", observe=[shown, series])
    return {"times": shown.steps * p.dt, "x": np.asarray(shown.values, float), "energy": 1.5 * series.v2}


def chains(p: Any, streams: Any) -> Values:
    """Hybrid Monte Carlo of exp(-beta E): x2, q = <phi²>, rho = sqrt(beta) r, energy = E/N, overlap = Q,
    cross = sqrt(beta) R (between independent chains of one network), acceptance.
    """
    J = network(p, streams, "float64")
    x = couplings.gaussian_states(streams("states"), p.n_units, p.n_chains, dtype="float64")
    noise = streams("noise")
    moments, overlaps = observers.Moments(), Overlaps(1.0 / p.beta)
    how: dict[str, Any] = {"step": p.leapfrog_step, "n_leapfrog": p.leapfrog_steps}
    # From N(0, 1) the energy, and the leapfrog's error with it, is far above T: without stages moves are rejected.
    for temperature in np.geomspace(max(HOT, 1.0 / p.beta), 1.0 / p.beta, COOLING_STAGES):
        hmc.sample(x, J, float(temperature), noise, n_burn=p.burn_in // (2 * COOLING_STAGES), n_samples=0, **how)
    result = hmc.sample(
        x, J, 1.0 / p.beta, noise, n_burn=p.burn_in // 2, n_samples=p.samples, observe=[moments, overlaps], **how
    )
    return {
        "x2": float(moments.x2.mean()),
        "q": float(moments.phi2.mean()),
        "rho": float(overlaps.response.mean()),
        "energy": float(result.energy.mean()) / p.n_units,
        "overlap": overlaps.overlap,
        "cross": overlaps.cross,
        "acceptance": float(result.acceptance.mean()),
    }


def noisy(p: Any, streams: Any) -> Values:
    """The noisy network from x(0) uniform in (0, 1): times, mean = <x>, equal = <phi²>, response (two pushes, T)."""
    J = network(p, streams, "float32")
    x = streams("states").uniform(0, 1, p.n_units).astype(np.float32)
    pushes = [steps(time, p.dt) for time in PUSHES]
    run = noisy_run(x, J, p.sigma, p.dt, steps(p.t_max, p.dt) + 1, pushes, streams("noise"))
    times = np.arange(len(run.mean)) * p.dt
    return {"times": times, "mean": run.mean, "equal": run.equal, "response": run.response}
