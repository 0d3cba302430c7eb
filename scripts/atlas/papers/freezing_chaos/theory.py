"""What theory says for freezing-chaos: one function per solver, one call per point of its grid.

Each returns named values with their error bounds; nothing here knows of a simulation. `ASK` names the theories that
one may ask directly, with their parameters (see scripts/solve.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.meanfield.lyapunov import lyapunov_max
from atlas.meanfield.spectral_edges import dale_spectrum as spectrum_of_dale
from atlas.meanfield.spectral_edges import silence_edge
from atlas.meanfield.stationary import stationary
from atlas.questions import Answer, Question, number, whole_number

Values = dict[str, Any]


def silence(p: Any, streams: Any) -> Values:
    """Linear stability of silence: s_min2, and the exponents -s_min2 (gamma = 1) and g - 1 (gamma = 0)."""
    edge = silence_edge(p.g)
    return {"s_min2": edge.s_min2, "gradient": -edge.s_min2, "vanilla": p.g - 1.0, "residual": edge.residual}


def dmft(p: Any, streams: Any) -> Values:
    """Stationary state of the rate network: lyapunov_max, delta0, phi2, energy = E/N = gamma0/2."""
    state, exponent = stationary(p.g), lyapunov_max(p.g)
    return {
        "lyapunov_max": exponent.lyapunov_max, "delta0": state.delta0, "phi2": state.phi2, "energy": state.gamma0 / 2,
        "residual": max(state.residual, exponent.residual),
    }  # fmt: skip


def dale_spectrum(p: Any, streams: Any) -> Values:
    """Radius and outlier of the excitatory-inhibitory couplings."""
    found = spectrum_of_dale(
        f=p.f, mu_e=p.mu_e, mu_i=p.mu_i, sigma_e=p.sigma, sigma_i=p.sigma, alpha=p.alpha, n_units=p.n_units
    )
    return {"radius": found.radius, "outlier": found.outlier}


def perfect_fit(p: Any, streams: Any) -> Values:
    """Score of the public script's read-out when the current sine is fitted perfectly, whatever the network.

    m(tau) = 1 - <(sin a - sin(a + 2 pi tau/period))²>/(1/2) = 2 cos(2 pi tau/period) - 1.
    """
    tau = np.arange(-p.tau_max, p.tau_max + 1)
    return {"tau": tau.astype(float), "public": 2 * np.cos(2 * np.pi * tau / p.period) - 1}


def ask_null_phase(g: float) -> Answer:
    """Smallest squared singular value of I - J: the slowest rate of the gradient flow at silence (0 for g >= 1)."""
    edge = silence_edge(g)
    return Answer({"s_min2": edge.s_min2}, edge.residual)


def ask_ei_spectrum(
    f: float, mu_e: float, mu_i: float, sigma_e: float, sigma_i: float, alpha: float, n_units: int
) -> Answer:
    """Radius of the disk of eigenvalues and the outlier of sparse excitatory-inhibitory couplings."""
    found = spectrum_of_dale(f=f, mu_e=mu_e, mu_i=mu_i, sigma_e=sigma_e, sigma_i=sigma_i, alpha=alpha, n_units=n_units)
    return Answer({"radius": found.radius, "outlier": found.outlier}, 0.0)


ASK = {
    "null-phase": Question(ask_null_phase, (number("g", "gain of the couplings", low=0.0, high=100.0),)),
    "ei-spectrum": Question(
        ask_ei_spectrum,
        (
            number("f", "share of excitatory neurons", low=0.0, high=1.0),
            number("mu_e", "mean of excitatory couplings times √N", low=-1e3, high=1e3),
            number("mu_i", "mean of inhibitory couplings times √N", low=-1e3, high=1e3),
            number("sigma_e", "spread of excitatory couplings times √N", low=0.0, high=1e3),
            number("sigma_i", "spread of inhibitory couplings times √N", low=0.0, high=1e3),
            number("alpha", "share of couplings that are present", low=0.0, high=1.0),
            whole_number("n_units", "neurons N", low=1, high=10_000_000),
        ),
    ),
}
UNASKED = {
    "silence": "null-phase answers it",
    "dmft": "the dmft of kinetic-energy answers it: the same network at gamma = 0",
}
