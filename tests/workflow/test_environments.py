"""The environments of the stages, the container's recipes and the pins, against the lock and against the code."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import grimp
import pytest
import yaml

from atlas import containers, pinning
from atlas.locking import CONDA_NAME, STAGES
from atlas.provenance.closure import ROOM_MODULES
from atlas.provenance.environment import read_lock

ROOT = Path(__file__).resolve().parents[2]
LOCK = read_lock(ROOT / "requirements" / "runtime.lock")


def environment(stage: str) -> dict[str, str]:
    """Package → version of a stage's file, without Python itself; names as the lock has them."""
    data = yaml.safe_load((ROOT / "envs" / f"{stage}.yaml").read_text())
    assert data["channels"] == ["conda-forge", "nodefaults"]
    pairs = [entry.split(" ==") for entry in data["dependencies"] if not entry.startswith("python ")]
    back = {there: here for here, there in CONDA_NAME.items()}
    return {back.get(name, name): version for name, version in pairs}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, by another reader of the code than ours."""
    return grimp.build_graph(
        "atlas", include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )


def reached(graph: grimp.ImportGraph, stage: str) -> set[str]:
    """Top-level names of what the script of a stage and the rooms' modules of that stage import, near or far."""
    first = set()
    for node in ast.walk(ast.parse((ROOT / "scripts" / f"{stage}.py").read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("atlas"):
            first |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        if isinstance(node, ast.Import):
            first |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            first.add(node.module.split(".")[0])
    rooms = [path.parent.name for path in (ROOT / "scripts" / "atlas" / "papers").glob("*/__init__.py")]
    if stage in ROOM_MODULES:
        first |= {f"atlas.papers.{room}.{ROOM_MODULES[stage]}" for room in rooms}
    waiting, found = [name for name in first if name in graph.modules], set(first)
    while waiting:
        module = waiting.pop()
        parts = module.split(".")
        above = {".".join(parts[:count]) for count in range(1, len(parts))}
        for each in (graph.find_modules_directly_imported_by(module) | above) - found:
            found.add(each)
            waiting += [each] if each.startswith("atlas") else []
    return {name.split(".")[0] for name in found} - set(sys.stdlib_module_names) - {"atlas"}


def packages_of(names: set[str]) -> set[str]:
    """The packages of the lock that provide these import names, as the installed metadata says."""
    provided = importlib.metadata.packages_distributions()
    every = {re.sub(r"[-_.]+", "-", package).lower() for name in names for package in provided[name]}
    return every & set(LOCK)


def test_recipes_and_pins_are_what_the_lock_says() -> None:
    """A changed lock asks for `make lock`; pins that are there hold the same versions."""
    assert pinning.stale_pins(ROOT) == []
    assert containers.stale_recipes(ROOT) == []


@pytest.mark.parametrize("stage", STAGES)
def test_environment_provides_every_import_of_its_stage_and_nothing_more(stage: str, graph: grimp.ImportGraph) -> None:
    """Found by another reader of imports (grimp) and of packages (their metadata) than those that wrote the file."""
    assert set(environment(stage)) == packages_of(reached(graph, stage))


@pytest.mark.parametrize("stage", STAGES)
def test_environment_has_the_versions_of_the_lock(stage: str) -> None:
    """Each exactly, and Python the oldest that the project promises."""
    assert {name: LOCK[name] for name in environment(stage)} == environment(stage)
    python = re.search(r"python =(\S+)", (ROOT / "envs" / f"{stage}.yaml").read_text())
    assert python is not None
    assert f'requires-python = ">={python[1]}"' in (ROOT / "pyproject.toml").read_text()


def test_no_environment_is_left_over() -> None:
    """One file per stage."""
    assert {path.stem for path in (ROOT / "envs").glob("*.yaml")} == set(STAGES)


def test_recipes_install_the_lock_by_its_hashes_and_nothing_else() -> None:
    """Both recipes: the digest of the lock, the same commands, no package by name, no version of its own."""
    digest = containers.labels(ROOT)["atlas.lock.sha256"]
    for path, text in containers.recipes(ROOT).items():
        assert digest in text, path
        for step in containers.steps():
            assert step in text.replace(" \\\n && ", "\n"), path
        installs = [line for line in text.splitlines() if "pip install" in line]
        assert len(installs) == 2
        assert all("--require-hashes --requirement /opt/atlas/" in line for line in installs)
        assert "scripts/run.py" in text


def test_container_runs_what_stands_in_the_checkout() -> None:
    """No code, config or result enters the image: only the two locks do."""
    dockerfile, definition = (containers.dockerfile(ROOT), containers.apptainer(ROOT))
    copied = [line for line in dockerfile.splitlines() if line.startswith(("COPY", "ADD"))]
    assert copied == ["COPY requirements/installer.lock requirements/runtime.lock /opt/atlas/"]
    files = definition.partition("%files\n")[2].partition("\n\n")[0].split("\n")
    assert [line.split()[0] for line in files] == ["requirements/installer.lock", "requirements/runtime.lock"]


def test_recipe_of_another_lock_is_stale(tmp_path: Path) -> None:
    """One line per file that has to be written anew."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "runtime.lock").write_text("numpy==1.0\n")
    containers.write_recipes(tmp_path)
    assert containers.stale_recipes(tmp_path) == []
    (tmp_path / "requirements" / "runtime.lock").write_text("numpy==1.1\n")
    stale = containers.stale_recipes(tmp_path)
    assert stale == [f"container/{name} is stale: run `make container`" for name in ("atlas.def", "Dockerfile")]
