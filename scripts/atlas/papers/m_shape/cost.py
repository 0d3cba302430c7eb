"""How the time of a work item of m-shape grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

ITERATION = ("n_outer * n_inner * iterations", "n_outer * iterations", "iterations")

TIME = {
    "cross-distances": rates("(burn_in + samples * every) * leapfrog_steps", "n_chains"),
    "langevin-pairs": rates("t_max/dt", "n_states"),
    "slow-points": ("max_starts * n_units**3", "max_starts * n_units**2"),
    "trajectories": ("max_starts * n_units**3", "max_starts * n_units**2", "n_roots * t_max/dt * n_units**2"),
    "published-entropy": ITERATION,
    "published-range": ITERATION,
    "thermal-trace": ("n_units**3", "n_units**2"),
    "ray": ("n_units**2", "1"),
    "local-entropy": ("1/stride", "1"),
    "thermal-peak": ("1/stride", "1"),
    "franz-parisi": ("1/stride", "1"),
    "published-iteration": ("steps * n_grid**2", "steps * n_grid"),
    "published-probe": ("steps * n_grid/stride", "steps * n_grid"),
}
MEMORY = {"published-entropy": ("n_outer * n_inner",), "published-range": ("n_outer * n_inner",)}
