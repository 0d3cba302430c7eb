"""Ask one theory one question: python scripts/solve.py <paper> <theory> name=value … (or --list [<paper>])."""

import os
import sys

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # small matrices: threads only cost

from atlas.solve import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
