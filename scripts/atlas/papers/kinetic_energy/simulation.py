"""What is simulated for kinetic-energy: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values: plain
averages of this one network. Averages over networks, and every theory, come later and elsewhere.
Streams: `couplings` draws J, `states` the initial states x_i(0) ~ N(0, 1), `noise` the thermal noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.dynamics import couplings, gradient, hmc, observers, rate
from atlas.dynamics.schemes import Observer, steps

Values = dict[str, Any]
OBSERVED_EVERY = 0.5  # tau between observations of slow averages; the fastest correlation time is of order tau
COUNTED_EVERY = 1.0  # tau between counts of activities


def network(p: Any, streams: Any, n_states: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Couplings J (N, N) and initial states x (N, n_states) of one network."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, dtype=dtype)
    return J, couplings.gaussian_states(streams("states"), p.n_units, n_states, dtype=dtype)


def stationary(p: Any, streams: Any) -> Values:
    """Stationary averages over time and initial states: gamma0 = <v²>, delta0 = <x²>, <x⁴>, <phi²>, speed, counts.

    `speed` is <|v|>/√N, the rate of arc length; `gamma0_of_states` and `delta0_of_states` keep the states apart.
    """
    J, x = network(p, streams, p.n_states, p.precision)
    transient = steps(p.t_transient, p.dt)
    rate.integrate(x, J, p.dt, transient, method=p.integrator)
    moments, counts = observers.Moments(), observers.Histogram(-p.x_max, p.x_max, p.bins)
    every = max(1, steps(OBSERVED_EVERY, p.dt))
    counted = observers.thinned(counts, every * max(1, steps(COUNTED_EVERY, p.dt) // every))
    rate.integrate(x, J, p.dt, steps(p.t_measure, p.dt), method=p.integrator, observe=[moments, counted], every=every)
    return {
        "gamma0": moments.v2.mean(),
        "delta0": moments.x2.mean(),
        "x4": moments.x4.mean(),
        "phi2": moments.phi2.mean(),
        "speed": moments.speed.mean(),
        "gamma0_of_states": moments.v2,
        "delta0_of_states": moments.x2,
        "edges": counts.edges,
        "counts": counts.counts.sum(axis=0),
        "outside": float(counts.below.sum() + counts.above.sum()),
    }


def traces(p: Any, streams: Any) -> Values:
    """Activities x_i(t) of the first neurons from x(0) ~ N(0, 1): times (T,), x (T, n_shown)."""
    J, x = network(p, streams, 1, p.precision)
    shown = observers.Traces(range(p.n_shown))
    every = max(1, steps(0.2, p.dt))
    rate.integrate(x, J, p.dt, steps(p.t_max, p.dt) + 1, method=p.integrator, observe=[shown], every=every)
    return {"times": shown.steps * p.dt, "x": np.asarray(shown.values[:, :, 0], float)}


def arc_length(p: Any, streams: Any) -> Values:
    """Arc length s(t) = ∫|v|/√N dt from x(0) ~ N(0, 1), its rate at late times, and v²(t) of one state at late times.

    times (T,), arc (T,) (mean over states), rate (late part), gamma0 = late <v²>, late_times and late_v2 (state 0).
    """
    J, x = network(p, streams, p.n_states, p.precision)
    series = observers.Series()
    total = steps(p.t_transient + p.t_measure, p.dt)
    rate.integrate(x, J, p.dt, total, method=p.integrator, observe=[series])
    speed = np.sqrt(series.v2).mean(axis=1)
    arc = np.concatenate([[0.0], np.cumsum(speed) * p.dt])
    late = steps(p.t_transient, p.dt)
    every = max(1, steps(1.0, p.dt))
    return {
        "times": np.arange(total + 1)[::every] * p.dt,
        "arc": arc[::every],
        "rate": (arc[-1] - arc[late]) / ((total - late) * p.dt),
        "gamma0": series.v2[late:].mean(),
        "late_times": series.steps[late:] * p.dt,
        "late_v2": series.v2[late:, 0],
    }


def autocovariance(p: Any, streams: Any) -> Values:
    """Autocovariances over units, states and times: lags (L,), delta = <x x(tau)>, gamma = <v v(tau)>."""
    J, x = network(p, streams, p.n_states, p.precision)
    rate.integrate(x, J, p.dt, steps(p.t_transient, p.dt), method=p.integrator)
    currents, velocities = observers.Traces(field="x"), observers.Traces(field="v")
    every = max(1, steps(OBSERVED_EVERY, p.dt) // 2)
    watch: list[Observer] = [currents, velocities]
    rate.integrate(x, J, p.dt, steps(p.t_measure, p.dt), method=p.integrator, observe=watch, every=every)
    n_lags = steps(p.t_lag, every * p.dt) + 1
    return {
        "lags": np.arange(n_lags) * every * p.dt,
        "delta": observers.autocovariance(currents.values, n_lags).mean(axis=1),
        "gamma": observers.autocovariance(velocities.values, n_lags).mean(axis=1),
    }


def langevin(p: Any, streams: Any) -> Values:
    """Gradient dynamics of E at temperature T from x(0) ~ N(0, 1), averaged in consecutive windows of time.

    window_ends (W,), and per window: delta (<x²>), energy (E/N = <v²>/2), increment (½<dx²> per neuron: the
    published reading of the energy); counts of x in the last window.
    """
    J, x = network(p, streams, p.n_states, p.precision)
    run = gradient.Langevin(x, J, p.temperature, p.dt, streams("noise"), method=p.scheme, fixed=True)
    per_window, every = steps(p.t_window, p.dt), max(1, steps(OBSERVED_EVERY, p.dt))
    rows = []
    for _ in range(p.windows):
        moments, increments = observers.Moments(), gradient.IncrementEnergy()
        counts = observers.Histogram(-p.x_max, p.x_max, p.bins)
        counted = observers.thinned(counts, every * 2)
        run.run(per_window, observe=[moments, counted], every=every, increments=[increments])
        rows.append([moments.x2.mean(), moments.v2.mean() / 2, increments.values.mean()])
    delta, energy, increment = np.array(rows).T
    return {
        "window_ends": np.arange(1, p.windows + 1) * per_window * p.dt,
        "delta": delta,
        "energy": energy,
        "increment": increment,
        "edges": counts.edges,
        "counts": counts.counts.sum(axis=0),
    }


def angles_to(centre: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Angle in degrees of each row of states (M, N) to a centre (N,)."""
    cosine = states @ centre / (np.linalg.norm(states, axis=1) * np.linalg.norm(centre))
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def pair(p: Any, streams: Any) -> Values:
    """The network and its gradient dynamics from the same x(0) with the same J, by the published protocol.

    Snapshots of phi(x) one interval apart. For each run (`rnn`, `gradient`): psi (M,) angle of each snapshot to the
    run's own mean phi; radius (M,) = |phi|; delta (<x²>), energy (E/N), counts of x. Between the runs: theta (K,) for
    the first `theta_m` (K,) snapshots. psi_rnn_half: angles
    """
    J, start = network(p, streams, 1, "float32")
    every, transient = steps(p.snapshot_interval, p.dt), steps(p.t_transient, p.dt)
    values: Values = {}
    states = {}
    for name in ("rnn", "gradient"):
        x = start.copy()
        moments, shots = observers.Moments(), observers.Traces(field="phi")
        counts = observers.Histogram(-p.x_max, p.x_max, p.bins)
        watch: list[Observer] = [moments, shots, counts]
        if name == "rnn":
            rate.integrate(x, J, p.dt, transient, method="euler")
            rate.integrate(x, J, p.dt, p.snapshots * every, method="euler", observe=watch, every=every)
        else:
            run = gradient.Langevin(x, J, p.temperature, p.dt, streams("noise"), method="euler-maruyama")
            run.run(-(-transient // every) * every)
            run.run(p.snapshots * every, observe=watch, every=every)
        states[name] = np.asarray(shots.values[:, :, 0], dtype=np.float32)
        values |= {
            f"delta_{name}": moments.x2.mean(),
            f"energy_{name}": moments.v2.mean() / 2,
            f"psi_{name}": angles_to(states[name].mean(axis=0), states[name]),
            f"radius_{name}": np.linalg.norm(states[name], axis=1).astype(float),
            f"counts_{name}": counts.counts.sum(axis=0),
            "edges": counts.edges,
        }
    return values | between(states["rnn"], states["gradient"])


def between(rnn: np.ndarray, descent: np.ndarray) -> Values:
    """Angle theta between the two mean activities, for growing numbers of snapshots, and within the network's run."""
    numbers = np.unique(np.geomspace(min(20, len(rnn)), len(rnn), 12).astype(int))
    sums_a, sums_b = (np.cumsum(run, axis=0, dtype=np.float64)[numbers - 1] for run in (rnn, descent))
    theta = [angles_to(a, b[None])[0] for a, b in zip(sums_a, sums_b, strict=True)]
    half = len(rnn) // 2
    itself = angles_to(descent[::2].mean(axis=0), descent[1::2].mean(axis=0)[None])[0]
    return {
        "theta_gradient_itself": float(itself),
        "theta_m": numbers.astype(float),
        "theta": np.array(theta),
        "psi_rnn_first": angles_to(rnn[:half].mean(axis=0), rnn[:half]),
        "psi_rnn_second": angles_to(rnn[half:].mean(axis=0), rnn[half:]),
    }


def monte_carlo(p: Any, streams: Any) -> Values:
    """Hybrid Monte Carlo of exp(-E/T): energy (E/N), delta (<x²>), acceptance, averaged over chains and samples."""
    J, x = network(p, streams, p.n_chains, "float64")
    moments = observers.Moments()
    result = hmc.sample(
        x,
        J,
        p.temperature,
        streams("noise"),
        step=p.leapfrog_step,
        n_leapfrog=p.leapfrog_steps,
        n_burn=p.burn_in,
        n_samples=p.samples,
        observe=[moments],
    )
    return {
        "energy": result.energy.mean() / p.n_units,
        "delta": moments.x2.mean(),
        "acceptance": result.acceptance.mean(),
    }
