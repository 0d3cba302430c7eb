"""Edges of the histograms that simulations fill and comparisons tabulate."""

from __future__ import annotations

import numpy as np

FANO_EDGES = np.linspace(0.0, 20.0, 41)
