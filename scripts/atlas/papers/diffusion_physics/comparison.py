"""Simulation beside theory for diffusion-physics: one function per comparison, from outcomes to one tidy table.

Averages over replicas with their standard errors are taken here, once; figures and claims only read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average, value
from atlas.estimation.estimate import Estimate
from atlas.estimation.heavy_tails import curve_of_running_means, median_of_means
from atlas.estimation.histograms import density_from_counts
from atlas.estimation.networks import network_average, network_curve
from atlas.outcomes import Outcome, Outcomes
from atlas.papers.diffusion_physics.ranges import CAPS, DISTANCES, EDGES, ENDS
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]
MEANS = ("total", "system", "environment")
SHOWN = 3  # replicas whose running means are shown
BACKWARD_FLUX = {"forward": "flux", "backward": "backward_flux"}


def fluctuations(data: Sources) -> pd.DataFrame:
    """Entropies of whole paths beside their law: settings forward, backward (sigma2 = 1, T = 10), short (forward,
    sigma2 = 0.1, T = 1).
    """
    table = TableBuilder()
    settings = {
        "forward": (data["bundles"].at(direction="forward"), 1.0, 10.0),
        "backward": (data["bundles"].at(direction="backward"), 1.0, 10.0),
        "short": (data["short-bundles"], 0.1, 1.0),
    }
    for setting, (rows, sigma2, t_max) in settings.items():
        law = data["laws"].at(sigma2=sigma2, t_max=t_max).one().values
        produced = data["production"].at(sigma2=sigma2, t_max=t_max).one().values
        add_means(table, rows, setting, law, produced)
        add_running(table, rows, setting)
        add_laws(table, rows, setting, law)
        backward = setting == "backward"
        capped, error = network_curve(rows.stack("capped"))
        table.curve(
            "capped", {"cap": CAPS}, simulation=capped, simulation_error=error, count=len(rows),
            theory=None if backward else law["capped"], setting=setting,
        )  # fmt: skip
    return table.frame()


def add_means(table: TableBuilder, rows: Outcomes, setting: str, law: Mapping[str, Any], produced: Any) -> None:
    """Mean entropies, their significance, shares of DS_tot < 0, means of e^{-DS_tot}, tail index."""
    backward = setting == "backward"
    system = -produced["system"] if backward else produced["system"]
    expected = {
        "total": produced["total"],
        "system": system,
        "environment": produced["total"] - system if backward else produced["environment"],
        "negative": None if backward else law["negative"],
        "integral": 1.0,
        "hill": None,  # of the largest 1 %: slower factors keep it away from the index of the far tail
        "negative_left": None,
        "integral_left": None,
    }
    for name, theory in expected.items():
        found = average(rows, name)
        table.number(name, found, theory, produced["residual"], setting=setting)
        if name in MEANS:
            table.number("significance", found.mean / found.error, None, setting=setting, of=name)
    if not backward and np.isfinite(law["tail_index"]):
        table.number("tail_index", None, law["tail_index"], setting=setting)
    means = rows.stack("integral")
    middle, low, high = median_of_means(means)
    for name, number in (("median", middle), ("median_low", low), ("median_high", high)):
        table.number(f"integral_{name}", number, None, setting=setting)
    table.number("share_below_1", network_average((means < 1.0).astype(float)), None, setting=setting)


def add_running(table: TableBuilder, rows: Outcomes, setting: str) -> None:
    """Means of e^{-DS_tot} over the first n paths: over replicas with standard error and deviation, median with its
    distribution-free interval, and single replicas.
    """
    running = rows.stack("running")
    every = rows[0].values["n_paths"] / running.shape[1]
    n = every * np.arange(1, running.shape[1] + 1)
    mean, error, spread = curve_of_running_means(running)
    medians = np.array([median_of_means(column) for column in running.T])
    place = {"setting": setting}
    table.curve(
        "running", {"n": n, "spread": spread}, simulation=mean, simulation_error=error, count=len(rows),
        theory=np.ones(n.size), **place,
    )  # fmt: skip
    table.curve(
        "running_median", {"n": n, "low": medians[:, 1], "high": medians[:, 2]}, simulation=medians[:, 0], **place
    )
    for replica, row in enumerate(running[:SHOWN]):
        table.curve("running_single", {"n": n}, simulation=row, replica=replica, **place)


def add_laws(table: TableBuilder, rows: Outcomes, setting: str, law: Mapping[str, Any]) -> None:
    """Densities of the entropies beside their law (backward: known for the system only)."""
    for name, edges in EDGES.items():
        found = density_from_counts(rows.stack(f"{name}_counts"), edges, rows.stack("n_paths"))
        known = f"{name}_density" if setting != "backward" else f"{name}_backward"
        table.curve(
            f"{name}_density", {"low": edges[:-1], "high": edges[1:], "centre": 0.5 * (edges[:-1] + edges[1:])},
            simulation=found.density, simulation_error=found.error, count=len(rows),
            theory=law.get(known), setting=setting,
        )  # fmt: skip


def rates(data: Sources) -> pd.DataFrame:
    """Entropy rates against time: formulas, currents by definition, windows along paths; landmarks."""
    table = TableBuilder()
    place = {"mu": 1.0, "sigma2": 0.4}
    formulas = data["rate-curves"]
    t = np.array([row.point["t"] for row in formulas])
    for name in ("production", "flux", "rate", "backward_flux"):
        table.curve(f"{name}_curve", {"t": t}, theory=formulas.stack(name))
    table.curve("backward_rate_curve", {"t": t}, theory=-formulas.stack("rate"))
    lattice = data["current-rates"]
    for direction in ("forward", "backward"):
        for name in ("production", "flux", "rate"):
            table.curve(
                f"{name}_lattice", {"t": [row.point["t"] for row in lattice]},
                simulation=lattice.stack(f"{name}_{direction}"), simulation_error=0.0, count=np.inf,
                direction=direction,
            )  # fmt: skip
        add_windows(table, data["paths"].at(direction=direction), data["windows"].one(), direction)
    for name, number in data["landmarks"].one().values.items():
        if name != "residual":
            table.number(name, None, number, data["landmarks"].one().values["residual"])
    t_s = value(data["speciation"], "t_speciation", **place)
    table.number("t_speciation", None, t_s)
    marks = data["landmarks"].one().values
    table.number("before_speciation", None, marks["t_minimum"] - (t_s or np.nan), **place)
    table.number("after_speciation", None, (t_s or np.nan) - marks["t_zero"], **place)
    return table.frame()


def add_windows(table: TableBuilder, rows: Outcomes, theory: Outcome, direction: str) -> None:
    """Rates along paths over windows, at the time t of the forward process, beside the same averages of theory."""
    backward = direction == "backward"
    named = theory.values
    for name in ("production", "flux", "rate"):
        mean, error = network_curve(rows.stack(name))
        if backward:
            mean, error = mean[::-1], error[::-1]
        expected = named[BACKWARD_FLUX[direction] if name == "flux" else name]
        expected = -expected if backward and name == "rate" else expected
        table.curve(
            f"{name}_window", {"t": named["centres"]}, simulation=mean, simulation_error=error, count=len(rows),
            theory=expected, direction=direction,
        )  # fmt: skip


def landscape(data: Sources) -> pd.DataFrame:
    """Potential, speciation and phases: closed forms beside the free energy, roots and minima found directly."""
    table = TableBuilder()
    add_potentials(table, data["potentials"].one(), data["free-energies"].one())
    gaps: dict[str, list[float]] = {"root": [], "unit": []}
    for row in data["onsets"]:
        known = data["speciation"].at(**row.point).one().values
        table.number("t_speciation", Estimate.exact(row.values["t_root"], 1e-12), known["t_speciation"], **row.point)
        gaps["root"].append(abs(row.values["t_root"] - known["t_speciation"]))
        gaps["unit"].append(abs(row.values["t_root"] - known["t_unit_variance"]))
    for row in data["speciation"]:
        for name in ("t_speciation", "t_unstable"):
            if np.isfinite(row.values[name]):
                table.number(f"{name}_formula", None, row.values[name], **row.point)
    for name, some in gaps.items():
        table.number(f"largest_gap_{name}", Estimate.exact(float(np.nanmax(some))), None)
    table.number("points", Estimate.exact(float(np.isfinite(gaps["root"]).sum())), None)
    add_phases(table, data["plane"].one().values, data["boundaries"].one().values)
    return table.frame()


def add_potentials(table: TableBuilder, theory: Outcome, direct: Outcome) -> None:
    """U - U(0) by curve, the generalised free energy on the same footing, and their largest gap up to a constant."""
    named = theory.values
    curves = list(zip(named["mu"], named["sigma2"], named["t"], strict=True))
    free = iter(range(len(direct.values["x"])))
    gaps: dict[str, list[float]] = {"energy": [], "half": []}
    for number, (mu, sigma2, t) in enumerate(curves):
        place = {"mu": mu, "sigma2": sigma2, "at": t}
        x, u = named["x"][number], named["u"][number]
        table.curve("potential", {"x": x}, theory=u, **place)
        table.number("curvature", None, float(named["curvature"][number]), **place)
        if t == 0.0:
            continue
        row = next(free)
        where = direct.values["x"][row]
        expected = u[:: (len(x) - 1) // (len(where) - 1)]  # the states shown are points of the curve
        for name in ("energy", "half"):
            values = direct.values[name][row]
            gap = values - expected
            gaps[name].append(float(np.abs(gap - gap.mean()).max()))
            if name == "energy":
                shifted = values - gap.mean()
                table.curve(
                    "free_energy", {"x": where}, simulation=shifted, simulation_error=0.0, count=np.inf,
                    theory=expected, **place,
                )  # fmt: skip
    for name, some in gaps.items():
        table.number(f"largest_gap_{name}", Estimate.exact(max(some)), None)
    table.number("compared", Estimate.exact(float(len(gaps["energy"]) * direct.values["x"].shape[1])), None)


def add_phases(table: TableBuilder, found: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Phases by minima of U beside the boundaries, and the share of points that differ."""
    sigma, mu = (grid.ravel() for grid in np.meshgrid(found["sigma"], found["mu"], indexing="ij"))
    table.curve(
        "phase", {"mu": mu, "sigma": sigma}, simulation=found["phases"].ravel(), simulation_error=0.0, count=np.inf,
        theory=known["phases"].ravel(),
    )  # fmt: skip
    for name in ("phases", "unit_variance"):
        share = float((found["phases"] != known[name]).mean())
        table.number(f"differing_{name}", Estimate.exact(share), None)
    table.curve("boundary", {"sigma": known["sigma_boundary"]}, theory=known["mu_boundary"])


