"""sizes: how many networks each experiment needs for errors of at most a third of the tolerances."""

import sys
from pathlib import Path

from atlas.planning.sizes_door import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], sys.argv[1:]))
