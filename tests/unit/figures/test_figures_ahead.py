"""What is made ahead of a fork saves time and changes no byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from figures_sample import sample

from atlas.figures import ahead

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


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


def test_no_file_stays_open() -> None:
    """A child that drops a font of its parent closes the number of its file, which may be a file of its own by then."""
    code = """
import gc, os
import matplotlib.mathtext
from matplotlib.ft2font import FT2Font
from atlas.figures import ahead
before = os.listdir("/proc/self/fd")
ahead.prepare()
assert matplotlib.mathtext.MathTextParser._parser is not None
assert os.listdir("/proc/self/fd") == before, "files left open"
assert not [each for each in gc.get_objects() if isinstance(each, FT2Font)]
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(SCRIPTS)}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
