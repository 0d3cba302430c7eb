"""The audit's command line, and its reading of today's config."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from provenance_corpus import Corpus, write_tree

from atlas.config import Atlas, Axis, ExperimentSizes, Numerics, Physics, Protocol, load_atlas, parameter
from atlas.provenance import expectation
from atlas.provenance.audit import main
from atlas.provenance.expectation import Expectation

PAPER = """\
paper: {key: small, title: A, authors: B, source: C, topic: D, summary: E.}
experiments: {scan: {protocol: walk}}
theories: {line: {solver: curve}}
comparisons: {both: {experiments: [scan], theories: [line]}}
figures: {F1: {comparisons: [both], title: T, caption: c}}
claims:
  - id: small.C1
    sentence: It is.
    where: abstract
    comparisons: [both]
    checks: [{name: a, estimator: e, kind: above, bound: 0, scale: 1, reason: sign}]
    control: {about: shuffled, overrides: {a: {estimator: shuffled}}}
physics: {scan: {g: [1.5, 2.0]}, line: {g: [1.5]}}
numerics: {}
sizes:
  smoke: {scan: {networks: 2, chunk: 3}, line: {}}
  desk: {scan: {networks: 2, chunk: 3}, line: {}}
  paper: {scan: {networks: 2, chunk: 3}, line: {}}
