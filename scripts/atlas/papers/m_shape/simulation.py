"""What is simulated for m-shape: one function per protocol, one call per (point, network).

`couplings` draws J, `states` initial states, `chains` and `noise` what the dynamics needs, `samples` the emulated
Monte-Carlo iteration of the paper (there a "network" is a seed).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from atlas.dynamics import couplings, fixed_points, gradient, hmc
from atlas.papers.m_shape.published import PublishedIteration, static_variance

Values = dict[str, Any]
BINS = np.arange(0.0, 2.4001, 0.2)  # of normalised distances


def network(p: Any, streams: Any, self_coupling: bool = True) -> np.ndarray:
    """Couplings J (N, N) of one network in double precision."""
    return couplings.gaussian_couplings(
        streams("couplings"), p.n_units, p.g, self_coupling=self_coupling, dtype=np.float64
    )


class Kept:
    """Observer that keeps the states of all chains: (samples, N, R)."""

    def __init__(self) -> None:
        self.states: list[np.ndarray] = []

    def __call__(self, step: int, x: np.ndarray, phi: np.ndarray, v: np.ndarray) -> None:
        self.states.append(x.copy())


def cross_distances(p: Any, streams: Any) -> Values:
    """Squared distances between chains of exp(-E/T) from independent starts.

    cross (samples, chains): (1/N) |x_c(t) - x_{c+1}(first kept)|², same (samples - 1, chains): to the own first kept
    state, delta = <x²>, energy per neuron, acceptance.
    """
    J = network(p, streams)
    x = couplings.gaussian_states(streams("states"), p.n_units, p.n_chains, dtype=np.float64)
    step = p.leapfrog_step * min(1.0, 1.0 / (p.g - 0.5)) if p.g > 1.5 else p.leapfrog_step
    kept = Kept()
    run = hmc.sample(
        x, J, p.temperature, streams("chains"), step=step, n_leapfrog=p.leapfrog_steps,
        n_burn=p.burn_in, n_samples=p.samples, every=p.every, observe=[kept],
    )  # fmt: skip
    states = np.array(kept.states)
    first = states[0]
    return {
        "cross": ((states - np.roll(first, -1, axis=1)) ** 2).mean(axis=1),
        "same": ((states[1:] - first) ** 2).mean(axis=1),
        "delta": float((states**2).mean()),
        "energy": float(run.energy.mean() / p.n_units),
        "acceptance": float(run.acceptance.mean()),
    }


def langevin_pairs(p: Any, streams: Any) -> Values:
    """Langevin dynamics of E from independent starts: times (T,), squared pair distance and <x²> (T,), 3 traces."""
    J = network(p, streams)
    x = couplings.gaussian_states(streams("states"), p.n_units, p.n_states, dtype=np.float64)
    run = gradient.Langevin(x, J, p.temperature, p.dt, streams("noise"), method="euler-maruyama")
    every = max(1, round(p.t_max / p.dt / p.n_points))
    times, rows, shown = [], [], []
    for k in range(p.n_points):
        centre = x.mean(axis=1, keepdims=True)
        pair = 2 * ((x - centre) ** 2).sum(axis=1).mean() / (p.n_states - 1)
        times.append(k * every * p.dt)
        rows.append([pair, (x**2).mean()])
        shown.append(x[:3, 0].copy())
        run.run(every)
    distance, delta = np.array(rows).T
    return {"times": np.array(times), "distance": distance, "delta": delta, "shown": np.array(shown)}


def search(p: Any, streams: Any, max_roots: int = 100_000) -> tuple[np.ndarray, fixed_points.RootList]:
    """Couplings without self-coupling, and the roots that the published search finds."""
    J = network(p, streams, self_coupling=False)
    found = fixed_points.find_roots(
        J, streams("states"), max_starts=p.max_starts, start_scale=p.start_scale, accept=p.accept,
        tolerance=p.tolerance, max_roots=max_roots,
    )  # fmt: skip
    return J, found


def slow_points(p: Any, streams: Any) -> Values:
    """Roots of one network: distances of all pairs over the rms of the reference, which each of the two is once.

    The list is closed under the sign, the origin left out; a mirror pair lies at 2, the lower edge of its bin. counts
    (12,) of pairs in bins of 0.2 (what lies above 2.4 in `outside`), roots (closed), found (distinct, with the origin),
    converged and distinct after each start (max_starts,), rms of the roots, worst rms velocity.
    """
    J, found = search(p, streams)
    roots = fixed_points.closed_under_sign(found.roots)
    counts, outside, rms = np.zeros(len(BINS) - 1), 0.0, math.nan
    if len(roots) > 1:
        rms = math.sqrt(float((roots**2).mean()))
        one, other = np.triu_indices(len(roots), 1)
        own = np.sqrt((roots**2).mean(axis=1))
        apart = fixed_points.pair_distances(roots)
        ratio = np.concatenate([apart / own[one], apart / own[other]]) * (1 + 1e-9)  # mirror pairs: 2 but for rounding
        counts = np.histogram(ratio, BINS)[0] / 2
        outside = float((ratio > BINS[-1]).sum() / 2)
    progress = np.full((2, p.max_starts), np.nan)
    progress[:, : len(found.converged)] = found.converged, found.distinct
    return {
        "counts": counts,
        "outside": outside,
        "roots": float(len(roots)),
        "found": float(len(found.roots)),
        "converged": progress[0],
        "distinct": progress[1],
        "share": found.exhausted,
        "rms": rms,
        "worst_speed": float(np.sqrt((fixed_points.velocity(found.roots, J) ** 2).mean(axis=1)).max()),
    }


def trajectories(p: Any, streams: Any) -> Values:
    """The published trajectories from roots in single precision: RNN until its speed exceeds `accept`, then Langevin.

    steps (K,): Euler steps of the RNN before it stopped (at most t_max/dt; one at least); displacement_rnn (K,) and
    displacement_langevin (K,): rms distance from the root after as many steps, langevin_squared (K, L): its square in
    a run of L = t_max/dt steps; shown_rnn, shown_langevin (L, 3): activities from the first root.
    """
    J, found = search(p, streams, p.n_roots + 1)
    roots = found.roots[1:][: p.n_roots]
    J32, limit = J.astype(np.float32), round(p.t_max / p.dt)
    steps, moved, shown = np.full(p.n_roots, np.nan), np.full((2, p.n_roots), np.nan), np.full((2, limit, 3), np.nan)
    squared = np.full((p.n_roots, limit), np.nan)
    for k, root in enumerate(roots):
        path = rnn_until(root.astype(np.float32), J32, p.dt, limit, p.accept)
        steps[k] = max(1, len(path) - 1)
        x = root.astype(np.float32)[:, None].copy()
        run = gradient.Langevin(
            x, J32, p.temperature, p.dt, np.random.default_rng(streams("noise").integers(2**63) + k)
        )
        states = []
        for _ in range(limit):
            run.run(1)
            states.append(x[:, 0].copy())
        squared[k] = ((np.array(states) - root) ** 2).mean(axis=1)
        moved[:, k] = math.sqrt(float(((path[-1] - root) ** 2).mean())), math.sqrt(squared[k, int(steps[k]) - 1])
        if k == 0:
            shown[0, : len(path)], shown[1] = path[:limit, :3], np.array(states)[:, :3]
    harmonic = root_matrices(roots, J, p.n_roots, p.dt)
    return {
        "steps": steps,
        "displacement_rnn": moved[0],
        "displacement_langevin": moved[1],
        "langevin_squared": squared,
        "shown_rnn": shown[0],
        "shown_langevin": shown[1],
        "trace": harmonic[0],
        "stiffness": harmonic[1],
    }


def root_matrices(roots: np.ndarray, J: np.ndarray, count: int, dt: float) -> np.ndarray:
    """At each root, (2, count), with A = 1 - J phi': the harmonic value (1/N) tr (A^T A)^{-1} of |x - root|²/(N T), and
    dt s²/2 with s the largest singular value of A: above 1 the explicit step of the gradient dynamics is unstable.
    """
    out = np.full((2, count), np.nan)
    for k, root in enumerate(roots):
        singular = np.linalg.svd(np.eye(len(J)) - J * (1 - np.tanh(root) ** 2), compute_uv=False)
        out[:, k] = float((1 / singular**2).mean()), dt * singular[0] ** 2 / 2
    return out


def rnn_until(x: np.ndarray, J: np.ndarray, dt: float, limit: int, accept: float) -> np.ndarray:
    """Euler steps of the network from a root until the rms velocity exceeds `accept`: states (steps + 1, N)."""
    path = [x]
    for _ in range(limit - 1):
        v = J @ np.tanh(x) - x
        if math.sqrt(float((v.astype(float) ** 2).mean())) > accept:
            break
        x = x + np.float32(dt) * v
        path.append(x)
    return np.array(path)


def published_entropy(p: Any, streams: Any) -> Values:
    """The published local entropy at d = rms(x*) + delta: derivative and entropy per iteration, late means.

    An iteration whose samples do not have the distance is nan and makes the late mean nan; `lost` is their share.
    """
    run = PublishedIteration(p.g, p.beta_tilde, p.n_outer, p.n_inner, p.equations, streams("samples"))
    d = run.rms + p.delta
    steps = [run.step(d=d) for _ in range(p.iterations)]
    derivative, entropy = np.array([[s.derivative, s.entropy] if s.met else [np.nan] * 2 for s in steps]).T
    lost = float(np.isnan(derivative[-p.averaged :]).mean())
    return {
        "d": d,
        "derivative_of_steps": derivative,
        "entropy_of_steps": entropy,
        "derivative": derivative[-p.averaged :].mean(),
        "entropy": entropy[-p.averaged :].mean(),
        "lost": lost,
        "spread": run.order[0] - run.order[1],
        "o": run.order[2],
    }


def published_range(p: Any, streams: Any) -> Values:
    """The published range at a field p: distance per iteration, its late mean, and rms(x*) of the sample."""
    run = PublishedIteration(p.g, p.beta_tilde, p.n_outer, p.n_inner, p.equations, streams("samples"))
    d = np.array([run.step(p=p.p).d for _ in range(p.iterations)])
    return {"d_of_steps": d, "d": d[-p.averaged :].mean(), "offset": d[-p.averaged :].mean() - run.rms, "rms": run.rms}


def thermal_trace(p: Any, streams: Any) -> Values:
    """(1/N) tr (A^T A + t)^{-1} and (1/N) ln |det A| of one network, A = 1 - J phi'(x*), x* ~ N(0, D)."""
    J = network(p, streams)
    x = math.sqrt(static_variance(p.g)) * streams("states").standard_normal(p.n_units)
    singular = np.linalg.svd(np.eye(p.n_units) - J * (1 - np.tanh(x) ** 2), compute_uv=False)
    return {"v": float((1 / (singular**2 + p.t)).mean()), "log_det": float(np.log(singular).mean())}


def ray(p: Any, streams: Any) -> Values:
    """[E(c x) - (p/beta_tilde) c² |x|²]/(c² |x|²) along a random direction at c = 10, 100, 1000: cost (3,)."""
    J = network(p, streams)
    x = streams("states").standard_normal((p.n_units, 1))
    scales = np.array([10.0, 100.0, 1000.0])
    energy = np.array([float(gradient.energy(c * x, J)[0]) for c in scales])
    size = float((x**2).sum()) * scales**2
    return {"scales": scales, "cost": energy / size - p.field_ratio, "exponent": energy - p.field_ratio * size}
