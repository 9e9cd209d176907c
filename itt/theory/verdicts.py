"""Which closed forms hold, by a rule that stood before the numbers.

Every case is compared with every form that speaks of it. A form holds if none of its cases is farther from it than z
standard errors, where z is what chance exceeds somewhere in the whole table once in 1 / LEVEL times, if all forms are
true (Bonferroni: each of the n comparisons, two-sided, at LEVEL / n).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from itt.theory.measure import Case

LEVEL = 0.01
FEWEST = 1000
"""Estimates a case. Squared errors are skewed, so means of fewer are not normal so far out, and nothing is said."""

PRINTED, EXACT = "Lemma 1 as printed", "exact"
HOLDS, FAILS, UNKNOWN = "holds", "does not hold", "too few estimates"


@dataclass(frozen=True)
class Comparison:
    """A case beside a form that speaks of it."""

    form: str
    case: Case
    deviation: float
    """How many standard errors the measurement lies above the form."""


@dataclass(frozen=True)
class Verdict:
    """What the comparisons say of one form.

    Attributes:
        about: The form, `Lemma 1 as printed` or `exact`; the functions, `quadratic` or `cubic`; the estimator,
            `antithetic` or `forward`; the sampling, `orthogonal` or `gaussian`.
        cases: How many.
        worst: The one that is farthest from the form.
        verdict: `holds`, `does not hold` or `too few estimates`.
    """

    about: tuple[str, str, str, str]
    cases: int
    worst: Comparison
    verdict: str


def comparisons(cases: Sequence[Case]) -> list[Comparison]:
    """Each case beside what Lemma 1 prints of it, if it does, and beside the exact form."""
    printed = [Comparison(PRINTED, case, case.deviation(case.printed)) for case in cases if case.printed is not None]
    return printed + [Comparison(EXACT, case, case.deviation(case.exact)) for case in cases]


def threshold(count: int) -> float:
    """z for that many comparisons."""
    return NormalDist().inv_cdf(1.0 - LEVEL / (2 * count))


def verdicts(cases: Sequence[Case]) -> list[Verdict]:
    """The verdict on each form, in the order of the cases."""
    found = comparisons(cases)
    groups: defaultdict[tuple[str, str, str, str], list[Comparison]] = defaultdict(list)
    for one in found:
        functions = "cubic" if one.case.polynomial.cubic else "quadratic"
        groups[one.form, functions, one.case.estimator, one.case.sampling].append(one)
    z = threshold(len(found))
    return [Verdict(about, len(group), *_judged(group, z)) for about, group in groups.items()]


def _judged(group: Sequence[Comparison], z: float) -> tuple[Comparison, str]:
    worst = max(group, key=lambda one: abs(one.deviation))
    if worst.case.estimates < FEWEST:
        return worst, UNKNOWN
    return worst, HOLDS if abs(worst.deviation) <= z else FAILS
