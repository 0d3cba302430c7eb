"""stability: a paper under several root seeds: how often each verdict of each claim came out; see --help."""

import sys
from pathlib import Path

from atlas.stability import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1]))
