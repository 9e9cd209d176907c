"""How each claim of the paper is looked at: what our runs say of it, and whether it holds.

Only runs with the settings that the paper has under their name say something (`verdicts.not_yet`), and only if five
seeds of a cell tell what is compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from itt.analysis.outputs import VANILLA
from itt.analysis.scores import Cell, aligned
from itt.analysis.statistics import Summary, difference_interval, mean_and_std, places, places_by_interval
from itt.analysis.tables import verdicts
from itt.analysis.tables.ours import Ours
from itt.analysis.tables.verdicts import NOT, NOT_YET, REPRODUCED, Verdict, judged
from itt.published import names, zhao2022
from itt.published.zhao2022 import Claim

Finding = tuple[float | None, int, Verdict]
"""Our value, the seeds behind it, and the verdict."""
Rule = Callable[[Ours, str, Claim], Finding]


def complete(ours: Ours) -> list[str]:
    """The paper's envs on which all three methods can be judged."""
    return [
        env
        for env in names.ENVS
        if all(
            verdicts.not_yet(ours.asked.get((env, method, VANILLA))) is None
            and (score := ours.scores.get((env, method, VANILLA, "maximum"))) is not None
            and score.n >= verdicts.FEWEST
            for method in zhao2022.METHODS
        )
    ]


def _seeds(ours: Ours, envs: list[str]) -> int:
    return min((score.n for env in envs for score in _scores(ours, env)), default=0)


def _scores(ours: Ours, env: str) -> list[Summary]:
    return [ours.scores[env, method, VANILLA, "maximum"] for method in zhao2022.METHODS]


def _places(ours: Ours, envs: list[str]) -> list[int | None]:
    """ITT's place on each env, by means."""
    return [places([score.mean for score in _scores(ours, env)])[0] for env in envs]


def _compared(ours: Ours, env: str, claim: Claim) -> Finding:
    envs = complete(ours)
    return float(len(envs)), _seeds(ours, envs), _incomplete(envs) or judged(True)


def _incomplete(envs: list[str]) -> Verdict | None:
    """Why nothing can be said of all envs, if it cannot."""
    if len(envs) == len(names.ENVS):
        return None
    needed = f"needs {verdicts.FEWEST} seeds of all three methods on {len(names.ENVS)} environments"
    return Verdict(NOT_YET, "too few environments", f"{needed}, has them on {len(envs)}")


def _best(ours: Ours, env: str, claim: Claim) -> Finding:
    envs = complete(ours)
    best = _places(ours, envs).count(1)
    assert claim.value is not None
    if best + len(names.ENVS) - len(envs) < claim.value:
        verdict = judged(False, f"best on {best} of {len(envs)}, so it cannot be on {claim.value:.0f}")
    else:
        verdict = _incomplete(envs) or judged(best >= claim.value)
    return float(best), _seeds(ours, envs), verdict


def _second(ours: Ours, env: str, claim: Claim) -> Finding:
    envs = complete(ours)
    third = [env for env in envs if places_by_interval(_scores(ours, env))[0] == len(zhao2022.METHODS)]
    verdict = judged(False, f"third on {', '.join(third)}") if third else _incomplete(envs) or judged(True)
    return float(_places(ours, envs).count(2)), _seeds(ours, envs), verdict


def _faster(ours: Ours, env: str, claim: Claim) -> Finding:
    cells = [(env, method, VANILLA) for method in ("itt", "iot")]
    itt, iot = (ours.core_hours(cell) for cell in cells)
    saved = None if itt is None or iot is None else 100 * (1 - itt / iot)
    n = [len(ours.told(cell, "core_seconds")) for cell in cells]
    assert claim.value is not None
    if pending := _pending(ours, cells, n):
        return saved, min(n), pending
    assert saved is not None  # both tell their time
    return saved, min(n), judged(saved >= claim.value - verdicts.CLAIMED_POINTS)


def _pending(ours: Ours, cells: Sequence[Cell], counts: Sequence[int], iterations: int | None = None) -> Verdict | None:
    """Why cells cannot be compared; `counts`: how many seeds of each tell what is compared."""
    reasons = [(cell, verdicts.not_yet(ours.asked.get(cell), iterations)) for cell in cells]
    reasons += [(cell, verdicts.too_few(count)) for cell, count in zip(cells, counts, strict=True)]
    for cell, found in reasons:
        if found:
            return Verdict(NOT_YET, found.short, f"{cell[1]}/{cell[2]}: {found.why}")
    return None


