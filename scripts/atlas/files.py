"""Files that are whole or not there: every writer of the Atlas goes through a temporary name and a rename."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def token() -> str:
    """What makes a temporary name unique on a disk that several machines share: their process numbers coincide."""
    return secrets.token_hex(6)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path``; on success rename it to ``path``, on any error remove it.

    A reader (or a resumed run) therefore sees the old file or the complete new one, never a part. The temporary
    name keeps the suffix of ``path``, since writers choose their format by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{token()}.part{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` (UTF-8) to ``path`` as one whole file."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
