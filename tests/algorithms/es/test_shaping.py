"""What stands for returns, against closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from itt.algorithms.es.estimators import SHAPINGS, centered_ranks, none, return_std, z_score

returns = st.lists(st.sampled_from([-3.0, 0.0, 0.5, 0.5, 2.0, 1e6]) | st.floats(-1e6, 1e6), min_size=2, max_size=30)


def test_none_changes_nothing():
    values = np.array([3.0, 1.0])
    np.testing.assert_array_equal(none(values), values)


@given(returns)
def test_centered_ranks_are_mean_ranks_from_minus_to_plus_one_half(values):
    expected = (stats.rankdata(values) - 1) / (len(values) - 1) - 0.5
    np.testing.assert_allclose(centered_ranks(np.array(values)), expected, atol=1e-12)


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=30))
def test_centered_ranks_see_the_order_alone(values):
    order = np.array(values, dtype=np.float64)
    np.testing.assert_array_equal(centered_ranks(np.exp(order)), centered_ranks(order))


def test_z_scores_have_mean_0_and_deviation_1():
    values = np.array([4.0, -1.0, 7.0, 7.0, 2.5])
    np.testing.assert_allclose(z_score(values), stats.zscore(values))


def test_return_std_divides_by_the_population_deviation():
    np.testing.assert_allclose(return_std(np.array([1.0, 3.0, 5.0])), np.array([1.0, 3.0, 5.0]) / np.sqrt(8 / 3))


@given(returns)
def test_differences_of_z_scores_are_those_of_return_std(values):
    # So the two give the same estimates, which are made of differences.
    found = [np.diff(shape(np.array(values))) for shape in (z_score, return_std)]
    np.testing.assert_allclose(*found, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPINGS.values(), ids=SHAPINGS)
@pytest.mark.parametrize("value", [0.0, 0.1, -1e9])
def test_equal_returns_stay_equal_and_finite(shape, value):
    shaped = shape(np.full(7, value))
    assert np.isfinite(shaped).all()
    assert np.ptp(shaped) == 0


@pytest.mark.parametrize("shape", SHAPINGS.values(), ids=SHAPINGS)
def test_a_better_return_is_never_worth_less(shape):
    values = np.random.default_rng(0).standard_normal(20)
    assert (np.diff(shape(values)[np.argsort(values)]) >= 0).all()


@pytest.mark.parametrize("shape", SHAPINGS.values(), ids=SHAPINGS)
def test_shaping_leaves_the_returns_as_they_are(shape):
    values = np.array([2.0, 1.0, 3.0])
    shape(values)
    np.testing.assert_array_equal(values, [2.0, 1.0, 3.0])
