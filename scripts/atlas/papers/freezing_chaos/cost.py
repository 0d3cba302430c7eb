"""How the time of a work item of freezing-chaos grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

TIME = {
    "stages": rates("t_stage/dt"),
    "dale-stages": rates("t_stage/dt"),
    "tangent": rates("t_max/dt", "n_states"),
    "jacobians": ("n_units**3", *rates("(t_vanilla + t_gradient)/dt")),
    "force-check": ("n_states * n_units**2", "1"),
    "descent": rates("t_max/dt"),
    "readout": ("n_units**3", "n_steps * n_units**2", *rates("n_steps * substeps")),
    "latency": rates("1", "n_frequencies"),
    "overlap": rates("(t_transient + t_max)/dt"),
    "silence-spectrum": ("n_units**3", "n_units**2"),
    "dale-eigenvalues": ("n_units**3", "n_units**2"),
}
MEMORY = {
    "readout": ("n_steps * n_units", "n_units**2"),
    "latency": ("n_units * n_frequencies", "n_units**2"),
}
