"""Simulation beside theory for meta-predictive: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average
from atlas.estimation.estimate import Estimate, first_order
from atlas.estimation.networks import jackknife, network_average, network_curve, paired_difference, paired_ratio
from atlas.outcomes import Outcomes
from atlas.papers.meta_predictive.summaries import GROUPS, LAYERS, M_EDGES, PI_EDGES, XI_EDGES
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
Array = np.ndarray[Any, Any]
LAWS = ("mean", "pi", "xi")
PI = 1  # its place among them
ONSET = 0.02  # load at which the published fit lets learning begin
FIT = (0.03, 0.1)  # loads of the fit


def digits(data: Sources) -> pd.DataFrame:
    """Images by rows: accuracy, free energy and laws of the weights against the epoch; differences of the learners."""
    table = TableBuilder()
    for source in ("digits", "fashion"):
        for point in data[source].points():
            here = data[source].at(**point)
            add_epochs(table, "accuracy", here.stack("accuracy"), 1, source=source, learner=point["learner"])
            add_log_energy(table, here.stack("energy"), source=source, learner=point["learner"])
            add_laws(table, here, source=source, learner=point["learner"])
            accuracy = here.stack("accuracy")
            for share in (0.1, 1.0):  # the control reads the accuracy after a tenth of the training
                at = max(0, round(share * accuracy.shape[1]) - 1)
                place = {"source": source, "learner": point["learner"], "share": share}
                table.number("accuracy_at", network_average(accuracy[:, at]), None, **place)
            table.number("roughness", average(here, "roughness"), None, source=source, learner=point["learner"])
    rows = data["digits"]
    for learner, other in (("mpl", "pc"), ("pc", "mpl")):
        one, two = (rows.at(learner=name).stack("final") for name in (learner, other))
        place = {"learner": learner, "other": other}
        table.number("advantage", paired_difference(one, two), None, **place)
        table.number(
            "advantage_over_first",
            paired_difference(rows.at(learner=learner).stack("accuracy")[:, 0], two),
            None,
            **place,
        )
        table.number("scatter_ratio", scatter_ratio(one, two), None, **place)
        early = scatter_ratio(rows.at(learner=learner).stack("accuracy")[:, 0], two)
        table.number("scatter_ratio_first", early, None, **place)
    return table.frame()


def scatter_ratio(one: Array, two: Array) -> Estimate:
    """Standard deviation over seeds of one learner by that of the other, jackknifed over the common seeds."""
    both = np.stack([one, two], axis=1)

    def ratio(some: Array) -> float:
        first, second = some.std(axis=0, ddof=1)
        return float(first / second) if second > 0 else np.nan

    return jackknife(both, ratio) if len(both) > 2 else Estimate(ratio(both), np.nan, count=len(both))


def add_epochs(table: TableBuilder, name: str, curves: Array, first: int, **place: Any) -> None:
    """A curve over the epochs, numbered from `first`."""
    mean, error = network_curve(curves)
    epochs = np.arange(first, first + curves.shape[1])
    table.curve(name, {"epoch": epochs}, simulation=mean, simulation_error=error, count=len(curves), **place)


def add_log_energy(table: TableBuilder, energy: Array, **place: Any) -> None:
    """ln F by epoch, and its change from the first epoch to each (network by network); nan where F is not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(energy)
    add_epochs(table, "log_energy", logs, 1, **place)
    add_epochs(table, "log_fall", logs - logs[:, :1], 1, **place)
    for share in (0.0, 0.1, 1.0):
        at = max(0, round(share * logs.shape[1]) - 1)
        table.number("log_fall_at", network_average(logs[:, at] - logs[:, 0]), None, share=share, **place)


