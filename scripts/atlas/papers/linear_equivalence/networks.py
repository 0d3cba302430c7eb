"""The couplings that both routes are given: an input of the paper's statement, not a result of either.

A network has a number; its couplings follow from the root seed, its size and that number alone, so that the simulation
and the prediction for the given couplings speak of the same J, and networks of different gain share their draws.
"""

from __future__ import annotations

import math

import numpy as np

from atlas.config.seeds import Streams


def couplings(streams: Streams, g: float, n_units: int, network: int) -> np.ndarray:
    """J (N, N) of network number `network`, J_ij ~ N(0, g²/N), float64; the stream's key joins those of the item."""
    shared = Streams(streams.root_seed, f"linear-equivalence/networks/n_units={n_units}")
    J: np.ndarray = shared(f"network={network}").standard_normal((n_units, n_units)) * (g / math.sqrt(n_units))
    streams.keys += [key for key in shared.keys if key not in streams.keys]
    return J
