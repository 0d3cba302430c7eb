"""How the time of a work item of linear-equivalence grows with its sizes, by protocol and solver: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

RUN = rates("(t_transient + t_measure)/dt", "n_states")
SPECTRAL = ("n_units**3", "n_frequencies * n_units**2", "n_frequencies")  # eigenvectors; a sum over frequencies

TIME = {
    "lags": RUN,
    "covariance": RUN,
    "wick": (*RUN, "(t_transient + t_measure)/dt * n_states * quadruples"),
    "cross-spectra": (*RUN, "(t_transient + t_measure)/dt * n_states * n_rows"),
    "dimension": RUN,
    ("theory", "dmft"): ("t_lag", "1"),
    "prediction": SPECTRAL,
    ("theory", "predicted-spectra"): SPECTRAL,
    "predicted-dimension": SPECTRAL,
    "closure": ("n_units**4", "n_units**3"),
}
MEMORY = {
    "lags": ("n_units * n_states * t_measure", "n_units**2"),
    "predicted-spectra": ("n_units**2", "n_units * n_frequencies"),
    "prediction": ("n_units**2", "n_units * n_frequencies"),
    "predicted-dimension": ("n_units**2", "n_units * n_frequencies"),
}
