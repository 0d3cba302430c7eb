"""One training run in the comparison table: its course, the recovered couplings, the free runs beside theory."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.estimation.networks import network_average, network_curve, paired_ratio
from atlas.outcomes import Outcomes
from atlas.tables import TableBuilder

KINDS = ("learned", "shuffled", "untrained")
GROUPS = 25  # of directions, by the rank of their eigenvalue
PREDICTED = 3  # neurons whose prediction is shown


def at(times: np.ndarray, t: float) -> int:
    """Index of the time nearest to t."""
    return int(np.argmin(np.abs(times - t)))


def add_run(table: TableBuilder, rows: Outcomes, run: str, g: float, theories: np.ndarray, saturation: float) -> None:
    """All rows of one run; theories (networks, T): the distance that theory gives at each student's own mismatch."""
    place: dict[str, Any] = {"run": run, "g": g}
    add_course(table, rows, place)
    add_couplings(table, rows, place)
    add_directions(table, rows, place)
    add_activity(table, rows, place)
    for kind in KINDS:
        add_distance(table, rows, kind, theories, place)
    add_shape(table, rows, theories, place)
    table.number("saturation", None, saturation, **place)


def add_course(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Error and weight distance by epoch; epoch 0 is before the training."""
    for name, first in (("error", 1), ("weight_distance", 0)):
        mean, error = network_curve(rows.stack(name))
        epochs = first + np.arange(len(mean))
        table.curve(name, {"epoch": epochs}, simulation=mean, simulation_error=error, count=len(rows), **place)


def add_couplings(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Correlation, distance and effective mismatch; pairs of couplings of the first network."""
    distance = rows.stack("weight_distance")
    table.number("correlation", network_average(rows.stack("correlation")), None, kind="learned", **place)
    table.number("correlation", network_average(rows.stack("correlation_untrained")), None, kind="untrained", **place)
    table.number("final_distance", network_average(distance[:, -1]), None, kind="learned", **place)
    table.number("final_distance", network_average(distance[:, 0]), None, kind="untrained", **place)
    table.number("eta", network_average(rows.stack("eta")), None, **place)
    first = rows[0].values
    for name in ("pairs", "worst"):
        table.curve(name, {"true": first[f"{name}_J"]}, simulation=first[f"{name}_W"], network=0, **place)


def add_directions(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Mean squared error of the couplings along the data's directions, over its mean, in groups of equal number."""
    errors, values = rows.stack("direction_error"), rows.stack("directions")
    errors = errors / errors.mean(axis=1, keepdims=True)
    groups = np.array_split(np.arange(errors.shape[1]), min(GROUPS, errors.shape[1]))
    mean, error = network_curve(np.array([errors[:, group].mean(axis=1) for group in groups]).T)
    excitation = np.array([np.exp(np.log(np.maximum(values[:, group], 1e-300)).mean()) for group in groups])
    table.curve(
        "direction", {"excitation": excitation}, simulation=mean, simulation_error=error, count=len(rows),
        theory=np.ones(len(groups)), **place,
    )  # fmt: skip


def add_activity(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Neurons of the first network: the teacher's free run, and the student's."""
    first = rows[0].values
    for unit in range(first["x_true"].shape[1]):
        where = {"unit": unit, "network": 0, **place}
        table.curve("activity", {"t": first["times"]}, simulation=first["x_true"][:, unit], **where)
        if unit < PREDICTED:
            table.curve("prediction", {"t": first["times"]}, simulation=first["x_learned"][:, unit], **where)


def add_distance(table: TableBuilder, rows: Outcomes, kind: str, theories: np.ndarray, place: dict[str, Any]) -> None:
    """Distance of a free run against time, its ratio to theory network by network, its largest and last value."""
    times, distance = rows[0].values["times"], rows.stack(f"distance_{kind}")
    where = {"kind": kind, **place}
    mean, error = network_curve(distance)
    table.curve(
        "distance", {"t": times}, simulation=mean, simulation_error=error, count=len(rows),
        theory=theories.mean(axis=0), **where,
    )  # fmt: skip
    moved = times > 0
    mean, error = network_curve(distance[:, moved] / theories[:, moved])
    table.curve(
        "ratio", {"t": times[moved]}, simulation=mean, simulation_error=error, count=len(rows), theory=1.0, **where
    )
    if times[-1] > 19.9:
        grown = paired_ratio(distance[:, at(times, 20.0)], distance[:, at(times, 1.0)])
        table.number(
            "growth", grown, float(theories[:, at(times, 20.0)].mean() / theories[:, at(times, 1.0)].mean()), **where
        )
    table.number("largest", network_average(distance.max(axis=1)), float(theories.max(axis=1).mean()), **where)
    table.number("last", network_average(distance[:, -1]), float(theories[:, -1].mean()), **where)


def add_shape(table: TableBuilder, rows: Outcomes, theories: np.ndarray, place: dict[str, Any]) -> None:
    """When the distance is largest within t <= 10, and what is left of it at t = 10: simulation by kind, theory."""
    times = rows[0].values["times"]
    early = times <= 10.0 + 1e-9

    def shape(curves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cut = curves[:, early]
        return times[early][cut.argmax(axis=1)], cut[:, -1] / cut.max(axis=1)

    expected = [float(part.mean()) for part in shape(theories)]
    for kind in KINDS:
        found = shape(rows.stack(f"distance_{kind}"))
        for name, values, theory in zip(("time_of_largest", "left_at_10"), found, expected, strict=True):
            table.number(name, network_average(values), theory, kind=kind, **place)
