"""Gradient estimates from returns, against what can be computed by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.algorithms.es.directions import gaussian, orthogonal
from itt.algorithms.es.estimators import antithetic, forward

SIZE = 5
RANDOM = np.random.default_rng(0)
_ROOT = RANDOM.standard_normal((SIZE, SIZE))
HESSIAN = _ROOT + _ROOT.T
SLOPE, THETA, SIGMA = RANDOM.standard_normal(SIZE), RANDOM.standard_normal(SIZE), 0.7
GRADIENT = HESSIAN @ THETA + SLOPE
"""Of the quadratic at THETA, and of its Gaussian smoothing there, which differs from it by a constant."""


def quadratic(theta):
    return 0.5 * np.einsum("...i,ij,...j", theta, HESSIAN, theta) + theta @ SLOPE


def estimates(estimator, sampling, count, draws=1):
    random = np.random.default_rng(1)
    found = []
    for _ in range(draws):
        epsilon = sampling(count, SIZE, random)
        plus, minus = quadratic(THETA + SIGMA * epsilon), quadratic(THETA - SIGMA * epsilon)
        other = minus if estimator is antithetic else quadratic(THETA)
        found.append(estimator(plus, other, epsilon, SIGMA))
    return np.array(found)


def test_antithetic_differences_of_a_quadratic_see_its_gradient_exactly():
    # F(theta + d) - F(theta - d) = 2 d . gradient, so the estimate is the gradient times epsilon^T epsilon / M.
    epsilon = orthogonal(SIZE, SIZE, np.random.default_rng(2))
    plus, minus = quadratic(THETA + SIGMA * epsilon), quadratic(THETA - SIGMA * epsilon)
    closed_form = epsilon.T @ epsilon @ GRADIENT / SIZE
    np.testing.assert_allclose(antithetic(plus, minus, epsilon, SIGMA), closed_form, rtol=1e-10)


def test_along_scaled_axes_the_antithetic_estimate_is_the_gradient_itself():
    epsilon = np.sqrt(SIZE) * np.eye(SIZE)
    plus, minus = quadratic(THETA + SIGMA * epsilon), quadratic(THETA - SIGMA * epsilon)
    np.testing.assert_allclose(antithetic(plus, minus, epsilon, SIGMA), GRADIENT, rtol=1e-10)


def test_the_forward_estimate_of_a_quadratic_has_its_curvature_beside_the_gradient():
    epsilon = gaussian(3, SIZE, np.random.default_rng(3))
    curvature = SIGMA / 2 * np.einsum("mi,ij,mj,mk->k", epsilon, HESSIAN, epsilon, epsilon) / 3
    closed_form = epsilon.T @ epsilon @ GRADIENT / 3 + curvature
    estimate = forward(quadratic(THETA + SIGMA * epsilon), quadratic(THETA), epsilon, SIGMA)
    np.testing.assert_allclose(estimate, closed_form, rtol=1e-10)


@pytest.mark.parametrize("count", [2, SIZE, 2 * SIZE])
@pytest.mark.parametrize("sampling", [orthogonal, gaussian])
@pytest.mark.parametrize("estimator", [antithetic, forward])
def test_estimates_are_unbiased(estimator, sampling, count):
    found = estimates(estimator, sampling, count, draws=4000)
    errors = np.abs(found.mean(axis=0) - GRADIENT) / (found.std(axis=0) / np.sqrt(len(found)))
    assert errors.max() < 5


def test_orthogonal_directions_err_less_than_independent_ones():
    spread = [np.square(estimates(antithetic, s, SIZE, 4000) - GRADIENT).sum() for s in (orthogonal, gaussian)]
    assert spread[0] < 0.8 * spread[1]


@given(shift=st.floats(-1e3, 1e3), scale=st.floats(0.1, 10))
def test_a_shift_of_all_returns_changes_nothing_and_a_scale_scales(shift, scale):
    epsilon = orthogonal(SIZE, SIZE, np.random.default_rng(4))
    plus, minus = np.arange(5.0), np.array([3.0, 1.0, 4.0, 1.0, 5.0])
    before = antithetic(plus, minus, epsilon, SIGMA)
    after = antithetic(scale * plus + shift, scale * minus + shift, epsilon, SIGMA)
    np.testing.assert_allclose(after, scale * before, atol=1e-9)


def test_equal_returns_give_no_gradient():
    epsilon = orthogonal(SIZE, SIZE, np.random.default_rng(5))
    np.testing.assert_array_equal(antithetic(np.ones(5), np.ones(5), epsilon, SIGMA), np.zeros(SIZE))
    np.testing.assert_array_equal(forward(np.ones(5), 1.0, epsilon, SIGMA), np.zeros(SIZE))
