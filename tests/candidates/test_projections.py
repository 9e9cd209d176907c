"""SRP (Sec. 2.3.1): Eq. 6 and 7, projections, hashes, buckets in their order of search, and what is chosen."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from itt.algorithms.es.settings import SignedRandomProjections
from itt.candidates import projections
from itt.candidates.projections import augment, hamming_order, margin_order, whiten
from itt.linear.orthogonal import orthogonal

SMALLEST_P = 1e-5
MODES = ("tuned", "paper", "released")


def gaussian(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def build(values, seed=0, **settings):
    return projections.build(SignedRandomProjections(**settings), values, np.random.default_rng(seed))


def scores(latents, latent):
    """Each sum term by term, as the engines take it."""
    return sum(row * number for row, number in zip(latents, latent, strict=True))


def scanned(buckets, latent):
    """The candidates that are scored for a state, each table's."""
    return [
        [int(n) for start, end in buckets.places(latent, table) for n in buckets.order[start:end]]
        for table in range(len(buckets.omega))
    ]


# Eq. 6 and 7


@given(st.integers(1, 8), st.integers(1, 30), st.integers(0, 100))
def test_equation_6_gives_all_candidates_the_length_c_and_equation_7_keeps_products(size, count, seed):
    latents, state = gaussian(size, count, seed=seed), gaussian(size, seed=seed + 1)
    bound = np.linalg.norm(latents, axis=0).max()
    longer = augment(latents, bound)
    np.testing.assert_allclose(np.linalg.norm(longer, axis=0), bound)
    np.testing.assert_array_equal(scores(longer, np.append(state, 0.0)), scores(latents, state))
    np.testing.assert_array_equal(longer[:-1], latents)


def test_whitening_keeps_products_up_to_one_number_for_all_candidates():
    latents, state = gaussian(4, 4) @ np.abs(gaussian(4, 500, seed=1)) + 3.0, gaussian(4, seed=2)
    white, back = whiten(latents)
    np.testing.assert_allclose(white.mean(axis=1), 0.0, atol=1e-12)
    np.testing.assert_allclose(white @ white.T / 500, np.eye(4), atol=1e-9)
    differences = state @ latents - (back @ state) @ white
    np.testing.assert_allclose(differences, differences[0])


@pytest.mark.parametrize("latents", [np.zeros((3, 50)), np.outer([1.0, 2.0, 0.0], gaussian(50))], ids=["none", "one"])
@pytest.mark.parametrize("mode", MODES)
def test_latents_that_do_not_fill_their_space_are_searched_like_any_others(latents, mode):
    buckets = build(latents, mode=mode, projections=3, **({"min_candidates": 50} if mode != "released" else {}))
    assert np.isfinite(buckets.omega).all()
    state = gaussian(3, seed=4)
    assert mode == "released" or buckets.choose(state) == np.argmax(scores(latents, state))


@pytest.mark.parametrize("factor", [2.0**520, 2.0**-520])
def test_whitening_does_not_depend_on_the_scale_of_latents(factor):
    latents = gaussian(4, 100)
    white, back = whiten(latents)
    again, longer = whiten(factor * latents)
    np.testing.assert_array_equal(again, white)
    np.testing.assert_array_equal(longer, factor * back)


# Projections


def test_projections_are_gaussian_in_every_number_and_orthogonal_in_blocks():
    drawn = np.array([orthogonal(7, 3, np.random.default_rng(seed)) for seed in range(4000)])
    for row in (0, 2, 4, 6):
        for number in range(3):
            assert stats.kstest(drawn[:, row, number], "norm").pvalue > SMALLEST_P
    products = np.einsum("sid,sjd->sij", drawn, drawn)
    for block in ((0, 1, 2), (3, 4, 5)):
        for i in block:
            for j in block:
                assert i == j or np.abs(products[:, i, j]).max() < 1e-12
    assert np.abs(products[:, 0, 3]).mean() > 0.1, "blocks are independent of each other"


def test_two_vectors_get_different_bits_with_probability_angle_over_pi():
    random = np.random.default_rng(0)
    for angle in (0.3, 1.0, 2.0, 3.0):
        x, y = np.zeros(5), np.zeros(5)
        x[0], y[0], y[1] = 1.0, np.cos(angle), np.sin(angle)
        omega = np.concatenate([orthogonal(5, 5, random) for _ in range(4000)])
        differ = int(((omega @ x > 0) != (omega @ y > 0)).sum())
        assert stats.binomtest(differ, len(omega), angle / np.pi).pvalue > SMALLEST_P


