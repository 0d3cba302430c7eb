"""costs: write config/costs.csv and config/precision.csv from the records of the runs in results/."""

import sys
from pathlib import Path

from atlas.planning.door import write_costs

if __name__ == "__main__":
    sys.exit(write_costs(Path(__file__).resolve().parents[1], [Path(word) for word in sys.argv[1:]]))
