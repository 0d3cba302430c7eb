"""The store of facts: what it answers equals what is read anew, and nothing damaged is believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from provenance_corpus import write_tree

import atlas.provenance.facts as facts
from atlas.provenance.closure import CodeGraph
from atlas.provenance.facts import Facts, FactStore, facts_of, store_key

TREE = {
    "simulate.py": "from atlas.jobs import run\n",
    "atlas/__init__.py": "",
    "atlas/jobs.py": "from . import seeds\n",
    "atlas/seeds.py": "draw = 1\n",
}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "scripts", TREE)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "results" / ".cache" / "facts.json"


def no_reading(source: bytes | str) -> Facts:
    raise AssertionError("a file was parsed although the store knows it")


def test_facts_of_a_source() -> None:
    found = facts_of("import a.b as c\nfrom d import e, f\nfrom ..g import h\nfrom . import i\nfrom j import *\n")
    assert found.imports == ("..g.h", ".i", "a.b", "d.e", "d.f", "j.*")


def test_store_answers_a_second_process_without_parsing(
    scripts: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew = CodeGraph.build(scripts).closure_of("scripts.simulate")
    assert CodeGraph.build(scripts, store).closure_of("scripts.simulate") == anew
    monkeypatch.setattr(facts, "facts_of", no_reading)
    assert CodeGraph.build(scripts, store).closure_of("scripts.simulate") == anew


def test_store_notices_an_edit_and_keeps_both_versions(scripts: Path, store: Path) -> None:
    first = CodeGraph.build(scripts, store).closure_of("scripts.simulate")
    write_tree(scripts, {"atlas/seeds.py": "draw = 2\n"})
    second = CodeGraph.build(scripts, store).closure_of("scripts.simulate")
    assert second != first
    assert second == CodeGraph.build(scripts).closure_of("scripts.simulate")
    # Undone: the first version is still known, four files and one second version.
    write_tree(scripts, {"atlas/seeds.py": TREE["atlas/seeds.py"]})
    assert CodeGraph.build(scripts, store).closure_of("scripts.simulate") == first
    assert len(json.loads(store.read_text())["facts"]) == 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"key": KEY}',
        '{"key": KEY, "facts": []}',
        '{"key": KEY, "facts": {"a": 3}}',
        '{"key": KEY, "facts": {"a": []}}',
        "\x00\xff",
    ],
)
def test_store_damaged_is_ignored_and_written_anew(scripts: Path, store: Path, text: str) -> None:
    anew = CodeGraph.build(scripts).closure_of("scripts.simulate")
    store.parent.mkdir(parents=True)
    store.write_text(text.replace("KEY", json.dumps(store_key())))
    assert CodeGraph.build(scripts, store).closure_of("scripts.simulate") == anew
    assert json.loads(store.read_text())["key"] == store_key()


def test_store_of_another_key_is_ignored(scripts: Path, store: Path) -> None:
    # The key holds the text of the module: facts of an older way of reading are not believed.
    anew = CodeGraph.build(scripts, store).closure_of("scripts.simulate")
    kept = json.loads(store.read_text())
    lies = {"key": "Python 3.1 0", "facts": {sha: ["0" * 64] for sha in kept["facts"]}}
    store.write_text(json.dumps(lies))
    assert CodeGraph.build(scripts, store).closure_of("scripts.simulate") == anew


def test_audit_reads_anew_what_a_forged_store_hides(scripts: Path, store: Path) -> None:
    honest = CodeGraph.build(scripts, store).closure_of("scripts.simulate")
    kept = json.loads(store.read_text())
    kept["facts"] = {sha: ["0" * 64, *rest[1:]] for sha, rest in kept["facts"].items()}
    store.write_text(json.dumps(kept))
    assert CodeGraph.build(scripts, store).closure_of("scripts.simulate") != honest  # the forgery works on a job
    assert CodeGraph.build(scripts).closure_of("scripts.simulate") == honest  # not on one who reads anew


def test_store_that_cannot_be_written_is_no_error(scripts: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    unwritable = tmp_path / "file" / "facts.json"  # its folder is a file
    anew = CodeGraph.build(scripts).closure_of("scripts.simulate")
    assert CodeGraph.build(scripts, unwritable).closure_of("scripts.simulate") == anew


def test_store_keeps_the_newest(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "MOST_FILES", 2)
    kept = FactStore.open(store)
    for number in range(3):
        kept.of(f"x = {number}\n".encode())
    kept.save()
    assert len(FactStore.open(store).known) == 2
    assert facts_of("x = 2\n") in FactStore.open(store).known.values()
    assert facts_of("x = 0\n") not in FactStore.open(store).known.values()
