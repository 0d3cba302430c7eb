"""m-shape: distances between the slow points of a network, and the dynamics that starts from one.

Comparisons `roots`, `trajectories` and `relaxation` of the config.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average
from atlas.config.seeds import Streams
from atlas.estimation.estimate import Estimate
from atlas.estimation.histograms import density_from_counts
from atlas.estimation.networks import network_average, network_curve
from atlas.outcomes import Outcome, Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
ROOT_EDGES = np.round(np.arange(0.0, 2.41, 0.2), 10)  # of d over the rms of the roots
RESAMPLES = 400


def roots(data: Sources) -> pd.DataFrame:
    """Distances between fixed points of single networks (P3, O4): histograms, modes, shares of bins."""
    table = TableBuilder()
    for source in ("roots-small", "roots-large"):
        for point in data[source].points():
            rows = data[source].at(**point)
            place = {"g": point["g"], "n_units": point["n_units"]}
            add_root_histogram(table, rows, place)
            first = rows[0].values
            starts = {"start": np.arange(1, len(first["converged"]) + 1)}
            table.curve("unique_share", starts, simulation=first["distinct"] / first["converged"], **place)
    for row in data["volumes"]:
        table.number("l", None, row.values["l"], row.values["residual"], g=row.point["g"])
    return table.frame()


def add_root_histogram(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Counts of pair distances over rms, pooled over the networks with at least four non-zero roots."""
    table.number("found", average(rows, "found"), None, **place)
    table.number("converged_share", average(rows, "share"), None, **place)
    table.number("worst_speed", average(rows, "worst_speed"), None, **place)
    many = Outcomes(row for row in rows if row.values["roots"] >= 4)
    table.number("networks_with_roots", Estimate.exact(float(len(many))), None, **place)
    if not len(many):
        return
    counts, outside = many.stack("counts"), many.stack("outside")
    table.number("roots", average(many, "roots"), None, **place)
    table.number("rms", average(many, "rms"), None, **place)
    totals = counts.sum(axis=1) + outside
    density = density_from_counts(counts, ROOT_EDGES, totals)
    edges = {"low": ROOT_EDGES[:-1], "high": ROOT_EDGES[1:]}
    table.curve(
        "root_density", edges, simulation=density.density, simulation_error=density.error, count=len(many), **place
    )
    pooled = counts.sum(axis=0)
    largest = int(np.argmax(pooled))
    rng = Streams(0, f"m-shape/{place}")("mode")
    resampled = rng.multinomial(int(pooled.sum()), pooled / pooled.sum(), RESAMPLES).argmax(axis=1)
    spread_of_mode = float(np.std(ROOT_EDGES[resampled]))
    mode = Estimate(float(ROOT_EDGES[largest] + 0.1), spread_of_mode, count=max(2.0, float(pooled.sum())))
    table.number("mode", mode, None, **place)
    for name, k in (("left_share_of_mode", 0), ("right_share_of_mode", 10)):
        table.number(name, share_of(counts, k, largest), None, **place)
    for name, part in (("mirror_share", slice(10, 11)), ("gap_share", slice(8, 10))):
        table.number(name, network_average(counts[:, part].sum(axis=1) / totals), None, **place)


def share_of(counts: np.ndarray, k: int, largest: int) -> Estimate:
    """Pooled count of one bin over that of the largest bin; Poisson errors (the networks share no pair).

    Pairs of one network are not independent; the error is a lower bound and the allowances of the claims are wide.
    """
    a, b = float(counts[:, k].sum()), float(counts[:, largest].sum())
    ratio = a / b
    return Estimate(ratio, math.hypot(math.sqrt(max(a, 1.0)) / b, ratio / math.sqrt(b)), count=max(b, 2.0))


def trajectories(data: Sources) -> pd.DataFrame:
    """Trajectories from roots (P4): activities, displacements, and the harmonic value √(T tr(A^T A)^{-1}/N)."""
    table = TableBuilder()
    for row in data["trajectories"]:
        add_trajectory(table, row)
    return table.frame()


def add_trajectory(table: TableBuilder, row: Outcome) -> None:
    values, place = row.values, {"g": row.point["g"], "network": row.replica}
    limit = values["shown_rnn"].shape[0]
    times = np.arange(limit) * 0.1
    for run in ("rnn", "langevin"):
        for unit, path in enumerate(values[f"shown_{run}"].T):
            shown = np.isfinite(path)
            table.curve("activity", {"t": times[shown]}, simulation=path[shown], run=run, unit=unit, **place)
    for k, path in enumerate(values["langevin_squared"]):
        if np.isfinite(path).all():
            harmonic = math.sqrt(1e-6 * values["trace"][k])
            every = max(1, limit // 200)
            level = np.full(len(path[::every]), harmonic)
            table.curve(
                "displacement", {"t": times[::every]}, simulation=np.sqrt(path[::every]), theory=level, root=k, **place
            )
            late = float(np.sqrt(path[limit // 2 :].mean()))
            table.number("late_displacement", Estimate(late, math.nan, count=1), harmonic, root=k, **place)
            table.number("stiffness", Estimate(float(values["stiffness"][k]), math.nan, count=1), None, root=k, **place)
            table.number("rnn_steps", Estimate(float(values["steps"][k]), math.nan, count=1), None, root=k, **place)


def relaxation(data: Sources) -> pd.DataFrame:
    """Langevin dynamics from independent starts (A1): squared pair distance against time beside 2 D of equilibrium."""
    table = TableBuilder()
    for point in data["langevin"].points():
        rows = data["langevin"].at(**point)
        theory = data["potential-variance"].at(g=point["g"]).one().values
        place = {"g": point["g"]}
        times = {"t": rows[0].values["times"]}
        for name, level in (("distance", 2 * theory["D"]), ("delta", theory["D"])):
            mean, error = network_curve(rows.stack(name))
            line = np.full(len(mean), level)
            table.curve(name, times, simulation=mean, simulation_error=error, count=len(rows), theory=line, **place)
        for unit, path in enumerate(rows[0].values["shown"].T):
            table.curve("activity", times, simulation=path, unit=unit, **place)
    return table.frame()
