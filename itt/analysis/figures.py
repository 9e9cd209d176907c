"""Learning curves in the layout of Fig. 3 (methods) and Fig. 4 and 5 (a variant against vanilla)."""

import math
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# isort: off
from itt.analysis.drawing import DOTTED, FAINT, GREY, SHADE, STYLE, look, save  # before all of matplotlib
from itt.analysis import plain_matplotlib

# isort: on
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from itt.analysis import outputs
from itt.analysis.files import read_collected
from itt.analysis.missing import partial
from itt.analysis.outputs import VANILLA, vanilla_arm
from itt.analysis.scores import Cell, aligned, by_cell
from itt.analysis.statistics import Band, Floats, band
from itt.analysis.typeset import label
from itt.published import zhao2022

PANEL = (2.7, 2.0)
"""Inches."""


@dataclass(frozen=True)
class Curve:
    """One line of a panel: its label and place among `COLOURS`, a band at each iteration, and the paper's score."""

    label: str
    style: int
    steps: Floats
    band: Band
    paper: float | None = None


@dataclass(frozen=True)
class Panel:
    """One small plot."""

    title: str
    curves: tuple[Curve, ...]


def figures(collected: Path, out: Path) -> list[Path]:
    """Draws from what `collect` wrote; each of `outputs.figures` is an SVG and a PNG, whose paths are returned.

    `learning-curves`: a panel an env, a line a method (vanilla). `vanilla-vs-<variant>`: a panel an env and method.

    Raises:
        UserError: `collected` is not a folder that `collect` wrote.
    """
    runs, curves = read_collected(collected)
    mark = partial(runs)
    drawn = {name: draw(found, mark) for name, found in panels(runs, curves).items()}
    return [path for name, figure in drawn.items() for path in save(figure, out / name)]


def panels(runs: pd.DataFrame, curves: pd.DataFrame) -> dict[str, list[Panel]]:
    """The panels of each figure, by its name; none where a variant's runs have no result."""
    parts, asked = by_cell(curves), set(by_cell(runs))
    return {
        name: methods_by_env(parts) if variant == VANILLA else vanilla_against(parts, variant, asked)
        for name, variant in outputs.figures(set(runs["variant"])).items()
    }


def methods_by_env(parts: Mapping[Cell, pd.DataFrame]) -> list[Panel]:
    """The panels of Fig. 3 from the curves of each cell."""
    methods = list(dict.fromkeys([*zhao2022.METHODS, *(method for _, method, _ in parts)]))
    scores = zhao2022.scores()
    lines: dict[str, list[Curve]] = {}
    for (env, method, variant), curves in parts.items():
        if variant == VANILLA:
            paper, _ = scores.get((env, method), (None, None))
            lines.setdefault(env, []).append(_curve(curves, label(method, variant), methods.index(method), paper))
    return [Panel(env, tuple(curves)) for env, curves in lines.items()]


def vanilla_against(
    parts: Mapping[Cell, pd.DataFrame], variant: str, asked: Collection[Cell] | None = None
) -> list[Panel]:
    """The panels of Fig. 4 and 5: wherever the variant was run, it and its vanilla arm.

    An arm that was asked for and has no curve is left out, and not replaced by another one.
    """
    asked = parts if asked is None else asked
    return [
        Panel(
            f"{env}, {label(method, VANILLA)}",
            tuple(
                _curve(parts[env, method, name], name, style)
                for style, name in enumerate((vanilla_arm(variant, _variants(asked, env, method)), variant))
                if (env, method, name) in parts
            ),
        )
        for env, method, found in parts
        if found == variant
    ]


def _variants(cells: Collection[Cell], env: str, method: str) -> set[str]:
    return {variant for of_env, of_method, variant in cells if (of_env, of_method) == (env, method)}


def _curve(curves: pd.DataFrame, name: str, style: int, paper: float | None = None) -> Curve:
    steps, returns = aligned(curves)
    return Curve(name, style, steps, band(returns), paper)


