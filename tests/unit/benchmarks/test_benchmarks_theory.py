"""Points of theory: every question is asked, errors are what they say, finer solvers leave nothing behind."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.benchmarks.finer import CHANGES, finer
from atlas.benchmarks.growth import exponent, growth_of_kernels
from atlas.benchmarks.guard import fallen, from_csv, ratios, to_csv
from atlas.benchmarks.machine import Machine
from atlas.benchmarks.rows import KernelRow
from atlas.benchmarks.theory import (
    FINER,
    Point,
    TheoryRow,
    measured_point,
    points,
    relative_error,
    unasked,
)
from atlas.meanfield import gaussian, lyapunov, magnetisation_site
from atlas.meanfield.stationary import stationary
from atlas.questions import Answer

QUICK = ("rates", "gradient", "log-determinant", "range", "mismatch", "stationary state")


def test_every_question_of_every_paper_is_timed() -> None:
    assert unasked() == set()
    listed = [f"{each.room} {each.solver} {each.given}" for each in points()]
    assert len(listed) == len(set(listed))


def test_finer_is_finer_and_ends() -> None:
    before = gaussian.half_nodes, lyapunov._points, magnetisation_site.Site.grid
    site = magnetisation_site.Site(0.3, 1.0)
    step, nodes, size = site.grid()[1], gaussian.half_nodes(1.0)[0], lyapunov._points(2.0)
    with finer():
        assert gaussian.half_nodes(1.0)[0].size > 1.6 * nodes.size
        assert lyapunov._points(2.0) == 2 * size
        u, half = site.grid()
        assert half == step / 2
        assert np.diff(u) == pytest.approx(half)
        assert u[[0, -1]] == pytest.approx(magnetisation_site.Site(0.3, 1.0).grid()[0][[0, -1]])
    assert before == (gaussian.half_nodes, lyapunov._points, magnetisation_site.Site.grid)


def test_finer_ends_after_an_error_too() -> None:
    before = gaussian.half_nodes
    with pytest.raises(KeyError), finer():
        raise KeyError
    assert gaussian.half_nodes is before


def test_names_of_changes_are_said_once() -> None:
    places = [(module, name) for module, name, _ in CHANGES]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(
    "point", [each for each in points() if each.solver in QUICK], ids=lambda p: f"{p.solver} {p.given}"
)
def test_quick_solvers_have_converged(point: Point) -> None:
    row = measured_point(point, 10.0)
    assert row.error < 1e-9  # what the solvers promise is finer
    assert row.mega_tanh == pytest.approx(row.milliseconds / 10.0)


def test_an_error_of_resolution_is_seen() -> None:
    def coarse() -> Answer:
        z, w = gaussian.half_nodes(0.05)  # far too coarse for tanh(3 z)
        return Answer({"phi2": float(w @ np.tanh(3.0 * z) ** 2)}, 0.0)

    row = measured_point(Point("r", "s", "", coarse, FINER), 10.0)
    assert row.error > 1e-6


def test_relative_errors() -> None:
    assert relative_error({"a": [1.0, math.nan], "b": "x"}, {"a": [1.1, math.nan], "b": "x"}) == pytest.approx(
        0.1 / 1.1
    )
    assert relative_error({"a": 1e-9}, {"a": 0.0}) == pytest.approx(1e-3)  # 1e-9 against the floor 1e-6
    assert relative_error({"a": 1 + 1j}, {"a": 1 + 2j}) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="1 and 2 numbers"):
        relative_error([1.0], [1.0, 2.0])


def test_exponents_of_powers() -> None:
    assert exponent([1.0, 2.0, 4.0], [3.0, 12.0, 48.0]) == pytest.approx(2.0)
    assert math.isnan(exponent([1.0], [3.0]))
    sizes = (500, 1000, 2000)
    rows = [
        KernelRow("rate", "euler", n, r, "float32", 1e-6 * n**2 * r, 1.0, "GF/s", 1.0, 1.0, None, 1.0, 0.0)
        for n in sizes
        for r in (16, 64)
    ]
    found = {(row.what, row.variable): row.exponent for row in growth_of_kernels(rows)}
    assert found == {
        ("euler, 64 states", "N"): pytest.approx(2.0),
        ("euler, N = 2000", "states"): pytest.approx(1.0),
    }


def test_ratios_are_kept_and_compared() -> None:
    kernel = KernelRow("rate", "euler", 9, 1, "float32", 1.0, 1.0, "GF/s", 0.9, 1.0, None, 4.0, 0.0)
    theory = TheoryRow("p", "s", "g=1,k=2", 3.0, None, 0.5, 9, 0.0, "finer")
    now = ratios([kernel], [theory])
    text = to_csv(Machine("h", "a, cpu", 2, 0.1, "b"), now)
    assert "h" not in text.splitlines()[0].split()  # the model, not the host's name
    assert from_csv(text) == now
    kept = {key: value * (3.0 if key[1] != "calls" else 1 / 3.0) for key, value in now.items()}
    assert [line.split(": ")[0] for line in fallen(now, kept)] == ["p/s/g=1,k=2", *["rate/euler/N=9/R=1/float32"] * 2]
    assert fallen(kept, now) == []  # better by a factor of three
    assert fallen(now, now) == []
    with pytest.raises(ValueError, match="columns"):
        from_csv("a,b\n")


def test_the_plain_solver_is_what_is_timed() -> None:
    point = next(each for each in points() if each.solver == "stationary state" and each.given == "g=1.5")
    assert point.call().quantities["delta0"] == stationary(1.5).delta0
