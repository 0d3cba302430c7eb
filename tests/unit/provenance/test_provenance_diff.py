"""diff: same, same data drawn otherwise, other data; deviations in standard errors and relative."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from provenance_corpus import PLOTTED, TABLE, Corpus, write_tree

from atlas.provenance.difference import DiffError, compare, compare_figures, compare_runs, compare_tables


@pytest.fixture
def other(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path / "other").run()


def figures(folder: Path, one: dict[str, str], two: dict[str, str]) -> tuple[Path, Path]:
    write_tree(folder / "one", {f"F{suffix}": text for suffix, text in one.items()})
    write_tree(folder / "two", {f"F{suffix}": text for suffix, text in two.items()})
    return folder / "one" / "F.svg", folder / "two" / "F.csv"


def test_diff_figures_same(tmp_path: Path) -> None:
    found = compare_figures(*figures(tmp_path, {".csv": PLOTTED, ".svg": "a"}, {".csv": PLOTTED, ".svg": "a"}))
    assert (found.verdict, found.causes) == ("same", ())


def test_diff_figures_drawn_otherwise(tmp_path: Path) -> None:
    found = compare_figures(*figures(tmp_path, {".csv": PLOTTED, ".svg": "a"}, {".csv": PLOTTED, ".svg": "b"}))
    assert (found.verdict, found.causes) == ("same data, other drawing", (".svg",))


def test_diff_figures_with_other_data(tmp_path: Path) -> None:
    moved = PLOTTED.replace("2.0,0.40,0.02", "2.0,0.44,0.01")
    found = compare_figures(*figures(tmp_path, {".csv": PLOTTED, ".svg": "a"}, {".csv": moved, ".svg": "a"}))
    assert found.verdict == "other data"
    table = found.table
    assert table is not None
    assert table.cells == 2
    assert table.in_errors is not None
    # |0.40 - 0.44| / sqrt(0.02² + 0.01²), by hand
    assert table.in_errors.size == pytest.approx(0.04 / 0.0005**0.5, rel=1e-12)  # rounding of a few operations
    assert (table.in_errors.column, table.in_errors.where) == ("y", "a g simulation")
    assert table.relative is not None
    assert (table.relative.column, table.relative.size) == ("y_error", pytest.approx(0.5, rel=1e-12))


def test_diff_tables_match_rows_by_their_texts(tmp_path: Path) -> None:
    rows = TABLE.splitlines()
    extra = "kappa,1.5,1,0.1,1"
    write_tree(tmp_path, {"a.csv": TABLE, "b.csv": "\n".join([rows[0], extra, *rows[1:]]) + "\n"})
    found = compare_tables(tmp_path / "a.csv", tmp_path / "b.csv")
    assert (found.only_a, found.only_b, found.cells) == (0, 1, 0)
    assert not found.same


def test_diff_tables_take_empty_for_equal_to_empty_only(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.csv": "q,x\nu,\n", "b.csv": "q,x\nu,\n", "c.csv": "q,x\nu,1\n", "d.csv": "q,x\nu,inf\n"})
    assert compare_tables(tmp_path / "a.csv", tmp_path / "b.csv").same
    assert compare_tables(tmp_path / "a.csv", tmp_path / "c.csv").cells == 1
    assert compare_tables(tmp_path / "d.csv", tmp_path / "d.csv").same


def test_diff_runs_same(corpus: Corpus, other: Corpus) -> None:
    found = compare_runs(corpus.results, other.results)
    assert (found.verdict, found.equal_jobs, found.differences) == ("same", 8, ())


def test_diff_runs_of_two_seeds_names_jobs_causes_and_sizes(corpus: Corpus, tmp_path: Path) -> None:
    two = Corpus(tmp_path / "two", root_seed=2).run()
    found = compare_runs(corpus.results, two.results)
    assert found.verdict == "other data"
    by_name = {each.name: each for each in found.differences}
    assert set(by_name) == {
        "simulate toy-paper/scan chunk 0",
        "simulate toy-paper/scan chunk 1",
        "compare toy-paper/gain",
        "plot toy-paper/F1",
        "plot toy-paper/F2",
    }
    assert by_name["simulate toy-paper/scan chunk 0"].causes == ("root seed 1, 2",)
    assert by_name["compare toy-paper/gain"].causes == ("root seed 1, 2", "inputs")
    table = by_name["compare toy-paper/gain"].table
    assert table is not None
    assert table.in_errors is not None
    # 0.40 against 0.41 with error 0.02 on both sides
    assert table.in_errors.size == pytest.approx(0.01 / (0.02 * 2**0.5), rel=1e-9)  # rounding of 0.41 - 0.40
    assert by_name["plot toy-paper/F1"].verdict == "same data, other drawing"  # its CSV is the same in both


def test_diff_runs_names_changed_code_and_verdicts(corpus: Corpus, tmp_path: Path) -> None:
    two = Corpus(tmp_path / "two")
    write_tree(two.root / "scripts", {"atlas/papers/toy_paper/claims.py": "LIMIT = 3.0\n"})
    two.code = type(two.code).build(two.root / "scripts")
    two.run()
    verdicts = (two.paper / "verdicts.json").read_text().replace("refuted", "inconclusive")
    two.job("judge", "", {"verdicts.json": verdicts}, ("comparison/gain.csv",))
    found = compare_runs(corpus.results, two.results)
    assert found.verdicts == ("toy-paper.C2: refuted → inconclusive",)
    (judge,) = found.differences
    assert judge.causes == ("code: atlas.papers.toy_paper.claims", "inputs")


def test_diff_reads_ledgers_and_tells_missing_jobs(corpus: Corpus, other: Corpus) -> None:
    corpus.write_ledger()
    (other.paper / "figures/F1.record.json").unlink()
    found = compare(corpus.results / "ledger.json", other.results)
    assert found.verdict == "other data"
    assert found.to_dict()["only_a"] == ("plot toy-paper/F1",)


def test_diff_refuses_what_cannot_be_compared(corpus: Corpus, tmp_path: Path) -> None:
    svg = corpus.paper / "figures/F1.svg"
    with pytest.raises(DiffError, match="one is a run and the other a figure"):
        compare(corpus.results, svg)
    with pytest.raises(DiffError, match="does not exist"):
        compare(svg, tmp_path / "none.svg")
    with pytest.raises(DiffError, match=r"no verdicts\.csv"):
        compare(svg, corpus.paper / "verdicts.json")
    with pytest.raises(DiffError, match="holds no record"):
        compare(corpus.results, corpus.root / "scripts")
    (tmp_path / "x").mkdir()
    (tmp_path / "x/ledger.json").write_text(json.dumps([]))
    with pytest.raises(DiffError, match="neither a folder of results nor a ledger"):
        compare(corpus.results, tmp_path / "x/ledger.json")
