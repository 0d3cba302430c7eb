"""pins: write envs/<stage>.linux-64.pin.txt where conda and conda-forge can be reached."""

import sys
from pathlib import Path

from atlas.pinning import main

if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1]))
