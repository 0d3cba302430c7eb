"""Simulation beside theory for fermi-bose: one function per comparison, from outcomes to one tidy table.

Averages over samples and networks with their standard errors are taken here, once; figures and claims only read the
tables. `*_deviation` rows are simulation minus the theory of `theory_alpha` (of Q: over it, minus 1), of the point
itself and, for negative controls, of the other loads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import alike, average, value
from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import network_average, network_curve, paired_difference
from atlas.outcomes import Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
LINES = ("M", "Q", "q", "eps_train", "eps_test", "d2_boson", "d2_fermion", "accuracy", "accuracy_printed",
         "adversarial_area")  # fmt: skip
MEASURED = {
    "langevin": ("M", "Q", "q", "eps_train", "eps_test", "d2_boson", "d2_fermion", "accuracy"),
    "cavity": ("M", "Q", "q", "eps_test", "d2_boson", "d2_fermion", "accuracy"),
}
NETWORK = ("accuracy", "train_accuracy", "fgsm_area", "white_area")


def state(data: Sources) -> pd.DataFrame:
    """The tanh unit: order parameters and errors of samplers and cavity equations beside replica theory."""
    table = TableBuilder()
    for scan in ("load", "noise", "distance"):
        add_lines(table, data[scan], scan)
        add_samples(table, data[f"cavity-{scan}"], data[scan], "cavity", scan)
    for source in ("sampled", "sampled-apart"):
        for scan in ("load", "distance"):
            add_samples(table, data[source], data[scan], "langevin", scan)
        add_deviations(table, data[source], data["load"], "langevin")
    add_deviations(table, data["cavity-load"], data["load"], "cavity")
    return table.frame()


def add_lines(table: TableBuilder, rows: Outcomes, scan: str) -> None:
    """Every quantity along a scan of theory."""
    for row in rows:
        for name in LINES:
            table.number(f"{name}_line", None, row.values[name], row.values["residual"], scan=scan, **row.point)
        for name in ("adversarial_accuracy", "adversarial_error"):
            table.curve(name, {"strength": row.values["strengths"]}, theory=row.values[name], scan=scan, **row.point)


def add_samples(table: TableBuilder, rows: Outcomes, theory: Outcomes, method: str, scan: str) -> None:
    """Averages over samples at the points that lie on a scan of theory, beside it."""
    for point in rows.points():
        here = rows.at(**point)
        if value(theory, "M", **point) is None:
            continue
        for name in MEASURED[method]:
            expected = value(theory, name, **point)
            table.number(name, measured(here, name, method), expected, method=method, scan=scan, **point)
        if method == "cavity":
            table.number("settled", average(here, "settled"), None, method=method, scan=scan, **point)
        else:
            for name in ("M", "Q", "q"):
                table.number(f"{name}_gap", average(here, f"{name}_gap"), None, method=method, scan=scan, **point)


def measured(rows: Outcomes, name: str, method: str) -> Estimate:
    """Mean over samples. Of a sampler, half the gap between its two starts is added to the error in quadrature: where
    chains remember their start, equilibrium lies between the two and no number of samples says where.
    """
    found = settled_average(rows, name)
    if method != "langevin":
        return found
    return found + Estimate.exact(0.0, 0.5 * abs(average(rows, f"{name}_gap").mean))


def settled_average(rows: Outcomes, name: str) -> Estimate:
    """Mean over samples; those whose iteration did not settle have no values and are left out."""
    samples = rows.stack(name)
    fine = samples[np.isfinite(samples)]
    return network_average(fine) if len(fine) else Estimate(np.nan, np.nan, count=0)


def add_deviations(table: TableBuilder, rows: Outcomes, theory: Outcomes, method: str) -> None:
    """M minus theory, and Q over theory minus 1, at every load of the theory."""
    for point in rows.points():
        if not any(alike(row.point["d_f"], point["d_f"]) for row in theory):
            continue
        here = rows.at(**point)
        mean, size = measured(here, "M", method), measured(here, "Q", method)
        for row in theory:
            place = {"method": method, "theory_alpha": row.point["alpha"], **point}
            table.number("M_deviation", mean - row.values["M"], None, **place)
            table.number("Q_deviation", size / row.values["Q"] - 1.0, None, **place)


def pairs(data: Sources) -> pd.DataFrame:
    """Energies of a pair against its distance."""
    table = TableBuilder()
    for row in data["pair-energy"]:
        for name in ("boson", "fermion", "fermion_sharp"):
            table.curve(name, {"d2": row.values["d2"]}, theory=row.values[name], **row.point)
    return table.frame()


def courses(data: Sources) -> pd.DataFrame:
    """Accuracy by epoch, distances by batch with their extremes over networks, hidden states of one network."""
    table = TableBuilder()
    rows = data["courses"]
    first = rows[0].values
    add_curve(table, "train_accuracy", "epoch", rows.stack("mlp_curve"), model="mlp")
    for index, d_f in enumerate(first["d_f"]):
        place = {"d_f": float(d_f)}
        add_curve(table, "train_accuracy", "epoch", rows.stack("train_curve")[:, index], model="contrast", **place)
        for name in ("boson", "fermion"):
            add_curve(table, name, "batch", rows.stack(name)[:, index], **place)
    for name, coordinates in zip(("start", "contrast", "mlp"), first["plane"], strict=True):
        table.curve(
            "plane", {"x": coordinates[:, 0], "class": first["classes"]}, simulation=coordinates[:, 1], model=name
        )
    return table.frame()


def add_curve(table: TableBuilder, name: str, axis: str, samples: Any, **place: Any) -> None:
    """A curve over 1, 2, ... with mean, standard error, smallest and largest over networks."""
    mean, error = network_curve(samples)
    table.curve(
        name,
        {axis: np.arange(1, len(mean) + 1), "smallest": samples.min(axis=0), "largest": samples.max(axis=0)},
        simulation=mean,
        simulation_error=error,
        count=len(samples),
        **place,
    )


def scan(data: Sources) -> pd.DataFrame:
    """Networks against d_F on digits: accuracies, attacks, distances, and what the claims compare."""
    table = TableBuilder()
    rows = data["scan"]
    add_networks(table, rows, {})
    add_distances(table, rows)
    add_comparisons(table, rows)
    return table.frame()


def settings(data: Sources) -> pd.DataFrame:
    """Networks on other images, with less or more data, with unequal classes."""
    table = TableBuilder()
    for name in ("fashion", "amount", "balance"):
        for point in data[name].points():
            add_networks(table, data[name].at(**point), {"setting": name, **point})
    return table.frame()


def add_networks(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Accuracies, areas and curves under attack, for every d_F and for backpropagation; gains over the latter."""
    first = rows[0].values
    for name in NETWORK:
        base = rows.stack(f"mlp_{name}")
        table.number(name, network_average(base), None, model="mlp", **place)
        for index, d_f in enumerate(first["d_f"]):
            here = {"model": "contrast", "d_f": float(d_f), **place}
            table.number(name, network_average(rows.stack(name)[:, index]), None, **here)
            table.number(f"{name}_gain", paired_difference(rows.stack(name)[:, index], base), None, **here)
    for name in ("fgsm", "white"):
        for model, samples in [("mlp", rows.stack(f"mlp_{name}")), *by_distance(rows, name)]:
            named = {"model": "mlp"} if model == "mlp" else {"model": "contrast", "d_f": model}
            mean, error = network_curve(samples)
            table.curve(
                name, {"strength": first["strengths"]}, simulation=mean, simulation_error=error, count=len(rows),
                **named, **place,
            )  # fmt: skip


