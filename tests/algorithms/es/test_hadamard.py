"""Structured directions: what holds exactly, and what nearly.

Signs are few for a small P, so that their expectation is the sum over all of them, not a mean over draws.
"""

import itertools

import numpy as np
import pytest
from scipy import linalg, stats

from itt.algorithms.es.directions import hadamard, walsh_hadamard


class Signs:
    """Stands for a generator: the signs that it is given, and lengths sqrt(P)."""

    def __init__(self, signs):
        self.signs = np.array(signs)

    def integers(self, low, high, shape):
        return self.signs.reshape(shape)

    def chisquare(self, degrees, count):
        return np.full(count, float(degrees))


def all_of(count, size):
    """The directions with each choice of the 3 P signs, shape (choices, count, size)."""
    padded = 1 << (size - 1).bit_length()
    return np.array([hadamard(count, size, Signs(bits)) for bits in itertools.product((0, 1), repeat=3 * padded)])


@pytest.mark.parametrize("power", range(8))
def test_the_transform_is_the_product_with_the_matrix(power):
    vectors = np.random.default_rng(0).standard_normal((3, 2**power))
    np.testing.assert_allclose(walsh_hadamard(vectors), vectors @ linalg.hadamard(2**power), atol=1e-10)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8])
def test_rows_are_those_of_the_product_of_matrices(size):
    padded = 1 << (size - 1).bit_length()
    signs = np.random.default_rng(1).integers(0, 2, (3, padded))
    matrix = linalg.hadamard(padded) / np.sqrt(padded)
    first, second, third = map(np.diag, 2.0 * signs - 1.0)
    product = np.sqrt(padded) * matrix @ first @ matrix @ second @ matrix @ third
    np.testing.assert_allclose(hadamard(padded, size, Signs(signs)), product[:, :size], atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_for_every_size_the_mean_is_0_and_the_covariance_of_each_row_the_identity(size):
    epsilon = all_of(2 if size > 1 else 1, size)
    np.testing.assert_allclose(epsilon.mean(axis=0), 0.0, atol=1e-12)
    for row in range(epsilon.shape[1]):
        covariance = np.einsum("nj,nk->jk", epsilon[:, row], epsilon[:, row]) / len(epsilon)
        np.testing.assert_allclose(covariance, np.eye(size), atol=1e-12)


@pytest.mark.parametrize("size", [3, 4])
def test_different_rows_are_uncorrelated(size):
    epsilon = all_of(3, size)
    for one, other in itertools.combinations(range(3), 2):
        products = np.einsum("nj,nk->jk", epsilon[:, one], epsilon[:, other])
        np.testing.assert_allclose(products / len(epsilon), 0.0, atol=1e-12)


def cosines(epsilon):
    unit = epsilon / np.linalg.norm(epsilon, axis=1, keepdims=True)
    return (unit @ unit.T)[np.triu_indices(len(unit), 1)]


@pytest.mark.parametrize("size", [2, 64, 512])
def test_for_a_power_of_two_rows_are_orthogonal(size):
    assert np.abs(cosines(hadamard(size, size, np.random.default_rng(2)))).max() < 1e-12


@pytest.mark.parametrize("size", [282, 400, 500])
def test_cut_rows_are_as_far_from_orthogonal_as_said(size):
    found = np.mean([np.square(cosines(hadamard(60, size, np.random.default_rng(seed)))).mean() for seed in range(20)])
    assert found == pytest.approx((512 - size) / (512 * size), rel=0.1)


def test_lengths_are_chi_distributed_for_a_power_of_two():
    random = np.random.default_rng(3)
    lengths = np.linalg.norm([hadamard(1, 64, random)[0] for _ in range(2000)], axis=1)
    assert stats.kstest(lengths, stats.chi(64).cdf).pvalue > 1e-5


def test_coordinates_are_nearly_gaussian():
    random = np.random.default_rng(4)
    values = np.array([hadamard(1, 282, random)[0, ::40] for _ in range(2000)]).ravel()
    assert stats.kstest(values, "norm").pvalue > 1e-5
    assert np.mean(values**4) == pytest.approx(3.0, rel=0.05)


def test_more_rows_than_the_power_of_two_come_in_blocks():
    epsilon = hadamard(20, 8, np.random.default_rng(5))
    assert epsilon.shape == (20, 8)
    for block in (epsilon[:8], epsilon[8:16], epsilon[16:]):
        assert np.abs(cosines(block)).max() < 1e-12
    assert np.abs(cosines(epsilon[[0, 8, 16]])).max() > 0.01
