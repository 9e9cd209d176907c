"""Each number of the paper's tables beside ours, with a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from itt.analysis.outputs import VANILLA
from itt.analysis.scores import Cell
from itt.analysis.statistics import Summary, difference_interval
from itt.analysis.tables import verdicts
from itt.analysis.tables.ours import Ours
from itt.analysis.tables.verdicts import NOT_TRAINED, NOT_YET, Verdict, differing, judged
from itt.published import names, zhao2022
from itt.published.zhao2022 import Number

_NO_SUCH_SIZE = "5 observations and 1 action cannot give Table 4's number"
_ONE_OUTPUT = "one output, as Table 4 leaves, cannot choose among the actions; ours has one for each"
EXCEPTIONS = {("InvertedPendulumBulletEnv-v0", method): _NO_SUCH_SIZE for method in zhao2022.METHODS}
EXCEPTIONS |= {(env, "explicit"): _ONE_OUTPUT for env in ("CartPole-v1", "MountainCar-v0", "Acrobot-v1")}
"""Where D is another than Table 4's, and why (docs/reproduction-notes.md)."""


@dataclass(frozen=True)
class Comparison:
    """A number of the paper beside ours.

    Attributes:
        number: The paper's.
        variant: Which of our arms it is compared with.
        ours: Our number; None where there is none.
        n: The seeds behind it.
        difference: Ours minus the paper's.
        low, high: The 95 % interval of the difference, for mean scores; else NaN.
        margin: How large a difference counts as none, where the rule is such a margin.
        verdict: By the rules of `verdicts`.
    """

    number: Number
    variant: str
    ours: float | None
    n: int
    verdict: Verdict
    low: float = math.nan
    high: float = math.nan
    margin: float = math.nan

    @property
    def difference(self) -> float | None:
        """Ours minus the paper's."""
        return None if self.ours is None else self.ours - self.number.value


def compare(number: Number, ours: Ours, variant: str = VANILLA, measure: str = "final") -> Comparison:
    """One number of the paper beside ours.

    Args:
        number: The paper's.
        ours: Our runs.
        variant: The arm.
        measure: Which reading of the score `mean` and `std` are compared in.
    """
    if number.quantity in ("mean", "std"):
        return _score(number, ours, variant, measure)
    return _hours(number, ours, variant) if number.quantity == "hours" else _setting(number, ours, variant)


def frame(comparisons: list[Comparison]) -> pd.DataFrame:
    """A row a comparison, as data."""
    rows = [
        asdict(one.number)
        | {"variant": one.variant, "ours": one.ours, "n": one.n, "difference": one.difference}
        | {"low": one.low, "high": one.high, "margin": one.margin}
        | {"verdict": one.verdict.word, "why": one.verdict.why}
        for one in comparisons
    ]
    table = pd.DataFrame(rows)
    return table.rename(columns={"value": "paper"}).astype({"ours": float, "difference": float})


def _score(number: Number, ours: Ours, variant: str, measure: str) -> Comparison:
    """A mean within the margin, or a standard deviation of the same size."""
    env, method = number.env, number.method
    found = ours.scores.get((env, method, variant, measure))
    value = None if found is None else found.mean if number.quantity == "mean" else found.std
    pending = verdicts.not_yet(ours.asked.get((env, method, variant)))
    paper = Summary(*zhao2022.scores()[env, method], zhao2022.SEEDS)
    margin = verdicts.score_margin(env, paper.std)
    if found is None or value is None:
        nothing = Verdict(NOT_YET, "no score", "no run has this score yet")
        return Comparison(number, variant, None, 0, pending or nothing, margin=margin)
    pending = pending or verdicts.too_few(found.n)
    if number.quantity == "std":
        agrees = verdicts.spread_agrees(value, number.value)
        why = "" if agrees else f"further apart than a factor of {verdicts.SPREAD_FACTOR:g}"
        return Comparison(number, variant, value, found.n, pending or judged(agrees, why))
    low, high = difference_interval(found, paper)
    agrees = abs(value - number.value) <= margin
    verdict = pending or judged(agrees, _about_margin(agrees, low, high, margin))
    return Comparison(number, variant, value, found.n, verdict, low, high, margin)


