"""run: the whole pipeline with progress and an estimate; see `python scripts/run.py --help`."""

import sys
from pathlib import Path

from atlas.running import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], sys.argv[1:]))
