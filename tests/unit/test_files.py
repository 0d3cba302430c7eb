"""Files that are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from atlas.files import whole, write_text


def test_file_appears_at_the_end_in_a_folder_made_for_it(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "F1.caption.txt"
    with whole(target) as temporary:
        temporary.write_text("text")
        assert temporary.suffix == ".txt"  # writers choose their format by it
        assert not target.exists()
    assert target.read_text() == "text"
    assert list(target.parent.iterdir()) == [target]


def test_failed_writer_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    write_text(target, "old")

    def fail() -> None:
        with whole(target) as temporary:
            temporary.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_writer_that_writes_nothing_is_an_error_and_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    write_text(target, "old")
    with pytest.raises(FileNotFoundError), whole(target):
        pass
    assert target.read_text() == "old"


def test_text_is_utf8_with_the_given_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "x", "Δ₀\n")
    assert (tmp_path / "x").read_bytes() == "Δ₀\n".encode()


def test_two_writers_of_one_file_with_one_process_number_do_not_meet(tmp_path: Path) -> None:
    """As on two nodes of one shared disk, whose processes are numbered alike."""
    target = tmp_path / "cache.json"
    with whole(target) as one:
        one.write_text("half of on")
        with whole(target) as other:
            other.write_text("the other")
        assert target.read_text() == "the other"
        one.write_text("the one")
    assert target.read_text() == "the one"
    assert list(tmp_path.iterdir()) == [target]
