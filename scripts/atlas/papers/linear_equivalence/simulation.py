"""What is simulated for linear-equivalence: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values: plain
averages of one network. The couplings of a numbered network come from `networks`; further streams: `states` draws the
initial states x_i(0) ~ N(0, 1), `noise` the drive, `quadruples` the units of the fourth moments.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.dynamics import couplings as drawn
from atlas.dynamics import observers, rate
from atlas.dynamics.activation import TANH, Activation
from atlas.dynamics.covariances import CrossSpectra, PairMoments, Quadruples, draw_quadruples
from atlas.dynamics.driven import DrivenMap
from atlas.dynamics.erf_activation import ERF
from atlas.papers.linear_equivalence.networks import couplings

Values = dict[str, Any]
UNITS: dict[str, Activation] = {"tanh": TANH, "erf": ERF}
OBSERVED_EVERY = 1.0  # tau between snapshots of equal-time moments: of the order of the correlation time


def steps(time: float, dt: float) -> int:
    """Number of steps nearest to a time, at least one."""
    return max(1, round(time / dt))


class MeanSlope:
    """Mean of phi' and phi² over units, states and times."""

    def __init__(self, activation: Activation) -> None:
        self._activation = activation
        self._sums = np.zeros(3)
        self._count = 0

    def __call__(self, step: int, x: np.ndarray, phi: np.ndarray, v: np.ndarray) -> None:
        slope = np.empty_like(x)
        self._activation.dphi(x, phi, slope)
        self._sums += [slope.mean(dtype=np.float64), observers.mean_square(phi).mean(), observers.mean_square(x).mean()]
        self._count += 1

    def values(self) -> Values:
        """chi = <phi'>, phi2 = <phi²>, delta0 = <x²>."""
        chi, phi2, delta0 = self._sums / self._count
        return {"chi": chi, "phi2": phi2, "delta0": delta0}


def running(p: Any, streams: Any) -> DrivenMap:
    """The network after its transient, in float32."""
    J = couplings(streams, p.g, p.n_units, p.network).astype(np.float32)
    x = drawn.gaussian_states(streams("states"), p.n_units, p.n_states)
    network = DrivenMap(x, J, p.dt, p.D, streams("noise") if p.D > 0 else None, UNITS[p.phi])
    network.run(steps(p.t_transient, p.dt))
    return network


def lags(p: Any, streams: Any) -> Values:
    """Autocovariances of the flow over units, states, times: lags (L,), delta = <x x(tau)>, c_phi = <phi phi(tau)>."""
    J = drawn.gaussian_couplings(streams("couplings"), p.n_units, p.g)
    x = drawn.gaussian_states(streams("states"), p.n_units, p.n_states)
    rate.integrate(x, J, p.dt, steps(p.t_transient, p.dt), activation=UNITS[p.phi])
    fields = observers.Traces(field="x"), observers.Traces(field="phi")
    every = steps(0.5, p.dt)
    rate.integrate(x, J, p.dt, steps(p.t_measure, p.dt), observe=fields, every=every, activation=UNITS[p.phi])
    n_lags = steps(p.t_lag, every * p.dt) + 1
    delta, c_phi = (observers.autocovariance(field.values, n_lags).mean(axis=1) for field in fields)
    return {"lags": np.arange(n_lags) * every * p.dt, "delta": delta, "c_phi": c_phi}


def covariance(p: Any, streams: Any) -> Values:
    """Equal-time moments between units by halves, each (2, N, N): phi = <phi phi>, x = <x x>, cross = <phi x>.

    chi = <phi'>, phi2 = <phi²>, delta0 = <x²>: means over all units.
    """
    network = running(p, streams)
    pairs, slope = PairMoments(), MeanSlope(UNITS[p.phi])
    every = steps(OBSERVED_EVERY, p.dt)
    network.run(steps(p.t_measure, p.dt), [pairs, observers.thinned(slope, 8 * every)], every)
    return slope.values() | {name: pairs.mean(name).astype(np.float32) for name in ("phi", "x", "cross")}


def wick(p: Any, streams: Any) -> Values:
    """Fourth moments of random quadruples, with the pair moments they are made of, by halves.

    units (Q, 4), fourth (2, Q), phi (2, N, N), cube = <phi_i³ phi_j> (2, N, N).
    """
    network = running(p, streams)
    units = draw_quadruples(streams("quadruples"), p.n_units, p.quadruples)
    pairs, fourth = PairMoments(("phi", "cube")), Quadruples(units)
    every = steps(OBSERVED_EVERY, p.dt)
    network.run(steps(p.t_measure, p.dt), [pairs, fourth], every)
    moments = {name: pairs.mean(name).astype(np.float32) for name in ("phi", "cube")}
    return {"units": units, "fourth": fourth.mean, **moments}


def cross_spectra(p: Any, streams: Any) -> Values:
    """Cross-spectra of phi per step by halves, first n_rows units with all: spectra (2, K, n_rows, N), omega (K,)."""
    network = running(p, streams)
    n_window = 2 * steps(p.t_window / 2, p.dt)
    watch = CrossSpectra(n_window, p.harmonics, p.n_rows)
    network.run(steps(p.t_measure, p.dt), [watch])
    omega = 2 * np.pi * np.array(p.harmonics) / (n_window * p.dt)
    return {"omega": omega, "spectra": watch.mean.astype(np.complex64)}


def dimension(p: Any, streams: Any) -> Values:
    """Traces of the equal-time covariance matrices of phi and x: trace = Tr C/N, square = Tr C C'/N of the halves."""
    network = running(p, streams)
    pairs = PairMoments(("phi", "x"))
    network.run(steps(p.t_measure, p.dt), [pairs], steps(OBSERVED_EVERY, p.dt))
    values: Values = {}
    for name in ("phi", "x"):
        first, second = pairs.mean(name)
        values[f"trace_{name}"] = float(np.trace(first + second)) / (2 * p.n_units)
        values[f"square_{name}"] = float(np.vdot(first, second)) / p.n_units
    return values
