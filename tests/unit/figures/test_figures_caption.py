"""Captions: what they say, and what they refuse."""

from __future__ import annotations

import pytest

from atlas.figures import FigureError, caption
from atlas.figures.captions import UNSEEN, written

SPEC = {
    "title": "Kinetic energy against gain",
    "caption": "Onset of chaos at g = 1, for {n_units} units",
    "theory": "dynamical mean-field theory.",
    "simulation": "networks of {n_units} units",
    "reconstruction": True,
}
SETTING = {"parameters": {"g": [0.8, 1.0, 1.5], "dt": 0.1}, "sizes": {"n_units": 200}, "scale": "smoke"}


def test_full_caption() -> None:
    assert caption({**SPEC, "caption": "Onset at g = 1, for {n_units} units"}, SETTING) == (
        "Kinetic energy against gain. Onset at g = 1, for 200 units. "
        "Parameters: g = 0.8, 1, 1.5, dt = 0.1, n_units = 200. "
        "Lines: dynamical mean-field theory; markers: networks of 200 units. "
        "Error bars: standard error over networks. Scale: smoke. "
        "Reconstruction target: the published figure was not seen."
    )


def test_only_what_is_there() -> None:
    assert caption({"title": "Potential."}, {}) == "Potential."
    only_theory = caption({"title": "T", "theory": "exact"}, {"scale": "desk"})
    assert only_theory == "T. Lines: exact. Scale: desk."
    assert "Error bars" not in only_theory  # no markers, no bars
    assert caption({"title": "T", "simulation": "runs"}, {}).startswith("T. Markers: runs. Error bars:")


def test_own_meaning_of_the_bars() -> None:
    text = caption({"title": "T", "simulation": "runs", "error_bars": "standard deviation over runs."}, {})
    assert "Error bars: standard deviation over runs." in text


def test_bars_are_explained_once_and_only_if_drawn() -> None:
    assert "Error bars" not in caption({"title": "T", "simulation": "means with standard errors"}, {})
    assert "Error bars" not in caption({"title": "T", "simulation": "single runs"}, {"error_bars": False})
    assert caption({"title": "T", "theory": "exact", "simulation": "None."}, {}) == "T. Lines: exact."
    assert caption({"title": "T", "theory": "none", "simulation": "runs of {n}"}, {"sizes": {"n": 3}}) == (
        "T. Parameters: n = 3. Markers: runs of 3. Error bars: standard error over networks."
    )


def test_braces_of_formulas_are_no_names() -> None:
    assert caption({"title": "T", "caption": r"J_{ij}, x^{a} and \mathrm{max}"}, {}) == (
        r"T. J_{ij}, x^{a} and \mathrm{max}."
    )


def test_published_figures_carry_no_reconstruction_note() -> None:
    assert UNSEEN not in caption({**SPEC, "caption": "", "reconstruction": False}, SETTING)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"title": " "}, "caption: got no title"),
        ({}, "caption: got no title"),
        ({"title": "T", "caption": "at {beta}"}, r"got unknown name \{beta\}; allowed: dt, g, n_units"),
    ],
)
def test_refusals(spec: dict[str, str], message: str) -> None:
    with pytest.raises(FigureError, match=message):
        caption(spec, SETTING)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (5000, "5000"),
        (1 / 3, "0.333333"),
        (True, "yes"),
        (None, "none"),
        ("tanh", "tanh"),
        ([1, 2], "1, 2"),
        ([0.8 + 0.01 * k for k in range(71)], "0.8 to 1.5 (71 values)"),
    ],
)
def test_written_values(value: object, text: str) -> None:
    assert written(value) == text
