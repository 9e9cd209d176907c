"""One candidate is chosen by its score: the best (Eq. 5), or one drawn with the probabilities of Eq. 3."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from itt.algorithms.es.settings import Kernel
from itt.candidates import argmax, draw, log_weights

SMALLEST_P = 1e-5
scores_of_any_size = arrays(np.float64, st.integers(1, 20), elements=st.floats(-1e6, 1e6))


def drawn(kernel: Kernel, scores, count=20_000):
    units = np.random.default_rng(0).random(count)
    return np.bincount(draw(log_weights(kernel, np.array(scores)), units), minlength=len(scores))


def fits(counts, probabilities):
    """The counts are what chance gives with these probabilities."""
    expected = np.array(probabilities) / np.sum(probabilities) * counts.sum()
    likely = expected >= 5
    assert counts[expected == 0].sum() == 0
    assert counts[~likely].sum() <= 20 + 10 * expected[~likely].sum()
    scaled = expected[likely] * counts[likely].sum() / expected[likely].sum()
    if likely.sum() > 1:
        assert stats.chisquare(counts[likely], scaled).pvalue > SMALLEST_P


def test_the_best_score_wins():
    assert argmax(np.array([1.0, 3.0, 2.0])) == 1


@given(scores_of_any_size)
def test_of_equals_the_lowest_index_wins(scores):
    assert argmax(scores) == min(np.flatnonzero(scores == scores.max()))


@pytest.mark.parametrize("kernel", ["dot", "angular"])
def test_draws_follow_the_softmax_of_the_kernel(kernel):
    scores = [0.3, -1.0, 2.0, 2.0, 0.0]
    fits(drawn(kernel, scores), np.exp(scores))


def test_draws_with_the_softmax_kernel_exponentiate_twice():
    products = [0.3, -1.0, 1.5, 1.5, 0.0]
    fits(drawn("softmax", products), np.exp(np.exp(products)))


def test_huge_products_leave_only_the_best():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drawn("softmax", [1e5, 1e5 - 1, -1e5]).tolist() == [20_000, 0, 0]
        assert drawn("dot", [1e300, 0.0, -1e300]).tolist() == [20_000, 0, 0]


def test_huge_products_that_are_equal_are_drawn_alike():
    fits(drawn("softmax", [1e5, 1e5, 0.0]), [1, 1, 0])


def test_products_of_great_depth_are_drawn_alike_under_the_softmax_kernel():
    fits(drawn("softmax", [-1e5, -2e5, -1e3]), [1, 1, 1])  # exp is 0 for all


@given(scores_of_any_size, st.sampled_from(["dot", "softmax", "angular"]))
def test_weights_are_finite_and_at_most_one_whatever_the_scores(scores, kernel):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        weights = log_weights(kernel, scores)
    assert np.isfinite(weights).all()
    assert weights.max() == 0.0


@given(scores_of_any_size, st.floats(0, 1, exclude_max=True))
def test_a_draw_is_an_index_with_a_weight_that_is_not_zero(scores, unit):
    weights = log_weights("dot", scores)
    (index,) = draw(weights, np.array([unit]))
    assert np.exp(weights[index]) > 0


def test_the_unit_interval_is_cut_in_the_order_of_the_candidates():
    quarters = np.log([0.25, 0.5, 0.25])
    assert draw(quarters, np.array([0.0, 0.2, 0.25, 0.7, 0.75, 1 - 2**-53])).tolist() == [0, 0, 1, 1, 2, 2]
