"""expect: compare the verdicts of a run with the committed expectation, config/verdicts.<scale>.csv."""

import argparse
import sys
from pathlib import Path

from atlas.expect import compare, write

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", help="default: as in config/config.yaml")
    parser.add_argument("--papers", help="keys with commas (default: all)")
    parser.add_argument("--check", action="store_true", help="compare (the default); exit code 1 on a difference")
    parser.add_argument("--write", action="store_true", help="take the run's verdicts as the expectation")
    args = parser.parse_args()
    root = Path(__file__).resolve().parents[1]
    sys.exit(write(root, args.scale) if args.write else compare(root, args.scale, args.papers))
