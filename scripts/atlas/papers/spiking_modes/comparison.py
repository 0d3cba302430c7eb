"""Simulation beside theory for spiking-modes: one function per comparison, to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from atlas.outcomes import Outcomes

Sources = Mapping[str, Outcomes]


def both(data: Sources) -> pd.DataFrame:
    """TODO: the quantities of the table."""
    raise NotImplementedError("comparison.both is not written: put both routes into one TableBuilder")
