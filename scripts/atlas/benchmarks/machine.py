"""The machine and its measured limits: matrix products, memory, tanh."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

from atlas.benchmarks.timing import side_by_side
from atlas.dynamics.elementary import tanh
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import Couplings


@dataclass(frozen=True)
class Machine:
    """Host, CPU model, number of CPUs, load average of the last minute, BLAS kernels and their threads."""

    host: str
    cpu: str
    cpus: int
    load: float
    blas: str


@dataclass(frozen=True)
class Limits:
    """Measured limits of one thread.

    gemm_*: GF/s of an (N, N) by (N, R) product, N = 2000, R = 64. bandwidth: GB/s at which a float32 matrix
    of 64 MB is read by matrix-vector products. tanh_*, normal_*: nanoseconds per element of the tanh and the normal
    random numbers of `atlas.dynamics` on 10^5 elements.
    """

    gemm_float32: float
    gemm_float64: float
    bandwidth: float
    tanh_float32: float
    tanh_float64: float
    normal_float32: float
    normal_float64: float


def machine() -> Machine:
    """What is running this benchmark."""
    pools = (pool for pool in threadpool_info() if pool["user_api"] == "blas")
    blas = ", ".join(
        sorted({f"{p['internal_api']} {p['version']} {p['architecture']} x{p['num_threads']}" for p in pools})
    )
    return Machine(platform.node(), _cpu_model(), os.cpu_count() or 1, round(os.getloadavg()[0], 2), blas)


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def limits() -> Limits:
    """Measure the limits (about two seconds)."""
    rng = np.random.default_rng(0)
    n, r, n_large = 2000, 64, 4000
    J = rng.standard_normal((n, n), dtype=np.float32)
    y = rng.standard_normal((n, r), dtype=np.float32)
    out, J64, y64, out64 = np.zeros_like(y), J.astype(np.float64), y.astype(np.float64), np.zeros((n, r))
    large = rng.standard_normal((n_large, n_large), dtype=np.float32)
    vector, image = large[:, :1].copy(), np.zeros((n_large, 1), np.float32)
    single, double, wide = Couplings(J), Couplings(J64), Couplings(large)
    time = side_by_side(
        {
            "gemm32": lambda: single.apply(y, out),
            "gemm64": lambda: double.apply(y64, out64),
            "gemv": lambda: wide.apply(vector, image),
            "tanh32": lambda: tanh(y, out),
            "tanh64": lambda: tanh(y64, out64),
            "normal32": lambda: fill_normal(rng, out),
            "normal64": lambda: fill_normal(rng, out64),
        },
        rounds=15,
    )
    operations = 2e-9 * n * n * r
    return Limits(
        gemm_float32=operations / time["gemm32"],
        gemm_float64=operations / time["gemm64"],
        bandwidth=1e-9 * large.nbytes / time["gemv"],
        tanh_float32=1e9 * time["tanh32"] / y.size,
        tanh_float64=1e9 * time["tanh64"] / y.size,
        normal_float32=1e9 * time["normal32"] / y.size,
        normal_float64=1e9 * time["normal64"] / y.size,
    )
