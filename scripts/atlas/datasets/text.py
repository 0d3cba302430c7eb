"""A real text, letter by letter: the annual messages of the Presidents of the United States from 1790 to 1820.

Committed in resources/datasets/messages (its README.md says where from and under which licence): 495,914 letters. They
are read in lower case over an alphabet of 32: the 26 letters, space (line breaks and dashes too), comma, full stop,
semicolon, 0 for every digit, ~ for whatever else. Sequences of length + 1 letters follow each other without overlap;
every tenth one is a test sequence. Source: dossier meta-predictive, Data.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.datasets.store import ROOT, DataError, shown, verified

FILE = ROOT / "messages" / "text.gz"
DIGEST = "97584b3397fc5c5100d6cf85691a8f28eb5c872819e137b901729c0b57f5df98"
ALPHABET = "abcdefghijklmnopqrstuvwxyz ,.;0~"
TEST_EVERY = 10
Letters = NDArray[np.int64]


@dataclass(frozen=True)
class TextSplit:
    """Training and test sequences (n, length + 1) of letters' numbers."""

    train: Letters
    test: Letters


def read() -> str:
    """The whole text; DataError when the file is missing, changed or not gzipped."""
    content = verified(FILE, DIGEST)
    try:
        return gzip.decompress(content).decode("utf-8")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error):
        raise DataError(f"{shown(FILE)}: is not a gzipped text") from None


def encode(text: str) -> Letters:
    """Numbers of the letters in ALPHABET; runs of spaces become one."""
    table = {letter: index for index, letter in enumerate(ALPHABET)}
    table |= dict.fromkeys("123456789", table["0"])
    plain = " ".join(text.lower().replace("-", " ").split())
    return np.array([table.get(letter, table["~"]) for letter in plain], dtype=np.int64)


def decode(letters: Letters) -> str:
    """The text of numbers."""
    return "".join(ALPHABET[int(index)] for index in letters)


def sequences(length: int, n_train: int, n_test: int) -> TextSplit:
    """The first n_train training and n_test test sequences; DataError when the text has too few."""
    letters = encode(read())
    rows = letters[: len(letters) // (length + 1) * (length + 1)].reshape(-1, length + 1)
    held = np.arange(len(rows)) % TEST_EVERY == TEST_EVERY - 1
    train, test = rows[~held], rows[held]
    if n_train > len(train) or n_test > len(test):
        raise DataError(f"text: got {n_train} and {n_test} wanted; allowed: at most {len(train)} and {len(test)}")
    return TextSplit(train[:n_train], test[:n_test])
