"""epsilon_1 ... epsilon_M: Gaussian one by one, orthogonal among themselves.

Streams are fixed, so that a test passes always or never. A mean over n draws is looked at in units of its standard
error: 5 of them are the limit, which chance passes once in two million looks.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from itt.algorithms.es.directions import SAMPLINGS, gaussian, orthogonal, released

SMALLEST_P = 1e-5
DRAWS = 10_000
SIZE = 6


def drawn(sampling, count, size=SIZE, draws=DRAWS):
    """Many sets of directions, shape (draws, count, size)."""
    random = np.random.default_rng(0)
    return np.array([sampling(count, size, random) for _ in range(draws)])


@pytest.fixture(scope="module")
def square():
    """As many directions as dimensions."""
    return drawn(orthogonal, SIZE)


def standard_errors(values, expected):
    """How far the mean over the draws, axis 0, is from what is expected, in standard errors."""
    return np.abs(values.mean(axis=0) - expected) / (values.std(axis=0) / np.sqrt(len(values)))


@given(size=st.integers(1, 40), data=st.data())
def test_directions_are_orthogonal_to_each_other(size, data):
    count = data.draw(st.integers(1, size))
    epsilon = orthogonal(count, size, np.random.default_rng(data.draw(st.integers(0, 999))))
    unit = epsilon / np.linalg.norm(epsilon, axis=1, keepdims=True)
    np.testing.assert_allclose(unit @ unit.T, np.eye(count), rtol=0, atol=1e-10)


def test_the_largest_policy_of_the_paper_has_orthogonal_directions():
    epsilon = orthogonal(500, 3100, np.random.default_rng(0))
    unit = epsilon / np.linalg.norm(epsilon, axis=1, keepdims=True)
    np.testing.assert_allclose(unit @ unit.T, np.eye(500), rtol=0, atol=1e-10)


def test_the_mean_of_every_direction_is_zero(square):
    assert standard_errors(square, 0.0).max() < 5


def test_the_covariance_of_every_direction_is_the_identity(square):
    products = square[:, :, :, None] * square[:, :, None, :]
    assert standard_errors(products, np.eye(SIZE)).max() < 5


def test_the_length_of_every_direction_is_chi_distributed(square):
    lengths = np.linalg.norm(square, axis=2)
    for row in range(SIZE):
        assert stats.kstest(lengths[:, row], stats.chi(SIZE).cdf).pvalue > SMALLEST_P


def test_every_coordinate_is_standard_normal(square):
    for row in range(SIZE):
        for coordinate in range(SIZE):
            assert stats.kstest(square[:, row, coordinate], "norm").pvalue > SMALLEST_P


def test_the_lengths_of_one_draw_are_independent(square):
    lengths = np.linalg.norm(square, axis=2)
    correlations = np.corrcoef(lengths.T)[np.triu_indices(SIZE, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(DRAWS)


@pytest.mark.parametrize("count", [1, 3])
def test_fewer_directions_than_dimensions_are_as_gaussian(count):
    epsilon = drawn(orthogonal, count)
    assert standard_errors(epsilon, 0.0).max() < 5
    assert standard_errors(epsilon[:, :, :, None] * epsilon[:, :, None, :], np.eye(SIZE)).max() < 5
    assert stats.kstest(np.linalg.norm(epsilon[:, 0], axis=1), stats.chi(SIZE).cdf).pvalue > SMALLEST_P


def test_more_directions_than_dimensions_come_in_blocks_that_are_orthogonal_within():
    epsilon = orthogonal(15, SIZE, np.random.default_rng(0))
    unit = epsilon / np.linalg.norm(epsilon, axis=1, keepdims=True)
    cosines = np.abs(unit @ unit.T)
    for start, end in ((0, 6), (6, 12), (12, 15)):
        np.testing.assert_allclose(cosines[start:end, start:end], np.eye(end - start), rtol=0, atol=1e-10)
    assert cosines[:6, 6:].max() > 0.1


def test_blocks_are_independent_of_each_other():
    epsilon = drawn(orthogonal, 2 * SIZE)
    products = epsilon[:, :SIZE, None, :, None] * epsilon[:, None, SIZE:, None, :]
    assert standard_errors(products, 0.0).max() < 5.5  # 1296 looks
    assert standard_errors(epsilon, 0.0).max() < 5


def test_gaussian_directions_are_independent():
    epsilon = drawn(gaussian, 2)
    assert standard_errors(epsilon[:, 0, :, None] * epsilon[:, 1, None, :], 0.0).max() < 5
    cosine = epsilon[0, 0] @ epsilon[0, 1] / np.prod(np.linalg.norm(epsilon[0], axis=1))
    assert abs(cosine) > 1e-3


def test_the_released_codes_directions_are_orthogonal_but_their_mean_is_not_zero():
    epsilon = drawn(released, SIZE)
    unit = epsilon[0] / np.linalg.norm(epsilon[0], axis=1, keepdims=True)
    np.testing.assert_allclose(unit @ unit.T, np.eye(SIZE), rtol=0, atol=1e-10)
    assert standard_errors(epsilon, 0.0).max() > 50


@pytest.mark.parametrize("sampling", SAMPLINGS.values(), ids=SAMPLINGS)
@pytest.mark.parametrize(("count", "size"), [(1, 1), (3, 5), (5, 5), (13, 5)])
def test_every_sampling_gives_rows_and_is_a_function_of_its_stream(sampling, count, size):
    first, second = (sampling(count, size, np.random.default_rng(1)) for _ in range(2))
    assert first.shape == (count, size)
    np.testing.assert_array_equal(first, second)
