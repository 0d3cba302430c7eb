"""paper: the config, the room and the test of a new paper, valid and computing nothing yet; see --help."""

import sys
from pathlib import Path

from atlas.scaffold.door import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], sys.argv[1:]))
