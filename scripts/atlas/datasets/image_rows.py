"""Labelled images as series of their rows, values 0 to 1: row t of an image is the input at time t."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.datasets.images import Images


@dataclass(frozen=True)
class RowSeries:
    """Inputs (side, n, side): time, image, pixel; labels (n,)."""

    x: NDArray[np.float32]
    labels: NDArray[np.int64]


def split_rows(images: Images, n_train: int, n_test: int, rng: np.random.Generator) -> tuple[RowSeries, RowSeries]:
    """Disjoint random training and test series; DataError when the set has too few images."""
    grey, y = images.drawn(n_train + n_test, rng)
    x = np.ascontiguousarray(grey.transpose(1, 0, 2))
    return RowSeries(x[:, :n_train], y[:n_train]), RowSeries(x[:, n_train:], y[n_train:])
