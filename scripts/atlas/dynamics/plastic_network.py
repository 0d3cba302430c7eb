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

What the midpoint's new part a b^T adds to the input is a known vector and summed apart: the pass over the arrays itself
is h += phi_j (J + (1 + e)/2 A_{n-1/2}).

Arrays (N, N) are stored by sender: J[j, i] is the coupling from j to i, so that the inner loop runs over receivers and
needs no reduction. While the vectors and one row of each array fit the nearest cache rows are taken one at a time, else
four, with the same bits. Share of the memory's rate in the least pass over the same arrays (A <- s A + J), one thread
of float32: 90 % at N = 2000 and 80 % at 4000; with a tangent vector 60 to 70 % and 78 % (`atlas.benchmarks.plastic`).

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
_NEAR, _NEAR_TANGENT = 2048, 1170  # up to here the vectors and a row of each array fit 32 KiB: rows one at a time
_LINE = 64
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
def _one_row(J, A, decay, mean, a, source, weight, h, low):  # type: ignore[no-untyped-def]
    """The rows from `low` on, one at a time: h += phi_j (J + mean A), A <- decay A + source_j a."""
    for j in range(low, weight.size):
        c, s, w = source[j], weight[j], weight[j] * mean
        for i in range(a.size):
            old = A[j, i]
            A[j, i] = decay * old + c * a[i]
            h[i] = (h[i] + w * old) + s * J[j, i]


@njit(cache=True)
def _four_rows(J, A, decay, mean, a, source, weight, h, top):  # type: ignore[no-untyped-def]
    """As _one_row up to row `top`, four at a time: h and a are fetched once for four rows; the same sums."""
    for j in range(0, top, 4):
        J0, J1, J2, J3 = J[j], J[j + 1], J[j + 2], J[j + 3]
        A0, A1, A2, A3 = A[j], A[j + 1], A[j + 2], A[j + 3]
        c0, c1, c2, c3 = source[j], source[j + 1], source[j + 2], source[j + 3]
        s0, s1, s2, s3 = weight[j], weight[j + 1], weight[j + 2], weight[j + 3]
        w0, w1, w2, w3 = s0 * mean, s1 * mean, s2 * mean, s3 * mean
        for i in range(a.size):
            r, x0, x1, x2, x3 = a[i], A0[i], A1[i], A2[i], A3[i]
            u = (h[i] + w0 * x0) + s0 * J0[i]
            u = (u + w1 * x1) + s1 * J1[i]
            u = (u + w2 * x2) + s2 * J2[i]
            h[i] = (u + w3 * x3) + s3 * J3[i]
            A0[i], A1[i] = decay * x0 + c0 * r, decay * x1 + c1 * r
            A2[i], A3[i] = decay * x2 + c2 * r, decay * x3 + c3 * r


@njit(cache=True)
def _synapses(J, A, c, a, b, phi, source, h):  # type: ignore[no-untyped-def]
    """A <- e A + gain a b^T and h = (J + (old A + new A)/2) phi in one pass.

    What a b^T adds to h, a (gain/2) sum_j b_j phi_j, is summed apart: the pass itself has h += phi_j (J + mean A).
    """
    n = phi.size
    added = c[7]
    for j in range(n):
        h[j] = 0
        source[j] = c[1] * b[j]
        added += source[j] * phi[j]
    top = n - n % 4 if n > _NEAR else 0
    _four_rows(J, A, c[0], c[2], a, source, phi, h, top)
    _one_row(J, A, c[0], c[2], a, source, phi, h, top)
    added *= c[10]
    for i in range(n):
        h[i] += added * a[i]


@njit(cache=True)
def _one_row_tangent(  # type: ignore[no-untyped-def]
    J, A, D, decay, mean, scale, a, da, source, change, weight, slope, h, dh, squares, measure, low
):
    """As _one_row, and dh += phi'_j (J + mean A) + phi_j mean scale D, D <- decay scale D + source da + change a."""
    keep = decay * scale
    for j in range(low, weight.size):
        c, g, s, q = source[j], change[j], weight[j], slope[j]
        w, v, z = s * mean, q * mean, s * mean * scale
        for i in range(a.size):
            x, d, m = A[j, i], D[j, i], J[j, i]
            A[j, i] = decay * x + c * a[i]
            D[j, i] = keep * d + (c * da[i] + g * a[i])
            h[i] = (h[i] + w * x) + s * m
            dh[i] = ((dh[i] + v * x) + q * m) + z * d
        if measure:
            for i in range(a.size):
                squares[i] += D[j, i] * D[j, i]


