"""Simulation beside theory for linear-equivalence: one function per comparison, from outcomes to one tidy table.

Second moments of noisy matrices are products of two independent halves, so that noise does not enter. One number per
network first, then mean and standard error over networks; figures and claims only read the tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.estimation import split_half
from atlas.estimation.distances import largest_distance
from atlas.estimation.estimate import Estimate
from atlas.estimation.networks import network_average, network_curve, paired_ratio
from atlas.outcomes import Outcome, Outcomes
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
Halves = tuple[np.ndarray, np.ndarray]
KINDS = {"linear": "phi", "naive": "naive"}
SHOWN = 1500  # pairs or quadruples in a scatter
# field, kind of prediction, its name in the theory, shift to the couplings of another network
CASES = (("phi", "linear", "phi", 0), ("phi", "naive", "naive", 0), ("phi", "other", "phi", 1), ("x", "linear", "x", 0))
EXPERIMENTS = ("covariance-small", "covariance", "covariance-large")
PREDICTIONS = ("prediction-small", "prediction", "prediction-large")
CORNER = 40  # units in the maps


def off_diagonal(matrix: np.ndarray) -> np.ndarray:
    """The entries between different units, of a matrix of the first units against all."""
    rows, columns = matrix.shape[-2:]
    mask = np.arange(rows)[:, None] != np.arange(columns)
    result: np.ndarray = matrix[..., mask]
    return result


def halves(values: np.ndarray) -> Halves:
    """The two halves of a measured matrix, between different units, in double precision."""
    first, second = off_diagonal(values)
    kind = np.complex128 if np.iscomplexobj(values) else np.float64
    return first.astype(kind), second.astype(kind)


def solution(theory: Outcomes, **axes: Any) -> Mapping[str, Any]:
    """The theory's values at a point of its grid; KeyError where the grid has no such point."""
    values: Mapping[str, Any] = theory.at(**axes).one().values
    return values


def given(theory: Outcomes, row: Outcome, shift: int = 0) -> Mapping[str, Any]:
    """The prediction for the couplings of a simulated network, or (shift) for another one of the same size."""
    place = dict(row.point)
    numbers = sorted({each.point["network"] for each in theory.at(n_units=place["n_units"])})
    place["network"] = numbers[(numbers.index(place["network"]) + shift) % len(numbers)]
    return solution(theory, **place)


def over_networks(rows: Outcomes, measure: Callable[[Outcome], float]) -> Estimate:
    """A number of each network, averaged over networks."""
    return network_average([measure(row) for row in rows])


def root(square: Estimate) -> Estimate:
    """Square root to first order; nan where the mean is not positive."""
    if not square.mean > 0:
        return Estimate(math.nan, math.nan, count=square.count)
    value = math.sqrt(square.mean)
    return Estimate(value, square.error / (2 * value), count=square.count)


def geometric_mean(samples: list[float]) -> Estimate:
    """exp <ln y> over networks: the median of numbers that scatter by a factor; nan where one is not positive."""
    if not all(sample > 0 for sample in samples):
        return Estimate(math.nan, math.nan, count=len(samples))
    logs = network_average(np.log(samples))
    return Estimate(math.exp(logs.mean), math.exp(logs.mean) * logs.error, count=logs.count)


def sizes(rows: Outcomes) -> list[int]:
    """Sizes that were simulated."""
    return sorted({row.point["n_units"] for row in rows})


def lags(data: Sources) -> pd.DataFrame:
    """Autocovariances of x and phi against the lag: flow, simulation beside mean-field theory (F1a)."""
    table = TableBuilder()
    rows = data["lags"]
    right, wrong = solution(data["dmft-chaos"], g=3.0, dt=0.0), solution(data["dmft-chaos"], g=2.0, dt=0.0)
    times = rows[0].values["lags"]
    for name in ("delta", "c_phi"):
        mean, error = network_curve(rows.stack(name))
        theory = np.interp(times, right["lags"], right[name])
        table.curve(name, {"tau": times}, simulation=mean, simulation_error=error, count=len(rows), theory=theory)
        table.curve(f"{name}_curve", {"tau": right["lags"]}, theory=right[name])
        other = np.interp(times, wrong["lags"], wrong[name])
        for quantity, curve in (("distance", theory), ("distance_other_gain", other)):
            deviation = (rows.stack(name) - curve) / right[name][0]
            table.number(f"{name}_{quantity}", largest_distance(deviation), 0.0)
    return table.frame()


