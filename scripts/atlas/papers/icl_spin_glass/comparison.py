"""Simulation beside theory for icl-spin-glass: one function per comparison, from outcomes to one tidy table.

Averages over networks or data sets with their errors are taken here, once; figures and claims only read the tables. The
column `instances` counts the data sets behind a theory value that is an average over data sets.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import alike, average
from atlas.config.seeds import Streams
from atlas.estimation.estimate import Estimate
from atlas.estimation.histograms import density_from_counts
from atlas.estimation.networks import bootstrap, network_average, network_curve
from atlas.outcomes import Outcome, Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
BLOCKS = ("h_A", "h_B", "J_C", "J_D", "J_E")
DENSITY_BINS = 25  # of the eigenvalues of a covariance, between the edges of theory
SHOWN_RUNS = 12  # single runs of the training on one context
RESAMPLES = 200
MIRROR = 220  # N and MIRROR - N are both among the lengths of prompts: a wrong length, for controls


def theories_at(rows: Iterable[Outcome], **axes: Any) -> Outcome:
    """The outcome of a theory at a point of its grid; KeyError when there is none."""
    for row in rows:
        if all(alike(row.point.get(name), wanted) for name, wanted in axes.items()):
            return row
    raise KeyError(f"no theory at {axes}")


def sets(
    table: TableBuilder, quantity: str, values: np.ndarray, simulation: Estimate | None = None, **place: Any
) -> None:
    """A theory value averaged over data sets (instances,), with its standard error and their number."""
    found = network_average(values)
    table.number(quantity, simulation, found.mean, found.error, instances=len(values), **place)


def matrix(table: TableBuilder, quantity: str, values: np.ndarray, *, simulated: bool, **place: Any) -> None:
    """The entries of a matrix by row and column, numbered from 1."""
    row, column = (index.ravel() + 1.0 for index in np.indices(values.shape))
    side = "simulation" if simulated else "theory"
    table.curve(quantity, {"row": row, "column": column}, **{side: values.ravel()}, **place)


def spins(data: Sources) -> pd.DataFrame:
    """Couplings and fields (F1): matrices, histograms beside the laws, widths; the Hamiltonian beside the loss (C1)."""
    table = TableBuilder()
    rows, law = data["couplings"], data["widths"].one().values
    matrix(table, "h", rows[0].values["h"], simulated=True)
    matrix(table, "J", rows[0].values["J"], simulated=True)
    for name in (*BLOCKS, "h_A_diagonal"):
        add_histogram(table, rows, name, law[f"x_{name}"])
        table.curve("law", {"x": law[f"x_{name}"]}, theory=law[f"density_{name}"], block=name)
        table.number("sd", average(rows, f"sd_{name}"), law[f"sd_{name}"], block=name)
        table.number("mean", average(rows, f"mean_{name}"), law[f"mean_{name}"], block=name)
    for row in data["hamiltonian"]:
        for name in ("energy_gap", "gradient_gap", "diagonal_gap", "gradient_diagonal_gap"):
            table.number(name, None, float(np.max(row.values[name])))
    return table.frame()


def add_histogram(table: TableBuilder, rows: Outcomes, name: str, reach: np.ndarray) -> None:
    """Density of the entries of a block with its error over networks, over the reach of its law."""
    edges = rows[0].values[f"edges_{name}"]
    found = density_from_counts(rows.stack(f"counts_{name}"), edges, rows.stack(f"total_{name}"))
    shown = (edges[1:] > reach[0]) & (edges[:-1] < reach[-1])
    bins = {"x": 0.5 * (edges[:-1] + edges[1:])[shown], "low": edges[:-1][shown], "high": edges[1:][shown]}
    table.curve(
        "density", bins, simulation=found.density[shown], simulation_error=found.error[shown], count=len(rows),
        block=name,
    )  # fmt: skip


def learning(data: Sources) -> pd.DataFrame:
    """Test loss against epochs, trained weights (F2 a-c, S1 b, c); message passing beside the exact mean (F2 d, e)."""
    table = TableBuilder()
    for source in ("curves", "overfit", "generalise"):
        rows = data[source]
        for point in rows.points():
            here = rows.at(**point)
            P = point.get("P", float("nan"))
            place = {"set": source, "P": P}
            mean, error = network_curve(here.stack("losses"))
            table.curve(
                "loss", {"epoch": here[0].values["epochs"]}, simulation=mean, simulation_error=error,
                count=len(here), **place,
            )  # fmt: skip
            table.number("final_loss", average(here, "loss"), None, **place)
            table.number("initial_loss", network_average(here.stack("losses")[:, 0]), None, **place)
            matrix(table, "W", here[0].values["W"], simulated=True, **place)
    for row in data["no-ridge"]:
        table.number("infinite_tasks", None, row.values["loss"], D=row.point.get("D", math.nan))
    found = data["messages"].one().values
    for name in ("mean", "variance", "exact"):
        matrix(table, f"message_{name}", found[name], simulated=False)
    for name in ("diagonal", "off_diagonal", "diagonal_exact", "variance_w11", "variance_w21"):
        sets(table, name, found[name])
    table.number("variance_idle", None, float(found["variance"][0, -1]))
    for name in ("cavity_gap", "onsager_gap", "published_gap", "ridge_gap"):
        table.number(name, None, float(np.max(found[name])))
    return table.frame()


def landscape(data: Sources) -> pd.DataFrame:
    """Energy surfaces over the embedded weights by number of tasks (F3), and the number of their minima."""
    table = TableBuilder()
    for row in data["landscape"]:
        values = row.values
        x, y = np.meshgrid(values["grid_x"], values["grid_y"])
        for name in sorted(name for name in values if name.startswith("surface_")):
            P = float(name.removeprefix("surface_"))
            grid, energy = values[name], values[f"energy_{P:.0f}"]
            table.curve("surface", {"x": x.ravel(), "y": y.ravel()}, simulation=grid.ravel(), P=P)
            points = {"x": values["points"][:, 0], "y": values["points"][:, 1]}
            table.curve("energy", points, simulation=energy, P=P)
            table.number("minima", values[f"minima_{P:.0f}"], None, P=P)
            table.number("relief", float((grid.max() - grid.min()) / np.ptp(energy)), None, P=P)
    return table.frame()


def contrast(data: Sources) -> pd.DataFrame:
    """Contrast ratio over P and N (F4 a), at points by data sets (C6), and of weights trained with the same ridge."""
    table = TableBuilder()
    plane = data["contrast-plane"].one().values
    P, N = np.meshgrid(plane["P"], plane["N"])
    for name in ("contrast", "share"):
        table.curve(f"plane_{name}", {"P": P.ravel(), "N": N.ravel()}, theory=plane[name].ravel())
    for source, axis in (("contrast-tasks", "P"), ("contrast-tokens", "N")):
        for row in data[source]:
            place = {"set": source, "P": row.point["P"], "N": row.point["N"]}
            trained = Outcomes(each for each in data["contrast-trained"] if each.at(P=place["P"], N=place["N"]))
            simulation = average(trained, "contrast") if len(trained) else None
            sets(table, "contrast", where_converged(row.values["contrast"]), **place)
            sets(table, "contrast_exact", row.values["contrast_exact"], simulation, **place)
            table.number("converged", None, float(np.mean(row.values["converged"])), **place)
        ordered = sorted(data[source], key=lambda row: float(row.point[axis]))
        found = [network_average(where_converged(row.values["contrast"])) for row in ordered]
        add_trend(table, found, set=source)
    return table.frame()


def where_converged(values: np.ndarray) -> np.ndarray:
    """The values of the data sets on which the iteration converged; nan when it did on fewer than half of them."""
    kept = values[np.isfinite(values)]
    return kept if 2 * len(kept) >= len(values) else np.array([math.nan])


def add_trend(table: TableBuilder, ordered: list[Estimate], **place: Any) -> None:
    """Smallest growth from one of the numbers to the next, and the smallest fall; independent data sets."""
    steps = [high - low for low, high in pairwise(ordered)]
    rise, fall = min(steps, key=lambda one: one.mean), -max(steps, key=lambda one: one.mean)
    for name, step in (("least_rise", rise), ("least_fall", fall)):
        table.number(name, None, step.mean, step.error, instances=step.count, **place)


def prompts(data: Sources) -> pd.DataFrame:
    """Test loss against the tokens of a prompt (F4 b, S8): Adam, message passing, ridges, infinitely many tasks."""
    table = TableBuilder()
    rows = data["prompts"]
    ratios: dict[str, list[Estimate]] = {}
    for point in rows.points():
        place = {"N": point["N"]}
        trained = average(rows.at(**point), "loss")
        found = theories_at(data["ridges"], **place).values
        exact = found["loss_other"]  # with the ridge of the training, half its weight decay
        limit = theories_at(data["prompts-infinite"], **place).values["loss"]
        sets(table, "loss", exact, trained, **place)
        sets(table, "loss_large_ridge", found["loss"], **place)
        sets(table, "loss_mp", found["loss_mp"], **place)
        table.number("mp_converged", None, float(np.mean(found["converged"])), **place)
        p = point["D"] * (point["D"] + 1)
        scaled = limit * point["P"] / (point["P"] - p)
        table.number("loss_infinite", None, limit, **place)
        table.number("loss_scaled", None, scaled, **place)
        sets(table, "exact_over_scaled", exact / scaled, **place)
        sets(table, "exact_over_infinite", exact / limit, **place)
        sets(table, "mp_gap", found["loss_mp"] / found["loss"] - 1.0, **place)
        for name, values in (("small", exact), ("large", found["loss"]), ("mp", found["loss_mp"])):
            ratio = trained / network_average(values)
            ratios.setdefault(name, []).append(ratio)
            table.number(f"adam_over_{name}", ratio, None, **place)
        mirrored = theories_at(data["ridges"], N=MIRROR - point["N"]).values["loss_mp"]
        table.number("adam_over_mirrored", trained / network_average(mirrored), None, **place)
    for name, each in ratios.items():
        table.number(f"mean_adam_over_{name}", sum(each[1:], each[0]) / float(len(each)), None)
    ordered = sorted(data["ridges"], key=lambda row: float(row.point["N"]))
    add_trend(table, [network_average(row.values["loss_other"]) for row in ordered])
    return table.frame()


def tasks(data: Sources) -> pd.DataFrame:
    """Test loss against alpha = P/D² (S1 a), medians: Adam with merged and separate weights, the smallest norm."""
    table = TableBuilder()
    for point in data["task-scan"].points():
        losses = data["task-scan"].at(**point).stack("loss")
        place = {"alpha": point["P"] / point["D"] ** 2, "P": point["P"], "weights": point["weights"]}
        table.number("loss", median(losses, place), None, **place)
    norms = sorted(data["smallest-norm"], key=lambda row: float(row.point["P"]))
    for row in norms:
        place = {"alpha": row.point["P"] / row.point["D"] ** 2, "P": row.point["P"]}
        found = median(row.values["loss"], place)
        table.number("smallest_norm", None, found.mean, found.error, instances=found.count, **place)
    alpha = np.array([row.point["P"] / row.point["D"] ** 2 for row in norms])
    losses = np.array([row.values["loss"] for row in norms]).T
    for name, far in (("peak", 0.0), ("peak_beyond", 1.2)):
        kept = alpha >= far
        found = bootstrap(losses[:, kept], top_of(alpha[kept]), Streams(0, "icl-spin-glass/peak")(name), RESAMPLES)
        table.number(name, None, found.mean, found.error, instances=found.count)
    for row in data["tasks-infinite"]:
        table.number("loss_infinite", None, row.values["loss"])
    return table.frame()


def median(values: np.ndarray, place: Mapping[str, Any]) -> Estimate:
    """Median over networks, its error by resampling them."""
    rng = Streams(0, f"icl-spin-glass/median/{sorted(place.items())}".replace("/", "-"))("networks")
    return bootstrap(values, lambda one: float(np.median(one)), rng, RESAMPLES)


def top_of(alpha: np.ndarray) -> Callable[[np.ndarray], float]:
    """The alpha at which the median loss (over axis 0) is largest."""
    return lambda losses: float(alpha[int(np.argmax(np.median(losses, axis=0)))])


def lengths(data: Sources) -> pd.DataFrame:
    """How far the laws of couplings and fields are from those at the fewest tokens (S2): KL in bits."""
    table = TableBuilder()
    rows = data["lengths"]
    ordered = sorted(rows.points(), key=lambda point: float(point["N"]))
    for name in BLOCKS:
        counts = {point["N"]: rows.at(**point).stack(f"counts_{name}") for point in ordered}
        reference = ordered[0]["N"]
        for point in ordered[1:]:
            both = np.stack([counts[point["N"]], counts[reference]], axis=1)
            found = bootstrap(
                both, divergence, Streams(0, f"icl-spin-glass.{name}.{point['N']}")("networks"), RESAMPLES
            )
            law = theories_at(data["length-laws"], N=point["N"]).values[f"bits_{name}"]
            table.number("bits", found, law, block=name, N=point["N"])
    return table.frame()


def divergence(counts: np.ndarray) -> float:
    """KL in bits between two pooled histograms (networks, 2, bins), one count added to every bin."""
    p, q = counts.sum(axis=0) + 1.0
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum(p * np.log2(p / q)))


def drawn(data: Sources) -> pd.DataFrame:
    """Message passing on couplings drawn entry by entry (S3)."""
    table = TableBuilder()
    found = data["drawn"].one().values
    for name in ("mean", "exact"):
        matrix(table, name, found[name], simulated=False)
    for name in ("diagonal", "off_diagonal"):
        sets(table, name, found[name])
    table.number("converged", None, float(np.mean(found["converged"])))
    return table.frame()


def correlated(data: Sources) -> pd.DataFrame:
    """Test loss against the correlation of the tokens (S4): Adam, its ridge, message passing."""
    table = TableBuilder()
    for row in (*data["correlated-ridges"], *data["equal-ridges"]):
        place = {name: row.point[name] for name in ("correlation", "mixing")}
        here = Outcomes(one for one in data["correlated"] if one.at(**place))
        sets(table, "loss", row.values["loss_other"], average(here, "loss") if len(here) else None, **place)
        sets(table, "loss_mp", row.values["loss_mp"], **place)
        sets(table, "loss_mp_some", where_converged(row.values["loss_mp"]), **place)
        table.number("mp_converged", None, float(np.mean(row.values["converged"])), **place)
    return table.frame()


def spectra(data: Sources) -> pd.DataFrame:
    """Eigenvalues of sample covariances (S5) and of the Hessian (S7), the training on one context (S6), zero modes."""
    table = TableBuilder()
    for point in data["covariances"].points():
        add_covariance(table, data["covariances"].at(**point), point, data["covariance-laws"])
    add_context(table, data["context"], data["context-end"].one().values["distance"])
    for point in data["hessians"].points():
        rows = data["hessians"].at(**point)
        edges = rows[0].values["log_edges"]
        size = (point["D"] + 1) ** 2
        density, error = network_curve(rows.stack("counts") / size / np.diff(edges))
        bins = {"x": 0.5 * (edges[:-1] + edges[1:]), "low": edges[:-1], "high": edges[1:]}
        table.curve("log_density", bins, simulation=density, simulation_error=error, count=len(rows), P=point["P"])
    add_modes(table, data["modes"], data["mode-counts"])
    return table.frame()


def add_modes(table: TableBuilder, modes: Outcomes, counts: Outcomes) -> None:
    """Numbers and fractions of zero modes, and the largest difference from the two formulas over all pairs."""
    worst = {"count": 0.0, "no_idle": 0.0}
    for point in modes.points():
        rows = modes.at(**point)
        size, count = (point["D"] + 1) ** 2, average(rows, "zero_modes")
        theory = theories_at(counts, D=point["D"], P=point["P"]).values
        place = {"D": point["D"], "P": point["P"]}
        table.number("zero_modes", count, theory["count"], **place)
        table.number("zero_fraction", count / float(size), theory["fraction"], **place)
        gaps = {name: np.abs(rows.stack("zero_modes") - theory[name]).max() for name in worst}
        worst = {name: max(value, float(gaps[name])) for name, value in worst.items()}
    for row in counts:
        place = {"D": row.point["D"], "P": row.point["P"]}
        table.number("fraction_line", None, row.values["fraction"], **place)
    runs = float(len(modes))
    for name, value in worst.items():
        table.number(f"largest_gap_{name}", Estimate(value, 0.0, variance=0.0, count=runs), None)


def add_covariance(table: TableBuilder, rows: Outcomes, point: Mapping[str, Any], laws: Outcomes) -> None:
    """Density of the eigenvalues between the edges of theory, beside its curve."""
    ratio = point["D"] / point["N"]
    law = theories_at(laws, ratio=ratio).values
    edges = np.linspace(law["low"], law["high"], DENSITY_BINS + 1)
    found = rows.stack("eigenvalues")
    counts = np.array([np.histogram(one, edges)[0] for one in found])
    totals = np.full(len(found), found.shape[1])
    density = density_from_counts(counts, edges, totals)
    bins = {"x": 0.5 * (edges[:-1] + edges[1:]), "low": edges[:-1], "high": edges[1:]}
    place = {"ratio": ratio, "n_over_d": point["N"] / point["D"]}
    table.curve(
        "eigenvalues", bins, simulation=density.density, simulation_error=density.error, count=len(rows), **place
    )  # fmt: skip
    table.curve("eigenvalue_law", {"x": law["x"]}, theory=law["density"], **place)


def add_context(table: TableBuilder, rows: Outcomes, end: float) -> None:
    """Distance to the ideal solution by epoch: mean and single runs, and at the end."""
    epochs = {"epoch": rows[0].values["epochs"]}
    mean, error = network_curve(rows.stack("distance"))
    table.curve("distance", epochs, simulation=mean, simulation_error=error, count=len(rows))
    for k, row in enumerate(rows[:SHOWN_RUNS]):
        table.curve("distance_run", epochs, simulation=row.values["distance"], run=k)
    table.number("distance_end", average(rows, "final"), end)
    final = np.sort(rows.stack("final"))
    table.curve("distance_ends", {"rank": (np.arange(len(final)) + 0.5) / len(final)}, simulation=final)
    inverse = np.sort(rows.stack("inverse"))
    table.curve("inverse_ends", {"rank": (np.arange(len(final)) + 0.5) / len(final)}, theory=inverse)
