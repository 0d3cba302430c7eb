"""kinetic-energy: the network and its gradient dynamics side by side, by densities, angles between states and radii.

Each function adds rows of one quantity; `side_by_side` is the comparison that the config names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atlas.comparing import average, value
from atlas.estimation.distances import distribution_function, largest_distance
from atlas.estimation.estimate import Estimate
from atlas.estimation.histograms import density_from_counts, overlap
from atlas.estimation.networks import jackknife, network_average, paired_ratio
from atlas.outcomes import Outcomes
from atlas.papers.kinetic_energy.densities import add_density
from atlas.tables import TableBuilder

Sources = Mapping[str, Outcomes]


def side_by_side(data: Sources) -> pd.DataFrame:
    """Network and gradient dynamics: densities, angles, radii, by temperature of the gradient dynamics (F4c, F5)."""
    table = TableBuilder()
    for row in data["gradient-chaos"]:
        for name in ("variance_ratio", "variance_ratio_published"):
            table.number(f"theory_{name}", None, row.values[name], g=row.point["g"])
    chaos_state = data["dmft-chaos"].at(g=1.5).one().values
    for source in ("pair", "pair-matched"):
        for point in data[source].points():
            rows = data[source].at(**point)
            place = {"temperature": point["temperature"], "n_units": point["n_units"]}
            delta_t, phi2_t = (
                value(data["gradient-scan"], name, temperature=point["temperature"]) for name in ("delta_t", "phi2")
            )
            add_densities(table, rows, chaos_state["delta0"], delta_t, place)
            add_angles(table, rows, place)
            add_radii(table, rows, chaos_state["phi2"], phi2_t, place)
    return table.frame()


def add_densities(
    table: TableBuilder, rows: Outcomes, delta0: float, delta_t: float | None, place: dict[str, Any]
) -> None:
    """Densities of x of both runs and how far they are apart: variances, and shapes once both are standardised."""
    edges = rows[0].values["edges"]
    for run, variance in (("rnn", delta0), ("gradient", delta_t)):
        add_density(table, "density", rows.stack(f"counts_{run}"), edges, variance, run=run, **place)
        table.number("delta", average(rows, f"delta_{run}"), variance, run=run, **place)
        table.number("energy", average(rows, f"energy_{run}"), None, run=run, **place)
    ratio = paired_ratio(rows.stack("delta_gradient"), rows.stack("delta_rnn"))
    table.number("variance_ratio", ratio, None if delta_t is None else delta_t / delta0, **place)
    phi2 = rows.stack("radius_rnn").astype(float) ** 2
    per_unit = phi2.mean(axis=1) / place["n_units"]
    table.number("variance_ratio_phi", paired_ratio(per_unit, rows.stack("delta_rnn")), None, **place)
    table.number("ks_standardised", standardised_distance(rows, edges, edges), 0.0, **place)
    table.number("ks_standardised_phi", standardised_distance(rows, edges, np.tanh(edges)), None, **place)


def standardised_distance(rows: Outcomes, edges_rnn: np.ndarray, edges_gradient: np.ndarray) -> Estimate:
    """Distance of the two densities, each divided by its standard deviation over all networks."""
    x = np.linspace(-4, 4, 401)
    functions = []
    for run, edges in (("rnn", edges_rnn), ("gradient", edges_gradient)):
        counts = rows.stack(f"counts_{run}").astype(float)
        centres = (edges[1:] + edges[:-1]) / 2
        deviation = np.sqrt((counts.sum(axis=0) @ centres**2) / counts.sum())
        functions.append([np.interp(x, edges / deviation, f) for f in distribution_function(counts)])
    return largest_distance(np.array(functions[0]) - np.array(functions[1]))


ANGLE_EDGES = np.arange(0.0, 180.1, 3.0)


def add_angles(table: TableBuilder, rows: Outcomes, place: dict[str, Any]) -> None:
    """Angle of states to the mean of their own run (psi), angle between the means (theta), overlap of the humps."""
    shares = {}
    for run in ("rnn", "gradient", "rnn_first", "rnn_second"):
        psi = rows.stack(f"psi_{run}")
        shares[run] = np.array([np.histogram(one, ANGLE_EDGES)[0] for one in psi], dtype=float)
        if run in ("rnn", "gradient"):
            add_histogram(table, "psi_density", shares[run], ANGLE_EDGES, run=run, **place)
            table.number("psi", network_average(psi), None, run=run, **place)
    apart = rows.stack("psi_rnn").mean(axis=1) - rows.stack("psi_gradient").mean(axis=1)
    table.number("psi_difference", network_average(apart), None, **place)
    halves = np.abs(rows.stack("psi_rnn_second").mean(axis=1) - rows.stack("psi_rnn_first").mean(axis=1))
    table.number("psi_difference_halves", network_average(halves), None, **place)
    table.number("psi_overlap", overlap_of(shares["rnn"], shares["gradient"]), None, **place)
    table.number("psi_overlap_halves", overlap_of(shares["rnn_first"], shares["rnn_second"]), None, **place)
    theta = rows.stack("theta")
    table.number("theta", network_average(theta[:, -1]), None, **place)
    table.number("theta_self", average(rows, "theta_gradient_itself"), None, **place)
    for network, row in enumerate(rows):
        table.curve("theta_m", {"m": row.values["theta_m"]}, simulation=row.values["theta"], network=network, **place)


def overlap_of(first: np.ndarray, second: np.ndarray) -> Estimate:
    """Common area of the two pooled densities, with a jackknife over networks."""

    def statistic(pair: np.ndarray) -> float:
        a, b = (density_from_counts(pair[:, k].sum(axis=0)[None], ANGLE_EDGES).density for k in (0, 1))
        return overlap(a, b, ANGLE_EDGES)

    return jackknife(np.stack([first, second], axis=1), statistic)


def add_histogram(table: TableBuilder, quantity: str, counts: np.ndarray, edges: np.ndarray, **place: Any) -> None:
    """A density over given bins, without theory."""
    density = density_from_counts(counts, edges)
    table.curve(
        quantity, {"low": edges[:-1], "high": edges[1:]}, simulation=density.density,
        simulation_error=density.error, count=density.networks, **place,
    )  # fmt: skip


def add_radii(table: TableBuilder, rows: Outcomes, phi2: float, phi2_t: float | None, place: dict[str, Any]) -> None:
    """Radii |phi| of both runs against sqrt(N <phi²>), their relative difference, and one network's states."""
    root_n = np.sqrt(place["n_units"])
    top = max(rows.stack(f"radius_{run}").max() for run in ("rnn", "gradient"))
    edges = np.linspace(0, 1.05 * top, 106)
    for run, theory in (("rnn", phi2), ("gradient", phi2_t)):
        radius = rows.stack(f"radius_{run}")
        counts = np.array([np.histogram(one, edges)[0] for one in radius], dtype=float)
        add_histogram(table, "radius_density", counts, edges, run=run, **place)
        table.number(
            "radius",
            network_average(radius),
            None if theory is None else root_n * np.sqrt(theory),
            run=run,
            **place,
        )
        first = rows[0].values
        states = {"psi": first[f"psi_{run}"], "radius": first[f"radius_{run}"]}
        table.curve("state", states, simulation=first[f"radius_{run}"], run=run, theta=first["theta"][-1], **place)
    mean = {run: rows.stack(f"radius_{run}").mean(axis=1) for run in ("rnn", "gradient")}
    table.number("radius_difference", network_average(np.abs(mean["gradient"] / mean["rnn"] - 1)), None, **place)
    size_x = root_n * np.sqrt(rows.stack("delta_rnn"))
    table.number("radius_difference_x", network_average(np.abs(size_x / mean["rnn"] - 1)), None, **place)
