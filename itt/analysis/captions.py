"""What stands below each figure, for a reader who has seen neither the code nor the paper. All of it stands here.

figures/captions.json
    {"learning-curves": {"title": "...", "caption": "..."}, ...}    in the order in which they are to be read
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from itt.algorithms import METHODS, returns
from itt.analysis.aggregates import Aggregates, Estimate
from itt.analysis.outputs import LEARNING, Axis, Shade
from itt.analysis.statistics import BAND_RESAMPLES, FEWEST, RESAMPLES

FIRST, *_ = LEARNING
"""The figure of learning curves that a reader meets first."""
MOST = 8
"""Lines with fewer seeds that are named one by one."""

_AS_RUN = (
    "Thin lines (as-run): the same methods with the settings with which the paper's numbers seem to have been made; "
    "thick lines have those that the paper states."
)
_TITLES: dict[Axis, str] = {
    "iteration": "Learning curves",
    "env-steps": "Learning curves over env steps",
    "core-hours": "Learning curves over core-hours",
}
_RETURN = "Upwards: the return, which is the sum of the rewards of one episode, played without perturbing the policy."
_AXES: dict[Axis, str] = {
    "iteration": "To the right: iterations, each of them one update of the policy; at 0 it is still as it was drawn.",
    "env-steps": (
        "To the right: the steps of the environment that training had played by then, which is what learning costs on "
        "any machine. Between two of its episodes a seed keeps the return of the last one."
    ),
    "core-hours": (
        "To the right: the hours of all processor cores that training had taken by then, shared out over a run by its "
        "wall-clock time. They depend on the machine. Between two of its episodes a seed keeps the return of the last "
        "one."
    ),
}
_FAIR: dict[Axis, str] = {
    "iteration": "An iteration takes as many env steps in both, wherever both have a result.",
    "env-steps": "Iterations of the two do not take equally many env steps, so they are compared over these.",
}
_BANDS: dict[Shade, str] = {
    "range": "The line is the mean over seeds, the shade around it reaches from the lowest seed to the highest.",
    "bootstrap": (
        "The line is the mean over seeds. The shade is the 95 % percentile bootstrap interval of that mean "
        f"({BAND_RESAMPLES} resamples of the seeds), at each place by itself: how far the mean may be off, not how far "
        f"seeds lie apart. It is there from {FEWEST} seeds on."
    ),
}
_FAINT = "Where a line is faint, not all of its seeds are there."
_PAPER = "Dotted: the paper's score of the method (Table 6), where it is near the curves."
_SCALE = (
    "A score is {reading}. It is normalised in each environment: 0 is the mean return of random actions, and 1 the "
    "best of the three means that the paper's Table 6 has (hopper-stand and walker-walk are not in it: there 1 is the "
    "greatest return that is possible)."
)
_READINGS = {
    "evaluation": "a seed's mean return in fresh episodes of its final policy",
    "final": "a seed's last return in training, of one episode or several (no run has a fresh evaluation)",
}
_INTERVAL = (
    f"the 95 % interval of a stratified bootstrap ({RESAMPLES} resamples, of seeds within each environment; Agarwal "
    "et al. 2021). It says what other seeds might give, and nothing of other environments"
)

_BAR = "The bar around a point is "


@dataclass(frozen=True)
class Picture:
    """A figure as a reader meets it."""

    name: str
    title: str
    caption: str


def learning_curves(
    name: str, axis: Axis, band: Shade, seeds: Mapping[str, int], as_run: bool, methods: Sequence[str]
) -> Picture:
    """Fig. 3 on an axis; `seeds`: n of each line, by what the line is called; `methods`: those that are drawn.

    The first of these figures is over iterations, unless those of its methods are not alike.
    """
    what = ["A panel for each environment, a line for each method, as in the paper's Fig. 3."]
    what += [METHODS[method].about for method in methods if method in METHODS]
    if name == FIRST and axis != "iteration":
        what += ["Different algorithms train them, whose iterations are not alike, so they are compared by env steps."]
    if name != FIRST:
        what = [
            "A panel for each environment, a line for each method: the learning curves once more, by what they cost."
        ]
    what += [_AS_RUN if as_run else "", _RETURN, *returns(methods)]
    return Picture(
        name,
        _TITLES["iteration" if name == FIRST else axis],
        _joined(*what, _AXES[axis], _BANDS[band], _count(seeds), _FAINT, _PAPER),
    )


def against_vanilla(
    name: str, variant: str, axis: Axis, fair: bool, band: Shade, seeds: Mapping[str, int], methods: Sequence[str]
) -> Picture:
    """Fig. 4 or 5; `fair`: the axis was chosen by what iterations of both cost; `methods`: those that are drawn."""
    return Picture(
        name,
        f"{variant} beside vanilla",
        _joined(
            f"The variant `{variant}` (black) beside the same method without it, in the method's colour, as in the "
            "paper's Fig. 4 and 5: a panel for each environment and method in which the variant was trained.",
            _RETURN,
            *returns(methods),
            _AXES[axis],
            _FAIR.get(axis, "") if fair else "",
            _BANDS[band],
            _count(seeds),
            _FAINT,
        ),
    )


def performance_profiles(name: str, found: Aggregates) -> Picture:
    """The share of runs above each score."""
    return Picture(
        name,
        "Performance profiles",
        _joined(
            "How large a share of a method's runs has a score above τ, for each τ: a curve further up is better, and "
            "one that falls steeply means that runs are alike.",
            _SCALE.format(reading=_READINGS[found.reading]),
            _behind(found),
            f"The shade is, at each τ by itself, {_INTERVAL}.",
        ),
    )


def aggregates(name: str, found: Aggregates, interval: str = _BAR) -> Picture:
    """Statistics over envs; `interval` says where the interval stands."""
    return Picture(
        name,
        "Scores over all environments",
        _joined(
            "Each method's scores in all environments as one number, in four ways. Interquartile mean: the mean of "
            "the middle half of all runs, so that neither a few lucky nor a few failed ones decide. Median and mean: "
            "over the environments' means. Optimality gap: by how much runs fall short of 1 on average (less is "
            "better).",
            _SCALE.format(reading=_READINGS[found.reading]),
            _behind(found),
            f"{interval}{_INTERVAL}.",
        ),
    )


def improvements(name: str, found: Aggregates, interval: str = _BAR) -> Picture:
    """Comparisons of two; in how many envs and of how many runs stands with each."""
    return Picture(
        name,
        "Probability of improvement",
        _joined(
            "How probable it is that a run of the first method or variant has a better score than a run of the second "
            "in the same environment, averaged over the environments in which both have enough seeds; equal scores "
            "count half. At 50 % neither is better. It does not say by how much.",
            f"A score is {_READINGS[found.reading]}.",
            "n is the number of runs of both together.",
            f"{interval}{_INTERVAL}.",
        ),
    )


def marked(caption: str, mark: str | None) -> str:
    """A caption with what is missing of the study before it."""
    return _joined(mark or "", caption)


def runs_behind(estimates: Sequence[Estimate]) -> str:
    """`120 runs`; `118 to 120 runs` where methods have unlike numbers of them."""
    runs = sorted({one.runs for one in estimates})
    return f"{' to '.join(map(str, dict.fromkeys(runs[:1] + runs[-1:])))} runs"


def _behind(found: Aggregates) -> str:
    """What is behind statistics over envs."""
    missing = f" Left out, for want of {FEWEST} seeds of each method or of a scale: {', '.join(found.left_out)}."
    envs = f"{len(found.envs)} environments: {', '.join(found.envs)}."
    return f"n = {runs_behind(found.estimates)} a method in {envs}" + (missing if found.left_out else "")


def too_few(envs: Sequence[str], fewest: int) -> str:
    """Why there are no statistics over envs."""
    there = f"only {', '.join(envs)} has so many" if envs else "none has so many"
    return (
        f"Too few: statistics over all environments need {fewest} in which each method has {FEWEST} seeds with a "
        f"score; here {there}."
    )


NO_PAIR = f"Too few: there are no two methods or variants with {FEWEST} seeds each in the same environment."
NO_VANILLA = "The study has no vanilla run, by which methods are compared."


def written(pictures: Sequence[Picture], mark: str | None) -> str:
    """captions.json; `mark`, what is missing of the study, stands before each caption."""
    described = {one.name: {"title": one.title, "caption": marked(one.caption, mark)} for one in pictures}
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def _count(seeds: Mapping[str, int]) -> str:
    """n of all lines, and which have fewer."""
    most = max(seeds.values(), default=0)
    if most == 0:
        return "No line has a result yet."
    fewer = [f"{name} ({n})" for name, n in seeds.items() if n < most]
    more = [f"and {len(fewer) - MOST} more"] if len(fewer) > MOST else []
    return f"n = {most} seeds a line" + (f"; fewer: {', '.join(fewer[:MOST] + more)}." if fewer else ".")


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
