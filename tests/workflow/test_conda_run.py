"""A job in its own conda environment, solved and installed from a channel on disk; what its record then says."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conda_channel import make_channel
from workflow_sandbox import TIMEOUT, Sandbox

from atlas.locking import stage_imports, write_environments
from atlas.summary import drift_lines

pytestmark = [pytest.mark.conda, pytest.mark.slow]

RATTLER = "py-rattler==0.28.0"
TARGET = "results/smoke/toy/theory/line.npz"
OTHER = ("threadpoolctl", "99.0.0")  # not the locked version
# A theory that needs little, so that the channel stays small.
THEORY = '''"""What theory says for toy, in closed form."""

from typing import Any


def dmft(p: Any, streams: Any) -> dict[str, Any]:
    """Numbers that stand for a solution."""
    return {"gamma0": p.g / 2, "delta0": p.g, "residual": 0.0}


def equilibrium(p: Any, streams: Any) -> dict[str, Any]:
    """Equipartition."""
    return {"energy": p.temperature / 2, "delta": p.temperature, "residual": 0.0}
'''


@dataclass(frozen=True)
class Conda:
    """A folder with the stand-in `conda`, its channel and its cache."""

    folder: Path

    def variables(self) -> dict[str, str]:
        """What a run needs to find them."""
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "ATLAS_TEST_CONDA": str(self.folder),
            "ATLAS_TEST_CHANNEL": str(self.folder / "channel"),
            "ATLAS_TEST_CACHE": str(self.folder / "cache"),
        }


def python_with_rattler(folder: Path) -> Path:
    """A Python that has rattler: this one, or one made for the tests; skips where the package cannot be had."""
    if importlib.util.find_spec("rattler"):
        return Path(sys.executable)
    uv, venv = Path(sys.executable).with_name("uv"), folder / "venv"
    if not uv.exists():
        pytest.skip(f"{RATTLER} is not installed, and there is no uv to install it")
    subprocess.run([str(uv), "venv", "--quiet", "--python", sys.executable, str(venv)], check=True, timeout=TIMEOUT)
    words = [str(uv), "pip", "install", "--quiet", "--python", str(venv / "bin" / "python"), RATTLER]
    done = subprocess.run(words, text=True, capture_output=True, check=False, timeout=TIMEOUT)
    if done.returncode:
        pytest.skip(f"{RATTLER} cannot be had: {done.stderr.strip().splitlines()[-1]}")
    return venv / "bin" / "python"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """The toy alone, with a small theory, and environment files written for it."""
    sandbox = Sandbox.fresh(tmp_path_factory.mktemp("conda") / "sandbox")
    for room in (sandbox.root / "scripts" / "atlas" / "papers").iterdir():
        if room.is_dir() and room.name != "toy":
            shutil.rmtree(room)
    (sandbox.root / "scripts" / "atlas" / "papers" / "toy" / "theory.py").write_text(THEORY)
    write_environments(sandbox.root)
    return sandbox


@pytest.fixture(scope="module")
def conda(toy: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Conda:
    """A `conda` command and a channel that holds what the theory stage imports, at the installed versions."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        pytest.skip("the channel is made for linux-64")
    folder = tmp_path_factory.mktemp("conda-command")
    python = python_with_rattler(folder)
    make_channel(folder / "channel", stage_imports(toy.root, "theory"), [OTHER])
    (folder / "bin").mkdir()
    command = folder / "bin" / "conda"
    stand_in = Path(__file__).with_name("conda_stand_in.py")
    command.write_text(f'#!/bin/sh\nexec "{python}" "{stand_in}" "$@"\n')
    command.chmod(0o755)
    (folder / "bin" / "activate").write_text('export CONDA_PREFIX="$1"\nexport PATH="$1/bin:$PATH"\n')
    subprocess.run([str(command), "index", str(folder / "channel")], check=True, timeout=TIMEOUT)
    return Conda(folder)


