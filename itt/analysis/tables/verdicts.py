"""When a number of the paper counts as reproduced: the rules, fixed before the runs (docs/verdicts.md says why).

A verdict takes five seeds that are finished and were trained with the paper's settings. What is a setting itself
(sigma, D, layers, iterations) is equal or not, whatever the seeds.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from itt.analysis.missing import unfinished
from itt.published import zhao2022

REPRODUCED, NOT, NOT_YET = "reproduced", "not reproduced", "not yet"

FEWEST = 5
"""Seeds."""
SCORE_SHARE = 0.05
"""A mean score may be off by the spread that the paper prints, and at least by this share of the largest score, up to
its sign, that Table 6 has for the env."""
SPREAD_FACTOR = 2.0
"""A standard deviation may be so many times the paper's, or so many times less."""
EQUAL_SPREAD = 0.005
"""Standard deviations below this are printed as 0.00."""
TIME_SHARE = 0.25
"""A method's training time, relative to the mean of the three methods on the env, may be off by this share."""
CLAIMED_POINTS = 10.0
"""Percentage points by which a claimed saving of time may be missed."""
COMPARABLE_SHARE = 0.1
"""By this share of its size a score may fall behind one that it is called comparable with."""


@dataclass(frozen=True)
class Verdict:
    """`word` is one of the three above; `short` says it in a table's cell, `why` in a sentence."""

    word: str
    short: str
    why: str = ""


NOT_TRAINED = Verdict(NOT_YET, "not trained", "not trained in this study")


def judged(agrees: bool, why: str = "") -> Verdict:
    """Reproduced or not."""
    word = REPRODUCED if agrees else NOT
    return Verdict(word, word, why)


def not_yet(seeds: pd.DataFrame | None, iterations: int | None = None) -> Verdict | None:
    """Why there can be no verdict on what these runs came to; None if there can.

    Args:
        seeds: The runs that the study asks for of an (env, method, variant); None if there are none.
        iterations: How far each has to have come; None: to its end, which is where the paper's settings have it.
    """
    if seeds is None:
        return NOT_TRAINED
    trained = seeds[seeds["rows"] > 0]
    if trained.empty:
        return Verdict(NOT_YET, "no result", f"none of {len(seeds)} runs has a result yet")
    other = differing(trained) - ({_LENGTH} if iterations is not None else set())
    reasons = [
        ("too few", few(len(trained))),
        ("unfinished", _unfinished(trained) if iterations is None else _short(trained, iterations)),
        ("other settings", f"not the paper's settings: {', '.join(sorted(other))}" if other else ""),
    ]
    told = [(short, why) for short, why in reasons if why]
    return Verdict(NOT_YET, told[0][0], "; ".join(why for _, why in told)) if told else None


_LENGTH = "algorithm.iterations"


def differing(trained: pd.DataFrame) -> set[str]:
    """The settings in which any of these runs differs from the paper's run of its name (`paper_settings.paper_run`)."""
    return {key for keys in trained["differs"].dropna() for key in keys.split(", ") if key}


def few(count: int) -> str:
    """What is said of so many seeds if they are too few for a verdict; nothing if they are not."""
    return f"{_seeds(count)}, where a verdict takes {FEWEST}" if count < FEWEST else ""


def _seeds(count: int) -> str:
    return f"{count} seed{'' if count == 1 else 's'}"


def too_few(count: int) -> Verdict | None:
    """Why nothing can be said of finished runs of which only so many tell what is judged; None if they are enough."""
    if count >= FEWEST:
        return None
    return Verdict(NOT_YET, "too few", f"{_seeds(count)} tell it, where a verdict takes {FEWEST}")


def _unfinished(trained: pd.DataFrame) -> str:
    count = int(unfinished(trained).sum())
    return f"{count} of {len(trained)} runs are not finished" if count else ""


def _short(trained: pd.DataFrame, iterations: int) -> str:
    least = int(trained["rows"].min())
    return f"{least} of {iterations} iterations" if least < iterations else ""


def score_margin(env: str, std: float) -> float:
    """By how much a mean score on this env may differ from one that the paper prints with this standard deviation."""
    largest = max(abs(mean) for (name, _), (mean, _) in zhao2022.scores().items() if name == env)
    return max(std, SCORE_SHARE * largest)


def spread_agrees(ours: float, paper: float) -> bool:
    """Whether two standard deviations are of one size."""
    if max(ours, paper) < EQUAL_SPREAD:
        return True
    return min(ours, paper) * SPREAD_FACTOR >= max(ours, paper)
