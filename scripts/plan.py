"""plan: what a scale will cost before it is run, or the largest sizes that fit a budget."""

import sys
from pathlib import Path

from atlas.planning.door import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], sys.argv[1:]))