@dataclass(frozen=True)
class _Measured:
    """A variant beside what it is compared with: percent, whether the claim holds, the seeds of each that tell it."""

    percent: float
    holds: bool
    seeds: tuple[int, int]


Measure = Callable[[Ours, Cell, Cell], _Measured]


def _variant(variant: str, other: str, measure: Measure) -> Rule:
    """The rule of a claim about a variant of ITT, compared with the variant `other`.

    A claim that names no env is about all of the paper's that have the variant.
    """

    def rule(ours: Ours, env: str, claim: Claim) -> Finding:
        envs = [env] if env else [each for each in names.ENVS if (each, "itt", variant) in ours.asked]
        if not envs:
            return None, 0, Verdict(NOT_YET, "not trained", f"itt/{variant}: not trained in this study")
        found = [_one(ours, ((each, "itt", variant), (each, "itt", other)), claim, measure) for each in envs]
        # The least favourable stands for all.
        return min(found, key=lambda one: (_ORDER.index(one[2].word), math.inf if one[0] is None else one[0]))

    return rule


_ORDER = [NOT, NOT_YET, REPRODUCED]


def _one(ours: Ours, cells: tuple[Cell, Cell], claim: Claim, measure: Measure) -> Finding:
    nothing = _Measured(math.nan, False, (0, 0))
    found = measure(ours, *cells) if all(cell in ours.cells for cell in cells) else nothing
    pending = _pending(ours, cells, found.seeds, claim.iterations)
    value = None if math.isnan(found.percent) else found.percent
    if value is None:
        pending = pending or Verdict(NOT_YET, "no result", "the records do not tell it")
    return value, min(found.seeds), pending or judged(found.holds)


def _keeps_score(ours: Ours, variant: Cell, vanilla: Cell) -> _Measured:
    """The mean at the last iteration that all seeds of both have, in percent of vanilla's size, and 100 for its own."""
    (steps, mine), (other_steps, theirs) = (aligned(ours.curves_of[cell]) for cell in (variant, vanilla))
    seeds = len(mine), len(theirs)
    common = np.intersect1d(steps[~np.isnan(mine).any(axis=0)], other_steps[~np.isnan(theirs).any(axis=0)])
    if not len(common):
        return _Measured(math.nan, False, seeds)
    here, there = (values[:, at == common[-1]].mean() for at, values in ((steps, mine), (other_steps, theirs)))
    size = abs(there) or 1.0
    holds = bool(here >= there - verdicts.COMPARABLE_SHARE * size)
    return _Measured(float(100 * (1 + (here - there) / size)), holds, seeds)


def _is_cheaper(ours: Ours, variant: Cell, vanilla: Cell) -> _Measured:
    """Core-seconds an env step, in percent less than vanilla's."""
    costs = [(ours.told(cell, "core_seconds") / ours.told(cell, "env_steps")).dropna() for cell in (variant, vanilla)]
    seeds = len(costs[0]), len(costs[1])
    if not all(seeds):
        return _Measured(math.nan, False, seeds)
    mine, theirs = (Summary(*mean_and_std(np.asarray(cost, dtype=np.float64)), len(cost)) for cost in costs)
    return _Measured(100 * (1 - mine.mean / theirs.mean), difference_interval(mine, theirs)[1] < 0, seeds)


RULES: dict[str, Rule] = {
    "compared": _compared,
    "itt_best": _best,
    "itt_second": _second,
    "faster_than_iot": _faster,
    "srp_maintains": _variant("srp-paper", "srp-paper-vanilla", _keeps_score),
    "srp_cheaper": _variant("srp-paper", "srp-paper-vanilla", _is_cheaper),
    "lazy_comparable": _variant("lazy", VANILLA, _keeps_score),
    "lazy_cheaper": _variant("lazy", VANILLA, _is_cheaper),
    "bootstrap_trains": _variant("bootstrap", VANILLA, _keeps_score),
}
"""How each claim is looked at."""

MEASURED = {name: "environments" if rule in (_compared, _best, _second) else "percent" for name, rule in RULES.items()}
"""What `ours` of each claim is."""
