"""Pictures as states: classes chosen, cropped and averaged over areas to another size, grey values in [-1, 1].

A pixel p in [0, 1] becomes the state x = 2 p - 1; its activity is tanh(x). Source: dossier langevin-machine, Data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.datasets.images import Images
from atlas.datasets.store import DataError

WHITE = 255.0


@dataclass(frozen=True)
class States:
    """x (n, side²) float64 in [-1, 1] and labels (n,)."""

    x: NDArray[np.float64]
    labels: NDArray[np.int64]


def area_weights(size: int, side: int) -> NDArray[np.float64]:
    """(side, size): row i averages the pixels 0..size-1 over the interval [i, i+1] size/side; rows sum to 1."""
    edges = np.arange(side + 1) * (size / side)
    low, high = edges[:-1, None], edges[1:, None]
    pixel = np.arange(size)[None, :]
    overlap = np.clip(np.minimum(high, pixel + 1) - np.maximum(low, pixel), 0.0, None)
    return overlap * (side / size)


def resized(pixels: NDArray[np.uint8], crop: int, side: int) -> NDArray[np.float64]:
    """The central crop x crop pixels averaged over areas to side x side, in [0, 1]: (n, s, s) -> (n, side, side).

    DataError unless side <= crop <= s and crop and s are both even or both odd.
    """
    size = pixels.shape[-1]
    margin, odd = divmod(size - crop, 2)
    if not 1 <= side <= crop <= size or odd:
        raise DataError(
            f"pictures of {size} pixels: got crop {crop}, side {side}; allowed: side <= crop <= {size}, even margins"
        )
    inner = pixels[:, margin : size - margin, margin : size - margin] / WHITE
    weights = area_weights(crop, side)
    return np.asarray(weights @ inner @ weights.T)


def states(images: Images, classes: Sequence[int], crop: int, side: int) -> States:
    """All pictures of some classes as states, in the order of the set; DataError when a class has none."""
    for one in classes:
        if not np.any(images.labels == one):
            raise DataError(f"classes: got {one}; allowed: a class of the set")
    chosen = np.isin(images.labels, list(classes))
    x = 2.0 * resized(images.pixels[chosen], crop, side).reshape(int(chosen.sum()), -1) - 1.0
    return States(x, images.labels[chosen].astype(np.int64))
