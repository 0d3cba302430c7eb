"""How the time of a work item of meta-predictive grows with its sizes, by protocol: terms of a sum."""

from __future__ import annotations

INFERENCE = "epochs * n_train * n_inference"
WORDS = "epochs * n_units * n_inference"  # the sequences of the toy language are a fixed multiple of the neurons

TIME = {
    "rows": (f"{INFERENCE} * n_units**2", f"{INFERENCE} * n_units", "epochs * n_train", "epochs * n_test * n_units**2"),
    "ring": (f"{WORDS} * n_units**2", f"{WORDS} * n_units", "repeats * n_units**2", "longest * n_units"),
    "text": (f"{INFERENCE} * n_units**2", f"{INFERENCE} * n_units", "epochs * n_train", "epochs * n_test * n_units**2"),
    "ensemble": ("n_fields",),
}
MEMORY = {
    "rows": ("n_train * n_units", "batch * n_units"),
    "ring": ("repeats * n_units", "batch * n_units"),
    "text": ("batch * n_units", "n_test * n_units", "n_units**2"),
    "ensemble": ("block",),
}
