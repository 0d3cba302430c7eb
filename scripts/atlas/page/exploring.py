"""Curves that a reader moves through: cuts through the tables of comparisons, as plain data for the page's sliders."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atlas.page.reading import PageError

if TYPE_CHECKING:
    from atlas.config.definition import Exploration

MOST_POINTS = 101  # of one curve; more are thinned evenly
DIGITS = 4
Row = Mapping[str, str]


def exploration_data(exploration: Exploration, table: Path) -> dict[str, Any]:
    """The curves of one exploration, ready for JSON.

    ``shared``: the places of all curves where these are the same for all (then no curve has an own ``x``);
    ``sliders``: their words and values; ``curves``: "i,j" (place of each slider) → one list per quantity of
    {x, y} for theory and {px, py, pe} for simulation with its error. Raises PageError when the table cannot be
    read, lacks a column or quantity, or holds several values at one place.
    """
    rows = [row for row in read_table(table) if _held(row, exploration.where)]
    columns = (exploration.x, *exploration.sliders)
    missing = [name for name in columns if rows and name not in rows[0]]
    if missing:
        raise PageError(f"{table}: has no column {missing[0]} that an exploration asks for")
    wanted = [row for row in rows if row["quantity"] in exploration.quantities and all(row[name] for name in columns)]
    if not wanted:
        raise PageError(f"{table}: holds none of {', '.join(exploration.quantities)} over {exploration.x}")
    values = {name: _values(wanted, name) for name in exploration.sliders}
    groups: dict[tuple[int, ...], dict[str, list[Row]]] = {}
    for row in wanted:
        place = tuple(values[name].index(_value(row[name])) for name in exploration.sliders)
        groups.setdefault(place, {}).setdefault(row["quantity"], []).append(row)
    curves = {
        ",".join(map(str, place)): [
            _series(found.get(quantity, []), exploration, table) for quantity in exploration.quantities
        ]
        for place, found in sorted(groups.items())
    }
    lines = [series["x"] for found in curves.values() for series in found if series["x"]]
    shared = lines[0] if lines and all(line == lines[0] for line in lines) else []
    for series in (each for found in curves.values() for each in found):
        if shared and series["x"]:
            del series["x"]
    return {
        "shared": shared,
        "x": exploration.x_label,
        "y": exploration.y_label,
        "log": exploration.log,
        "range": [exploration.x_range, exploration.y_range],
        "start": [_place(values[name], exploration.start.get(name)) for name in exploration.sliders],
        "quantities": list(exploration.quantities.values()),
        "sliders": [
            {"name": words, "values": [value if isinstance(value, str) else _short(value) for value in values[name]]}
            for name, words in exploration.sliders.items()
        ],
        "curves": curves,
    }


def read_table(path: Path) -> list[dict[str, str]]:
    """The rows of a comparison table."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise PageError(f"{path}: cannot be read ({type(error).__name__})") from None


def _held(row: Row, where: Mapping[str, str | float]) -> bool:
    return all(name in row and _value(row[name]) == held for name, held in where.items())


def _value(text: str) -> float | str:
    """A number, rounded so that 0.1 + 0.2 is 0.3, or the text itself."""
    try:
        return float(f"{float(text):.10g}") + 0.0
    except ValueError:
        return text


def _values(rows: Sequence[Row], name: str) -> list[float | str]:
    """Distinct values of a column, numbers first and in order; what is zero but for rounding is zero."""
    found = {_value(row[name]) for row in rows}
    numbers = sorted(value for value in found if isinstance(value, float))
    return [*numbers, *sorted(value for value in found if isinstance(value, str))]


def _place(values: Sequence[float | str], wanted: float | str | None) -> int:
    """The place of the value that is closest to the one wanted; -1 where none is, or the text is not there."""
    if isinstance(wanted, str):
        return values.index(wanted) if wanted in values else -1
    numbers = [
        (abs(value - wanted), place)
        for place, value in enumerate(values)
        if wanted is not None and isinstance(value, float)
    ]
    return min(numbers)[1] if numbers else -1


def _short(value: float) -> float:
    return 0.0 if abs(value) < 1e-12 else float(f"{value:.{DIGITS}g}")


def _series(rows: Sequence[Row], exploration: Exploration, table: Path) -> dict[str, list[float]]:
    line = [(_value(row[exploration.x]), float(row["theory"])) for row in rows if row["theory"]]
    marks = [
        (_value(row[exploration.x]), float(row["simulation"]), float(row["simulation_error"] or "nan"))
        for row in rows
        if row["simulation"]
    ]
    low, high = exploration.x_range or (-math.inf, math.inf)
    drawn = [(x, y) for x, y in line if isinstance(x, float) and low <= x <= high and math.isfinite(y)]
    if not exploration.ordered:
        drawn = sorted(set(drawn))
        if len({x for x, _ in drawn}) < len(drawn):
            sliders = ", ".join(exploration.sliders)
            raise PageError(
                f"{table}: several values at one {exploration.x}; needed: sliders ({sliders}) or where that tell them apart"
            )
    thin, points = _thinned(drawn), _thinned(sorted(marks))
    series = {"x": [_short(float(x)) for x, _ in thin], "y": [_short(y) for _, y in thin]}
    if points:
        series |= {
            "px": [_short(float(x)) for x, _, _ in points],
            "py": [_short(y) for _, y, _ in points],
            "pe": [_short(error) if math.isfinite(error) else 0.0 for _, _, error in points],
        }
    return series


def _thinned(points: Sequence[Any]) -> list[Any]:
    """At most MOST_POINTS of them, evenly by number, the first and the last among them."""
    if len(points) <= MOST_POINTS:
        return list(points)
    return [points[round(place * (len(points) - 1) / (MOST_POINTS - 1))] for place in range(MOST_POINTS)]
