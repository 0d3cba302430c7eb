"""container: write container/atlas.def and container/Dockerfile from the lock."""

from pathlib import Path

from atlas.containers import write_recipes

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    for path in write_recipes(root):
        print(path.relative_to(root))
