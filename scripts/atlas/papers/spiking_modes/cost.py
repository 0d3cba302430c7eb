"""How the time of a work item of spiking-modes grows with its sizes, by protocol: terms of a sum."""

from __future__ import annotations

TRIALS = "(batches * batch + n_test)"
TRAINING = (f"{TRIALS} * n_units**2", f"{TRIALS} * n_units", TRIALS, "batches * n_units**2")

TIME = {
    "digits": (*TRAINING, "prunings * n_test * n_units**2", "prunings * n_test * n_units"),
    "context": (*TRAINING, "prunings * n_test * n_units**2", "prunings * n_test * n_units"),
}
MEMORY = {
    "digits": ("n_test", "batch * n_units", "n_units**2"),
    "context": ("n_test * n_units", "batch * n_units", "n_units**2"),
}
