"""The table is exactly what is drawn: artists are read back and compared number by number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from atlas.figures import Canvas, FigureError
from atlas.figures.record import COLUMNS

X = np.array([0.1, 0.2, 0.4, 0.8])
Y = np.array([1.0, 1.0 / 3.0, 0.1 + 0.2, 2.0])
ERR = np.array([0.1, 0.2, 0.3, 0.4])


@pytest.fixture
def canvas() -> Canvas:
    return Canvas(columns=1, height_mm=60)


def column(canvas: Canvas, name: str) -> np.ndarray:
    return canvas.table()[name].to_numpy(dtype=float)


def test_theory_line(canvas: Canvas) -> None:
    canvas.theory(canvas.panel(), X, Y, "DMFT")
    (line,) = canvas.panel().lines
    np.testing.assert_array_equal(line.get_data()[0], column(canvas, "x"))
    np.testing.assert_array_equal(line.get_data()[1], column(canvas, "y"))
    assert line.get_linestyle() == "-"
    assert line.get_marker() in (None, "None", "")


def bar_ends(container: Any, index: int) -> np.ndarray:
    segments = container.lines[2][index].get_segments()
    return np.array(segments)


def test_simulation_markers_have_error_bars_of_the_given_size(canvas: Canvas) -> None:
    canvas.simulation(canvas.panel(), X, Y, ERR, "network", xerr=0.05)
    (container,) = canvas.panel().containers
    data, _, bars = container.lines
    np.testing.assert_array_equal(data.get_xdata(), column(canvas, "x"))
    np.testing.assert_array_equal(data.get_ydata(), column(canvas, "y"))
    assert data.get_linestyle() == "None"
    assert data.get_marker() == "o"
    assert len(bars) == 2
    across, upright = bar_ends(container, 0), bar_ends(container, 1)
    np.testing.assert_array_equal(upright[:, 0, 1], Y - column(canvas, "y_error"))
    np.testing.assert_array_equal(upright[:, 1, 1], Y + column(canvas, "y_error"))
    np.testing.assert_array_equal(across[:, 1, 0], X + column(canvas, "x_error"))


def test_asymmetric_error_bars_are_recorded_by_their_ends(canvas: Canvas) -> None:
    canvas.simulation(canvas.panel(), X, Y, np.array([ERR, 2 * ERR]), "network")
    (container,) = canvas.panel().containers
    ends = bar_ends(container, 0)
    np.testing.assert_array_equal(ends[:, 0, 1], column(canvas, "y_low"))
    np.testing.assert_array_equal(ends[:, 1, 1], column(canvas, "y_high"))
    assert np.isnan(column(canvas, "y_error")).all()


@pytest.mark.parametrize("markers", [False, True])
def test_density_keeps_bin_edges(canvas: Canvas, markers: bool) -> None:
    edges = np.array([0.0, 1.0, 2.0, 4.0])
    values = np.array([0.2, 0.5, 0.15])
    canvas.density(canvas.panel(), edges, values, 0.01, "network", markers=markers)
    np.testing.assert_array_equal(column(canvas, "x_low"), edges[:-1])
    np.testing.assert_array_equal(column(canvas, "x_high"), edges[1:])
    np.testing.assert_array_equal(column(canvas, "y"), values)
    np.testing.assert_array_equal(column(canvas, "x"), [0.5, 1.5, 3.0])
    if not markers:
        drawn = canvas.panel().patches[1].get_data()  # type: ignore[attr-defined]
        np.testing.assert_array_equal(drawn.values, values)
        np.testing.assert_array_equal(drawn.edges, edges)
    ends = bar_ends(canvas.panel().containers[0], 0)
    np.testing.assert_array_equal(ends[:, 1, 1], values + 0.01)


def test_map_keeps_cells_and_leaves_holes_grey(canvas: Canvas) -> None:
    grid = np.array([[1.0, np.nan, -2.0], [0.5, 0.0, 1.0]])
    canvas.map(canvas.panel(), [0, 1, 2], [5, 6], grid, "value", centre=0.0)
    mesh = canvas.panel().collections[0]
    drawn = mesh.get_array()
    assert drawn is not None
    np.testing.assert_array_equal(np.ma.filled(drawn, np.nan).ravel(), column(canvas, "value"))
    np.testing.assert_array_equal(column(canvas, "x"), [0, 1, 2, 0, 1, 2])
    np.testing.assert_array_equal(column(canvas, "y"), [5, 5, 5, 6, 6, 6])
    assert mesh.get_clim() == (-2.0, 2.0)  # symmetric about the centre


def test_band_trace_scatter_bars(canvas: Canvas) -> None:
    ax = canvas.panel()
    canvas.band(ax, X, Y - 1, Y + 1, "spread")
    canvas.trace(ax, X, Y, "unit 1")
    canvas.scatter(ax, X, Y, "states", values=ERR, values_label="energy")
    canvas.bars(ax, X, Y, ERR, "bars", width=0.05)
    table = canvas.table()
    assert list(table["kind"].unique()) == ["band", "trace", "scatter", "bars"]
    corners = ax.collections[0].get_paths()[0].vertices
    band = table[table["kind"] == "band"]
    # the area runs along the lower edge and back along the upper one, first and last point repeated
    assert set(map(tuple, corners)) == set(zip(X, band["y_low"], strict=True)) | set(
        zip(X, band["y_high"], strict=True)
    )
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), table[table["kind"] == "trace"]["y"])
    spots = table[table["kind"] == "scatter"]
    np.testing.assert_array_equal(ax.collections[1].get_offsets(), spots[["x", "y"]])
    np.testing.assert_array_equal(ax.collections[1].get_array(), spots["value"])
    np.testing.assert_array_equal([patch.get_height() for patch in ax.patches], Y)


def test_references(canvas: Canvas) -> None:
    ax = canvas.panel()
    ax.set_xscale("log")
    ax.set_yscale("log")
    canvas.reference(ax, "cubic", slope=3, through=(0.1, 1e-3), span=(0.01, 1.0))
    canvas.reference(ax, "level", y=0.5)
    canvas.reference(ax, "onset", x=1.0)
    table = canvas.table()
    # through (0.1, 1e-3) with exponent 3 is y = x^3; two roundings
    np.testing.assert_allclose(table["y"][:2], [1e-6, 1.0], rtol=1e-14)
    assert table["y"][2] == 0.5
    assert np.isnan(table["x"][2])
    assert table["x"][3] == 1.0
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), table["y"][:2])
    assert list(ax.lines[1].get_ydata()) == [0.5, 0.5]


def test_straight_reference_on_linear_axes(canvas: Canvas) -> None:
    canvas.reference(canvas.panel(), slope=-2.0, through=(1.0, 5.0), span=(0.0, 3.0))
    assert list(canvas.table()["y"]) == [7.0, 1.0]
    canvas.panel().set_yscale("log")
    with pytest.raises(FigureError, match="linear-log"):
        canvas.reference(canvas.panel(), slope=-2.0, through=(1.0, 5.0), span=(0.5, 3.0))


def test_csv_holds_the_table_to_the_last_digit(tmp_path: Path) -> None:
    canvas = Canvas(columns=2, height_mm=60, cols=2)
    for ax in canvas.axes[0]:
        canvas.theory(ax, X, Y * np.pi, "$g = 1.5$, exact")
        canvas.simulation(ax, X, Y / 3, ERR / 7, "network")
        canvas.labels(ax, "x", "y")
    *_, csv = canvas.save(tmp_path / "pair")
    read = pd.read_csv(csv)
    assert tuple(read.columns) == COLUMNS
    pd.testing.assert_frame_equal(read, canvas.table(), check_exact=True, check_dtype=False)
    assert list(read["panel"].unique()) == ["a", "b"]
    assert len(read) == 2 * (len(X) + len(X))


def test_names_of_insets_and_second_axes() -> None:
    canvas = Canvas(columns=2, height_mm=60, mosaic="AAB")
    inner, right = canvas.inset(canvas.panel("B"), (0.5, 0.5, 0.3, 0.3)), canvas.twin(canvas.panel("A"))
    for ax in (canvas.panel("A"), canvas.panel("B"), inner, right):
        canvas.trace(ax, X, Y)
    assert list(canvas.table()["panel"].unique()) == ["a", "b", "b.inset", "a.right"]


def test_three_coordinates() -> None:
    canvas = Canvas(columns=1, height_mm=70, projection="3d")
    canvas.trace(canvas.panel(), X, Y, z=ERR)
    np.testing.assert_array_equal(canvas.table()["z"], ERR)
    drawn = canvas.panel().lines[0].get_data_3d()  # type: ignore[attr-defined]
    np.testing.assert_array_equal(drawn, [X, Y, ERR])


def test_dropped_panel_leaves_table_and_letters() -> None:
    canvas = Canvas(columns=2, height_mm=60, cols=3)
    for ax in canvas.axes[0]:
        canvas.theory(ax, X, Y)
    canvas.drop(canvas.panel(0, 1))
    assert list(canvas.table()["panel"].unique()) == ["a", "b"]
    assert len(canvas.table()) == 2 * len(X)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda c, ax: c.theory(ax, X, Y[:3]), "y: got 3 values; allowed: 4"),
        (lambda c, ax: c.theory(ax, X, np.ones((4, 2))), "y: got an array of shape"),
        (lambda c, ax: c.simulation(ax, X, Y, -ERR), "yerr: got a negative half-width -0.4"),
        (lambda c, ax: c.simulation(ax, X, Y, ERR[:2]), "yerr: got 2 values"),
        (lambda c, ax: c.density(ax, [0, 1, 1], [1, 1]), "edges: got values that do not increase"),
        (lambda c, ax: c.density(ax, [0, 1, 2], [1, 1, 1]), "values: got 3 values; allowed: 2"),
        (
            lambda c, ax: c.map(ax, X, Y, np.ones((3, 4)), "z"),
            r"values: got shape \(3, 4\); allowed: \(4, 4\)",
        ),
        (lambda c, ax: c.map(ax, X, X, np.ones((4, 4)), " "), "label: got no name for a colour bar"),
        (lambda c, ax: c.bars(ax, X, Y, names=["a"]), "names: got 1; allowed: 4"),
        (lambda c, ax: c.reference(ax), "neither x, y nor slope"),
        (lambda c, ax: c.reference(ax, slope=1.0), "incomplete slope"),
        (lambda c, ax: c.legend(ax), "no labelled series"),
        (lambda c, ax: c.theory(Canvas().panel(), X, Y), "not of this canvas"),
        (lambda c, ax: c.panel(0, 5), r"panel: got \(0, 5\); allowed: \(0, 0\)"),
        (lambda c, ax: Canvas(columns=3), "columns: got 3; allowed: 1"),
        (lambda c, ax: Canvas(height_mm=900), "height_mm: got 900; allowed: 20 to 250"),
    ],
)
def test_wrong_input_gets_one_line(canvas: Canvas, draw: Any, message: str) -> None:
    with pytest.raises(FigureError, match=message) as caught:
        draw(canvas, canvas.panel())
    assert "\n" not in str(caught.value)
