"""verify names every kind of tampering, what changed and what it taints; a sound corpus passes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from provenance_corpus import TABLE, Corpus, write_tree

from atlas.provenance.digests import sha256_file
from atlas.provenance.record import own_digest
from atlas.provenance.verification import Report, VerifyError

BOTH_FIGURES = {"toy-paper/F1", "toy-paper/F2"}
BOTH_CLAIMS = {"toy-paper.C1", "toy-paper.C2"}


def kinds(report: Report) -> set[str]:
    return {broken.kind for broken in report.broken}


def only(report: Report, kind: str) -> tuple[str, set[str], set[str]]:
    """The one break of a kind: its words, the figures and the claims that it taints."""
    found = [broken for broken in report.broken if broken.kind == kind]
    assert len(found) == 1, report.broken
    return found[0].what, set(found[0].taint.figures), set(found[0].taint.claims)


def edit(corpus: Corpus, file: str, change: Callable[[dict], None], *, forge: bool = False) -> None:
    """Edit a record; with ``forge`` make it agree with itself again, as a careful forger would."""
    record = corpus.record(file)
    change(record)
    if forge:
        record["record_digest"] = own_digest(record)
    (corpus.paper / file).write_text(json.dumps(record))


def test_verify_passes_a_sound_corpus(corpus: Corpus) -> None:
    corpus.write_ledger()
    report = corpus.verify()
    assert report.broken == ()
    assert report.sound
    assert report.records == 8
    assert report.files == 13  # twelve outputs and the lock


def test_verify_names_a_changed_figure(corpus: Corpus) -> None:
    (corpus.paper / "figures/F1.svg").write_text("<svg>nicer</svg>")
    report = corpus.verify()
    assert kinds(report) == {"output-changed"}
    what, figures, claims = only(report, "output-changed")
    assert "results/smoke/toy-paper/figures/F1.svg" in what
    assert (figures, claims) == ({"toy-paper/F1"}, set())


def test_verify_names_a_changed_table_and_what_stands_on_it(corpus: Corpus) -> None:
    (corpus.paper / "comparison/gain.csv").write_text(TABLE.replace("0.41", "0.40"))
    what, figures, claims = only(corpus.verify(), "output-changed")
    assert "comparison/gain.csv" in what
    assert (figures, claims) == (
        {"toy-paper/F1"},
        {"toy-paper.C1"},
    )  # not F2 and C2, which rest on the other table


def test_verify_names_changed_verdicts(corpus: Corpus) -> None:
    path = corpus.paper / "verdicts.json"
    path.write_text(path.read_text().replace("refuted", "reproduced"))
    what, figures, claims = only(corpus.verify(), "output-changed")
    assert "verdicts.json" in what
    assert (figures, claims) == (set(), BOTH_CLAIMS)


def test_verify_names_a_missing_output(corpus: Corpus) -> None:
    (corpus.paper / "simulation/scan/1.npz").unlink()
    what, figures, claims = only(corpus.verify(), "output-missing")
    assert "simulation/scan/1.npz" in what
    assert (figures, claims) == ({"toy-paper/F1"}, {"toy-paper.C1"})


def test_verify_names_a_missing_record(corpus: Corpus) -> None:
    (corpus.paper / "theory/dmft.record.json").unlink()
    report = corpus.verify()
    assert kinds(report) == {"no-record", "input-unrecorded"}
    what, figures, claims = only(report, "no-record")
    assert "theory/dmft.npz" in what
    assert (figures, claims) == (BOTH_FIGURES, BOTH_CLAIMS)


def test_verify_names_an_orphan(corpus: Corpus) -> None:
    write_tree(corpus.paper, {"figures/F9.png": "from elsewhere"})
    write_tree(
        corpus.results,
        {"logs/theory/toy-paper/dmft.log": "said", "benchmarks/theory/toy-paper/dmft.tsv": "1"},
    )
    what, figures, claims = only(corpus.verify(), "no-record")
    assert "figures/F9.png" in what
    assert (figures, claims) == (set(), set())


def test_verify_names_a_removed_job_by_the_ledger(corpus: Corpus) -> None:
    corpus.write_ledger()
    for suffix in (".svg", ".csv", ".caption.txt", ".record.json"):
        (corpus.paper / f"figures/F1{suffix}").unlink()
    what, _, _ = only(corpus.verify(), "record-missing")
    assert "figures/F1.caption.txt" in what


def test_verify_names_an_edited_record(corpus: Corpus) -> None:
    edit(corpus, "theory/dmft.record.json", lambda record: record.update(started="2020-01-01T00:00:00+00:00"))
    report = corpus.verify()
    assert kinds(report) == {"record-edited"}
    assert "theory/dmft.record.json" in only(report, "record-edited")[0]


def test_verify_names_a_record_forged_to_fit_its_changed_output(corpus: Corpus) -> None:
    corpus.write_ledger()
    table = corpus.paper / "comparison/gain.csv"
    table.write_text(TABLE.replace("0.41", "0.40"))
    place = table.relative_to(corpus.root).as_posix()
    edit(
        corpus,
        "comparison/gain.record.json",
        lambda r: r["outputs"].update({place: sha256_file(table)}),
        forge=True,
    )
    report = corpus.verify()
    assert kinds(report) == {"link-broken", "ledger"}
    links = [broken for broken in report.broken if broken.kind == "link-broken"]
    assert {job for broken in links for job in broken.jobs} == {"plot toy-paper/F1", "judge toy-paper"}


def test_verify_names_an_unreadable_record(corpus: Corpus) -> None:
    (corpus.paper / "comparison/gain.record.json").write_text("{")
    report = corpus.verify()
    what, figures, _ = only(report, "record-unreadable")
    assert "comparison/gain.record.json" in what
    assert figures == {"toy-paper/F1"}


def test_verify_names_an_output_of_another_seed_put_in_place_with_its_record(corpus: Corpus, tmp_path: Path) -> None:
    other = Corpus(tmp_path / "other", root_seed=2).run()
    for suffix in (".npz", ".record.json"):
        shutil.copy(other.paper / f"simulation/scan/0{suffix}", corpus.paper / f"simulation/scan/0{suffix}")
    report = corpus.verify()
    assert kinds(report) == {"seed-changed", "link-broken"}
    what, figures, claims = only(report, "seed-changed")
    assert what == "root_seed: run with 2, the config says 1"
    assert (figures, claims) == ({"toy-paper/F1"}, {"toy-paper.C1"})


def test_verify_names_a_chunk_put_in_the_place_of_another(corpus: Corpus) -> None:
    for suffix in (".npz", ".record.json"):
        shutil.copy(corpus.paper / f"simulation/scan/0{suffix}", corpus.paper / f"simulation/scan/1{suffix}")
    found = kinds(corpus.verify())
    assert {"record-misplaced", "two-makers", "no-record"} <= found


def test_verify_names_streams_of_another_item(corpus: Corpus) -> None:
    edit(
        corpus,
        "simulation/scan/0.record.json",
        lambda r: r.update(seed_keys=["toy-paper/scan/g=9/0/x"]),
        forge=True,
    )
    assert "g=9" in only(corpus.verify(), "seed-changed")[0]


def test_verify_names_a_changed_config_once_for_all_its_jobs(corpus: Corpus) -> None:
    expected = corpus.expected()
    for chunk in (0, 1):
        key = ("simulate", "toy-paper", "scan", chunk)
        expected.slices[key] = {**expected.slices[key], "dt": 0.05}
    what, figures, claims = only(corpus.verify(expected), "config-changed")
    assert what == "config of toy-paper/scan: dt: 0.1 → 0.05"
    assert (figures, claims) == ({"toy-paper/F1"}, {"toy-paper.C1"})


def test_verify_names_a_job_that_left_the_config(corpus: Corpus) -> None:
    expected = corpus.expected()
    del expected.slices[("theory", "toy-paper", "dmft", None)]
    what, figures, _ = only(corpus.verify(expected), "not-in-config")
    assert "theory toy-paper/dmft" in what
    assert figures == BOTH_FIGURES


def test_verify_names_a_chunk_that_a_comparison_left_out(corpus: Corpus) -> None:
    expected = corpus.expected()
    expected.upstream[("compare", "gain")] = {("simulate", "toy-paper", "scan", chunk) for chunk in (0, 1, 2)}
    what, figures, _ = only(corpus.verify(expected), "input-absent")
    assert "simulate toy-paper/scan chunk 2" in what
    assert figures == {"toy-paper/F1"}


def test_verify_names_the_changed_module(corpus: Corpus) -> None:
    write_tree(
        corpus.root / "scripts",
        {"atlas/dynamics/euler.py": "DT = 0.2\n\n\ndef step(x):\n    return x * (1 - DT)\n"},
    )
    report = corpus.verify()
    assert kinds(report) == {"code-changed"}
    what, figures, claims = only(report, "code-changed")
    assert what == "atlas.dynamics.euler: changed since the job ran"
    assert report.broken[0].jobs == ("simulate toy-paper/scan chunk 0", "simulate toy-paper/scan chunk 1")
    assert (figures, claims) == ({"toy-paper/F1"}, {"toy-paper.C1"})


def test_verify_ignores_a_changed_comment(corpus: Corpus) -> None:
    path = corpus.root / "scripts/atlas/dynamics/euler.py"
    path.write_text("# the published step\n" + path.read_text())
    assert corpus.verify().sound


def test_verify_names_a_module_that_is_new_in_the_closure(corpus: Corpus) -> None:
    write_tree(
        corpus.root / "scripts",
        {"atlas/papers/toy_paper/claims.py": "from atlas import drawing\nLIMIT = 2.0\n"},
    )
    words = {broken.what for broken in corpus.verify().broken}
    assert words == {
        "atlas.drawing: reached only now",
        "atlas.papers.toy_paper.claims: changed since the job ran",
    }


def test_verify_names_a_removed_script(corpus: Corpus) -> None:
    (corpus.root / "scripts/plot.py").unlink()
    report = corpus.verify()
    assert kinds(report) == {"code-missing"}


def test_verify_names_a_changed_lock_once(corpus: Corpus) -> None:
    (corpus.root / "requirements/runtime.lock").write_text("numpy==1.0\n")
    what, figures, claims = only(corpus.verify(), "lock-changed")
    assert "requirements/runtime.lock" in what
    assert (figures, claims) == (BOTH_FIGURES, BOTH_CLAIMS)


def test_verify_notes_drifted_packages_without_breaking(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)
    (corpus.root / "requirements/runtime.lock").write_text("numpy==1.0\n")
    report = corpus.run().verify()
    assert report.sound
    assert any("8 jobs ran with numpy" in note and "instead of 1.0" in note for note in report.notes)


def test_verify_names_a_ledger_older_than_the_records(corpus: Corpus) -> None:
    corpus.write_ledger()
    corpus.job("plot", "F3", {"figures/F3.svg": "<svg/>"}, ("comparison/gain.csv",))
    assert "older" in only(corpus.verify(), "ledger")[0]


def test_verify_of_a_path_looks_at_what_stands_behind_it(corpus: Corpus) -> None:
    (corpus.paper / "figures/F2.svg").write_text("<svg>other</svg>")
    behind_f1 = corpus.verify(paths=(corpus.paper / "figures/F1.svg",))
    assert behind_f1.sound
    assert behind_f1.records == 5  # F1, its table, two chunks, the theory
    assert not corpus.verify(paths=(corpus.paper / "figures",)).sound


def test_verify_tells_causes_first(corpus: Corpus) -> None:
    (corpus.paper / "figures/F2.svg").write_text("<svg>other</svg>")
    (corpus.paper / "simulation/scan/0.npz").write_text("other")
    write_tree(corpus.root / "scripts", {"atlas/drawing.py": "COLOUR = 'red'\n"})
    assert [broken.kind for broken in corpus.verify().broken] == [
        "code-changed",
        "output-changed",
        "output-changed",
    ]
    assert "simulation" in corpus.verify().broken[1].what


def test_verify_refuses_what_it_cannot_look_at(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(VerifyError, match="no record in smoke says who made it"):
        corpus.verify(paths=(corpus.paper / "figures/F7.svg",))
    empty = Corpus(tmp_path / "empty")
    empty.results.mkdir(parents=True)
    with pytest.raises(VerifyError, match="holds no record"):
        empty.verify()


def test_verify_names_a_changed_input_that_no_job_made(corpus: Corpus) -> None:
    write_tree(corpus.root, {"resources/digits.csv": "0,1\n"})
    corpus.job("theory", "data", {"theory/data.npz": "fit"}, ("../../../resources/digits.csv",))
    assert corpus.verify().sound
    write_tree(corpus.root, {"resources/digits.csv": "1,1\n"})
    report = corpus.verify()
    assert kinds(report) == {"input-changed"}
    assert "resources/digits.csv" in only(report, "input-changed")[0]
