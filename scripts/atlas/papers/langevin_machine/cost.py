"""How the time of a work item of langevin-machine grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

TIME = {
    "few-units": ("(t_burn + t_measure)/dt * n_chains", "(t_burn + t_measure)/dt", "1"),
    "few-learning": ("updates * n_chains", "t_measure * n_chains", "1"),
    "machine": ("updates * n_chains", "n_steps * n_generated", "explore_steps", "1"),
    "memory": ("updates * n_chains", "n_steps * n_generated", "1"),
    "painting": ("updates * n_chains", "1"),
    "ascent": ("updates", "1"),
}
