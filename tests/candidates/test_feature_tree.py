"""The random feature tree draws with the probabilities of its features, and those come near the ones of Eq. 3."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from itt.algorithms.es.settings import RandomFeatureTree
from itt.candidates.feature_tree import build
from itt.candidates.splits import SPLITS
from itt.seeding import Key, Purpose, generator

SMALLEST_P = 1e-5
COUNTS = [1, 2, 3, 5, 8, 100, 1000]


def latents(count, norm=1.0, size=6, seed=0):
    """Latents of candidates, (d, N), and of a state, (d,), all of that length."""
    points = np.random.default_rng(seed).standard_normal((size, count + 1))
    points *= norm / np.linalg.norm(points, axis=0)
    return points[:, 1:], points[:, 0]


def tree(candidates, kernel="dot", seed=0, **settings):
    return build(RandomFeatureTree(**settings), kernel, candidates, generator(Key(seed), Purpose.SEARCH))


def features(index, points):
    """ln psi of Eq. 10, up to a constant, straight from its definition; (d, ...) -> (r, ...)."""
    signs = len(index.hyperplanes)
    mapped = np.sign(index.hyperplanes @ points) / np.sqrt(signs) if signs else points
    return index.projections @ mapped - np.square(mapped).sum(axis=0) / 2


def brute_force(index, candidates, state):
    """psi(x).psi(y_n) of every candidate, divided by their sum."""
    exponents = features(index, candidates) + features(index, state)[:, None]
    products = np.exp(exponents - exponents.max()).sum(axis=0)
    return products / products.sum()


def softmax(scores):
    weights = np.exp(scores - scores.max())
    return weights / weights.sum()


def total_variation(one, other):
    return np.abs(one - other).sum() / 2


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("kernel", ["dot", "angular"])
def test_the_law_is_that_of_the_features_products(kernel, split, count):
    candidates, state = latents(count, 2.0)
    candidates *= np.linspace(0.1, 1.2, count)
    index = tree(candidates, kernel, split=split)
    assert total_variation(index.law(state), brute_force(index, candidates, state)) < 1e-6


def test_the_law_is_that_of_eq_10s_way_down_node_by_node():
    candidates, state = latents(8, 2.0)
    index = tree(candidates)
    psi, sums = np.exp(features(index, candidates))[:, index.leaves], {}
    for node in range(15, 0, -1):
        sums[node] = psi[:, node - 8] if node >= 8 else sums[2 * node] + sums[2 * node + 1]
    query = np.exp(features(index, state))
    for leaf in range(8, 16):
        probability, node = 1.0, leaf
        while node > 1:
            probability *= query @ sums[node] / (query @ sums[node] + query @ sums[node ^ 1])
            node //= 2
        assert index.law(state)[index.leaves[leaf - 8]] == pytest.approx(probability, rel=1e-5)


@pytest.mark.parametrize("kernel", ["dot", "angular"])
def test_draws_follow_the_law(kernel):
    candidates, state = latents(37, 1.5)
    index = tree(candidates, kernel)
    drawn = np.bincount([index.choose(state, 5, t) for t in range(5_000)], minlength=37)
    assert stats.chisquare(drawn, 5_000 * index.law(state)).pvalue > SMALLEST_P


@pytest.mark.parametrize("size", [2, 6, 20])
def test_the_law_comes_near_the_softmax_like_one_over_the_root_of_the_features(size):
    candidates, state = latents(50, 0.7, size)
    exact, counts = softmax(state @ candidates), [64, 256, 1024]
    distances = [
        np.mean([total_variation(tree(candidates, seed=s, features=r).law(state), exact) for s in range(60)])
        for r in counts
    ]
    slope = np.polyfit(np.log(counts), np.log(distances), 1)[0]
    assert -0.6 < slope < -0.4
    assert distances[-1] < 0.02


def test_with_the_angular_kernel_it_comes_near_the_softmax_of_eq_8():
    candidates, state = latents(200, 3.0)
    exact = softmax(1 - 2 / np.pi * np.arccos(state @ candidates / 9))
    few, many = (
        np.mean(
            [total_variation(tree(candidates, "angular", s, features=r, signs=r).law(state), exact) for s in range(8)]
        )
        for r in (16, 512)
    )
    assert many < 0.05 < few


@given(st.integers(1, 70), st.sampled_from(["dot", "angular"]), st.integers(0, 2**32), st.sampled_from([1.0, 100.0]))
def test_every_draw_is_a_candidate_that_has_a_probability(count, kernel, key, norm):
    candidates, state = latents(count, norm, seed=count)
    index = tree(candidates, kernel, features=4)
    assert np.array_equal(np.sort(index.leaves), np.arange(count))
    assert all(index.law(state)[index.choose(state, key, t)] > 0 for t in range(5))


@pytest.mark.parametrize("norm", [0.0, 1e-200, 100.0, 1e4])
def test_latents_of_any_length_are_safe(norm):
    candidates, state = (np.ones((6, 50)), np.ones(6)) if norm == 0 else latents(50)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        index = tree(norm * candidates)
        law = index.law(norm * state)
    assert np.isfinite(law).all()
    assert law.sum() == pytest.approx(1.0, abs=1e-6)
    assert total_variation(law, brute_force(index, norm * candidates, norm * state)) < 1e-5


def test_a_candidate_far_from_all_others_does_not_hide_them():
    candidates, state = latents(50)
    candidates[:, 0] = 100.0 * state  # its features are e^-5000 times the others', or e^+100 times
    index = tree(candidates)
    assert total_variation(index.law(state), brute_force(index, candidates, state)) < 1e-6


def test_which_candidates_share_a_node_does_not_change_the_law():
    candidates, state = latents(100, 2.0)
    random, principal = tree(candidates), tree(candidates, split="principal")
    assert not np.array_equal(random.leaves, principal.leaves)
    np.testing.assert_allclose(random.law(state), principal.law(state), rtol=1e-4)


def test_a_principal_split_puts_neighbours_together():
    candidates, _ = latents(100)
    order = np.random.default_rng(0).permutation(100)
    candidates = np.concatenate([candidates[:, :50] + 10, candidates[:, 50:] - 10], axis=1)[:, order]
    leaves = tree(candidates, split="principal").leaves
    children = candidates[:, leaves].sum(axis=0)
    in_order = np.concatenate([children[128 - 100 :], children[: 128 - 100]])  # heap order: the lowest level is last
    assert len(set(np.sign(in_order[:50]))) == len(set(np.sign(in_order[50:]))) == 1


def test_a_latent_of_length_zero_is_at_right_angles_to_all():
    candidates, state = latents(10)
    law = tree(candidates, "angular", features=4096).law(0.0 * state)
    np.testing.assert_allclose(law, np.full(10, 0.1), rtol=0.05)


def test_projections_have_gaussian_lengths_and_right_angles_in_blocks():
    candidates, _ = latents(4)
    blocks = tree(candidates, features=12).projections.reshape(2, 6, 6)
    for block in blocks:
        products = block @ block.T
        np.testing.assert_allclose(products - np.diag(np.diag(products)), 0.0, atol=1e-12)