def run(sandbox: Sandbox, conda: Conda, *words: str) -> subprocess.CompletedProcess[str]:
    """One theory job by plain snakemake with per-rule environments."""
    return sandbox.snakemake(TARGET, "--sdm", "conda", *words, env=conda.variables())


def record(sandbox: Sandbox) -> dict[str, Any]:
    """The record of that job."""
    path = (sandbox.root / TARGET).with_suffix(".record.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_job_runs_in_its_own_environment_and_its_record_says_so(toy: Sandbox, conda: Conda, tmp_path: Path) -> None:
    """The environment is solved from the file that the lock wrote, holds what the stage imports, and no more."""
    sandbox = toy.copy(tmp_path / "run")
    done = run(sandbox, conda)
    assert done.returncode == 0, done.stdout + done.stderr
    told = record(sandbox)
    assert told["environment"]["manager"] == "conda"
    assert told["packages"]["status"] == "locked", told["packages"]["differences"]
    assert told["packages"]["compared"] > 0  # of no package at all one could say that it is the locked one
    (prefix,) = [path.parent for path in (sandbox.root / ".snakemake" / "conda").glob("*/conda-meta")]
    without = [str(prefix / "bin" / "python"), "-c", "import pandas"]
    assert subprocess.run(without, capture_output=True, check=False, timeout=TIMEOUT).returncode != 0
    with_it = [str(prefix / "bin" / "python"), "-c", "import numpy, sys; print(sys.prefix)"]
    said = subprocess.run(with_it, capture_output=True, text=True, check=True, timeout=TIMEOUT).stdout
    assert Path(said.strip()) == prefix


def test_environment_that_is_not_the_locked_one_is_recorded_as_drifted(
    toy: Sandbox, conda: Conda, tmp_path: Path
) -> None:
    """What conda installed counts, not what the file was meant to say."""
    sandbox = toy.copy(tmp_path / "drifted")
    name, version = OTHER
    path = sandbox.root / "envs" / "theory.yaml"
    (locked,) = [line.split(" ==")[1] for line in path.read_text().splitlines() if line.startswith(f"  - {name} ==")]
    sandbox.edit("envs/theory.yaml", f"{name} =={locked}", f"{name} =={version}")
    done = run(sandbox, conda)
    assert done.returncode == 0, done.stdout + done.stderr
    told = record(sandbox)
    assert told["environment"]["manager"] == "conda"
    assert told["packages"]["status"] == "drifted"
    assert told["packages"]["differences"] == [{"package": name, "locked": locked, "live": version}]
    (line,) = drift_lines([told])
    assert (
        f"drifted: 1 of 1 jobs ran with packages that differ from the lock: {name} {version} (lock: {locked})" in line
    )


def test_environment_that_cannot_be_solved_names_the_package(toy: Sandbox, conda: Conda, tmp_path: Path) -> None:
    """Nothing runs, nothing is recorded."""
    sandbox = toy.copy(tmp_path / "unsolvable")
    path = sandbox.root / "envs" / "theory.yaml"
    path.write_text(path.read_text() + "  - threadpoolctl ==0.0.1\n")
    done = run(sandbox, conda)
    assert done.returncode != 0
    assert re.search(r"threadpoolctl ==?0\.0\.1", done.stdout + done.stderr)
    assert not (sandbox.root / TARGET).exists()


def test_pins_are_refused_when_they_come_from_elsewhere(toy: Sandbox, conda: Conda, tmp_path: Path) -> None:
    """A solve against this channel works, but its packages are not those of conda-forge: no pin is invented."""
    sandbox = toy.copy(tmp_path / "pins")
    theory = (sandbox.root / "envs" / "theory.yaml").read_text()
    for path in (sandbox.root / "envs").glob("*.yaml"):
        path.write_text(theory)
    done = sandbox.call(sys.executable, "scripts/pins.py", env=conda.variables())
    assert done.returncode == 1
    assert "does not come from conda-forge" in done.stderr
    assert done.stderr.startswith("conda-pins: nothing written: ")
    assert len(done.stderr.splitlines()) == 1
    assert not list((sandbox.root / "envs").glob("*.pin.txt"))
