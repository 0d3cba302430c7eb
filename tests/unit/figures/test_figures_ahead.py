"""What is made ahead of a fork saves time and changes no byte."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from figures_sample import sample

from atlas.figures import ahead


@pytest.fixture
def prepared() -> Iterator[None]:
    """Fonts at hand, as in the process that forks; none of them afterwards."""
    ahead.prepare()
    yield
    ahead._fonts.clear()


def test_bytes_are_the_same(tmp_path: Path, prepared: None) -> None:
    ready = sum(map(len, ahead._fonts.values()))
    sample().save(tmp_path / "ahead" / "sample")
    assert ready == len(ahead.FACES)
    assert sum(map(len, ahead._fonts.values())) < ready, "no font was taken"
    ahead._fonts.clear()
    sample().save(tmp_path / "itself" / "sample")
    for ending in ("svg", "pdf", "png", "csv"):
        one, other = ((tmp_path / way / f"sample.{ending}").read_bytes() for way in ("ahead", "itself"))
        assert one == other, ending


def test_fonts_hold_no_file(prepared: None) -> None:
    """A file's position is shared by all forks: two figures that read one font through it would disturb each other."""
    for fonts in ahead._fonts.values():
        for font in fonts:
            assert type(font.reader.file).__name__ == "BytesIO"
