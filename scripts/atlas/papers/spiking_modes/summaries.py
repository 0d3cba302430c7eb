"""What is kept of a trained network: spike statistics, spectra of modes, places in mode space, one trial in full."""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.learning.mode_weights import FreeWeights, ModeWeights
from atlas.learning.spiking_network import Course
from atlas.papers.spiking_modes.edges import FANO_EDGES

Array = np.ndarray[Any, Any]
SHOWN = np.array([0.0, 0.25, 0.5])  # ranks, by their peaks, of the neurons whose membranes are kept


def fano_factors(counts: Array) -> Array:
    """Variance over mean of the spike counts (trials, N) of every neuron that spiked."""
    mean = counts.mean(axis=0)
    return np.asarray(counts.var(axis=0, ddof=1)[mean > 0] / mean[mean > 0])


def fano_summary(counts: Array) -> dict[str, Any]:
    """fano_density over `FANO_EDGES` (what lies beyond is in the last bin), fano_median, silent share of neurons."""
    found = fano_factors(counts)
    if not found.size:
        return {"fano_density": np.zeros(len(FANO_EDGES) - 1), "fano_median": np.nan, "silent": 1.0}
    held = np.histogram(np.clip(found, FANO_EDGES[0], FANO_EDGES[-1]), FANO_EDGES)[0]
    density = held / (held.sum() * np.diff(FANO_EDGES))
    return {
        "fano_density": density,
        "fano_median": float(np.median(found)),
        "silent": 1.0 - found.size / counts.shape[1],
    }


def spectrum(rec: ModeWeights | FreeWeights) -> dict[str, Array]:
    """importance (P,) in the order of the modes and scale |lambda| sorted downwards; nothing for free weights."""
    if isinstance(rec, FreeWeights):
        return {}
    scale = np.sort(np.abs(rec.parameters[1].astype(np.float64)))[::-1]
    return {"importance": rec.importance(), "scale": scale}


def one_trial(course: Course, dt: float) -> dict[str, Array]:
    """Of the first trial: membranes and r (T, 3) of the neurons of rank 0, N/4, N/2 by max r, and spikes (T, N).

    time (T,): of every step, in ms; population (T,): spikes per neuron and second over all trials of the course.
    """
    r = course.r[1:, 0]
    falling = np.argsort(-r.max(axis=0), kind="stable")
    chosen = falling[(len(falling) * SHOWN).astype(int)]
    return {
        "time": dt * np.arange(len(r)),
        "membrane": course.membrane()[:, 0, chosen],
        "train": r[:, chosen],
        "raster": course.s[1:, 0].astype(np.uint8),
        "population": course.s[1:].mean(axis=(1, 2), dtype=np.float64) * 1000.0 / dt,
    }


def between_over_total(places: Array, classes: Array) -> float:
    """Variance between the means of classes over the total one, summed over the axes of places (n, P)."""
    centre = places.mean(axis=0)
    total = float(np.sum((places - centre) ** 2))
    between = sum(
        float(np.sum(classes == k) * np.sum((places[classes == k].mean(axis=0) - centre) ** 2))
        for k in np.unique(classes)
    )
    return between / total if total > 0 else np.nan


def between_within(places: Array, groups: Array, classes: Array) -> float:
    """`between_over_total` of the classes inside each group, averaged over the groups."""
    shares = [between_over_total(places[groups == k], classes[groups == k]) for k in np.unique(groups)]
    return float(np.mean(shares))


def nearest_centroid(places: Array, classes: Array, answers: Array) -> float:
    """Share of the second half of the trials whose nearest class mean (of the first half) has their own answer."""
    half = len(places) // 2
    kinds = np.unique(classes[:half])
    means = np.stack([places[:half][classes[:half] == k].mean(axis=0) for k in kinds])
    said = np.array([answers[:half][classes[:half] == k][0] for k in kinds])
    nearest = np.argmin(((places[half:, None] - means) ** 2).sum(axis=2), axis=1)
    return float(np.mean(said[nearest] == answers[half:]))


def class_means(rows: Array, classes: Array, count: int) -> Array:
    """Means over the trials of each class of rows (T, B, P): (count, T, P); nan for an absent class."""
    found = np.full((count, len(rows), rows.shape[2]), np.nan)
    for k in range(count):
        if np.any(classes == k):
            found[k] = rows[:, classes == k].mean(axis=1)
    return found
