"""Networks of leaky integrate-and-fire neurons with double-exponential synapses, over many samples at once.

A state is (B, N): samples by neurons. With field I, membrane U, filtered spike train r (h: its rise), spikes s and
step dt (all times in ms; U_thr = 1, U_res = 0, every state 0 at first),

    V_t = m_t (l_m U_{t-1} + (1 - l_m) I_t),     U_t = V_t (1 - s_{t-1}),       l_m = exp(-dt/tau_m)
    h_t = l_r h_{t-1} + dt/(tau_d tau_r) s_{t-1},  r_t = l_d r_{t-1} + dt h_t,    s_t = spike(U_t - 1)
    I_t = W_in x_t + W_rec r_{t-1}

m_t = 0 while t dt <= t_last + t_ref, t_last the time of the last spike (-1 ms at first), counted in whole steps.
r is in spikes per step: it scales with dt. One time step is one matrix product and one fused pass (`advance`).

The spike is a step (`hard`; its slope in learning is the surrogate 1/(1 + 25|v|)^2) or smooth, (1 + tanh(k v))/2 with
its own slope; a smooth neuron is refractory after U >= 1. Source: dossier spiking-modes, M1, T1, Fig. 8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.learning.recurrent_products import Recurrent, recurrent
from atlas.learning.shelf import Shelf

Array = NDArray[np.floating[Any]]
Masks = NDArray[np.int8]
THRESHOLD = 1.0
BEFORE = -1.0  # ms: when the last spike was before the first
SURROGATE = 25.0


@dataclass(frozen=True)
class Neuron:
    """Constants of a neuron; times in ms. sharpness: 0 for the step, else k of the smooth spike."""

    dt: float
    t_ref: float = 2.0
    tau_m: float = 20.0
    tau_d: float = 30.0
    tau_r: float = 2.0
    sharpness: float = 0.0

    def __post_init__(self) -> None:
        for name in ("dt", "tau_m", "tau_d", "tau_r"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name}: got {value}; allowed: finite number > 0")
        for name in ("t_ref", "sharpness"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name}: got {value}; allowed: finite number >= 0")

    @property
    def silent_after(self) -> int:
        """Steps after a spike in which the neuron is masked."""
        return math.floor(self.t_ref / self.dt + 1e-9)  # ties count as masked, whatever the rounding

    @property
    def silent_first(self) -> int:
        """Masked steps at the start."""
        return max(0, math.floor((self.t_ref + BEFORE) / self.dt + 1e-9) + 1)

    def leaks(self, dtype: Any) -> Array:
        """l_m, 1 - l_m, l_r, dt/(tau_d tau_r), l_d, dt, k."""
        l_m = math.exp(-self.dt / self.tau_m)
        l_r, l_d = math.exp(-self.dt / self.tau_r), math.exp(-self.dt / self.tau_d)
        kick = self.dt / (self.tau_d * self.tau_r)
        return np.array([l_m, 1.0 - l_m, l_r, kick, l_d, self.dt, self.sharpness], dtype)


@dataclass(frozen=True)
class Course:
    """What a run leaves. V (T, B, N): membrane before the reset; m (T, B, N): mask; s, r (T + 1, B, N): spikes and
    filtered trains from the state at rest, so that s[t + 1] and r[t + 1] belong to V[t].
    """

    V: Array
    m: Masks
    s: Array
    r: Array

    def membrane(self) -> Array:
        """U_t = V_t (1 - s_{t-1}), (T, B, N)."""
        return np.asarray(self.V * (1.0 - self.s[:-1]))


@njit(cache=True)
def advance(drive, field, leaks, silent, left, U, h, r0, s0, V, m, s, r):  # type: ignore[no-untyped-def]
    """One step of all neurons (flat arrays of one size): U, h and left in place; V, m, s, r of this step from the last.

    drive, field: W_in x_t and W_rec r_{t-1}. left: masked steps that remain; silent: how many follow a spike.
    """
    kind = V.dtype.type
    l_m, gain, l_r, kick, l_d, dt = leaks[0], leaks[1], leaks[2], leaks[3], leaks[4], leaks[5]
    one, zero, none = kind(1.0), kind(0.0), np.int32(0)
    after = np.int32(silent)
    for i in range(V.size):
        fired = s0[i]
        wait = left[i]
        v = l_m * U[i] + gain * (drive[i] + field[i])
        v = v if wait == none else zero
        u = v * (one - fired)
        rise = l_r * h[i] + kick * fired
        V[i] = v
        U[i] = u
        h[i] = rise
        r[i] = l_d * r0[i] + dt * rise
        s[i] = one if u >= one else zero
        m[i] = 1 if wait == none else 0
        left[i] = after if u >= one else max(wait - np.int32(1), none)


def driven_field(W_in: Array, x: Array, out: Array | None = None) -> Array:
    """W_in x_t (T, B, N) of all steps, into ``out`` if given; x (T, B, n)."""
    T, B, n = x.shape
    flat = None if out is None else out.reshape(T * B, -1)
    return np.matmul(x.reshape(-1, n), W_in.T, out=flat).reshape(T, B, -1)


def run(W_in: Array, W_rec: Array | Recurrent, x: Array, neuron: Neuron, shelf: Shelf | None = None) -> Course:
    """All steps of a batch from rest. W_in (N, n), W_rec (N, N), x (T, B, n), of one type (float32 or float64).

    The course stands on the shelf, if one is given, until its next use: a run of the same shape allocates nothing.
    """
    out = None if shelf is None else shelf.array("drive", (*x.shape[:2], len(W_in)), x.dtype)
    return run_driven(driven_field(W_in, x, out), W_rec, neuron, shelf)


def run_driven(drive: Array, W_rec: Array | Recurrent, neuron: Neuron, shelf: Shelf | None = None) -> Course:
    """`run` from W_in x_t (T, B, N), for runs that share their inputs."""
    T, B, N = drive.shape
    rec, kind, drive, shelf = recurrent(W_rec), drive.dtype, drive.reshape(T, B * N), shelf or Shelf()
    course = Course(
        shelf.array("V", (T, B, N), kind), shelf.array("m", (T, B, N), np.int8), shelf.array("s", (T + 1, B, N), kind),
        shelf.array("r", (T + 1, B, N), kind),
    )  # fmt: skip
    V, m, s, r = (each.reshape(len(each), -1) for each in (course.V, course.m, course.s, course.r))
    left, U, h = (shelf.array(name, (B * N,), each) for name, each in (("left", np.int32), ("U", kind), ("h", kind)))
    left[:], U[:], h[:], s[0], r[0] = neuron.silent_first, 0.0, 0.0, 0.0, 0.0
    field, leaks = shelf.array("field", (B, N), kind), neuron.leaks(kind)
    flat, silent = field.reshape(-1), neuron.silent_after
    for t in range(T):
        rec.onto(course.r[t], field)
        advance(drive[t], flat, leaks, silent, left, U, h, r[t], s[t], V[t], m[t], s[t + 1], r[t + 1])
        if neuron.sharpness:
            s[t + 1] = 0.5 * (1.0 + np.tanh(kind.type(neuron.sharpness) * (U - 1.0)))
    return course
