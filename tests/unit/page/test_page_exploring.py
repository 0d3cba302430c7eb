"""Cuts through tables for the sliders, and what the other doors have written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from page_corpus import ToyCorpus
from page_html import Page, parse, unpacked

from atlas.claims.expectation import Expected
from atlas.config.definition import Exploration
from atlas.figures.captions import UNSEEN, caption
from atlas.page.captions import CaptionView, caption_view
from atlas.page.exploring import MOST_POINTS, exploration_data
from atlas.page.reading import PageError
from atlas.page.render import write_page
from atlas.page.site import stored_files
from atlas.page.stored import changes, determinism

BASE: dict[str, Any] = {
    "comparison": "gain",
    "title": "t",
    "about": "a",
    "quantities": {"energy": "E"},
    "x": "t",
    "x_label": "time",
    "y_label": "energy",
    "sliders": {"g": "gain"},
}
HEAD = "quantity,t,g,set,simulation,simulation_error,theory\n"


def table(folder: Path, *rows: str) -> Path:
    path = folder / "gain.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return path


def test_one_curve_for_each_place_of_the_sliders(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "energy,1,2.0,,,,10.00004",
        "energy,0,2.0,,3,0.5,30",
        "energy,0,0.1,,,,7",
        "energy,0,0.10000000000000001,,4,,",
        "other,0,5.0,,,,9",
        "energy,0,,,,,8",
    )
    data = exploration_data(Exploration(**BASE), path)
    assert data["sliders"] == [{"name": "gain", "values": [0.1, 2.0]}]  # 0.1 twice but for rounding; not 5, not empty
    assert data["curves"]["1"] == [{"x": [0, 1], "y": [30, 10], "px": [0], "py": [3], "pe": [0.5]}]
    assert data["curves"]["0"] == [{"x": [0], "y": [7], "px": [0], "py": [4], "pe": [0]}]
    assert data["shared"] == []


def test_places_that_all_curves_share_are_said_once(tmp_path: Path) -> None:
    path = table(tmp_path, *(f"energy,{t},{g},,,,{t + g}" for g in (1, 2) for t in (0, 1, 2)))
    data = exploration_data(Exploration(**BASE), path)
    assert data["shared"] == [0, 1, 2]
    assert data["curves"] == {"0": [{"y": [1, 2, 3]}], "1": [{"y": [2, 3, 4]}]}


def test_curves_are_thinned_but_keep_their_ends(tmp_path: Path) -> None:
    path = table(tmp_path, *(f"energy,{t},1,,,,{t}" for t in range(1000)))
    places = exploration_data(Exploration(**BASE), path)["shared"]
    assert (len(places), places[0], places[-1]) == (MOST_POINTS, 0, 999)


def test_a_curve_that_turns_back_keeps_its_order(tmp_path: Path) -> None:
    path = table(tmp_path, "energy,1,1,,,,0", "energy,0.5,1,,,,1", "energy,2,1,,,,2")
    data = exploration_data(Exploration(**{**BASE, "ordered": True}), path)
    assert data["shared"] == [1, 0.5, 2]


def test_start_and_range_and_where(tmp_path: Path) -> None:
    path = table(
        tmp_path, *(f"energy,{t},{g},{word},,,{g}" for t in range(4) for g in (1, 2, 3) for word in ("a", "b"))
    )
    asked = {**BASE, "start": {"g": 2.4}, "x_range": [1.0, 2.0], "where": {"set": "b"}}
    data = exploration_data(Exploration(**asked), path)
    assert (data["start"], data["shared"], data["range"]) == ([1], [1, 2], [[1.0, 2.0], None])
    with pytest.raises(PageError, match="several values at one t"):
        exploration_data(Exploration(**BASE), table(tmp_path, "energy,0,1,a,,,1", "energy,0,1,b,,,2"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x": "tau"}, "has no column tau"),
        ({"quantities": {"heat": "Q"}}, "holds none of heat"),
        ({"where": {"set": "z"}}, "holds none of energy"),
    ],
)
def test_wrong_explorations_are_one_clear_line(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    path = table(tmp_path, "energy,0,1,a,,,1")
    with pytest.raises(PageError, match=said) as caught:
        exploration_data(Exploration(**{**BASE, **change}), path)
    assert "\n" not in str(caught.value)
    with pytest.raises(PageError, match="cannot be read"):
        exploration_data(Exploration(**BASE), tmp_path / "none.csv")


def test_changes_against_the_expectation() -> None:
    expected = {
        "a.C1": Expected("reproduced", ""),
        "a.C2": Expected("refuted", "for a reason"),
        "a.C10": Expected("reproduced", ""),
        "z.C1": Expected("reproduced", "a paper that is not shown"),
    }
    now = {"a.C1": "reproduced", "a.C2": "inconclusive", "a.C3": "refuted"}
    found = [(each.claim, each.expected, each.now, each.why) for each in changes(expected, now, {"a"})]
    assert found == [
        ("a.C2", "refuted", "inconclusive", "for a reason"),
        ("a.C3", "", "refuted", ""),
        ("a.C10", "reproduced", "", ""),
    ]


def deviation(stage: str, unlike: int) -> dict[str, Any]:
    return {"stage": stage, "compared": 5, "unlike": unlike, "relative": 1e-9, "errors": 0.25, "worst": ""}


def switch(*, bitwise: bool, failure: str = "", **unlike: int) -> dict[str, Any]:
    stages = [deviation(stage, unlike.get(stage, 0)) for stage in ("simulate", "judge")]
    row = {"switch": "s", "about": "a", "effect": "", "bitwise": bitwise, "failure": failure}
    return {**row, "stages": [] if failure else stages}


@pytest.mark.parametrize(
    ("row", "promise", "simulate"),
    [
        (switch(bitwise=True), "bitwise kept", "bitwise"),
        (switch(bitwise=True, simulate=1), "bitwise BROKEN", "1.0e-09, 0.25 se"),
        (switch(bitwise=False, simulate=1), "verdicts kept", "1.0e-09, 0.25 se"),
        (switch(bitwise=False, judge=1), "verdicts BROKEN", "bitwise"),
        (switch(bitwise=True, failure="died"), "bitwise BROKEN", None),
        (switch(bitwise=False, failure="cannot"), "not tried", None),
    ],
)
def test_promises_of_determinism(row: dict[str, Any], promise: str, simulate: str | None) -> None:
    (told,) = determinism({"paper": "a", "scale": "smoke", "rows": [row]})["rows"]
    assert (told["promise"], told["cells"].get("simulate")) == (promise, simulate)


def test_what_the_other_doors_wrote_is_shown(toy: ToyCorpus, site: dict[str, Page], tmp_path: Path) -> None:
    results, config = tmp_path / "results", tmp_path / "config"
    (results / "smoke").parent.mkdir()
    (results / "smoke").symlink_to(toy.results)
    config.mkdir()
    (config / "verdicts.smoke.csv").write_text("claim,verdict,why\ntoy-a.C1,refuted,once\n")
    stability = {"claim": "toy-a.C1", "counts": {"reproduced": 3, "refuted": 1}}
    answer = {"paper": "toy-a", "scale": "smoke", "root_seeds": [1, 2, 3, 4], "claims": [stability]}
    (results / "stability.toy-a.smoke.json").write_text(json.dumps(answer))
    runs = {"paper": "toy-a", "scale": "smoke", "rows": [switch(bitwise=True, simulate=1)]}
    (results / "determinism.toy-a.smoke.json").write_text(json.dumps(runs))
    limits = {"gemm_float32": 70.0, "gemm_float64": 32.0, "bandwidth": 20.0}
    machine = {"cpu": "A <fast> one", "cpus": 2, "load": 0.5, "blas": "b"}
    row = {"room": "p", "solver": "s", "given": "g=1.5", "milliseconds": 2.0, "bar": 1.0, "mega_tanh": 0.1}
    theory = [row | {"error": 1e-12, "against": "finer"}, row | {"error": None, "against": "closed form", "bar": None}]
    growth = [{"what": "euler", "variable": "N", "places": [1, 2], "exponent": 1.987, "expected": 2.0}]
    ratios = {"limit_share": 0.7, "parts_share": 0.9, "bar": 0.8, "numpy_ratio": 3.0, "allocated": 0.0}
    kernel = {
        "kernel": "k",
        "n_units": 9,
        "n_states": 1,
        "dtype": "float32",
        "step_us": 3.0,
        "rate": 2.0,
        "unit": "GB/s",
    }
    bench = {"machine": machine, "limits": limits, "kernels": [kernel | ratios], "theory": theory, "growth": growth}
    (results / "bench.json").write_text(json.dumps(bench))
    assert [Path(file).name for file in stored_files(results, config)] == [
        "verdicts.smoke.csv",
        "bench.json",
        "determinism.toy-a.smoke.json",
        "stability.toy-a.smoke.json",
    ]
    out = tmp_path / "out"
    write_page(results / "smoke", toy.papers, out / "index.html", config)

    def text(file: str) -> str:
        return unpacked(parse((out / file).read_text())).one("main").text

    assert "toy-a.C1✗ refuted✓ reproducedonce" in text("index.html")
    assert "3 × reproduced, 1 × refuted over 4 root seeds at smoke scale" in text("page/papers/toy-a.html")
    assert "✗ bitwise BROKEN" in text("page/determinism.html")
    assert "A <fast> one" in text("page/cost.html")
    for said in ("1.0 ✗", "70 % ✗", "2.0 GB/s", "euler", "1.99"):
        assert said in text("page/cost.html")
    for file, door in (("page/cost.html", "make bench"), ("page/determinism.html", "make determinism")):
        assert door in site[file].one("main").text  # without the files, how to make them


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, CaptionView("", "", "", "")),
        ({"caption": "Energy at g = {g}. Two."}, CaptionView("Energy at g = 1.5. Two.", "", "", "")),
        ({"theory": "a; b", "simulation": "none"}, CaptionView("", "a; b", "", "")),
        ({"simulation": "runs, 0.1"}, CaptionView("", "", "runs, 0.1", "Error bars: standard error over networks.")),
    ],
)
@pytest.mark.parametrize("scale", ["", "desk"])
@pytest.mark.parametrize("seen", [True, False])
def test_captions_come_apart_as_they_were_put_together(
    more: dict[str, str], expected: CaptionView, scale: str, seen: bool
) -> None:
    spec = {"title": "A title", **more, "reconstruction": not seen}
    text = caption(spec, {"parameters": {"g": 1.5}, "scale": scale})
    found = caption_view(text, "A title")
    end = (" Scale: desk." if scale else "") + ("" if seen else f" {UNSEEN}")
    small = f"Parameters: g = 1.5. {expected.small}".strip() + end
    assert found == CaptionView(expected.said, expected.theory, expected.simulation, small)
