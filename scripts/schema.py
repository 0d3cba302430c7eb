"""Write the JSON schemas and the documentation of the configs to workflow/schemas; --check only says whether
they are what the typed definition gives (exit code 1 if not)."""

import argparse
import sys
from pathlib import Path

from atlas.config.schema import documents, known_definitions

SCRIPTS = Path(__file__).resolve().parent


def differences(folder: Path, made: dict[str, str]) -> list[str]:
    """The files of the folder that are missing, stale or no longer made."""
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*") if path.is_file()}
    return sorted(name for name in made.keys() | present.keys() if made.get(name) != present.get(name))


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/schema.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--folder", type=Path, default=SCRIPTS.parent / "workflow" / "schemas")
    args = parser.parse_args()
    made = documents(known_definitions(SCRIPTS / "atlas" / "papers"))
    changed = differences(args.folder, made)
    for name in changed:
        done = "written" if name in made else "removed"
        print(f"{name}: {'differs from the typed definition' if args.check else done}")
        if not args.check and name in made:
            (args.folder / name).write_text(made[name], encoding="utf-8")
        elif not args.check:
            (args.folder / name).unlink()
    return 1 if args.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
