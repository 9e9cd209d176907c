"""The rule by which a form holds."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from itt.theory.measure import Case
from itt.theory.polynomials import polynomials
from itt.theory.verdicts import EXACT, FAILS, FEWEST, HOLDS, LEVEL, PRINTED, UNKNOWN, comparisons, threshold, verdicts

CASES = [
    Case(name, function, "forward", sampling, 2.0, 3, FEWEST, 0.0, 0.5)
    for name, function in polynomials(5, np.random.default_rng(0)).items()
    for sampling in ("orthogonal", "gaussian")
]
QUADRATIC = EXACT, "quadratic", "forward", "orthogonal"


def off(cases, deviation, **changes):
    """The cases, each so many standard errors above its exact form."""
    return [replace(case, measured=case.exact + deviation * case.standard_error, **changes) for case in cases]


def by_form(cases):
    return {verdict.about: verdict for verdict in verdicts(cases)}


def test_a_case_is_compared_with_lemma_1_where_that_speaks_of_it():
    found = [(one.form, one.case.function, one.case.sampling) for one in comparisons(CASES)]
    assert [(name, sampling) for form, name, sampling in found if form == PRINTED] == [
        (name, "orthogonal") for name in ("saddle", "bowl", "sphere")
    ]
    assert len([form for form, *_ in found if form == EXACT]) == len(CASES)


@pytest.mark.parametrize("count", [1, 10, 528])
def test_chance_exceeds_the_threshold_anywhere_once_in_a_hundred_tables_at_most(count):
    assert 2 * stats.norm.sf(threshold(count)) * count == pytest.approx(LEVEL)


@pytest.mark.parametrize("sign", [1, -1])
def test_one_case_beyond_the_threshold_is_enough(sign):
    z = threshold(len(comparisons(CASES)))
    near, far = off(CASES, sign * (z - 0.01)), off(CASES, sign * (z + 0.01))
    assert {verdict.verdict for about, verdict in by_form(near).items() if about[0] == EXACT} == {HOLDS}

    found = by_form([far[0], *near[1:]])

    assert (found[QUADRATIC].verdict, found[QUADRATIC].worst.case) == (FAILS, far[0])
    assert {verdict.verdict for about, verdict in found.items() if about[0] == EXACT and about != QUADRATIC} == {HOLDS}


def test_a_form_that_is_not_the_exact_one_fails_where_the_exact_one_holds():
    found = by_form(off(CASES, 0.0))
    assert found[PRINTED, *QUADRATIC[1:]].verdict == FAILS
    assert found[QUADRATIC].verdict == HOLDS


def test_of_too_few_estimates_nothing_is_said():
    found = by_form(off(CASES, 100.0, estimates=FEWEST - 1))
    assert {verdict.verdict for verdict in found.values()} == {UNKNOWN}
