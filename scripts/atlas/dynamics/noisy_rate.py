"""The random rate network with white noise, and its response to small pushes, by explicit Euler steps.

    x(t+1) = x(t) + dt [ -x(t) + J phi(x(t)) ] + sigma sqrt(dt) z(t),

and alongside it the linearised network for a push of unit size on the right-hand side during one step. With random
signs z_i as pushes, (1/N) sum_i z_i dphi_i(t) estimates the trace of the response, (1/N) sum_i d phi_i(t)/d h_i(s).

First order in dt. Source: dossier equilibrium-measure, Static cavity (time-dependent check).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


@dataclass(frozen=True)
class NoisyRun:
    """mean (T,) = (1/N) sum x_i, equal (T,) = (1/N) sum phi_i^2, response (K, T): per unit time, one row per push."""

    mean: Array64
    equal: Array64
    response: Array64


def noisy_run(
    x: Array,
    J: Array,
    sigma: float,
    dt: float,
    n_steps: int,
    push_steps: Sequence[int],
    rng: np.random.Generator,
    n_probes: int = 8,
) -> NoisyRun:
    """Advance x (N,) in place by n_steps - 1 steps and observe all n_steps times.

    push_steps: steps s at which the right-hand side is pushed; each response is averaged over n_probes sign vectors.
    ValueError unless sigma >= 0, dt > 0 and n_steps >= 1.
    """
    if not (sigma >= 0 and dt > 0 and n_steps >= 1):
        raise ValueError(f"sigma = {sigma}, dt = {dt}, n_steps = {n_steps}; allowed: >= 0, > 0, >= 1")
    n = len(x)
    signs = rng.integers(0, 2, size=(n, len(push_steps), n_probes)).astype(x.dtype) * 2 - 1
    tangent = np.zeros_like(signs)
    mean, equal = np.zeros(n_steps), np.zeros(n_steps)
    response = np.zeros((len(push_steps), n_steps))
    for step in range(n_steps):
        phi = np.tanh(x)
        mean[step], equal[step] = float(x.mean()), float(phi @ phi) / n
        moved = (1 - phi * phi)[:, None, None] * tangent
        response[:, step] = np.einsum("ikp,ikp->k", signs, moved) / (n * n_probes)
        tangent += dt * ((J @ moved.reshape(n, -1)).reshape(tangent.shape) - tangent)
        for row, pushed in enumerate(push_steps):
            if step == pushed:  # a unit push per unit time
                tangent[:, row] += signs[:, row]
        x += dt * (J @ phi - x)
        if sigma:
            x += sigma * math.sqrt(dt) * rng.standard_normal(n).astype(x.dtype)
    return NoisyRun(mean, equal, response)
