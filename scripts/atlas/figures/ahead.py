"""What every figure needs and none changes, made once in a process that then forks for many figures.

No font of matplotlib may stay behind: it holds its file open, and a child that drops it closes whatever has that
file's number by then. Without this every figure makes the same for itself, with the same bytes.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

FACES = ("DejaVu Sans", "DejaVu Sans", "DejaVu Sans:italic", "DejaVu Sans:italic", "DejaVu Sans:bold")  # of one PDF
TABLES = ("glyf", "cmap", "post", "hmtx", "OS/2", "name")

_fonts: dict[str, list[Any]] = {}


def prepare() -> None:
    """The grammar of formulas, and the tables of the usual fonts as fontTools reads them."""
    from matplotlib._mathtext import Parser
    from matplotlib.font_manager import findfont
    from matplotlib.mathtext import MathTextParser

    MathTextParser._parser = Parser()  # type: ignore[attr-defined]  # as its first formula would, which opens fonts
    for face in FACES:
        path = str(findfont(face))
        _fonts.setdefault(path, []).append(read_font(path))


def read_font(path: str) -> Any:
    """A font in memory with the tables read that subsetting looks into; the others are copied as they stand."""
    from fontTools import subset

    font = subset.load_font(io.BytesIO(Path(path).read_bytes()), subset.Options())
    for table in TABLES:
        font[table]
    return font


def take(path: str) -> Any | None:
    """A font that was read ahead, each once: who subsets a font changes it."""
    ready = _fonts.get(str(path), [])
    return ready.pop() if ready else None