def test_median_thresholds_put_half_of_the_candidates_on_either_side_of_each_projection():
    buckets = build(gaussian(4, 1000), mode="paper", projections=5)
    codes = np.repeat(np.arange(32), np.diff(buckets.offsets[0]))
    assert [int((codes >> bit & 1).sum()) for bit in range(5)] == [500] * 5


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("mode", MODES)
def test_the_length_of_a_states_latent_does_not_matter(mode, factor):
    buckets = build(gaussian(4, 256), mode=mode, projections=4)
    for state in gaussian(20, 4, seed=1):
        assert scanned(buckets, state) == scanned(buckets, factor * state)


# Buckets


@pytest.mark.parametrize(
    "settings", [{}, {"tables": 3, "longest": 1.0}, {"mode": "paper"}, {"projections": 8}], ids=str
)
def test_every_candidate_of_a_table_is_in_one_of_its_buckets_with_its_own_latent(settings):
    latents = gaussian(5, 300)
    buckets, end = build(latents, **settings), 0
    for offsets, bits, amount in zip(
        buckets.offsets, buckets.bits, SignedRandomProjections(**settings).amounts(300), strict=True
    ):
        offsets = offsets[: 2**bits + 1]
        assert (offsets[0], offsets[-1]) == (end, end + amount)
        order, end = buckets.order[end : end + amount], end + amount
        assert len(set(order)) == amount
        for first, last in itertools.pairwise(offsets):
            assert (np.diff(buckets.order[first:last]) > 0).all()
        if amount == 300:
            assert set(order) == set(range(300))
    np.testing.assert_array_equal(buckets.latents, latents[:, buckets.order])


@pytest.mark.parametrize("latents", ["plain", "whitened"])
def test_each_further_table_holds_the_longest_of_the_one_before_and_of_equals_the_first(latents):
    values = np.round(gaussian(3, 512))
    buckets = build(values, latents=latents, tables=4)
    lengths = np.linalg.norm(whiten(values)[0] if latents == "whitened" else values, axis=0).round(9)
    by_length = np.lexsort((np.arange(512), -lengths))
    start = 0
    for amount in (512, 128, 32, 8):
        assert sorted(buckets.order[start : start + amount]) == sorted(by_length[:amount])
        start += amount
    assert list(buckets.bits) == [6, 4, 2, 1], "buckets are about as full everywhere; at least one bit"


def test_hamming_order_turns_over_no_bit_first_and_all_bits_last():
    order = hamming_order(4)
    assert sorted(order) == list(range(16))
    assert (order[0], order[-1]) == (0, 15)
    assert (np.diff(np.bitwise_count(order).astype(int)) >= 0).all()


def test_margin_order_turns_over_the_least_sure_bits_first():
    assert list(margin_order(3)) == [0b000, 0b001, 0b010, 0b011, 0b100, 0b101, 0b110, 0b111]
    assert sorted(margin_order(5)) == list(range(32))
    for ranks in ((0,), (1,), (0, 1), (0, 2)):  # a worse set of bits never comes before a better one
        better = sum(1 << rank for rank in ranks)
        worse = sum(1 << rank + 1 for rank in ranks)
        assert list(margin_order(5)).index(better) < list(margin_order(5)).index(worse)


def test_buckets_are_searched_in_hamming_order_until_enough_candidates_are_scored():
    buckets = build(gaussian(4, 500), mode="paper", projections=4, min_candidates=100)
    codes = {place: bucket for bucket in range(16) for place in range(*buckets.offsets[0, bucket : bucket + 2])}
    for state in gaussian(20, 4, seed=1):
        places = buckets.places(state, 0)
        own = int((buckets.omega[0].T @ state - buckets.thresholds[0] * np.linalg.norm(buckets.length @ state) > 0)
                  @ (1 << np.arange(4)))  # fmt: skip
        distances = [(codes[start] ^ own).bit_count() for start, _ in places]
        assert distances == sorted(distances)
        sizes = np.cumsum([end - start for start, end in places])
        assert sizes[-1] >= 100
        assert len(sizes) == 1 or sizes[-2] < 100


def test_the_bit_of_the_smallest_margin_is_turned_over_first_and_then_that_of_the_next():
    buckets = build(gaussian(4, 4000), projections=3, tables=1, min_candidates=4000)
    sizes = np.diff(buckets.offsets[0])
    for state in gaussian(20, 4, seed=1):
        margins = buckets.omega[0].T @ state
        own = int((margins > 0) @ (1 << np.arange(3)))
        small, middle, large = (1 << int(bit) for bit in np.argsort(np.abs(margins)))
        turned = [0, small, middle, small | middle, large, small | large, middle | large, small | middle | large]
        searched = [end - start for start, end in buckets.places(state, 0)]
        assert searched == [sizes[own ^ bits] for bits in turned if sizes[own ^ bits]]


