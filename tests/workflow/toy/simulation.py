"""What is simulated for toy: one function per protocol, one call per (point, network)."""

from __future__ import annotations

from typing import Any

from atlas.dynamics import couplings, gradient, observers, rate

Values = dict[str, Any]


def network(p: Any, streams: Any) -> tuple[Any, Any]:
    """Couplings J (N, N) and one initial state x (N, 1)."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, dtype="float64")
    return J, couplings.gaussian_states(streams("states"), p.n_units, 1, dtype="float64")


def stationary(p: Any, streams: Any) -> Values:
    """gamma0 = <v²> and delta0 = <x²> over units and time."""
    J, x = network(p, streams)
    moments = observers.Moments()
    rate.integrate(x, J, p.dt, round(p.t_transient / p.dt), method=p.integrator)
    rate.integrate(x, J, p.dt, round(p.t_measure / p.dt), method=p.integrator, observe=[moments])
    return {"gamma0": moments.v2.mean(), "delta0": moments.x2.mean()}


def langevin(p: Any, streams: Any) -> Values:
    """energy = E/N = <v²>/2 and delta = <x²> of the gradient dynamics."""
    J, x = network(p, streams)
    run = gradient.Langevin(x, J, p.temperature, p.dt, streams("noise"))
    moments = observers.Moments()
    run.run(round(p.t_transient / p.dt))
    run.run(round(p.t_measure / p.dt), observe=[moments])
    return {"energy": moments.v2.mean() / 2, "delta": moments.x2.mean()}
