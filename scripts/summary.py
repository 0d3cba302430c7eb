"""summary: what a run made — figures, a table of verdicts, and what it cost."""

import argparse
from pathlib import Path

from atlas.summary import show

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", required=True)
    parser.add_argument("--papers", nargs="*", help="only these papers (default: all in the results)")
    parser.add_argument("--since", type=float, default=0.0, help="start of the run, seconds since 1970")
    parser.add_argument("--cores", type=int, default=1, help="that did the jobs; 0: a batch system did")
    args = parser.parse_args()
    show(Path("results") / args.scale, args.papers, args.since, args.cores or None)
