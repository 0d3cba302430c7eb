"""Labelled grey images: MNIST digits and Fashion-MNIST.

committed: 5000 images of each (500 per class), 2 x 2 pixels averaged to 14 x 14, in resources/datasets (its README.md
says where from and under which licence). A folder of one's own with the published idx files (train-images-idx3-ubyte.gz
and so on, in subfolders mnist and fashion, each with SHA256SUMS) gives all images in 28 x 28.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atlas.datasets.store import ROOT, DataError, listed, read_idx, shown, verified

NAMES = ("mnist", "fashion")
CLASSES = 10
COMMITTED = {
    "mnist": {
        "images-idx.gz": "2f4eba16e76a193ff23236a71d5f7ed615eaa3a336b33319b24087bb55ae64cb",
        "labels-idx.gz": "f68a08edfa5fcd7d690dbfea31a19a551216b1e3b3e3c59b231860d16cbed323",
    },
    "fashion": {
        "images-idx.gz": "60274f018e067da1b7a8475e98d6897f4e22953f464da0ad00a40446b50e6b08",
        "labels-idx.gz": "ee0f20c66af467ec32b25b30a3629eeb9871a714c31cde8bab78f77ebab11dfa",
    },
}
PUBLISHED = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")


@dataclass(frozen=True)
class Images:
    """pixels (n, side, side), labels (n,) from 0 to 9."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def chosen(self, which: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Grey values (n, side, side) in [0, 1] and labels (n,) of some images."""
        return self.pixels[which].astype(np.float32) / np.float32(255.0), self.labels[which].astype(np.int64)

    def drawn(self, count: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Random different images; DataError when the set has too few."""
        if count > len(self.labels):
            raise DataError(f"images: got {count} for training and test together; allowed: at most {len(self.labels)}")
        return self.chosen(rng.permutation(len(self.labels))[:count])


@dataclass(frozen=True)
class Split:
    """Inputs (n, side²) and labels (n,); training and test images are different ones."""

    train_x: NDArray[np.float32]
    train_y: NDArray[np.int64]
    test_x: NDArray[np.float32]
    test_y: NDArray[np.int64]


def load(name: str, folder: str = "") -> Images:
    """All images of a set: the committed ones, or those of a folder. DataError for an unknown set or unusable files."""
    if name not in NAMES:
        raise DataError(f"data set: got {name!r}; allowed: {', '.join(NAMES)}")
    if folder:
        place = Path(folder) / name
        sums = listed(place)
        files = {file: sums.get(file, "") for file in PUBLISHED}
    else:
        place, files = ROOT / f"{name}-14", COMMITTED[name]
    images, labels = (
        read_idx(verified(place / file, digest), shown(place / file), dimensions)
        for (file, digest), dimensions in zip(files.items(), (3, 1), strict=True)
    )
    if len(images) != len(labels) or images.shape[1] != images.shape[2] or labels.max(initial=0) >= CLASSES:
        raise DataError(f"{shown(place)}: {images.shape} images, {len(labels)} labels; needed: square, one label each")
    return Images(images, labels)


def split(images: Images, n_train: int, n_test: int, rng: np.random.Generator) -> Split:
    """Random images, inputs of mean 0 and variance 1 over those of training; DataError when the set has too few."""
    grey, y = images.drawn(n_train + n_test, rng)
    x = grey.reshape(len(y), -1)
    x = (x - x[:n_train].mean()) / x[:n_train].std()
    return Split(x[:n_train], y[:n_train], x[n_train:], y[n_train:])
