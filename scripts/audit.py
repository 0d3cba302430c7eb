"""audit: where a figure or verdict comes from, what no longer agrees, in what two runs differ."""

import gc
import sys
from pathlib import Path

from atlas.provenance.audit import main

if __name__ == "__main__":
    gc.disable()  # seconds of syntax trees and records without cycles: searching them took a tenth of the time
    sys.exit(main(Path(__file__).resolve().parents[1]))
