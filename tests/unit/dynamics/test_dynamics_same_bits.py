"""tanh and the normal numbers have the same bits whatever the processor: compiled for plain ones too."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

PRINT = """
import hashlib
import numpy as np
from atlas.dynamics.elementary import tanh
from atlas.dynamics.noise import normal
digest = hashlib.sha256()
for dtype in (np.float32, np.float64):
    x = normal(np.random.default_rng(3), (100, 1000), dtype)
    digest.update(x.tobytes())
    tanh(x, x)
    digest.update(x.tobytes())
print(digest.hexdigest())
"""


def digest(cache: Path, **switches: str) -> str:
    scripts = Path(__file__).parents[3] / "scripts"
    env = {**os.environ, "PYTHONPATH": str(scripts), "NUMBA_CACHE_DIR": str(cache), **switches}
    done = subprocess.run([sys.executable, "-c", PRINT], env=env, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names a processor of another kind")
@pytest.mark.parametrize("cpu", ["generic", "haswell"])
def test_bits_do_not_depend_on_the_processor(tmp_path: Path, cpu: str) -> None:
    here = digest(tmp_path / "here")
    assert len(here) == 65
    assert digest(tmp_path / cpu, NUMBA_CPU_NAME=cpu, NUMBA_CPU_FEATURES="") == here
