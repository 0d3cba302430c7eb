"""What is simulated for diffusion-physics: one function per protocol, one call per (point, replica).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values: plain
averages over the paths or samples of this one replica. Streams: `starts` draws the starts, `noise` all later noise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from atlas.dynamics import mixture_direct
from atlas.dynamics.mixture_diffusion import Array, Mixture, frozen, generating, integrate, noising
from atlas.dynamics.schemes import steps
from atlas.estimation.heavy_tails import hill_index, running_means
from atlas.papers.diffusion_physics.ranges import CAPS, DISTANCES, EDGES, ENDS

Values = dict[str, Any]
TAIL = 100  # one in so many samples is of the tail
FAR = 8.0  # standard deviations beyond the mode at which a generated state has escaped


def prepared(p: Any, streams: Any, mu: Any) -> tuple[Mixture, Array, Any]:
    """Mixture, starts in the exact law of the direction's beginning, and drift."""
    mixture = Mixture.of(mu, p.sigma2)
    forward = p.direction == "forward"
    x = mixture.draw(p.n_paths, 0.0 if forward else p.t_max, streams("starts"))
    return mixture, x, noising if forward else generating(mixture, p.t_max)


def system_entropy(p: Any, mixture: Mixture, start: Array, end: Array) -> Array:
    """ln[p(start)/p(end)] at the times of the direction, (n,)."""
    first, last = (0.0, p.t_max) if p.direction == "forward" else (p.t_max, 0.0)
    return mixture.log_density(start, first) - mixture.log_density(end, last)


