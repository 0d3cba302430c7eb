"""What the audit's tests ask of a sandbox: the report of verify, one job alone, the answers of explain and diff."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from workflow_sandbox import Sandbox

AUDIT = "scripts/audit.py"
SCRIPT = {"simulation": "simulate", "theory": "theory", "comparison": "compare", "figures": "plot"}


def audit(sandbox: Sandbox, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """scripts/audit.py in the sandbox."""
    return sandbox.call(sys.executable, AUDIT, *words, env=env)


def answer(sandbox: Sandbox, *words: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON answer of the audit, whatever its exit code (0 or 1)."""
    done = audit(sandbox, *words, "--json", env=env)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def verify(sandbox: Sandbox) -> dict[str, Any]:
    """The report of verify at scale smoke; its exit code must say the same as its report."""
    done = audit(sandbox, "verify", "--scale", "smoke", "--json")
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["sound"] is (done.returncode == 0)
    return report


def kinds(report: dict[str, Any]) -> set[str]:
    """The kinds of broken links."""
    return {broken["kind"] for broken in report["broken"]}


def only(report: dict[str, Any], kind: str) -> tuple[str, set[str], set[str]]:
    """The one broken link of a kind: its words, the figures and the claims that it taints."""
    found = [broken for broken in report["broken"] if broken["kind"] == kind]
    assert len(found) == 1, report["broken"]
    taint = found[0]["taint"]
    return found[0]["what"], set(taint["figures"]), set(taint["claims"])


def job(sandbox: Sandbox, output: str, *words: str, env: dict[str, str] | None = None) -> None:
    """As ``attempt``, and it must succeed."""
    done = attempt(sandbox, output, *words, env=env)
    assert done.returncode == 0, done.stderr


def attempt(
    sandbox: Sandbox, output: str, *words: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one job of the toy again by its script, away from Snakemake: what a person could do by hand.

    ``output``: below results/smoke/toy, e.g. ``simulation/scan/0`` or ``figures/F1``; later ``words`` win.
    """
    record_path = sandbox.results() / "toy" / f"{output}.record.json"
    record = json.loads(record_path.read_text(encoding="utf-8"))
    outputs = sorted(record["outputs"], key=lambda file: SUFFIXES.index(Path(file).name.partition(".")[2]))
    folder = Path(output).parts[0]
    call = ["--scale", "smoke", "--paper", "toy", "--root-seed", str(record["root_seed"]), *words]
    call += ["--name", record["name"]] if record["name"] else []
    call += ["--chunk", str(record["chunk"])] if record["chunk"] is not None else []
    call += ["--inputs", *record["inputs"], "--outputs", *outputs, "--record", str(record_path)]
    return sandbox.call(sys.executable, f"scripts/{SCRIPT[folder]}.py", *call, env=env)


SUFFIXES = ["svg", "pdf", "png", "csv", "caption.txt", "npz"]


def flip(path: Path, place: int = -100) -> None:
    """Flip the lowest bit of one byte of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
