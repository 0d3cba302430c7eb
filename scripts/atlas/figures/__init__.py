"""One style for the whole corpus: theory as lines, simulation as markers with error bars.

`Canvas` draws, records every plotted number and writes SVG, PDF, PNG and CSV, byte-stable; `caption` words
the text under it; `FigureError` is what a figure that must not be written raises. Matplotlib is imported with
the first canvas.
"""

from atlas.figures.canvas import Canvas
from atlas.figures.captions import caption
from atlas.figures.errors import FigureError

__all__ = ["Canvas", "FigureError", "caption"]
