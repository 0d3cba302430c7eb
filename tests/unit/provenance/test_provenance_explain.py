"""explain: the chain behind a figure or claim down to seeds, functions, modules and config lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from provenance_corpus import Corpus, write_tree
from rich.console import Console

from atlas.provenance.chain import Chain
from atlas.provenance.closure import CodeGraph
from atlas.provenance.config_lines import config_lines
from atlas.provenance.explanation import ExplainError, explain
from atlas.provenance.record import read_record, record_files, relative_path
from atlas.provenance.rendering import render_explanation

PAPER = """\
paper: {key: toy-paper}
experiments:
  scan: {protocol: decay}   # a comment

theories:
  dmft:
    solver: gauss
    about: >-
      folded
      text

physics:
  scan:
    g: [1.5, 2.0]
    # a comment that belongs to nothing
comparisons: {gain: {experiments: [scan]},
              flat: {theories: [dmft]}}
claims:
  - id: toy-paper.C1
    sentence: It decays.
    checks:
      - {name: a, tolerance: 0.1}
  - id: toy-paper.C2
    sentence: It is flat.
sizes:
  smoke:
    scan: {networks: 2}
"""


def answer(corpus: Corpus, question: str) -> dict[str, Any]:
    write_tree(corpus.root, {"config/papers/toy-paper.yaml": PAPER})
    records = {relative_path(path, corpus.root): read_record(path) for path in record_files(corpus.results)}
    return explain(question, Chain.of(records, corpus.root), CodeGraph.build(corpus.root / "scripts"))


@pytest.mark.parametrize(
    ("key", "first", "last", "ends"),
    [
        (("experiments", "scan"), 3, 3, "{protocol: decay}   # a comment"),
        (("theories", "dmft"), 6, 10, "      text"),
        (("physics", "scan"), 13, 14, "    g: [1.5, 2.0]"),
        (("comparisons", "flat"), 17, 17, "flat: {theories: [dmft]}}"),
        (("claims", "toy-paper.C1"), 19, 22, "      - {name: a, tolerance: 0.1}"),
        (("claims", "toy-paper.C2"), 23, 24, "    sentence: It is flat."),
        (("sizes", "smoke", "scan"), 27, 27, "    scan: {networks: 2}"),
    ],
)
def test_config_lines_are_those_of_the_block(
    tmp_path: Path, key: tuple[str, ...], first: int, last: int, ends: str
) -> None:
    write_tree(tmp_path, {"config/papers/toy-paper.yaml": PAPER})
    (found,) = config_lines(tmp_path, "toy-paper", [key])
    assert (found.file, found.key) == ("config/papers/toy-paper.yaml", ".".join(key))
    assert (found.first, found.last) == (first, last)
    assert found.text.endswith(ends)
    assert found.text.splitlines() == PAPER.splitlines()[first - 1 : last]


def test_config_lines_leave_out_what_is_not_there(tmp_path: Path) -> None:
    write_tree(tmp_path, {"config/papers/toy-paper.yaml": PAPER, "config/papers/bad.yaml": "a: [1\n"})
    assert config_lines(tmp_path, "toy-paper", [("numerics", "scan"), ("claims", "toy-paper.C9"), ("nothing",)]) == []
    assert config_lines(tmp_path, "bad", [("a",)]) == []
    assert config_lines(tmp_path, "missing", [("a",)]) == []


def test_explain_figure_leads_to_seeds_modules_and_config(corpus: Corpus) -> None:
    for question in (
        "toy-paper/F1",
        str(corpus.paper / "figures/F1.csv"),
        str(corpus.paper / "figures/F1.record.json"),
    ):
        found = answer(corpus, question)
        assert found["roots"] == ["plot toy-paper/F1"]
        assert set(found["jobs"]) == {
            "plot toy-paper/F1",
            "compare toy-paper/gain",
            "simulate toy-paper/scan chunk 0",
            "simulate toy-paper/scan chunk 1",
            "theory toy-paper/dmft",
        }
    chunk = found["jobs"]["simulate toy-paper/scan chunk 1"]
    assert chunk["seed_keys"] == ["toy-paper/scan/g=1.5/0/couplings"]
    assert chunk["root_seed"] == 1
    assert "atlas.dynamics.euler" in chunk["code"]["modules"]
    places = [(block["key"], block["first"]) for block in chunk["config"]]
    assert places == [("experiments.scan", 3), ("physics.scan", 13), ("sizes.smoke.scan", 27)]
    compare = found["jobs"]["compare toy-paper/gain"]
    assert compare["function"] == "scripts/atlas/papers/toy_paper/comparison.py:1 gain"
    assert {item["made_by"] for item in compare["inputs"]} == set(found["jobs"]) - {
        "plot toy-paper/F1",
        "compare toy-paper/gain",
    }


def test_explain_claim_gives_verdict_evidence_and_its_own_lines(corpus: Corpus) -> None:
    found = answer(corpus, "toy-paper.C2")
    assert found["claim"]["verdict"] == "refuted"
    assert [(block["first"], block["last"]) for block in found["claim"]["config"]] == [(23, 24)]
    assert found["roots"] == ["judge toy-paper", "compare toy-paper/flat"]
    assert set(found["jobs"]) == {"judge toy-paper", "compare toy-paper/flat", "theory toy-paper/dmft"}


def test_explain_tree_shows_every_layer(corpus: Corpus) -> None:
    console = Console(width=300, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(render_explanation(answer(corpus, "toy-paper/F1")))
    text = console.export_text()
    for fragment in (
        "plot toy-paper/F1",
        "figures/F1.svg",
        "compare toy-paper/gain",
        "simulate toy-paper/scan in 2 chunks",
        "seeds: root 1, 2 streams: toy-paper/scan/g=1.5/0/couplings",
        "config config/papers/toy-paper.yaml:3 experiments.scan",
        "scan: {protocol: decay}",
        "atlas.dynamics.euler",
        "function scripts/atlas/papers/toy_paper/comparison.py:1 gain",
        "packages locked",
    ):
        assert fragment in text, fragment


def test_explain_refuses_what_no_job_made(corpus: Corpus) -> None:
    for question in ("toy-paper.C9", "figures/none.svg", "toy-paper/F9"):
        with pytest.raises(ExplainError, match=r"no job made such a file; claims are, e\.g\., toy-paper\.C1"):
            answer(corpus, question)