def generation(data: Sources) -> pd.DataFrame:
    """Clouds in the plane, and where generated states end with the exact drift and in the data's own potential."""
    table = TableBuilder()
    for row in data["circles"]:
        for x, y in zip(row.values["x"], row.values["y"], strict=True):
            table.curve("circle", {"x": x}, theory=y, at=row.point["t"], mode=float(np.sign(x.mean())))
    for row in data["clouds"]:
        if row.replica == 0:
            add_cloud(table, row)
    for point in data["generated"].points():
        rows = data["generated"].at(**point)
        exact = point["mu"] ** 2 + point["sigma2"]
        for name, theory in (("variance", exact), ("escaped", None)):
            table.number(name, average(rows, name), theory, **point)
        table.number("variance_deviation", average(rows, "variance") / exact - 1.0, None, **point)
        mean, error = network_curve(rows.stack("variances"))
        table.curve(
            "variance_course", {"s": rows[0].values["times"]}, simulation=mean, simulation_error=error, count=len(rows),
            **point,
        )  # fmt: skip
        found = density_from_counts(rows.stack("counts"), ENDS, rows.stack("n_paths"))
        table.curve(
            "end_density", {"low": ENDS[:-1], "high": ENDS[1:], "centre": 0.5 * (ENDS[:-1] + ENDS[1:])},
            simulation=found.density, simulation_error=found.error, count=len(rows), **point,
        )  # fmt: skip
    for row in data["targets"]:
        table.curve("target_density", {"x": row.values["x"]}, theory=row.values["density"], **row.point)
        table.curve("target_variance", {"s": row.values["s"]}, theory=row.values["variance"], **row.point)
    return table.frame()


