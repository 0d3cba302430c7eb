"""The linear response of a network around a state, from the resolvent of its random couplings."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def response_trace(J: Array) -> float:
    """(1/N) tr[(1 - J)^-1 (1 - J)^-T], the mean squared response of the silent state to a static field.

    For J_ij ~ N(0, g^2/N), g < 1, it is 1/(1 - g^2) for N -> infinity. LinAlgError for a singular 1 - J.
    Source: dossier neuron-synapse, Theory S2 and C9.
    """
    n = len(J)
    inverse = np.linalg.inv(np.eye(n) - np.asarray(J, np.float64))
    return float(np.sum(inverse * inverse)) / n
