"""What theory says for linear-equivalence: one function per solver, one call per point of its grid.

Order parameters come from dynamical mean-field theory alone; the prediction for given couplings needs nothing else.
`ASK` names the theories that one may ask directly (see scripts/solve.py).
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from atlas.meanfield import driven, driven_map
from atlas.meanfield.driven import Ratios, Stationary
from atlas.meanfield.linear_network import LinearNetwork, closure_distances, linear_network, pair_traces
from atlas.papers.linear_equivalence.networks import couplings
from atlas.questions import REQUIRED, Answer, Parameter, Question, choice, digits, number, whole_number

Values = dict[str, Any]


def order_parameters(g: float, phi: str, D: float, dt: float) -> tuple[Stationary, Ratios]:
    """The stationary state and its participation ratios, of the map (dt > 0) or of the flow (dt = 0)."""
    if dt == 0.0:
        return driven.solve(g, phi, D).state, driven.participation_ratios(g, phi, D)
    return driven_map.solve(g, phi, D, dt).state, driven_map.participation_ratios(g, phi, D, dt)


def named(state: Stationary, ratios: Ratios) -> Values:
    """The quantities of a state by name."""
    values: Values = {name: getattr(state, name) for name in ("delta0", "phi2", "chi", "g_chi", "cubic")}
    return values | {"pr_phi": ratios.pr_phi, "pr_x": ratios.pr_x}


def dmft(p: Any, streams: Any) -> Values:
    """Order parameters at a point, with Delta(tau) and C_phi(tau) over the lags up to t_lag."""
    state, ratios = order_parameters(p.g, p.phi, p.D, p.dt)
    if p.dt == 0.0:
        lags = np.linspace(0.0, p.t_lag, 401)
        delta, c_phi = driven.correlations(p.g, p.phi, p.D, lags)
    else:
        solved = driven_map.solve(p.g, p.phi, p.D, p.dt)
        shown = round(p.t_lag / p.dt) + 1
        lags, delta, c_phi = np.arange(len(solved.delta)) * p.dt, solved.delta, solved.c_phi
        lags, delta, c_phi = lags[:shown], delta[:shown], c_phi[:shown]
    residual = max(state.residual, ratios.residual)
    return named(state, ratios) | {"lags": lags, "delta": delta, "c_phi": c_phi, "residual": residual}


def given(p: Any, streams: Any) -> tuple[LinearNetwork, driven_map.MapState]:
    """The couplings of a numbered network, diagonalised, and the stationary state of mean-field theory."""
    solved = driven_map.solve(p.g, p.phi, p.D, p.dt)
    J = couplings(streams, 1.0, p.n_units, p.network)
    return diagonalised(J.tobytes()).scaled(p.g), solved


@lru_cache(maxsize=8)
def diagonalised(entries: bytes) -> LinearNetwork:
    """The network of some couplings at gain 1, kept for the other gains: they share its eigenvectors."""
    J = np.frombuffer(entries)
    return linear_network(J.reshape(math.isqrt(J.size), -1))


def half_spectrum(solved: driven_map.MapState, n: int) -> tuple[driven_map.Spectra, np.ndarray]:
    """The spectra at w >= 0, weighted so that (the real part of) a sum over them is the mean over n frequencies."""
    grid = driven_map.spectra(solved, n)
    kept = n // 2 + 1
    weights = np.full(kept, 2.0 / n)
    weights[[0, -1]] = 1.0 / n
    arrays = {name: getattr(grid, name)[:kept] for name in ("omega", "transfer", "response", "c_phi", "c_x", "c_zeta")}
    return replace(grid, **arrays), weights


def prediction(p: Any, streams: Any) -> Values:
    """Equal-time covariance matrices predicted for given couplings: phi, naive (closure), x, each (N, N).

    trace_phi = Tr C/N, trace_bare = the same with C_phi for c_zeta; growth of the linear network (< 1: stable).
    """
    network, solved = given(p, streams)
    grid, weights = half_spectrum(solved, p.n_frequencies)
    phi = network.covariance(grid.response, weights * grid.c_zeta).real
    bare = network.covariance(grid.response, weights * grid.c_phi).real
    naive = network.naive_covariance(grid.response, weights * grid.c_zeta).real
    x = network.field_covariance(grid.transfer, grid.response, grid.c_zeta, grid.drive, weights)
    return {
        "phi": phi.astype(np.float32),
        "naive": naive.astype(np.float32),
        "x": x.astype(np.float32),
        "trace_phi": float(np.trace(phi)) / p.n_units,
        "trace_bare": float(np.trace(bare)) / p.n_units,
        "trace_x": float(np.trace(x)) / p.n_units,
        "growth": network.growth(solved.state.chi, p.dt),
        "chi": solved.state.chi,
        "residual": max(network.residual, solved.state.residual),
    }


def window_weights(n_window: int, harmonic: int, n_frequencies: int) -> np.ndarray:
    """Share of each frequency 2 pi j/n in the mean of |F|²/sum h² at a harmonic of a Hann window; sums to 1.

    <F F^*>/sum h² = sum_j share_j C(w_j) for C(w) = sum_k C_k e^{-i w k}, exact without lags beyond n - n_window.
    """
    t = np.arange(n_window)
    hann = np.sin(np.pi * t / n_window) ** 2
    shifted = np.zeros(n_frequencies, dtype=complex)
    shifted[:n_window] = hann * np.exp(-2j * np.pi * harmonic * t / n_window)
    power = np.abs(np.fft.ifft(shifted)) ** 2 * n_frequencies
    result: np.ndarray = power / (hann**2).sum()
    return result


def predicted_spectra(p: Any, streams: Any) -> Values:
    """Cross-spectra of phi predicted for given couplings, as a Hann window sees them: linear, naive (K, n_rows, N).

    omega (K,), c_phi (K,): the mean-field spectrum through the same window. Shares below 1e-9 are left out.
    """
    network, solved = given(p, streams)
    n_window = 2 * round(p.t_window / 2 / p.dt)
    grid = driven_map.spectra(solved, p.n_frequencies)
    linear, naive, diagonal = [], [], []
    for harmonic in p.harmonics:
        share = window_weights(n_window, harmonic, p.n_frequencies)
        kept = share > 1e-9 * share.max()
        response, noise = grid.response[kept], share[kept] * grid.c_zeta[kept]
        linear.append(network.covariance(response, noise, p.n_rows))
        coarse = share[kept] > 1e-4 * share.max()  # the closure is far from the truth: its last digits do not matter
        naive.append(network.naive_covariance(response[coarse], noise[coarse], p.n_rows))
        diagonal.append(float(share @ grid.c_phi))
    omega = 2 * np.pi * np.array(p.harmonics) / (n_window * p.dt)
    return {
        "omega": omega,
        "linear": np.array(linear, dtype=np.complex64),
        "naive": np.array(naive, dtype=np.complex64),
        "c_phi": np.array(diagonal),
        "growth": network.growth(solved.state.chi, p.dt),
    }


def predicted_dimension(p: Any, streams: Any) -> Values:
    """PR/N of phi and x of the covariance predicted for given couplings; nan where the linear network is unstable."""
    network, solved = given(p, streams)
    growth = network.growth(solved.state.chi, p.dt)
    if growth >= 1.0:
        return {"pr_phi": math.nan, "pr_x": math.nan, "growth": growth}
    grid, weights = half_spectrum(solved, p.n_frequencies)
    phi = network.covariance(grid.response, weights * grid.c_zeta).real
    x = network.field_covariance(grid.transfer, grid.response, grid.c_zeta, grid.drive, weights)
    pr_phi, pr_x = (float(np.trace(C) ** 2 / np.vdot(C, C)) / p.n_units for C in (phi, x))
    return {"pr_phi": pr_phi, "pr_x": pr_x, "growth": growth}


def closure(p: Any, streams: Any) -> Values:
    """Distance of the iterated closures to the linear equivalence: restored (with the emergent drive), naive."""
    state = driven_map.solve(p.g, p.phi, p.D, p.dt).state
    response = state.chi * driven_map.transfer(np.array([p.omega]), p.dt)[0]
    found = closure_distances(couplings(streams, p.g, p.n_units, p.network), complex(response))
    return {
        "restored": found.restored,
        "naive": found.naive,
        "iterations": found.iterations,
        "residual": found.residual,
    }


def ask_dmft(g: float, phi: str, D: float, dt: float) -> Answer:
    """Order parameters and participation ratios of driven or autonomous networks of tanh or erf units."""
    state, ratios = order_parameters(g, phi, D, dt)
    values = named(state, ratios)
    values.pop("cubic")
    return Answer(values, max(state.residual, ratios.residual))


def ask_covariance_identity(g: float, a: list[float], b: list[float], n_units: int, seed: int) -> Answer:
    """Pair traces (1/N) Tr C(w1) C(w2) at responses a = S(w1), b = S(w2) for one random J, and their limits."""
    J = np.random.default_rng(seed).standard_normal((n_units, n_units)) * (g / math.sqrt(n_units))
    traces = pair_traces(J, g, complex(*a), complex(*b))
    names = ("trace_phi", "trace_phi_theory", "trace_x", "trace_x_theory")
    return Answer({name: getattr(traces, name) for name in names}, traces.residual)


def response_parameter(name: str, about: str) -> Parameter:
    """A complex number given as re,im (or re alone)."""

    def read(text: str) -> list[float]:
        parts = [float(digits(part)) for part in text.split(",")]
        if len(parts) > 2 or not all(math.isfinite(part) for part in parts):
            raise ValueError
        return [parts[0], parts[1] if len(parts) == 2 else 0.0]

    return Parameter(name, about, "1", read, "a complex number as re,im with g |S| < 1", REQUIRED, sweep=False)


GAIN = number("g", "gain of the couplings", unit="1", low=0.0, high=20.0)
ASK = {
    "dmft": Question(
        ask_dmft,
        (
            GAIN,
            choice("phi", "unit: tanh(x) or erf(sqrt(pi) x/2)", ("tanh", "erf"), default="tanh"),
            number("D", "white drive, <xi xi> = 2 D delta", unit="1/tau", low=0.0, high=100.0, default=0.0),
            number("dt", "time step of the map; 0: continuous time", unit="tau", low=0.0, high=1.0, default=0.0),
        ),
    ),
    "covariance-identity": Question(
        ask_covariance_identity,
        (
            GAIN,
            response_parameter("a", "response S(w1)"),
            response_parameter("b", "response S(w2)"),
            whole_number("n_units", "neurons N", low=2, high=5000),
            whole_number("seed", "seed of the couplings", low=0, high=2**31),
        ),
    ),
}
