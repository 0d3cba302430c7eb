"""costs: write config/costs.csv and config/precision.csv from the runs in results/ (or in folders that are named)."""

import os
import sys
from pathlib import Path

from atlas.threads import THREAD_VARIABLES

os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))  # before numpy is imported: a probe is a job of one thread

from atlas.planning.door import write_costs

if __name__ == "__main__":
    sys.exit(write_costs(Path(__file__).resolve().parents[1], sys.argv[1:]))
