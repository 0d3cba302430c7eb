"""Files of data sets and their checksums: a missing, edited or malformed file is one line (`DataError`)."""

from __future__ import annotations

import gzip
import hashlib
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.config import ConfigError

ROOT = Path(__file__).resolve().parents[3] / "resources" / "datasets"
SUMS = "SHA256SUMS"  # of a folder of one's own: lines "<digest>  <file>", as sha256sum writes them
UNSIGNED_BYTE = 8  # the idx format's code of its element type


class DataError(ConfigError):
    """A data file that cannot be used; jobs print its one line."""

    def __init__(self, problem: str) -> None:
        super().__init__([problem])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.problems[0],)


def shown(path: Path) -> str:
    """The path as it is said in messages: from the checkout where it lies in it."""
    root = ROOT.parents[1]
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def verified(path: Path, digest: str) -> bytes:
    """The bytes of a file whose SHA-256 is `digest`; DataError when it is missing or another."""
    try:
        content = path.read_bytes()
    except OSError:
        raise DataError(f"{shown(path)}: is missing or cannot be read; needed: the file as it was published") from None
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise DataError(f"{shown(path)}: SHA-256 is {found[:16]}…; needed: {digest[:16]}… (the file was changed)")
    return content


def listed(folder: Path) -> dict[str, str]:
    """File name → SHA-256 from the SHA256SUMS of a folder; DataError when there is none or a line is malformed."""
    path = folder / SUMS
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError:
        raise DataError(f"{shown(path)}: is missing; needed: lines of `sha256sum *` for the files beside it") from None
    sums = {}
    for line in filter(None, lines):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not name:
            raise DataError(f"{shown(path)}: got the line {line[:40]!r}; allowed: <SHA-256>  <file name>")
        sums[name.removeprefix("*")] = digest
    return sums


def read_idx(content: bytes, name: str, dimensions: int) -> NDArray[np.uint8]:
    """The array of a gzipped idx file of unsigned bytes; DataError when it is not one of that many dimensions."""
    try:
        raw = gzip.decompress(content)
        head = struct.unpack(f">HBB{dimensions}I", raw[: 4 + 4 * dimensions])
        body = np.frombuffer(raw, np.uint8, offset=4 + 4 * dimensions)
        if head[:3] != (0, UNSIGNED_BYTE, dimensions):
            raise ValueError
        return body.reshape(head[3:])
    except (OSError, EOFError, ValueError, struct.error):
        raise DataError(f"{name}: is not a gzipped idx file of bytes in {dimensions} dimensions") from None
