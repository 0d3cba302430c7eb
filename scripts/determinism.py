"""determinism: a paper under other cores, orders, chunks, threads and kernels; see --help."""

import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is loaded

from atlas.determinism.matrix import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1]))
