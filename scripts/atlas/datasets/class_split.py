"""Training and test images with chosen numbers per class, grey values in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atlas.datasets.images import Images, Split
from atlas.datasets.store import DataError


def class_split(images: Images, n_train: Sequence[int], n_test: int, rng: np.random.Generator) -> Split:
    """n_train[k] training and n_test test images of class k at random; DataError when a class has too few."""
    train, test = [], []
    for label, wanted in enumerate(n_train):
        members = np.flatnonzero(images.labels == label)
        if wanted + n_test > len(members):
            raise DataError(f"class {label}: got {wanted} + {n_test} wanted; allowed: at most {len(members)} together")
        order = rng.permutation(members)
        test.append(order[:n_test])
        train.append(order[n_test : n_test + wanted])
    (train_x, train_y), (test_x, test_y) = (images.chosen(np.concatenate(part)) for part in (train, test))
    return Split(train_x.reshape(len(train_y), -1), train_y, test_x.reshape(len(test_y), -1), test_y)


def unequal_counts(total: int, ratio: float, order: Sequence[int]) -> list[int]:
    """About `total` items over classes in geometric proportion, `ratio` between the most and the least frequent.

    order[k]: rank of class k, 0 the most frequent. At least one item per class. ValueError for ratio < 1.
    """
    if not ratio >= 1.0:
        raise ValueError(f"ratio: got {ratio}; allowed: a number >= 1")
    classes = len(order)
    shares = ratio ** (-np.asarray(order, dtype=float) / max(1, classes - 1))
    return [max(1, round(total * share)) for share in (shares / shares.sum()).tolist()]
