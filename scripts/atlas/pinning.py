"""Explicit pins of the conda environments, envs/<stage>.linux-64.pin.txt: every package with its build and checksum.

Only a solve against conda-forge can say them; none is written where conda or conda-forge cannot be had. Snakemake
takes a pin file that stands beside its environment file, and falls back to that file when the pin cannot be installed:
the record of each job says whether its packages are the locked ones.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from atlas.files import write_text
from atlas.locking import STAGES

COMMANDS = ("conda", "mamba")
PLATFORM = "linux-64"
MARK = "@EXPLICIT"


class PinError(Exception):
    """Why no pins were written, in one line."""


def pin_file(root: Path, stage: str) -> Path:
    """Where the pins of a stage stand."""
    return root / "envs" / f"{stage}.{PLATFORM}.pin.txt"


def pinned_versions(environment: str) -> dict[str, str]:
    """Package → version as an environment file pins them exactly."""
    lines = [line.removeprefix("  - ").partition(" ==") for line in environment.splitlines() if " ==" in line]
    return {name: version for name, _, version in lines}


def problem(pins: str, environment: str) -> str:
    """Why a text is no explicit list of conda-forge packages that holds the environment's versions; empty if it is."""
    lines = [line.strip() for line in pins.splitlines() if line.strip() and not line.startswith("#")]
    if not lines or lines[0] != MARK:
        return f"no explicit list: {MARK} is missing"
    for line in lines[1:]:
        if "/conda-forge/" not in line:
            return f"{line}: does not come from conda-forge"
        if "#" not in line:
            return f"{line}: has no checksum"
    files = [line.partition("#")[0].rpartition("/")[2] for line in lines[1:]]
    for name, version in pinned_versions(environment).items():
        if not any(file.startswith(f"{name}-{version}-") for file in files):
            return f"{name} {version} is not in it"
    return ""


def call(*words: str) -> str:
    """The output of a command; raises PinError with the last line that it said."""
    done = subprocess.run(words, text=True, capture_output=True, check=False)
    if done.returncode:
        said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        command = " ".join([Path(words[0]).name, *words[1:3]])
        raise PinError(f"{command}: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def solve(root: Path, stage: str, conda: str) -> str:
    """The explicit pins of one stage, from an environment that is made and thrown away; raises PinError."""
    file = root / "envs" / f"{stage}.yaml"
    with tempfile.TemporaryDirectory(prefix="atlas-") as folder:
        prefix = str(Path(folder) / stage)
        call(conda, "env", "create", "--quiet", "--file", str(file), "--prefix", prefix)
        pins = call(conda, "list", "--explicit", "--md5", "--prefix", prefix)
    found = problem(pins, file.read_text(encoding="utf-8"))
    if found:
        raise PinError(f"envs/{stage}.yaml: {found}")
    return pins


def write_pins(root: Path) -> list[Path]:
    """Write the pins of all stages, or none; raises PinError."""
    here = (sys.platform, platform.machine())
    if here != ("linux", "x86_64"):
        raise PinError(f"pins are for {PLATFORM}; this is {' '.join(here)}")
    conda = next((found for name in COMMANDS if (found := shutil.which(name))), None)
    if conda is None:
        raise PinError("no conda command found (conda or mamba, on a machine that reaches conda-forge)")
    pins = {stage: solve(root, stage, conda) for stage in STAGES}
    for stage, text in pins.items():
        write_text(pin_file(root, stage), text)
    return [pin_file(root, stage) for stage in pins]


def stale_pins(root: Path) -> list[str]:
    """One line per pin file that does not hold the versions of its environment file."""
    stale = []
    for stage in STAGES:
        path = pin_file(root, stage)
        if path.exists():
            environment = (root / "envs" / f"{stage}.yaml").read_text(encoding="utf-8")
            found = problem(path.read_text(encoding="utf-8"), environment)
            stale += [f"envs/{path.name}: {found}: run `make conda-pins` or remove it"] if found else []
    return stale


def main(root: Path) -> int:
    """Exit code 0, or 1 with one line on stderr."""
    try:
        for path in write_pins(root):
            print(path.relative_to(root))
    except (OSError, PinError) as error:
        print(f"conda-pins: nothing written: {error}", file=sys.stderr)
        return 1
    return 0
