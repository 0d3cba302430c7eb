"""Simulation beside theory for spiking-modes: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average
from atlas.estimation.networks import network_average, network_curve, paired_difference
from atlas.outcomes import Outcomes
from atlas.papers.spiking_modes.edges import FANO_EDGES
from atlas.papers.spiking_modes.spectra import orders, power_over_exponential, two_lines
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
Array = np.ndarray[Any, Any]
LEVEL = 0.25  # mean squared error that is waited for (dossier, C6)
SHOWN_MODES = 3


def digits(data: Sources) -> pd.DataFrame:
    """Accuracies, losses, spikes, spectra and pruning of the networks that classify digits."""
    table = TableBuilder()
    for source in ("digits", "digits-three", "digits-rate", "digits-wide", "digits-variants"):
        for point in data[source].points():
            rows, place = data[source].at(**point), {"source": source, **point}
            for name in ("accuracy", "early_accuracy"):
                table.number(name, average(rows, name), None, **place)
            add_curve(table, "loss", rows.stack("loss"), "batch", 1, **place)
            if source != "digits-rate":
                for name in ("rate", "smooth_accuracy"):
                    table.number(name, average(rows, name), None, **place)
    spiking = data["digits"]
    add_gaps(table, spiking, "accuracy", "early_accuracy")
    add_loss_bounds(table, data["digits"], data["levels"].one().values)
    add_pruning(table, data["digits-three"], "accuracy", source="digits-three", modes=SHOWN_MODES)
    for point in spiking.points():
        rows = spiking.at(**point)
        add_pruning(table, rows, "accuracy", source="digits", modes=point["modes"])
        add_fano(table, rows, source="digits", modes=point["modes"])
        add_spectrum(table, rows, source="digits", modes=point["modes"])
    shown = spiking.at(modes=SHOWN_MODES)
    add_trial(table, shown)
    pixels, trains = shown[0].values["input"], shown[0].values["train"]
    add_raster(table, "input_spike", pixels, shown[0].values["time"])
    last = trains.argmax(axis=0)
    table.curve("peak", {"time": shown[0].values["time"][last]}, simulation=trains[last, np.arange(trains.shape[1])])
    places, digit = shown[0].values["places"], shown[0].values["digit"]
    for label in (1, 8, 9):
        x, y, z = places[digit == label].T
        table.curve("place", {"second": y, "third": z}, simulation=x, digit=label)
    return table.frame()


def add_curve(table: TableBuilder, name: str, curves: Array, x: str, first: float, **place: Any) -> None:
    """Mean over networks of a curve whose points are numbered from `first`."""
    mean, error = network_curve(curves)
    xs = first + np.arange(curves.shape[1])
    table.curve(name, {x: xs}, simulation=mean, simulation_error=error, count=len(curves), **place)


def add_gaps(table: TableBuilder, rows: Outcomes, name: str, early: str) -> None:
    """Differences between numbers of modes, paired by network; the first one at its end or early in training."""
    kinds = sorted({point["modes"] for point in rows.points()})
    for modes in kinds:
        for other in kinds:
            if modes != other:
                last = rows.at(modes=other).stack(name)
                for quantity, own in ((f"{name}_gap", name), (f"{early}_gap", early)):
                    gap = paired_difference(rows.at(modes=modes).stack(own), last)
                    table.number(quantity, gap, None, modes=modes, other=other)


def add_loss_bounds(table: TableBuilder, rows: Outcomes, levels: Mapping[str, Any]) -> None:
    """Smallest, largest and first loss of any spiking network of a seed, in nats and in bits, and with one softmax."""
    kinds = sorted({point["modes"] for point in rows.points()})
    loss, single = (
        np.stack([rows.at(modes=modes).stack(name) for modes in kinds], axis=1) for name in ("loss", "single")
    )
    for name, values, theory in (
        ("loss_lowest", loss.min(axis=(1, 2)), levels["lowest"]),
        ("loss_highest", loss.max(axis=(1, 2)), levels["highest"]),
        ("loss_start", loss[:, :, 0].mean(axis=1), levels["uniform"]),
    ):
        table.number(name, network_average(values), theory)
        table.number(f"{name}_bits", network_average(values / np.log(2.0)), theory / np.log(2.0))
    table.number("single_lowest", network_average(single.min(axis=(1, 2))), None)
    last = float(loss.shape[2])
    for name in ("lowest", "uniform"):
        table.curve("level", {"batch": [1.0, last]}, theory=[levels[name]] * 2, which=name)


def add_pruning(table: TableBuilder, rows: Outcomes, name: str, **place: Any) -> None:
    """A measure by pruned share, and its fall from that of the whole network."""
    curves = rows.stack(f"pruned_{name}")
    if not curves.shape[1]:
        return
    shares = np.linspace(0.0, 1.0, curves.shape[1])
    mean, error = network_curve(curves)
    table.curve(
        f"pruned_{name}", {"share": shares}, simulation=mean, simulation_error=error, count=len(curves), **place
    )
    for k, share in enumerate(shares):
        drop = paired_difference(curves[:, 0], curves[:, k])
        table.number("pruning_drop", drop, None, share=float(np.round(share, 6)), **place)


def add_fano(table: TableBuilder, rows: Outcomes, **place: Any) -> None:
    """Histogram of Fano factors over neurons, their median, and the share of silent neurons."""
    mean, error = network_curve(rows.stack("fano_density"))
    edges = {"low": FANO_EDGES[:-1], "high": FANO_EDGES[1:]}
    table.curve("fano_density", edges, simulation=mean, simulation_error=error, count=len(rows), **place)
    for name in ("fano_median", "silent"):
        table.number(name, average(rows, name), None, **place)


def add_spectrum(table: TableBuilder, rows: Outcomes, **place: Any) -> None:
    """Strengths and importances by rank, and the two lines through the importances, network by network."""
    if "importance" not in rows[0].values:
        return
    add_curve(table, "strength", rows.stack("scale"), "rank", 1, **place)
    importance = [orders(row.values["importance"]) for row in rows]
    down = np.stack([each["down"] for each in importance])
    add_curve(table, "importance", down, "rank", 1, **place)
    if down.shape[1] < 8:
        return
    for order in ("down", "up", "own"):
        fits = [two_lines(each[order]) for each in importance]
        for k in (0, 1):
            named = {"order": order, "segment": k + 1, **place}
            table.number("fit_slope", network_average([fit.slope[k] for fit in fits]), None, **named)
            table.number("fit_r2", network_average([fit.r2[k] for fit in fits]), None, **named)
    shapes = {
        "power_over_exponential": [each["down"] for each in importance],
        "shape_of_exponentials": [two_lines(each["down"], exponential=True).fitted for each in importance],  # control
    }
    for name, spectra in shapes.items():
        table.number(name, network_average([power_over_exponential(each) for each in spectra]), None, **place)
    shown = two_lines(down.mean(axis=0))
    ranks, cut = np.arange(1.0, len(shown.fitted) + 1), shown.break_rank
    for k, part in enumerate((slice(0, cut), slice(cut, None))):
        table.curve("importance_fit", {"rank": ranks[part]}, theory=shown.fitted[part], segment=k + 1, **place)


def add_trial(table: TableBuilder, rows: Outcomes) -> None:
    """One trial of the first network: membranes, trains, spikes; the population rate of all."""
    values = rows[0].values
    time = values["time"]
    for name in ("membrane", "train"):
        for k, course in enumerate(values[name].T):
            table.curve(name, {"time": time}, simulation=course, neuron=k + 1)
    add_raster(table, "spike", values["raster"], time)
    mean, error = network_curve(rows.stack("population"))
    table.curve("population", {"time": time}, simulation=mean, simulation_error=error, count=len(rows))


def add_raster(table: TableBuilder, name: str, raster: Array, time: Array) -> None:
    """Times and numbers of the units that spiked; nothing of a silent raster."""
    step, unit = np.nonzero(raster)
    if len(step):
        table.curve(name, {"time": time[step]}, simulation=unit.astype(float))


def context(data: Sources) -> pd.DataFrame:
    """Errors, decisions, courses, places in mode space, spectra and pruning in contextual integration."""
    table = TableBuilder()
    for source in ("context", "context-compared", "context-wide", "context-variants", "context-switch"):
        for point in data[source].points():
            rows, place = data[source].at(**point), {"source": source, **point}
            for name in (
                "mse", "mse_other", "smooth_mse", "decision", "decision_other", "rate", "switch_mse", "switch_decision",
            ):  # fmt: skip
                table.number(name, average(rows, name), None, **place)
            add_curve(table, "loss", rows.stack("loss"), "batch", 1, **place)
            if source == "context":
                add_pruning(table, rows, "mse", source=source, modes=point["modes"])
                add_fano(table, rows, source=source, modes=point["modes"])
            if source == "context-compared":
                add_spectrum(table, rows, source=source, modes=point["modes"])
    last = float(data["context"][0].values["loss"].size)
    silent = float(data["levels"].one().values["silent_mse"])
    table.curve("level", {"batch": [1.0, last]}, theory=[silent] * 2)
    add_waits(table, data["context"])
    shown = data["context"].at(modes=SHOWN_MODES)
    ends = data["context-compared"].at(modes=SHOWN_MODES)
    for name in ("separation", "centroid", "contexts_apart", "class_centroid"):
        for quantity in (name, f"{name}_shifted"):
            table.number(quantity, average(ends, quantity), None, source="context-compared", modes=SHOWN_MODES)
    add_trial(table, shown)
    add_courses(table, shown)
    add_paths(table, shown[0].values, data["context-switch"][0].values)
    return table.frame()


def first_below(curve: Array, level: float) -> float:
    """Where a curve of batches 1, 2, ... first falls below a level, by interpolation; nan if it never does."""
    under = np.flatnonzero(curve < level)
    if not under.size:
        return np.nan
    k = int(under[0])
    return 1.0 if k == 0 else k + float((curve[k - 1] - level) / (curve[k - 1] - curve[k]))


def add_waits(table: TableBuilder, rows: Outcomes) -> None:
    """Batches until the error first falls below the level, and their differences, paired by network."""
    kinds = sorted({point["modes"] for point in rows.points()})
    waits = {
        modes: np.array([first_below(curve, LEVEL) for curve in rows.at(modes=modes).stack("loss")]) for modes in kinds
    }
    for modes in kinds:
        table.number("batches", network_average(waits[modes]), None, modes=modes)
        for other in kinds:
            if other != modes:
                gap = paired_difference(waits[modes], waits[other])
                table.number("batches_gap", gap, None, modes=modes, other=other)


def add_courses(table: TableBuilder, rows: Outcomes) -> None:
    """Output against time by the sign of the cued signal, and one trial: signals, target, output."""
    mean, spread = rows.stack("output"), rows.stack("output_spread").mean(axis=0)
    centre, error = network_curve(mean)
    time = rows[0].values["time"]
    for k, sign in enumerate((-1, 1)):
        for name, curve, bar in (
            ("output", centre[k], error[k]),
            ("output_low", centre[k] - spread[k], np.nan),
            ("output_high", centre[k] + spread[k], np.nan),
        ):
            table.curve(name, {"time": time}, simulation=curve, simulation_error=bar, count=len(rows), sign=sign)
    values = rows[0].values
    for k in (0, 1):
        table.curve("signal", {"time": time}, simulation=values["input"][:, k], line=k + 1)
    for name in ("shown_target", "shown_output"):
        table.curve(name, {"time": time}, simulation=values[name])


def add_paths(table: TableBuilder, plain: Mapping[str, Any], switched: Mapping[str, Any]) -> None:
    """Mean paths by class in the space of three modes, and the inputs of a trial whose context changes."""
    for name, paths in (
        ("path", plain["paths"]), ("straight_path", plain["straight_paths"]), ("switch_path", switched["switch_paths"]),
    ):  # fmt: skip
        for k, path in enumerate(paths):
            if np.isfinite(path).all():
                coordinates = {"time": plain["time"], "second": path[:, 1], "third": path[:, 2]}
                table.curve(name, coordinates, simulation=path[:, 0], kind=k)
    time = switched["time"]
    for k in range(4):
        table.curve("switch_input", {"time": time}, simulation=switched["switch_input"][:, k], line=k + 1)
    for name in ("switch_target", "switch_output"):
        table.curve(name, {"time": time}, simulation=switched[name])


def neuron(data: Sources) -> pd.DataFrame:
    """A driven neuron beside its closed form, and numbers of recurrent weights."""
    table = TableBuilder()
    for point in data["driven"].points():
        rows, theory = data["driven"].at(**point), data["neuron"].at(**point).one().values
        for name in ("first_spike_step", "steady_interval_steps", "rate", "train_sum"):
            given = float(theory[name])
            table.number(name, average(rows, name), given if np.isfinite(given) else None, **point)
    for row in data["counting"]:
        recurrent, full = float(row.values["recurrent"]), float(row.values["full"])
        table.number("recurrent", None, recurrent, **row.point)
        table.number("full", None, full, **row.point)
        table.number("recurrent_share", None, recurrent / full, **row.point)
    return table.frame()
