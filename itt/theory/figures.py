"""Lemma 1, Remark 6.1 and Remark 6.2 as figures: what was measured, beside what the forms say."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

# isort: off
from itt.analysis.drawing import DOTTED, GREY, STYLE, Look  # before all of matplotlib
from itt.analysis import plain_matplotlib

# isort: on
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from itt.theory.closed_forms import forward_as_printed
from itt.theory.measure import SIGMAS, Case
from itt.theory.polynomials import Polynomial

PANEL = (3.1, 2.4)
"""Inches."""
SIZE, PAIRS = 33, 17
"""The D and M that figures are of; all others are in theory.csv."""
DIRECTIONS = 2 * PAIRS - 1
"""Forward differences of so many directions ask for F as often as `PAIRS` antithetic pairs: F(theta) comes on top."""
QUADRATICS = {
    "saddle": "Saddle: tr H = 0",
    "bowl": "Bowl: H positive definite",
    "sphere": "Sphere: H a multiple of I",
}

_ANTITHETIC, _FORWARD = Look(0).line, Look(1).line
_PRINTED: dict[str, Any] = Look(3).line | {"color": GREY}
_LEVEL: dict[str, Any] = {"color": GREY, "linewidth": 1, "zorder": 1}
_SMOOTH = [float(sigma) for sigma in np.geomspace(SIGMAS[0] / 1.3, SIGMAS[-1] * 1.3, 61)]
"""Smoothings at which forms are drawn."""
_ERROR = r"Mean squared error / $|\nabla F|^2$"


def draw(name: str, cases: Sequence[Case]) -> Figure:
    """The figure of that name, one of `outputs.FIGURES`."""
    drawings = {"lemma-1": lemma_1, "remark-6.1": remark_6_1, "remark-6.2": remark_6_2}
    with plain_matplotlib.style(STYLE):
        return drawings[name](cases)


def lemma_1(cases: Sequence[Case]) -> Figure:
    """A column a quadratic: above the errors, below those of forward differences divided by what either form says."""
    figure, panels = _panels(2, 3, sharex=True, sharey="row")
    for (above, below), (name, title) in zip(panels.T, QUADRATICS.items(), strict=True):
        pairs, ones = of(cases, name, "antithetic"), of(cases, name, "forward")
        printed = [forward_as_printed(ones[0].polynomial, sigma, PAIRS) for sigma in _SMOOTH]
        _curve(above, _along(pairs[0]), _ANTITHETIC, "antithetic: exact, and as printed")
        _curve(above, _along(ones[0]), _FORWARD, "forward differences: exact")
        _curve(above, printed, _PRINTED, "forward differences: as printed")
        _points(above, pairs, _ANTITHETIC)
        _points(above, ones, _FORWARD)
        below.axhline(1.0, **_LEVEL)
        _points(below, ones, _FORWARD, lambda case: case.exact)
        _points(below, ones, _PRINTED, lambda case: case.printed or np.nan)
        above.set_title(title, loc="left", fontsize="small")
        below.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        below.yaxis.set_minor_formatter("")
        _over_sigma(below)
    panels[0, 0].set_ylabel(_ERROR)
    panels[1, 0].set_ylabel("Forward differences,\nmeasured / as the form says")
    return _explained(figure, f"D = {SIZE}, M = {PAIRS} orthogonal directions", cases)


def remark_6_1(cases: Sequence[Case]) -> Figure:
    """At equal numbers of queries: over the quantity that the remark names, and over the one that decides."""
    figure, [panels] = _panels(1, 2, sharey=True)
    turn = turning_point(SIZE, PAIRS)
    for axes, quantity, where in zip(panels, (named, deciding), (1.0, turn), strict=True):
        axes.axhline(1.0, **_LEVEL)
        axes.axvline(where, color=GREY, **DOTTED)
        for style, (name, title) in enumerate(QUADRATICS.items(), start=2):
            pairs, ones = of(cases, name, "antithetic"), of(cases, name, "forward", DIRECTIONS)
            function = pairs[0].polynomial
            ratios = np.divide(_along(ones[0]), _along(pairs[0]))
            axes.plot([quantity(function, s) for s in _SMOOTH], ratios, label=title, markevery=[], **Look(style).line)
            for one, pair in zip(ones, pairs, strict=True):
                ratio, error = quotient(one, pair)
                _point(axes, quantity(function, one.sigma), ratio, error, Look(style).line)
        for side, place, text in (("left", 0.94, "antithetic pairs"), ("right", 0.03, "forward differences")):
            at = 0.03 if side == "left" else 0.97
            words = axes.text(at, place, f"{text} are nearer", ha=side, transform=axes.transAxes, fontsize="small")
            words.set(color=GREY, bbox={"facecolor": "white", "linewidth": 0, "pad": 1})
    panels[0].set_title("What the remark names (dotted: 1)", loc="left", fontsize="small")
    panels[0].set_xlabel(r"$\sigma^4\,|H|_F^2\ /\ |\nabla F|^2$")
    panels[1].set_title(f"What decides (dotted: {turn:.2f})", loc="left", fontsize="small")
    panels[1].set_xlabel(r"$\sigma^2\,(\,(\mathrm{tr}\,H)^2 + 2\,|H|_F^2\,)\ /\ |\nabla F|^2$")
    panels[0].set_ylabel("Mean squared error,\nforward / antithetic")
    asked = f"D = {SIZE}, {2 * PAIRS} queries: {PAIRS} pairs, or θ and {DIRECTIONS} directions; orthogonal"
    return _explained(figure, asked, cases)


def remark_6_2(cases: Sequence[Case]) -> Figure:
    """A quadratic, and the same with a cubic term, beside the forms that know of that term and those that do not."""
    figure, [panels] = _panels(1, 2, sharey=True)
    for axes, name in zip(panels, ("bowl", "cubic"), strict=True):
        for estimator, called, style in (
            ("antithetic", "antithetic", _ANTITHETIC),
            ("forward", "forward differences", _FORWARD),
        ):
            _curve(axes, _along(of(cases, name, estimator)[0]), style, f"{called}: exact")
            _points(axes, of(cases, name, estimator), style)
            if name == "cubic":
                without = _along(of(cases, "bowl", estimator)[0])
                _curve(axes, without, style | DOTTED | {"marker": ""}, f"{called}: the quadratic's form")
        _over_sigma(axes)
    panels[0].set_title(QUADRATICS["bowl"], loc="left", fontsize="small")
    panels[1].set_title("The same with a cubic term", loc="left", fontsize="small")
    panels[0].set_ylabel(_ERROR)
    return _explained(figure, f"D = {SIZE}, M = {PAIRS} orthogonal directions", cases)


def of(cases: Sequence[Case], function: str, estimator: str, directions: int = PAIRS) -> list[Case]:
    """The cases with orthogonal directions and D = `SIZE`, one a sigma."""
    wanted = (function, estimator, "orthogonal", SIZE, directions)
    return [
        one
        for one in cases
        if (one.function, one.estimator, one.sampling, one.polynomial.size, one.directions) == wanted
    ]


def named(function: Polynomial, sigma: float) -> float:
    """What Remark 6.1 asks to be far below or far above 1: sigma^4 |H|_F^2 / |g|^2."""
    return sigma**4 * function.square / float(np.sum(np.square(function.gradient)))


def deciding(function: Polynomial, sigma: float) -> float:
    """What the exact forms ask to be below or above `turning_point`: sigma^2 ((tr H)^2 + 2 |H|_F^2) / |g|^2."""
    curvature = function.trace**2 + 2.0 * function.square
    return sigma**2 * curvature / float(np.sum(np.square(function.gradient)))


def turning_point(size: int, pairs: int) -> float:
    """4 (D + 2) (M - 1) / ((D + 4) M): there M pairs are as far off as 2 M - 1 forward differences, all orthogonal."""
    return 4.0 * (size + 2) * (pairs - 1) / ((size + 4) * pairs)


def quotient(above: Case, below: Case) -> tuple[float, float]:
    """The quotient of two measurements with directions of their own, and its standard error (to first order)."""
    ratio = above.measured / below.measured
    return ratio, ratio * math.hypot(*(one.standard_error / one.measured for one in (above, below)))


def _along(case: Case) -> list[float]:
    """The exact form at each of `_SMOOTH`."""
    return [replace(case, sigma=sigma).exact for sigma in _SMOOTH]


def _curve(axes: Axes, heights: Sequence[float], style: dict[str, Any], label: str) -> None:
    axes.plot(_SMOOTH, heights, label=label, markevery=[], **style)  # its marks, which the legend shows, are _points'


def _points(
    axes: Axes, cases: Sequence[Case], style: dict[str, Any], unit: Callable[[Case], float] = lambda _: 1.0
) -> None:
    for case in cases:
        _point(axes, case.sigma, case.measured / unit(case), case.standard_error / unit(case), style)


def _point(axes: Axes, across: float, up: float, error: float, style: dict[str, Any]) -> None:
    axes.errorbar(across, up, 2.0 * error, capsize=2, elinewidth=1, **style)


def _panels(rows: int, columns: int, **sharing: Any) -> tuple[Figure, Any]:
    """A figure and its panels, with logarithmic axes."""
    figure = Figure(figsize=(PANEL[0] * columns + 0.4, PANEL[1] * rows + 1.1), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, **sharing)
    for axes in panels.flat:
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.spines[["top", "right"]].set_visible(False)
    return figure, panels


def _over_sigma(axes: Axes) -> None:
    axes.set_xticks(SIGMAS, [f"{sigma:g}" for sigma in SIGMAS])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("Smoothing \N{GREEK SMALL LETTER SIGMA}")


def _explained(figure: Figure, setting: str, cases: Sequence[Case]) -> Figure:
    """The figure with a legend above it, and below it how its marks came about."""
    lines: dict[str, Artist] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        lines |= dict(zip(labels, handles, strict=True))
    legend: dict[str, Any] = {"frameon": False, "handlelength": 4, "fontsize": "small"}
    figure.legend(lines.values(), lines.keys(), loc="outside upper center", ncols=2, **legend)
    marks = f"Marks: means of {cases[0].estimates:,} estimates; bars: 2 standard errors, if more than a mark."
    note = textwrap.fill(f"{setting}. {marks}", round(13 * figure.get_figwidth()))
    figure.supxlabel(note, fontsize="small", color=GREY)
    return figure
