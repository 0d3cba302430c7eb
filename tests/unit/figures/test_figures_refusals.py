"""A figure that a reader could not use is not written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from figures_sample import sample

from atlas.figures import Canvas, FigureError

X = np.linspace(0.1, 1, 10)


def good(columns: int = 1, height_mm: float = 45, cols: int = 1) -> Canvas:
    canvas = Canvas(columns=columns, height_mm=height_mm, cols=cols)
    for ax in canvas.axes.flat:
        canvas.theory(ax, X, X, "theory")
        canvas.labels(ax, "$x$", "$y$")
    return canvas


def refused(canvas: Canvas, tmp_path: Path) -> str:
    with pytest.raises(FigureError) as caught:
        canvas.save(tmp_path / "bad")
    assert list(tmp_path.iterdir()) == []  # nothing was written
    assert "\n" not in str(caught.value)
    return str(caught.value)


def border_is_white(canvas: Canvas) -> bool:
    """Independent of text extents: no ink on the outermost pixels."""
    with canvas.styled():
        canvas.figure.canvas.draw()
    pixels = np.asarray(canvas.figure.canvas.buffer_rgba())[..., :3]  # type: ignore[attr-defined]
    edges = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return all(bool(np.all(edge == 255)) for edge in edges)


def test_good_figure_has_no_fault() -> None:
    from matplotlib.text import Text

    canvas = sample()
    assert canvas.clipped() == []
    assert border_is_white(canvas)
    texts = [one for one in canvas.figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    assert len(texts) > 50
    assert min(float(one.get_fontsize()) for one in texts) >= 6.5


def test_cut_off_label() -> None:
    canvas = good()
    canvas.labels(canvas.panel(), "$x$", "a label much longer than the panel is high " * 2)
    assert any("y ticks or label of panel (a)" in fault and "cut off" in fault for fault in canvas.clipped())
    assert not border_is_white(canvas)


def test_cut_off_note(tmp_path: Path) -> None:
    canvas = good()
    canvas.note(canvas.panel(), 0.9, 0.5, "a note that leaves the figure", in_layout=False)
    assert 'text "a note that leaves the figure" of panel (a) cut off at the right' in refused(canvas, tmp_path)


def test_empty_panel(tmp_path: Path) -> None:
    canvas = good(columns=2, cols=2)
    third = Canvas(columns=1, cols=2)
    third.theory(third.panel(0, 0), X, X)
    third.reference(third.panel(0, 1), y=0.5)  # a guide alone is no content
    for ax in third.axes.flat:
        third.labels(ax, "x", "y")
    assert "panel (b) is empty" in refused(third, tmp_path)
    assert canvas.clipped() == []


def test_missing_axis_label(tmp_path: Path) -> None:
    canvas = good()
    canvas.labels(canvas.panel(), "$x$", " ")
    message = refused(canvas, tmp_path)
    assert "panel (a) has no y label" in message
    assert "no x label" not in message


def test_shared_axes_need_one_label() -> None:
    canvas = Canvas(columns=1, height_mm=80, rows=2, sharex=True)
    for row, xlabel in enumerate(("", "$t$")):
        canvas.theory(canvas.panel(row), X, X)
        canvas.labels(canvas.panel(row), xlabel, "$y$")
    from atlas.figures import checks

    assert checks.faults(canvas._panels, canvas._series) == []
    canvas.labels(canvas.panel(1), "", "$y$")
    assert len(checks.faults(canvas._panels, canvas._series)) == 2


@pytest.mark.parametrize("values", [[np.nan] * 10, [np.inf] * 10])
def test_series_without_a_finite_point(tmp_path: Path, values: list[float]) -> None:
    canvas = good()
    canvas.simulation(canvas.panel(), X, values, 0.1, "network")
    assert 'series "network" (simulation) has no finite point' in refused(canvas, tmp_path)


def test_gaps_in_a_series_are_allowed() -> None:
    canvas = good()
    canvas.simulation(canvas.panel(), X, np.where(X > 0.5, X, np.nan), 0.1, "network")
    assert canvas.clipped() == []


def test_series_lost_on_a_log_axis(tmp_path: Path) -> None:
    canvas = good()
    canvas.simulation(canvas.panel(), X, -X, 0.1, "negative")
    canvas.panel().set_yscale("log")
    assert 'series "negative" (simulation) has no positive value for a log axis' in refused(canvas, tmp_path)


def test_overfull_legend() -> None:
    canvas = good()
    for name in range(12):
        canvas.theory(canvas.panel(), X, X * name, f"a long name of a curve, number {name}")
    canvas.legend(canvas.panel())
    assert any("legend of panel (a) is overfull" in fault for fault in canvas.clipped())


def test_legend_on_an_inset() -> None:
    canvas = good(height_mm=60)
    inner = canvas.inset(canvas.panel(), (0.6, 0.6, 0.35, 0.35), zoom=True)
    canvas.theory(inner, X, X)
    canvas.legend(canvas.panel(), loc="upper right")
    assert any("legend of panel (a) lies on panel (a.inset)" in fault for fault in canvas.clipped())
    canvas.legend(canvas.panel(), loc="upper left")
    assert canvas.clipped() == []


def test_tick_labels_on_each_other() -> None:
    canvas = good()
    canvas.panel().set_xticks([0.5, 0.51], ["first", "second"])
    assert canvas.clipped() == ["x tick labels of panel (a) lie on each other"]


def test_small_font() -> None:
    canvas = good()
    canvas.note(canvas.panel(), 0.1, 0.9, "tiny", fontsize=5.0)
    assert canvas.clipped() == ['"tiny" is set in 5 pt; allowed: >= 6.5 pt']


def test_unknown_character() -> None:
    canvas = good()
    canvas.labels(canvas.panel(), "\ue000", "$y$")  # private use: no font has it
    assert any("Glyph" in fault for fault in canvas.clipped())


def test_no_room_left() -> None:
    canvas = good(columns=1, height_mm=45, cols=8)
    assert any("mm wide or high" in fault or "collapsed" in fault for fault in canvas.clipped())
