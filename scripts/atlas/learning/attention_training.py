"""Training of linear attention by full-batch Adam, with gradients by hand.

The loss w.A.w - 2 h.w + const, w = vec(W), has the gradient G = 2 (A w - h), one product per epoch whatever the number
of prompts; weight decay wd adds wd W to it, so that the minimum is the ridge solution of strength lambda_0 = wd/2.
Separate query and key: W = W_q^T W_k, dW_q = W_k G^T, dW_k = W_q G. Source: dossier icl-spin-glass, Model; Figs. 2, 4,
S1, S6.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from atlas.learning.adam import Adam

Array = NDArray[np.float64]
Watch = Callable[[int, Array], None]


def form_gradient(A: Array, h: Array, W: Array) -> Array:
    """G = 2 (A vec(W) - h) in the shape of W."""
    return (2.0 * (A @ W.ravel() - h)).reshape(W.shape)


def train_merged(
    A: Array, h: Array, W: Array, lr: float, weight_decay: float, epochs: int, watch: Watch | None = None
) -> Array:
    """W after some epochs of Adam from the given W (not changed); watch(epoch, W) before the first and after each."""
    W = W.copy()
    adam = Adam(W, lr)
    for epoch in range(epochs):
        if watch is not None:
            watch(epoch, W)
        grad = form_gradient(A, h, W)
        if weight_decay:
            grad += weight_decay * W
        adam.step(W, grad)
    if watch is not None:
        watch(epochs, W)
    return W


def separate_gradient(A: Array, h: Array, Wq: Array, Wk: Array) -> tuple[Array, Array]:
    """Gradients of the loss of W = Wq^T Wk in Wq and Wk, both (d_k, D+1)."""
    G = form_gradient(A, h, Wq.T @ Wk)
    return Wk @ G.T, Wq @ G


def train_separate(A: Array, h: Array, Wq: Array, Wk: Array, lr: float, weight_decay: float, epochs: int) -> Array:
    """W_q^T W_k after some epochs of Adam on both factors (those given are not changed)."""
    both = np.stack([Wq, Wk])
    adam = Adam(both, lr)
    for _ in range(epochs):
        grad = np.stack(separate_gradient(A, h, both[0], both[1]))
        if weight_decay:
            grad += weight_decay * both
        adam.step(both, grad)
    return np.asarray(both[0].T @ both[1])


def fixed_context_gradient(C: Array, w: Array, W: Array) -> Array:
    """Gradient of <|C (W11 + u_mu W21) - I|²>_mu in W (D+1, D), u_mu = w_mu/√D the rows of w (P, D).

    With M_mu = C (W11 + u_mu W21) - I: dW11 = 2 C <M>, dW21 = 2 <u_mu^T C M_mu>; M enters through <M> and <u u^T>.
    """
    D = C.shape[0]
    mean_u, second = w.mean(axis=0), w.T @ w / len(w)
    bare = C @ W[:D] - np.eye(D)
    grad = np.empty_like(W)
    Cu = C @ mean_u
    grad[:D] = 2.0 * C @ (bare + np.outer(Cu, W[D]))
    grad[D] = 2.0 * (Cu @ bare + np.sum(C @ second * C) * W[D])
    return grad


def distance_to_ideal(W: Array) -> float:
    """|W11 - I|²/D² + |W21|²/D of W (D+1, D)."""
    D = W.shape[1]
    return float(np.sum((W[:D] - np.eye(D)) ** 2) / D**2 + np.sum(W[D] ** 2) / D)


def train_fixed_context(C: Array, w: Array, W: Array, lr: float, epochs: int) -> Array:
    """Distances to the ideal solution by epoch, (epochs + 1,), of Adam on the loss of `fixed_context_gradient`."""
    W = W.copy()
    adam = Adam(W, lr)
    distance = [distance_to_ideal(W)]
    for _ in range(epochs):
        adam.step(W, fixed_context_gradient(C, w, W))
        distance.append(distance_to_ideal(W))
    return np.array(distance)
