"""kinetic-energy: a measured density beside the Gaussian of the theory, bin by bin."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtr

from atlas.estimation.histograms import density_from_counts
from atlas.tables import TableBuilder


def add_density(
    table: TableBuilder,
    quantity: str,
    counts: np.ndarray,
    edges: np.ndarray,
    variance: float | None,
    **place: Any,
) -> None:
    """A density over the bins (merged to widths of about 0.1), with the Gaussian of a variance as theory.

    The theory of a bin is the Gaussian's share of it over its width, so that binning is no source of deviation.
    """
    merge = max(1, round(0.1 / (edges[1] - edges[0])))
    while (len(edges) - 1) % merge:
        merge -= 1
    counts, edges = counts.reshape(len(counts), -1, merge).sum(axis=2), edges[::merge]
    density = density_from_counts(counts, edges)
    theory = None if variance is None else np.diff(ndtr(edges / np.sqrt(variance))) / np.diff(edges)
    table.curve(
        quantity,
        {"low": edges[:-1], "high": edges[1:]},
        simulation=density.density,
        simulation_error=density.error,
        count=density.networks,
        theory=theory,
        **place,
    )
