"""Simulation beside theory for langevin-machine: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables. A
network is one draw of couplings, pictures and noise; for few neurons one set of chains.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average
from atlas.estimation.estimate import Estimate, first_order
from atlas.estimation.networks import network_average, network_curve, paired_difference, paired_ratio
from atlas.outcomes import Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
MACHINES = ("slow", "fast", "cold")
K_BINS = 60  # of the updates, evenly in the logarithm
LAST_SHARE = 0.05  # of the updates over which K at the end is averaged
EARLY = 10  # updates over which K at first is averaged, for controls
FINAL = 3  # observed steps of generation that make the final value
SETTLED = {"energy": 0.05, "m2": 0.20}  # relative distance from the final value that counts as settled
WIDTH = 0.4  # of the bins of densities that are drawn
GAP = -1.0  # grey value between pictures
ENTRIES = (("11", 0, 0), ("12", 0, 1), ("21", 1, 0), ("22", 1, 1))


def few(data: Sources) -> pd.DataFrame:
    """One and two neurons beside quadrature, with and without feedback; two that learn beside the exact ascent."""
    table = TableBuilder()
    for system in ("one", "pair"):
        exact = data[f"{system}-exact"].one().values
        for source, feedback in ((system, True), (f"{system}-plain", False)):
            add_law(table, data[source], exact, system, feedback)
        table.curve("law", {"x": exact["x"]}, theory=exact["density"], theory_error=exact["residual"], system=system)
        table.number("log_z", None, exact["log_z"], exact["residual"], system=system)
    add_rule(table, data["learning"], data["ascent"].one().values)
    return table.frame()


def add_law(table: TableBuilder, rows: Outcomes, exact: Mapping[str, Any], system: str, feedback: bool) -> None:
    """Moments by time step and integrator beside quadrature, their ratios to it, and the density of x_1."""
    side = len(exact["x2"])
    for point in rows.points():
        here = rows.at(**point)
        place = {"system": system, "feedback": feedback, "dt": point.get("dt", 0.01)}
        place["method"] = point.get("method", "euler-maruyama")
        named = {"energy": (here.stack("energy"), exact["energy"])}
        for name in ("x2", "u_phi"):
            for entry, i, j in ENTRIES:
                if max(i, j) < side and not (name == "x2" and i > j):
                    named[f"{name}_{entry}"] = (here.stack(name)[:, i, j], exact[name][i, j])
        for name, (values, theory) in named.items():
            mean = network_average(values)
            table.number(name, mean, float(theory), exact["residual"], **place)
            table.number(f"{name}_ratio", mean / float(theory), 1.0, **place)
        edges, found = here[0].values["edges"], here.stack("density")
        step = round(WIDTH / float(edges[1] - edges[0]))
        height, error = network_curve(found.reshape(len(here), -1, step).mean(axis=2))
        centres = (0.5 * (edges[:-1] + edges[1:])).reshape(-1, step).mean(axis=1)
        table.curve("density", {"x": centres}, simulation=height, simulation_error=error, count=len(here), **place)


def add_rule(table: TableBuilder, rows: Outcomes, exact: Mapping[str, Any]) -> None:
    """The rule against differences of the exact likelihood, with sampled averages too; couplings by update."""
    wanted, model, temperature = exact["differences"], exact["u_phi"], exact["temperature"]
    statistic = rows[0].values["data_statistic"]
    size = float(np.linalg.norm(wanted))
    for name, rule in (
        ("rule", (statistic - model) / temperature),
        ("rule_without_temperature", statistic - model),
        ("rule_transposed", (statistic - model).T / temperature),
    ):
        table.number(f"{name}_error", float(np.linalg.norm(rule - wanted)) / size, 0.0)
    kept = rows[0].values["kept"].astype(int)
    courses = rows.stack("J")
    for entry, i, j in ENTRIES:
        gradient = network_average(rows.stack("first_gradient")[:, i, j])
        table.number(f"gradient_{entry}", gradient, float(wanted[i, j]))
        table.number("gradient_difference", (gradient - float(wanted[i, j])) / size, 0.0, entry=int(entry))
        table.number("gradient_turned", (gradient - float(wanted[j, i])) / size, 0.0, entry=int(entry))
        mean, error = network_curve(courses[:, :, i, j])
        table.curve(
            "coupling", {"update": kept}, simulation=mean, simulation_error=error, count=len(rows),
            theory=exact["J"][kept, i, j], theory_error=exact["residual"], entry=int(entry),
        )  # fmt: skip
        last = network_average(courses[:, -1, i, j])
        table.number("last_difference", last - float(exact["J"][-1, i, j]), 0.0, entry=int(entry))
        table.number("first_difference", last - float(exact["J"][0, i, j]), 0.0, entry=int(entry))
    for name in ("log_likelihood", "last_log_likelihood"):
        table.number(name, None, exact[name], exact["residual"])


def machines(data: Sources) -> pd.DataFrame:
    """Machines at three settings: K by update, couplings, generation by step, and chains that are followed."""
    table = TableBuilder()
    for name in MACHINES:
        rows = data[name]
        place = {"setting": name}
        add_training(table, rows, place)
        for when, prefix in (("after", ""), ("before", "before_")):
            add_generation(table, rows, prefix, {**place, "learning": when})
        for noise, prefix in ((True, ""), (False, "still_")):
            add_exploration(table, rows, prefix, {**place, "noise": noise})
    return table.frame()


def add_training(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """K in bins of the updates, its ratio to the first one, and what the couplings are like."""
    K = rows.stack("K")
    edges = np.unique(np.rint(np.geomspace(1, K.shape[1] + 1, K_BINS + 1)).astype(int)) - 1
    binned = np.array([K[:, a:b].mean(axis=1) for a, b in pairwise(edges)]).T
    mean, error = network_curve(binned)
    updates = np.array([(a + 1 + b) / 2 for a, b in pairwise(edges)])
    table.curve("K", {"update": updates}, simulation=mean, simulation_error=error, count=len(rows), **place)
    last = max(1, round(LAST_SHARE * K.shape[1]))
    table.number("K_ratio", paired_ratio(K[:, -last:].mean(axis=1), K[:, 0]), None, **place)
    table.number("K_ratio_early", paired_ratio(K[:, 1 : EARLY + 1].mean(axis=1), K[:, 0]), None, **place)
    for name in (
        "asymmetry", "asymmetry_before", "asymmetry_change", "asymmetry_stiffness", "rule_asymmetry",
        "moment_asymmetry", "spectral_radius", "diagonal", "data_energy", "self_nn", "chains_match",
        "chains_match_shuffled",
    ):  # fmt: skip
        table.number(name, average(rows, name), None, **place)


def add_generation(table: TableBuilder, rows: Outcomes, prefix: str, place: dict[str, Any]) -> None:
    """Energy, m2, NN and share on the data's side by step; at the end; times of settling."""
    observed = rows[0].values["steps"]
    curves = {name: rows.stack(f"{prefix}{name}") for name in ("energy", "m2", "nn", "positive")}
    for name, values in curves.items():
        mean, error = network_curve(values)
        table.curve(name, {"step": observed}, simulation=mean, simulation_error=error, count=len(rows), **place)
        table.number(f"final_{name}", network_average(values[:, -FINAL:].mean(axis=1)), None, **place)
    nn = curves["nn"]
    table.number("nn_ratio", paired_ratio(nn[:, -FINAL:].mean(axis=1), at_start(observed, nn)), None, **place)
    table.number("match", average(rows, f"{prefix}match"), None, **place)
    table.number("virial", average(rows, f"{prefix}virial"), 1.0, **place)
    when = {name: np.array([settling(observed, one, SETTLED[name]) for one in curves[name]]) for name in SETTLED}
    for name, values in when.items():
        table.number(f"settled_{name}", network_average(values), None, **place)
    logs = np.log(when["m2"]) - np.log(when["energy"])
    table.number("slowness", exponential(network_average(logs)), None, **place)


