"""Matrix products J y and J^T y on (N, R) states by BLAS, in place, without copies.

A C-contiguous (N, R) array is a Fortran-contiguous (R, N) array seen transposed, so out = J y is the BLAS
product out^T = y^T J^T on views. Few columns are multiplied one by one (gemv): there gemm spends its time on
repacking J. The thresholds were measured (OpenBLAS 0.3.30, AMD EPYC, N = 200..2000); they are constants, not
timed at run time, because gemm and gemv round differently and a run must not depend on the load of a machine.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import blas

Array = NDArray[np.floating[Any]]

_GEMV_COLUMNS = 4  # J y: up to here gemv is faster (1.2 to 6 times), from 8 columns on gemm (up to 3 times)
_GEMV_COLUMNS_TRANSPOSED = 8  # J^T y: gemm packs the transposed matrix more slowly
# J^T y from here on by numpy's BLAS (0.3.31), 10 to 35 % faster than scipy's. It rounds alike from N = 300 on (tried to
# N = 2500, 9 to 300 columns, both types); below it has kernels for small products of its own
_NUMPY_UNITS = 500


class Couplings:
    """The products with one coupling matrix; it keeps a reference to J, and no copy unless J is ``fixed``.

    fixed: the entries of J will not change. From N = 500 on J^T y of more than eight columns is then the product with a
    transposed copy, made once (as long as some steps): the same bits, up to a third faster in float64.

    J: (N, N), C-contiguous, float32 or float64. ValueError for anything else.
    The products take C-contiguous y and out of shape (N, R) and J's dtype (checked by ``check_state`` once
    per run, not per product).
    """

    def __init__(self, J: Array, *, fixed: bool = False) -> None:
        if J.ndim != 2 or J.shape[0] != J.shape[1] or J.shape[0] < 1:
            raise ValueError(f"J: got shape {J.shape}; allowed: (N, N) with N >= 1")
        if J.dtype not in (np.float32, np.float64):
            raise ValueError(f"J: got dtype {J.dtype}; allowed: float32, float64")
        if not J.flags.c_contiguous:
            raise ValueError("J: got an array that is not C-contiguous; allowed: C-contiguous (np.ascontiguousarray)")
        self.J, self._fixed = J, fixed
        single = J.dtype == np.float32
        self._gemm = blas.sgemm if single else blas.dgemm
        self._gemv = blas.sgemv if single else blas.dgemv

    def check_state(self, x: Array, name: str = "x") -> None:
        """ValueError unless x is a C-contiguous, writable (N, R) array of J's dtype with R >= 1."""
        if x.ndim != 2 or x.shape[0] != len(self.J) or x.shape[1] < 1:
            raise ValueError(f"{name}: got shape {x.shape}; allowed: ({len(self.J)}, R) with R >= 1")
        if x.dtype != self.J.dtype:
            raise ValueError(f"{name}: got dtype {x.dtype}; allowed: the dtype of J, {self.J.dtype}")
        if not (x.flags.c_contiguous and x.flags.writeable):
            raise ValueError(f"{name}: got an array that is not C-contiguous and writable; allowed: both")

    def apply(self, y: Array, out: Array, beta: float = 0.0) -> None:
        """out <- J y + beta out, in place (2 N^2 R operations)."""
        self.bound(y, out)(beta)

    def apply_transposed(self, y: Array, out: Array, beta: float = 0.0) -> None:
        """out <- J^T y + beta out, in place (2 N^2 R operations)."""
        self.bound(y, out, transposed=True)(beta)

    def bound(self, y: Array, out: Array, *, transposed: bool = False) -> Callable[[float], None]:
        """The product of two given arrays, prepared once: a function of beta that does out <- J y + beta out.

        With ``transposed`` J^T instead of J. It saves microseconds per step, which is what small networks
        cost.
        """
        columns = y.shape[1]
        JT = self.J.T  # the Fortran view that BLAS takes without a copy
        if columns > (_GEMV_COLUMNS_TRANSPOSED if transposed else _GEMV_COLUMNS):
            gemm, yT, outT, trans_b = self._gemm, y.T, out.T, int(transposed)
            by_numpy = transposed and len(self.J) >= _NUMPY_UNITS

            turned = np.ascontiguousarray(JT) if by_numpy and self._fixed else JT

            def all_columns(beta: float) -> None:
                if by_numpy and beta == 0.0:
                    np.matmul(turned, y, out=out)
                else:
                    gemm(1.0, yT, JT, beta=beta, c=outT, overwrite_c=1, trans_b=trans_b)

            return all_columns

        gemv, flat_y, flat_out, trans = self._gemv, y.reshape(-1), out.reshape(-1), int(not transposed)

        def column_by_column(beta: float) -> None:
            for r in range(columns):  # alpha, a, x, beta, y, offx, incx, offy, incy, trans, overwrite_y
                gemv(1.0, JT, flat_y, beta, flat_out, r, columns, r, columns, trans, 1)

        return column_by_column


def add_scaled(target: Array, scale: float, source: Array) -> None:
    """target <- target + scale source, in place, in one pass (BLAS axpy). Both C-contiguous, same shape,
    dtype.
    """
    axpy = blas.saxpy if target.dtype == np.float32 else blas.daxpy
    axpy(source.reshape(-1), target.reshape(-1), a=scale)


def absolute_sum(x: Array) -> float:
    """sum |x| over all entries without a temporary array (BLAS asum); x C-contiguous."""
    asum = blas.sasum if x.dtype == np.float32 else blas.dasum
    return float(asum(x.reshape(-1)))
