"""Moments are those of the states, and a normalised state is what ARS-V2 says it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from itt.observations import CONSTANT, Moments, packed, unpacked

STATES = np.random.default_rng(0).normal([1e3, -2.0, 0.1], [1e-2, 5.0, 1e4], (500, 3))


def moments_of(states):
    moments = Moments.none(states.shape[1])
    for state in states:
        moments = moments.with_state(state)
    return moments


def same(left, right):
    return left.count == right.count and all(
        (getattr(left, name) == getattr(right, name)).all() for name in ("mean", "squares")
    )


def test_moments_taken_state_by_state_are_those_of_all_states():
    moments = moments_of(STATES)
    assert moments.count == 500
    np.testing.assert_allclose(moments.mean, STATES.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(moments.squares, STATES.var(axis=0) * 500, rtol=1e-9)


sizes = st.lists(st.integers(0, 40), min_size=1, max_size=8)


@given(sizes, st.integers(0, 2**32 - 1))
def test_merged_moments_are_those_of_all_states(lengths, seed):
    parts = [np.random.default_rng([seed, i]).normal(i, 1 + i, (n, 2)) for i, n in enumerate(lengths)]
    everything = np.concatenate(parts)
    merged = Moments.none(2).merged(map(moments_of, parts))
    assert merged.count == len(everything)
    if len(everything):
        np.testing.assert_allclose(merged.mean, everything.mean(axis=0), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(merged.squares, everything.var(axis=0) * len(everything), rtol=1e-9, atol=1e-9)


def test_merging_in_two_goes_gives_the_bits_of_merging_in_one():
    parts = [moments_of(STATES[start : start + 50]) for start in range(0, 500, 50)]
    assert same(Moments.none(3).merged(parts[:4]).merged(parts[4:]), Moments.none(3).merged(parts))


def test_no_states_change_nothing():
    moments = moments_of(STATES)
    assert same(moments.merged([Moments.none(3)]), moments)
    assert same(Moments.none(3).merged([moments]), moments)


def test_normalised_states_have_mean_0_and_standard_deviation_1():
    normaliser = moments_of(STATES).normaliser
    seen = np.array([normaliser(state) for state in STATES])
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(seen.std(axis=0, ddof=1), 1, rtol=1e-9)


@pytest.mark.parametrize("count", [0, 1])
def test_with_fewer_than_two_states_met_the_policy_sees_the_state_itself(count):
    np.testing.assert_array_equal(moments_of(STATES[:count]).normaliser(STATES[7]), STATES[7])


@pytest.mark.parametrize(("std", "seen"), [(0.0, 0.0), (CONSTANT / 2, 0.0), (CONSTANT * 2, np.sqrt(0.5))])
def test_of_a_coordinate_that_hardly_ever_changes_the_policy_sees_0(std, seen):
    first, second = np.array([-std / np.sqrt(2)]), np.array([std / np.sqrt(2)])  # their standard deviation is std
    normaliser = moments_of(np.array([first, second])).normaliser
    assert normaliser(second) == pytest.approx(seen, rel=1e-6)
    assert np.isfinite(normaliser(np.array([1e10]))).all()


@given(arrays(np.float64, (2, 4), elements=st.floats(-1e300, 1e300)), st.integers(0, 2**40))
def test_packed_moments_come_back_with_all_their_bits(values, count):
    moments = Moments(count, *values)
    assert same(unpacked(packed(moments, "best_"), "best_"), moments)
    with pytest.raises(KeyError):
        unpacked(packed(moments, "best_"))
