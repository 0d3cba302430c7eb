"""Real data sets: what is committed, and one line for a missing, edited or malformed file."""

from __future__ import annotations

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from atlas.config import ConfigError
from atlas.datasets import images, store


@pytest.mark.parametrize("name", images.NAMES)
def test_committed_set_is_whole_and_balanced(name: str) -> None:
    found = images.load(name)
    assert found.pixels.shape == (5000, 14, 14)
    assert np.bincount(found.labels).tolist() == [500] * 10
    # real pictures: class means differ far more than chance would let them (pixels have standard deviation < 128)
    means = np.array([found.pixels[found.labels == k].mean(axis=0) for k in range(10)])
    assert np.linalg.norm(means[0] - means[1]) > 10 * 14 * 128 / np.sqrt(500) / 10


def test_committed_files_are_small() -> None:
    assert sum(path.stat().st_size for path in store.ROOT.glob("*-14/*.gz")) <= 1_000_000


def test_split_is_disjoint_normalised_and_keyed_by_its_stream() -> None:
    whole = images.load("mnist")
    one, same, other = (images.split(whole, 300, 200, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.train_x.mean() == pytest.approx(0.0, abs=1e-5)
    assert one.train_x.std() == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(one.test_x, same.test_x)
    assert not np.array_equal(one.test_y, other.test_y)
    rows = {row.tobytes() for row in one.train_x}
    assert not any(row.tobytes() in rows for row in one.test_x)


def test_too_many_images_are_refused() -> None:
    with pytest.raises(store.DataError, match=r"6000 for training and test together; allowed: at most 5000"):
        images.split(images.load("mnist"), 4000, 2000, np.random.default_rng(0))


def test_unknown_set_is_refused() -> None:
    with pytest.raises(ConfigError, match="allowed: mnist, fashion"):
        images.load("cifar")


def idx(array: np.ndarray) -> bytes:
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of published files: three images of 28 x 28."""
    place = tmp_path / "mnist"
    place.mkdir()
    files = dict(
        zip(images.PUBLISHED, (idx(np.arange(3 * 784).reshape(3, 28, 28) % 256), idx(np.array([1, 0, 9]))), strict=True)
    )
    for name, content in files.items():
        (place / name).write_bytes(content)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    (place / store.SUMS).write_text(sums, encoding="utf-8")
    return tmp_path


def test_a_folder_of_published_files(folder: Path) -> None:
    found = images.load("mnist", str(folder))
    assert found.labels.tolist() == [1, 0, 9]
    assert found.pixels[1, 0, :3].tolist() == [16, 17, 18]  # 784 modulo 256


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        ("missing", "is missing or cannot be read"),
        ("edited", "the file was changed"),
        ("no sums", "SHA256SUMS: is missing"),
        ("bad sums", "got the line 'nonsense'"),
    ],
)
def test_unusable_file_is_one_line(folder: Path, spoil: str, line: str) -> None:
    path = folder / "mnist" / images.PUBLISHED[0]
    if spoil == "missing":
        path.unlink()
    elif spoil == "edited":
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    elif spoil == "no sums":
        (folder / "mnist" / store.SUMS).unlink()
    else:
        (folder / "mnist" / store.SUMS).write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(store.DataError, match=line) as raised:
        images.load("mnist", str(folder))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "content", [b"no gzip", idx(np.zeros(4)), gzip.compress(b"\0\0", mtime=0)], ids=["text", "floats", "short"]
)
def test_other_formats_are_refused(content: bytes) -> None:
    with pytest.raises(store.DataError, match="is not a gzipped idx file"):
        store.read_idx(content, "some file", 3)
