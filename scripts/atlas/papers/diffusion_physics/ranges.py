"""Constants that both routes need to meet in one table: bins of the histograms, caps of averages, distances q."""

from __future__ import annotations

import numpy as np

EDGES = {
    "system": np.linspace(-5.0, 5.0, 51),
    "environment": np.linspace(-8.0, 8.0, 65),
    "total": np.linspace(-3.0, 3.0, 61),
    "exponential": np.linspace(0.0, 4.0, 41),
}
CAPS = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0])  # of e^{-DS_tot}
DISTANCES = np.array([0.1, 0.15, 0.16, 0.2, 0.3, 0.425, 0.5, 0.7, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
FIRST, LAST = 0.075, 8.075  # of the paper's grid of q
COARSE = 0.025  # step of the dossier's grid of q
ENDS = np.linspace(-50.0, 50.0, 201)  # of generated states, mu = 4, also of those that run away
