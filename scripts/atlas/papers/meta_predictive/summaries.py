"""What is kept of the laws of a network's weights: averages by layer, medians and histograms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from atlas.learning.predictive_coding import PredictiveNetwork

Array = np.ndarray[Any, Any]
LAYERS = ("in", "rec", "out")
GROUPS = ("in", "rec-up", "rec-down", "out")  # rec by direction: from a lower to a higher unit, and back
BINS = 40
PI_EDGES = np.linspace(0.0, 0.2, BINS + 1)
XI_EDGES = np.linspace(0.0, 0.2, BINS + 1)
M_EDGES = np.linspace(-4.0, 4.0, BINS + 1)  # of m in units of its standard deviation


def laws(network: PredictiveNetwork) -> Array:
    """Means over each layer (in, rec, out) of |mu|, pi and Xi: (3, 3), law by layer."""
    return np.array(
        [
            [float(np.abs(layer.mean()).mean()) for layer in network.layers],
            [float(layer.pi.mean()) for layer in network.layers],
            [float(layer.xi.mean()) for layer in network.layers],
        ]
    )


def relative_variance(network: PredictiveNetwork) -> Array:
    """Median of v/(mu² + v) over each layer; 0 for weights that are 0 for certain."""
    found = []
    for layer in network.layers:
        v, mu = layer.variance().astype(float), layer.mean().astype(float)
        total = mu * mu + v
        found.append(float(np.median(np.where(total > 0.0, v / np.where(total > 0.0, total, 1.0), 0.0))))
    return np.array(found)


def split_by_group(network: PredictiveNetwork, name: str) -> list[Array]:
    """One parameter (m, pi or xi) of the four groups, flat."""
    into, rec, out = (getattr(layer, name) for layer in network.layers)
    lower = np.tril_indices(len(rec), -1)
    return [into.ravel(), rec[lower], rec.T[lower], out.ravel()]


def histograms(network: PredictiveNetwork) -> dict[str, Array]:
    """Densities (4 groups, 40 bins) of m in standard deviations, pi and Xi, and the standard deviations of m (4,).

    What lies beyond the last edge is counted in the last bin (of m: in the first or last).
    """
    m, spread = split_by_group(network, "m"), []
    named: dict[str, Array] = {}
    rows = []
    for each in m:
        deviation = float(each.std())
        spread.append(deviation)
        rows.append(density(each / deviation if deviation > 0.0 else each, M_EDGES))
    named["m_density"], named["m_spread"] = np.array(rows), np.array(spread)
    for name, edges in (("pi", PI_EDGES), ("xi", XI_EDGES)):
        named[f"{name}_density"] = np.array([density(each, edges) for each in split_by_group(network, name)])
    return named


def density(values: Array, edges: Array) -> Array:
    """A histogram of unit area; values beyond the ends count in the end bins."""
    counts = np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]
    return np.asarray(counts / (counts.sum() * np.diff(edges)))
