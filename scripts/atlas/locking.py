"""The one lock and what is made from it: hashed requirements for pip and uv, and a conda environment per stage.

The environment of a stage holds exactly the packages that the stage's code can reach by its imports, at the versions
of the lock. conda solves their own dependencies; explicit pins need conda-forge and are not invented here.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from atlas.provenance.closure import PACKAGE, ROOM_MODULES, CodeGraph
from atlas.provenance.environment import read_lock
from atlas.provenance.facts import import_nodes

STAGES = (*ROOM_MODULES, "crate", "page")
# Where the import name is not the name of the package.
PACKAGE_OF_IMPORT = {"yaml": "pyyaml", "mpl_toolkits": "matplotlib"}
# Where conda-forge has it under another name: matplotlib there brings a graphical toolkit along.
CONDA_NAME = {"matplotlib": "matplotlib-base"}
CONDA_PYTHON = "3.11"  # the oldest that the lock serves


def resolve(root: Path) -> None:
    """Resolve pyproject.toml with uv, away from the checkout (its lock names registries), and export the hashes."""
    uv = str(Path(sys.executable).with_name("uv"))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(root / "pyproject.toml", folder)
        (Path(folder) / "README.md").touch()
        subprocess.run([uv, "lock", "--quiet"], cwd=folder, check=True)
        for name, choice in (("runtime", "--no-dev"), ("dev", "--all-groups")):
            target = root / "requirements" / f"{name}.lock"
            words = [
                uv,
                "export",
                "--quiet",
                "--format",
                "requirements-txt",
                "--no-emit-project",
                "--no-header",
                choice,
            ]
            subprocess.run([*words, "-o", str(target)], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def stage_imports(root: Path, stage: str) -> set[str]:
    """Third-party packages that the code of a stage can import, over all papers' rooms, as the lock names them."""
    scripts = root / "scripts"
    graph = CodeGraph.build(scripts)
    rooms = sorted(path.name for path in (scripts / PACKAGE / "papers").iterdir() if (path / "__init__.py").exists())
    modules: set[str] = set()
    for room in rooms if stage in ROOM_MODULES else [None]:
        modules |= set(graph.closure(stage, room).modules)
    names = {name for module in modules for name in imported(module_file(scripts, module))}
    names -= set(sys.stdlib_module_names) | {PACKAGE, "__future__"}
    return {canonical(PACKAGE_OF_IMPORT.get(name, name)) for name in names}


def module_file(scripts: Path, module: str) -> Path:
    """The file of a module of the closure, `atlas.a.b` or `scripts.simulate`."""
    parts = module.split(".")
    base = scripts.joinpath(*(parts[1:] if parts[0] == "scripts" else parts))
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports, also inside functions, without those only a type checker sees."""
    names = set()
    for node in import_nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def environment_text(root: Path, stage: str) -> str:
    """The conda environment of a stage."""
    lock = read_lock(root / "requirements" / "runtime.lock")
    lines = [f"  - {CONDA_NAME.get(name, name)} =={lock[name]}" for name in sorted(stage_imports(root, stage))]
    head = "# Written by `make lock` from requirements/runtime.lock: exact versions of what this stage imports.\n"
    return (
        f"{head}channels:\n  - conda-forge\n  - nodefaults\ndependencies:\n  - python ={CONDA_PYTHON}\n"
        + "\n".join(lines)
        + "\n"
    )


def canonical(name: str) -> str:
    """The name of a package as the lock writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def write_environments(root: Path) -> None:
    """Write envs/<stage>.yaml for every stage."""
    for stage in STAGES:
        (root / "envs" / f"{stage}.yaml").write_text(environment_text(root, stage), encoding="utf-8")


def check_environments(root: Path) -> list[str]:
    """One line per environment file that is not what the lock and the code say."""
    stale = []
    for stage in STAGES:
        path = root / "envs" / f"{stage}.yaml"
        if not path.exists() or path.read_text(encoding="utf-8") != environment_text(root, stage):
            stale.append(f"envs/{stage}.yaml is stale: run `make lock`")
    return stale
