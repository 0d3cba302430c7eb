"""How the time of a work item of neuron-synapse grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

TIME = {
    "joint": rates("(t_transient + t_measure)/dt"),
    "traces": rates("(t_transient + t_max)/dt"),
    "autocorrelation": rates("(t_transient + t_measure)/dt"),
    "hysteresis": rates("t_hold/dt"),
    "onset": rates("t_run * halvings/dt"),
    "freezing": rates("(t_transient + t_before + t_after)/dt"),
    "langevin": rates("(t_transient + t_measure)/dt", "n_chains"),
    "response": ("n_units**3", "n_units**2"),
    "branch": ("n_points", "1"),
    "dmft": ("batches * n_paths * (t_lag/dt)**2", "batches * (t_lag/dt)**2"),
    "annealed": ("n_points", "1"),
}
MEMORY = {"dmft": ("n_paths * (t_lag/dt)**2",), "autocorrelation": ("n_units * t_measure", "n_units**2")}
