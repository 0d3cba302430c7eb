"""A new paper: what is made, what is refused, and that a refusal leaves the repository as it was."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from atlas.config.errors import ConfigError
from atlas.scaffold import door
from atlas.scaffold.door import main, make_paper
from atlas.scaffold.names import LONGEST, LONGEST_PART, ScaffoldError
from atlas.scaffold.skeleton import places, skeleton

FOLDERS = ("config/papers", "scripts/atlas/papers", "tests/papers")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one paper, and something of the user's in each folder."""
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "mine.txt").write_text("mine")
    (tmp_path / "config" / "config.yaml").write_text("scale: desk\n")
    (tmp_path / "config" / "papers" / "old-paper.yaml").write_text("old")
    return tmp_path


def tree(root: Path) -> dict[str, str | None]:
    """Everything below a folder: files with their text, folders."""
    found = sorted(root.rglob("*"))
    return {path.relative_to(root).as_posix(): path.read_text() if path.is_file() else None for path in found}


def test_a_paper_has_config_room_and_test_and_nothing_else_changes(root: Path) -> None:
    before = tree(root)
    made = make_paper(root, "new-paper")
    after = tree(root)
    assert {path: after[path] for path in before} == before
    new = {path for path in after if path not in before and after[path] is not None}
    assert new == {path.as_posix() for path in made}
    modules = ("__init__", "claims", "comparison", "figures", "parameters", "simulation", "theory")
    assert new == {
        "config/papers/new-paper.yaml",
        "tests/papers/test_new_paper_room.py",
        *(f"scripts/atlas/papers/new_paper/{module}.py" for module in modules),
    }


def test_names_stand_where_the_pipeline_looks_for_them(root: Path) -> None:
    make_paper(root, "new-paper", "A: \"title\" of 'x', 5 % & #1", "F1, F2a,A-3", "C1,C2b")
    config = yaml.safe_load((root / "config/papers/new-paper.yaml").read_text())
    assert config["paper"]["title"] == "A: \"title\" of 'x', 5 % & #1"
    assert list(config["figures"]) == ["F1", "F2a", "A-3"]
    assert [claim["id"] for claim in config["claims"]] == ["new-paper.C1", "new-paper.C2b"]
    text = (root / "scripts/atlas/papers/new_paper/figures.py").read_text()
    functions = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert functions == ["f1", "f2a", "a_3"]


def test_without_names_there_is_one_figure_and_one_claim(root: Path) -> None:
    make_paper(root, "new-paper", figures=" , ", claims="")
    config = yaml.safe_load((root / "config/papers/new-paper.yaml").read_text())
    assert list(config["figures"]) == ["F1"]
    assert [claim["id"] for claim in config["claims"]] == ["new-paper.C1"]
    assert config["paper"]["title"].startswith("TODO:")


def test_no_function_of_the_skeleton_gives_a_number() -> None:
    """Each function that a job calls says that it is not written: nothing made up can reach a verdict."""
    files = skeleton("new-paper", "", ["F1"], ["C1"])
    room = places("new-paper")[1]
    for module in ("simulation", "theory", "comparison", "figures"):
        functions = [node for node in ast.parse(files[room / f"{module}.py"]).body if isinstance(node, ast.FunctionDef)]
        assert functions
        for function in functions:
            assert isinstance(function.body[-1], ast.Raise), f"{module}.{function.name}"


def test_lines_of_the_longest_names_fit() -> None:
    key, name = "k" * LONGEST, "F" * LONGEST_PART
    for path, text in skeleton(key, "", [name], [name]).items():
        assert max(map(len, text.splitlines())) <= 120, path


REFUSED = [
    ({"key": ""}, "KEY is missing; needed: make paper KEY=some-key"),
    ({"key": "New-Paper"}, 'KEY: got "New-Paper"; allowed: lower-case words joined by dashes'),
    ({"key": "new_paper"}, 'KEY: got "new_paper"'),
    ({"key": "-new"}, 'KEY: got "-new"'),
    ({"key": "2nd-paper"}, 'KEY: got "2nd-paper"'),
    ({"key": "new-paper\n"}, 'KEY: got "new-paper\\n"'),
    ({"key": "../new"}, 'KEY: got "../new"'),
    ({"key": "k" * (LONGEST + 1)}, 'KEY: got "kkk'),
    ({"key": "all"}, 'KEY: got "all"; allowed: a name that nothing else has'),  # papers: all
    ({"key": "logs"}, 'KEY: got "logs"'),  # results/<scale>/logs
    ({"key": "class"}, 'KEY: got "class"'),  # no name of a Python module
    ({"key": "old-paper"}, "KEY: config/papers/old-paper.yaml exists already; allowed: a key that no paper has"),
    ({"key": "new-paper", "title": "two\nlines"}, 'TITLE: got "two\\nlines"; allowed: one line'),
    ({"key": "new-paper", "figures": "F1,F 2"}, 'FIGURES: got "F 2"; allowed: letters and digits after a letter'),
    ({"key": "new-paper", "figures": "2a"}, 'FIGURES: got "2a"'),
    ({"key": "new-paper", "figures": "If"}, 'FIGURES: got "If"'),  # its function would be `if`
    ({"key": "new-paper", "figures": "F1,f1"}, "FIGURES: names f1 twice; allowed: each once"),  # one function for both
    ({"key": "new-paper", "claims": "C-1"}, 'CLAIMS: got "C-1"; allowed: letters and digits'),
    ({"key": "new-paper", "claims": "C1,C2,C1"}, "CLAIMS: names C1 twice"),
    ({"key": "new-paper", "claims": "C" * (LONGEST_PART + 1)}, 'CLAIMS: got "CCC'),
]


@pytest.mark.parametrize(("given", "line"), REFUSED, ids=[f"{next(reversed(g.values()))[:12]!r}" for g, _ in REFUSED])
def test_what_cannot_be_made_is_refused_in_one_line(
    root: Path, given: dict[str, str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(root)
    assert main(root, [f"--{name}={value}" for name, value in given.items()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"paper: {line}")
    assert said.err.endswith("; nothing was written\n")
    assert said.err.count("\n") == 1
    assert tree(root) == before


@pytest.mark.parametrize("part", range(3), ids=["config", "room", "test"])
def test_any_part_of_a_paper_that_exists_is_kept(root: Path, part: int) -> None:
    place = root / places("new-paper")[part]
    place.symlink_to("nowhere")  # also what only looks as if it were not there
    with pytest.raises(ScaffoldError, match="exists already"):
        make_paper(root, "new-paper")
    assert place.is_symlink()
    assert sum(path.name.startswith(("new", "test_new")) for path in root.rglob("*")) == 1


def test_a_folder_that_cannot_be_written_leaves_nothing_behind(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "tests" / "papers" / "mine.txt").unlink()
    (root / "tests" / "papers").rmdir()
    (root / "tests" / "papers").write_text("a file where a folder should be")
    before = tree(root)
    assert main(root, ["--key=new-paper"]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert tree(root) == before


def test_a_skeleton_that_would_not_load_is_not_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*names: object) -> dict[Path, str]:
        files = skeleton("new-paper", "", ["F1"], ["C1"])
        config = places("new-paper")[0]
        return files | {config: files[config].replace("protocol: measure", "protocol: guess")}

    monkeypatch.setattr(door, "skeleton", broken)
    before = tree(root)
    with pytest.raises(ConfigError, match=r'unknown protocol "guess"'):
        make_paper(root, "new-paper")
    assert tree(root) == before