@pytest.mark.parametrize(
    ("count", "settings"), [(64, {}), (256, {}), (16384, {}), (16384, {"min_candidates": 10000}), (100, {"tables": 64})]
)
def test_at_least_as_many_candidates_are_scored_as_are_wanted(count, settings):
    buckets = build(gaussian(4, count), **settings)
    for state in gaussian(10, 4, seed=1):
        assert sum(map(len, scanned(buckets, state))) >= SignedRandomProjections(**settings).wanted(count)


def test_a_state_whose_buckets_are_empty_is_searched_for_elsewhere():
    latents = np.tile([[1.0], [2.0]], 64) + 1e-9 * gaussian(2, 64)
    buckets = build(latents, latents="plain", projections=6, tables=1, probing="hamming", min_candidates=1)
    assert (np.diff(buckets.offsets[0]) > 0).sum() <= 4, "nearly all buckets are empty"
    for state in gaussian(50, 2, seed=1):
        assert len(scanned(buckets, state)[0]) > 0
        assert 0 <= buckets.choose(state) < 64


# Choices


@given(
    st.integers(1, 6), st.integers(2, 40), st.integers(1, 4), st.sampled_from(["tuned", "paper"]),
    st.sampled_from(["none", "median"]), st.sampled_from(["plain", "whitened"]), st.integers(0, 1000),
)  # fmt: skip
def test_with_all_buckets_searched_srp_is_exact_search(size, count, tables, mode, thresholds, latents, seed):
    # Whole numbers: many candidates tie, and some latents are equal or zero.
    values = np.round(gaussian(size, count, seed=seed))
    bits = min(3, count.bit_length() - 1)
    given_ = {"mode": mode, "thresholds": thresholds, "latents": latents, "tables": tables, "projections": bits}
    buckets = build(values, seed, **given_, min_candidates=count)
    state = np.round(gaussian(size, seed=seed + 1))
    assert buckets.choose(state) == np.argmax(scores(values, state))


@pytest.mark.parametrize("settings", [{}, {"mode": "paper"}, {"probing": "hamming"}], ids=str)
def test_the_best_of_what_is_scored_is_chosen_and_of_equals_the_lowest_index(settings):
    values = np.round(gaussian(3, 400))
    buckets = build(values, **settings)
    for state in np.round(2 * gaussian(50, 3, seed=1)):
        found = sorted({n for table in scanned(buckets, state) for n in table})
        assert buckets.choose(state) == found[int(np.argmax(scores(values[:, found], state)))]


def test_more_tables_score_other_candidates():
    buckets = build(gaussian(6, 2048), tables=2, longest=1.0)
    first, second = scanned(buckets, gaussian(6, seed=1))
    assert set(first) != set(second)


def test_the_tuned_search_finds_what_a_random_subset_of_equal_size_does_not():
    latents, states = gaussian(6, 6) @ np.random.default_rng(1).uniform(-1, 1, (6, 4096)), gaussian(200, 6, seed=2)
    recall = {}
    for mode in MODES:
        buckets = build(latents, mode=mode)
        chosen = [buckets.choose(state) for state in states]
        share = np.mean([sum(map(len, scanned(buckets, state))) for state in states]) / 4096
        recall[mode] = np.mean(chosen == np.argmax(states @ latents, axis=1)) / share
    assert recall["tuned"] > 10
    assert recall["paper"] > 3
    assert recall["released"] < 3, "the published hash is nearly a random subset"


def test_a_search_is_a_function_of_its_stream():
    one, same, other = (build(gaussian(3, 100), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.omega, same.omega)
    assert not (one.omega[0] == other.omega[0]).any()


# Settings


@pytest.mark.parametrize(
    ("count", "bits", "wanted"), [(2, 1, 2), (16, 1, 16), (1000, 6, 32), (16384, 11, 128), (2**20, 16, 8192)]
)
def test_the_tuned_mode_fits_bits_and_candidates_to_the_size_of_the_set(count, bits, wanted):
    settings = SignedRandomProjections()
    assert (settings.bits(count), settings.wanted(count)) == (bits, wanted)


@pytest.mark.parametrize(("count", "m", "wanted"), [(16384, 6, 256), (1024, 3, 128), (1001, 3, 126)])
def test_the_papers_mode_scores_a_bucket_of_average_size(count, m, wanted):
    settings = SignedRandomProjections(mode="paper", projections=m)
    assert settings.wanted(count) == wanted
    assert (settings.thresholds, settings.latents, settings.probing) == ("median", "plain", "hamming")
    assert (settings.tables, settings.longest) == (1, 1.0)