"""


class ScanPhysics(Physics):
    g: Axis[float] = parameter("gain", gt=0)


SMALL = SimpleNamespace(
    PROTOCOLS={"walk": Protocol(ScanPhysics, Numerics, ExperimentSizes)},
    SOLVERS={"curve": Protocol(ScanPhysics)},
)


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    write_tree(
        tmp_path,
        {
            "config/config.yaml": "scale: smoke\nroot_seed: 7\npapers: all\n",
            "config/papers/small.yaml": PAPER,
        },
    )
    return load_atlas(tmp_path / "config", {}, {"small": SMALL})


def record(stage: str, name: str | None, chunk: int | None = None, paper: str = "small") -> dict[str, Any]:
    return {"stage": stage, "paper": paper, "name": name, "chunk": chunk}


def test_expectation_gives_the_slices_that_jobs_are_planned_with(atlas: Atlas) -> None:
    expected = Expectation(atlas)
    scan = atlas.papers["small"].experiment("scan", "smoke")
    assert expected.root_seed == 7
    assert expected.slice_of(record("simulate", "scan", 1)) == scan.chunk_slice(1, 7)
    assert expected.slice_of(record("compare", "both")) == atlas.papers["small"].comparison_slice("both")
    assert expected.slice_of(record("judge", None)) == atlas.papers["small"].judge_slice()
    gone = [
        record("simulate", "scan", 2),
        record("simulate", "other", 0),
        record("theory", "x"),
        record("plot", "F9"),
    ]
    gone += [record("judge", None, paper="other"), record("paint", "F1"), record("compare", "x")]
    assert [expected.slice_of(each) for each in gone] == [None] * len(gone)


def test_expectation_names_the_jobs_before_a_job(atlas: Atlas) -> None:
    expected = Expectation(atlas)
    sources = {
        ("simulate", "small", "scan", 0),
        ("simulate", "small", "scan", 1),
        ("theory", "small", "line", -1),
    }
    table = {("compare", "small", "both", -1)}
    assert expected.upstream_of(record("compare", "both")) == sources
    assert expected.upstream_of(record("plot", "F1")) == table
    assert expected.upstream_of(record("judge", None)) == table
    assert expected.upstream_of(record("simulate", "scan", 0)) == set()
    assert expected.upstream_of(record("plot", "F9", paper="other")) == set()


def test_expectation_names_the_seed_scopes_of_a_chunk(atlas: Atlas) -> None:
    # 2 gains x 2 networks in chunks of 3: the second chunk holds the last network at the second gain.
    assert Expectation(atlas).scopes_of(record("simulate", "scan", 1)) == {"small/scan/g=2.0/1"}
    assert Expectation(atlas).scopes_of(record("plot", "F1")) is None
    assert Expectation(atlas).scopes_of(record("simulate", "scan", 5)) is None


@pytest.fixture
def configured(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """The tiny corpus, with its own slices in the place of a config."""
    write_tree(corpus.root, {"config/config.yaml": "scale: smoke\n", "config/papers/toy-paper.yaml": "claims: []\n"})
    monkeypatch.setattr(expectation.Expectation, "load", lambda *_: corpus.expected())
    return corpus


def test_audit_verify_exits_0_or_1_and_prints_the_break(configured: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(configured.root, ["verify"]) == 0
    assert "every link holds" in capsys.readouterr().out
    (configured.paper / "figures/F1.svg").write_text("other")
    assert main(configured.root, ["verify", str(configured.results)]) == 1
    out = capsys.readouterr().out
    assert "figures/F1.svg: changed after its job wrote it" in out
    assert "taints figures: toy-paper/F1" in out
    assert main(configured.root, ["verify", str(configured.paper / "figures/F2.svg")]) == 0


def test_audit_verify_json_is_one_object(configured: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    (configured.paper / "comparison/gain.csv").write_text("other")
    assert main(configured.root, ["verify", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["sound"] is False
    assert found["broken"][0]["taint"] == {"figures": ["toy-paper/F1"], "claims": ["toy-paper.C1"]}


def test_audit_explain_shows_the_chain_and_what_no_longer_agrees(
    configured: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    (configured.paper / "theory/dmft.npz").write_text("other")
    assert main(configured.root, ["explain", "toy-paper.C2"]) == 0
    out = capsys.readouterr().out
    assert "It is flat. refuted" in out
    assert "theory/dmft.npz: changed after its job wrote it" in out
    assert main(configured.root, ["explain", str(configured.paper / "figures/F1.svg"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["roots"] == ["plot toy-paper/F1"]
    assert found["verify"]["sound"] is False


def test_audit_explain_does_not_tell_breaks_elsewhere(configured: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    (configured.paper / "comparison/gain.csv").write_text("other")
    assert main(configured.root, ["explain", "toy-paper/F2"]) == 0
    assert "every link holds" in capsys.readouterr().out


def test_audit_diff_prints_the_verdict(configured: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = (str(configured.paper / f"figures/{name}.svg") for name in ("F1", "F2"))
    assert main(configured.root, ["diff", one, two]) == 0
    assert capsys.readouterr().out.strip() == "same"
    (configured.paper / "figures/F2.svg").write_text("<svg>blue</svg>")
    assert main(configured.root, ["diff", one, two]) == 1
    assert capsys.readouterr().out.strip() == "same data, other drawing (.svg)"
    assert main(configured.root, ["diff", "--json", str(configured.results), str(configured.results)]) == 0
    assert json.loads(capsys.readouterr().out)["equal_jobs"] == 8


def test_audit_environment_exits_by_the_lock(configured: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(configured.root, ["environment"]) == 0
    assert "packages: locked" in capsys.readouterr().out
    (configured.root / "requirements/runtime.lock").write_text("numpy==1.0\n")
    assert main(configured.root, ["environment", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["packages"]["differences"][0]["locked"] == "1.0"
    assert any(pool["user_api"] == "blas" for pool in found["environment"]["threadpools"])


@pytest.mark.parametrize(
    "argv",
    [
        ["explain", "toy-paper.C9"],
        ["explain", "/nowhere/at/all.svg"],
        ["verify", "--scale", "paper"],
        ["verify", "results/smoke/toy-paper/none.npz"],
        ["diff", "nowhere", "nothing"],
        ["verify", "results/smoke/a", "results/desk/b"],
    ],
)
def test_audit_answers_bad_questions_in_one_line(
    configured: Corpus, argv: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(configured.root)
    assert main(configured.root, argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("audit: ")
    assert err.count("\n") == 1
