"""lock: resolve pyproject.toml into requirements/*.lock, and write envs/*.yaml from the lock."""

import argparse
import sys
from pathlib import Path

from atlas.locking import check_environments, resolve, write_environments

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--envs", action="store_true", help="do not resolve, only write envs/*.yaml")
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when envs/*.yaml are stale")
    args = parser.parse_args()
    root = Path(__file__).resolve().parents[1]
    if args.check:
        sys.exit("\n".join(check_environments(root)) or 0)
    if not args.envs:
        resolve(root)
    write_environments(root)
