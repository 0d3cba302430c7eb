"""Estimators of the claims of icl-spin-glass: they read one number off a comparison table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atlas.claims.readings import COMMON, one_row
from atlas.estimation.estimate import Estimate

Tables = Mapping[str, pd.DataFrame]


def theory_average(tables: Tables, comparison: str, quantity: str, **place: Any) -> Estimate:
    """A theory value averaged over data sets: mean, standard error, number of data sets."""
    row = one_row(tables, comparison, quantity, place)
    return Estimate(float(row["theory"]), float(row["theory_error"]), count=float(row["instances"]))


ESTIMATORS = {**COMMON, "theory_average": theory_average}
