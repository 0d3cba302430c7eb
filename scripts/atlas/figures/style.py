"""One look for the whole corpus: sizes, fonts, colours, markers, line styles.

Theory is drawn as lines, simulation as markers with error bars; a parameter value keeps one colour for both.
The colours are seaborn's palette "colorblind" in an order of falling contrast. They are written out here
because importing seaborn costs two seconds per figure; a test compares them with seaborn itself.

Nothing here changes matplotlib's global state for longer than a `with styled():` block, and what a user's own
matplotlibrc says never reaches a figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MM_PER_INCH = 25.4
WIDTH_MM = {1: 86.0, 2: 178.0}  # single and double column of the physics journals
DPI = 300  # of the PNG and of rasterised series inside SVG and PDF
MIN_FONT_PT = 6.5
MIN_PANEL_MM = 10.0

BLUE, VERMILLION, GREEN, PURPLE, AMBER, SKY, BROWN = PALETTE = (
    "#0173b2",
    "#d55e00",
    "#029e73",
    "#cc78bc",
    "#de8f05",
    "#56b4e9",
    "#ca9161",
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")  # eight against seven colours: pairs repeat after 56
LINES = ("-", (0, (5, 1.6)), (0, (5, 1.4, 1, 1.4)), (0, (1, 1.2)))
INK = "#1a1a1a"  # theory without a parameter of its own
THEORY = "theory"  # the key of a theory that stands against several simulations: black
GUIDE = "#7f7f7f"  # limits, asymptotes
NO_VALUE = "#c4c4c4"  # cells of a map without a number
SEQUENTIAL = "viridis"
DIVERGING = "RdBu_r"

LAYOUT: dict[str, float] = {"w_pad": 2.0 / 72, "h_pad": 2.0 / 72, "wspace": 0.03, "hspace": 0.04}

RC: dict[str, Any] = {
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],  # ships inside matplotlib: the same glyphs everywhere
    "mathtext.fontset": "dejavusans",
    "text.usetex": False,
    "text.hinting": "no_hinting",  # extents then agree between the three formats
    "font.size": 8.0,
    "axes.labelsize": 8.0,
    "axes.titlesize": 8.0,
    "axes.titlepad": 4.0,
    "axes.labelpad": 2.5,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "legend.title_fontsize": 7.0,
    "figure.titlesize": 8.0,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.xmargin": 0.03,
    "axes.ymargin": 0.05,
    "axes.formatter.limits": (-3, 4),
    "axes.formatter.use_mathtext": True,
    "axes.formatter.useoffset": False,
    "grid.linewidth": 0.4,
    "grid.color": "#d9d9d9",
    "axes3d.automargin": False,
    "xtick.major.size": 2.8,
    "ytick.major.size": 2.8,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.pad": 2.5,
    "ytick.major.pad": 2.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.6,
    "lines.markeredgewidth": 0.8,
    "lines.solid_capstyle": "butt",
    "errorbar.capsize": 1.4,
    "legend.frameon": True,
    "legend.framealpha": 0.8,  # where it must lie on data, text stays readable and the data visible
    "legend.edgecolor": "none",
    "legend.fancybox": False,
    "legend.handlelength": 1.9,
    "legend.handletextpad": 0.5,
    "legend.labelspacing": 0.3,
    "legend.columnspacing": 1.1,
    "legend.borderaxespad": 0.4,
    "legend.borderpad": 0.2,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.edgecolor": "white",
    "savefig.bbox": None,  # a tight box would change the size with the text
    "svg.fonttype": "path",  # no font needed by the reader, and the same bytes everywhere
    "pdf.fonttype": 42,  # TrueType: what journals ask for, at 0.3 s a figure
    "pdf.compression": 6,
    "path.simplify": True,
}


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults plus the corpus' style inside the block; the caller's settings again after it."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)  # type: ignore[arg-type]
        yield


def figure_size(columns: int, height_mm: float) -> tuple[float, float]:
    """Width and height in inches of a figure of one or two journal columns."""
    from atlas.figures.errors import FigureError

    if columns not in WIDTH_MM:
        raise FigureError(f"columns: got {columns!r}; allowed: 1 (86 mm) or 2 (178 mm)")
    if not 20 <= height_mm <= 250:
        raise FigureError(f"height_mm: got {height_mm!r}; allowed: 20 to 250")
    return WIDTH_MM[columns] / MM_PER_INCH, height_mm / MM_PER_INCH


def tint(colour: str, share: float = 0.45) -> tuple[float, float, float]:
    """`colour` mixed with white; `share` is the part of the colour. Opaque, so a line behind it does not
    shine through.
    """
    from matplotlib.colors import to_rgb

    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue


class Palette:
    """Colours and markers by parameter value; the first time a key is named fixes its place.

    `order(keys)` fixes many at once, sorted. Up to seven keys get the categorical colours; more (or
    `sequential=True`) get a lightness-ordered scale, so that a family of curves reads as a family also in
    grey.
    """

    def __init__(self) -> None:
        self._place: dict[Any, int] = {}
        self._scale: dict[Any, str] = {}

    def order(self, keys: Any, sequential: bool | None = None) -> None:
        """Fix the places of `keys` in sorted order."""
        unique = sorted(set(keys))
        for key in unique:
            self._place.setdefault(key, len(self._place))
        if sequential or (sequential is None and len(unique) > len(PALETTE)):
            from matplotlib import colormaps
            from matplotlib.colors import to_hex

            last = max(len(unique) - 1, 1)
            for index, key in enumerate(unique):  # the light end of viridis is too pale on white
                self._scale[key] = to_hex(colormaps[SEQUENTIAL](0.88 * index / last))

    def colour(self, key: Any) -> str:
        """Colour of a key as hex; the key "theory" is black."""
        if key == THEORY:
            return INK
        place = self._place.setdefault(key, len(self._place))
        return self._scale.get(key, PALETTE[place % len(PALETTE)])

    def marker(self, key: Any) -> str:
        """Marker of a key."""
        if key == THEORY:
            return MARKERS[0]
        return MARKERS[self._place.setdefault(key, len(self._place)) % len(MARKERS)]
