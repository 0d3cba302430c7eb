"""A copy of this checkout that makes one toy paper: the pipeline as a user sees it, in a folder of a test's own.

    sandbox.run()                      scripts/run.py at scale smoke on two cores
    sandbox.snakemake("--dry-run")     plain snakemake
    sandbox.planned()                  what a run would make now: {(rule, output below results/<scale>)}
    sandbox.edit("config/papers/toy.yaml", "dt: 0.1", "dt: 0.05")

The toy (tests/workflow/toy, see toy.yaml) has 13 jobs at smoke scale and takes about a second for each:
simulate scan (3 chunks of 6, 6 and 4 items: two gains, two integrators, two sizes, two networks) and descent (1),
theory line and bath, compare energy and heat, plot F1 and F2, judge (C1, C2), crate, page.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atlas.outcomes import read_outcomes
from atlas.provenance.ledger import job_name, job_of, lasting

CHECKOUT = Path(__file__).resolve().parents[2]
TOY = Path(__file__).resolve().parent / "toy"
# Hidden folders, results and tests are no part of the pipeline. Compiled modules come along (they are keyed by time and
# size of their source, both kept), so that a job of a new sandbox starts as fast as one of the checkout.
LEFT_OUT = ("tests", "results", "build")
# What would let the surroundings of the tests reach into a sandbox.
FOREIGN = ("ATLAS_", "SNAKEMAKE_", "PYTHON", "OMP_", "OPENBLAS_", "VIRTUAL_ENV", "PYTEST_")
JOBS = 13
TIMEOUT = 600  # seconds; far above any run of the toy, also on a busy machine


class Sandbox:
    """One folder with Snakefile, workflow, scripts, config …; ``root`` is its path. Its Python is that of the tests."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def fresh(cls, root: Path) -> Sandbox:
        """A copy of the checkout whose only paper is the toy; nothing has run in it."""
        root.mkdir(parents=True)
        for path in sorted(CHECKOUT.iterdir()):
            if path.name.startswith(".") or path.name in LEFT_OUT:
                continue
            if path.is_symlink():
                (root / path.name).symlink_to(os.readlink(path))
            elif path.is_dir():
                shutil.copytree(path, root / path.name, symlinks=True)
            else:
                shutil.copy2(path, root / path.name)
        for path in (root / "config" / "papers").glob("*.yaml"):
            path.unlink()
        (root / "results").mkdir()
        sandbox = cls(root)
        sandbox.add_paper("toy")
        return sandbox

    def add_paper(self, key: str) -> None:
        """Put the toy in under a key (one lower-case word): its room and its config."""
        room = self.root / "scripts" / "atlas" / "papers" / key
        shutil.copytree(TOY, room, ignore=shutil.ignore_patterns("*.yaml", "__pycache__"))
        (room / "__init__.py").write_text('"""A toy paper."""\n')
        text = (TOY / "toy.yaml").read_text(encoding="utf-8")
        text = text.replace("key: toy", f"key: {key}").replace("id: toy.", f"id: {key}.")
        (self.root / "config" / "papers" / f"{key}.yaml").write_text(text, encoding="utf-8")

    def copy(self, root: Path) -> Sandbox:
        """The same state in another folder: results, times of files and Snakemake's own notes included (cp -a)."""
        shutil.copytree(self.root, root, symlinks=True)
        return Sandbox(root)

    def call(
        self, *words: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the sandbox; never raises for its exit code. ``env`` is added to a clean environment."""
        return subprocess.run(
            words,
            cwd=cwd or self.root,
            env=self.environment(env),
            text=True,
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    @staticmethod
    def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """This process's environment without what would reach into a sandbox."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return {**clean, "PYTHONNOUSERSITE": "1", "COLUMNS": "200", **(extra or {})}

    @staticmethod
    def run_words(*words: str) -> list[str]:
        """The command of `run`, for tests that start it themselves (to kill it, say)."""
        return [sys.executable, "scripts/run.py", "--scale", "smoke", "--cores", "2", *words]

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """scripts/run.py at scale smoke on two cores; later words win (``run("--cores", "1")``)."""
        return self.call(*self.run_words(*words), env=env)

    def snakemake(
        self, *words: str, scale: str = "smoke", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Plain snakemake on two cores. Words with a ``--config`` of their own replace ``--config scale=…``."""
        config = () if "--config" in words else ("--config", f"scale={scale}")
        cores = () if "--cores" in words else ("--cores", "2")
        return self.call(sys.executable, "-m", "snakemake", *cores, *words, *config, env=env)

    def planned(self, *words: str, scale: str = "smoke") -> set[tuple[str, str]]:
        """(rule, output) of every job that a run would do now; outputs relative to results/<scale>.

        Read from `snakemake --summary`, which is a table, not from a dry run's messages. Raises AssertionError with
        Snakemake's own words when the workflow cannot be planned.
        """
        done = self.snakemake("--summary", *words, scale=scale)
        assert done.returncode == 0, done.stderr
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        assert rows[0] == ["output_file", "date", "rule", "log-file(s)", "status", "plan"], rows[0]
        return {(row[2], row[0].removeprefix(f"results/{scale}/")) for row in rows[1:] if row[5] != "no update"}

    def results(self, scale: str = "smoke") -> Path:
        """results/<scale>."""
        return self.root / "results" / scale

    def ledger(self, scale: str = "smoke") -> dict[str, Any]:
        """The ledger of a scale as its crate job wrote it."""
        found: dict[str, Any] = json.loads((self.results(scale) / "ledger.json").read_text(encoding="utf-8"))
        return found

    def lasting(self, scale: str = "smoke") -> dict[str, dict[str, Any]]:
        """Job → its record without times, host and speed: what two runs that agree have in common."""
        return {job_name(job_of(record)): lasting(record) for record in self.ledger(scale)["records"]}

    def verdicts(self, scale: str = "smoke", paper: str = "toy") -> dict[str, str]:
        """Claim → verdict."""
        text = (self.results(scale) / paper / "verdicts.json").read_text(encoding="utf-8")
        return {claim["id"]: claim["verdict"] for claim in json.loads(text)["claims"]}

    def items(self, experiment: str, scale: str = "smoke") -> dict[tuple[str, int], dict[str, float]]:
        """(point as JSON, network) → the simulated values, over all chunks that are on disk."""
        files = (self.results(scale) / "toy" / "simulation" / experiment).glob("[0-9]*.npz")
        rows = read_outcomes(sorted(files))
        return {(json.dumps(row.point, sort_keys=True), row.replica): row.values for row in rows}

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that stands exactly once in a file."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{path}: {old!r} stands there {text.count(old)} times"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def append(self, path: str, line: str) -> None:
        """Add a line to the end of a file."""
        with (self.root / path).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