def _about_margin(agrees: bool, low: float, high: float, margin: float) -> str:
    """The margin that was missed, and whether the interval of the difference lies on both sides of a margin."""
    missed = [] if agrees else [f"the margin is {margin:.3g}"]
    open_ = low < -margin < high or low < margin < high
    return "; ".join([*missed, *(["more seeds may turn it: the interval reaches over the margin"] if open_ else [])])


def _hours(number: Number, ours: Ours, variant: str) -> Comparison:
    """Machines differ, so a method's time is compared relative to the mean of the methods on the same env."""
    cells = [(number.env, method, variant) for method in zhao2022.METHODS]
    cell = (number.env, number.method, variant)
    hours, n = ours.hours(cell), len(ours.told(cell, "seconds"))
    own, *others = (_untimed(ours, each) for each in (cell, *cells))
    if pending := next(filter(None, others), None):
        return Comparison(number, variant, hours, n, own or Verdict(NOT_YET, "other methods", _of_others(pending)))
    here, there = ours.relative_time(cell), relative_paper_time(number.env, number.method)
    assert here is not None  # all are timed
    why = f"{here:.2f} of the mean of the methods; the paper's {there:.2f}"
    return Comparison(number, variant, hours, n, judged(abs(here / there - 1) <= verdicts.TIME_SHARE, why))


def _untimed(ours: Ours, cell: Cell) -> Verdict | None:
    """Why the time that a cell took cannot be judged."""
    return verdicts.not_yet(ours.asked.get(cell)) or verdicts.too_few(len(ours.told(cell, "core_seconds")))


def _of_others(pending: Verdict) -> str:
    return f"another method of this env, which it is compared with: {pending.why}"


def relative_paper_time(env: str, method: str) -> float:
    """Hours of Table 2 over the mean of the methods on this env."""
    hours = zhao2022.wall_clock()
    return hours[env, method] * len(zhao2022.METHODS) / sum(hours[env, each] for each in zhao2022.METHODS)


def _setting(number: Number, ours: Ours, variant: str) -> Comparison:
    """What is a setting is equal or not; a number without a method is about all of them."""
    methods = [number.method] if number.method else zhao2022.METHODS
    cells = [(number.env, method, variant) for method in methods]
    told = [ours.told(cell, number.quantity) for cell in cells]
    n, values = sum(map(len, told)), sorted({float(value) for seeds in told for value in seeds})
    found = values[0] + _hidden(number) if len(values) == 1 else None
    return Comparison(number, variant, found, n, _setting_verdict(number, ours, cells, values, found))


def _setting_verdict(
    number: Number, ours: Ours, cells: Sequence[Cell], values: Sequence[float], found: float | None
) -> Verdict:
    if found == number.value:
        return judged(True)
    if not values:
        trained = any(cell in ours.asked for cell in cells)
        return Verdict(NOT_YET, "not told", "no record tells it yet") if trained else NOT_TRAINED
    if chosen := _chosen(number, ours, cells):
        return Verdict(NOT_YET, "other settings", f"not the paper's settings: {', '.join(chosen)}")
    if found is None:
        return judged(False, f"several: {', '.join(f'{value:g}' for value in values)}")
    return judged(False, EXCEPTIONS.get((number.env, number.method), "") if number.quantity == "parameters" else "")


_SECTIONS = {"iterations": "algorithm.iterations", "sigma": "algorithm.sigma"}


def _chosen(number: Number, ours: Ours, cells: Sequence[Cell]) -> list[str]:
    """The settings behind a number in which this study differs from the paper's, by its own choice."""
    told = {key for cell in cells if cell in ours.cells for key in differing(ours.cells[cell])}
    return sorted(key for key in told if key.startswith(_SECTIONS.get(number.quantity, "policy.")))


def _hidden(number: Number) -> int:
    """What is added to our number of matrices to count as Table 5 does: hidden layers on DMCS, which are one fewer."""
    return -1 if number.quantity.startswith("layers") and number.env in names.DMCS.values() else 0
