"""Byte stability of SVG, PDF, PNG and CSV; what the files contain and how they are written."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from figures_sample import sample

from atlas.figures import Canvas, saving

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[2] / "scripts"
ENDINGS = ("svg", "pdf", "png", "csv")


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same figure from this process and from a fresh one that differs in everything that must not matter."""
    here, other = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("other")
    taste = other / "matplotlibrc"
    taste.write_text("font.size: 20\naxes.grid: True\nsvg.fonttype: none\nsavefig.bbox: tight\n")
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    special = {"PYTHONPATH": str(SCRIPTS), "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "MATPLOTLIBRC": str(taste)}
    command = [sys.executable, str(HERE / "figures_sample.py"), str(other / "sample")]
    job = subprocess.Popen(command, env={**os.environ, **special}, cwd=other, stderr=subprocess.PIPE)
    sample().save(here / "sample")
    _, complaint = job.communicate(timeout=120)
    assert job.returncode == 0, complaint.decode()
    return here, other


@pytest.mark.parametrize("ending", ENDINGS)
def test_two_processes_write_the_same_bytes(two_runs: tuple[Path, Path], ending: str) -> None:
    one, other = ((run / f"sample.{ending}").read_bytes() for run in two_runs)
    assert len(one) > 1000
    assert one == other


def test_files_tell_no_date_version_or_path(two_runs: tuple[Path, Path]) -> None:
    svg = (two_runs[0] / "sample.svg").read_text()
    pdf = (two_runs[0] / "sample.pdf").read_bytes()
    png = (two_runs[0] / "sample.png").read_bytes()
    assert "<dc:date>" not in svg
    assert "Matplotlib v" not in svg
    assert b"CreationDate" not in pdf
    assert b"Producer" not in pdf
    chunks = re.findall(rb"(tEXt|iTXt|zTXt|tIME)", png)
    assert chunks == []
    assert not any(str(two_runs[0]).encode() in content for content in (svg.encode(), pdf, png))


def test_glyphs_travel_with_the_file(two_runs: tuple[Path, Path]) -> None:
    assert "<text" not in (two_runs[0] / "sample.svg").read_text()
    pdf = (two_runs[0] / "sample.pdf").read_bytes()
    assert b"/FontFile2" in pdf  # TrueType, embedded
    assert b"/Type3" not in pdf


def test_width_is_that_of_two_columns(two_runs: tuple[Path, Path]) -> None:
    width, height = struct.unpack(">II", (two_runs[0] / "sample.png").read_bytes()[16:24])
    # 178 mm and 110 mm at 300 dpi; one pixel for rounding down
    assert abs(width - 178 / 25.4 * 300) <= 1
    assert abs(height - 110 / 25.4 * 300) <= 1
    found = re.search(r'<svg[^>]* width="([\d.]+)pt"', (two_runs[0] / "sample.svg").read_text())
    assert found is not None
    assert float(found[1]) == pytest.approx(178 / 25.4 * 72, abs=1e-3)  # printed with six decimals


def test_svg_of_a_dense_figure_stays_small(two_runs: tuple[Path, Path]) -> None:
    assert (two_runs[0] / "sample.svg").stat().st_size < saving.SVG_LIMIT


@pytest.mark.slow
def test_saving_again_changes_nothing(tmp_path: Path) -> None:
    """A second layout starts from the first one's places; its last digits must not reach the files."""
    canvas = Canvas(columns=1, height_mm=60, rows=2)
    canvas.map(canvas.panel(0), [0, 1], [0, 1], [[0, 1], [2, 3]], "value")
    canvas.theory(canvas.panel(1), [0, 1], [0, 1], "line")
    canvas.legend(canvas.panel(1))
    for ax in canvas.axes.flat:
        canvas.labels(ax, "$x$", "$y$")
    first = [path.read_bytes() for path in canvas.save(tmp_path / "twice")]
    assert [path.read_bytes() for path in canvas.save(tmp_path / "twice")] == first


def test_paths_keep_dots_in_the_name_and_leave_no_rest(tmp_path: Path) -> None:
    canvas = Canvas(columns=1, height_mm=40)
    canvas.theory(canvas.panel(), [0, 1], [0, 1])
    canvas.labels(canvas.panel(), "$x$", "$y$")
    paths = canvas.save(tmp_path / "deep" / "g1.5")
    assert [path.name for path in paths] == [f"g1.5.{ending}" for ending in ENDINGS]
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == sorted(path.name for path in paths)


def test_failed_write_leaves_the_old_files(tmp_path: Path) -> None:
    old, blocked = tmp_path / "a.svg", tmp_path / "a.pdf" / "x"
    old.write_bytes(b"old")
    (tmp_path / "a.pdf").write_bytes(b"a file where a folder is needed")
    with pytest.raises(OSError, match=r"a\.pdf"):
        saving.write_together({old: b"new", blocked: b"new"})
    assert old.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.slow
def test_many_markers_become_pixels_below_the_limit() -> None:
    canvas = Canvas(columns=1, height_mm=60)
    x = np.linspace(0, 1, 2500)  # below the fixed bound, yet above the SVG limit as vectors
    canvas.simulation(canvas.panel(), x, np.sin(50 * x), 0.1, "dense")
    canvas.labels(canvas.panel(), "$x$", "$y$")
    with canvas.styled():
        vectors = len(saving._bytes(canvas.figure, "svg"))
        assert vectors > saving.SVG_LIMIT
        assert len(saving.limited_svg(canvas.figure, canvas._series)) < saving.SVG_LIMIT
    assert len(canvas.table()) == 2500  # every number is kept


def test_embedded_fonts_have_glyphs_but_no_tables_for_setting_text() -> None:
    from fontTools import subset as cutting
    from matplotlib.backends._backend_pdf_ps import get_glyphs_subset
    from matplotlib.font_manager import FontProperties, findfont

    usual = cutting.load_font
    with saving.lean_fonts(), get_glyphs_subset(findfont(FontProperties(family="DejaVu Sans")), {36, 37}) as subset:
        assert not set(saving.SHAPING) & set(subset.font.keys())
        assert {"glyf", "hmtx", "cmap"} <= set(subset.font.keys())
    assert cutting.load_font is usual
