"""How every figure looks, and how it is written: colours, lines, fonts, and one file a format.

Drawn on `Figure` objects, never through pyplot: no display, window or backend setting plays a part. Equal input gives
equal files.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

# isort: off
from itt.analysis import plain_matplotlib  # before all of matplotlib

# isort: on
import seaborn
from matplotlib.figure import Figure

from itt.analysis.files import write
from itt.analysis.outputs import IMAGES

# Colours that colour-blind readers tell apart; dashes and, where noise fills their gaps, markers for grey print.
COLOURS = seaborn.color_palette("colorblind")
DASHES: list[Any] = ["-", (0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 2))]
MARKERS = ["o", "s", "^", "D", "v"]

GREY = "0.35"
FAINT = 0.35
SHADE: dict[str, Any] = {"alpha": 0.2, "linewidth": 0}
DOTTED: dict[str, Any] = {"linestyle": (0, (1, 2)), "linewidth": 1}

STYLE = {
    **seaborn.axes_style("ticks"),
    **seaborn.plotting_context("paper"),
    "axes.grid": True,
    "grid.color": "0.92",
    "svg.hashsalt": "itt",  # the ids in an SVG are random without it
    "pdf.fonttype": 42,  # text that a PDF reader finds, and journals accept
}

_UNDATED: dict[str, dict[str, None]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""What a format would say of the time at which it was drawn."""


def look(style: int) -> dict[str, Any]:
    """Colour, dashes and marker of a line; 0, 1, 2, ... tell lines apart in colour and in grey."""
    kind = style % len(MARKERS)
    return {
        "color": COLOURS[kind],
        "linestyle": DASHES[kind],
        "marker": MARKERS[kind],
        "markersize": 5,
        "markeredgecolor": "white",
    }


def save(figure: Figure, stem: Path) -> list[Path]:
    """Writes the figure as `stem` with each of `outputs.IMAGES`; returns the paths."""
    paths = []
    for suffix in IMAGES:
        content = BytesIO()
        with plain_matplotlib.style(STYLE):
            figure.savefig(content, format=suffix[1:], dpi=160, metadata=_UNDATED.get(suffix))
        paths.append(write(stem.with_name(stem.name + suffix), content.getvalue()))
    return paths
