"""Products and orthonormal rows are what NumPy and LAPACK make them; compiled and readable forms have the same bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from itt.linear.cholesky import cholesky
from itt.linear.elementwise import arccos, exp, expm1, log, power, tanh
from itt.linear.gram_schmidt import BLOCK, orthonormalise, readable_orthonormalise
from itt.linear.householder import signed_orthonormal
from itt.linear.products import product, readable_product
from itt.linear.sums import combination, length

SHAPES = [(1, 1), (3, 7), (BLOCK - 1, 40), (BLOCK, BLOCK), (BLOCK + 1, 40), (40, 40), (35, 600)]
"""(M, D) on both sides of a block, square, and with more terms than are added at a time."""


def gaussian(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


@given(rows=st.integers(0, 20), terms=st.integers(0, 20), columns=st.integers(1, 20), seed=st.integers(0, 99))
def test_a_product_has_the_bits_of_its_readable_form(rows, terms, columns, seed):
    left, right = gaussian(rows, terms, seed=seed), gaussian(terms, columns, seed=seed + 100)
    found = product(left, right)
    assert found.tobytes() == readable_product(left, right).tobytes()
    np.testing.assert_allclose(found, left @ right, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("rows", "terms", "columns"), [(6, 1000, 6), (13, 257, 40), (6, 7, 1000), (1, 512, 9)])
def test_so_it_has_with_more_terms_than_are_added_at_a_time(rows, terms, columns):
    left, right = gaussian(rows, terms), gaussian(terms, columns, seed=1)
    assert product(left, right).tobytes() == readable_product(left, right).tobytes()


def test_a_product_takes_views_of_any_layout():
    left, right = gaussian(7, 30), gaussian(20, 30, seed=1)
    expected = product(left, right.T.copy())
    np.testing.assert_array_equal(product(left, right.T), expected)
    np.testing.assert_array_equal(
        product(left[:, ::2], right.T[::2]), product(left[:, ::2].copy(), right.T[::2].copy())
    )


def test_equal_rows_have_equal_products_wherever_they_stand():
    """A BLAS may round the rows at the edge of a tile in another way."""
    rows = np.repeat(gaussian(1, 23), 50, axis=0)
    assert len(np.unique(product(rows, gaussian(23, 5)), axis=0)) == 1
    assert len(np.unique(product(gaussian(5, 23), rows.T), axis=1)[0]) == 1


@pytest.mark.parametrize(("count", "size"), SHAPES)
def test_orthonormal_rows_have_the_bits_of_their_readable_form(count, size):
    compiled, readable = gaussian(count, size), gaussian(count, size)
    orthonormalise(compiled)
    readable_orthonormalise(readable)
    assert compiled.tobytes() == readable.tobytes()


@pytest.mark.parametrize(("count", "size"), SHAPES)
def test_orthonormal_rows_are_those_of_a_qr_decomposition_whose_diagonal_is_positive(count, size):
    rows = gaussian(count, size)
    q, r = np.linalg.qr(rows.T)
    orthonormalise(rows)
    np.testing.assert_allclose(rows, (q * np.sign(np.diagonal(r))).T, rtol=0, atol=1e-11)
    np.testing.assert_allclose(rows @ rows.T, np.eye(count), rtol=0, atol=1e-14)


def test_rows_that_nearly_depend_on_each_other_become_orthonormal_all_the_same():
    rows = gaussian(1, 60) + 1e-7 * gaussian(40, 60, seed=1)
    orthonormalise(rows)
    np.testing.assert_allclose(rows @ rows.T, np.eye(40), rtol=0, atol=1e-14)


@pytest.mark.parametrize(("count", "size"), SHAPES)
def test_reflections_give_lapacks_rows_with_lapacks_signs(count, size):
    rows = gaussian(count, size)
    np.testing.assert_allclose(signed_orthonormal(rows), np.linalg.qr(rows.T).Q.T, rtol=0, atol=1e-11)


@given(size=st.integers(1, 8), rank=st.integers(1, 8), seed=st.integers(0, 99))
def test_a_covariances_factor_gives_it_back_and_its_inverse_undoes_it(size, rank, seed):
    points = gaussian(size, min(rank, size), seed=seed) @ gaussian(min(rank, size), 50, seed=seed + 100)
    covariance = points @ points.T / 50
    factor, inverse = cholesky(covariance, 1e-7)
    np.testing.assert_allclose(factor @ factor.T, covariance, rtol=0, atol=1e-12 * covariance.max())
    white = inverse @ points
    varies = factor.any(axis=0)
    assert varies.sum() == min(rank, size)
    np.testing.assert_allclose(white @ white.T / 50, np.diag(varies.astype(float)), rtol=0, atol=1e-5)
    assert (inverse.any(axis=1) == varies).all()


def test_a_covariance_of_nothing_has_no_directions():
    for part in cholesky(np.zeros((3, 3)), 1e-7):
        np.testing.assert_array_equal(part, np.zeros((3, 3)))


def test_functions_of_numbers_are_those_of_the_c_library_for_any_shape():
    x = gaussian(4, 5)
    for ours, numpys, numbers in [
        (exp, np.exp, x),
        (expm1, np.expm1, x),
        (tanh, np.tanh, x),
        (log, np.log, np.abs(x)),
        (arccos, np.arccos, np.tanh(x)),
        (lambda x: power(0.9, x), lambda x: 0.9**x, x),
    ]:
        np.testing.assert_allclose(ours(numbers), numpys(numbers), rtol=1e-15)
        assert ours(numbers[1:2, ::2]).tobytes() == ours(numbers)[1:2, ::2].tobytes()


def test_weighted_sums_and_lengths():
    np.testing.assert_array_equal(combination(np.array([2.0, 3.0]), np.array([[1.0, 0.0], [1.0, 1.0]])), [5.0, 3.0])
    assert length(np.array([3.0, 4.0])) == 5.0
    assert length(np.zeros(0)) == 0.0