def trajectories(p: Any, streams: Any) -> Values:
    """Entropies of whole paths: means, laws (counts in EDGES) and what becomes of <e^{-DS_tot}>.

    integral: mean of y = e^{-DS_tot}; integral_left, negative_left: of y and of DS_tot < 0 with the left-end sum for
    DS_E; running (n/every,); capped (CAPS): means of min(y, cap); hill: index of the tail of y.
    """
    mixture, x, drift = prepared(p, streams, p.mu)
    start = x.copy()
    environment, left = integrate(x, drift, p.dt, steps(p.t_max, p.dt), streams("noise"), left=True)
    system = system_entropy(p, mixture, start, x)
    total = system + environment
    y = np.exp(-total)
    found = {"system": system, "environment": environment, "total": total, "exponential": y}
    return {
        **{name: float(values.mean()) for name, values in found.items() if name != "exponential"},
        **{f"{name}_counts": np.histogram(values, EDGES[name])[0] for name, values in found.items()},
        "n_paths": float(p.n_paths),
        "negative": float((total < 0.0).mean()),
        "negative_left": float((system + left < 0.0).mean()),
        "integral": float(y.mean()),
        "integral_left": float(np.exp(-system - left).mean()),
        "running": running_means(y, p.every),
        "capped": np.array([float(np.minimum(y, cap).mean()) for cap in CAPS]),
        "hill": hill_index(y, max(2, p.n_paths // TAIL)),
    }


def windows(p: Any, streams: Any) -> Values:
    """Rates averaged over windows of time: centres (W,) in the time of the process, production, flux, rate (W,).

    flux: change of the environment's entropy along the paths; rate: change of -ln p; production: their sum.
    """
    mixture, x, drift = prepared(p, streams, p.mu)
    every = steps(p.window, p.dt)
    n_windows = steps(p.t_max, p.window)
    flow, state = np.zeros(n_windows + 1), np.zeros(n_windows + 1)

    def observe(k: int, x: Array, environment: Array) -> None:
        if k % every == 0:
            t = k * p.dt if p.direction == "forward" else p.t_max - k * p.dt
            flow[k // every] = environment.mean()
            state[k // every] = -mixture.log_density(x, max(t, 0.0)).mean()

    integrate(x, drift, p.dt, n_windows * every, streams("noise"), observe=observe)
    flux, rate = np.diff(flow) / p.window, np.diff(state) / p.window
    centres = (np.arange(n_windows) + 0.5) * p.window
    return {"centres": centres, "production": flux + rate, "flux": flux, "rate": rate}


def clouds(p: Any, streams: Any) -> Values:
    """States in the plane at both ends, start and end (2, n), and some paths (n_shown, 2, n_steps + 1)."""
    _, x, drift = prepared(p, streams, (p.mu, p.mu))
    kept: list[Array] = []
    start = x.copy()

    def observe(k: int, x: Array, environment: Array) -> None:
        kept.append(x[:, : p.n_shown].copy())

    integrate(x, drift, p.dt, steps(p.t_max, p.dt), streams("noise"), entropy=False, observe=observe)
    return {"start": start, "end": x, "paths": np.moveaxis(np.array(kept), (0, 2), (2, 0))}


def generation(p: Any, streams: Any) -> Values:
    """Where generated states end: counts in ENDS, variance about 0, share beyond mu + 8 sigma, variance in time.

    times (K,), variances (K,): of the process, ten times.
    """
    mixture = Mixture.of(p.mu, p.sigma2)
    exact = p.drift == "exact"
    x = mixture.draw(p.n_paths, p.t_max if exact else 0.0, streams("starts"))
    n_steps = steps(p.t_max, p.dt)
    every = max(1, n_steps // 10)
    variances: list[float] = []

    def observe(k: int, x: Array, environment: Array) -> None:
        if k % every == 0:
            variances.append(float((x**2).mean()))

    drift = generating(mixture, p.t_max) if exact else frozen(mixture, 0.0)
    integrate(x, drift, p.dt, n_steps, streams("noise"), entropy=False, observe=observe)
    return {
        "times": np.arange(len(variances)) * every * p.dt,
        "variances": np.array(variances),
        "variance": float((x**2).mean()),
        "escaped": float((np.abs(x[0]) > p.mu + FAR * math.sqrt(p.sigma2)).mean()),
        "counts": np.histogram(x[0], ENDS)[0],
        "n_paths": float(p.n_paths),
    }


def currents(p: Any, streams: Any) -> Values:
    """Entropy rates of both processes from their currents on a lattice, by the definitions."""
    found = mixture_direct.currents(Mixture.of(p.mu, p.sigma2), p.t, p.n_points)
    return {
        f"{name}_{direction}": value
        for direction, rates in found.items()
        for name, value in zip(("production", "flux", "rate"), rates, strict=True)
    }


def free_energy(p: Any, streams: Any) -> Values:
    """Generalised free energy of the denoising posterior, one row per curve with t > 0: x (K, n), energy (K, n).

    half: the same with beta F in place of 2 beta F.
    """
    rows = [row for row in zip(p.mu, p.sigma2, p.t, p.x_max, strict=True) if row[2] > 0.0]
    x = np.array([np.linspace(-reach, reach, p.n_shown) for *_, reach in rows])
    beta_f = np.array(
        [
            -mixture_direct.log_partition(Mixture.of(mu, sigma2), states, t, p.n_points)
            for (mu, sigma2, t, _), states in zip(rows, x, strict=True)
        ]
    )
    return {"x": x, "energy": 2.0 * beta_f - 0.5 * x**2, "half": beta_f - 0.5 * x**2}


def classification(p: Any, streams: Any) -> Values:
    """Phase of each point of the plane from the minima of U at t = 0 and its fall far out: (sigma, mu) map."""
    mu = (np.arange(p.n_side) + 0.5) / p.n_side * p.mu_max
    sigma = (np.arange(p.n_side) + 0.5) / p.n_side * p.sigma_max
    phases = np.array([[mixture_direct.landscape(Mixture.of(a, s * s), 0.0) for a in mu] for s in sigma])
    return {"mu": mu, "sigma": sigma, "phases": phases}


def onset(p: Any, streams: Any) -> Values:
    """Time at which the slope of the generating drift at 0 changes sign: t_root (nan if it does not)."""
    return {"t_root": mixture_direct.speciation(Mixture.of(p.mu, p.sigma2))}


def pairs(p: Any, streams: Any) -> Values:
    """Sampled Franz-Parisi potential over DISTANCES with its derivatives by differences of the same samples."""
    mixture = Mixture.of(p.mu, p.sigma2)
    data = mixture.draw(p.n_samples, 0.0, streams("starts"))[0]
    noise = streams("noise").standard_normal(p.n_samples)
    state = math.exp(-p.t) * data + math.sqrt(-math.expm1(-2.0 * p.t)) * noise
    rows = []
    for q in DISTANCES:
        h = p.h * q
        low, here, high = (
            -float(mixture_direct.log_pair(mixture, data, state, p.t, one).mean()) for one in (q - h, q, q + h)
        )
        rows.append((here, (high - low) / (2.0 * h), (high - 2.0 * here + low) / h**2))
    potential, slope, curvature = np.array(rows).T
    return {"potential": potential, "slope": slope, "curvature": curvature}
