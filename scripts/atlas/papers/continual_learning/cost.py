"""How the time of a work item of continual-learning grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

DESCENT = ("n_steps * n_units**2", "n_steps * n_units")  # patterns are a fixed multiple of the weights
TRAINING = ("epochs * n_units**2", "epochs * n_units")
EPOCHS = "(epochs_sequential + epochs_permuted)"

TIME = {
    "learning": TRAINING,
    "held": TRAINING,
    "relaxation": DESCENT,
    "boltzmann": DESCENT,
    "two-tasks": (
        "epochs1 * n_units**2",
        "epochs2 * n_units**2",
        "epochs1 * n_units",
        "epochs2 * n_units",
    ),
    "layered": (
        f"{EPOCHS} * n_train * width",  # from the images to the first layer
        f"{EPOCHS} * n_train * width**2",
        f"{EPOCHS} * n_train",
        f"{EPOCHS} * width**2",  # a step of the optimiser
        f"{EPOCHS} * n_test * width",
    ),
    "curve": ("n_points", "1"),
    "imposed": ("n_points", "1"),
}
MEMORY = {
    "learning": ("n_units**2",),
    "held": ("n_units**2",),
    "relaxation": ("n_units**2",),
    "boltzmann": ("n_units**2",),
    "two-tasks": ("n_units**2",),
    "layered": ("n_train", "width**2"),
}
