"""What all envs together say of methods, and of variants beside vanilla (Agarwal et al. 2021, arXiv:2108.13264).

A run's score is the mean of its fresh evaluation; where no run of the study has one, its last return. Scores are
normalised (`normalisation`), an env's seeds are resampled among themselves (`stratified`), and cells with fewer than
`statistics.FEWEST` seeds are left out: the resamples of one or two seeds would tell of a certainty that there is not.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from itt.analysis import stratified
from itt.analysis.normalisation import bounds, normalised
from itt.analysis.outputs import AS_RUN, VANILLA, compared, vanilla_arm
from itt.analysis.scores import Cell, by_cell
from itt.analysis.statistics import FEWEST, Floats
from itt.analysis.typeset import label

STATISTICS: Mapping[str, tuple[str, Callable[[stratified.Strata], Floats]]] = {
    "iqm": ("Interquartile mean", stratified.interquartile_mean),
    "median": ("Median", stratified.median),
    "mean": ("Mean", stratified.mean),
    "optimality_gap": ("Optimality gap", stratified.optimality_gap),
}
IMPROVEMENT = "probability_of_improvement"
COLUMNS = {"evaluation": "evaluation_mean", "final": "final_return"}
"""Where in runs.csv a reading of the score stands."""
THRESHOLDS = np.linspace(-0.5, 1.5, 201)
"""Of performance profiles."""

FEWEST_ENVS = 2


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval: of which statistic and of what (`ITT`, `ITT over IOT`), from how many runs."""

    statistic: str
    of: str
    value: float
    low: float
    high: float
    envs: int
    runs: int


@dataclass(frozen=True)
class Profile:
    """The share of a method's runs above each of `THRESHOLDS`, with a 95 % interval at each."""

    method: str
    share: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Aggregates:
    """What there is to say.

    Attributes:
        reading: Which of `scores.READINGS` a score is.
        envs: Those in which every method has enough seeds.
        left_out: The other envs that methods were run in.
        estimates: Each of `STATISTICS` for each method, over `envs`; none if these are fewer than `FEWEST_ENVS`.
        profiles: One a method, likewise.
        improvements: How probable it is that a run of the one is better than a run of the other. Over the envs in which
            both have enough seeds, of which one is enough.
    """

    reading: str
    envs: tuple[str, ...]
    left_out: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    profiles: tuple[Profile, ...]
    improvements: tuple[Estimate, ...]

    @property
    def tidy(self) -> pd.DataFrame:
        """All estimates, a row each."""
        return pd.DataFrame([*self.estimates, *self.improvements], columns=[field.name for field in fields(Estimate)])


def aggregates(runs: pd.DataFrame) -> Aggregates:
    """The statistics of collected runs."""
    reading = "evaluation" if runs["evaluation_mean"].notna().any() else "final"
    cells = by_cell(runs)
    scores = dict(_scores(cells, COLUMNS[reading]))
    asked = list(dict.fromkeys(env for env, _, variant in cells if variant == VANILLA))
    methods = list(dict.fromkeys(method for _, method, variant in cells if variant == VANILLA))
    envs = [env for env in asked if all((env, method, VANILLA) in scores for method in methods)]
    strata = {method: [scores[env, method, VANILLA] for env in envs] for method in methods}
    enough = strata if len(envs) >= FEWEST_ENVS else {}
    return Aggregates(
        reading,
        tuple(envs),
        tuple(env for env in asked if env not in envs),
        tuple(estimate for method, of_envs in enough.items() for estimate in _estimates(method, of_envs)),
        tuple(_profile(method, of_envs) for method, of_envs in enough.items()),
        tuple(_improvements(scores, _pairs(list(cells), methods))),
    )


def _scores(cells: Mapping[Cell, pd.DataFrame], column: str) -> Iterator[tuple[Cell, Floats]]:
    """The normalised scores of each cell that has a scale and enough seeds."""
    scale = bounds()
    for cell, runs in cells.items():
        found = runs[column].dropna().to_numpy(dtype=np.float64)
        if cell[0] in scale and len(found) >= FEWEST:
            yield cell, normalised(found, *scale[cell[0]])


def _estimates(method: str, scores: Sequence[Floats]) -> Iterator[Estimate]:
    again = stratified.resampled(scores, np.random.default_rng(0))
    for name, (_, statistic) in STATISTICS.items():
        low, high = stratified.interval(statistic(again))
        value = float(statistic(_as_one(scores))[0])
        yield Estimate(name, label(method, VANILLA), value, float(low), float(high), len(scores), sum(map(len, scores)))


def _profile(method: str, scores: Sequence[Floats]) -> Profile:
    again = stratified.resampled(scores, np.random.default_rng(0))
    share = stratified.performance_profile(_as_one(scores), THRESHOLDS)[0]
    low, high = stratified.interval(stratified.performance_profile(again, THRESHOLDS))
    return Profile(method, share, low, high)


Pairs = dict[str, list[tuple[Cell, Cell]]]


def _pairs(cells: Collection[Cell], methods: Sequence[str]) -> Pairs:
    """What is compared, by name: the first method with each other one, and each variant with its vanilla arm."""
    pairs: Pairs = {}
    for first, other in ((methods[0], other) for other in methods[1:]):
        name = f"{label(first, VANILLA)} over {label(other, VANILLA)}"
        pairs[name] = [
            ((env, first, VANILLA), (env, other, VANILLA)) for env in dict.fromkeys(env for env, *_ in cells)
        ]
    variants = {variant for _, _, variant in cells}
    for variant in (AS_RUN, *compared(variants)):
        for env, method, found in cells:
            if found == variant:
                arm = vanilla_arm(variant, {name for *cell, name in cells if cell == [env, method]})
                name = f"{label(method, variant)} over {arm}"
                pairs.setdefault(name, []).append(((env, method, variant), (env, method, arm)))
    return pairs


def _improvements(scores: Mapping[Cell, Floats], pairs: Pairs) -> Iterator[Estimate]:
    for name, cells in pairs.items():
        if there := [(scores[one], scores[other]) for one, other in cells if one in scores and other in scores]:
            ones, others = (list(strata) for strata in zip(*there, strict=True))
            rng = np.random.default_rng(0)
            again = (stratified.resampled(strata, rng) for strata in (ones, others))
            low, high = stratified.interval(stratified.probability_of_improvement(*again))
            value = float(stratified.probability_of_improvement(_as_one(ones), _as_one(others))[0])
            runs = sum(map(len, [*ones, *others]))
            yield Estimate(IMPROVEMENT, name, value, float(low), float(high), len(there), runs)


def _as_one(scores: Sequence[Floats]) -> list[Floats]:
    """What was measured, as if it were one resample."""
    return [of_env[np.newaxis] for of_env in scores]
