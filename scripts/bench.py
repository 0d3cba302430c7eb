"""Benchmark of kernels and solvers against the machine's measured limits, on one thread: `bench.py [--json FILE]`."""

import argparse
import os
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is loaded


def main() -> None:
    """Print the tables; with --json also write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers to FILE")
    options = parser.parse_args()

    from rich.console import Console

    from atlas.benchmarks.kernels import SIZES, measure
    from atlas.benchmarks.machine import limits, machine
    from atlas.benchmarks.plastic import SIZES as PLASTIC_SIZES
    from atlas.benchmarks.plastic import measure_plastic, print_plastic
    from atlas.benchmarks.solvers import measure_solvers, plain, print_solvers
    from atlas.benchmarks.tables import print_kernels, print_machine, to_json

    console, host, bounds = Console(), machine(), limits()
    print_machine(console, host, bounds)
    rows = [row for size in SIZES for row in measure(*size)]
    print_kernels(console, rows)
    print_plastic(console, [row for n_units in PLASTIC_SIZES for row in measure_plastic(n_units)])
    answers = measure_solvers()
    print_solvers(console, answers)
    if options.json:
        options.json.write_text(to_json(host, bounds, rows, plain(answers)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
