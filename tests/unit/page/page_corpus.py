"""A made-up corpus on disk: configs of toy papers, figures, verdicts and the records of all jobs."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from atlas.claims.judge import judge_claim
from atlas.config import Axis, ExperimentSizes, PaperConfig, Physics, Protocol, load_atlas, parameter
from atlas.estimation.estimate import Estimate
from atlas.provenance.closure import Closure
from atlas.provenance.digests import sha256_json
from atlas.provenance.ledger import collect
from atlas.provenance.record import write_record


class Gain(Physics):
    g: Axis[float] = parameter("gain of the couplings", ge=0, le=20)


DEFINITION = SimpleNamespace(
    PROTOCOLS={"stationary": Protocol(Gain, sizes=ExperimentSizes)}, SOLVERS={"dmft": Protocol(Gain)}
)
NASTY = "Decay <script>alert(\"x\")</script> & 'more'"
PAPER = r"""
paper:
  key: {key}
  title: {title}
  authors: A. Body, B. Else
  source: "arXiv 0000.00000v1"
  topic: {topic}
  summary: It asks whether a network decays. It solves a theory. It finds that it does.
  equations:
    - {{kind: model, about: the flow, tex: '\dot x_i = -x_i + \sum_j J_{{ij}} x_j'}}
    - {{kind: theory, about: the variance, tex: '\frac{{1}}{{2}} \Delta_0^2 = g^2, \qquad g > 1'}}
experiments:
  scan: {{protocol: stationary, about: energy against gain}}
theories:
  curve: {{solver: dmft, about: the line}}
comparisons:
  gain: {{experiments: [scan], theories: [curve], about: markers on the line}}
  flat: {{experiments: [], theories: [curve], about: the line alone}}
figures:
  F1: {{comparisons: [gain], title: Energy against the gain, caption: "Energy for g = {{g}}."}}
  F2: {{comparisons: [flat], title: The line, caption: "The line alone.", reconstruction: true}}
claims:
  - id: {key}.C1
    sentence: The energy of theory and simulation agree.
    where: abstract
    comparisons: [gain]
    checks:
      - name: energy
        estimator: deviation
        arguments: {{g: 2.0}}
        kind: within
        expected: 0.0
        tolerance: 0.1
        reason: finite size
        unit: "1/tau²"
      - {{name: slope, estimator: slope, kind: between, low: -1, high: 1, reason: series}}
      - {{name: kept, estimator: slope, kind: above, bound: 0.1, reason: the control leaves it alone}}
    control:
      about: The theory of another gain.
      overrides: {{energy: {{arguments: {{g: 1.5}}}}, slope: {{estimator: wrong_slope}}}}
  - id: {key}.C2
    sentence: The energy stays below one tenth.
    where: Fig. 2
    comparisons: [flat]
    checks:
      - {{name: size, estimator: size, kind: below, bound: 0.1, reason: rounding}}
    control: {{about: Ten times the energy., overrides: {{size: {{arguments: {{factor: 10}}}}}}}}
    witness: {{about: A network that is known to pass., overrides: {{size: {{arguments: {{factor: 0}}}}}}}}
    cause: The published curve shows another quantity.
  - id: {key}.C10
    sentence: The energy grows.
    where: Fig. 2
    comparisons: [gain, flat]
    checks:
      - {{name: rise, estimator: rise, kind: above, bound: 0, scale: 1, reason: sign}}
    control: {{about: Sign turned., overrides: {{rise: {{arguments: {{sign: -1}}}}}}}}
explorations:
  energy:
    comparison: gain
    title: Energy that moves
    about: The energy over time falls faster at a smaller gain.
    quantities: {{energy: the energy}}
    x: t
    x_label: time
    y_label: energy
    sliders: {{g: gain, case: the case}}
physics: {{scan: {{g: [1.5, 2.0]}}, curve: {{g: [1.5, 2.0]}}}}
sizes:
  smoke: {{scan: {{networks: 2, chunk: 2}}}}
  desk: {{scan: {{networks: 2, chunk: 2}}}}
  paper: {{scan: {{networks: 2, chunk: 2}}}}