@njit(cache=True)
def _four_rows_tangent(  # type: ignore[no-untyped-def]
    J, A, D, decay, mean, scale, a, da, source, change, weight, slope, h, dh, squares, measure, top
):
    """As _one_row_tangent up to row `top`, four at a time."""
    keep = decay * scale
    for j in range(0, top, 4):
        J0, J1, J2, J3 = J[j], J[j + 1], J[j + 2], J[j + 3]
        A0, A1, A2, A3 = A[j], A[j + 1], A[j + 2], A[j + 3]
        D0, D1, D2, D3 = D[j], D[j + 1], D[j + 2], D[j + 3]
        c0, c1, c2, c3 = source[j], source[j + 1], source[j + 2], source[j + 3]
        g0, g1, g2, g3 = change[j], change[j + 1], change[j + 2], change[j + 3]
        s0, s1, s2, s3 = weight[j], weight[j + 1], weight[j + 2], weight[j + 3]
        q0, q1, q2, q3 = slope[j], slope[j + 1], slope[j + 2], slope[j + 3]
        w0, w1, w2, w3 = s0 * mean, s1 * mean, s2 * mean, s3 * mean
        v0, v1, v2, v3 = q0 * mean, q1 * mean, q2 * mean, q3 * mean
        z0, z1, z2, z3 = w0 * scale, w1 * scale, w2 * scale, w3 * scale
        for i in range(a.size):
            r, t, x0, x1, x2, x3 = a[i], da[i], A0[i], A1[i], A2[i], A3[i]
            m0, m1, m2, m3, d0, d1, d2, d3 = J0[i], J1[i], J2[i], J3[i], D0[i], D1[i], D2[i], D3[i]
            u = (h[i] + w0 * x0) + s0 * m0
            u = (u + w1 * x1) + s1 * m1
            u = (u + w2 * x2) + s2 * m2
            h[i] = (u + w3 * x3) + s3 * m3
            y = ((dh[i] + v0 * x0) + q0 * m0) + z0 * d0
            y = ((y + v1 * x1) + q1 * m1) + z1 * d1
            y = ((y + v2 * x2) + q2 * m2) + z2 * d2
            dh[i] = ((y + v3 * x3) + q3 * m3) + z3 * d3
            A0[i], A1[i] = decay * x0 + c0 * r, decay * x1 + c1 * r
            A2[i], A3[i] = decay * x2 + c2 * r, decay * x3 + c3 * r
            D0[i], D1[i] = keep * d0 + (c0 * t + g0 * r), keep * d1 + (c1 * t + g1 * r)
            D2[i], D3[i] = keep * d2 + (c2 * t + g2 * r), keep * d3 + (c3 * t + g3 * r)
        if measure:
            for k in range(j, j + 4):
                for i in range(a.size):
                    squares[i] += D[k, i] * D[k, i]


@njit(cache=True)
def _synapses_tangent(  # type: ignore[no-untyped-def]
    J, A, D, c, scale, a, b, phi, h, da, db, dphi, dh, source, change, squares, measure
):
    """As _synapses, and D <- e scale D + gain (da b^T + a db^T), dh its share."""
    n = phi.size
    added, moved = c[7], c[7]
    for j in range(n):
        h[j], dh[j], squares[j] = 0, 0, 0
        source[j], change[j] = c[1] * b[j], c[1] * db[j]
        added += source[j] * phi[j]
        moved += source[j] * dphi[j] + change[j] * phi[j]
    top = n - n % 4 if n > _NEAR_TANGENT else 0
    _four_rows_tangent(
        J, A, D, c[0], c[2], scale, a, da, source, change, phi, dphi, h, dh, squares, measure, top
    )  # fmt: skip
    _one_row_tangent(
        J, A, D, c[0], c[2], scale, a, da, source, change, phi, dphi, h, dh, squares, measure, top
    )  # fmt: skip
    added *= c[10]
    moved *= c[10]
    for i in range(n):
        h[i] += added * a[i]
        dh[i] += moved * a[i] + added * da[i]


