"""Neurons and synapses together: a rate network whose couplings follow the activity.

    dx_i/dt = -x_i + sum_j (J_ij + A_ij) phi(x_j),      p dA_ij/dt = -A_ij + a(x_i) b(x_j)/N.

One step of length dt reads J once and reads and writes A once (12 N^2 bytes in float32): while an entry of A is in a
register it is advanced and multiplied into the input. A lives at half steps (midpoint rule with exact decay), x follows
an exponential Adams-Bashforth rule, both of order 2:

    A_{n+1/2} = e A_{n-1/2} + (1 - e) a(x_n) b(x_n)^T/N,                                 e = exp(-dt/p),
    h_n = J phi_n + (A_{n-1/2} + A_{n+1/2}) phi_n/2,
    x_{n+1} = E x_n + (1 - E) h_n + (1 - (1 - E)/dt) (h_n - h_{n-1}),                    E = exp(-dt).

The tangent vector (dx, dA) is advanced by the exact derivative of this map, in the same pass over the arrays (20 N^2
bytes), and normalised in the joint norm sqrt(|dx|^2 + |dA|_F^2) by folding the factor into the next step.

Arrays (N, N) are stored by sender: J[j, i] is the coupling from j to i, so that the inner loop runs over receivers and
needs no reduction. Share of the memory's rate in the least pass over the same arrays (A <- s A + J), one thread of
float32: 65 % at N = 400 and 1000 (arrays in cache), 75 % at N = 2000 and 4000; with a tangent vector 35 % and 65 %
(`atlas.benchmarks.plastic`).

Source: dossier neuron-synapse, Model, equations 1 and 2; Theory T6; Numerics.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.dynamics.plasticity_rules import Pair

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]
_STILL = 1e-15  # activities below are zero: subnormal numbers would slow every step and say nothing


@njit(cache=True)
def _factors(x, target, post, pre, phi, a, b):  # type: ignore[no-untyped-def]
    """phi, a and b of every neuron."""
    for i in range(x.size):
        s = np.tanh(x[i])
        phi[i] = s
        a[i] = target[i] + s * (post[0] + post[1] * s * s)
        b[i] = s * (pre[0] + pre[1] * s * s)


@njit(cache=True)
def _slopes(phi, dx, post, pre, three, one, dphi, da, db):  # type: ignore[no-untyped-def]
    """First-order changes of phi, a and b under dx."""
    for i in range(dx.size):
        s2 = phi[i] * phi[i]
        d = (one - s2) * dx[i]
        dphi[i] = d
        da[i] = d * (post[0] + three * post[1] * s2)
        db[i] = d * (pre[0] + three * pre[1] * s2)


@njit(cache=True)
def _synapses(J, A, decay, gain, half, a, b, phi, h):  # type: ignore[no-untyped-def]
    """A <- decay A + gain a b^T and h = (J + (old A + new A)/2) phi in one pass."""
    n = phi.size
    for i in range(n):
        h[i] = 0
    for j in range(n):
        source, s = gain * b[j], phi[j]
        for i in range(n):
            old = A[j, i]
            new = decay * old + source * a[i]
            A[j, i] = new
            h[i] += (J[j, i] + half * (old + new)) * s


@njit(cache=True)
def _synapses_tangent(  # type: ignore[no-untyped-def]
    J, A, D, decay, gain, half, scale, a, b, phi, h, da, db, dphi, dh, squares, measure
):
    """As _synapses, and D <- decay scale D + gain (da b^T + a db^T), dh its share; row by row, each in cache."""
    n = phi.size
    for i in range(n):
        h[i] = 0
        dh[i] = 0
        squares[i] = 0
    for j in range(n):
        source, s, ds, change = gain * b[j], phi[j], dphi[j], gain * db[j]
        for i in range(n):
            old = A[j, i]
            new = decay * old + source * a[i]
            A[j, i] = new
            w = J[j, i] + half * (old + new)
            h[i] += w * s
            dh[i] += w * ds
        for i in range(n):
            old = scale * D[j, i]
            new = decay * old + source * da[i] + change * a[i]
            D[j, i] = new
            dh[i] += half * (old + new) * s
        if measure:
            for i in range(n):
                squares[i] += D[j, i] * D[j, i]


@njit(cache=True)
def _advance(  # type: ignore[no-untyped-def]
    J, A, x, h, h_old, target, post, pre, c, work, n_steps, first, activity, speed
):
    """n_steps steps; fills activity = <phi^2> and speed = <v^2> of every step's start."""
    phi, a, b = work[0], work[1], work[2]
    n = x.size
    for step in range(n_steps):
        _factors(x, target, post, pre, phi, a, b)
        _synapses(J, A, c[0], c[1], c[2], a, b, phi, h)
        q, v2 = 0.0, 0.0
        for i in range(n):
            q += phi[i] * phi[i]
            v2 += (h[i] - x[i]) ** 2
            previous = h[i] if first and step == 0 else h_old[i]
            new = c[3] * x[i] + c[4] * h[i] + c[5] * previous
            x[i] = new if abs(new) > c[6] else c[7]
            h_old[i] = h[i]
        activity[step], speed[step] = q / n, v2 / n


