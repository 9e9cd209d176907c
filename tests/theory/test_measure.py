"""What is measured is what trainings use; a fault there, or in a form, is found."""

import numpy as np
import pytest

from itt.algorithms.es import directions, estimators
from itt.theory import measure
from itt.theory.measure import COUNTS, SIGMAS, USED, measured
from itt.theory.verdicts import EXACT, FAILS, HOLDS, PRINTED, verdicts

pytestmark = pytest.mark.usefixtures("few")


def judged(estimates=1000, seed=3):
    return {verdict.about: verdict.verdict for verdict in verdicts(list(measured(estimates, seed)))}


def test_the_exact_forms_hold_and_of_lemma_1_the_antithetic_one():
    found = judged()
    failing = {about for about, verdict in found.items() if verdict == FAILS}
    assert failing == {(PRINTED, "quadratic", "forward", "orthogonal")}
    assert found[PRINTED, "quadratic", "antithetic", "orthogonal"] == HOLDS
    assert len([about for about in found if about[0] == EXACT]) == 2 * len(USED) * 2


def test_an_estimator_that_divides_by_the_wrong_number_is_found(monkeypatch):
    monkeypatch.setattr(measure, "forward", lambda *given: 1.1 * estimators.forward(*given))
    found = judged()
    assert found[EXACT, "quadratic", "forward", "orthogonal"] == FAILS
    assert found[EXACT, "cubic", "forward", "gaussian"] == FAILS
    assert found[EXACT, "quadratic", "antithetic", "orthogonal"] == HOLDS


def test_independent_directions_in_place_of_orthogonal_ones_are_found(monkeypatch):
    monkeypatch.setitem(directions.SAMPLINGS, "orthogonal", directions.gaussian)
    found = judged()
    assert found[EXACT, "quadratic", "antithetic", "orthogonal"] == FAILS
    assert found[EXACT, "quadratic", "antithetic", "gaussian"] == HOLDS


def test_orthogonal_directions_of_equal_length_are_found(monkeypatch):
    orthogonal = directions.SAMPLINGS["orthogonal"]

    def equal(count, size, random):
        rows = orthogonal(count, size, random)
        return rows / np.linalg.norm(rows, axis=1)[:, None] * np.sqrt(size)

    monkeypatch.setitem(directions.SAMPLINGS, "orthogonal", equal)
    assert judged()[EXACT, "quadratic", "antithetic", "orthogonal"] == FAILS


def test_a_seed_says_all_and_another_one_says_something_else():
    numbers = [[case.measured for case in measured(5, seed)] for seed in (0, 0, 1)]
    assert numbers[0] == numbers[1]
    assert not set(numbers[0]) & set(numbers[2])


def test_every_estimate_counts_however_many_are_in_memory_together(monkeypatch):
    whole = [case.measured for case in measured(7, 0)]
    monkeypatch.setattr(measure, "_AT_ONCE", 3)
    assert [case.measured for case in measured(7, 0)] == pytest.approx(whole)


def test_every_function_is_measured_with_both_estimators_at_every_smoothing():
    cases = [(case.function, case.estimator, case.sampling, case.sigma) for case in measured(2, 0)]
    assert len(cases) == len(set(cases)) == 4 * 2 * len(USED) * len(SIGMAS)


@pytest.mark.parametrize(("size", "counts"), COUNTS.items())
def test_each_number_of_pairs_has_its_equal_in_queries_up_to_all_orthogonal_directions(size, counts):
    assert [2 * count - 1 for count in counts[:-1]] == list(counts[1:])
    assert counts[-1] == size
