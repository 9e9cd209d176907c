"""Statistics over envs, against numbers worked out by hand, closed forms and SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from itt.analysis.stratified import (
    interquartile_mean,
    interval,
    mean,
    median,
    optimality_gap,
    performance_profile,
    probability_of_improvement,
    resampled,
)

SCORES = st.floats(-10, 10)


def of(*envs):
    """Measured scores, as one resample."""
    return [np.array([env], dtype=float) for env in envs]


def one(values):
    (value,) = values
    return float(value)


def test_the_interquartile_mean_leaves_out_the_lowest_and_the_highest_quarter():
    assert one(interquartile_mean(of([0, 1, 2, 99], [3, 4, -50, 5]))) == np.mean([1, 2, 3, 4])


def test_a_run_at_the_edge_of_a_quarter_counts_with_its_part():
    """Of six runs a quarter is one and a half: 1 and 4 count half."""
    assert one(interquartile_mean(of([0, 1, 2], [3, 4, 9]))) == pytest.approx((0.5 * 1 + 2 + 3 + 0.5 * 4) / 3)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(SCORES, min_size=4, max_size=4), min_size=1, max_size=6))
def test_with_quarters_of_whole_runs_it_is_scipys_trimmed_mean(envs):
    expected = stats.trim_mean(np.concatenate(envs), 0.25)
    assert one(interquartile_mean(of(*envs))) == pytest.approx(expected, abs=1e-9)


def test_an_env_weighs_as_much_as_any_other_however_many_seeds_it_has():
    few, many = [1.0, 1.0, 1.0], [5.0] * 9
    for statistic in (interquartile_mean, mean, median):
        assert one(statistic(of(few, many))) == pytest.approx(3.0), statistic
    assert performance_profile(of(few, many), np.array([2.0])).tolist() == [[0.5]]


def test_mean_and_median_are_over_the_means_of_envs():
    scores = of([0, 1], [2, 2], [3, 10])
    assert one(mean(scores)) == pytest.approx(3.0)
    assert one(median(scores)) == 2.0


def test_the_optimality_gap_is_what_is_missing_to_one_and_nothing_makes_up_for_it():
    assert one(optimality_gap(of([0.5, 3.0], [-1.0, 1.0]))) == pytest.approx((0.25 + 1.0) / 2)


def test_a_performance_profile_is_the_share_of_runs_above_each_threshold():
    shares = performance_profile(of([0.0, 1.0], [1.0, 2.0]), np.array([-1.0, 0.0, 0.5, 1.0, 2.0]))
    assert shares.tolist() == [[1.0, 0.75, 0.75, 0.25, 0.0]]


@settings(max_examples=50, deadline=None)
@given(st.lists(SCORES, min_size=1, max_size=8), st.lists(SCORES, min_size=1, max_size=8))
def test_the_area_below_a_profile_is_the_mean(ones, others):
    scores = of(ones, others)
    thresholds = np.linspace(-10, 10, 20001)
    area = np.trapezoid(performance_profile(scores, thresholds)[0], thresholds)
    assert area - 10 == pytest.approx(one(mean(scores)), abs=0.01)


def test_a_run_is_better_with_the_share_of_pairs_in_which_it_is_and_ties_count_half():
    assert one(probability_of_improvement(of([1, 2]), of([0, 2]))) == (1 + 0 + 1 + 0.5) / 4
    assert one(probability_of_improvement(of([1], [0]), of([0], [1]))) == 0.5, "the mean over envs"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_it_is_mann_whitneys_statistic_over_the_number_of_pairs(ones, others):
    expected = stats.mannwhitneyu(ones, others, method="exact").statistic / (len(ones) * len(others))
    assert one(probability_of_improvement(of(ones), of(others))) == pytest.approx(expected)
    assert one(probability_of_improvement(of(others), of(ones))) == pytest.approx(1 - expected)


def test_between_normal_runs_it_has_its_closed_form():
    """P(X > Y) = Phi((mu - nu) / sqrt(2)) for unit variances."""
    rng = np.random.default_rng(0)
    found = one(probability_of_improvement(of(rng.normal(1, 1, 2000)), of(rng.normal(0, 1, 2000))))
    assert found == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.02)


def test_seeds_are_resampled_among_those_of_their_env():
    again = resampled([np.zeros(3), np.ones(5)], np.random.default_rng(0), 100)
    assert [env.shape for env in again] == [(100, 3), (100, 5)]
    assert (set(again[0].ravel()), set(again[1].ravel())) == ({0.0}, {1.0})
    assert np.ptp(mean(again)) == 0.0, "envs do not mix, so nothing is uncertain"


def test_the_interval_of_the_mean_is_that_of_the_normal_approximation():
    """The variance of the mean over k envs is the mean of theirs over n k."""
    rng = np.random.default_rng(1)
    scores = [rng.normal(5 * k, 1 + k, 200) for k in range(3)]
    low, high = interval(mean(resampled(scores, np.random.default_rng(0))))
    error = np.sqrt(sum(np.var(env) / 200 for env in scores)) / 3
    expected = one(mean([env[np.newaxis] for env in scores]))
    assert (low, high) == pytest.approx((expected - 1.96 * error, expected + 1.96 * error), abs=0.1 * error)


def test_two_methods_are_resampled_apart():
    """Equal draws for both would find no uncertainty in how a run compares with the same run one better."""
    scores = [np.array([0.0, 1.0, 2.0, 3.0])]
    rng = np.random.default_rng(0)
    better = probability_of_improvement(resampled(scores, rng), resampled(scores, rng))
    assert np.ptp(better) > 0.5
    assert float(np.mean(better)) == pytest.approx(0.5, abs=0.01)
