"""Couplings of sparse excitatory-inhibitory networks in which Dale's law holds on average.

    J = S * (A Sigma + 1 m^T): S_ij Bernoulli(alpha), A_ij ~ N(0, 1), Sigma_jj = sigma_e/sqrt(N), m_j = mu_e/sqrt(N) in
the first f N columns (excitatory presynaptic neurons), sigma_i/sqrt(N) and mu_i/sqrt(N) in the others.
Source: dossier freezing-chaos, Model (E-I matrix).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating[Any]]


def excitatory_inhibitory_couplings(
    rng: np.random.Generator,
    n_units: int,
    *,
    f: float,
    mu_e: float,
    mu_i: float,
    sigma_e: float,
    sigma_i: float,
    alpha: float,
    dtype: DTypeLike = np.float32,
) -> Array:
    """Couplings J (n_units, n_units), C-contiguous; the first int(f N) columns are excitatory.

    Drawn in float64 and rounded to dtype, so that both precisions see the same network. Ranges: n_units >= 1,
    0 <= f, alpha <= 1, sigma_e, sigma_i >= 0; ValueError otherwise.
    """
    if n_units < 1:
        raise ValueError(f"n_units: got {n_units}; allowed: integer >= 1")
    for name, value, most in (("f", f, 1.0), ("alpha", alpha, 1.0), ("sigma_e", sigma_e, math.inf),
                              ("sigma_i", sigma_i, math.inf)):  # fmt: skip
        if not 0 <= value <= most or math.isinf(value):
            raise ValueError(
                f"{name}: got {value}; allowed: 0 <= {name}" + ("" if math.isinf(most) else f" <= {most:g}")
            )
    excitatory = np.arange(n_units) < int(f * n_units)
    J = rng.standard_normal((n_units, n_units))
    J *= np.where(excitatory, sigma_e, sigma_i)
    J += np.where(excitatory, mu_e, mu_i)
    J *= rng.random((n_units, n_units)) < alpha
    J /= math.sqrt(n_units)
    return np.ascontiguousarray(J, dtype=dtype)