def covariance(data: Sources) -> pd.DataFrame:
    """Equal-time covariances of the driven network, matrix by matrix, all sizes (F1b, F1c, F3, F6; C1, C3-C6, C8)."""
    table = TableBuilder()
    everything = Outcomes(row for name in EXPERIMENTS for row in data[name])
    predicted = Outcomes(row for name in PREDICTIONS for row in data[name])
    state, other = (solution(data["dmft-driven"], g=g, dt=0.5) for g in (1.5, 2.0))
    for n_units in sizes(everything):
        rows = everything.at(n_units=n_units)
        add_agreement(table, rows, predicted, n_units)
        add_residuals(table, rows, predicted, n_units)
        add_order_parameters(table, rows, predicted, state, n_units)
        table.number("chi_other", network_average(rows.stack("chi")), other["chi"], n_units=n_units)
    biggest = max(sizes(data["covariance"]))
    add_pairs(table, data["covariance"].at(n_units=biggest)[0], predicted)
    for row in data["closure"]:
        for name in ("restored", "naive"):
            bound = row.values["residual"]
            table.number(f"closure_{name}", None, row.values[name], bound, **row.point)
    return table.frame()


def add_agreement(table: TableBuilder, rows: Outcomes, predicted: Outcomes, n_units: int) -> None:
    """Correlation, regression slope and explained fraction of the off-diagonal entries, by kind of prediction."""
    for field, kind, name, shift in CASES:

        def pair(row: Outcome, field: str = field, name: str = name, shift: int = shift) -> tuple[Halves, np.ndarray]:
            return halves(row.values[field]), off_diagonal(given(predicted, row, shift)[name]).astype(float)

        place: dict[str, Any] = {"field": field, "kind": kind, "n_units": n_units}
        measures: dict[str, list[float]] = {"correlation": [], "slope": [], "explained": []}
        for row in rows:
            measured, prediction = pair(row)
            measures["correlation"].append(split_half.correlation(measured, (prediction, prediction)))
            measures["slope"].append(split_half.slope(measured, prediction))
            measures["explained"].append(split_half.explained_fraction(measured, prediction))
        for quantity, samples in measures.items():
            table.number(quantity, network_average(samples), 1.0 if kind == "linear" else None, **place)
        deviations = [math.sqrt(max(1 - value, 0.0)) for value in measures["explained"]]
        table.number("deviation", geometric_mean(deviations), 0.0 if kind == "linear" else None, **place)


def residual_halves(values: Mapping[str, Any], chi: float) -> np.ndarray:
    """Covariance of r = phi - chi x by halves, (2, N, N)."""
    cross = values["cross"].astype(float)
    both = cross + cross.transpose(0, 2, 1)
    result: np.ndarray = values["phi"].astype(float) - chi * both + chi**2 * values["x"].astype(float)
    return result


def add_residuals(table: TableBuilder, rows: Outcomes, predicted: Outcomes, n_units: int) -> None:
    """Mean squares and r.m.s. of off-diagonal covariances: activity, residual, phi - x (a control), error."""
    squares: dict[str, list[float]] = {name: [] for name in ("phi", "residual", "unscaled", "error", "diagonal")}
    for row in rows:
        theory = given(predicted, row)
        measured = halves(row.values["phi"])
        difference = off_diagonal(theory["phi"]).astype(float)
        squares["phi"].append(split_half.mean_square(*measured))
        squares["error"].append(split_half.mean_square(measured[0] - difference, measured[1] - difference))
        for name, factor in (("residual", float(theory["chi"])), ("unscaled", 1.0)):
            squares[name].append(split_half.mean_square(*halves(residual_halves(row.values, factor))))
        first, second = (np.diag(half).astype(float) for half in row.values["phi"])
        squares["diagonal"].append(split_half.mean_square(first, second))
    for name, samples in squares.items():
        place: dict[str, Any] = {"field": name, "n_units": n_units}
        table.number("rms", root(network_average(samples)), None, **place)
        table.number("square_ratio", paired_ratio(samples, squares["phi"]), None, **place)


