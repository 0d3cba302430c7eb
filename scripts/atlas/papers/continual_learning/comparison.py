"""Simulation beside theory for continual-learning: one function per comparison, from outcomes to one tidy table.

Averages over networks with their standard errors are taken here, once; figures and claims only read the tables.
`*_difference` rows are simulation minus the theory of `theory_alpha` (or `theory_alpha2`), of the point itself and, for
negative controls, of the others of the grid.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average, value
from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import network_average, network_curve, paired_difference
from atlas.outcomes import Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
ORDER = ("q", "r", "q_star", "p1", "epsilon")
MEASURED = ("epsilon", "p1", "r", "q_star")
LEARNERS = ("variational", "without-kl", "metaplastic", "plain")


def single(data: Sources) -> pd.DataFrame:
    """One task: trained and sampled perceptrons beside the saddle points; branches, their ends, and the cut theory."""
    table = TableBuilder()
    for source in ("adam", "sampled", "sampled-loaded", "kl"):
        add_measured(table, data[source], data["kl-branches" if source == "kl" else "branches"], source)
    for source in ("curves", "kl"):
        add_courses(table, data[source], source)
    for point in data["curves"].points():
        table.number("epsilon", average(data["curves"].at(**point), "epsilon"), None, source="curves", **point)
    for name in ("branches", "kl-branches", "windowed"):
        kind = "windowed" if name == "windowed" else "branch"
        for row in data[name]:
            for quantity in ORDER:
                table.number(f"{quantity}_{kind}", None, row.values[quantity], row.values["residual"], **row.point)
    for name, kl in (("curve", False), ("kl-curve", True)):
        add_saddles(table, data[name], kl)
    return table.frame()


def add_measured(table: TableBuilder, rows: Outcomes, theory: Outcomes, source: str) -> None:
    """Error and overlaps against the load beside the low branch, and their differences from every point of theory."""
    low = theory.at(branch="low")
    for point in rows.points():
        here = rows.at(**point)
        alpha = point["alpha"]
        for name in MEASURED:
            mean = average(here, name)
            table.number(name, mean, value(low, name, alpha=alpha), source=source, alpha=alpha)
            differences(table, name, mean, low, "alpha", {"source": source, "alpha": alpha})


def differences(
    table: TableBuilder, name: str, mean: Estimate, theory: Outcomes, axis: str, place: dict[str, Any]
) -> None:
    """Simulation minus theory at every value of an axis of the theory."""
    expected = theory.stack(name)
    table.curve(
        f"{name}_difference",
        {f"theory_{axis}": np.array([row.point[axis] for row in theory])},
        simulation=mean.mean - expected,
        simulation_error=np.full(len(expected), mean.error),
        count=mean.count,
        **place,
    )


def add_courses(table: TableBuilder, rows: Outcomes, source: str) -> None:
    """Error and length against the epoch, with the smallest and largest over networks."""
    for point in rows.points():
        here = rows.at(**point)
        for name in ("epsilon", "q_star"):
            stacked = here.stack(f"{name}_curve")
            mean, error = network_curve(stacked)
            table.curve(
                f"{name}_course",
                {"epoch": here[0].values["epochs"], "smallest": stacked.min(axis=0), "largest": stacked.max(axis=0)},
                simulation=mean,
                simulation_error=error,
                count=len(here),
                source=source,
                alpha=point["alpha"],
            )


def add_saddles(table: TableBuilder, rows: Outcomes, kl: bool) -> None:
    """The whole curve of saddle points and the ends of its branches."""
    for row in rows:
        named = row.values
        rising = np.gradient(named["alpha"]) > 0.0
        for name in ("q", "r", "q_star", "epsilon"):
            table.curve(
                f"{name}_saddle",
                {"alpha": named["alpha"], "step": np.arange(len(rising)), "stable": rising.astype(float)},
                theory=named[name],
                kl=kl,
                **row.point,
            )
        for name in ("alpha_up", "epsilon_up", "alpha_down", "epsilon_down"):
            if np.isfinite(named[name]):
                table.number(name, None, named[name], named["residual"], kl=kl, **row.point)


def lengths(data: Sources) -> pd.DataFrame:
    """Error against the length of the magnetisations: imposed, reached freely, and in theory."""
    table = TableBuilder()
    for row in data["imposed"]:
        fine = np.isfinite(row.values["epsilon"])
        table.curve("epsilon_imposed", {"q_star": row.values["q_star"][fine]}, theory=row.values["epsilon"][fine])
    lines = data["imposed"].one().values
    fine = np.isfinite(lines["epsilon"])
    for point in data["held"].points():
        rows = data["held"].at(**point)
        theory = float(np.interp(point["q_star"], lines["q_star"][fine], lines["epsilon"][fine]))
        table.number("epsilon_held", average(rows, "epsilon"), theory, q_star=point["q_star"])
        table.number("reached", average(rows, "reached"), point["q_star"], q_star=point["q_star"])
    epsilon, error = network_curve(data["free"].stack("epsilon_curve"))
    length, _ = network_curve(data["free"].stack("q_star_curve"))
    table.curve("epsilon_free", {"q_star": length}, simulation=epsilon, simulation_error=error, count=len(data["free"]))
    return table.frame()


def slowing(data: Sources) -> pd.DataFrame:
    """Convergence time of gradient descent against the load, share of runs that settled, and differences of times."""
    table = TableBuilder()
    for source in ("relax", "relax-compared"):
        rows = data[source]
        times = {point["alpha"]: average(rows.at(**point), "t_c") for point in rows.points()}
        for point in rows.points():
            here = rows.at(**point)
            for name in ("t_c", "settled", "epsilon"):
                table.number(name, average(here, name), None, source=source, **point)
        for alpha, other in itertools.permutations(times, 2):
            excess = times[alpha] - times[other]
            table.number("t_c_excess", excess, None, source=source, alpha=alpha, other=other)
    return table.frame()


def tasks(data: Sources) -> pd.DataFrame:
    """Two tasks: errors against the load of the second, by agreement of the teachers and weight of the KL term."""
    table = TableBuilder()
    for source, theory in (("forgetting", "second"), ("after-kl", "second-kl"), ("after-low", "second-low")):
        add_second(table, data[source], data[theory], source)
        for row in data[theory]:
            for name in ("epsilon1", "epsilon2"):
                table.number(f"{name}_line", None, row.values[name], row.values["residual"], source=source, **row.point)
    add_course_of_two(table, data["dynamics"])
    add_comparisons(table, data["forgetting"], data["second"])
    return table.frame()


def add_second(table: TableBuilder, rows: Outcomes, theory: Outcomes, source: str) -> None:
    """Errors after the second task beside theory, and what the first task left behind."""
    for point in rows.points():
        here = rows.at(**point)
        gamma = point["gamma"]
        for name in ("reference_epsilon", "reference_q_star", "first_total"):
            table.number(name, average(here, name), None, source=source, gamma=gamma)
        for i, r0 in enumerate(here[0].values["r0"]):
            for j, alpha2 in enumerate(here[0].values["alpha2"]):
                place = {"source": source, "gamma": gamma, "r0": float(r0), "alpha2": float(alpha2)}
                for name in ("epsilon1", "epsilon2"):
                    mean = network_average(here.stack(name)[:, i, j])
                    table.number(name, mean, value(theory, name, r0=r0, alpha2=alpha2, gamma=gamma), **place)
                    differences(table, name, mean, theory.at(r0=float(r0), gamma=gamma), "alpha2", place)


def add_course_of_two(table: TableBuilder, rows: Outcomes) -> None:
    """Errors against the epoch, counted from the switch to the second task."""
    first = rows[0].values
    # trainings of the first task end at different epochs when they stop early: shown from the last one's start
    curves = rows.stack("first_curve") if len({row.values["first_total"] for row in rows}) == 1 else None
    if curves is not None:
        mean, error = network_curve(curves)
        epochs = first["first_epochs"] - first["first_total"]
        for alpha2 in first["alpha2"]:
            table.curve(
                "epsilon1_course", {"epoch": epochs}, simulation=mean, simulation_error=error, count=len(rows),
                alpha2=float(alpha2), phase="first",
            )  # fmt: skip
    for j, alpha2 in enumerate(first["alpha2"]):
        for task in (0, 1):
            mean, error = network_curve(rows.stack("second_curve")[:, 0, j, task])
            table.curve(
                f"epsilon{task + 1}_course", {"epoch": first["second_epochs"]}, simulation=mean,
                simulation_error=error, count=len(rows), alpha2=float(alpha2), phase="second",
            )  # fmt: skip


def add_comparisons(table: TableBuilder, rows: Outcomes, theory: Outcomes) -> None:
    """Network by network: errors at one r0 minus another, at one gamma minus another, at one load minus the next."""
    r0s, loads = rows[0].values["r0"], rows[0].values["alpha2"]
    gammas = sorted({point["gamma"] for point in rows.points()})
    stacked = {(name, gamma): rows.at(gamma=gamma).stack(name) for gamma in gammas for name in ("epsilon1", "epsilon2")}

    def theory_of(name: str, r0: float, alpha2: float, gamma: float) -> float:
        found = value(theory, name, r0=r0, alpha2=alpha2, gamma=gamma)
        return float("nan") if found is None else found

    for (name, gamma), errors in stacked.items():
        for j, alpha2 in enumerate(loads):
            for i, r0 in enumerate(r0s):
                for k, other in enumerate(r0s):
                    if i != k:
                        gap = paired_difference(errors[:, i, j], errors[:, k, j])
                        expected = theory_of(name, r0, alpha2, gamma) - theory_of(name, other, alpha2, gamma)
                        table.number(
                            f"{name}_by_r0", gap, expected, gamma=gamma, alpha2=float(alpha2), r0=float(r0),
                            other=float(other),
                        )  # fmt: skip
                for other_gamma in gammas:
                    if other_gamma != gamma:
                        gap = paired_difference(errors[:, i, j], stacked[name, other_gamma][:, i, j])
                        expected = theory_of(name, r0, alpha2, gamma) - theory_of(name, r0, alpha2, other_gamma)
                        table.number(
                            f"{name}_by_gamma", gap, expected, alpha2=float(alpha2), r0=float(r0), gamma=gamma,
                            other=other_gamma,
                        )  # fmt: skip


def pictures(data: Sources) -> pd.DataFrame:
    """Layered networks: accuracies against the epoch, at the end, and differences of learners network by network."""
    table = TableBuilder()
    rows = data["layered"]
    for point in rows.points():
        here = rows.at(**point)
        accuracy = here.stack("accuracy")
        place = {"scenario": point["scenario"], "learner": point["learner"]}
        mean, error = network_curve(accuracy)
        for task in range(accuracy.shape[2]):
            table.curve(
                "accuracy", {"epoch": np.arange(1, accuracy.shape[1] + 1)}, simulation=mean[:, task],
                simulation_error=error[:, task], count=len(here), task=task + 1, **place,
            )  # fmt: skip
        across, spread = network_curve(accuracy.mean(axis=2))
        table.curve(
            "mean_accuracy", {"epoch": np.arange(1, accuracy.shape[1] + 1)}, simulation=across,
            simulation_error=spread, count=len(here), **place,
        )  # fmt: skip
        for name in ("final", "learned", "forgotten"):
            table.number(name, average(here, name), None, **place)
    for scenario in sorted({point["scenario"] for point in rows.points()}):
        for learner in LEARNERS:
            for other in LEARNERS:
                if learner != other:
                    for name in ("final", "learned", "forgotten"):
                        gap = paired_difference(
                            rows.at(scenario=scenario, learner=learner).stack(name),
                            rows.at(scenario=scenario, learner=other).stack(name),
                        )
                        table.number(f"{name}_advantage", gap, None, scenario=scenario, learner=learner, other=other)
    return table.frame()