def draw(panels: Sequence[Panel], mark: str | None = None) -> Figure:
    """Small multiples in as square a grid as their number allows, with one legend for all; `mark` stands above them."""
    with plain_matplotlib.style(STYLE):
        figure = _drawn(panels)
        if mark is not None:
            characters = round(14 * figure.get_figwidth())
            figure.suptitle(textwrap.fill(mark, characters), fontsize="small", color="C3")
    return figure


def _drawn(panels: Sequence[Panel]) -> Figure:
    if not panels:
        figure = Figure(figsize=PANEL)
        figure.text(0.5, 0.5, "no vanilla run with a result", ha="center", fontsize="small")
        return figure
    columns = len(panels) if len(panels) <= 3 else math.ceil(math.sqrt(len(panels)))
    rows = math.ceil(len(panels) / columns)
    # The surplus is room for the legends and the axis labels.
    figure = Figure(figsize=(max(PANEL[0] * columns, 4.5) + 0.2, PANEL[1] * rows + 1.1), layout="constrained")
    for position, panel in enumerate(panels):
        axes = figure.add_subplot(rows, columns, position + 1)
        _draw_panel(axes, panel)
        if position % columns == 0:
            axes.set_ylabel("Return (sum of rewards)", fontsize="small")
        if position + columns >= len(panels):
            axes.set_xlabel("Iteration (updates of θ so far)", fontsize="small")
    _draw_legends(figure, panels, columns)
    return figure


def _draw_panel(axes: Axes, panel: Panel) -> None:
    for curve in panel.curves:
        axes.fill_between(curve.steps, curve.band.low, curve.band.high, color=look(curve.style)["color"], **SHADE)
        for shown, alpha in ((curve.band.complete, 1.0), (~curve.band.complete, FAINT)):
            mean = np.where(shown, curve.band.mean, np.nan)
            axes.plot(curve.steps, mean, alpha=alpha, markevery=_marked(curve), **look(curve.style))
    _draw_references(axes, panel)
    counts = [int(curve.band.seeds.max()) for curve in panel.curves]
    n = str(min(counts)) if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    corner = axes.text(0.98, 0.03, f"n = {n}", transform=axes.transAxes, ha="right", color=GREY, fontsize="small")
    corner.set_bbox({"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1})
    axes.set_title(panel.title, loc="left", fontsize="small")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.spines[["top", "right"]].set_visible(False)


def _marked(curve: Curve) -> tuple[int, int]:
    """(first, every): about six markers on a line, beside those of the other lines rather than on them."""
    every = math.ceil(len(curve.steps) / 6)
    return curve.style % 3 * every // 3, every


def _draw_references(axes: Axes, panel: Panel) -> None:
    """The paper's scores, where they lie near the curves: far ones would squeeze the curves flat."""
    low, high = axes.get_ylim()
    slack = (high - low) / 4
    for curve in panel.curves:
        if curve.paper is not None and low - slack <= curve.paper <= high + slack:
            axes.axhline(curve.paper, color=look(curve.style)["color"], **DOTTED)


def _draw_legends(figure: Figure, panels: Sequence[Panel], columns: int) -> None:
    """Above the panels what the lines are, below them how to read them."""
    curves = [curve for panel in panels for curve in panel.curves]
    styles = dict(sorted({curve.style: curve.label for curve in curves}.items()))
    lines = [Line2D([], [], label=name, **look(style)) for style, name in styles.items()]
    band_label = "unperturbed policy, lowest to highest of n seeds (line: mean)"
    marks: list[Line2D | Patch] = [Patch(color=GREY, label=band_label, **SHADE)]
    if not all(curve.band.complete.all() for curve in curves):
        marks.append(Line2D([], [], color=GREY, alpha=FAINT, label="not all seeds there yet"))
    if any(curve.paper is not None for curve in curves):
        marks.append(Line2D([], [], color=GREY, label="paper, Table 6 (where in view)", **DOTTED))
    legend: dict[str, Any] = {"frameon": False, "handlelength": 3.5, "fontsize": "small"}
    figure.legend(handles=lines, loc="outside upper center", ncols=min(len(lines), 5), **legend)
    figure.legend(handles=marks, loc="outside lower center", ncols=columns, **legend)
