"""Simulation beside theory for m-shape: one function per comparison, from outcomes to one tidy table.

Averages over networks (or seeds of the emulation) with their errors are taken here, once; figures and claims only read
the tables. A point of a curve that did not converge keeps its residual and `converged` = 0 and has no number.
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
from atlas.estimation.networks import bootstrap, bootstrap_replicates, network_average, network_curve, paired_ratio
from atlas.outcomes import Outcomes
from atlas.papers.m_shape.slow_points import RESAMPLES
from atlas.papers.m_shape.slow_points import relaxation as relaxation
from atlas.papers.m_shape.slow_points import roots as roots
from atlas.papers.m_shape.slow_points import trajectories as trajectories
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
ORDERS = ("omega", "derivative", "q_tilde", "Q_tilde", "o", "q_hat", "Q_hat", "o_hat", "p")
CROSS_EDGES = np.round(np.arange(0.0, 2.61, 0.2), 10)  # of d2 over 2 <x²>
OUTER, CENTRE, FLANK = (0, 9), slice(3, 7), slice(1, 5)  # bins 0-0.2 and 1.8-2.0; 0.6-1.4; 0.2-1.0
BETA_TILDE = 1e6  # of the published programs


def add_curve(table: TableBuilder, values: Mapping[str, Any], along: str, names: tuple[str, ...], **place: Any) -> None:
    """Curves of a probe over its distances, each point with its residual and whether it converged."""
    coordinates = {name: values[name] for name in (along, "d", "residual", "converged")}
    for name in names:
        table.curve(name, coordinates, theory=values[name], theory_error=values["residual"], **place)


def dip(omega: np.ndarray, along: np.ndarray) -> float:
    """Depth of the deepest interior minimum of a curve: the climb on the lower of its two sides; 0 where there is none.

    Points that are nan are left out; `along` gives the order of the points.
    """
    y = omega[np.argsort(along)]
    y = y[np.isfinite(y)]
    left, right = np.maximum.accumulate(y), np.maximum.accumulate(y[::-1])[::-1]
    return float(np.max(np.minimum(left, right) - y)) if y.size else math.nan


def wrong_signs(values: Mapping[str, Any]) -> float:
    """How many points have a slope towards R of the wrong sign: dOmega/dd <= 0 below R, >= 0 above."""
    side = np.sign(values["R"] - values["d"])
    solved = (values["converged"] > 0) & (np.abs(values["d"] / values["R"] - 1) > 1e-5)
    return float((side * values["derivative"] <= 0)[solved].sum())


def at_ratio(values: Mapping[str, Any], ratio: float, name: str) -> float:
    """A value of a curve at one of its ratios."""
    return float(values[name][int(np.argmin(np.abs(values["ratio"] - ratio)))])


def entropy(data: Sources) -> pd.DataFrame:
    """The local entropy of fixed points by the right theory (P1, P5, O1, O3): curves, shape, derivative, difference."""
    table = TableBuilder()
    for source in ("entropy", "entropy-heat"):
        for row in data[source]:
            place = {"g": row.point["g"], "beta_tilde": row.point["beta_tilde"], "set": source}
            add_curve(table, row.values, "ratio", ORDERS, **place)
    for row in data["entropy"]:
        add_shape(table, row.values, g=row.point["g"])
        l = next(v.values["l"] for v in data["volumes"] if v.point["g"] == row.point["g"])  # noqa: E741
        scaled = row.values["omega"] / l
        coordinates = {name: row.values[name] for name in ("ratio", "d", "residual", "converged")}
        table.curve("omega_over_l", coordinates, theory=scaled, g=row.point["g"], set="entropy")
    for row in data["peak"]:
        add_curve(table, row.values, "ratio", ("omega", "derivative"), g=row.point["g"], set="peak")
        table.number("dip", None, dip(row.values["omega"], row.values["d"]), g=row.point["g"], set="peak")
    for row in data["entropy-check"]:
        values, place = row.values, {"g": row.point["g"], "set": "entropy-check"}
        coordinates = {name: values[name] for name in ("ratio", "d", "residual", "converged")}
        table.curve("derivative", coordinates, theory=values["derivative"], **place)
        table.curve("difference", coordinates, theory=values["difference"], **place)
        gap = np.abs(values["difference"] / values["derivative"] - 1)
        table.number("worst_derivative_gap", None, float(np.max(gap)), **place)
    for row in data["volumes"]:
        table.number("l", None, row.values["l"], row.values["residual"], g=row.point["g"])
    return table.frame()


def add_shape(table: TableBuilder, values: Mapping[str, Any], g: float) -> None:
    """Depth of an interior minimum, slopes of the wrong sign, height of the arch, points that did not converge."""
    inside = (values["ratio"] >= 0.0999) & (values["ratio"] <= 1.4001)
    place: dict[str, Any] = {"g": g, "set": "entropy"}
    table.number("dip", None, dip(values["omega"][inside], values["d"][inside]), 1e-8, **place)
    table.number("wrong_signs", None, wrong_signs({**values, "R": np.full(len(values["d"]), values["R"])}), **place)
    table.number("height", None, -at_ratio(values, 0.1, "omega"), 1e-6, **place)
    table.number("not_converged", None, float((values["converged"] == 0).sum()), **place)


def published(data: Sources) -> pd.DataFrame:
    """The published iteration in its window with three sets of conjugate equations (P1), and the right theory there."""
    table = TableBuilder()
    rows = data["emulation"]
    for point in rows.points():
        here = rows.at(**point)
        place = {"g": point["g"], "delta": point["delta"], "equations": point["equations"]}
        table.number("lost", average(here, "lost"), None, **place)
        table.number("derivative", average(here, "derivative"), None, **place)
        table.number("entropy", average(here, "entropy"), None, **place)
        for name in ("derivative", "entropy"):
            steps, error = network_curve(here.stack(f"{name}_of_steps"))
            table.curve(
                f"{name}_of_steps", {"step": np.arange(1, len(steps) + 1)}, simulation=steps,
                simulation_error=error, count=len(here), **place,
            )  # fmt: skip
    for equations in sorted({row.point["equations"] for row in rows}):
        add_window_shape(table, rows.at(equations=equations), equations)
    for row in data["window"]:
        add_curve(table, row.values, "offset", ("omega", "derivative"), g=row.point["g"], equations="quadrature")
        s = row.values["omega"] + 0.5 * math.log(2 * math.pi / BETA_TILDE)
        place = {"g": row.point["g"], "equations": "quadrature"}
        table.curve("entropy", {name: row.values[name] for name in ("offset", "residual")}, theory=s, **place)
    return table.frame()


def add_window_shape(table: TableBuilder, rows: Outcomes, equations: str) -> None:
    """Over the seeds: depths of the minima of s and of the integral of ds/dd, and one against the other."""
    deltas = sorted({row.point["delta"] for row in rows})
    curves = {name: np.array([rows.at(delta=x).stack(name) for x in deltas]).T for name in ("entropy", "derivative")}
    dips = network_average(np.array([dip(one, np.array(deltas)) for one in curves["entropy"]]))
    table.number("dip", dips, None, equations=equations)
    widths = np.diff(np.array(deltas))
    climbs = (curves["derivative"][:, 1:] + curves["derivative"][:, :-1]) / 2 * widths
    sums = np.concatenate([np.zeros((len(climbs), 1)), np.cumsum(climbs, axis=1)], axis=1)
    depths = network_average(np.array([dip(one, np.array(deltas)) for one in sums]))
    table.number("dip_of_slopes", depths, None, equations=equations)
    left = np.array([k for k, x in enumerate(deltas) if x <= -0.0006])
    steps = np.diff(np.array(deltas)[left])
    slopes = curves["derivative"][:, left]
    integral = ((slopes[:, 1:] + slopes[:, :-1]) / 2 * steps).sum(axis=1)
    rise = curves["entropy"][:, left[-1]] - curves["entropy"][:, left[0]]
    table.number("rise", network_average(rise), None, equations=equations)
    table.number("integral", network_average(integral), None, equations=equations)
    table.number("gap", network_average(np.abs(rise - integral) / np.abs(rise)), None, equations=equations)


def reference(data: Sources) -> pd.DataFrame:
    """The published zero-temperature iteration (P2): histories, and a probe of the state that it leaves."""
    table = TableBuilder()
    for row in data["iteration"]:
        values, place = row.values, {"g": row.point["g"], "start": row.point["start"]}
        for name in ("q", "delta_Q"):
            table.curve(name, {"step": values["step"]}, theory=values[name], **place)
        for name in ("rms", "static_q"):
            table.number(name, None, values[name], **place)
    gains = sorted({row.point["g"] for row in data["iteration"]})
    for g in gains:
        first, second = (data["iteration"].at(g=g, start=start).one().values for start in ("first", "second"))
        table.number("growth", None, float(first["delta_Q"][400] / first["delta_Q"][200]), g=g)
        table.number("delta_Q_at_600", None, float(first["delta_Q"][600]), g=g)
        apart = abs(first["q"][600] - second["q"][600])
        table.number("start_gap", None, float(apart / max(first["q"][600], second["q"][600], 1e-6)), g=g)
    for row in data["published-probe"]:
        add_curve(table, row.values, "ratio", ("omega", "p"), g=row.point["g"], set="published-probe")
    for point in data["range-steps"].points():
        rows = data["range-steps"].at(**point)
        mean, error = network_curve(rows.stack("d_of_steps") - rows.stack("rms")[:, None])
        steps = {"step": np.arange(1, len(mean) + 1, dtype=float)}
        place = {"g": point["g"], "field": point["p"]}
        table.curve("range", steps, simulation=mean, simulation_error=error, count=len(rows), **place)
    return table.frame()


def boundary(data: Sources) -> pd.DataFrame:
    """The left end of the range (O2): exact, by determinants of networks, and as the published sampling returns it."""
    table = TableBuilder()
    for row in data["radius"]:
        place = {"g": row.point["g"]}
        table.number("root_v", None, row.values["root"], row.values["residual"], **place)
        table.number("v_curve", None, row.values["v"], row.values["residual"], **place)
        table.number("rms_curve", None, row.values["rms"], **place)
    for point in data["trace"].points():
        rows = data["trace"].at(**point)
        theory = next(
            r.values for r in data["radius"] if math.isclose(r.point["g"], point["g"]) and r.point["t"] == point["t"]
        )
        table.number("v", average(rows, "v"), theory["v"], theory["residual"], g=point["g"], n_units=point["n_units"])
        level = next((r.values["l"] for r in data["volumes"] if math.isclose(r.point["g"], point["g"])), None)
        table.number("log_det", average(rows, "log_det"), level, g=point["g"], n_units=point["n_units"])
    widths = {row.point["n_samples"]: row.values["width"] for row in data["sample-maximum"]}
    add_sampling_ends(table, data["range-samples"], widths)
    for point in data["range-gains"].points():
        rows = data["range-gains"].at(**point)
        side = "left" if point["p"] < 0 else "right"
        table.number(f"d_{side}", average(rows, "d"), None, g=point["g"], set="range-gains")
    return table.frame()


def add_sampling_ends(table: TableBuilder, rows: Outcomes, widths: Mapping[int, float]) -> None:
    """Half the distance of the two published ends against the largest of the samples, by the number of samples."""
    halves = {}
    for n in sorted({row.point["n_inner"] for row in rows}):
        left, right = (rows.at(n_inner=n, p=p).stack("d") for p in (-1e6, 1e6))
        halves[n] = (right - left) / 2
        table.number("half_width", network_average(halves[n]), widths[n], n_samples=n)
        for other, width in widths.items():
            table.number("half_width_ratio", network_average(halves[n] / width), 1.0, n_samples=n, of=other)
    for n, half in halves.items():
        for m, other in halves.items():
            table.number("growth_of_width", paired_ratio(half, other), None, n_samples=n, of=m)


def rays(data: Sources) -> pd.DataFrame:
    """Energy along a ray against the gain by the distance field: the measure exists where the sum grows (C12)."""
    table = TableBuilder()
    for point in data["rays"].points():
        rows = data["rays"].at(**point)
        cost, error = network_curve(rows.stack("cost"))
        for c, mean, spread in zip(rows[0].values["scales"], cost, error, strict=True):
            estimate = Estimate(float(mean), float(spread), count=len(rows))
            ratio = point["field_ratio"]
            table.number("cost", estimate, 0.5 - ratio, field_ratio=ratio, scale=float(c))
    return table.frame()


def finite(data: Sources) -> pd.DataFrame:
    """Distances between chains of finite networks (F2-F4) beside the Franz-Parisi potential (F1, F3, F5)."""
    table = TableBuilder()
    volumes = {row.point["g"]: row.values["l"] for row in data["volumes"]}
    for rows in (data["distances"], data["distances-large"]):
        for point in rows.points():
            place = {"g": point["g"], "n_units": point["n_units"]}
            add_cross(table, rows.at(**point), place)
            index = bootstrap(
                cross_counts(rows.at(**point)), m_index, Streams(0, f"m-shape/{place}")("volume"), RESAMPLES
            )
            table.number("m_index_by_volume", index, None, volume=volumes[point["g"]] * point["n_units"], **place)
    for row in data["potential"]:
        place = {"g": row.point["g"], "beta": row.point["beta"]}
        add_curve(table, row.values, "ratio", ("omega", "lambda", "q_tilde", "Q_tilde", "o"), **place)
        inside = (row.values["ratio"] > 0.2) & (row.values["ratio"] < 1.8)
        table.number("dip", None, dip(row.values["omega"][inside], row.values["d"][inside]), 1e-8, **place)
        flat = row.values["omega"][(row.values["ratio"] > 0.2999) & (row.values["ratio"] < 1.7001)]
        table.number("flatness", None, float(np.nanmax(flat) - np.nanmin(flat)), 1e-8, **place)
        table.number(
            "whole_range", None, float(np.nanmax(row.values["omega"]) - np.nanmin(row.values["omega"])), **place
        )
    for row in data["peak"]:
        table.number("dip", None, dip(row.values["omega"], row.values["d"]), g=row.point["g"], beta=0.0)
    for row in data["left-boundary"]:
        place = {"g": row.point["g"], "beta": row.point["beta"]}
        table.number("left_boundary", None, row.values["d2"], row.values["residual"], **place)
    for row in data["volumes"]:
        table.number("l", None, row.values["l"], row.values["residual"], g=row.point["g"])
    return table.frame()


def cross_ratios(rows: Outcomes) -> np.ndarray:
    """d2/(2 <x²>), <x²> pooled over the chains of the network: (networks, samples, chains).

    In units of its own network a mirror image lies at 2; a mean over networks would smear it by their radii.
    """
    return np.array([row.values["cross"] / (2 * row.values["delta"]) for row in rows])


def cross_counts(rows: Outcomes) -> np.ndarray:
    """Counts of d2/(2 <x²>) per network (networks, bins + 1), the last column what lies beyond."""
    edges = np.append(CROSS_EDGES, np.inf)
    return np.array([np.histogram(ratio, edges)[0] for ratio in cross_ratios(rows)], dtype=float)


def m_index(counts: np.ndarray) -> float:
    """Mean of the two outermost of the ten bins below 2 over that of the bins from 0.6 to 1.4; (networks, bins)."""
    total = counts.sum(axis=0)
    return float(total[list(OUTER)].mean() / max(total[CENTRE].mean(), 0.5))


def add_cross(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Density of the distances between chains, its M-index, edges, mode, flatness and left quantile, over networks."""
    counts = cross_counts(rows)
    density = density_from_counts(counts[:, :-1], CROSS_EDGES, counts.sum(axis=1))
    edges = {"low": CROSS_EDGES[:-1], "high": CROSS_EDGES[1:]}
    table.curve(
        "cross_density", edges, simulation=density.density, simulation_error=density.error, count=len(rows), **place
    )

    def resampled(name: str, samples: np.ndarray, statistic: Any) -> None:
        rng = Streams(0, f"m-shape/{place['g']}/{place['n_units']}")(name)
        table.number(name, bootstrap(samples, statistic, rng, RESAMPLES), None, **place)

    resampled("m_index", counts, m_index)
    replicates = bootstrap_replicates(
        counts, m_index, Streams(0, f"m-shape/{place['g']}/{place['n_units']}")("lower"), RESAMPLES
    )
    low = Estimate(float(np.quantile(replicates, 0.1)), float(np.std(replicates)), count=len(rows))
    table.number("m_index_low", low, None, **place)
    resampled("left_over_centre", counts, lambda c: float(c[:, 0].sum() / max(c[:, CENTRE].sum() / 4, 0.5)))
    resampled("right_over_centre", counts, lambda c: float(c[:, 9].sum() / max(c[:, CENTRE].sum() / 4, 0.5)))
    resampled("centre_spread", counts, lambda c: spread(c.sum(axis=0)[CENTRE]))
    resampled("flank_spread", counts, lambda c: spread(c.sum(axis=0)[FLANK]))
    resampled("mode", counts, lambda c: float(CROSS_EDGES[int(np.argmax(c.sum(axis=0)[:-1]))] + 0.1))
    ratios = cross_ratios(rows)
    for limit in (1.0, 2.5):
        share = (ratios > limit).mean(axis=(1, 2))
        table.number("beyond", network_average(share), None, limit=limit, **place)
    resampled("left_quantile", rows.stack("cross"), lambda d: float(np.quantile(d, 0.01)))
    table.number("delta", average(rows, "delta"), None, **place)
    table.number("acceptance", average(rows, "acceptance"), None, **place)


def spread(values: np.ndarray) -> float:
    """Largest over smallest (the smallest at least half a count)."""
    return float(values.max() / max(values.min(), 0.5))