def by_distance(rows: Outcomes, name: str) -> list[tuple[Any, Any]]:
    """(d_F, samples) of a named array."""
    return [(float(d_f), rows.stack(name)[:, index]) for index, d_f in enumerate(rows[0].values["d_f"])]


def add_distances(table: TableBuilder, rows: Outcomes) -> None:
    """Mean D² over boson and fermion pairs of the last epoch, and by how much fermions miss the target."""
    for name in ("d_boson", "d_fermion"):
        for d_f, samples in by_distance(rows, name):
            table.number(name, network_average(samples), None, d_f=d_f)
            if name == "d_fermion":
                for target, _ in by_distance(rows, name):
                    table.number("fermion_miss", network_average(samples) - target, None, d_f=d_f, target=target)
    for d_f, _ in by_distance(rows, "d_fermion"):
        table.number("d_target", Estimate.exact(d_f), None, d_f=d_f)


def add_comparisons(table: TableBuilder, rows: Outcomes) -> None:
    """Network by network: accuracy at one d_F minus another; the best d_F minus backpropagation, both ways.

    The best d_F for a network is the one with the largest mean over the OTHER networks, so that choosing it by the
    noise of the network itself cannot help it; the worst likewise.
    """
    accuracies = by_distance(rows, "accuracy")
    for d_f, samples in accuracies:
        for other, others in accuracies:
            if d_f != other:
                table.number("accuracy_step", paired_difference(samples, others), None, d_f=d_f, other=other)
    for name in ("accuracy", "fgsm_area", "white_area"):
        base = rows.stack(f"mlp_{name}")
        for choice in ("best", "worst"):
            picked = chosen_by_others(rows.stack(name), largest=choice == "best")
            table.number(f"{name}_advantage", paired_difference(picked, base), None, choice=choice)
            table.number(f"{name}_disadvantage", paired_difference(base, picked), None, choice=choice)
            table.number(f"{name}_ratio", network_average(picked / base), None, choice=choice)


def chosen_by_others(samples: Any, *, largest: bool) -> Any:
    """samples (R, K) -> (R,): for each row the column with the largest (smallest) mean over the other rows."""
    sign = 1.0 if largest else -1.0
    if len(samples) < 2:
        return samples[:, int((sign * samples.mean(axis=0)).argmax())]
    total = samples.sum(axis=0)
    return np.array([row[int((sign * (total - row)).argmax())] for row in samples])