@njit(cache=True)
def _advance_tangent(  # type: ignore[no-untyped-def]
    J, A, D, x, h, h_old, dx, dh, dh_old, target, post, pre, c, work, n_steps, first, scale, activity, speed
):
    """As _advance with the tangent vector; returns |(dx, dA)|^2 after the last step (dA at its half step)."""
    phi, a, b, dphi, da, db, squares = work[0], work[1], work[2], work[3], work[4], work[5], work[6]
    n = x.size
    for step in range(n_steps):
        _factors(x, target, post, pre, phi, a, b)
        _slopes(phi, dx, post, pre, c[8], c[9], dphi, da, db)
        last = step == n_steps - 1
        factor = scale if step == 0 else c[9]
        _synapses_tangent(J, A, D, c[0], c[1], c[2], factor, a, b, phi, h, da, db, dphi, dh, squares, last)
        q, v2 = 0.0, 0.0
        for i in range(n):
            q += phi[i] * phi[i]
            v2 += (h[i] - x[i]) ** 2
            start = first and step == 0
            new = c[3] * x[i] + c[4] * h[i] + c[5] * (h[i] if start else h_old[i])
            x[i] = new if abs(new) > c[6] else c[7]
            dx[i] = c[3] * dx[i] + c[4] * dh[i] + c[5] * (dh[i] if start else dh_old[i])
            h_old[i], dh_old[i] = h[i], dh[i]
        activity[step], speed[step] = q / n, v2 / n
    total = 0.0
    for i in range(n):
        total += squares[i] + dx[i] * dx[i]
    return total


