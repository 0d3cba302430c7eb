"""What is simulated for neuron-synapse: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values: plain
averages of this one network. Streams: `couplings` draws J, `states` the initial states, `tangent` the tangent vector,
`noise` all later noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.dynamics import couplings, observers, plastic_langevin
from atlas.dynamics.plastic_network import PlasticNetwork
from atlas.dynamics.plasticity_rules import pair_of
from atlas.dynamics.resolvent import response_trace
from atlas.dynamics.schemes import steps

Values = dict[str, Any]
STRONG, WEAK = 4.0, 0.3  # standard deviations of x(0)
KICK = 0.01  # standard deviation of the push at each gain of a sweep: the silent state is exactly still
ALIVE = 0.01  # q above which a run counts as active; silent runs end below 1e-4
OBSERVED_EVERY = 0.5  # tau between observed states


def network(p: Any, streams: Any, g: float, rule: str = "hebbian", theta: float = 0.5) -> PlasticNetwork:
    """A network with couplings of gain g, started strongly active with its synapses at their fixed point for it."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, g, self_coupling=False, dtype=p.precision)
    x = couplings.gaussian_states(streams("states"), p.n_units, 1, scale=STRONG, dtype=p.precision)[:, 0]
    net = PlasticNetwork(J, x, pair_of(rule, p.k, theta), p=p.p, dt=p.dt)
    net.align()
    return net


def started(p: Any, streams: Any) -> PlasticNetwork:
    """A network with the start and the rule of the point; weak: the same draw of x scaled down, A = 0."""
    net = network(p, streams, p.g, p.rule, p.theta)
    if p.start == "weak":
        net.x *= net.x.dtype.type(WEAK / STRONG)
        net.A[:] = 0.0
    return net


def joint(p: Any, streams: Any) -> Values:
    """Neurons and synapses with a tangent vector: q = <phi²>, gamma0 = <v²>, lyapunov, all over the measured time;
    q_late: over its last fifth.
    """
    net = started(p, streams)
    net.start_tangent(streams("tangent"))
    block = max(1, steps(p.t_norm, p.dt))
    net.run_tangent(max(1, steps(p.t_transient, p.dt) // block), block)
    rates = net.run_tangent(max(1, steps(p.t_measure, p.dt) // block), block)
    late = net.activity[-max(1, len(net.activity) // 5) :]
    return {
        "q": float(net.activity.mean()),
        "q_late": float(late.mean()),
        "gamma0": float(net.speed.mean()),
        "lyapunov": float(rates.mean()),
    }


def watched(net: PlasticNetwork, n_observed: int, every: int) -> np.ndarray:
    """x at n_observed times, `every` steps apart, (n_observed, N)."""
    rows = []
    for _ in range(n_observed):
        rows.append(net.x.copy())
        net.run(every)
    return np.array(rows)


def traces(p: Any, streams: Any) -> Values:
    """Activities x_i(t) of the first neurons after a transient: times (T,), x (T, n_shown)."""
    net = started(p, streams)
    net.run(steps(p.t_transient, p.dt))
    every = max(1, steps(OBSERVED_EVERY, p.dt))
    x = watched(net, steps(p.t_max, every * p.dt) + 1, every)
    return {"times": np.arange(len(x)) * every * p.dt, "x": np.asarray(x[:, : p.n_shown], float)}


def autocorrelation(p: Any, streams: Any) -> Values:
    """C_phi over units and times: lags (L,), c_phi (L,); q = C_phi(0), gamma0."""
    net = network(p, streams, p.g, p.rule, p.theta)
    net.run(steps(p.t_transient, p.dt))
    every = max(1, steps(OBSERVED_EVERY, p.dt))
    phi = np.tanh(watched(net, steps(p.t_measure, every * p.dt), every))
    n_lags = steps(p.t_lag, every * p.dt) + 1
    c_phi = observers.autocovariance(phi[:, :, None], n_lags)[:, 0]
    return {"lags": np.arange(n_lags) * every * p.dt, "c_phi": c_phi, "q": float(c_phi[0])}


def hysteresis(p: Any, streams: Any) -> Values:
    """q at slowly raised (from the silent state) and then lowered gains: gains (G,), q_up (G,), q_down (G,)."""
    gains = np.linspace(p.g_low, p.g_high, round((p.g_high - p.g_low) / p.g_step) + 1)
    net = network(p, streams, 1.0)
    unit = net.J.copy()
    net.x[:] = 0.0
    net.A[:] = 0.0
    noise = streams("noise")
    held = max(2, steps(p.t_hold, p.dt))

    def hold(g: float) -> float:
        np.multiply(unit, unit.dtype.type(g), out=net.J)
        net.x += KICK * noise.standard_normal(net.x.shape, dtype=np.float32)
        net.run(held)
        return float(net.activity[held // 2 :].mean())

    up = [hold(float(g)) for g in gains]
    down = [hold(float(g)) for g in gains[::-1]]
    return {"gains": gains, "q_up": np.array(up), "q_down": np.array(down[::-1])}


def survives(p: Any, streams: Any, g: float) -> bool:
    """Whether the strong start is still active at the end of a run (couplings of the same draw at every gain)."""
    net = network(p, streams, g)
    net.run(steps(p.t_run, p.dt))
    return bool(net.activity[-max(1, len(net.activity) // 5) :].mean() > ALIVE)


def onset(p: Any, streams: Any) -> Values:
    """Smallest gain at which the strong start survives, by halving: g_onset, the middle of the last interval."""
    low, high = p.g_low, p.g_high
    for _ in range(p.halvings):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if survives(p, streams, middle) else (middle, high)
    return {"g_onset": 0.5 * (low + high)}


def freezing(p: Any, streams: Any) -> Values:
    """Speed |v|/√N against time, the synapses stopped at time 0: times (T,), speed (T,).

    final_speed, before_speed: rms over the last fifth of the time after and over the time before; q after.
    """
    net = started(p, streams)
    net.run(steps(p.t_transient, p.dt))
    net.run(steps(p.t_before, p.dt))
    before = net.speed
    net.freeze()
    net.run(steps(p.t_after, p.dt))
    speed = np.sqrt(np.concatenate([before, net.speed]))
    every = max(1, steps(1.0, p.dt))
    late = slice(-max(1, len(net.speed) // 5), None)
    return {
        "times": (np.arange(len(speed)) - len(before))[::every] * p.dt,
        "speed": speed[::every],
        "before_speed": float(np.sqrt(before.mean())),
        "final_speed": float(np.sqrt(net.speed[late].mean())),
        "q": float(net.activity[late].mean()),
    }


def langevin(p: Any, streams: Any) -> Values:
    """Langevin dynamics of the joint quasi-potential from N(0, 1): q, energy = E/N, overlap of different chains."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, self_coupling=False, dtype="float32")
    x = couplings.gaussian_states(streams("states"), p.n_units, p.n_chains, dtype="float32")
    run = plastic_langevin.sample(
        x, J, p.k, 1.0 / p.beta, p.dt, streams("noise"), steps(p.t_transient, p.dt), steps(p.t_measure, p.dt)
    )
    return {"q": float(run.q.mean()), "energy": float(run.energy.mean()), "overlap": run.overlap}


def response(p: Any, streams: Any) -> Values:
    """Mean squared response of the silent state, (1/N) tr[(1 - J)^-1 (1 - J)^-T]: chi."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, self_coupling=False, dtype="float64")
    return {"chi": response_trace(J)}
