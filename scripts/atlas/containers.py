"""Recipes of a container with the locked environment: container/atlas.def (Apptainer), container/Dockerfile (OCI).

The image holds the packages of requirements/runtime.lock, checked by their hashes, in a virtual environment, and none
of the Atlas: code, configs and results stay in the checkout in which it is run, so that a job's record is the same in
and out of a container. Both recipes are written from the lock and name its digest. Building needs a network.
"""

from __future__ import annotations

from pathlib import Path

from atlas.files import write_text
from atlas.locking import CONDA_PYTHON
from atlas.provenance.digests import sha256_file

FOLDER = Path("container")
BASE = f"python:{CONDA_PYTHON}-slim-bookworm"
HOME = "/opt/atlas"
LOCKS = ("installer.lock", "runtime.lock")
DOOR = "python scripts/run.py"
HEAD = "# Written by `make container` from requirements/runtime.lock; run it in a checkout of the Atlas.\n"


def steps() -> list[str]:
    """The commands that make the environment in the image, as the Makefile does outside."""
    return [
        f"python -m venv {HOME}/venv",
        f"{HOME}/venv/bin/python -m pip install --no-cache-dir --require-hashes --requirement {HOME}/{LOCKS[0]}",
        f"{HOME}/venv/bin/uv pip install --no-cache --python {HOME}/venv/bin/python"
        f" --require-hashes --requirement {HOME}/{LOCKS[1]}",
        f"{HOME}/venv/bin/python -m compileall -q {HOME}/venv/lib",
    ]


def variables() -> dict[str, str]:
    """What is set in the container: nothing of the Python outside enters."""
    return {"PATH": f"{HOME}/venv/bin:$PATH", "PYTHONNOUSERSITE": "1"}


def labels(root: Path) -> dict[str, str]:
    """What an image says of itself."""
    return {
        "org.opencontainers.image.title": "neural-physics-atlas environment",
        "org.opencontainers.image.licenses": "MIT",
        "atlas.lock.sha256": sha256_file(root / "requirements" / "runtime.lock"),
    }


def apptainer(root: Path) -> str:
    """The Apptainer definition."""
    lines = [
        f"{HEAD}#   apptainer build atlas.sif container/atlas.def",
        "#   apptainer run atlas.sif --scale smoke",
        "Bootstrap: docker",
        f"From: {BASE}",
        "",
        "%files",
        *(f"    requirements/{name} {HOME}/{name}" for name in LOCKS),
        "",
        "%post",
        "    set -e",
        *(f"    {step}" for step in steps()),
        "",
        "%environment",
        *(f'    export {name}="{value}"' for name, value in variables().items()),
        "",
        "%labels",
        *(f"    {name} {value}" for name, value in labels(root).items()),
        "",
        "%runscript",
        f'    exec {DOOR} "$@"',
    ]
    return "\n".join(lines) + "\n"


def dockerfile(root: Path) -> str:
    """The OCI recipe."""
    words = ", ".join(f'"{word}"' for word in DOOR.split())
    lines = [
        f"{HEAD}#   docker build --file container/Dockerfile --tag atlas .",
        '#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" atlas --scale smoke',
        f"FROM {BASE}",
        *(f'LABEL {name}="{value}"' for name, value in labels(root).items()),
        f"COPY {' '.join(f'requirements/{name}' for name in LOCKS)} {HOME}/",
        "RUN " + " \\\n && ".join(steps()),
        *(f'ENV {name}="{value}"' for name, value in variables().items()),
        "ENV HOME=/tmp",
        "WORKDIR /work",
        f"ENTRYPOINT [{words}]",
    ]
    return "\n".join(lines) + "\n"


def recipes(root: Path) -> dict[Path, str]:
    """File → text of both recipes."""
    return {root / FOLDER / "atlas.def": apptainer(root), root / FOLDER / "Dockerfile": dockerfile(root)}


def write_recipes(root: Path) -> list[Path]:
    """Write both recipes."""
    for path, text in recipes(root).items():
        write_text(path, text)
    return list(recipes(root))


def stale_recipes(root: Path) -> list[str]:
    """One line per recipe that is not what the lock says."""
    return [
        f"{path.relative_to(root)} is stale: run `make container`"
        for path, text in recipes(root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