def add_laws(table: TableBuilder, rows: Outcomes, **place: Any) -> None:
    """Means of |mu|, pi and Xi of each layer by epoch and their change; medians of the relative variance."""
    laws = rows.stack("laws")  # (networks, epochs + 1, law, layer)
    relative = rows.stack("relative_variance")
    for k, layer in enumerate(LAYERS):
        for i, law in enumerate(LAWS):
            add_epochs(table, f"law_{law}", laws[:, :, i, k], 0, layer=layer, **place)
            if np.all(laws[:, 0, i, k] > 0):
                for share in (0.0, 1.0):
                    at = round(share * (laws.shape[1] - 1))
                    ratio = paired_ratio(laws[:, at, i, k], laws[:, 0, i, k])
                    table.number(f"kept_{law}", ratio, None, layer=layer, share=share, **place)
        for share, variances in ((0.0, "relative_variance_before"), (1.0, "relative_variance")):
            if variances in rows[0].values:
                median = network_average(rows.stack(variances)[:, k])
                table.number("relative_variance", median, None, layer=layer, share=share, **place)
        for j, other in enumerate(LAYERS):
            if j != k:
                gap = paired_difference(relative[:, k], relative[:, j])
                table.number("relative_variance_gap", gap, None, layer=layer, other=other, **place)
                rise = paired_difference(laws[:, -1, PI, k], laws[:, -1, PI, j])
                table.number("pi_gap", rise, None, layer=layer, other=other, **place)


def letters(data: Sources) -> pd.DataFrame:
    """The toy language: correct-letter ratio by load, free energy, strings, answers and laws of the weights."""
    table = TableBuilder()
    language = data["grammar"].one().values
    for source in ("load", "long", "onset", "slow"):
        for point in data[source].points():
            here = data[source].at(**point)
            place = {"source": source, "alpha": point["alpha"]}
            table.number("clr", average(here, "clr"), None, **place)
            table.number("clr_before", average(here, "clr_before"), language["chance"], **place)
            if source != "onset":
                table.number("diverged", network_average(here.stack("diverged").mean(axis=1)), None, **place)
                add_log_energy(table, here.stack("energy"), **place)
                add_laws(table, here, **place)
                add_answers(table, here, **place)
    table.curve("least_cost", {"alpha": [0.0, 10.0]}, theory=[np.log(language["least_cost"])] * 2)
    table.curve("chance", {"alpha": [0.0, 10.0]}, theory=[language["chance"]] * 2)
    loads = sorted({point["alpha"] for point in data["load"].points()})
    for low, high in combinations(loads, 2):
        gain = average(data["load"].at(alpha=high), "clr") - average(data["load"].at(alpha=low), "clr")
        table.number("clr_gain", gain, None, alpha=high, other=low)
        table.number("clr_gain", -gain, None, alpha=low, other=high)
    for name in ("clr_before", "clr"):  # of all small loads: before training they do not differ
        table.number(f"{name}_all", average(data["onset"], name), language["chance"], source="onset")
    add_onset(table, data["onset"], float(language["chance"]))
    add_long(table, data["long"])
    add_strings(table, data["long"])
    add_histograms(table, data["long"], source="long")
    return table.frame()


def add_answers(table: TableBuilder, rows: Outcomes, **place: Any) -> None:
    """Probabilities of all letters after a single one (a and m)."""
    answers = rows.stack("answers")
    for k, letter in enumerate(("a", "m")):
        mean, error = network_curve(answers[:, k])
        table.curve(
            "answer", {"position": np.arange(len(mean))}, simulation=mean, simulation_error=error, count=len(rows),
            letter=letter, **place,
        )  # fmt: skip


def add_onset(table: TableBuilder, rows: Outcomes, chance: float) -> None:
    """Exponent of clr - chance (and of clr itself) against alpha - 0.02 by a line in logarithms over the fit's loads.

    Networks of different loads are independent; each load's mean enters, the error is that of first order.
    """
    loads = np.array([a for a in sorted({p["alpha"] for p in rows.points()}) if FIT[0] * 0.999 <= a <= FIT[1] * 1.001])
    means = [average(rows.at(alpha=a), "clr") for a in loads]
    for name, shift in (("exponent", chance), ("exponent_literal", 0.0)):
        for onset in (ONSET, 0.0):
            x = np.log(loads - onset)
            weight = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
            excess = np.array([mean.mean - shift for mean in means])
            slopes = weight / excess
            slope = float(weight @ np.log(excess)) if np.all(excess > 0) else np.nan
            table.number(name, first_order(slope, slopes.tolist(), means), None, onset=onset)


