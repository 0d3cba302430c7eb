"""Benchmark of kernels and solvers against the machine's measured limits, on one thread: `bench.py [--json FILE]`."""

import argparse
import json
import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is loaded


def main() -> None:
    """Print the tables; write the numbers and the ratios where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to FILE")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="also write the ratios that the slow tests guard")
    options = parser.parse_args()

    from rich.console import Console

    from atlas.benchmarks.guard import ratios, to_csv
    from atlas.benchmarks.run import benchmark
    from atlas.benchmarks.tables import print_all

    progress = Console(stderr=True)
    with progress.status("measuring") as status:
        found = benchmark(lambda text: status.update(f"measuring {text}"))
    print_all(Console() if sys.stdout.isatty() else Console(width=120), found)
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(found.plain(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if options.keep:
        options.keep.write_text(to_csv(found.machine, ratios(found.kernels, found.theory)), encoding="utf-8")


if __name__ == "__main__":
    main()
