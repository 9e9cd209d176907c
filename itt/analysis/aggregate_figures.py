"""Draws what all envs together say: performance profiles, statistics with intervals, probabilities of improvement."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace

# isort: off
from itt.analysis.drawing import DOTTED, GREY, VARIANT, Look  # before all of matplotlib

# isort: on
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, PercentFormatter

from itt.analysis.aggregates import STATISTICS, THRESHOLDS, Aggregates, Estimate
from itt.analysis.captions import runs_behind
from itt.analysis.outputs import VANILLA
from itt.analysis.typeset import label

WIDTH = 6.0
"""Inches."""
_SCALE = "Normalised score (0: random actions, 1: the paper's best)"


def performance_profiles(found: Aggregates, look_of: Callable[[str], Look]) -> Figure:
    """The share of runs above each score, a line a method."""
    figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
    axes = figure.add_subplot()
    for profile in found.profiles:
        look = look_of(profile.method)
        axes.fill_between(THRESHOLDS, profile.low, profile.high, **look.shade)
        every = (look.place % 3 * 11, 33)
        axes.plot(THRESHOLDS, profile.share, label=label(profile.method, VANILLA), markevery=every, **look.line)
    axes.axvline(1, color=GREY, **DOTTED)
    axes.set(xlim=(THRESHOLDS[0], THRESHOLDS[-1]), ylim=(-0.02, 1.02))
    axes.set_xlabel(f"τ: {_SCALE[0].lower()}{_SCALE[1:]}", fontsize="small")
    axes.set_ylabel("Share of runs with a score above τ", fontsize="small")
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(
        frameon=False, fontsize="small", handlelength=3.5, title=_behind(found.estimates), title_fontsize="small"
    )
    return figure


def statistics(found: Aggregates, look_of: Callable[[str], Look]) -> Figure:
    """A panel a statistic, in it a point and an interval a method."""
    methods = [profile.method for profile in found.profiles]
    figure = Figure(figsize=(WIDTH + 2, 0.9 + 0.35 * len(methods)), layout=ConstrainedLayoutEngine(w_pad=0.12))
    for position, (name, (title, _)) in enumerate(STATISTICS.items()):
        axes = figure.add_subplot(1, len(STATISTICS), position + 1)
        _draw_points(
            axes, [one for one in found.estimates if one.statistic == name], [look_of(method) for method in methods]
        )
        axes.set_title(
            f"{title} {'(less is better)' if name == 'optimality_gap' else ''}", loc="left", fontsize="small"
        )
        axes.axvline(0 if name == "optimality_gap" else 1, color=GREY, **DOTTED)
        axes.set_xlim(min(axes.get_xlim()[0], -0.05), max(axes.get_xlim()[1], 1.05))
        axes.xaxis.set_major_locator(MaxNLocator(4))
        if position:
            axes.set_yticklabels([])
    figure.supxlabel(f"{_SCALE}; {_behind(found.estimates)}", fontsize="small")
    return figure


def improvements(found: Aggregates) -> Figure:
    """A line a comparison: point and interval."""
    shown = [replace(one, of=f"{one.of}\n{_behind([one])}") for one in found.improvements]
    figure = Figure(figsize=(WIDTH, 0.8 + 0.5 * len(shown)), layout="constrained")
    axes = figure.add_subplot()
    _draw_points(axes, shown, [Look(VARIANT)] * len(shown))
    axes.axvline(0.5, color=GREY, **DOTTED)
    axes.set_xlim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("Probability that a run of the first is better than one of the second", fontsize="small")
    return figure


def _draw_points(axes: Axes, estimates: Sequence[Estimate], looks: Sequence[Look]) -> None:
    for row, (one, look) in enumerate(zip(estimates, looks, strict=True)):
        axes.plot([one.low, one.high], [row, row], color=look.colour, linewidth=9, alpha=0.4, solid_capstyle="butt")
        axes.plot(one.value, row, **{**look.line, "linestyle": "", "markersize": 5})
    axes.set_yticks(range(len(estimates)), [one.of for one in estimates], fontsize="small")
    axes.set_ylim(len(estimates) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _behind(estimates: Sequence[Estimate]) -> str:
    envs = estimates[0].envs
    return f"{envs} env{'s' if envs > 1 else ''}, n = {runs_behind(estimates)}"


def sentence(text: str) -> Figure:
    """A figure that says why there is none."""
    figure = Figure(figsize=(WIDTH, 1.2))
    figure.text(0.5, 0.5, textwrap.fill(text, 80), ha="center", va="center", fontsize="small", color=GREY)
    return figure