class PlasticNetwork:
    """State (x, A) of one network and, when asked for, one tangent vector (dx, dA).

    J (N, N), stored by sender, C-contiguous, float32 or float64; x (N,) and A (N, N) are copied to its dtype.
    ``activity`` and ``speed`` hold <phi^2> and <v^2>, v = dx/dt, at the starts of the steps of the last run.
    ValueError for p <= 0, dt <= 0 or shapes that do not fit.
    """

    def __init__(
        self,
        J: Array,
        x: Array,
        pair: Pair,
        *,
        p: float,
        dt: float,
        A: Array | None = None,
        target: Array | None = None,
    ) -> None:
        n = len(J)
        if J.shape != (n, n) or x.shape != (n,) or not J.flags.c_contiguous:
            raise ValueError(f"J, x: got shapes {J.shape}, {x.shape}; allowed: C-contiguous (N, N) and (N,)")
        if not (p > 0 and dt > 0):
            raise ValueError(f"p, dt: got {p}, {dt}; allowed: numbers > 0")
        kind = J.dtype
        self.J, self.dt = J, dt
        self.x = np.array(x, dtype=kind)
        self.A = np.zeros_like(J) if A is None else np.array(A, dtype=kind, order="C")
        self.target = np.zeros(n, kind) if target is None else np.asarray(pair.target * target, kind)
        self._post, self._pre = np.array(pair.post, kind), np.array(pair.pre, kind)
        self._c = _constants(dt, p, n, kind)
        self._work = np.zeros((7, n), kind)
        self._h, self._h_old = np.zeros(n, kind), np.zeros(n, kind)
        self._first = True
        self._scale = kind.type(1.0)
        self.activity = self.speed = np.zeros(0)

    def factors(self) -> tuple[Array, Array, Array]:
        """phi, a and b of the current state, copies of shape (N,)."""
        phi, a, b = self._work[0], self._work[1], self._work[2]
        _factors(self.x, self.target, self._post, self._pre, phi, a, b)
        return phi.copy(), a.copy(), b.copy()

    def align(self) -> None:
        """Put the synapses at their fixed point for the current activity: A = a b^T/N."""
        _, a, b = self.factors()
        np.multiply(b[:, None], a[None, :] / len(a), out=self.A)

    def freeze(self) -> None:
        """Stop the synapses where they are: A no longer changes."""
        self._c[0], self._c[1] = 1.0, 0.0

    def run(self, n_steps: int) -> None:
        """Advance by n_steps steps; FloatingPointError if the state became non-finite."""
        self.activity, self.speed = np.zeros(n_steps), np.zeros(n_steps)
        _advance(
            self.J, self.A, self.x, self._h, self._h_old, self.target, self._post, self._pre, self._c, self._work,
            n_steps, self._first, self.activity, self.speed,
        )  # fmt: skip
        self._first = self._first and n_steps == 0
        _require_finite(self.x)

    def start_tangent(self, rng: np.random.Generator) -> None:
        """A random tangent vector of joint norm 1: dx and dA get equal shares of the squared norm."""
        n, kind = len(self.x), self.J.dtype
        dx, D = rng.standard_normal(n), rng.standard_normal((n, n), dtype=np.float32)
        self._dx = np.asarray(dx / (np.linalg.norm(dx) * math.sqrt(2.0)), kind)
        self._D = np.asarray(D / (np.linalg.norm(D) * math.sqrt(2.0)), kind)
        self._dh, self._dh_old = np.zeros(n, kind), np.zeros(n, kind)
        self._first, self._scale = True, kind.type(1.0)

    def run_tangent(self, n_blocks: int, block: int) -> Array64:
        """Advance by n_blocks blocks of `block` steps; growth rates of the tangent vector, one per block, (n_blocks,).

        Their mean is the maximal Lyapunov exponent of the joint flow (time-step error of order dt^2).
        FloatingPointError if the state became non-finite.
        """
        self.activity, self.speed = np.zeros(n_blocks * block), np.zeros(n_blocks * block)
        rates = np.empty(n_blocks)
        for k in range(n_blocks):
            part = slice(k * block, (k + 1) * block)
            square = _advance_tangent(
                self.J, self.A, self._D, self.x, self._h, self._h_old, self._dx, self._dh, self._dh_old, self.target,
                self._post, self._pre, self._c, self._work, block, self._first, self._scale, self.activity[part],
                self.speed[part],
            )  # fmt: skip
            self._first = False
            norm = math.sqrt(square)
            rates[k] = math.log(norm) / (block * self.dt)
            self._scale = self.J.dtype.type(1.0 / norm)
            self._dx *= self._scale
            self._dh_old *= self._scale
        _require_finite(self.x)
        return rates


def _constants(dt: float, p: float, n: int, kind: np.dtype[Any]) -> Array:
    """decay and gain of A, 1/2, weights of x, h and the h before, threshold of stillness, 0, 3, 1."""
    e, E = math.exp(-dt / p), math.exp(-dt)
    slope = 1.0 - (1.0 - E) / dt
    values = (e, (1.0 - e) / n, 0.5, E, 1.0 - E + slope, -slope, _STILL, 0.0, 3.0, 1.0)
    return np.array(values, kind)


def _require_finite(x: Array) -> None:
    if not np.isfinite(x).all():
        raise FloatingPointError("state not finite: the time step is too large, or J or x(0) is not finite")
