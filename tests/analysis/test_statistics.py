"""The arithmetic on arrays, against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from itt.analysis.statistics import (
    FEWEST,
    Summary,
    best_column,
    bootstrap_band,
    difference_interval,
    mean_and_std,
    mean_interval,
    places,
    places_by_interval,
    range_band,
)

NAN = np.nan


def test_the_standard_deviation_divides_by_n():
    assert mean_and_std(np.array([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])) == (5.0, 2.0)


def test_the_interval_of_two_seeds_is_their_range():
    """Of resamples of (0, 1) a quarter has mean 0 and a quarter mean 1, so neither tail of 2.5 % gets past them."""
    assert mean_interval(np.array([0.0, 1.0])) == (0.0, 1.0)


def test_the_interval_is_about_that_of_the_normal_approximation():
    scores = np.arange(100.0)
    low, high = mean_interval(scores)
    half = 1.96 * np.std(scores) / 10
    assert (low, high) == pytest.approx((49.5 - half, 49.5 + half), abs=0.3)


def test_equal_scores_have_an_interval_of_no_width():
    assert mean_interval(np.full(10, 500.0)) == (500.0, 500.0)


def test_one_seed_has_no_interval():
    assert np.isnan(mean_interval(np.array([3.0]))).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=10))
def test_the_interval_is_reproducible_and_within_the_scores(scores):
    low, high = mean_interval(np.array(scores))
    assert (low, high) == mean_interval(np.array(scores))
    slack = 1e-9 * max(map(abs, scores))  # a mean of equal numbers may differ from them in the last bit
    assert min(scores) - slack <= low <= high <= max(scores) + slack


def test_the_best_column_is_that_of_the_highest_mean():
    assert best_column(np.array([[1.0, 9.0, 5.0], [1.0, 0.0, 5.0]])) == 2


def test_of_equal_columns_the_first_is_best():
    assert best_column(np.array([[3.0, 4.0, 2.0], [3.0, 2.0, 4.0]])) == 0


def test_a_column_that_a_seed_has_not_reached_is_never_best():
    assert best_column(np.array([[1.0, 2.0, 99.0], [1.0, 2.0, NAN]])) == 1


def test_without_a_column_of_all_seeds_none_is_best():
    assert best_column(np.array([[1.0, NAN], [NAN, 1.0]])) is None


def test_a_band_is_mean_lowest_and_highest_of_the_seeds_that_are_there():
    result = range_band(np.array([[1.0, 2.0, 7.0], [3.0, 10.0, NAN]]))
    np.testing.assert_array_equal(result.mean, [2.0, 6.0, 7.0])
    np.testing.assert_array_equal(result.low, [1.0, 2.0, 7.0])
    np.testing.assert_array_equal(result.high, [3.0, 10.0, 7.0])
    np.testing.assert_array_equal(result.seeds, [2, 2, 1])
    np.testing.assert_array_equal(result.complete, [True, True, False])


def test_a_bootstrap_band_is_the_interval_of_the_mean_at_each_place():
    returns = np.array([np.arange(100.0), np.full(100, 7.0)]).T
    result = bootstrap_band(returns)
    half = 1.96 * np.std(returns[:, 0]) / 10
    assert (result.low[0], result.high[0]) == pytest.approx((49.5 - half, 49.5 + half), abs=0.6)
    assert (result.low[1], result.mean[1], result.high[1]) == (7.0, 7.0, 7.0)


def test_a_bootstrap_band_lies_within_the_range_and_is_that_of_the_seeds_that_are_there():
    returns = np.random.default_rng(3).normal(size=(6, 4))
    some = returns.copy()
    some[4:, 2:] = NAN
    result, whole = bootstrap_band(some), range_band(some)
    assert (whole.low < result.low).all()
    assert (result.high < whole.high).all()
    alone = bootstrap_band(returns[:4])
    np.testing.assert_array_equal(result.high[2:], alone.high[2:])
    np.testing.assert_array_equal(result.seeds, [6, 6, 4, 4])


def test_fewer_than_three_seeds_have_no_bootstrap_band_where_they_are_so_few():
    returns = np.array([[0.0, 0.0], [3.0, 3.0], [6.0, NAN]])
    result = bootstrap_band(returns)
    assert FEWEST == 3
    assert np.isfinite(result.low).tolist() == np.isfinite(result.high).tolist() == [True, False]
    np.testing.assert_array_equal(result.mean, [3.0, 1.5])


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([1.0, 3.0, 2.0], [3, 1, 2]),
        ([500.0, 27.0, 500.0], [1, 3, 1]),
        ([1.001, 1.004, 0.5], [1, 1, 3]),  # what reads the same is the same
        ([1.0, None, 2.0], [2, None, 1]),
        ([None, 5.0, None], [None, None, None]),  # no contest
        ([None, None, None], [None, None, None]),
    ],
)
def test_places(scores, expected):
    assert places(scores) == expected


def test_welchs_interval_is_that_of_the_samples():
    one, other = np.array([1.0, 2.0, 4.0, 9.0]), np.array([3.0, 3.5, 7.0])
    wanted = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    summaries = [Summary(*mean_and_std(scores), len(scores)) for scores in (one, other)]
    assert difference_interval(*summaries) == pytest.approx((wanted.low, wanted.high))


def test_scores_without_spread_differ_by_what_they_differ_by():
    assert difference_interval(Summary(500.0, 0.0, 10), Summary(499.0, 0.0, 10)) == (1.0, 1.0)


def test_a_difference_from_one_seed_has_no_interval():
    assert np.isnan(difference_interval(Summary(1.0, 0.0, 1), Summary(1.0, 1.0, 10))).all()


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ([(100, 30), (110, 30), (0, 1)], [1, 1, 3]),  # 10 is nothing where each is off by 30
        ([(100, 1), (110, 1), (0, 1)], [2, 1, 3]),
        ([(100, 1), (50, 30), (49, 30)], [1, 2, 2]),
        ([(500, 0), (500, 0), (27, 5)], [1, 1, 3]),
        ([(500, 0), None, None], [None, None, None]),
    ],
)
def test_scores_that_cannot_be_told_apart_share_a_place(scores, found):
    assert places_by_interval([score and Summary(*score, 10) for score in scores]) == found
