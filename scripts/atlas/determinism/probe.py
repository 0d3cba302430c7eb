"""What a process computes: digests of plain functions by the C library, by NumPy and by BLAS on fixed inputs.

A switch of kernels has an effect where a digest differs from that of the unswitched process. Equal digests do not
prove equal kernels; different ones prove different kernels.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

POINTS = [0.1 + 0.00137 * index for index in range(20_000)]


def digests() -> dict[str, str]:
    """``libm``: exp, sin, tanh, expm1; ``numpy``: its exp, tanh, log, sum; ``blas``: a product of 150 x 150."""
    import numpy as np

    def digest(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    plain = [function(x) for function in (math.exp, math.sin, math.tanh, math.expm1) for x in POINTS]
    points = np.array(POINTS)
    vector = b"".join(np.asarray(f(points)).tobytes() for f in (np.exp, np.tanh, np.log, np.sum))
    matrix = np.sin(np.arange(22_500, dtype=float) ** 1.5).round(6).reshape(150, 150)
    return {
        "libm": digest(struct.pack(f"{len(plain)}d", *plain)),
        "numpy": digest(vector),
        "blas": digest((matrix @ matrix.T.copy()).tobytes()),
    }


def probe(env: Mapping[str, str]) -> dict[str, str] | None:
    """The digests in a fresh process with these variables; None where it cannot run (an unknown instruction)."""
    done = subprocess.run(
        [sys.executable, "-c", "from atlas.determinism.probe import say; say()"],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **env},
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        return None
    found: dict[str, str] = json.loads(done.stdout)
    return found


def say() -> None:
    """Print this process's digests as JSON."""
    print(json.dumps(digests()))


def dispatched_features() -> list[str]:
    """Names of the SIMD features that NumPy found and can be told not to use."""
    import numpy as np  # noqa: F401

    core = sys.modules.get("numpy._core._multiarray_umath") or sys.modules["numpy.core._multiarray_umath"]
    found: Mapping[str, bool] = core.__cpu_features__
    return [name for name in core.__cpu_dispatch__ if found.get(name)]
