"""A copy of the pipeline in a folder of its own: the code of the checkout, one paper, results that touch no others."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from atlas.provenance.record import read_records

PARTS = ("Snakefile", "config", "workflow", "scripts", "requirements", "envs", "resources")


class WorkspaceError(Exception):
    """A run in a workspace that failed, said in one line."""


@dataclass(frozen=True)
class Workspace:
    """One paper at one scale in the folder ``root``."""

    root: Path
    paper: str
    scale: str

    @classmethod
    def at(cls, root: Path, source: Path, paper: str, scale: str) -> Workspace:
        """The checkout's pipeline of today in ``root``; results that are there stay, so that a run can continue."""
        root.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            target = root / part
            if target.is_dir():
                shutil.rmtree(target)
            if (source / part).is_dir():
                shutil.copytree(source / part, target, symlinks=True)
            elif (source / part).is_file():
                shutil.copy2(source / part, target)
        for path in (root / "config" / "papers").glob("*.yaml"):
            if path.stem != paper:
                path.unlink()
        return cls(root, paper, scale)

    @property
    def results(self) -> Path:
        """results/<scale>."""
        return self.root / "results" / self.scale

    @property
    def folder(self) -> Path:
        """results/<scale>/<paper>."""
        return self.results / self.paper

    def records(self) -> list[dict[str, Any]]:
        """The records of its jobs, sorted by path."""
        return read_records(self.folder)

    def change(self, change: Callable[[dict[str, Any], str], None]) -> None:
        """Change the paper's config: a function of the file's content and the scale that edits it in place."""
        path = self.root / "config" / "papers" / f"{self.paper}.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(content, self.scale)
        path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")

    def run(self, *words: str, env: Mapping[str, str] | None = None, cores: str = "all") -> None:
        """scripts/run.py in this folder; raises WorkspaceError with its last line."""
        call = [sys.executable, "scripts/run.py", "--scale", self.scale, "--papers", self.paper, "--cores", cores]
        done = subprocess.run(
            [*call, *words],
            cwd=self.root,
            env={**os.environ, **(env or {})},
            text=True,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise WorkspaceError(said[-1] if said else f"exit code {done.returncode}")

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.root)
