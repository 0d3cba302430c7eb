"""Broken configs: each is refused in one clear line with file, line and key path, never by a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from config_cases import BROKEN
from config_toy import DEFINITIONS, PAPER_YAML

from atlas.config import ConfigError, load_atlas
from atlas.config.__main__ import main

ROOT = Path(__file__).parents[3]
FILE = "config/papers/toy-paper.yaml"


def lines_of(error: ConfigError) -> list[str]:
    return [str(error), *error.problems]


@pytest.mark.parametrize(("old", "new", "words"), BROKEN, ids=[f"{n:03d}" for n in range(len(BROKEN))])
def test_a_broken_paper_is_refused_in_one_line(
    config_dir: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    assert old in PAPER_YAML, "the table no longer fits the valid config"
    (config_dir / "papers" / "toy-paper.yaml").write_text(PAPER_YAML.replace(old, new, 1), encoding="utf-8")
    if not words:  # a harmless edit among the broken ones
        load_atlas(config_dir, {}, DEFINITIONS)
        return
    with pytest.raises(ConfigError) as caught:
        load_atlas(config_dir, {}, DEFINITIONS)
    assert any(words in problem for problem in caught.value.problems), caught.value.problems
    for line in lines_of(caught.value):
        assert "\n" not in line
        assert line.startswith(FILE)
        assert "Error" not in line
        assert "pydantic" not in line
    assert main([str(config_dir)], DEFINITIONS) == 2
    assert capsys.readouterr() == ("", f"{caught.value}\n")


def test_the_table_is_large_and_the_valid_config_sound(config_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(BROKEN) >= 40
    assert main([str(config_dir)], DEFINITIONS) == 0
    assert "1 papers, 2 claims" in capsys.readouterr().out


def test_file_and_line_lead_to_the_value(config_dir: Path) -> None:
    text = PAPER_YAML.replace("height_mm: 70", "height_mm: 7")
    (config_dir / "papers" / "toy-paper.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_atlas(config_dir, {}, DEFINITIONS)
    line = int(str(caught.value).split(":")[1])
    assert "height_mm: 7" in text.splitlines()[line - 1]


def test_all_problems_of_a_file_are_collected(config_dir: Path) -> None:
    text = PAPER_YAML.replace("    g: 2\n", "    g: -2\n").replace("F2a: {columns", "F9: {columns").replace("C2", "C1")
    (config_dir / "papers" / "toy-paper.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_atlas(config_dir, {}, DEFINITIONS)
    assert len(caught.value.problems) == 3
    assert str(caught.value) == f"{caught.value.problems[0]} (and 2 more)"


RAW: list[tuple[bytes | None, str]] = [
    (None, "papers: has no paper"),
    (b"", "is empty"),
    (b"\n# nothing\n\n", "is empty"),
    (b"---\n...\n", "allowed: a block"),
    (b"just words", 'got "just words"; allowed: a block'),
    (b"- a\n- b\n", "allowed: a block"),
    (PAPER_YAML.encode().replace(b"A toy", b"A t\xe9y"), "toy-paper.yaml:3: is not UTF-8"),
    (PAPER_YAML.encode("utf-16"), "is not UTF-8"),
    (PAPER_YAML.encode().replace(b"A toy", b"A \x00toy"), "is not valid YAML"),
    (b"a" * 1_000_001, "allowed: at most 1000000"),
    (b"[" * 200_000, "nested too deeply"),
    (b"{a: " * 5000, "nested too deeply"),
    (b"a: !<tag:yaml.org,2002:map> {b: 1}\n", "is not used in configs"),
    (b"%YAML 3.0\n---\na: 1\n", "is not valid YAML"),
    (b"a: 'b\n", "is not valid YAML"),
]


@pytest.mark.parametrize(("raw", "words"), RAW, ids=[str(n) for n in range(len(RAW))])
def test_a_broken_file_is_refused_in_one_line(config_dir: Path, raw: bytes | None, words: str) -> None:
    path = config_dir / "papers" / "toy-paper.yaml"
    if raw is None:
        path.unlink()
    else:
        path.write_bytes(raw)
    with pytest.raises(ConfigError) as caught:
        load_atlas(config_dir, {}, DEFINITIONS)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_in_place_of_a_file_is_refused(config_dir: Path) -> None:
    (config_dir / "papers" / "folder.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"folder\.yaml: cannot be read"):
        load_atlas(config_dir, {"papers": "folder"}, DEFINITIONS)


def test_a_paper_without_a_room_is_refused(config_dir: Path) -> None:
    with pytest.raises(ConfigError, match=r"needed: module atlas\.papers\.toy_paper\.parameters"):
        load_atlas(config_dir)
    with pytest.raises(ConfigError, match="unknown paper"):
        load_atlas(config_dir, {}, {"other": DEFINITIONS["toy-paper"]})


ATLAS_BROKEN = [
    ("scale: big", 'config/config.yaml:1: scale: got "big"; allowed: one of'),
    ("root_seed: -1", "config/config.yaml:1: root_seed: got -1; allowed: number ≥ 0"),
    ("root_seed: true", "root_seed: got true; allowed: whole number"),
    ("root_seed: 1.5", "root_seed: got 1.5; allowed: whole number"),
    ("root_seed: 9223372036854775808", "root_seed: got 9223372036854775808"),
    ("papers: []", "papers: got []; allowed: not empty"),
    ("papers: [toy-papr]", 'unknown paper "toy-papr"; did you mean toy-paper?'),
    ("papers: 3", "papers: got 3"),
    ("seed: 3", 'unknown key "seed"'),
    ("scale: desk\nscale: smoke", "scale: duplicate key"),
]


@pytest.mark.parametrize(("text", "words"), ATLAS_BROKEN)
def test_a_broken_config_yaml_is_refused_in_one_line(config_dir: Path, text: str, words: str) -> None:
    (config_dir / "config.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_atlas(config_dir, {}, DEFINITIONS)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


OVERRIDES: list[tuple[dict[str, Any], str]] = [
    ({"scale": "large"}, 'command line: scale: got "large"; allowed: one of'),
    ({"scale": 3}, "command line: scale: got 3"),
    ({"root_seed": "x"}, 'command line: root_seed: got "x"; allowed: whole number'),
    ({"papers": "nothing"}, 'unknown paper "nothing"'),
    ({"papers": ""}, "command line: papers: got"),
    ({"papers": "a b"}, "command line: papers"),
    ({"sacle": "desk"}, 'command line: sacle: unknown key "sacle"; did you mean scale?'),
]


@pytest.mark.parametrize(("overrides", "words"), OVERRIDES)
def test_a_broken_override_is_refused_in_one_line(config_dir: Path, overrides: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_atlas(config_dir, overrides, DEFINITIONS)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", ["missing", "broken"])
def test_the_command_says_one_line_and_no_traceback(tmp_path: Path, make: str) -> None:
    folder = tmp_path / "config"
    if make == "broken":
        (folder / "papers").mkdir(parents=True)
        (folder / "config.yaml").write_text("scale: desk\n", encoding="utf-8")
        (folder / "papers" / "x.yaml").write_text("paper: [", encoding="utf-8")
    command = [sys.executable, "-m", "atlas.config", str(folder)]
    run = subprocess.run(command, cwd=ROOT / "scripts", capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stdout == ""
    assert len(run.stderr.splitlines()) == 1
    assert "Traceback" not in run.stderr
