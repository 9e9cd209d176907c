"""How each claim of the paper is looked at: what our runs say of it, and whether it holds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from itt.analysis.outputs import VANILLA, vanilla_arm
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
            verdicts.not_yet(ours.asked.get((env, method, VANILLA)), VANILLA) is None
            and (env, method, VANILLA, "maximum") in ours.scores
            for method in zhao2022.METHODS
        )
    ]


def _seeds(ours: Ours, envs: list[str]) -> int:
    return min((ours.seeds(env, method) for env in envs for method in zhao2022.METHODS), default=0)


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
    times = [ours.core_hours(cell) for cell in cells]
    itt, iot = times
    saved = None if itt is None or not iot else 100 * (1 - itt / iot)
    n = min(ours.seeds(*cell) for cell in cells)
    if pending := _pending(ours, cells):
        return saved, n, pending
    if saved is None or claim.value is None:
        return None, n, Verdict(NOT_YET, "no time", "a run tells no core-seconds")
    return saved, n, judged(saved >= claim.value - verdicts.CLAIMED_POINTS)


def _pending(ours: Ours, cells: Sequence[Cell], iterations: int | None = None) -> Verdict | None:
    """Why cells cannot be compared."""
    for cell in cells:
        if found := verdicts.not_yet(ours.asked.get(cell), cell[-1], iterations):
            return Verdict(NOT_YET, found.short, f"{cell[1]}/{cell[2]}: {found.why}")
    return None


Measure = Callable[[Ours, Cell, Cell], tuple[float, bool]]
"""Of a variant and of what it is compared with: our value in percent, and whether the claim holds."""


def _variant(variant: str, measure: Measure) -> Rule:
    """The rule of a claim about a variant of ITT; one that names no env is about all that have the variant."""

    def rule(ours: Ours, env: str, claim: Claim) -> Finding:
        envs = [env] if env else [e for e, method, v in ours.asked if (method, v) == ("itt", variant)]
        if not envs:
            return None, 0, Verdict(NOT_YET, "not trained", f"itt/{variant}: not trained in this study")
        found = [_one(ours, each, variant, claim, measure) for each in envs]
        # The least favourable stands for all.
        return min(found, key=lambda one: (_ORDER.index(one[2].word), math.inf if one[0] is None else one[0]))

    return rule


_ORDER = [NOT, NOT_YET, REPRODUCED]


def _one(ours: Ours, env: str, variant: str, claim: Claim, measure: Measure) -> Finding:
    there = {v for e, method, v in ours.asked if (e, method) == (env, "itt")}
    cells = (env, "itt", variant), (env, "itt", vanilla_arm(variant, there))
    n = min(len(ours.cells.get(cell, ())) for cell in cells)
    pending = _pending(ours, cells, claim.iterations)
    if n == 0:
        return None, n, pending or Verdict(NOT_YET, "no result", "no result yet")
    value, holds = measure(ours, *cells)
    if math.isnan(value):
        return None, n, pending or Verdict(NOT_YET, "no result", "the records do not tell it")
    return value, n, pending or judged(holds)


def _keeps_score(ours: Ours, variant: Cell, vanilla: Cell) -> tuple[float, bool]:
    """The mean at the last iteration that all seeds of both have, in percent of vanilla's size, and 100 for its own."""
    (steps, mine), (other_steps, theirs) = (aligned(ours.curves_of[cell]) for cell in (variant, vanilla))
    common = np.intersect1d(steps[~np.isnan(mine).any(axis=0)], other_steps[~np.isnan(theirs).any(axis=0)])
    if not len(common):
        return math.nan, False
    here, there = (values[:, at == common[-1]].mean() for at, values in ((steps, mine), (other_steps, theirs)))
    size = abs(there) or 1.0
    return float(100 * (1 + (here - there) / size)), bool(here >= there - verdicts.COMPARABLE_SHARE * size)


def _is_cheaper(ours: Ours, variant: Cell, vanilla: Cell) -> tuple[float, bool]:
    """Core-seconds an env step, in percent less than vanilla's."""
    both = (ours.cells[variant], ours.cells[vanilla])
    costs = [(seeds["core_seconds"] / seeds["env_steps"]).dropna() for seeds in both]
    if any(cost.empty for cost in costs):
        return math.nan, False
    mine, theirs = (Summary(*mean_and_std(cost.to_numpy(dtype=float)), len(cost)) for cost in costs)
    return 100 * (1 - mine.mean / theirs.mean), difference_interval(mine, theirs)[1] < 0


RULES: dict[str, Rule] = {
    "compared": _compared,
    "itt_best": _best,
    "itt_second": _second,
    "faster_than_iot": _faster,
    "srp_maintains": _variant("srp-paper", _keeps_score),
    "srp_cheaper": _variant("srp-paper", _is_cheaper),
    "lazy_comparable": _variant("lazy", _keeps_score),
    "lazy_cheaper": _variant("lazy", _is_cheaper),
    "bootstrap_trains": _variant("bootstrap", _keeps_score),
}
"""How each claim is looked at."""

MEASURED = {name: "environments" if rule in (_compared, _best, _second) else "percent" for name, rule in RULES.items()}
"""What `ours` of each claim is."""
