"""A tiny corpus in a temporary repository: scripts, lock, and the results of one paper with their records."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atlas.provenance.closure import CodeGraph
from atlas.provenance.digests import sha256_json
from atlas.provenance.ledger import Job, collect
from atlas.provenance.record import write_record
from atlas.provenance.verification import Report, verify

SCRIPTS = {
    "simulate.py": "from atlas.jobs import run\nrun('simulate')\n",
    "theory.py": "from atlas.jobs import run\nrun('theory')\n",
    "compare.py": "from atlas.jobs import run\nrun('compare')\n",
    "plot.py": "from atlas.jobs import run\nrun('plot')\n",
    "judge.py": "from atlas.jobs import run\nrun('judge')\n",
    "atlas/__init__.py": '"""The package."""\n',
    "atlas/jobs.py": "def run(stage):\n    return stage\n",
    "atlas/dynamics/__init__.py": "",
    "atlas/dynamics/euler.py": "DT = 0.1\n\n\ndef step(x):\n    return x * (1 - DT)\n",
    "atlas/meanfield/__init__.py": "",
    "atlas/meanfield/gauss.py": "NODES = 64\n",
    "atlas/drawing.py": "COLOUR = 'blue'\n",
    "atlas/papers/__init__.py": "",
    "atlas/papers/toy_paper/__init__.py": "",
    "atlas/papers/toy_paper/simulation.py": "from atlas.dynamics import euler\n\n\ndecay = euler.step\n",
    "atlas/papers/toy_paper/theory.py": "from atlas.meanfield import gauss\n",
    "atlas/papers/toy_paper/comparison.py": "def gain(sources):\n    return sources\n",
    "atlas/papers/toy_paper/figures.py": "from atlas import drawing\n",
    "atlas/papers/toy_paper/claims.py": "LIMIT = 2.0\n",
}
TABLE = "quantity,g,simulation,simulation_error,theory\ngamma0,1.5,0.10,0.01,0.11\ngamma0,2.0,0.40,0.02,0.41\n"
PLOTTED = "panel,series,kind,x,y,y_error\na,g,simulation,1.5,0.10,0.01\na,g,simulation,2.0,0.40,0.02\n"
VERDICTS = {
    "paper": "toy-paper",
    "claims": [
        {"id": "toy-paper.C1", "sentence": "It decays.", "verdict": "reproduced", "evidence": ["gain"]},
        {"id": "toy-paper.C2", "sentence": "It is flat.", "verdict": "refuted", "evidence": ["flat"]},
    ],
}


def write_tree(root: Path, files: Mapping[str, str]) -> Path:
    """Write texts below a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


class Expected:
    """What the toy config says: read from the records themselves, unless a test changes it."""

    root_seed = 1

    def __init__(self, slices: dict[Job, dict[str, Any]]) -> None:
        self.slices = slices
        self.upstream: dict[tuple[str, str], set[Job]] = {}

    def slice_of(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        return self.slices.get((record["stage"], record["paper"], record["name"] or "", record["chunk"]))

    def upstream_of(self, record: Mapping[str, Any]) -> set[Job]:
        return self.upstream.get((record["stage"], record["name"] or ""), set())

    def scopes_of(self, record: Mapping[str, Any]) -> set[str] | None:
        return {"toy-paper/scan/g=1.5/0"} if record["stage"] == "simulate" else None


class Corpus:
    """Two chunks and a theory, two tables, two figures, two claims."""

    def __init__(self, root: Path, root_seed: int = 1) -> None:
        self.root = root
        self.root_seed = root_seed
        write_tree(root / "scripts", SCRIPTS)
        write_tree(root, {"requirements/runtime.lock": f"numpy=={importlib.metadata.version('numpy')}\n"})
        self.results = root / "results" / "smoke"
        self.paper = self.results / "toy-paper"
        self.slices: dict[Job, dict[str, Any]] = {}
        self.code = CodeGraph.build(root / "scripts")

    def job(
        self,
        stage: str,
        name: str,
        outputs: Mapping[str, str],
        inputs: tuple[str, ...] = (),
        chunk: int | None = None,
    ) -> None:
        """Write outputs (file below the paper → text) and their record."""
        write_tree(self.paper, outputs)
        config = {"name": name, "dt": 0.1, "items": [[1.5, 0], [2.0, 0]], "chunk": chunk}
        self.slices[(stage, "toy-paper", name, chunk)] = config  # type: ignore[index]
        files = [self.paper / file for file in outputs]
        write_record(
            files[0].with_suffix(".record.json"),
            stage=stage,
            scale="smoke",
            paper="toy-paper",
            name=name,
            chunk=chunk,
            config=config,
            config_digest=sha256_json(config),
            root_seed=self.root_seed,
            seed_keys=["toy-paper/scan/g=1.5/0/couplings"] if stage == "simulate" else [],
            code=self.code.closure(stage, "toy_paper"),
            inputs=[self.paper / file for file in inputs],
            outputs=files,
            started=1.7e9,
            ended=1.7e9 + 1,
            kernel_seconds=0.5,
            root=self.root,
        )

    def run(self) -> Corpus:
        """All jobs in order."""
        noise = f" of seed {self.root_seed}"
        for chunk in (0, 1):
            self.job("simulate", "scan", {f"simulation/scan/{chunk}.npz": f"outcome {chunk}{noise}"}, chunk=chunk)
        self.job("theory", "dmft", {"theory/dmft.npz": "curve"})
        sources = ("simulation/scan/0.npz", "simulation/scan/1.npz", "theory/dmft.npz")
        self.job(
            "compare",
            "gain",
            {"comparison/gain.csv": TABLE.replace("0.40", f"0.4{self.root_seed - 1}")},
            sources,
        )
        self.job("compare", "flat", {"comparison/flat.csv": TABLE}, sources[2:])
        for figure, table in (("F1", "gain"), ("F2", "flat")):
            drawn = {".svg": f"<svg>{noise}</svg>", ".csv": PLOTTED, ".caption.txt": "What it shows."}
            files = {f"figures/{figure}{suffix}": text for suffix, text in drawn.items()}
            self.job("plot", figure, files, (f"comparison/{table}.csv",))
        self.job(
            "judge",
            "",
            {"verdicts.json": json.dumps(VERDICTS)},
            ("comparison/gain.csv", "comparison/flat.csv"),
        )
        return self

    def write_ledger(self) -> None:
        """Collect the ledger as the run does."""
        (self.results / "ledger.json").write_text(json.dumps(collect(self.results)))

    def expected(self) -> Expected:
        return Expected(dict(self.slices))

    def verify(self, expected: Expected | None = None, paths: tuple[Path, ...] = ()) -> Report:
        """Verify against today's code and the given or the unchanged config."""
        code = CodeGraph.build(self.root / "scripts")
        return verify(self.results, self.root, expected=expected or self.expected(), code=code, paths=paths)

    def record(self, file: str) -> dict[str, Any]:
        """A record by its path below the paper."""
        found: dict[str, Any] = json.loads((self.paper / file).read_text())
        return found
