"""How the time of a work item of equilibrium-measure grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

TIME = {
    "traces": rates("t_max/dt"),
    "activity": rates("(t_transient + t_measure)/dt"),
    "orbits": ("n_states * t_max/dt", "1"),
    "chains": rates("(burn_in + samples) * leapfrog_steps", "n_chains"),
    "noisy": rates("t_max/dt"),
    "iteration": ("n_steps",),
    "published": ("repeats * n_steps * n_fields * n_proposals", "repeats * n_steps * n_fields"),
    "two-time": ("repeats * n_paths * (t_max/dt)**2", "repeats * (t_max/dt)**2"),
}
MEMORY = {"two-time": ("n_paths * (t_max/dt)**2",), "published": ("n_fields * n_proposals",)}
