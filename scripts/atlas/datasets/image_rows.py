"""Labelled images as series of their rows, values 0 to 1: row t of an image is the input at time t."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.datasets.images import Images
from atlas.datasets.store import DataError


@dataclass(frozen=True)
class RowSeries:
    """Inputs (side, n, side): time, image, pixel; labels (n,)."""

    x: NDArray[np.float32]
    labels: NDArray[np.int64]


def split_rows(images: Images, n_train: int, n_test: int, rng: np.random.Generator) -> tuple[RowSeries, RowSeries]:
    """Disjoint random training and test series; DataError when the set has too few images."""
    if n_train + n_test > len(images.labels):
        raise DataError(f"images: got {n_train} + {n_test} wanted; allowed: at most {len(images.labels)} together")
    chosen = rng.permutation(len(images.labels))[: n_train + n_test]
    x = np.ascontiguousarray(images.pixels[chosen].astype(np.float32).transpose(1, 0, 2) / np.float32(255.0))
    y = images.labels[chosen].astype(np.int64)
    return RowSeries(x[:, :n_train], y[:n_train]), RowSeries(x[:, n_train:], y[n_train:])
