"""How the time of a work item of icl-spin-glass grows with its sizes, by protocol and solver: terms of a sum.

Numbers of tasks, prompts and tokens belong to the physics and do not change with the scale.
"""

from __future__ import annotations

# Tests on the way come every `every` epochs, none for 0.
ON_THE_WAY = "epochs * tests * every/(every**2 + 0.000001)"

TIME = {
    "training": ("epochs", "tests", ON_THE_WAY, "1"),
    "fixed-context": ("epochs", "1"),
    "couplings": ("draws", "1"),
    "landscape": ("steps * n_points**2", "n_points**2", "n_grid**2 * n_points", "1"),
    "contrast-plane": ("instances * n_points**2", "instances"),
    "ridge": ("instances",),
}
MEMORY = {"landscape": ("n_points**2",)}
