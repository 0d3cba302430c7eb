"""Outcomes on disk: exact round trip, equal bytes for equal numbers, selection."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from atlas.outcomes import Outcome, Outcomes, read_outcomes, write_outcomes


def rows() -> list[Outcome]:
    """Two gains, two networks each; a number, a vector and a matrix."""
    return [
        Outcome(
            {"g": g, "method": "rk4"}, network, {"x": 0.1 * network + g, "curve": np.arange(3.0) * g, "J": np.eye(2)}
        )
        for g in (0.1 + 0.2, 2.0)
        for network in (0, 1)
    ]


def test_round_trip_is_exact(tmp_path: Path) -> None:
    write_outcomes(tmp_path / "0.npz", rows())
    found = read_outcomes([tmp_path / "0.npz"])
    assert len(found) == 4
    for one, other in zip(found, rows(), strict=True):
        assert dict(one.point) == dict(other.point)  # 0.30000000000000004 to the last digit
        assert one.replica == other.replica
        assert one.values.keys() == other.values.keys()
        assert type(one.values["x"]) is float
        for name, value in other.values.items():
            assert np.array_equal(one.values[name], value)


def test_equal_outcomes_are_equal_bytes_at_any_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_outcomes(tmp_path / f"{name}.npz", rows())
    changed = rows()
    changed[3].values["curve"][0] = np.nextafter(0.0, 1.0)  # type: ignore[index]
    write_outcomes(tmp_path / "c.npz", changed)
    a, b, c = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert a == b != c
    assert b"1980" not in a or a[10:14] == b"\x00\x00\x21\x00"  # the archive's time of writing: the zip epoch


def test_chunks_are_read_in_the_order_given(tmp_path: Path) -> None:
    for chunk in range(2):
        write_outcomes(tmp_path / f"{chunk}.npz", rows()[2 * chunk : 2 * chunk + 2])
    found = read_outcomes([tmp_path / "0.npz", tmp_path / "1.npz"])
    assert [row.point["g"] for row in found] == [row.point["g"] for row in rows()]
    assert len(read_outcomes([])) == 0


def test_theory_has_no_replica(tmp_path: Path) -> None:
    write_outcomes(tmp_path / "x.npz", [Outcome({}, None, {"q": 1.0})])
    assert read_outcomes([tmp_path / "x.npz"]).one().replica is None


def test_what_is_no_number_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="pickle"):
        write_outcomes(tmp_path / "x.npz", [Outcome({}, None, {"q": None})])
    assert list(tmp_path.iterdir()) == []


def test_selection() -> None:
    table = Outcomes(rows())
    assert [row.replica for row in table.at(g=2.0, method="rk4")] == [0, 1]
    assert table.points() == [{"g": 0.1 + 0.2, "method": "rk4"}, {"g": 2.0, "method": "rk4"}]
    assert table.stack("curve").shape == (4, 3)
    assert table.stack("x").tolist() == [row.values["x"] for row in rows()]
    for axes in ({"g": 0.3}, {"gain": 2.0}, {"g": 2.0, "method": "euler"}):
        with pytest.raises(KeyError, match="no outcome at"):
            table.at(**axes)
    with pytest.raises(ValueError, match="expected one outcome, found 2"):
        table.at(g=2.0).one()
