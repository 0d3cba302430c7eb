"""How the time of a work item of kinetic-energy grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

TIME = {
    "stationary": rates("(t_transient + t_measure)/dt", "n_states"),
    "traces": rates("t_max/dt"),
    "arc-length": rates("(t_transient + t_measure)/dt", "n_states"),
    "autocovariance": rates("(t_transient + t_measure)/dt", "n_states"),
    "langevin": rates("t_window * windows/dt", "n_states"),
    "pair": rates("(t_transient + snapshots * snapshot_interval)/dt"),
    "monte-carlo": rates("(burn_in + samples) * leapfrog_steps", "n_chains"),
    "potential": ("n_points", "1"),
    "correlation": ("n_points", "1"),
    ("theory", "sample-paths"): ("n_paths * t_max/dt_shown", "1"),
}
MEMORY = {
    "pair": ("snapshots * n_units", "n_units**2"),
    "autocovariance": ("n_units * n_states * t_measure", "n_units**2"),
    "stationary": ("n_units * n_states", "n_units**2"),
    "arc-length": ("n_units * n_states", "n_units**2"),
}