def at_start(observed: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values (R, S) at step 30, when a chain from N(0, 1) has left no well for another."""
    return np.asarray(values[:, int(np.argmin(np.abs(observed - 30)))])


def exponential(log: Estimate) -> Estimate:
    """e^a to first order: a geometric mean."""
    factor = math.exp(log.mean)
    return first_order(factor, [factor], [log])


def settling(observed: np.ndarray, values: np.ndarray, width: float) -> float:
    """First observed step from which on a curve stays within a relative width of its final value."""
    final = float(values[-FINAL:].mean())
    outside = np.flatnonzero(np.abs(values / final - 1.0) > width)
    return float(observed[min(len(observed) - 1, outside[-1] + 1)]) if len(outside) else float(observed[0])


def add_exploration(table: TableBuilder, rows: Outcomes, prefix: str, place: dict[str, Any]) -> None:
    """Shares of the classes, numbers of switches and of flips of the sign, and the first network's first chain.

    walk_nn_ratio: distance to the nearest picture along the chains over that at step 30 of generation; with _unlearned
    the same of chains under the couplings before learning, at the end of generation.
    """
    for name in ("least_share", "switches", "flips"):
        table.number(name, average(rows, f"{prefix}{name}"), None, **place)
    observed, before = rows[0].values["steps"], rows.stack("before_nn")
    started, ended = at_start(observed, rows.stack("nn")), before[:, -FINAL:].mean(axis=1)
    table.number("walk_nn_ratio", paired_ratio(rows.stack(f"{prefix}walk_nn"), started), None, **place)
    table.number("walk_nn_ratio_unlearned", paired_ratio(ended, at_start(observed, before)), None, **place)
    mean, error = network_curve(rows.stack(f"{prefix}occupancy"))
    table.curve(
        "occupancy", {"which": np.arange(len(mean))}, simulation=mean, simulation_error=error, count=len(rows), **place
    )
    visited = rows[0].values[f"{prefix}visited"]
    table.curve("visited", {"frame": np.arange(len(visited))}, simulation=visited, **place)


def memory(data: Sources) -> pd.DataFrame:
    """Machines that learned P pictures: memory, generalisation, denoising, and some pictures of the first network."""
    table = TableBuilder()
    rows = data["memory"]
    counts = sorted({point["P"] for point in rows.points()})
    at = {P: rows.at(P=P) for P in counts}
    ratios = {}
    for P, here in at.items():
        for name in ("rho", "nn_train", "nn_held", "energy_train", "energy_held", "fall", "before_fall"):
            table.number(name, average(here, name), None, P=P)
        ratios[P] = np.log(here.stack("energy_held") / here.stack("energy_train"))
        table.number("energy_ratio", exponential(network_average(ratios[P])), None, P=P)
        for name in ("falling", "before_falling"):
            mean_curve, error = network_curve(here.stack(name))
            table.curve(
                name, {"step": here[0].values["denoising_steps"]}, simulation=mean_curve, simulation_error=error,
                count=len(here), P=P,
            )  # fmt: skip
        for kind in ("generated", "nearest", "clean", "noisy", "denoised"):
            add_mosaic(table, here[0].values[f"shown_{kind}"], 1, kind=kind, P=P)
    for below, above in pairwise(counts):
        place = {"P": above, "other": below}
        table.number("rho_step", paired_difference(at[above].stack("rho"), at[below].stack("rho")), None, **place)
        table.number("energy_step", paired_difference(ratios[above], ratios[below]), None, **place)
    return table.frame()


def add_mosaic(table: TableBuilder, pictures: np.ndarray, rows: int, **place: Any) -> None:
    """Square pictures (n, N) side by side in so many rows, one pixel apart: grey values by row and column."""
    side = math.isqrt(pictures.shape[1])
    columns = len(pictures) // rows
    grid = np.full((rows * (side + 1) - 1, columns * (side + 1) - 1), GAP)
    for k, picture in enumerate(pictures[: rows * columns]):
        top, left = (k // columns) * (side + 1), (k % columns) * (side + 1)
        grid[top : top + side, left : left + side] = picture.reshape(side, side)
    row, column = (index.ravel() for index in np.indices(grid.shape))
    table.curve("mosaic", {"row": row, "column": column}, simulation=grid.ravel(), **place)


def gallery(data: Sources) -> pd.DataFrame:
    """Pictures of machines of 14 x 14 neurons, the way of one chain through the data's components, one neuron."""
    table = TableBuilder()
    for name in ("digits", "garments"):
        rows = data[name]
        first = rows[0].values
        side = math.isqrt(len(first["data"]))
        place: dict[str, Any] = {"set": name}
        add_mosaic(table, first["data"], side, kind="data", **place)
        add_mosaic(table, first["nearest"], side, kind="nearest", **place)
        shown = sorted(int(key.removeprefix("shown_")) for key in first if key.startswith("shown_"))
        for step in shown:
            add_mosaic(table, first[f"shown_{step}"], side, kind="generated", step=step, **place)
        for quantity in ("nn", "energy"):
            mean, error = network_curve(rows.stack(quantity))
            table.curve(quantity, {"step": shown}, simulation=mean, simulation_error=error, count=len(rows), **place)
        table.number("self_nn", average(rows, "self_nn"), None, **place)
        add_way(table, first, place)
    return table.frame()


def add_way(table: TableBuilder, first: Mapping[str, Any], place: dict[str, Any]) -> None:
    """The first network's first chain: coordinates, classes, neuron; the data's coordinates."""
    for name, coordinates, label in (("cloud", "cloud", "cloud_labels"), ("way", "projected", "visited")):
        where = first[coordinates]
        extra = {"step": first["frames"]} if name == "way" else {}
        table.curve(
            name, {"pc2": where[:, 1], "pc3": where[:, 2], "label": first[label], **extra}, simulation=where[:, 0],
            **place,
        )  # fmt: skip
    table.curve("explained", {"which": np.arange(1, 4)}, simulation=first["explained"], **place)
    table.curve("trace", {"t": first["trace_time"]}, simulation=first["trace"], **place)
