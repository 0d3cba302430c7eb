"""Normal random numbers at the speed of the steps that need them: counter-based words, turned into pairs on a circle.

Words: Philox 4x32-10 (J. K. Salmon et al., Parallel random numbers: as easy as 1, 2, 3, SC 2011), a bijection of a
128-bit counter under a 64-bit key. One fill takes its key and the upper half of its counter from the generator it is
given, so that two fills never share words; the lower half counts blocks. Pairs: G. E. P. Box, M. E. Muller, Ann. Math.
Stat. 29, 610 (1958): with u in (0, 1] and an angle t uniform on the circle,

    (x, y) = √(-2 ln u) (cos t, sin t).

ln, cos and sin are polynomials (Chebyshev interpolants of ln((1+s)/(1-s))/s, sin and cos on an eighth of the circle),
so that loops over blocks become vector instructions: 1 to 3 ns per number, where numpy's ziggurat takes 9 to 14.
Without contraction of products and sums a number has the same bits on every CPU.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import DTypeLike, NDArray

U = np.uint64
BLOCK = 128  # counters of a block: all of its arrays stay in the first cache
MULTIPLIERS = U(0xD2511F53), U(0xCD9E8D57)
KEY_STEPS = U(0x9E3779B9), U(0xBB67AE85)
LOW, SHIFT = U(0xFFFFFFFF), U(32)
ONE_BITS = np.int64(0x3FF0000000000000)  # of 1.0
HALF_ROOT_BITS = np.int64(0x3FE6A09E667F3BCD)  # of √(1/2): mantissas lie in [√(1/2), √2)
ROUND, ROUND_BITS = 6755399441055744.0, np.int64(0x4338000000000000)  # 1.5 2^52: integers in the last bits
LN2 = 0.6931471805599453

Words = NDArray[np.uint64]
Array = NDArray[np.floating[Any]]


@njit(cache=True)
def philox(key: U, high: U, first: U, c: Words) -> None:
    """Four 32-bit words for each counter (first + i, high): c[j, i], j < 4, in the lower halves of 64 bits."""
    for i in range(c.shape[1]):
        low = first + U(i)
        c0, c1, c2, c3 = low & LOW, low >> SHIFT, high & LOW, high >> SHIFT
        k0, k1 = key & LOW, key >> SHIFT
        for _ in range(10):
            p, q = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
            c0, c2 = (q >> SHIFT) ^ c1 ^ k0, (p >> SHIFT) ^ c3 ^ k1
            c1, c3 = q & LOW, p & LOW
            k0, k1 = (k0 + KEY_STEPS[0]) & LOW, (k1 + KEY_STEPS[1]) & LOW
        c[0, i], c[1, i], c[2, i], c[3, i] = c0, c1, c2, c3


@njit(cache=True, error_model="numpy")
def radius64(c0: Words, c1: Words, m: Array, e: Array, radius: Array) -> None:
    """radius = √(-2 ln u), u = 2 - v, v in [1, 2) from 52 bits: at most √(104 ln 2) = 8.5. m, e: work.

    Here and below each loop has few arrays: with many, the compiler gives up proving that they do not overlap.
    """
    bits, bits_m, bits_e = radius.view(np.int64), m.view(np.int64), e.view(np.int64)
    for i in range(c0.size):
        bits[i] = np.int64(((c0[i] << SHIFT) | c1[i]) >> U(12)) | ONE_BITS
    for i in range(c0.size):
        radius[i] = 2.0 - radius[i]
    for i in range(c0.size):
        power = (bits[i] - HALF_ROOT_BITS) >> np.int64(52)
        bits_m[i] = bits[i] - (power << np.int64(52))
        bits_e[i] = power + ROUND_BITS
    for i in range(c0.size):
        s = (m[i] - 1.0) / (m[i] + 1.0)
        z = s * s
        p = 0.16837813568898644
        p = p * z + 0.18121922003893642
        p = p * z + 0.22223434921408206
        p = p * z + 0.2857141601597565
        p = p * z + 0.40000000061773056
        p = p * z + 0.6666666666655285
        p = p * z + 2.0000000000000004
        radius[i] = np.sqrt(-2.0 * ((e[i] - ROUND) * LN2 + s * p))


@njit(cache=True)
def sides64(c2: Words, c3: Words, a: Array, b: Array) -> None:
    """a = sin t, b = ± cos t at t uniform in [-π/4, π/4) from 52 bits; the sign from a bit of c3."""
    bits = a.view(np.int64)
    for i in range(c2.size):
        bits[i] = np.int64(((c2[i] << SHIFT) | c3[i]) >> U(12)) | ONE_BITS
    for i in range(c2.size):
        f = a[i] - 1.5
        w = f * f
        p = 5.633933781537854e-08
        p = p * w - 3.59864335298231e-06
        p = p * w + 0.0001604411507421909
        p = p * w - 0.004681754132340976
        p = p * w + 0.07969262624604301
        p = p * w - 0.6459640975062443
        a[i] = (p * w + 1.5707963267948966) * f
        p = 4.6552961874867623e-07
        p = p * w - 2.520013526428479e-05
        p = p * w + 0.000919259950041661
        p = p * w - 0.02086348073494657
        p = p * w + 0.25366950789986475
        p = p * w - 1.2337005501361513
        b[i] = p * w + 1.0
    for i in range(c2.size):
        b[i] *= 1.0 - 2.0 * np.float64(np.int64(c3[i] & U(1)))


@njit(cache=True)
def pairs64(c: Words, out: Array, work: Array) -> None:
    """Pairs from the four words of each counter: out[:n], out[n:], n = c.shape[1]. Errors of ln, cos, sin: 2e-16."""
    n = c.shape[1]
    radius, a, b, e = work[0], work[1], work[2], work[3]
    turned, x, y = c[3], out[:n], out[n:]
    radius64(c[0], c[1], a, e, radius)
    sides64(c[2], c[3], a, b)
    for i in range(n):  # both sides are read before one is chosen: a read under a condition takes twice as long
        r, p, q, swap = radius[i], a[i], b[i], turned[i] & U(2)
        x[i] = r * (p if swap else q)
        y[i] = r * (q if swap else p)


F = np.float32


@njit(cache=True, error_model="numpy")
def pairs32(c: Words, out: Array, work: Array) -> None:
    """Pairs from two words of each counter, a 31-bit u (|x| <= 6.7) and a 24-bit angle: out[:n], out[n:].

    Errors of ln, cos and sin: below 1e-7.
    """
    n = c.shape[1]
    u, m, a, b = work[0], work[1], work[2], work[3]
    bits_u, bits_m, turn = u.view(np.int32), m.view(np.int32), work[4].view(np.int32)
    c0, c1, x, y = c[0], c[1], out[:n], out[n:]
    for i in range(n):
        turn[i] = np.int32(c0[i] >> U(1))
    for i in range(n):
        u[i] = (F(turn[i]) + F(0.5)) * F(4.656612873077393e-10)
    for i in range(n):
        bits_m[i] = bits_u[i] - (((bits_u[i] - np.int32(0x3F3504F3)) >> np.int32(23)) << np.int32(23))
    for i in range(n):
        turn[i] = (bits_u[i] - np.int32(0x3F3504F3)) >> np.int32(23)
    for i in range(n):
        s = (m[i] - F(1.0)) / (m[i] + F(1.0))
        z = s * s
        p = F(0.29924530374734704)
        p = p * z + F(0.3997484537587727)
        p = p * z + F(0.6666681538347713)
        p = p * z + F(1.999999998630764)
        u[i] = np.sqrt(F(-2.0) * (F(turn[i]) * F(LN2) + s * p))
    for i in range(n):
        turn[i] = np.int32(c1[i])
    for i in range(n):
        f = F(turn[i] >> np.int32(8)) * F(5.960464477539063e-08)
        w = f * f
        p = F(-0.004602149212814176)
        p = p * w + F(0.07968021764775542)
        p = p * w - F(0.6459634776648118)
        a[i] = (p * w + F(1.5707963219532366)) * f
        p = F(-0.020408158392998334)
        p = p * w + F(0.25359857130254576)
        p = p * w - F(1.2336970074214912)
        p = p * w + F(0.9999999723284944)
        b[i] = -p if turn[i] & np.int32(1) else p
    for i in range(n):
        r, p, q, swap = u[i], a[i], b[i], turn[i] & np.int32(2)
        x[i] = r * (p if swap else q)
        y[i] = r * (q if swap else p)


@njit(cache=True)
def fill64(key: U, high: U, flat: Array, c: Words, work: Array, last: Array) -> None:
    """Fill a flat float64 array by blocks of last.size = 2 BLOCK numbers, under one key and upper half of the counter.

    c (4, BLOCK), work (5, BLOCK), last: work.
    """
    size = last.size
    for block in range((flat.size + size - 1) // size):
        start = size * block
        philox(key, high, U(block) * U(BLOCK), c)
        if start + size <= flat.size:
            pairs64(c, flat[start : start + size], work)
        else:
            pairs64(c, last, work)
            flat[start:] = last[: flat.size - start]


@njit(cache=True)
def fill32(key: U, high: U, flat: Array, c: Words, work: Array, last: Array) -> None:
    """Fill a flat float32 array by blocks of last.size = 4 BLOCK numbers; c (4, BLOCK), work (5, BLOCK), last: work."""
    size = last.size
    for block in range((flat.size + size - 1) // size):
        start = size * block
        philox(key, high, U(block) * U(BLOCK), c)
        whole = start + size <= flat.size
        target = flat[start : start + size] if whole else last
        pairs32(c[:2], target[: 2 * BLOCK], work)
        pairs32(c[2:], target[2 * BLOCK :], work)
        if not whole:
            flat[start:] = last[: flat.size - start]


_COUNTED = np.empty((4, BLOCK), np.uint64)  # work of the fills, which run in one thread
_WORK = {np.dtype(t): np.empty((5, BLOCK), t) for t in (np.float32, np.float64)}
_LAST: dict[Any, Array] = {np.dtype(t): np.empty(n * BLOCK, t) for t, n in ((np.float32, 4), (np.float64, 2))}


def fill_normal(rng: np.random.Generator, out: Array) -> None:
    """Fill ``out`` (C-contiguous, float32 or float64) with independent N(0, 1) numbers of its dtype.

    Takes two 64-bit numbers from ``rng``, whatever the size. A number depends on these and on its place in ``out``
    alone. ValueError for another dtype or layout.
    """
    if not out.flags.c_contiguous or out.dtype not in _WORK:
        order = "" if out.flags.c_contiguous else ", not C-contiguous"
        raise ValueError(f"fill_normal: {out.dtype}{order}; allowed: float32 or float64, C-contiguous")
    key, high = rng.bit_generator.random_raw(2)  # what rng.integers over all 64 bits draws, with less ado
    fill = fill64 if out.dtype == np.float64 else fill32
    fill(key, high, out.reshape(-1), _COUNTED, _WORK[out.dtype], _LAST[out.dtype])


def normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> NDArray[Any]:
    """A new array of independent N(0, 1) numbers, see `fill_normal`."""
    out = np.empty(shape, dtype)
    fill_normal(rng, out)
    return out
