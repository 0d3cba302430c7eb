"""Back-propagation through time in the network of `predictive_coding`: the exact gradient of its cross-entropy.

With delta(t) = -dL/dh(t) along the pass that predicts (r = h, no errors inside),

    delta(t) = f'(h(t)) { mu_rec^T delta(t+1) + f(h(t)) v_rec^T [delta eps1/D](t+1)
                          + mu_out^T E_out(t) + f(h(t)) v_out^T [E_out eps2/D_out](t) }

and the gradients by (m, pi, Xi) are those of predictive coding with E replaced by delta: the spike-and-slab RNN, and
the plain (vanilla) RNN without noise. Source: dossier meta-predictive, T1, T2, Fig. 5.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.learning.predictive_coding import GUARD, Errors, Noise, PredictiveNetwork

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]


def backward(network: PredictiveNetwork, x: Array, targets: Labels, noise: Noise | None) -> Errors:
    """Errors delta in the places of E, at the pass that predicts; energy is the cross-entropy per sample."""
    T, batch, _ = x.shape
    n, dtype = network.n, network.dtype
    r = network.forward(x, noise).reshape(-1, n)
    drive, spread = network.drive(x)
    found = network.errors(r, (drive, spread), noise, targets, batch)
    Z, S, f = found.Z, found.S, found.f
    slope = network.slope(r, f)
    back = Z[:, n:] @ network.mu[n:]
    if S is not None and noise is not None and spread is not None:
        back += f * (S[:, n:] @ network.v[n:])
        D = np.sqrt(spread)
        D[batch:] = np.sqrt(spread[batch:] + (f[:-batch] ** 2) @ network.v[:n].T)
        ratio = noise.hidden / (D + dtype(GUARD))
    delta = np.zeros((batch, n), dtype)
    for t in reversed(range(T)):
        here = slice(t * batch, (t + 1) * batch)
        Z[here, :n] = delta  # delta(t+1) beside f(t), as E(t+1)
        total = back[here] + delta @ network.mu[:n]
        if S is not None:
            after = delta * ratio[(t + 1) * batch : (t + 2) * batch] if t + 1 < T else delta
            S[here, :n] = after
            total += f[here] * (after @ network.v[:n])
        delta = slope[here] * total
    first_noisy = delta * ratio[:batch] if S is not None else None
    return Errors(Z, S, delta, first_noisy, f, found.cross_entropy, found.cross_entropy)


def train_batch(
    network: PredictiveNetwork, x: Array, targets: Labels, rates: tuple[float, float], rng: np.random.Generator
) -> float:
    """One step of Adam by the exact gradient; the cross-entropy per sample."""
    noise = network.noise(rng, x.shape[0] * x.shape[1], len(targets))
    found = backward(network, x, targets, noise)
    network.learn(x, found, rates, 0.0)
    return found.energy
