"""The laws of the house: who may import whom, what a rule must have, how long a job script may be."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from workflow_sandbox import CHECKOUT, Sandbox

# Shared rooms that neither compute nor judge: what they may import is settled by the other contracts.
SERVICES = {"benchmarks", "config", "determinism", "page", "papers", "provenance", "scaffold"}
MAX_LINES = 60  # of a job script: it reads its spec, calls the package, writes


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The package with the toy's room, and the contracts."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CHECKOUT / "scripts", tmp_path / "scripts", ignore=ignored)
    shutil.copy(CHECKOUT / ".importlinter", tmp_path)
    (tmp_path / "config" / "papers").mkdir(parents=True)
    Sandbox(tmp_path).add_paper("toy")
    return tmp_path


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """lint-imports on the package below a folder."""
    words = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    env = Sandbox.environment({"PYTHONPATH": str(root / "scripts"), "NO_COLOR": "1"})
    return subprocess.run(words, cwd=root, env=env, text=True, capture_output=True, check=False)


def broken(output: str) -> set[str]:
    """Names of the contracts that lint-imports calls broken."""
    plain = re.sub(r"\x1b\[\d*m", "", output)
    return set(re.findall(r"^(.*\S) BROKEN", plain, flags=re.MULTILINE))


def test_all_contracts_hold(copied: Path) -> None:
    done = lint(copied)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


PLANTED = [
    ("dynamics/rate.py", "from atlas.meanfield.gaussian import trapezoid_nodes", "dynamics and meanfield"),
    ("meanfield/paths.py", "from atlas.dynamics import rate", "dynamics and meanfield"),
    ("papers/toy/simulation.py", "from atlas.papers.toy import theory", "a paper's simulation"),
    ("papers/toy/simulation.py", "from atlas.meanfield import stationary", "a paper's simulation"),
    ("papers/toy/theory.py", "from atlas.papers.toy.simulation import network", "a paper's theory"),
    ("papers/toy/parameters.py", "from atlas.papers.kinetic_energy import parameters", "a paper's room"),
    ("estimation/networks.py", "from atlas.papers.toy import parameters", "shared rooms"),
    ("estimation/networks.py", "import pandas as pd", "numerics"),
    ("meanfield/paths.py", "import matplotlib.pyplot as plt", "numerics"),
    ("dynamics/rate.py", "from atlas.outcomes import write_outcomes", "numerics"),
    ("claims/judge.py", "from atlas.provenance import record", "claims draw nothing"),
    ("papers/toy/figures.py", "from atlas.meanfield.stationary import stationary", "figures compute"),
    ("papers/toy/comparison.py", "from atlas.dynamics import rate", "comparisons and claims"),
    ("planning/model.py", "from atlas.dynamics import rate", "plans rest on records"),
    ("warm/server.py", "from atlas.config import load_atlas", "the warm process"),
]


@pytest.mark.parametrize(("file", "line", "contract"), PLANTED)
def test_planted_violation_is_refused(copied: Path, file: str, line: str, contract: str) -> None:
    """Also when the import is hidden in a function, where a job would reach it as well."""
    path = copied / "scripts" / "atlas" / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\ndef planted() -> None:\n    {line}\n")
    done = lint(copied)
    assert done.returncode == 1, done.stdout
    assert any(name.startswith(contract) for name in broken(done.stdout)), done.stdout


def test_every_shared_room_is_under_a_contract() -> None:
    contracts = (CHECKOUT / ".importlinter").read_text(encoding="utf-8")
    for room in sorted((CHECKOUT / "scripts" / "atlas").iterdir()):
        if (room / "__init__.py").exists() and room.name not in SERVICES:
            assert f"\n    atlas.{room.name}\n" in contracts, f"{room.name} stands in no contract"


def rules() -> list[Path]:
    """The files of the rules."""
    return sorted(path for path in (CHECKOUT / "workflow" / "rules").glob("*.smk") if path.stem != "common")


@pytest.mark.parametrize("path", rules(), ids=lambda path: path.stem)
def test_rule_script_log_benchmark_and_environment_share_one_name(path: Path) -> None:
    text, name = path.read_text(encoding="utf-8"), path.stem
    assert text.startswith('"""'), "no word about what the rule does"
    assert re.findall(r"^rule (\w+):$", text, flags=re.MULTILINE) == [name]
    assert set(re.findall(r"scripts/(\w+)\.py", text)) == {name}
    assert re.findall(r'^    conda:\n +"\.\./\.\./envs/(\w+)\.yaml"$', text, flags=re.MULTILINE) == [name]
    assert (CHECKOUT / "envs" / f"{name}.yaml").is_file()
    for directive, folder in (("log", "logs"), ("benchmark", "benchmarks")):
        found = re.search(
            rf'^    {directive}:\n +(?:place\("{folder}", "|"results/{{scale}}/{folder}/)(\w+)', text, re.M
        )
        assert found, f"no {directive}"
        assert found[1] == name
    assert "> {log} 2>&1" in text


@pytest.mark.parametrize("path", [CHECKOUT / "scripts" / f"{path.stem}.py" for path in rules()], ids=lambda p: p.stem)
def test_job_script_is_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_LINES
    assert lines[0].startswith(f'"""{path.stem}: ')


def test_conda_environments_are_what_the_lock_and_the_imports_say() -> None:
    words = [sys.executable, "scripts/lock.py", "--check"]
    done = subprocess.run(words, cwd=CHECKOUT, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_stale_conda_environment_is_noticed(tmp_path: Path) -> None:
    sandbox = Sandbox.fresh(tmp_path / "sandbox")
    env = sandbox.root / "envs" / "plot.yaml"
    env.write_text(env.read_text(encoding="utf-8").replace("pandas ==", "pandas >="))
    done = sandbox.call(sys.executable, "scripts/lock.py", "--check")
    assert done.returncode == 1
    assert done.stderr.strip() == "envs/plot.yaml is stale: run `make lock`"
