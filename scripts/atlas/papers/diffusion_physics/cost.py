"""How the time of a work item of diffusion-physics grows with its sizes, by protocol and solver: terms of a sum.

Times and steps belong to the physics and the method and do not change with the scale.
"""

from __future__ import annotations

PATHS = ("n_paths", "1")
PLANE = ("n_side**2", "1")

TIME = {
    "trajectories": PATHS,
    "windows": PATHS,
    "clouds": PATHS,
    "generation": PATHS,
    "pairs": ("n_samples", "1"),
    "currents": ("n_points", "1"),
    "classification": PLANE,
    "phases": PLANE,
    "law": ("n_start", "1"),
    "potential": ("n_points", "1"),
    "franz-parisi": ("n_q", "1"),
}
MEMORY = dict.fromkeys(("trajectories", "windows", "clouds", "generation"), ("n_paths",))