def add_order_parameters(
    table: TableBuilder, rows: Outcomes, predicted: Outcomes, state: Mapping[str, Any], n_units: int
) -> None:
    """chi, <phi²>, <x²>, residual variance of the networks; mean diagonal of the prediction over C_phi(0)."""
    for name in ("chi", "phi2", "delta0"):
        table.number(name, network_average(rows.stack(name)), state[name], state["residual"], n_units=n_units)
    variance = state["phi2"] - state["chi"] ** 2 * state["delta0"]

    def spread(row: Outcome) -> float:
        return float(np.einsum("hii->", residual_halves(row.values, state["chi"]))) / (2 * n_units)

    table.number("residual_variance", over_networks(rows, spread), variance, state["residual"], n_units=n_units)
    for name in ("trace_phi", "trace_bare"):
        share = [given(predicted, row)[name] / state["phi2"] for row in rows]
        table.number(f"{name}_ratio", network_average(share), 1.0 if name == "trace_phi" else None, n_units=n_units)


def add_pairs(table: TableBuilder, row: Outcome, predicted: Outcomes) -> None:
    """Single entries of one network: a sample of pairs for the scatters, a corner for the maps."""
    theory, n_units = given(predicted, row), row.point["n_units"]
    i, j = np.triu_indices(n_units, 1)
    chosen = np.linspace(0, len(i) - 1, min(SHOWN, len(i))).astype(int)
    i, j = i[chosen], j[chosen]
    for quantity, field, name in (("pair", "phi", "phi"), ("pair_naive", "phi", "naive"), ("pair_x", "x", "x")):
        first, second = (half[i, j].astype(float) for half in row.values[field])
        table.curve(
            quantity, {"i": i, "j": j}, simulation=(first + second) / 2, simulation_error=noise(first, second),
            count=2, theory=theory[name][i, j], n_units=n_units,
        )  # fmt: skip
    corner = min(CORNER, n_units)
    i, j = (index.ravel() for index in np.indices((corner, corner)))
    for kind, name in KINDS.items():
        measured, entries = row.values["phi"].mean(axis=0)[i, j], theory[name][i, j]
        blank = np.where(i == j, np.nan, 1.0)  # the variances on the diagonal would drown the rest
        table.curve("entry", {"i": i, "j": j}, simulation=measured * blank, theory=entries * blank, kind=kind)


def noise(first: np.ndarray, second: np.ndarray) -> float:
    """Standard error of one entry of the mean of two halves, pooled over the entries."""
    return float(np.sqrt(np.mean((first - second) ** 2))) / 2


def spectra(data: Sources) -> pd.DataFrame:
    """Cross-spectra of the chaotic autonomous network: explained fraction of their off-diagonal power (F2; C2, C5)."""
    table = TableBuilder()
    rows_of_all = data["spectra"]
    for n_units in sizes(rows_of_all):
        rows = rows_of_all.at(n_units=n_units)
        theories = [given(data["predicted-spectra"], row) for row in rows]
        for k, omega in enumerate(rows[0].values["omega"]):
            place = {"omega": float(omega), "harmonic": harmonic(omega), "n_units": n_units}
            measured = [halves(row.values["spectra"][:, k]) for row in rows]
            exact = [off_diagonal(theory["linear"][k]).astype(complex) for theory in theories]
            for kind in KINDS:
                prediction = [off_diagonal(theory[kind][k]).astype(complex) for theory in theories]
                found = [split_half.explained_fraction(m, p) for m, p in zip(measured, prediction, strict=True)]
                limit = [split_half.explained_fraction((e, e), p) for e, p in zip(exact, prediction, strict=True)]
                kept = [n for n, value in enumerate(limit) if value > 0]  # else the closure of this network diverges
                if kept:
                    average, expected = network_average([found[n] for n in kept]), np.mean([limit[n] for n in kept])
                    table.number("explained", average, float(expected), kind=kind, **place)
            diagonal = [np.einsum("hii->", row.values["spectra"][:, k][:, :, : rows_kept(row)]).real for row in rows]
            share = [value / (2 * rows_kept(row)) for value, row in zip(diagonal, rows, strict=True)]
            table.number("c_phi", network_average(share), float(theories[0]["c_phi"][k]), **place)
    return table.frame()


def rows_kept(row: Outcome) -> int:
    """How many rows of the cross-spectral matrix were kept."""
    return int(row.values["spectra"].shape[2])


def harmonic(omega: float) -> float:
    """The nominal frequency: w rounded to a quarter."""
    return round(4 * float(omega)) / 4


