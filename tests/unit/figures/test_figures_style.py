"""Colours, markers, fonts, and that neither settings nor heavy imports leak."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

from atlas.figures import Canvas
from atlas.figures.style import INK, MARKERS, PALETTE, RC, figure_size, styled

SCRIPTS = Path(__file__).parents[3] / "scripts"


def in_fresh_process(code: str) -> str:
    head = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\n"
    done = subprocess.run([sys.executable, "-c", head + code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_the_room_is_light() -> None:
    heavy = ("matplotlib", "seaborn", "pandas", "numba")
    code = f"import atlas.figures; print([m for m in {heavy} if m in sys.modules])"
    assert in_fresh_process(code) == "[]"


def test_drawing_never_touches_pyplot_or_seaborn() -> None:
    code = (
        "from atlas.figures import Canvas; c = Canvas(); a = c.panel(); c.theory(a, [0, 1], [0, 1])\n"
        "c.labels(a, 'x', 'y'); assert c.clipped() == []\n"
        "print([m for m in ('matplotlib.pyplot', 'seaborn') if m in sys.modules])"
    )
    assert in_fresh_process(code) == "[]"


def test_palette_is_seaborns_colour_blind_one() -> None:
    import seaborn

    theirs = [to_hex(colour) for colour in seaborn.color_palette("colorblind")]
    assert len(set(PALETTE)) == len(PALETTE)
    assert set(PALETTE) <= set(theirs)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_colours_are_seen_on_white() -> None:
    contrast = [1.05 / (luminance(colour) + 0.05) for colour in PALETTE]
    assert min(contrast) > 2.0  # seaborn's yellow, left out, has 1.3
    assert min(contrast[:3]) > 3.0  # WCAG's bound for graphics; most figures have at most three keys


def test_pairs_of_colour_and_marker_do_not_repeat_early() -> None:
    canvas = Canvas()
    pairs = {(canvas.colour(key), canvas.palette.marker(key)) for key in range(40)}
    assert len(pairs) == 40
    assert len(set(MARKERS)) == len(MARKERS)


def test_theory_and_simulation_of_a_key_share_the_colour() -> None:
    canvas = Canvas()
    ax = canvas.panel()
    x = np.arange(3.0)
    for g in (1.1, 1.5):
        canvas.simulation(ax, x, x, 0.1, f"network, g = {g}", key=g)
    for g in (1.5, 1.1):
        canvas.theory(ax, x, x, f"DMFT, g = {g}", key=np.float64(g))
    markers = [container.lines[0].get_color() for container in ax.containers]
    lines = [line.get_color() for line in ax.lines if line.get_linestyle() == "-"]
    assert markers == [canvas.colour(1.1), canvas.colour(1.5)]
    assert lines == [canvas.colour(1.5), canvas.colour(1.1)]
    assert canvas.colour(1.1) != canvas.colour(1.5)


def test_order_fixes_colours_whatever_is_drawn_first() -> None:
    one, other = Canvas(), Canvas()
    one.order([3, 1, 2])
    other.order([2, 3, 1])
    other.colour(3)
    assert [one.colour(key) for key in (1, 2, 3)] == [other.colour(key) for key in (1, 2, 3)] == list(PALETTE[:3])


def test_long_families_run_from_dark_to_light() -> None:
    canvas = Canvas()
    keys = list(np.linspace(0.5, 2, 12))
    canvas.order(keys)
    lights = [luminance(canvas.colour(key)) for key in keys]
    assert all(dark < light for dark, light in pairwise(lights))
    assert 1.05 / (lights[-1] + 0.05) > 1.5  # the lightest is still seen on white


def test_the_key_theory_is_black() -> None:
    assert Canvas().colour("theory") == INK


def test_legend_has_one_entry_for_line_and_marker() -> None:
    canvas = Canvas()
    ax = canvas.panel()
    canvas.theory(ax, [0, 1], [0, 1], "$g = 1$")
    canvas.simulation(ax, [0, 1], [0, 1], 0.1, "$g = 1$")
    canvas.theory(ax, [0, 1], [1, 2])  # without label: no entry
    canvas.legend(ax, theory="DMFT")
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["$g = 1$", "DMFT"]


def test_settings_do_not_leak() -> None:
    before = dict(matplotlib.rcParams)
    canvas = Canvas()
    canvas.theory(canvas.panel(), [0, 1], [0, 1], "a")
    canvas.legend(canvas.panel())
    canvas.labels(canvas.panel(), "x", "y")
    canvas.clipped()
    assert dict(matplotlib.rcParams) == before


def test_users_settings_do_not_reach_a_figure() -> None:
    with matplotlib.rc_context({"font.size": 30.0, "axes.grid": True}), styled():
        assert matplotlib.rcParams["font.size"] == RC["font.size"]
        assert "axes.grid" not in RC  # one that only matplotlib's own defaults can undo
        assert matplotlib.rcParams["axes.grid"] is False


def test_font_is_the_one_inside_matplotlib() -> None:
    from matplotlib import font_manager

    inside = Path(matplotlib.get_data_path()).resolve()
    with styled():
        for weight, style in (("normal", "normal"), ("bold", "normal"), ("normal", "italic")):
            properties = font_manager.FontProperties(weight=weight, style=style)
            assert inside in Path(font_manager.findfont(properties)).resolve().parents


def test_column_widths() -> None:
    assert figure_size(1, 60)[0] * 25.4 == 86.0
    assert figure_size(2, 60)[0] * 25.4 == 178.0


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        # one power in view: it and 2 and 5 times the powers; matplotlib would label 2, 3, 4 and 6
        (1e-3, 8e-3, [r"$2\times10^{-3}$", r"$5\times10^{-3}$"]),
        (2e-2, 1.6e-1, [r"$2\times10^{-2}$", r"$5\times10^{-2}$"]),
        (20, 60, ["20", "50"]),
        (1e-3, 1e-1, []),
    ],
)
def test_log_axes_label_few_numbers_between_the_powers(low: float, high: float, labels: list[str]) -> None:
    canvas = Canvas()
    ax = canvas.panel()
    ax.set_yscale("log")
    canvas.theory(ax, [0, 1], [low, high])
    ax.set_ylim(low, high)
    canvas.labels(ax, "$x$", "$y$")
    assert canvas.clipped() == []
    inside = [tick for tick in ax.yaxis.get_minor_ticks() if low <= tick.get_loc() <= high]
    assert [tick.label1.get_text() for tick in inside if tick.label1.get_text()] == labels


@pytest.mark.parametrize(
    ("low", "high"), [(1.9, 4.5), (1.55, 2.25), (1210, 1790), (0.012, 0.018), (6e-5, 8.5e-5), (0.93, 1.4)]
)
def test_log_axes_of_a_short_range_carry_two_numbers_that_are_true(low: float, high: float) -> None:
    canvas = Canvas()
    ax = canvas.panel()
    ax.set_yscale("log")
    canvas.theory(ax, [0, 1], [low, high])
    ax.set_ylim(low, high)
    canvas.labels(ax, "$x$", "$y$")
    assert canvas.clipped() == []
    inside = [tick for tick in ax.yaxis.get_minor_ticks() if low <= tick.get_loc() <= high]
    named = [(tick.label1.get_text(), tick.get_loc()) for tick in inside if tick.label1.get_text()]
    assert len(named) >= 2
    for label, place in named:
        digits, _, power = label.strip("$}").partition(r"\times10^{")
        assert float(digits) * 10.0 ** int(power or 0) == pytest.approx(place, rel=1e-9), label


def test_inner_axes_of_a_shared_grid_carry_no_labels() -> None:
    canvas = Canvas(rows=2, cols=2, sharex=True, sharey=True)
    for ax in canvas.axes.flat:
        canvas.labels(ax, "$t$", "$x$")
    assert [ax.get_xlabel() for ax in canvas.axes.flat] == ["", "", "$t$", "$t$"]
    assert [ax.get_ylabel() for ax in canvas.axes.flat] == ["$x$", "", "$x$", ""]


def test_ticks_make_no_quarter_steps() -> None:
    canvas = Canvas()
    canvas.theory(canvas.panel(), [1.0, 1.2], [0, 1])
    steps = np.diff(canvas.panel().get_xticks())
    leading = steps[0] / 10 ** np.floor(np.log10(steps[0]))
    # 1, 2 or 5 up to the rounding of a difference
    assert min(abs(leading - np.array([1, 2, 5, 10]))) < 1e-9


def test_error_bars_are_known() -> None:
    canvas = Canvas()
    ax = canvas.panel()
    canvas.theory(ax, [0, 1], [0, 1])
    canvas.band(ax, [0, 1], [0, 1], [1, 2])
    canvas.simulation(ax, [0, 1], [0, 1], None)
    canvas.simulation(ax, [0, 1], [0, 1], np.nan)
    assert not canvas.has_error_bars()
    canvas.simulation(ax, [0, 1], [0, 1], [[0.1, 0.1], [0.2, 0.2]])
    assert canvas.has_error_bars()


@pytest.mark.parametrize("scale", [1e-6, 1e-2, 1.0, 1e5])
def test_numbers_of_ticks_are_those_of_matplotlib_without_the_formula(scale: float) -> None:
    canvas = Canvas()
    ax = canvas.panel()
    canvas.theory(ax, np.array([0.0, scale]), np.array([-scale, scale]))
    canvas.labels(ax, "x", "y")
    theirs = []
    for axis in (ax.xaxis, ax.yaxis):
        axis.get_major_formatter().set_locs(axis.get_majorticklocs())
        theirs.append([axis.get_major_formatter()(value) for value in axis.get_majorticklocs()])
    powers = [axis.get_major_formatter().get_offset() for axis in (ax.xaxis, ax.yaxis)]
    assert canvas.clipped() == []
    for axis, numbers, power in zip((ax.xaxis, ax.yaxis), theirs, powers, strict=True):
        own = axis.get_major_formatter()
        own.set_locs(axis.get_majorticklocs())
        ours = [own(value) for value in axis.get_majorticklocs()]
        assert ours == [number.replace(r"$\mathdefault{", "").replace("}$", "") for number in numbers]
        assert own.get_offset() == power
