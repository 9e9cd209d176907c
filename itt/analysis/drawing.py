"""How every figure looks, and how it is written: colours, lines, fonts, and one file a format.

Drawn on `Figure` objects, never through pyplot: no display, window or backend setting plays a part. Equal input gives
equal files.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

# isort: off
from itt.analysis import plain_matplotlib  # before all of matplotlib

# isort: on
import seaborn
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from itt.analysis.files import write
from itt.analysis.outputs import IMAGES

# Colours that colour-blind readers tell apart; dashes and, where noise fills their gaps, markers for grey print.
# The paper's methods come first, then what is compared with one of them, then other methods.
_PALETTE = seaborn.color_palette("colorblind")
COLOURS = [*_PALETTE[:3], "0.1", _PALETTE[4], _PALETTE[9]]
DASHES: list[Any] = ["-", (0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 2)), (0, (1, 1))]
MARKERS = ["o", "s", "^", "D", "v", "P"]
VARIANT = 3
"""The place of a variant that is drawn beside vanilla: no method's."""

GREY = "0.35"
FAINT = 0.35
MARK = "#b3261e"
"""What is missing: a dark red, bold where grey print has to show it."""
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


@dataclass(frozen=True, order=True)
class Look:
    """How a line looks: 0, 1, 2, ... tell lines apart in colour and in grey. Thin: the same line, without markers."""

    place: int
    thin: bool = False

    @property
    def colour(self) -> Any:
        """What shades and points of the line have, too."""
        return COLOURS[self.place % len(COLOURS)]

    @property
    def line(self) -> dict[str, Any]:
        """Colour, dashes, width and marker, as matplotlib's lines take them."""
        kind = self.place % len(COLOURS)
        marker = {"marker": MARKERS[kind], "markersize": 5, "markeredgecolor": "white"}
        width = {"linewidth": 0.8} if self.thin else {"linewidth": 1.5, **marker}
        return {"color": self.colour, "linestyle": DASHES[kind], **width}

    @property
    def shade(self) -> dict[str, Any]:
        """The band around the line."""
        return {"color": self.colour, "alpha": 0.08 if self.thin else 0.2, "linewidth": 0}


def styled() -> AbstractContextManager[None]:
    """Everything is drawn in here, the same whatever settings of matplotlib a user has."""
    return plain_matplotlib.style(STYLE)


def mark(figure: Figure, missing: str) -> None:
    """Says above a figure what is missing in it."""
    if figure.legends:  # a title of the figure would lie on them
        figure.legends[0].set_title(missing, prop=FontProperties(size="small"))
        figure.legends[0].get_title().set_color(MARK)
    else:
        figure.suptitle(missing, fontsize="small", color=MARK)


def save(figure: Figure, stem: Path) -> list[Path]:
    """Writes the figure as `stem` with each of `outputs.IMAGES`; returns the paths."""
    paths = []
    for suffix in IMAGES:
        content = BytesIO()
        with styled():
            figure.savefig(content, format=suffix[1:], dpi=160, metadata=_UNDATED.get(suffix))
        paths.append(write(stem.with_name(stem.name + suffix), content.getvalue()))
    return paths
