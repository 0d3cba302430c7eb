"""The published Monte-Carlo iteration of the replica-symmetric equations, at reduced sample sizes.

Each step draws (u, v) and Gaussian x of variance sigma^2/beta about 0, weights the x by the density over the proposal,
and moves the order parameters by a share of the way to the sampled right-hand sides. It stops after at least 100 steps
once every change of q, Q, r, R is below 8e-4, or every relative change is below 8e-3. Both are met while q still moves,
and the weights collapse where the field v is large, which biases Q upwards.

Source: dossier equilibrium-measure, Figures (Monte-Carlo protocol of the published finite-beta curves) and Pitfalls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

ABSOLUTE, RELATIVE, LEAST_STEPS = 8e-4, 8e-3, 100


@dataclass(frozen=True)
class PublishedRun:
    """q, Q, r, R by step (steps + 1,) and the step at which the published rule stops (-1: not within the run)."""

    q: np.ndarray
    Q: np.ndarray
    r: np.ndarray
    R: np.ndarray
    stop: int


def sampled_step(
    state: np.ndarray, g: float, gamma: float, beta: float, fields: np.ndarray, z: np.ndarray
) -> np.ndarray:
    """Sampled right-hand sides at state = (q, Q, r, R, qhat, Qhat); fields (2, n) = (u, v), z (n,) proposals."""
    q, Q, r, R, qhat, Qhat = (float(value) for value in state)
    u, v = fields
    sigma2 = max(1.0 + beta * g * g * (q - Q), 1e-12)
    big_b = g * math.sqrt(beta * max(Q, 0.0))
    r_hat, cross = beta * g * g * gamma * r, (math.sqrt(beta) * g * gamma * R / math.sqrt(Q) if Q > 0 else 0.0)
    field = cross * v + np.sqrt(max(Qhat - cross**2, 0.0)) * u
    x = np.sqrt(sigma2 / beta) * z
    phi = np.tanh(x)
    drift = math.sqrt(beta) * x - (r_hat - beta * g * g * gamma * R) * phi
    y = drift[None, :] - big_b * v[:, None]
    log_w = (qhat - Qhat / 2) * phi**2 + field[:, None] * phi - y**2 / (2 * sigma2) + z**2 / 2
    w = np.exp(log_w - log_w.max(axis=1, keepdims=True))
    w /= w.sum(axis=1, keepdims=True)
    mean_phi, mean_y = w @ phi, (w * y).sum(axis=1)
    return np.array(
        [
            (w @ phi**2).mean(),
            (mean_phi**2).mean(),
            ((w * y) @ phi).mean() / sigma2,
            (mean_y * mean_phi).mean() / sigma2,
            beta * g * g / 2 * ((w * y**2).sum(axis=1).mean() / sigma2**2 - 1 / sigma2),
            beta * g * g * (mean_y**2).mean() / sigma2**2,
        ]
    )


def published_run(
    g: float,
    gamma: float,
    beta: float,
    steps: int,
    n_fields: int,
    n_proposals: int,
    damping: float,
    rng: np.random.Generator,
) -> PublishedRun:
    """`steps` steps from q = 1e-6, Q = 1e-7; `damping` is the share of the old value that is kept."""
    state = np.array([1e-6, 1e-7, 0.0, 0.0, 0.0, 0.0])
    path, stop = [state[:4]], -1
    for step in range(1, steps + 1):
        fields, z = rng.standard_normal((2, n_fields)), rng.standard_normal(n_proposals)
        image = sampled_step(state, g, gamma, beta, fields, z)
        new = damping * state + (1 - damping) * image
        change = np.abs(new[:4] - state[:4])
        state = new
        path.append(state[:4])
        small = bool((change < ABSOLUTE).all() or (change < RELATIVE * np.abs(new[:4])).all())
        if stop < 0 and step >= LEAST_STEPS and small:
            stop = step
    q, Q, r, R = np.array(path).T
    return PublishedRun(q, Q, r, R, stop)
