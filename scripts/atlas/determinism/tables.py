"""By how much the numbers of two tables deviate, each quantity (or drawn series) on its own scale.

A number near a zero of its curve deviates by much of itself and by nothing of the curve: deviations are told relative
to the largest value of the quantity in the table. Error bounds and what follows from them (`*_error`, `count`, `z`,
`relative_deviation`) are not counted; the deviation in standard errors is told beside.
"""

from __future__ import annotations

import math
from pathlib import Path

KINDS = ("quantity", "panel", "series")  # the columns that say what a row is about
DERIVED = ("count", "z", "relative_deviation")


def scaled_deviation(path: Path, twin: Path) -> tuple[float, str]:
    """max |a - b| over the largest |a| of the same quantity, and the place; inf where the tables have other rows."""
    import pandas as pd

    one, other = pd.read_csv(path), pd.read_csv(twin)
    words = [name for name in one.columns if not pd.api.types.is_numeric_dtype(one[name])]
    if list(one.columns) != list(other.columns) or not one[words].equals(other[words]):
        return math.inf, f"{path.stem}: other rows"
    kinds = [name for name in KINDS if name in one.columns]
    largest, worst = 0.0, ""
    for name in one.columns.difference([*words, *DERIVED]):
        if name.endswith("_error"):
            continue
        gap = (one[name] - other[name]).abs().where(one[name].notna() | other[name].notna(), 0.0).fillna(math.inf)
        scale = one[name].abs().groupby([one[kind].fillna("") for kind in kinds]).transform("max") if kinds else 1.0
        size = (gap / scale).where(gap > 0, 0.0)
        if size.max() > largest:
            row = one[kinds].iloc[int(size.to_numpy().argmax())]
            largest, worst = float(size.max()), f"{path.stem}: {name} of {' '.join(map(str, row))}"
    return largest, worst