def add_cloud(table: TableBuilder, row: Outcome) -> None:
    """States at both ends and the shown paths of one bundle."""
    direction = row.point["direction"]
    for end in ("start", "end"):
        x, y = row.values[end]
        table.curve(f"cloud_{end}", {"x": x}, simulation=y, direction=direction)
    for number, (x, y) in enumerate(row.values["paths"]):
        table.curve("path", {"x": x}, simulation=y, direction=direction, path=number)


def glass(data: Sources) -> pd.DataFrame:
    """Franz-Parisi potential and its derivatives over q: quadrature beside sampling; zeros and values."""
    table = TableBuilder()
    for theory in data["potentials-of-pairs"]:
        named, place = theory.values, {"at": theory.point["t"]}
        for name in ("potential", "slope", "curvature"):
            table.curve(f"{name}_curve", {"q": named["q"]}, theory=named[name], theory_error=named["residual"], **place)
        for name in ("slope", "curvature", "grid"):
            zeros = np.atleast_1d(named[f"{name}_zeros"])
            table.number(f"{name}_zeros", None, float(zeros.size), **place)
            for rank, zero in enumerate(zeros):
                table.number(f"{name}_zero", None, float(zero), 1e-9, rank=rank, **place)
        table.number("smallest_slope", None, float(named["slope"].min()), **place)
        rows = data["sampled-pairs"].at(t=theory.point["t"])
        at = [int(np.argmin(np.abs(named["q"] - q))) for q in DISTANCES]
        for name in ("potential", "slope", "curvature"):
            mean, error = network_curve(rows.stack(name))
            for other in data["potentials-of-pairs"]:
                table.curve(
                    name, {"q": DISTANCES}, simulation=mean, simulation_error=error, count=len(rows),
                    theory=other.values[name][at], of=other.point["t"], **place,
                )  # fmt: skip
    return table.frame()
