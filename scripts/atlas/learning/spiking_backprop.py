"""Back-propagation through time in `spiking_network`: hand-written adjoints of U, r, h and s, backwards in time.

With the direct slopes dr_t = dL/dr_t and adjoints a = 0 after the last step, for t = T-1 ... 0

    A_u = a_u + a_s sigma'(U_t - 1),  A_r = a_r + dr_t,  A_h = a_h + dt A_r,  b_t = A_u m_t (1 - s_{t-1})
    a_s = -A_u V_t + dt/(tau_d tau_r) A_h,  a_u = l_m b_t,  a_h = l_r A_h,  a_r = l_d A_r + (1 - l_m) W_rec^T b_t
    dL/dW_in = (1 - l_m) sum_t b_t x_t^T,   dL/dW_rec = (1 - l_m) sum_t b_t r_{t-1}^T

sigma' is the surrogate slope 1/(1 + 25|v|)^2 of a hard spike, or the slope 2 k s (1 - s) of a smooth one, for which the
gradient is exact. The mask m is held. Source: dossier spiking-modes, T1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.learning.recurrent_products import Recurrent, add_product, recurrent, times_at_once
from atlas.learning.shelf import Shelf
from atlas.learning.spiking_network import SURROGATE, Course, Neuron

Array = NDArray[np.floating[Any]]


@njit(cache=True, error_model="numpy")
def retreat(direct, field, leaks, V, m, s0, s, a_u, a_s, a_h, a_r, b):  # type: ignore[no-untyped-def]
    """One step back of all neurons (flat arrays): the adjoints in place, b of this step.

    field: W_rec^T b_{t+1}, which reaches r of this step; s0: spikes of the step before. a_h is A_h, a_r is A_r.
    """
    kind = V.dtype.type
    l_m, gain, l_r, kick, l_d, dt, k = leaks[0], leaks[1], leaks[2], leaks[3], leaks[4], leaks[5], leaks[6]
    one, twice, steep = kind(1.0), kind(2.0) * k, kind(SURROGATE)
    for i in range(V.size):  # few arrays per loop: more of them and the compiler gives up vector instructions
        A_r = l_d * a_r[i] + gain * field[i] + direct[i]
        a_h[i] = l_r * a_h[i] + dt * A_r
        a_r[i] = A_r
    if k > kind(0.0):
        for i in range(V.size):
            a_u[i] += a_s[i] * twice * s[i] * (one - s[i])
    else:
        for i in range(V.size):
            reach = one + steep * abs(V[i] * (one - s0[i]) - one)
            a_u[i] += a_s[i] / (reach * reach)
    for i in range(V.size):
        A_u = a_u[i]
        back = A_u * (one - s0[i]) * kind(m[i])
        a_s[i] = kick * a_h[i] - A_u * V[i]
        a_u[i] = l_m * back
        b[i] = back


def backward(
    W_rec: Array | Recurrent, x: Array, course: Course, direct: Array, neuron: Neuron, shelf: Shelf | None = None
) -> tuple[Array, tuple[Array, ...]]:
    """Gradients (N, n) by W_in, and by W_rec as its kind gives them (whole: one (N, N)), summed over the samples.

    direct (T, B, N): slopes of the loss by r. Everything of one type. The gradients stand on the shelf, if one is
    given, until its next use.
    """
    T, B, N = course.V.shape
    rec, kind, shelf, at_once = recurrent(W_rec), x.dtype, shelf or Shelf(), times_at_once(N, B)
    V, m, s, each_direct = (each.reshape(len(each), -1) for each in (course.V, course.m, course.s, direct))
    b = shelf.array("b", (at_once, B, N), kind)  # of the time t in row t mod at_once
    flat_b = b.reshape(at_once, -1)
    a_u, a_s, a_h, a_r = (shelf.cleared(name, (B * N,), kind) for name in ("a_u", "a_s", "a_h", "a_r"))
    field, leaks = shelf.cleared("field back", (B, N), kind), neuron.leaks(kind)
    flat, by_input, by_rec = field.reshape(-1), shelf.cleared("by input", (N, x.shape[2]), kind), rec.slopes(shelf)
    for t in range(T - 1, -1, -1):
        if t < T - 1:
            rec.back(b[(t + 1) % at_once], field)
        retreat(each_direct[t], flat, leaks, V[t], m[t], s[t], s[t + 1], a_u, a_s, a_h, a_r, flat_b[t % at_once])
        if t % at_once == 0:
            until = min(t + at_once, T)
            rows = b[: until - t].reshape(-1, N)
            rec.add_slopes(rows, course.r[t:until].reshape(-1, N), by_rec)
            add_product(by_input, rows, x[t:until].reshape(-1, x.shape[2]))
    for each in (by_input, *by_rec):
        each *= kind.type(leaks[1])
    return by_input, by_rec