def add_long(table: TableBuilder, rows: Outcomes) -> None:
    """Correct-letter ratio by the length of the string, its difference from that of length 10, and why it falls: the
    factor of the activity per letter, and strings whose activity overflowed.
    """
    found, lengths = rows.stack("clr_by_length"), rows[0].values["lengths"]
    mean, error = network_curve(found)
    table.curve("clr_by_length", {"length": lengths}, simulation=mean, simulation_error=error, count=len(rows))
    for k, length in enumerate(lengths):
        gap = paired_difference(found[:, k], found[:, 0])
        table.number("clr_length_gap", gap, None, length=float(length))
        # the control: long strings of the trained against short ones of the untrained network
        blind = paired_difference(found[:, k], rows.stack("clr_before"))
        table.number("clr_training_gap", blind, None, length=float(length))
    lost, lost_error = network_curve(rows.stack("lost_by_length"))
    table.curve("lost_by_length", {"length": lengths}, simulation=lost, simulation_error=lost_error, count=len(rows))
    table.number("growth", average(rows, "growth"), None)


def add_strings(table: TableBuilder, rows: Outcomes) -> None:
    """Letters of the strings of drawn networks of the first item, unwrapped along the ring."""
    for when in ("before", "after"):
        for k, letter in enumerate(("a", "m")):
            path = rows[0].values[f"strings_{when}"][k]
            steps = np.diff(path) % 26
            unwrapped = path[0] + np.concatenate([[0], np.cumsum(steps)])
            table.curve(
                "string",
                {"step": np.arange(len(path)), "position": path},
                simulation=unwrapped,
                when=when,
                letter=letter,
            )


def add_histograms(table: TableBuilder, rows: Outcomes, **place: Any) -> None:
    """Histograms of m, pi and Xi by group of weights."""
    for name, edges in (("m", M_EDGES), ("pi", PI_EDGES), ("xi", XI_EDGES)):
        stacked = rows.stack(f"{name}_density")
        for k, group in enumerate(GROUPS):
            mean, error = network_curve(stacked[:, k])
            table.curve(
                f"density_{name}", {"low": edges[:-1], "high": edges[1:]}, simulation=mean, simulation_error=error,
                count=len(rows), group=group, **place,
            )  # fmt: skip
    for k, group in enumerate(GROUPS):
        table.number("spread_m", network_average(rows.stack("m_spread")[:, k]), None, group=group, **place)


def reading(data: Sources) -> pd.DataFrame:
    """The real text: perplexity and accuracy against the epoch by learner, beside Markov models of letters."""
    table = TableBuilder()
    rows, orders = data["text"], data["chains"].one().values["perplexity"]
    for order, perplexity in enumerate(orders):
        table.number("chain", None, float(perplexity), order=order)
    for point in rows.points():
        here, learner = rows.at(**point), point["learner"]
        perplexity = here.stack("perplexity")
        add_epochs(table, "perplexity", perplexity, 0, learner=learner)
        add_epochs(table, "text_accuracy", here.stack("accuracy"), 0, learner=learner)
        for share in (0.0, 1.0):
            at = round(share * (perplexity.shape[1] - 1))
            relative = network_average(perplexity[:, at]) / float(orders[0])
            table.number("over_unigram", relative, None, learner=learner, share=share)
            table.number(
                "ratio_to_pc",
                paired_ratio(perplexity[:, at], rows.at(learner="pc").stack("perplexity")[:, -1]),
                None,
                learner=learner,
                share=share,
            )
        if learner in ("mpl", "sas"):
            add_histograms(table, here, learner=learner)
            for k, layer in enumerate(LAYERS):
                relative = network_average(here.stack("relative_variance")[:, k])
                table.number("relative_variance", relative, None, layer=layer, learner=learner)
    return table.frame()


def ensemble(data: Sources) -> pd.DataFrame:
    """Fields of drawn weights beside the exact moments."""
    table = TableBuilder()
    for point in data["drawn"].points():
        here, theory = data["drawn"].at(**point), data["moments"].at(**point).one().values
        for name in ("field_mean", "field_variance", "field_excess"):
            table.number(name, average(here, name), theory[name], **point)
    return table.frame()
