"""Splits by class: numbers, disjoint images, proportions, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.datasets.class_split import class_split, unequal_counts
from atlas.datasets.images import Images
from atlas.datasets.store import DataError


def images() -> Images:
    labels = np.repeat(np.arange(10, dtype=np.uint8), 30)
    pixels = np.zeros((300, 2, 2), np.uint8)
    pixels[:, 0, 0] = np.arange(300) % 256
    pixels[:, 0, 1] = np.arange(300) // 256
    return Images(pixels, labels)


def test_numbers_per_class_and_no_common_image() -> None:
    wanted = [20, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    found = class_split(images(), wanted, 10, np.random.Generator(np.random.Philox(1)))
    assert np.bincount(found.train_y).tolist() == wanted
    assert np.bincount(found.test_y).tolist() == [10] * 10
    rows = [tuple(row) for row in np.concatenate([found.train_x, found.test_x]).tolist()]
    assert len(set(rows)) == len(rows)
    assert 0.0 <= min(map(min, rows)) <= max(map(max, rows)) <= 1.0
    assert found.train_x.dtype == np.float32


def test_too_few_images_are_refused() -> None:
    with pytest.raises(DataError, match=r"class 0: got 25 \+ 10 wanted; allowed: at most 30"):
        class_split(images(), [25] * 10, 10, np.random.Generator(np.random.Philox(1)))


def test_geometric_proportions() -> None:
    assert unequal_counts(1000, 1.0, range(10)) == [100] * 10
    counts = unequal_counts(1000, 10.0, [9, *range(9)])
    assert max(counts) / min(counts) == pytest.approx(10.0, rel=0.05)  # rounded to whole images
    assert counts[0] == min(counts)
    assert sum(counts) == pytest.approx(1000, abs=5)
    with pytest.raises(ValueError, match="ratio"):
        unequal_counts(10, 0.5, range(10))
