"""Comparison tables: derived columns against closed forms, exact round trip through CSV, selection, refusals."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from atlas.estimation.estimate import Estimate
from atlas.tables import ROUTES, TableBuilder, check_table, pick, read_tables


def table() -> pd.DataFrame:
    """Numbers by both routes and by one, and a curve."""
    builder = TableBuilder()
    builder.number("gamma0", Estimate(1.3, 0.3, count=4), 1.0, 0.4, g=2.0, method="rk4")
    builder.number("delta0", None, 0.1, g=2.0)
    builder.number("bare", np.float32(0.5), 0.0, g=0.3)
    builder.curve(
        "c", {"tau": [0.0, 1.0]}, simulation=[1.0, 0.5], simulation_error=0.1, count=3, theory=[1.0, 1.0], g=2.0
    )
    return builder.frame()


def test_columns_and_derived_numbers() -> None:
    frame = table()
    assert list(frame.columns) == ["quantity", "g", "method", "tau", *ROUTES]
    first = frame.iloc[0]
    assert first["z"] == pytest.approx(0.3 / 0.5, rel=1e-14)  # errors 0.3 and 0.4 add to 0.5
    assert first["relative_deviation"] == pytest.approx(0.3, rel=1e-14)
    assert first["count"] == 4
    assert frame["z"].iloc[3:].tolist() == pytest.approx([0.0, -5.0])


def test_what_a_route_does_not_give_is_empty() -> None:
    theory, bare = table().iloc[1], table().iloc[2]
    assert all(
        math.isnan(theory[name]) for name in ("simulation", "simulation_error", "count", "z", "relative_deviation")
    )
    assert theory["theory_error"] == 0
    assert bare["simulation"] == 0.5  # also as a number of numpy
    assert math.isnan(bare["relative_deviation"])  # theory 0
    assert math.isnan(bare["z"])  # no error bar


def test_csv_round_trip_is_exact(tmp_path: Path) -> None:
    """With the format that the compare job writes."""
    builder = TableBuilder()
    values = np.random.default_rng(1).standard_normal(5000) * 10.0 ** np.repeat(np.arange(-250, 250), 10)
    builder.curve("x", {"t": np.arange(5000) / 3}, simulation=values, theory=np.full(5000, 5e-324))
    frame = builder.frame()
    frame.to_csv(tmp_path / "t.csv", index=False, float_format="%.17g", lineterminator="\n")
    found = read_tables([tmp_path / "other.csv", tmp_path / "t.csv"], ["t"])["t"]
    for name in ("t", "simulation", "theory"):
        assert found[name].tolist() == frame[name].tolist()


def test_pick_compares_numbers_to_nine_digits_and_words_exactly() -> None:
    frame = table()
    assert len(pick(frame, "c", g=2.0)) == 2
    assert len(pick(frame, "bare", g=0.1 + 0.2)) == 1  # 0.30000000000000004
    assert len(pick(frame, "gamma0", method="rk4")) == 1
    for wrong in ({"g": 2.0 * (1 + 3e-9)}, {"method": "rk"}):
        with pytest.raises(KeyError, match="no 'gamma0' at"):
            pick(frame, "gamma0", **wrong)
    with pytest.raises(KeyError, match="no column 'gain'"):
        pick(frame, "gamma0", gain=2.0)


def test_tables_without_numbers_or_columns_are_refused() -> None:
    assert check_table(table(), "t") is not None
    with pytest.raises(ValueError, match="comparison t: the table lacks z"):
        check_table(table().drop(columns="z"), "t")
    empty = TableBuilder()
    with pytest.raises(ValueError, match="got no row"):
        empty.frame()
    empty.number("x")
    with pytest.raises(ValueError, match="comparison t: the table holds no number"):
        check_table(empty.frame(), "t")


def test_curve_of_unequal_lengths_is_refused() -> None:
    with pytest.raises(ValueError, match=r"broadcast|length"):
        TableBuilder().curve("x", {"t": [0.0, 1.0, 2.0]}, simulation=[1.0, 2.0])
