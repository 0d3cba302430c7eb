"""A layer of weights with a spike-and-slab law of which only the parameters (m, pi, Xi) are learned.

w from j to i has the law pi delta(w) + (1 - pi) N(mean, variance); what enters a network of many inputs are its first
moment mu and its variance v. Two conventions, N the number of inputs:

    field   mu = m/N                v = m² pi/(N² (1 - pi)) + Xi/N       (slab: mean m/(N(1-pi)), variance Xi/(N(1-pi)))
    slab    mu = (1 - pi) m         v = (1 - pi)(Xi + pi m²)             (slab: mean m, variance Xi)

A prediction h_i = sum_j mu_ij a_j + eps_i Delta_i, Delta_i² = sum_j v_ij a_j², with the error E_i = target - h_i, gives
summed over time and samples, A = E a^T and B = (E eps/Delta) (a²)^T, and

    dF/dtheta = -(A dmu/dtheta + B/2 dv/dtheta)      theta = m, pi, Xi

which is local: error times presynaptic rate, or its square. pi stays in [0, 0.99], Xi >= 0. A deterministic layer has
pi = Xi = 0 for ever. Source: dossier meta-predictive, M1, T2.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from atlas.learning.fused_adam import FusedAdam

Array = NDArray[np.floating[Any]]
Convention = Literal["field", "slab"]
LARGEST_PI = 0.99
CLIP = 10.0  # largest spectral norm of the gradients by pi and Xi


class SpikeSlabLayer:
    """Parameters m, pi, xi (outputs, inputs) and their optimisers (Adam 0.9, 0.999, decoupled decay).

    noisy: False keeps pi = Xi = 0. ValueError for shapes that differ, pi outside [0, 0.99] or a negative xi.
    """

    def __init__(self, m: Array, pi: Array, xi: Array, *, convention: Convention = "field", noisy: bool = True) -> None:
        if not m.shape == pi.shape == xi.shape or m.ndim != 2:
            raise ValueError(f"m, pi, xi: got shapes {m.shape}, {pi.shape}, {xi.shape}; allowed: one (outputs, inputs)")
        if pi.min() < 0.0 or pi.max() > LARGEST_PI or xi.min() < 0.0:
            raise ValueError(f"pi, xi: got {pi.min()} .. {pi.max()}, {xi.min()} ..; allowed: pi in [0, 0.99], xi >= 0")
        self.m, self.convention, self.noisy = m, convention, noisy
        self.pi = pi if noisy else np.zeros_like(pi)
        self.xi = xi if noisy else np.zeros_like(xi)
        self._adam = [FusedAdam(m, 1.0) for _ in range(3 if noisy else 1)]

    def mean(self) -> Array:
        """mu, the first moments."""
        if self.convention == "field":
            return self.m * self.m.dtype.type(1.0 / self.m.shape[1])
        return (1.0 - self.pi) * self.m

    def variance(self) -> Array:
        """v, the variances."""
        n, m, pi, xi = self.m.shape[1], self.m, self.pi, self.xi
        if self.convention == "field":
            return m * m * pi / (n * n * (1.0 - pi)) + xi / n
        return (1.0 - pi) * (xi + pi * m * m)

    def gradients(self, A: Array, B: Array | None) -> tuple[Array, ...]:
        """dF/dm, dF/dpi, dF/dXi from A and B; of a layer without noise dF/dm alone."""
        n, m, pi = self.m.shape[1], self.m, self.pi
        if not self.noisy or B is None:
            return (-A / n if self.convention == "field" else -A,)
        if self.convention == "field":
            return (
                -(A / n + B * m * pi / (n * n * (1.0 - pi))),
                -0.5 * B * m * m / (n * n * (1.0 - pi) ** 2),
                -0.5 * B / n,
            )
        return (
            -(A * (1.0 - pi) + B * (1.0 - pi) * pi * m),
            A * m - 0.5 * B * (m * m * (1.0 - 2.0 * pi) - self.xi),
            -0.5 * B * (1.0 - pi),
        )

    def step(self, A: Array, B: Array | None, rates: tuple[float, float], decay: float) -> None:
        """One step of Adam; rates: of m, and of pi and Xi; decay: theta <- theta - rate decay theta."""
        grads = self.gradients(A, B)
        parameters = (self.m, self.pi, self.xi)[: len(grads)]
        for index, (theta, grad, adam) in enumerate(zip(parameters, grads, self._adam, strict=True)):
            adam.lr = rates[min(index, 1)]
            move = adam.move(clipped(grad) if index else grad)
            theta *= theta.dtype.type(1.0 - adam.lr * decay)
            theta -= move
        if self.noisy:
            np.clip(self.pi, 0.0, LARGEST_PI, out=self.pi)
            np.maximum(self.xi, 0.0, out=self.xi)

    def sample(self, rng: np.random.Generator) -> Array:
        """One draw of all weights from their laws."""
        n, m, pi, xi = self.m.shape[1], self.m, self.pi, self.xi
        field = self.convention == "field"
        centre, variance = (m / (n * (1.0 - pi)), xi / (n * (1.0 - pi))) if field else (m, xi)
        slab = centre + np.sqrt(variance) * rng.standard_normal(m.shape)
        return np.where(rng.random(m.shape) < pi, 0.0, slab).astype(m.dtype)


def clipped(grad: Array) -> Array:
    """The gradient, scaled to the spectral norm CLIP where it is larger (the Frobenius norm bounds it from above)."""
    if float(np.linalg.norm(grad)) <= CLIP:
        return grad
    norm = float(np.linalg.norm(grad, ord=2))
    return grad if norm <= CLIP else grad * grad.dtype.type(CLIP / norm)


def reservoir_start(
    rng: np.random.Generator, widths: tuple[int, int, int], pi_high: float, xi_high: float, dtype: Any = np.float32
) -> list[tuple[Array, Array, Array]]:
    """First (m, pi, xi) of the layers in, rec, out in the convention `field`, widths (N_in, N, N_out).

    m_in ~ N(0, 1) sqrt(N_in/N) N_in, m_rec = N I, m_out ~ N(0, 1) sqrt(N_in/N) N, pi ~ U(0, pi_high),
    Xi ~ U(0, xi_high).
    """
    inputs, n, outputs = widths
    scale = float(np.sqrt(inputs / n))
    found = []
    for shape, kind in (((n, inputs), "in"), ((n, n), "rec"), ((outputs, n), "out")):
        m = n * np.eye(n) if kind == "rec" else rng.standard_normal(shape) * scale * shape[1]
        pi, xi = pi_high * rng.random(shape), xi_high * rng.random(shape)
        found.append((m.astype(dtype), pi.astype(dtype), xi.astype(dtype)))
    return found


def uniform_start(
    rng: np.random.Generator, widths: tuple[int, int, int], xi: float, dtype: Any = np.float32
) -> list[tuple[Array, Array, Array]]:
    """First (m, pi, xi) in the convention `slab`: m ~ U(-1/sqrt(fan-in), 1/sqrt(fan-in)), pi = 0, Xi of one value."""
    inputs, n, outputs = widths
    found = []
    for shape in ((n, inputs), (n, n), (outputs, n)):
        m = (2.0 * rng.random(shape) - 1.0) / np.sqrt(shape[1])
        found.append((m.astype(dtype), np.zeros(shape, dtype), np.full(shape, xi, dtype)))
    return found
