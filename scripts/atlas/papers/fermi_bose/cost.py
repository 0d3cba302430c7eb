"""How the time of a work item of fermi-bose grows with its sizes, by protocol: terms of a sum."""

from __future__ import annotations

from atlas.planning.terms import rates

TIME = {
    "langevin": rates("n_steps"),
    "cavity": rates("max_steps"),
    "layers": ("epochs * n_hidden", "readout_epochs * n_hidden", "n_hidden"),
    "course": ("epochs * n_hidden", "readout_epochs * n_hidden", "n_hidden"),
}
