"""Draws learning curves as small multiples: a panel beside the other, one legend above and one below for all."""

import math
import textwrap
from collections.abc import Sequence
from typing import Any

# isort: off
from itt.analysis.drawing import DOTTED, FAINT, GREY, MARK, Look  # before all of matplotlib

# isort: on
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import EngFormatter, MaxNLocator

from itt.analysis.curves import Curve, Panel
from itt.analysis.outputs import Axis, Shade
from itt.analysis.statistics import FEWEST

PANEL = (2.7, 2.0)
"""Inches."""
CHARACTERS = 34
"""That fit into a panel side by side."""
HEADING, LINE = 4, 11
"""Points between a panel and what stands above it, and from line to line there."""

AXIS_LABELS: dict[Axis, str] = {
    "iteration": "Iteration (updates of θ so far)",
    "env-steps": "Env steps played in training",
    "core-hours": "Core-hours",
}
BAND_LABELS: dict[Shade, str] = {
    "range": "lowest to highest of n seeds",
    "bootstrap": f"95 % bootstrap interval of the mean (n ≥ {FEWEST})",
}
_LEGEND: dict[str, Any] = {"frameon": False, "handlelength": 3.5, "fontsize": "small"}


def draw(panels: Sequence[Panel], axis: Axis, band: Shade) -> Figure:
    """Panels in as square a grid as their number allows.

    Args:
        panels: At least one.
        axis: What the curves are over.
        band: One of `curves.BANDS`: what the shade around a line is.
    """
    columns = len(panels) if len(panels) <= 3 else math.ceil(math.sqrt(len(panels)))
    rows = math.ceil(len(panels) / columns)
    # The surplus is room for the legends and the axis labels.
    figure = Figure(figsize=(PANEL[0] * max(columns, 2) + 0.2, (PANEL[1] + 0.2) * rows + 1.1), layout="constrained")
    most = max(curve.seeds for panel in panels for curve in panel.curves)
    for position, panel in enumerate(panels):
        axes = figure.add_subplot(rows, columns, position + 1)
        _draw_panel(axes, panel, axis, most)
        if position % columns == 0:
            axes.set_ylabel("Return (sum of rewards)", fontsize="small")
        if position + columns >= len(panels):
            axes.set_xlabel(AXIS_LABELS[axis], fontsize="small")
    _draw_legends(figure, [curve for panel in panels for curve in panel.curves], BAND_LABELS[band])
    return figure


def _draw_panel(axes: Axes, panel: Panel, axis: Axis, most: int) -> None:
    for curve in panel.curves:
        axes.fill_between(curve.places, curve.band.low, curve.band.high, **curve.look.shade)
        for shown, alpha in ((curve.band.complete, 1.0), (~curve.band.complete, FAINT)):
            mean = np.where(shown, curve.band.mean, np.nan)
            axes.plot(curve.places, mean, alpha=alpha, markevery=_marked(curve), **curve.look.line)
    _draw_references(axes, panel)
    _write_heading(axes, panel, few=any(curve.seeds < most for curve in panel.curves))
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=axis == "iteration"))
    if axis != "iteration":
        axes.set_xlim(left=0)
    if axis == "env-steps":
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))  # 200k, 3M
    axes.yaxis.set_major_locator(MaxNLocator(5))
    if not any(curve.seeds for curve in panel.curves):
        axes.text(0.5, 0.5, "no result yet", transform=axes.transAxes, ha="center", color=GREY, fontsize="small")
        axes.set(xticks=[], yticks=[])
    axes.spines[["top", "right"]].set_visible(False)


def _write_heading(axes: Axes, panel: Panel, few: bool) -> None:
    """The title with n below it: outside, where it covers no curve."""
    seeds = _seeds(panel.curves)
    look: dict[str, Any] = {"color": MARK, "fontweight": "bold"} if few else {"color": GREY}
    place: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
    axes.annotate(seeds, (0, 1), (0, HEADING), fontsize="small", **place, **look)
    lines = 1 + seeds.count("\n")
    axes.set_title(panel.title, loc="left", fontsize="small", pad=HEADING + lines * LINE)


def _seeds(curves: Sequence[Curve]) -> str:
    """`n = 10`; `n = 10; IOT 3, Explicit 0` where lines have unlike numbers of seeds."""
    most = max(curve.seeds for curve in curves)
    fewer = [f"{curve.label} {curve.seeds}" for curve in curves if curve.seeds < most]
    return textwrap.fill(f"n = {most}" + (f"; {', '.join(fewer)}" if fewer else ""), CHARACTERS, break_on_hyphens=False)


def _marked(curve: Curve) -> tuple[int, int]:
    """(first, every): about six markers on a line, beside those of the other lines rather than on them."""
    every = math.ceil(len(curve.places) / 6) or 1
    return curve.look.place % 3 * every // 3, every


def _draw_references(axes: Axes, panel: Panel) -> None:
    """The paper's scores, where they lie near the curves: far ones would squeeze the curves flat."""
    low, high = axes.get_ylim()
    slack = (high - low) / 4
    for height, colour in {curve.paper: curve.look.colour for curve in panel.curves if curve.paper is not None}.items():
        if low - slack <= height <= high + slack:
            axes.axhline(height, color=colour, **DOTTED)


def _draw_legends(figure: Figure, curves: Sequence[Curve], band: str) -> None:
    """Above the panels what the lines are, below them how to read them."""
    looks = {look: dict.fromkeys(curve.label for curve in curves if curve.look == look) for look in _looks(curves)}
    lines = [Line2D([], [], label=" or ".join(labels), **look.line) for look, labels in looks.items()]
    marks: list[Line2D | Patch] = [
        Line2D([], [], color=GREY, label="mean of n seeds"),
        Patch(color=GREY, alpha=0.2, linewidth=0, label=band),
    ]
    if not all(curve.band.complete.all() for curve in curves):
        marks.append(Line2D([], [], color=GREY, alpha=FAINT, label="not all of its seeds are there"))
    if any(curve.paper is not None for curve in curves):
        marks.append(Line2D([], [], color=GREY, label="paper, Table 6 (where in view)", **DOTTED))
    if len({curve.seeds for curve in curves}) > 1:
        marks.append(Line2D([], [], linestyle="", marker="$n$", color=MARK, label="fewer seeds than elsewhere"))
    # Columns are filled one by one, so that a thin line stands below the thick one of its method.
    figure.legend(handles=lines, loc="outside upper center", ncols=len({look.place for look in looks}), **_LEGEND)
    columns = int(figure.get_figwidth() / PANEL[0])
    figure.legend(handles=marks, loc="outside lower center", ncols=columns, **_LEGEND)


def _looks(curves: Sequence[Curve]) -> list[Look]:
    return sorted({curve.look for curve in curves})
