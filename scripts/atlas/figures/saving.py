"""Bytes of a figure, the same in every run and process, and files that appear whole or not at all.

No dates, versions or paths in the metadata; identifiers inside the SVG come from a fixed salt (with the
file's name in it, so that several figures can stand in one page). Series of many points become pixels inside
SVG and PDF, all else stays vector graphics.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atlas.figures import ahead
from atlas.figures.panels import FRONT
from atlas.figures.style import DPI
from atlas.files import token

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from atlas.figures.record import Series

SALT = "neural-physics-atlas"
SVG_LIMIT = 500_000  # bytes
DENSE = (5000, 1500, 400)  # points of a series drawn as pixels: always, and while the SVG is above its limit
BACKGROUND = ("trace", "scatter", "band", "bars")
SHAPING = ("GDEF", "GPOS", "GSUB", "MATH", "kern")  # font tables for setting text; in a PDF each glyph has its place
METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def render(figure: Figure, series: Sequence[Series], name: str) -> dict[str, bytes]:
    """SVG, PDF and PNG of a figure as bytes by format; its layout must be settled and the style in force."""
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": f"{SALT}/{name}"}):
        svg = limited_svg(figure, series)
        with lean_fonts():
            pdf = _bytes(figure, "pdf")
        return {"svg": svg, "pdf": pdf, "png": _bytes(figure, "png")}


@contextmanager
def lean_fonts() -> Iterator[None]:
    """Read fonts without the tables that a PDF does not use: cutting those down took most of the time of a PDF."""
    from fontTools import subset

    load_font = subset.load_font

    def load_lean(path: Any, *args: Any, **options: Any) -> Any:
        font = ahead.take(path)
        if font is None:
            font = load_font(path, *args, **options)
        for table in SHAPING:
            if table in font:
                del font[table]
        return font

    subset.load_font = load_lean
    try:
        yield
    finally:
        subset.load_font = load_font


def limited_svg(figure: Figure, series: Sequence[Series]) -> bytes:
    """SVG of a figure; as long as it is above its limit, sparser series become pixels too."""
    svg = b""
    for bound in DENSE:
        rasterise(series, bound)
        svg = _bytes(figure, "svg")
        if len(svg) <= SVG_LIMIT:
            break
    return svg


def rasterise(series: Sequence[Series], bound: int) -> None:
    """Draw what has more than `bound` points as pixels of a fixed resolution.

    All that lies behind the markers of a panel (traces, clouds, bands) becomes one picture as soon as it has
    too many points together: a picture for each of twenty traces would be larger than the traces. Fewer
    points stay vectors.
    """
    behind: dict[int, int] = {}
    for one in series:
        back = one.kind in BACKGROUND and one.axes.name != "3d"
        if back:
            count = behind[id(one.axes)] = behind.get(id(one.axes), 0) + one.size
            if count > bound:
                one.axes.set_rasterization_zorder(FRONT)
        elif one.size > bound:
            for artist in one.artists:
                artist.set_rasterized(True)


def _bytes(figure: Figure, format_: str) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=format_, dpi=DPI, metadata=METADATA[format_])
    return buffer.getvalue()


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write all files under temporary names, then rename them; on an error none of the new ones is left
    behind.
    """
    parts: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path] = path.with_name(f".{path.name}.{token()}.part")
            parts[path].write_bytes(content)
        for path, part in parts.items():
            os.replace(part, path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
