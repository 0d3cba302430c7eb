"""Dynamics between the rate network (gamma = 0) and the gradient flow of its kinetic energy (gamma = 1).

    dx/dt = F - gamma phi'(x) * (J^T F) + s,    F(x) = -x + J phi(x),    E(x) = |F|^2/2,

The added term is the Onsager reaction: the feedback of a neuron through its own influence on the velocities of the
others. All gamma share the zeros of F. For gamma = 1 and s = 0, dE/dt = -|grad E|^2. One product per evaluation for
gamma = 0, two otherwise. Tangent vectors D of the same flow:

    W = -D + J (phi' * D),    dD/dt = W - gamma [ phi'' * D * (J^T F) + phi' * (J^T W) ],    phi'' = -2 phi phi' (tanh).

Source: dossier freezing-chaos, Model (1), (2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.activation import TANH, Activation
from atlas.dynamics.gradient import Descent
from atlas.dynamics.lyapunov import LyapunovResult, orthonormalise
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import Couplings, add_scaled
from atlas.dynamics.schemes import Observer, evolve

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


class RegulatedFlow:
    """f(x) = F - gamma phi'(x) * (J^T F) + drive; the velocity that observers get is F, so that E = |F|^2/2.

    ``drive`` (a number, or an array that broadcasts to the state) may be changed between steps.
    ValueError unless gamma is finite.
    """

    def __init__(self, J: Array, x: Array, gamma: float, activation: Activation = TANH) -> None:
        couplings = Couplings(J)
        couplings.check_state(x)
        self._gamma = check_gamma(gamma)
        self._activation = activation
        self.drive: Array | float = 0.0
        self.phi, self.velocity, self.q = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
        self._dphi, self._step = np.zeros_like(x), np.zeros_like(x)
        self._forward = couplings.bound(self.phi, self.velocity)
        self._backward = couplings.bound(self.velocity, self._step, transposed=True)

    def add(self, x: Array, a: float) -> None:
        """q <- a q + f(x); leaves phi(x) and F(x) behind."""
        self._activation.phi(x, self.phi)
        self._forward(0.0)
        np.subtract(self.velocity, x, out=self.velocity)
        if self._gamma:
            self._backward(0.0)
            self._activation.dphi(x, self.phi, self._dphi)
            np.multiply(self._step, self._dphi, out=self._step)
            np.multiply(self._step, -self._gamma, out=self._step)
            np.add(self._step, self.velocity, out=self._step)
        else:
            np.copyto(self._step, self.velocity)
        if isinstance(self.drive, np.ndarray) or self.drive != 0.0:
            np.add(self._step, self.drive, out=self._step)
        accumulate(self.q, a, self._step)


class RegulatedTangentFlow:
    """R states and k tangent vectors each of the flow with s = 0, phi = tanh; columns: states, then (r, k) tangents."""

    def __init__(self, J: Array, z: Array, n_states: int, gamma: float) -> None:
        couplings = Couplings(J)
        couplings.check_state(z)
        self._gamma, self._n_states = check_gamma(gamma), n_states
        self._source, self._rates, self._back, self.q = (np.zeros_like(z) for _ in range(4))
        self._slope, self._curvature = (np.zeros((len(z), n_states), z.dtype) for _ in range(2))
        self._forward = couplings.bound(self._source, self._rates)
        self._backward = couplings.bound(self._rates, self._back, transposed=True)

    @property
    def phi(self) -> Array:
        """phi(x), (N, R)."""
        return self._source[:, : self._n_states]

    @property
    def velocity(self) -> Array:
        """F(x), (N, R), valid after add."""
        return self._rates[:, : self._n_states]

    def add(self, z: Array, a: float) -> None:
        """q <- a q + [f(x), Df(x) D]: one or two products."""
        states, shape = self._n_states, (len(z), self._n_states, -1)
        vectors = z[:, states:].reshape(shape)
        TANH.phi(z[:, :states], self.phi)
        TANH.dphi(z[:, :states], self.phi, self._slope)
        np.multiply(vectors, self._slope[:, :, None], out=self._source[:, states:].reshape(shape))
        self._forward(0.0)
        np.subtract(self._rates, z, out=self._rates)
        if self._gamma:
            self._backward(0.0)
            back, tangents = self._back[:, :states], self._back[:, states:].reshape(shape)
            np.multiply(self.phi, self._slope, out=self._curvature)
            np.multiply(self._curvature, -2.0, out=self._curvature)
            np.multiply(self._curvature, back, out=self._curvature)
            np.multiply(tangents, self._slope[:, :, None], out=tangents)
            np.add(tangents, vectors * self._curvature[:, :, None], out=tangents)
            np.multiply(back, self._slope, out=back)
            np.multiply(self._back, -self._gamma, out=self._back)
            np.add(self._back, self._rates, out=self._back)
            accumulate(self.q, a, self._back)
        else:
            accumulate(self.q, a, self._rates)


def accumulate(q: Array, a: float, step: Array) -> None:
    """q <- a q + step; a = 0 forgets q, even where it is not finite."""
    if a == 0:
        np.copyto(q, step)
    else:
        np.multiply(q, a, out=q)
        add_scaled(q, 1.0, step)


def check_gamma(gamma: float) -> float:
    """The regulation as a float; ValueError unless it is finite."""
    if not math.isfinite(gamma):
        raise ValueError(f"gamma: got {gamma}; allowed: a finite number")
    return float(gamma)


def integrate(
    x: Array,
    J: Array,
    gamma: float,
    dt: float,
    n_steps: int,
    *,
    method: str = "rk4",
    observe: Sequence[Observer] = (),
    every: int = 1,
    first_step: int = 0,
    require_descent: bool = False,
    activation: Activation = TANH,
) -> None:
    """Advance x (N, R) in place along dx/dt = F - gamma phi' * (J^T F).

    method: "euler" (order 1) or "rk4" (order 4); stable for dt times the largest curvature of E (gamma = 1; below
    (1 + 2 g)^2, about (1 + g)^2 in a chaotic state) below 2 or 4.65. Observers get v = F, E = |v|^2/2. With
    ``require_descent`` FloatingPointError is raised when E rises between observed steps (meant for gamma = 1).
    ValueError for a bad argument; FloatingPointError if the state became non-finite.
    """
    watchers: list[Observer] = [*observe, Descent()] if require_descent else [*observe]
    flow = RegulatedFlow(J, x, gamma, activation)
    evolve(flow, x, dt, n_steps, method=method, observe=watchers, every=every, first_step=first_step)


def lyapunov(
    x: Array,
    J: Array,
    gamma: float,
    dt: float,
    n_blocks: int,
    rng: np.random.Generator,
    *,
    n_vectors: int = 1,
    block: int = 10,
    method: str = "rk4",
    observe: Sequence[Observer] = (),
    require_descent: bool = False,
) -> LyapunovResult:
    """Growth rates of n_vectors tangent vectors per block, along the regulated flow from x (N, R), phi = tanh.

    Every ``block`` steps the vectors of each state are orthonormalised (QR); ``local`` (n_blocks, R, n_vectors) holds
    the rates of all blocks from the start, alignment included: drop the first ones, the mean of the others is the
    finite-time exponent (per membrane time) of the discretised flow. x is advanced in place. Observers get the states
    at the starts of the blocks. Errors as in ``integrate``; ValueError unless 1 <= n_vectors <= N and n_blocks, block
    >= 1.
    """
    n_units, n_states = x.shape
    for name, value, most in (("n_vectors", n_vectors, n_units), ("n_blocks", n_blocks, None), ("block", block, None)):
        if value < 1 or (most is not None and value > most):
            raise ValueError(f"{name}: got {value}; allowed: integer >= 1" + (f" and <= {most}" if most else ""))
    z = np.empty((n_units, n_states * (1 + n_vectors)), x.dtype)
    fill_normal(rng, z)
    z[:, :n_states] = x
    watchers: list[Observer] = [*observe, Descent()] if require_descent else [*observe]

    def watch(step: int, joint: Array, phi: Array, v: Array) -> None:
        for observer in watchers:
            observer(step, joint[:, :n_states], phi, v)

    flow = RegulatedTangentFlow(J, z, n_states, gamma)
    orthonormalise(z, n_states)
    local = np.empty((n_blocks, n_states, n_vectors))
    for k in range(n_blocks):
        evolve(flow, z, dt, block, method=method, observe=[watch], every=block, first_step=k * block)
        local[k] = orthonormalise(z, n_states) / (block * dt)
    np.copyto(x, z[:, :n_states])
    return LyapunovResult(local.mean(axis=0), local)
