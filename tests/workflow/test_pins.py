"""Explicit pins: written whole or not at all, never from another channel. conda is a script that says fixed words."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas import pinning
from atlas.locking import STAGES

ENVIRONMENT = "channels:\n  - conda-forge\ndependencies:\n  - python =3.11\n  - numpy ==2.4.6\n"
GOOD = "# platform: linux-64\n@EXPLICIT\nhttps://h/conda-forge/linux-64/numpy-2.4.6-py311_0.conda#0123\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with environment files only."""
    (tmp_path / "envs").mkdir()
    for stage in STAGES:
        (tmp_path / "envs" / f"{stage}.yaml").write_text(ENVIRONMENT)
    return tmp_path


def conda(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a `conda` command on the path, and no other."""
    (folder / "bin").mkdir()
    path = folder / "bin" / "conda"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What stands on standard error: one line."""
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (GOOD, ""),
        (GOOD.replace("@EXPLICIT\n", ""), "no explicit list"),
        ("", "no explicit list"),
        (GOOD.replace("conda-forge", "main"), "does not come from conda-forge"),
        (GOOD.replace("#0123", ""), "has no checksum"),
        (GOOD.replace("2.4.6", "2.4.5"), "numpy 2.4.6 is not in it"),
        (GOOD.replace("numpy-2", "numpy-base-2"), "numpy 2.4.6 is not in it"),
    ],
)
def test_pins_hold_the_versions_of_the_environment(text: str, reason: str) -> None:
    """The list must be explicit, of conda-forge, with checksums, and of the locked versions."""
    found = pinning.problem(text, ENVIRONMENT)
    assert reason in found if reason else found == ""


def test_pins_are_written_for_every_stage(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What conda lists, word for word."""
    conda(root, monkeypatch, f"[ $1 = list ] && cat <<'END' || exit 0\n{GOOD}END")
    written = pinning.write_pins(root)
    assert sorted(path.name for path in written) == sorted(f"{stage}.linux-64.pin.txt" for stage in STAGES)
    assert all(path.read_text() == GOOD for path in written)
    assert pinning.stale_pins(root) == []
    (root / "envs" / "plot.yaml").write_text(ENVIRONMENT.replace("2.4.6", "2.5.0"))
    assert pinning.stale_pins(root) == [
        "envs/plot.linux-64.pin.txt: numpy 2.5.0 is not in it: run `make conda-pins` or remove it"
    ]


def test_no_pin_is_written_when_conda_forge_cannot_be_reached(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line with conda's own last words; pins that were there stay as they are."""
    pinning.pin_file(root, "theory").write_text("as it was")
    conda(root, monkeypatch, "echo solving; echo 'CondaHTTPError: no route to host' >&2; exit 1")
    assert pinning.main(root) == 1
    assert said(capsys) == "conda-pins: nothing written: " + ("conda env create: CondaHTTPError: no route to host")
    assert pinning.pin_file(root, "theory").read_text() == "as it was"
    assert len(list((root / "envs").glob("*.pin.txt"))) == 1


def test_no_conda_is_said_in_one_line(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written."""
    monkeypatch.setenv("PATH", str(root))
    assert pinning.main(root) == 1
    assert said(capsys).startswith("conda-pins: nothing written: no conda command found")
    assert not list((root / "envs").glob("*.pin.txt"))
