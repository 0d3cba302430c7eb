"""Two networks from one start with correlated couplings: the exact causal mean-field theory of their distance.

Both obey the Euler map  x(t+1) = (1 - dt) x(t) + dt J^a phi(x(t)),  corr(J^1_ij, J^2_ij) = c = sqrt(1 - eta^2),
Var J^a_ij = g^2/N, and start from the same x(0) ~ N(0, 1). The theory closes on the covariances C = <x^1 x^1>
(= <x^2 x^2>) and C_12 = <x^1 x^2>, because x is a linear functional of Gaussian fields:

    P_a(t,s) = c_a g^2 <phi(x) phi(x')>,  c_11 = 1, c_12 = c,      R_a(t,s) = <field(t) x(s)>
    R_a(t,0) = 0,          R_a(t,s+1) = (1-dt) R_a(t,s) + dt P_a(t,s)
    C_a(t+1,s+1) = (1-dt)^2 C_a(t,s) + dt (1-dt) [R_a(s,t) + R_a(t,s)] + dt^2 P_a(t,s),   C_a(t+1,0) = (1-dt) C_a(t,0)
    d(t) = <(x^1 - x^2)^2> = 2 [C(t,t) - C_12(t,t)]

One forward pass, row by row; only the last row, R(t, .) and R(., t) are kept. <phi phi'> is the Mehler series
sum_m a_{2m+1}(t) a_{2m+1}(s) rho^{2m+1} of the odd Hermite coefficients at the two variances. Instead of C_12 the
difference D = C - C_12 is propagated, with P_11 - P_12 = g^2 [<phi phi'>_rho - <phi phi'>_{rho - D} + (1-c)
<phi phi'>_{rho - D}] term by term without subtraction: d keeps its relative accuracy however small eta is. Several eta
share one pass, since C does not depend on them.

The map is exact for a simulation at the same dt. The flow dt -> 0 is reached by Richardson's extrapolation of dt, dt/2,
dt/4 (the errors are a series in dt).

Source: dossier reconstruction, T1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import require_gain, require_positive
from atlas.meanfield.gaussian import Array, half_nodes, tanh_averages, tanh_odd_coefficients

G_MAX = 10.0
MAX_STEPS = 6000
TOLERANCE = 1e-11  # of the Mehler series at the largest variance
CUT = 1e-8  # of the coefficients against the first; squared in the series

SMALLEST = 1e-280  # a variance below is taken for this: the activity has died

Coefficients = Callable[[float], Array]


@dataclass(frozen=True)
class TwoReplica:
    """Solution on times (n+1,): variance C(t,t) (n+1,), distance d(t) (K, n+1) for the K values of eta.

    residual: for the map, relative mismatch of the series' <phi^2> at the largest variance; for the extrapolated flow,
    the largest relative difference between the last two orders of extrapolation.
    """

    g: float
    eta: Array
    dt: float
    times: Array
    variance: Array
    distance: Array
    residual: float


def tanh_coefficients(largest: float) -> Coefficients:
    """v -> a_1, a_3, ... of tanh(sqrt(v) z) for 0 < v <= largest: one product with a table of Hermite functions.

    Nodes, number of terms and error as in `atlas.meanfield.gaussian.tanh_odd_coefficients`, taken at the largest
    variance; absolute error about 1e-15 of each coefficient. Trailing terms under the tolerance are cut.
    """
    n_terms = tanh_odd_coefficients(largest, TOLERANCE).size
    z, w = half_nodes(math.sqrt(largest), 12.5, math.sqrt(2.0 * n_terms))
    rows = np.empty((n_terms, z.size))
    even, odd = w.copy(), w * z  # w h_0, w h_1; h_n = He_n/sqrt(n!)
    for m in range(n_terms):
        rows[m] = odd
        n = 2.0 * m + 1.0
        even = (z * odd - math.sqrt(n) * even) / math.sqrt(n + 1.0)
        odd = (z * even - math.sqrt(n + 1.0) * odd) / math.sqrt(n + 2.0)

    def coefficients(variance: float) -> Array:
        a: Array = rows @ np.tanh(math.sqrt(variance) * z)
        return a[: int(np.flatnonzero(np.abs(a) >= CUT * abs(a[0]))[-1]) + 1]

    return coefficients


def identity_coefficients(variance: float) -> Array:
    """Those of phi(x) = x: the exactly solvable linear network."""
    return np.array([math.sqrt(variance)])


def mismatches(eta: Sequence[float] | Array | float) -> Array:
    """eta as an array (K,); ValueError unless all lie in [0, 1]."""
    values: Array = np.atleast_1d(np.asarray(eta, dtype=np.float64))
    if values.ndim != 1 or not np.all((values >= 0.0) & (values <= 1.0)):
        raise ValueError(f"eta: got {eta}; allowed: numbers in [0, 1]")
    return values


def forward_pass(g: float, deficit: Array, dt: float, n_steps: int, coefficients: Coefficients) -> tuple[Array, Array]:
    """C(t,t) (n+1,) and D(t,t) (K, n+1) of the map, deficit = 1 - c (K,), for any odd phi by its coefficients."""
    from atlas.meanfield.two_replica_rows import advance_row

    size = n_steps + 1
    variance, gap = np.ones(size), np.zeros((deficit.size, size))
    C, D = np.zeros(size + 1), np.zeros((deficit.size, size + 1))
    column, column_gap = np.zeros(size), np.zeros((deficit.size, size))
    table, lengths, roots = np.zeros((size, 16)), np.zeros(size), np.zeros(size)
    C[0] = 1.0
    for t in range(n_steps):
        a = coefficients(C[t])
        if a.size > table.shape[1]:
            table = np.pad(table, ((0, 0), (0, 2 * a.size - table.shape[1])))
        table[t, : a.size], lengths[t], roots[t] = a, a.size, math.sqrt(max(C[t], SMALLEST))
        advance_row(t, dt, g * g, deficit, table, lengths, roots, C, D, column, column_gap)
        variance[t + 1], gap[:, t + 1] = C[t + 1], D[:, t + 1]
    return variance, gap


def two_replica(g: float, eta: Sequence[float] | Array | float, dt: float, n_steps: int) -> TwoReplica:
    """The map with step 0 < dt <= 1 over n_steps steps (1 to 6000), for 0 <= g <= 10 and 0 <= eta <= 1.

    No error but rounding and the truncation of the series (residual, about 1e-11). Raises ValueError outside the
    ranges. Cost about n_steps^2/2 short sums: 20 ms for 400 steps at g = 2.
    """
    g, values = require_gain(g, G_MAX), mismatches(eta)
    dt = require_positive("dt", dt)
    if dt > 1.0:
        raise ValueError(f"dt = {dt}: must be <= 1")
    if not 1 <= n_steps <= MAX_STEPS:
        raise ValueError(f"{n_steps} steps: from 1 to {MAX_STEPS} are allowed")
    deficit = values**2 / (1.0 + np.sqrt(1.0 - values**2))  # 1 - c without subtraction
    coefficients = tanh_coefficients(max(1.0, g * g))  # |phi| <= 1 keeps the variance below
    variance, gap = forward_pass(g, deficit, dt, n_steps, coefficients)
    largest = float(variance.max())
    residual = abs(float(np.sum(coefficients(largest) ** 2)) / tanh_averages(largest).phi2 - 1.0)
    times: Array = np.arange(n_steps + 1, dtype=np.float64) * dt
    return TwoReplica(g, values, dt, times, variance, 2.0 * gap, residual)


def extrapolated(
    g: float, eta: Sequence[float] | Array | float, dt: float, n_steps: int
) -> tuple[TwoReplica, list[TwoReplica]]:
    """The flow dt -> 0 on the grid of the coarsest map, and the maps at dt, dt/2 and dt/4 (4 n_steps <= 6000).

    With f_k the map at dt/2^k: second order 2 f_2 - f_1, third order (8 f_2 - 6 f_1 + f_0)/3, which is returned; the
    residual is the largest relative difference of the two. Ranges as in `two_replica`.
    """
    maps = [two_replica(g, eta, dt / 2**k, n_steps * 2**k) for k in range(3)]
    curves = [np.vstack((one.variance, one.distance))[:, :: 2**k] for k, one in enumerate(maps)]
    third = (8.0 * curves[2] - 6.0 * curves[1] + curves[0]) / 3.0
    second = 2.0 * curves[2] - curves[1]
    scale = np.where(third != 0.0, np.abs(third), 1.0)
    # the first steps hold no time for the error series: d starts as t^2
    residual = float((np.abs(third - second) / scale)[:, min(10, n_steps) :].max())
    return TwoReplica(maps[0].g, maps[0].eta, 0.0, maps[0].times, third[0], third[1:], residual), maps


def linear_distance(g: float, eta: float, t: Array) -> Array:
    """d(t) = 2 e^{-2t} [I_0(2 g t) - I_0(2 g sqrt(c) t)]: the flow of the linear network, phi(x) = x."""
    from scipy.special import ive

    root = (1.0 - eta * eta) ** 0.25
    decay = np.exp(-2.0 * t * (1.0 - g))
    result: Array = (
        2.0 * decay * (ive(0, 2.0 * g * t) - ive(0, 2.0 * g * root * t) * np.exp(-2.0 * g * (1.0 - root) * t))
    )
    return result