"""
TABLE = "quantity,t,g,case,simulation,simulation_error,theory\n" + "".join(
    f"energy,{t},{g},{case},{'' if t else g},{'' if t else 0.1},{g / (1 + t)}\n"
    for case in ("slow", "fast")
    for g in (0.5, 1.0, 2.0, 4.0)
    for t in range(4)
    if (g, case) != (4.0, "fast")
)
SVG = (
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="243pt" height="170pt"'
    ' viewBox="0 0 243 170"><path d="M20 10V150H230" fill="none" stroke="#333"/>'
    '<path d="M20 150C90 150 120 90 230 20" fill="none" stroke="#0072b2"/></svg>'
)


def estimators() -> dict[str, Any]:
    """Numbers by hand: C1 holds, C2 is off by far, C10 has an error bar across its bound."""
    return {
        "deviation": lambda tables, g: Estimate(0.012 if g == 2.0 else 0.5, 0.02, 0.01, 10),
        "slope": lambda tables: Estimate(0.5, 0.0, 0.0, float("inf")),
        "wrong_slope": lambda tables: Estimate(100.0, 0.0, 0.0, float("inf")),
        "size": lambda tables, factor=1: Estimate(0.4 * factor, 0.01, 0.01, 10),
        "rise": lambda tables, sign=1: Estimate(0.01 if sign == 1 else -5.0, 0.2, 0.1, 10),
    }


class ToyCorpus:
    """``papers``: key → (title, topic). Configs in config/, results in results/smoke of ``root``."""

    def __init__(self, root: Path, papers: Mapping[str, tuple[str, str]]) -> None:
        self.root, self.results = root, root / "results" / "smoke"
        (root / "config" / "papers").mkdir(parents=True)
        (root / "config" / "config.yaml").write_text("scale: smoke\nroot_seed: 7\npapers: all\n")
        (root / "requirements").mkdir()
        numpy = importlib.metadata.version("numpy")
        (root / "requirements" / "runtime.lock").write_text(f"numpy=={numpy}\n")
        for key, (title, topic) in papers.items():
            text = PAPER.format(key=key, title=json.dumps(title), topic=topic)
            (root / "config" / "papers" / f"{key}.yaml").write_text(text)
        atlas = load_atlas(root / "config", definitions=dict.fromkeys(papers, DEFINITION))
        self.papers: dict[str, PaperConfig] = atlas.papers
        for paper in self.papers.values():
            self._run(paper)
        self.write_ledger()

    def write_ledger(self) -> None:
        """Collect the records, as the run does."""
        (self.results / "ledger.json").write_text(json.dumps(collect(self.results)))

    def _run(self, paper: PaperConfig) -> None:
        for chunk in (0, 1):
            self.job(paper.key, "simulate", "scan", {f"simulation/scan/{chunk}.npz": f"{chunk}"}, chunk=chunk)
        self.job(paper.key, "theory", "curve", {"theory/curve.npz": "curve"})
        sources = ("simulation/scan/0.npz", "simulation/scan/1.npz", "theory/curve.npz")
        self.job(paper.key, "compare", "gain", {"comparison/gain.csv": TABLE}, sources)
        self.job(paper.key, "compare", "flat", {"comparison/flat.csv": TABLE}, sources[2:])
        for figure, table in (("F1", "gain"), ("F2", "flat")):
            caption = f"{paper.figures[figure].title}. {paper.figures[figure].caption} Scale: smoke."
            texts = {"svg": SVG, "pdf": "pdf", "png": "png", "csv": "x,y\n", "caption.txt": caption}
            files = {f"figures/{figure}.{suffix}": text for suffix, text in texts.items()}
            self.job(paper.key, "plot", figure, files, (f"comparison/{table}.csv",))
        verdicts = [judge_claim(claim, estimators(), {}).to_dict() for claim in paper.claims]
        text = json.dumps({"paper": paper.key, "claims": verdicts}, ensure_ascii=False)
        tables = ("comparison/gain.csv", "comparison/flat.csv")
        self.job(paper.key, "judge", "", {"verdicts.json": text}, tables)

    def job(
        self,
        paper: str,
        stage: str,
        name: str,
        outputs: Mapping[str, str],
        inputs: tuple[str, ...] = (),
        chunk: int | None = None,
    ) -> None:
        """Write outputs (file below the paper → text) and the record of a job that took two seconds."""
        here = self.results / paper
        for file, text in outputs.items():
            (here / file).parent.mkdir(parents=True, exist_ok=True)
            (here / file).write_text(text, encoding="utf-8")
        config = {"paper": paper, "name": name, "chunk": chunk}
        write_record(
            (here / next(iter(outputs))).with_suffix(".record.json"),
            stage=stage,
            scale="smoke",
            paper=paper,
            name=name,
            chunk=chunk,
            config=config,
            config_digest=sha256_json(config),
            root_seed=7,
            seed_keys=[f"{paper}/scan/{chunk}/couplings"] if stage == "simulate" else [],
            code=Closure.of({f"atlas.{stage}": "0" * 64}),
            inputs=[here / file for file in inputs],
            outputs=[here / file for file in outputs],
            started=1.7e9,
            ended=1.7e9 + 2,
            kernel_seconds=0.5,
            root=self.root,
        )