def wick(data: Sources) -> pd.DataFrame:
    """Fourth moments of quadruples beside Wick sums of pair covariances; <phi³ phi> beside kappa C (F4; C7)."""
    table = TableBuilder()
    state = solution(data["dmft-driven"], g=1.5, dt=0.5)
    for n_units in sizes(data["wick"]):
        rows = data["wick"].at(n_units=n_units)
        measured = [(row.values["fourth"][0], row.values["fourth"][1]) for row in rows]
        sums = [wick_halves(row) for row in rows]
        shuffled = [(np.roll(first, 1), np.roll(second, 1)) for first, second in sums]
        place = {"n_units": n_units}
        for name, others in (("wick", sums), ("shuffled", shuffled)):
            pairs = list(zip(measured, others, strict=True))
            table.number(
                f"{name}_correlation", network_average([split_half.correlation(*pair) for pair in pairs]), 1.0, **place
            )
            table.number(f"{name}_slope", network_average([regression(*pair) for pair in pairs]), 1.0, **place)
        cubes = [regression(halves(row.values["cube"]), halves(row.values["phi"])) for row in rows]
        slope = network_average(cubes)
        table.number("cube_slope", slope, state["cubic"], state["residual"], **place)
        table.number("cube_slope_ratio", slope / float(state["cubic"]), 1.0, **place)
        table.number("cube_slope_ratio_gaussian", slope / (3 * float(state["phi2"])), None, **place)
        moment, error = np.mean(measured[0], axis=0)[: SHOWN // 2], noise(*measured[0])
        expected = np.mean(sums[0], axis=0)[: SHOWN // 2]
        table.curve("quadruple", {}, simulation=moment, simulation_error=error, count=2, theory=expected, **place)
    return table.frame()


def wick_halves(row: Outcome) -> Halves:
    """Wick sums of the quadruples of one network from the pair covariances of either half."""
    first, second = row.values["phi"].astype(float)
    return wick_sums(first, row.values["units"]), wick_sums(second, row.values["units"])


def wick_sums(C: np.ndarray, units: np.ndarray) -> np.ndarray:
    """C_ij C_kl + C_ik C_jl + C_il C_jk for quadruples (Q, 4)."""
    i, j, k, m = np.asarray(units, dtype=int).T
    result: np.ndarray = C[i, j] * C[k, m] + C[i, k] * C[j, m] + C[i, m] * C[j, k]
    return result


def regression(y: Halves, x: Halves) -> float:
    """Slope through zero of y on x, both measured: cross products of halves, so that common noise does not enter."""
    top = split_half.product(y[0], x[1]) + split_half.product(y[1], x[0])
    return top / (2 * split_half.product(*x))


def dimension(data: Sources) -> pd.DataFrame:
    """Participation ratios over N against the gain: infinite N, prediction for given couplings, simulation (F5; C9)."""
    table = TableBuilder()
    cases = (
        ("autonomous", "dimension-chaos", "predicted-dimension-chaos", "dmft-chaos", 0.25),
        ("driven", "dimension-driven", "predicted-dimension-driven", "dmft-driven", 0.5),
    )
    for case, simulated, predicted, states, dt in cases:
        for row in data[states].at(dt=dt):
            for name in ("phi", "x"):
                bound = row.values["residual"]
                table.number(f"pr_{name}_curve", None, row.values[f"pr_{name}"], bound, g=row.point["g"], case=case)
        for g in sorted({row.point["g"] for row in data[simulated]}):
            state = solution(data[states], g=g, dt=dt)
            for n_units in sizes(data[simulated]):
                rows = data[simulated].at(g=g, n_units=n_units)
                place = {"g": g, "case": case, "n_units": n_units}
                for name in ("phi", "x"):
                    ratio = rows.stack(f"trace_{name}") ** 2 / rows.stack(f"square_{name}")
                    table.number(f"pr_{name}", network_average(ratio), state[f"pr_{name}"], **place)
                    given_couplings = [given_at(data[predicted], row)[f"pr_{name}"] for row in rows]
                    stable = [value for value in given_couplings if math.isfinite(value)]
                    if len(stable) > 1:
                        table.number(f"pr_{name}_given", network_average(stable), state[f"pr_{name}"], **place)
    return table.frame()


def given_at(theory: Outcomes, row: Outcome) -> Mapping[str, Any]:
    """The prediction at the point of a simulated network."""
    return solution(theory, **row.point)
