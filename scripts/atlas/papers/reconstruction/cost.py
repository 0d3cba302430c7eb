"""How the time of a work item of reconstruction grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

SEEN = "n_trajectories * n_points"

TIME = {
    "student": (
        f"epochs * {SEEN} * n_units**2",
        f"epochs * {SEEN} * n_units",
        f"epochs * {SEEN}/batch * n_units**2",
        f"{SEEN} * n_units**2",
        "n_starts * t_predict/dt * n_units**2",
        "n_units**3",
    ),
    "copies": rates("t_max/dt", "n_states"),
    "classical": rates("(t_transient + t_measure)/dt", "n_states"),
    "mismatch": rates("(t_transient + t_measure)/dt", "n_states"),
    "two-replica": ("(t_max/dt)**2", "t_max/dt"),
    "two-replica-range": ("n_eta * (t_max/dt)**2", "(t_max/dt)**2", "t_max/dt"),
}
MEMORY = {
    "student": (f"{SEEN} * n_units", "n_units**2"),
    "two-replica-range": ("(t_max/dt)**2", "n_eta * t_max/dt"),
}
