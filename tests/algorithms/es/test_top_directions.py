"""The best directions are those with the best of their two returns."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from itt.algorithms.es.estimators import best_pairs

PLUS, MINUS = np.array([1.0, 9.0, 2.0, 0.0]), np.array([8.0, -9.0, 2.0, 3.0])


def test_a_direction_counts_by_the_better_of_its_two_returns():
    np.testing.assert_array_equal(best_pairs(PLUS, MINUS, 1), [1])
    np.testing.assert_array_equal(best_pairs(PLUS, MINUS, 2), [0, 1])
    np.testing.assert_array_equal(best_pairs(PLUS, MINUS, 3), [0, 1, 3])


def test_of_equal_directions_the_first_counts():
    np.testing.assert_array_equal(best_pairs(np.ones(5), np.zeros(5), 2), [0, 1])


pairs = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=20)


@given(pairs, st.data())
def test_none_that_is_left_out_is_better_than_one_that_counts(values, data):
    plus, minus = np.array(values, dtype=float).T
    best = best_pairs(plus, minus, data.draw(st.integers(1, len(values))))
    height = np.maximum(plus, minus)
    left_out = np.delete(height, best)
    assert (np.diff(best) > 0).all()
    assert not left_out.size or left_out.max() <= height[best].min()
