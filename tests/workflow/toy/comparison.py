"""Simulation beside theory for toy: one function per comparison."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from atlas.estimation.networks import network_average
from atlas.outcomes import Outcomes
from atlas.tables import TableBuilder


def energy(data: Mapping[str, Outcomes]) -> pd.DataFrame:
    """gamma0 against the gain, by integrator and size."""
    table = TableBuilder()
    for point in data["scan"].points():
        theory = data["line"].at(g=point["g"]).one().values
        measured = network_average(data["scan"].at(**point).stack("gamma0"))
        table.number("gamma0", measured, theory["gamma0"], theory["residual"], **point)
    return table.frame()


def heat(data: Mapping[str, Outcomes]) -> pd.DataFrame:
    """Energy of the gradient dynamics against the temperature."""
    table = TableBuilder()
    for point in data["descent"].points():
        place = {name: point[name] for name in ("g", "temperature")}
        theory = data["bath"].at(**place).one().values
        measured = network_average(data["descent"].at(**point).stack("energy"))
        table.number("energy", measured, theory["energy"], theory["residual"], **point)
        table.number("energy_over_t", measured.scaled(1 / point["temperature"]), 0.5, **point)
        table.number("wrong_over_t", measured.scaled(2 / point["temperature"]), 0.5, **point)
    return table.frame()
