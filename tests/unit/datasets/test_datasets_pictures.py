"""Pictures as states: areas, encoding, classes."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.datasets import images, pictures
from atlas.datasets.store import DataError


def test_areas_are_averaged_exactly() -> None:
    """3 pixels to 2: each new one holds one whole and one half pixel."""
    np.testing.assert_allclose(pictures.area_weights(3, 2), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]])
    np.testing.assert_allclose(pictures.area_weights(12, 8).sum(axis=1), 1.0)
    pixels = np.arange(36, dtype=np.uint8).reshape(1, 6, 6)
    middle = pixels[0, 1:5, 1:5] / 255.0
    halves = middle.reshape(2, 2, 2, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(pictures.resized(pixels, 4, 2)[0], halves)
    np.testing.assert_allclose(pictures.resized(pixels, 6, 6)[0], pixels[0] / 255.0)


def test_states_of_the_committed_digits() -> None:
    found = pictures.states(images.load("mnist"), (1, 3, 6), 12, 8)
    assert found.x.shape == (1500, 64)
    assert found.x.min() >= -1.0
    assert found.x.max() <= 1.0
    assert sorted(set(found.labels.tolist())) == [1, 3, 6]
    whole = images.load("mnist")
    first = whole.pixels[np.isin(whole.labels, (1, 3, 6))][0] / 255.0
    same = pictures.states(whole, (1, 3, 6), 14, 14).x[0]
    np.testing.assert_allclose(same, 2.0 * first.ravel() - 1.0)


def test_what_cannot_be_cut_is_said() -> None:
    with pytest.raises(DataError, match="even margins"):
        pictures.resized(np.zeros((1, 14, 14), np.uint8), 11, 8)
    with pytest.raises(DataError, match="classes"):
        pictures.states(images.load("mnist"), (1, 11), 14, 14)
