"""Training and test images with chosen numbers per class, grey values in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.datasets.images import Images
from atlas.datasets.store import DataError


@dataclass(frozen=True)
class ClassSplit:
    """Inputs (n, side²) in [0, 1] and labels (n,), training and test disjoint."""

    train_x: NDArray[np.float32]
    train_y: NDArray[np.int64]
    test_x: NDArray[np.float32]
    test_y: NDArray[np.int64]


def class_split(images: Images, n_train: Sequence[int], n_test: int, rng: np.random.Generator) -> ClassSplit:
    """n_train[k] training and n_test test images of class k at random; DataError when a class has too few."""
    train, test = [], []
    for label, wanted in enumerate(n_train):
        members = np.flatnonzero(images.labels == label)
        if wanted + n_test > len(members):
            raise DataError(f"class {label}: got {wanted} + {n_test} wanted; allowed: at most {len(members)} together")
        order = rng.permutation(members)
        test.append(order[:n_test])
        train.append(order[n_test : n_test + wanted])
    return ClassSplit(*_part(images, np.concatenate(train)), *_part(images, np.concatenate(test)))


def _part(images: Images, chosen: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    x = images.pixels[chosen].reshape(len(chosen), -1).astype(np.float32) / np.float32(255.0)
    return x, images.labels[chosen].astype(np.int64)


def unequal_counts(total: int, ratio: float, order: Sequence[int]) -> list[int]:
    """About `total` items over classes in geometric proportion, `ratio` between the most and the least frequent.

    order[k]: rank of class k, 0 the most frequent. At least one item per class. ValueError for ratio < 1.
    """
    if not ratio >= 1.0:
        raise ValueError(f"ratio: got {ratio}; allowed: a number >= 1")
    classes = len(order)
    shares = ratio ** (-np.asarray(order, dtype=float) / max(1, classes - 1))
    return [max(1, round(total * share)) for share in (shares / shares.sum()).tolist()]