@njit(cache=True, error_model="numpy")
def _advance(  # type: ignore[no-untyped-def]
    J, A, x, h, h_old, target, post, pre, c, work, n_steps, first, activity, speed
):
    """n_steps steps; fills activity = <phi^2> and speed = <v^2> of every step's start."""
    n = x.size
    phi, a, b, source = work[0][:n], work[1][:n], work[2][:n], work[3][:n]
    for step in range(n_steps):
        _factors(x, target, post, pre, phi, a, b)
        _synapses(J, A, c, a, b, phi, source, h)
        q, v2 = 0.0, 0.0
        for i in range(n):
            q += phi[i] * phi[i]
            v2 += (h[i] - x[i]) ** 2
            previous = h[i] if first and step == 0 else h_old[i]
            new = c[3] * x[i] + c[4] * h[i] + c[5] * previous
            x[i] = new if abs(new) > c[6] else c[7]
            h_old[i] = h[i]
        activity[step], speed[step] = q / n, v2 / n


@njit(cache=True, error_model="numpy")
def _advance_tangent(  # type: ignore[no-untyped-def]
    J, A, D, x, h, h_old, dx, dh, dh_old, target, post, pre, c, work, n_steps, first, scale, activity, speed
):
    """As _advance with the tangent vector; returns |(dx, dA)|^2 after the last step (dA at its half step)."""
    n = x.size
    phi, a, b, source, change = work[0][:n], work[1][:n], work[2][:n], work[3][:n], work[4][:n]
    dphi, da, db, squares = work[5][:n], work[6][:n], work[7][:n], work[8][:n]
    for step in range(n_steps):
        _factors(x, target, post, pre, phi, a, b)
        _slopes(phi, dx, post, pre, c[8], c[9], dphi, da, db)
        last = step == n_steps - 1
        factor = scale if step == 0 else c[9]
        _synapses_tangent(J, A, D, c, factor, a, b, phi, h, da, db, dphi, dh, source, change, squares, last)
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


def aligned(array: Array) -> Array:
    """The array itself where it begins at a cache line (64 bytes) and is C-contiguous, else a copy that does.

    Vectors of 64 bytes that straddle two lines cost the passes a tenth of their rate.
    """
    if array.flags.c_contiguous and array.ctypes.data % _LINE == 0:
        return array
    room = np.empty(array.nbytes + _LINE, np.uint8)
    start = -room.ctypes.data % _LINE
    copy: Array = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


class PlasticNetwork:
    """State (x, A) of one network and, when asked for, one tangent vector (dx, dA).

    J (N, N), stored by sender, C-contiguous, float32 or float64, copied if it does not begin at a cache line; x (N,)
    and A (N, N) are copied to its dtype.
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
        self.J, self.dt = aligned(J), dt
        self.x = np.array(x, dtype=kind)
        self.A = aligned(np.zeros_like(J) if A is None else np.array(A, dtype=kind, order="C"))
        self.target = np.zeros(n, kind) if target is None else np.asarray(pair.target * target, kind)
        self._post, self._pre = np.array(pair.post, kind), np.array(pair.pre, kind)
        self._c = _constants(dt, p, n, kind)
        padded = n + -n % (_LINE // kind.itemsize)
        self._work = aligned(np.zeros((11, padded), kind))
        self._h, self._h_old = self._work[9][:n], self._work[10][:n]
        self._first = True
        self._scale = kind.type(1.0)
        self.activity = self.speed = np.zeros(0)

    def factors(self) -> tuple[Array, Array, Array]:
        """phi, a and b of the current state, copies of shape (N,)."""
        phi, a, b = self._work[:3, : len(self.x)]
        _factors(self.x, self.target, self._post, self._pre, phi, a, b)
        return phi.copy(), a.copy(), b.copy()

    def align(self) -> None:
        """Put the synapses at their fixed point for the current activity: A = a b^T/N."""
        _, a, b = self.factors()
        np.multiply(b[:, None], a[None, :] / len(a), out=self.A)

    def freeze(self) -> None:
        """Stop the synapses where they are: A no longer changes."""
        self._c[0], self._c[1], self._c[2] = 1.0, 0.0, 1.0

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
        self._D = aligned(np.asarray(D / (np.linalg.norm(D) * math.sqrt(2.0)), kind))
        self._dh, self._dh_old = aligned(np.zeros(n, kind)), np.zeros(n, kind)
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
    """e and gain of A, (1 + e)/2, weights of x, h and the h before, threshold of stillness, 0, 3, 1, 1/2."""
    e, E = math.exp(-dt / p), math.exp(-dt)
    slope = 1.0 - (1.0 - E) / dt
    values = (e, (1.0 - e) / n, 0.5 * (1.0 + e), E, 1.0 - E + slope, -slope, _STILL, 0.0, 3.0, 1.0, 0.5)
    return np.array(values, kind)


def _require_finite(x: Array) -> None:
    if not np.isfinite(x).all():
        raise FloatingPointError("state not finite: the time step is too large, or J or x(0) is not finite")
